//! Surroundings that are not as they should be. Each gives a sentence that a
//! person understands, or no trouble at all, and nothing is lost.

mod support;

use std::fs;

use serde_json::{Value, json};
use support::{SmallDisk, faketime_library};
use testkit::{Daemon, Home, skip};

#[test]
fn a_wrong_configuration_is_named_to_the_line() {
    for (file, code, says) in [
        (
            "[network]\nudp_port = 70000\n",
            "bad_config_value",
            &["70000", "network.udp_port", "config.toml, line 2", "65535"][..],
        ),
        (
            "[ui]\n\ntheme = \"purple\"\n",
            "bad_config_value",
            &["purple", "ui.theme", "line 3", "dark"],
        ),
        (
            "[network]\nudp_port = 50\n[netwo",
            "config_syntax",
            &["config.toml", "line 3"],
        ),
        (
            "ui = 5\n",
            "bad_config_value",
            &["config.toml, line 1", "ui"],
        ),
        (
            "[network]\nudp_port = 70000\n[ui]\ntheme = \"purple\"\n",
            "bad_config_values",
            &["70000", "line 2", "65535", "purple", "line 4", "dark"],
        ),
    ] {
        let home = Home::new();
        fs::create_dir(home.data()).unwrap();
        fs::write(home.data().join("config.toml"), file).unwrap();
        for command in ["serve", "config", "doctor"] {
            let refused = home.run([command]).expect_code(3);
            for part in says {
                assert!(
                    refused.stderr.contains(part),
                    "{part} is missing: {refused:?}"
                );
            }
            let refused = home.run([command, "--json"]).expect_code(3);
            assert_eq!(refused.json()["error"]["code"], code);
        }
        assert_eq!(
            fs::read_to_string(home.data().join("config.toml")).unwrap(),
            file
        );
    }
}

#[test]
fn a_configuration_that_is_no_text_is_named() {
    let home = Home::new();
    fs::create_dir_all(home.data().join("config.toml")).unwrap();
    let refused = home.run(["serve", "--no-keyring"]).expect_code(3);
    assert!(refused.stderr.contains("config.toml"), "{refused:?}");
}

#[test]
fn a_wrong_variable_or_flag_is_named() {
    let home = Home::new();
    let by_flag = home
        .run(["serve", "--no-keyring", "--udp", "0"])
        .expect_code(3);
    assert!(by_flag.stderr.contains("--udp"), "{by_flag:?}");
    let mut command = home.command(["serve", "--no-keyring"]);
    command.env("BANYAN_HTTP_ADDRESS", "0.0.0.0:8080");
    let ended = Daemon::try_start(command).unwrap_err();
    assert_eq!(ended.status.code(), Some(3));
    assert!(ended.stderr.contains("BANYAN_HTTP_ADDRESS"), "{ended:?}");
}

#[test]
fn an_unknown_key_is_told_and_kept() {
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    let file = home.data().join("config.toml");
    fs::write(&file, "[network]\nudp_prot = 5001 # mine\n").unwrap();
    let daemon = home.serve();
    let notices = daemon.ready()["notices"].as_array().unwrap();
    let unknown = notices
        .iter()
        .find(|notice| notice["code"] == "unknown_setting")
        .unwrap();
    assert_eq!(unknown["params"]["key"], "network.udp_prot");
    assert_eq!(unknown["params"]["near"], "network.udp_port");
    home.run(["config", "set", "ui.theme", "dark"])
        .expect_code(0);
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .contains("udp_prot = 5001 # mine")
    );
}

#[test]
fn a_path_may_have_spaces_and_any_script() {
    let home = Home::with_data_named("داده‌های من – données 数据 'x'");
    let daemon = home.serve();
    assert_eq!(
        daemon.ready()["data_folder"],
        home.data().display().to_string()
    );
    home.run(["status"]).expect_code(0);
    home.run(["config", "set", "machine.name", "گره"])
        .expect_code(3); // given by a flag
    home.run(["config", "set", "ui.theme", "dark"])
        .expect_code(0);
    drop(daemon);
    home.serve();
}

#[test]
fn a_data_folder_that_is_a_file_is_named() {
    let home = Home::new();
    fs::write(home.data(), "mine").unwrap();
    let refused = home.run(["serve", "--no-keyring"]).expect_code(1);
    assert!(
        refused.stderr.contains(home.data().to_str().unwrap()),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(home.data()).unwrap(), "mine");
}

#[test]
fn a_read_only_disk_is_named() {
    let Some(disk) = SmallDisk::mount(256) else {
        return skip("mounting a disk is not allowed here");
    };
    if !disk.make_read_only() {
        return skip("a disk cannot be made read-only here");
    }
    for folder in [
        disk.folder.path().to_owned(),
        disk.folder.path().join("new"),
    ] {
        let home = Home::with_data_at(folder);
        let refused = home.run(["serve", "--no-keyring", "--json"]).expect_code(1);
        assert_eq!(refused.json()["error"]["code"], "data_unwritable");
    }
}

#[test]
fn a_full_disk_is_named_at_the_start() {
    let Some(disk) = SmallDisk::mount(256) else {
        return skip("mounting a disk is not allowed here");
    };
    let home = Home::with_data_at(disk.folder.path().join("data"));
    fs::create_dir(home.data()).unwrap();
    disk.fill();
    let refused = home.run(["serve", "--no-keyring", "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "disk_full");
}

#[test]
fn a_disk_that_fills_up_loses_nothing_and_ends_nothing() {
    let Some(disk) = SmallDisk::mount(512) else {
        return skip("mounting a disk is not allowed here");
    };
    let home = Home::with_data_at(disk.folder.path().join("data"));
    let daemon = home.serve();
    home.run(["config", "set", "ui.theme", "dark"])
        .expect_code(0);
    disk.fill();
    let before = fs::read_to_string(home.data().join("config.toml")).unwrap();
    let refused = home
        .run(["config", "set", "ui.theme", "light", "--json"])
        .expect_code(3);
    assert_eq!(refused.json()["error"]["code"], "config_unwritable");
    assert_eq!(
        fs::read_to_string(home.data().join("config.toml")).unwrap(),
        before
    );
    assert_eq!(
        home.run(["config", "get", "ui.theme"])
            .expect_code(0)
            .stdout,
        "dark\n"
    );
    let checks = home.run(["doctor", "--json"]).expect_code(1).json()["checks"].clone();
    let problems: Vec<&Value> = checks
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["outcome"] == "problem")
        .collect();
    assert!(
        problems.iter().any(|check| check["id"] == "data_folder"),
        "{problems:?}"
    );

    fs::remove_file(disk.folder.path().join("filler")).unwrap();
    home.run(["config", "set", "ui.theme", "light"])
        .expect_code(0);
    drop(daemon);
}

#[test]
fn without_a_session_bus_the_key_lies_in_a_file_and_that_is_told() {
    let home = Home::new();
    let mut command = home.command(["--json", "serve", "--http", "127.0.0.1:0"]);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS");
    if cfg!(not(target_os = "linux")) {
        return skip("the keyring of this system needs no session bus");
    }
    let daemon = Daemon::start(command);
    let notices = daemon.ready()["notices"].as_array().unwrap();
    assert!(
        notices.iter().any(|notice| notice["code"] == "key_in_file"),
        "{notices:?}"
    );
    assert!(home.data().join("identity.key").exists());
}

#[test]
fn a_clock_before_1980_is_told_and_survived() {
    let Some(library) = faketime_library() else {
        return skip("faketime is not installed");
    };
    let home = Home::new();
    let mut command = home.serve_command();
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME", "1975-03-04 05:06:07")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let daemon = Daemon::start(command);
    let notices = daemon.ready()["notices"].as_array().unwrap().clone();
    assert!(
        notices
            .iter()
            .any(|n| n["code"] == "clock_wrong" && n["params"]["year"] == json!("1975")),
        "{notices:?}"
    );
    let id = daemon.ready()["id"].clone();
    home.run(["link"]).expect_code(0);
    drop(daemon);
    // Nothing of then stands in the way of now.
    let later = home.serve();
    assert_eq!(later.ready()["id"], id);
}

#[cfg(unix)]
#[test]
fn without_a_home_a_folder_must_be_named() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    if !rustix::process::geteuid().is_root() {
        return skip("only an administrator can become somebody without a home");
    }
    let nobody = 54_321;
    let home = Home::new();
    // The folder of the build may lie where only its owner can go.
    let open_to_all = tempfile::tempdir().unwrap();
    fs::set_permissions(open_to_all.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = open_to_all.path().join("banyan");
    fs::copy(home.bare_command().get_program(), &program).unwrap();
    let mut command = Command::new(program);
    command
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .uid(nobody)
        .args(["--json", "serve", "--no-keyring"]);
    let ended = Daemon::try_start(command).unwrap_err();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stdout.contains("no_home"), "{ended:?}");

    let mut command = home.serve_command();
    command.env_remove("HOME");
    Daemon::start(command);
}
