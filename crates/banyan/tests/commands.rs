//! Commands that speak to a node, and commands that need none.

use std::fs;

use serde_json::json;
use testkit::Home;

#[test]
fn status_tells_people_and_programs() {
    let home = Home::new();
    let _daemon = home.serve();
    let status = home.run(["status", "--json"]).expect_code(0).json();
    assert_eq!(status["state"], "ready");
    assert_eq!(status["machine"]["name"], "test machine");
    assert!(status["resources"]["memory_bytes"].as_u64().unwrap() > 1_000_000);
    for part in ["uptime_seconds", "ports", "interfaces", "notices", "commit"] {
        assert!(!status[part].is_null(), "{part}");
    }
    let text = home.run(["status"]).expect_code(0).stdout;
    for part in [
        "test machine",
        "ready",
        "Memory",
        "Processor",
        "Network",
        "Errors",
        "Ports",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert!(!text.contains('\u{1b}'), "no colour where no terminal is");
}

#[test]
fn doctor_examines_and_says_so() {
    let home = Home::new();
    let _daemon = home.serve();
    let examined = home.run(["doctor", "--json"]);
    let checks = examined.json()["checks"].as_array().unwrap().clone();
    assert!(checks.len() >= 6, "{checks:?}");
    let broken = checks.iter().any(|check| check["outcome"] == "problem");
    assert_eq!(examined.code, Some(i32::from(broken)));
    let text = home.run(["doctor"]).stdout;
    assert!(text.contains("✓   The data folder is in order"), "{text}");
    assert!(text.contains("\nInterfaces\n"), "{text}");
    let interfaces = examined.json()["network"]["interfaces"].clone();
    let loopback = interfaces
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["skipped_because"] == "loopback")
        .unwrap()
        .clone();
    assert_eq!(
        (&loopback["used"], &loopback["sent"]),
        (&json!(false), &json!(0))
    );
    let report = home.run(["doctor", "--report"]).expect_code(0).stdout;
    assert!(report.starts_with("Banyan\n"), "{report}");
}

#[test]
fn without_a_node_there_is_a_sentence_and_a_code() {
    let home = Home::new();
    for command in ["status", "doctor", "link", "peers", "audit"] {
        let refused = home.run([command]).expect_code(4);
        assert!(refused.stdout.is_empty());
        assert!(
            refused.stderr.starts_with("error: Banyan does not answer"),
            "{refused:?}"
        );
        assert!(refused.stderr.contains("→ "), "{refused:?}");
        let refused = home.run([command, "--json"]).expect_code(4);
        assert_eq!(refused.json()["error"]["code"], "no_node");
        assert!(refused.stderr.is_empty());
    }
    assert!(!home.data().exists(), "asking leaves nothing behind");
}

#[test]
fn a_setting_goes_to_the_running_node_and_into_the_file() {
    let home = Home::new();
    let _daemon = home.serve();
    let changed = home
        .run(["config", "set", "network.announce_interval", "45"])
        .expect_code(0);
    assert!(
        changed.stdout.starts_with("network.announce_interval = 45"),
        "{changed:?}"
    );
    let value = home
        .run(["config", "get", "network.announce_interval"])
        .expect_code(0);
    assert_eq!(value.stdout, "45\n");
    let file = fs::read_to_string(home.data().join("config.toml")).unwrap();
    assert!(file.contains("announce_interval = 45"), "{file}");
    let listed = home.run(["config", "list", "--json"]).expect_code(0).json();
    let setting = find(&listed, "network.announce_interval");
    assert_eq!(
        (&setting["value"], &setting["source"]),
        (&json!(45), &json!("file"))
    );

    home.run(["config", "reset", "network.announce_interval"])
        .expect_code(0);
    let value = home
        .run(["config", "get", "network.announce_interval"])
        .expect_code(0);
    assert_eq!(value.stdout, "30\n");
}

#[test]
fn settings_of_every_kind_are_read_from_text() {
    let home = Home::new();
    let _daemon = home.serve();
    for (key, text, value) in [
        ("ui.welcomed", "true", json!(true)),
        ("ui.text_size", "110", json!(110)),
        ("ui.theme", "dark", json!("dark")),
        (
            "network.interfaces",
            "eth0, wlan0",
            json!(["eth0", "wlan0"]),
        ),
        (
            "models.ollama_address",
            "127.0.0.1:9999",
            json!("http://127.0.0.1:9999"),
        ),
    ] {
        let setting = home
            .run(["config", "set", key, text, "--json"])
            .expect_code(0)
            .json();
        assert_eq!(setting["value"], value, "{key}");
    }
}

#[test]
fn a_wrong_setting_is_refused_with_what_is_allowed() {
    let home = Home::new();
    let _daemon = home.serve();
    for (key, value, says) in [
        ("ui.text_size", "500", "from 90 to 130"),
        ("ui.text_size", "-1", "from 90 to 130"),
        ("ui.theme", "purple", "dark"),
        ("ui.themes", "dark", "There is no setting named ui.themes"),
        // Given by a flag of this very node.
        ("network.tcp_port", "7000", "--tcp"),
    ] {
        let refused = home.run(["config", "set", key, value]).expect_code(3);
        assert!(refused.stderr.contains(says), "{key}: {refused:?}");
    }
    let refused = home.run(["config", "get", "ui.themes"]).expect_code(3);
    assert!(
        refused
            .stderr
            .contains("There is no setting named ui.themes"),
        "{refused:?}"
    );
}

#[test]
fn settings_can_be_put_right_where_no_node_starts() {
    let home = Home::new();
    let listed = home.run(["config", "list"]).expect_code(0);
    assert!(listed.stdout.contains("http.address"), "{listed:?}");
    assert!(!home.data().exists(), "reading leaves nothing behind");

    let set = home
        .run(["config", "set", "http.address", "127.0.0.1:8123"])
        .expect_code(0);
    assert!(
        set.stdout.contains("takes effect at the next start"),
        "{set:?}"
    );
    let path = home.run(["config", "path"]).expect_code(0).stdout;
    assert_eq!(
        path.trim_end(),
        home.data().join("config.toml").display().to_string()
    );
    assert!(
        fs::read_to_string(path.trim_end())
            .unwrap()
            .contains("127.0.0.1:8123")
    );
    home.run(["config", "reset", "http.address"]).expect_code(0);
    let value = home.run(["config", "get", "http.address"]).expect_code(0);
    assert_eq!(value.stdout, "127.0.0.1:8080\n");
}

#[test]
fn the_version_names_the_commit() {
    let home = Home::new();
    let version = home.run(["--version"]).expect_code(0).stdout;
    let commit = version
        .trim_end()
        .strip_prefix("banyan 0.1.0 (")
        .unwrap()
        .strip_suffix(')')
        .unwrap();
    assert!(
        commit == "unknown" || commit.chars().all(|c| c.is_ascii_hexdigit()),
        "{version}"
    );
}

#[test]
fn documents_are_made_from_the_command_line() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(["completions", shell]).expect_code(0).stdout;
        assert!(
            script.contains("banyan") && script.contains("doctor"),
            "{shell}"
        );
    }
    let page = home.run(["man"]).expect_code(0).stdout;
    for part in [
        ".TH banyan",
        ".SH \"EXIT STATUS\"",
        ".SH ENVIRONMENT",
        "serve",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(
        home.run(["man", "serve"])
            .expect_code(0)
            .stdout
            .contains("no\\-keyring")
    );
    assert!(
        home.run(["--help"])
            .expect_code(0)
            .stdout
            .contains("Exit codes")
    );
}

#[test]
fn a_wrong_command_line_is_a_mistake_of_its_own_kind() {
    let home = Home::new();
    for arguments in [
        &["nonsense"][..],
        &["serve", "--nonsense"],
        &[],
        &["man", "nonsense"],
    ] {
        home.run(arguments).expect_code(2);
    }
    let refused = home.run(["nonsense", "--json"]).expect_code(2);
    assert_eq!(refused.json()["error"]["code"], "usage");
}

#[expect(clippy::expect_used, reason = "only tests come here")]
fn find<'a>(settings: &'a serde_json::Value, key: &str) -> &'a serde_json::Value {
    let settings = settings.as_array().expect("a list of settings");
    settings
        .iter()
        .find(|setting| setting["key"] == key)
        .expect("a setting of that name")
}
