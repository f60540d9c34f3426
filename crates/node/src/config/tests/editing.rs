//! What stands in the file stays in the file.

use std::fs;

use super::super::{ChangeError, ConfigError, Key, RawValue, Source};
use super::{Folder, text};

const HAND_WRITTEN: &str = r#"# My machines.
theme_of_the_day = "unknown at the top"

[ui]   # how it looks
# Easier on the eyes.
theme   =   "dark"   # at night

# Announcements
[network]
# The router blocks 5000.
udp_port = 5001 # agreed with Anna
interfaces = [
    "eth0", # cable
    "wlan0",
]

[plugins.voice]   # a newer Banyan wrote this
speed = 1.5
# The end.
"#;

#[test]
fn setting_a_value_changes_that_value_only() {
    let folder = Folder::with(HAND_WRITTEN);
    let mut store = folder.open().unwrap();

    store
        .set("network.udp_port", &RawValue::Number(5002))
        .unwrap();
    store.set("ui.theme", &text("light")).unwrap();

    let expected = HAND_WRITTEN
        .replace("udp_port = 5001 #", "udp_port = 5002 #")
        .replace("\"dark\"", "\"light\"");
    assert_eq!(folder.contents(), expected);
}

#[test]
fn a_new_value_joins_its_section() {
    let folder = Folder::with(HAND_WRITTEN);
    let mut store = folder.open().unwrap();
    store.set("ui.language", &text("fa")).unwrap();
    store
        .set("chat.sync_interval", &RawValue::Number(60))
        .unwrap();

    let contents = folder.contents();
    let without_new: String = contents
        .replace("language = \"fa\"\n", "")
        .replace("\n[chat]\nsync_interval = 60\n", "");
    assert_eq!(without_new, HAND_WRITTEN, "{contents}");
    assert!(
        contents.contains("# at night\nlanguage = \"fa\"\n"),
        "{contents}"
    );
}

#[test]
fn resetting_takes_the_line_and_leaves_the_comments_above() {
    let folder = Folder::with(HAND_WRITTEN);
    let mut store = folder.open().unwrap();
    let view = store.reset("network.udp_port").unwrap();
    assert_eq!(view.origin.source(), Source::Default);
    store.reset("network.interfaces").unwrap();
    store.reset("network.max_peers").unwrap();

    let expected = HAND_WRITTEN
        .replace("udp_port = 5001 # agreed with Anna\n", "")
        .replace(
            "interfaces = [\n    \"eth0\", # cable\n    \"wlan0\",\n]\n",
            "",
        );
    assert_eq!(folder.contents(), expected);
}

#[test]
fn every_way_to_write_a_section_is_kept() {
    let cases = [
        // Dotted keys, an inline table, quoted names, one implied by a table below it.
        (
            "network.tcp_port = 7000\n",
            "network.tcp_port = 7000\nnetwork.udp_port = 6000\n",
        ),
        (
            "network = { tcp_port = 7000 }\n",
            "network = { tcp_port = 7000 , udp_port = 6000 }\n",
        ),
        (
            "network = { udp_port = 7000 } # x\n",
            "network = { udp_port = 6000 } # x\n",
        ),
        (
            "[\"network\"]\n\"udp_port\" = 7000\n",
            "[\"network\"]\n\"udp_port\" = 6000\n",
        ),
        (
            "[network]\nudp_port = 0x1770\n",
            "[network]\nudp_port = 6000\n",
        ),
        ("[network]", "[network]\nudp_port = 6000\n"),
        (
            "# only a comment",
            "[network]\nudp_port = 6000\n# only a comment",
        ),
        (
            "[ui]\ntheme = \"dark\"",
            "[ui]\ntheme = \"dark\"\n\n[network]\nudp_port = 6000\n",
        ),
    ];
    for (before, after) in cases {
        let folder = Folder::with(before);
        folder
            .open()
            .unwrap()
            .set("network.udp_port", &RawValue::Number(6000))
            .unwrap();
        assert_eq!(folder.contents(), after, "{before:?}");
        assert_eq!(folder.open().unwrap().config().network.udp_port.get(), 6000);
    }
}

#[test]
fn a_section_that_is_only_implied_takes_a_value() {
    let folder = Folder::with("[network.future]\nx = 1\n");
    folder
        .open()
        .unwrap()
        .set("network.udp_port", &RawValue::Number(6000))
        .unwrap();
    let store = folder.open().unwrap();
    assert_eq!(
        store.config().network.udp_port.get(),
        6000,
        "{}",
        folder.contents()
    );
    assert!(
        folder.contents().contains("[network.future]\nx = 1\n"),
        "{}",
        folder.contents()
    );
}

#[test]
fn resetting_understands_every_way_to_write_a_value() {
    let cases = [
        (
            "network.udp_port = 1\nnetwork.tcp_port = 2\n",
            "network.tcp_port = 2\n",
        ),
        (
            "network = { tcp_port = 2, udp_port = 1 }\n",
            "network = { tcp_port = 2}\n",
        ),
        ("[network]\nudp_port = 1", "[network]\n"),
        ("network.udp_port = 1", ""),
        (
            "[network]\r\n# why\r\nudp_port = 1\r\ntcp_port = 2\r\n",
            "[network]\r\n# why\r\ntcp_port = 2\r\n",
        ),
    ];
    for (before, after) in cases {
        let folder = Folder::with(before);
        folder.open().unwrap().reset("network.udp_port").unwrap();
        assert_eq!(folder.contents(), after, "{before:?}");
        assert_eq!(
            *folder.open().unwrap().config().origin(Key::NetworkUdpPort),
            super::super::Origin::Default
        );
    }
}

#[test]
fn windows_line_ends_stay() {
    let folder = Folder::with("# one\r\n[network]\r\n# two\r\nudp_port = 1\r\n\r\n# three\r\n");
    let mut store = folder.open().unwrap();
    store.set("network.udp_port", &RawValue::Number(2)).unwrap();
    store.set("ui.theme", &text("dark")).unwrap();
    let contents = folder.contents();
    assert!(!contents.replace("\r\n", "").contains('\n'), "{contents:?}");
    for comment in ["# one\r\n", "# two\r\n", "# three\r\n"] {
        assert!(contents.contains(comment), "{contents:?}");
    }
}

#[test]
fn a_first_change_begins_a_file_that_explains_itself() {
    let folder = Folder::new();
    folder
        .open()
        .unwrap()
        .set("ui.theme", &text("dark"))
        .unwrap();
    assert_eq!(
        folder.contents(),
        "# The configuration of Banyan. Every setting: docs/configuration.md\n\n\
         [ui]\ntheme = \"dark\"\n"
    );
}

#[test]
fn what_others_wrote_meanwhile_is_kept_and_counts() {
    let folder = Folder::with("[ui]\ntheme = \"dark\"\n");
    let mut store = folder.open().unwrap();
    folder.write("# by hand\n[ui]\ntheme = \"light\"\ntext_size = 120\n");

    store.set("machine.name", &text("Anna")).unwrap();

    assert!(
        folder
            .contents()
            .starts_with("# by hand\n[ui]\ntheme = \"light\"\ntext_size = 120\n")
    );
    assert_eq!(store.config().ui.text_size.get(), 120);
    assert_eq!(store.view(Key::UiTheme).value, text("light"));
}

#[test]
fn a_file_that_became_wrong_meanwhile_is_not_overwritten() {
    let folder = Folder::with("[ui]\ntheme = \"dark\"\n");
    let mut store = folder.open().unwrap();
    for wrong in [
        "[ui\ntheme = \"dark\"\n",
        "[ui]\ntext_size = 1000\n",
        "ui = 1\n",
    ] {
        folder.write(wrong);
        let error = store.set("machine.name", &text("Anna")).unwrap_err();
        assert!(matches!(error, ChangeError::File(_)), "{error}");
        assert!(matches!(
            store.reset("machine.name"),
            Err(ChangeError::File(_))
        ));
        assert_eq!(folder.contents(), wrong);
        assert_eq!(
            store.view(Key::UiTheme).value,
            text("dark"),
            "what was known still counts"
        );
    }
}

#[test]
fn a_change_may_repair_the_very_value_that_is_wrong() {
    let folder = Folder::with("");
    let mut store = folder.open().unwrap();
    folder.write("[ui]\ntext_size = 1000\n");
    store.set("ui.text_size", &RawValue::Number(100)).unwrap();
    assert_eq!(folder.contents(), "[ui]\ntext_size = 100\n");

    folder.write("[ui]\ntext_size = 1000\n");
    store.reset("ui.text_size").unwrap();
    assert_eq!(folder.contents(), "[ui]\n");

    folder.write("[ui.text_size]\nx = 1\n");
    assert!(matches!(folder.open(), Err(ConfigError::BadValues { .. })));
    store.set("ui.text_size", &RawValue::Number(110)).unwrap();
    assert_eq!(folder.open().unwrap().config().ui.text_size.get(), 110);
}

#[test]
fn text_is_read_as_a_flag_would_be() {
    let folder = Folder::new();
    let mut store = folder.open().unwrap();
    store.set("network.udp_port", &text(" 5005 ")).unwrap();
    store.set("http.enabled", &text("off")).unwrap();
    store
        .set("network.interfaces", &text("eth0,wlan0"))
        .unwrap();
    store.set("machine.name", &text("  5005 ")).unwrap();
    let config = folder.open().unwrap().config();
    assert_eq!(config.network.udp_port.get(), 5005);
    assert!(!config.http.enabled);
    assert_eq!(config.network.interfaces.len(), 2);
    assert_eq!(config.machine.name.as_str(), "5005");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_was_written() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::with("[ui]\n");
    fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o644)).unwrap();
    folder
        .open()
        .unwrap()
        .set("ui.theme", &text("dark"))
        .unwrap();
    let mode = fs::metadata(folder.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(folder.listing(), ["config.toml"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_elsewhere_stays_a_link() {
    let elsewhere = Folder::with("# elsewhere\n");
    let folder = Folder::new();
    std::os::unix::fs::symlink(elsewhere.file(), folder.file()).unwrap();
    folder
        .open()
        .unwrap()
        .set("ui.theme", &text("dark"))
        .unwrap();
    assert!(fs::symlink_metadata(folder.file()).unwrap().is_symlink());
    assert!(elsewhere.contents().contains("theme = \"dark\""));
    assert_eq!(elsewhere.listing(), ["config.toml"]);
}
