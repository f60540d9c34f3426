//! Each wrong value, and the sentence about it.

use super::super::{ChangeError, ConfigError, Key, RawValue, Warning};
use super::{Folder, text};

#[test]
fn a_wrong_value_in_the_file_is_named_with_its_place_and_what_is_allowed() {
    let cases = [
        (
            "[network]\nudp_port = 70000\n",
            "network.udp_port = 70000 is not allowed (config.toml, line 2, column 12): \
             a whole number from 1 to 65535 is needed",
        ),
        (
            "[network]\nudp_port = 0",
            "network.udp_port = 0 is not allowed (config.toml, line 2, column 12): \
             a whole number from 1 to 65535 is needed",
        ),
        (
            "network.udp_port = -1",
            "network.udp_port = -1 is not allowed (config.toml, line 1, column 20): \
             a whole number from 1 to 65535 is needed",
        ),
        (
            "[network]\nudp_port = \"5000\"",
            "network.udp_port = \"5000\" is not allowed (config.toml, line 2, column 12): \
             a whole number from 1 to 65535, without quotes is needed",
        ),
        (
            "[network]\r\n\r\n# سلام\r\nannounce_interval = 30.5\r\n",
            "network.announce_interval = 30.5 is not allowed (config.toml, line 4, column 21): \
             a whole number of seconds from 5 to 3600 is needed",
        ),
        (
            "\u{feff}[chat]\nmax_import_bytes = 12",
            "chat.max_import_bytes = 12 is not allowed (config.toml, line 2, column 20): \
             a whole number of bytes from 1048576 to 1073741824 is needed",
        ),
        (
            "\u{feff}network.udp_port = 0",
            "network.udp_port = 0 is not allowed (config.toml, line 1, column 20): \
             a whole number from 1 to 65535 is needed",
        ),
        (
            "ui = { language = \"fa\", text_size = 200 }",
            "ui.text_size = 200 is not allowed (config.toml, line 1, column 37): \
             a whole percentage from 90 to 130 is needed",
        ),
        (
            "[ui]\ntheme = \"Dark\"",
            "ui.theme = \"Dark\" is not allowed (config.toml, line 2, column 9): \
             one of system, light, dark is needed",
        ),
        (
            "[ui]\nwelcomed = 1",
            "ui.welcomed = 1 is not allowed (config.toml, line 2, column 12): \
             true or false is needed",
        ),
        (
            "[machine]\nname = \"  \"",
            "machine.name = \"  \" is not allowed (config.toml, line 2, column 8): \
             text of 1 to 64 characters on one line is needed",
        ),
        (
            "[http]\naddress = \"0.0.0.0:8080\"",
            "http.address = \"0.0.0.0:8080\" is not allowed (config.toml, line 2, column 11): \
             a loopback address with a port, such as 127.0.0.1:8080 or [::1]:8080 is needed",
        ),
        (
            "[models]\nollama_address = \"ftp://x\"",
            "models.ollama_address = \"ftp://x\" is not allowed (config.toml, line 2, column 18): \
             an address such as http://127.0.0.1:11434, without user name or query is needed",
        ),
        (
            "[network]\ninterfaces = \"eth0\"",
            "network.interfaces = \"eth0\" is not allowed (config.toml, line 2, column 14): \
             a list of at most 32 different names of 1 to 256 characters, in brackets is needed",
        ),
        (
            "[network]\ninterfaces = [\"eth0\", 1]",
            "network.interfaces = [\"eth0\", 1] is not allowed (config.toml, line 2, column 14): \
             a list of at most 32 different names of 1 to 256 characters is needed",
        ),
        (
            "[network]\ninterfaces = [\"eth0\", \"eth0\"]",
            "network.interfaces = [\"eth0\", \"eth0\"] is not allowed (config.toml, line 2, column 14): \
             a list of at most 32 different names of 1 to 256 characters is needed",
        ),
        (
            "network = 5000",
            "network = 5000 is not allowed (config.toml, line 1, column 11): \
             a table of settings that begins with [network] is needed",
        ),
        (
            "[[ui]]\ntheme = \"dark\"",
            "ui = [[ui]] is not allowed (config.toml, line 1, column 1): \
             a table of settings that begins with [ui] is needed",
        ),
    ];
    for (contents, sentence) in cases {
        let folder = Folder::with(contents);
        let error = folder.open().unwrap_err();
        assert!(matches!(&error, ConfigError::BadValues { rest, .. } if rest.is_empty()));
        assert_eq!(folder.sentence(&error), sentence, "{contents:?}");
    }
}

#[test]
fn a_wrong_variable_and_a_wrong_flag_are_named() {
    let folder = Folder::new();
    let error = folder
        .open_under(&[("BANYAN_NETWORK_UDP_PORT", "five thousand")], &[])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "network.udp_port = five thousand is not allowed (BANYAN_NETWORK_UDP_PORT): \
         a whole number from 1 to 65535 is needed"
    );
    let error = folder
        .open_under(&[], &[(Key::NetworkTcpPort, "65536")])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "network.tcp_port = 65536 is not allowed (--tcp): \
         a whole number from 1 to 65535 is needed"
    );
    let error = folder
        .open_under(&[], &[(Key::ChatSyncInterval, "soon")])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "chat.sync_interval = soon is not allowed (chat.sync_interval): \
         a whole number of seconds from 5 to 3600 is needed"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_an_error_where_it_is_ours() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    use super::super::Store;

    let folder = Folder::new();
    let broken = OsString::from_vec(b"an\xffna".to_vec());
    let ours = [(OsString::from("BANYAN_MACHINE_NAME"), broken.clone())];
    let error = Store::open(folder.file(), ours, []).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("machine.name = an\u{fffd}na is not allowed")
    );

    let foreign = [
        (OsString::from("EDITOR"), broken.clone()),
        (broken.clone(), OsString::from("x")),
        (OsString::from("OLLAMA_HOST"), broken),
    ];
    let store = Store::open(folder.file(), foreign, []).unwrap();
    assert!(matches!(
        store.warnings()[..],
        [Warning::IgnoredVariable { .. }]
    ));
}

#[test]
fn all_wrong_values_are_told_at_once() {
    let folder = Folder::with("[network]\ntcp_port = 0\nudp_port = 0\n");
    let error = folder
        .open_under(&[("BANYAN_UI_THEME", "pink")], &[])
        .unwrap_err();
    let ConfigError::BadValues { first, rest } = error else {
        panic!("{error}")
    };
    let keys: Vec<_> = std::iter::once(&*first)
        .chain(&rest)
        .map(|bad| bad.key.as_str())
        .collect();
    assert_eq!(keys, ["ui.theme", "network.tcp_port", "network.udp_port"]);
}

#[test]
fn a_wrong_value_is_an_error_even_where_another_layer_overrules_it() {
    let folder = Folder::with("[network]\nudp_port = 0\n");
    let error = folder
        .open_under(&[], &[(Key::NetworkUdpPort, "5001")])
        .unwrap_err();
    assert!(folder.sentence(&error).contains("config.toml, line 2"));
}

#[test]
fn a_very_long_value_is_shortened() {
    let folder = Folder::with(format!("[machine]\nname = \"{}\"\n", "x".repeat(5000)));
    let sentence = folder.sentence(&folder.open().unwrap_err());
    assert!(sentence.chars().count() < 300, "{sentence}");
    assert!(sentence.contains("xxx…"));
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let cases = [
        ("[network\n", "config.toml, line 1, column 9: "),
        ("[network]\nudp_port = \n", "config.toml, line 2, column 1"),
        ("[ui]\ntheme = dark\n", "config.toml, line 2, column 9: "),
        ("[ui]\ntheme = \"dark\n", "config.toml, line 2, column "),
        (
            "[ui]\ntheme = \"dark\"\ntheme = \"light\"\n",
            "config.toml, line 3, column 1: ",
        ),
        ("[ui]\n[ui]\n", "config.toml, line 2, column "),
        ("[ui]\nfoo = \"\u{1}\"", "config.toml, line 2, column 8: "),
        // What a crash in the middle of writing leaves with other programs.
        (
            "[network]\nudp_port = 5000\n[cha",
            "config.toml, line 3, column 5: ",
        ),
    ];
    for (contents, beginning) in cases {
        let folder = Folder::with(contents);
        let error = folder.open().unwrap_err();
        assert!(matches!(error, ConfigError::Syntax { .. }));
        let sentence = folder.sentence(&error);
        assert!(sentence.starts_with(beginning), "{contents:?}: {sentence}");
        assert!(
            sentence.lines().count() == 1 && sentence.len() > beginning.len() + 5,
            "{sentence}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_place() {
    let folder = Folder::with(b"[machine]\nname = \"\xd8\xb3\xff\"\n");
    assert_eq!(
        folder.sentence(&folder.open().unwrap_err()),
        "config.toml, line 2, column 10: this is no UTF-8 text"
    );
    let folder = Folder::with(b"\xff\xfe[\0u\0i\0]\0");
    assert_eq!(
        folder.sentence(&folder.open().unwrap_err()),
        "config.toml cannot be read: it is saved as UTF-16; save it as UTF-8"
    );
}

#[test]
fn a_wrong_change_is_refused_in_words() {
    let folder = Folder::with("[ui]\ntheme = \"dark\"\n");
    let mut store = folder
        .open_under(&[("BANYAN_UI_LANGUAGE", "fa")], &[])
        .unwrap();
    let cases = [
        (
            "network.udp_port",
            RawValue::Number(70_000),
            "network.udp_port = 70000 is not allowed: a whole number from 1 to 65535 is needed",
        ),
        (
            "network.udp_port",
            text("many"),
            "network.udp_port = \"many\" is not allowed: a whole number from 1 to 65535 is needed",
        ),
        (
            "machine.name",
            text("a\nb"),
            "machine.name = \"a\\nb\" is not allowed: text of 1 to 64 characters on one line is needed",
        ),
        (
            "ui.them",
            text("dark"),
            "there is no setting ui.them; did you mean ui.theme?",
        ),
        ("plugins", text("dark"), "there is no setting plugins"),
        (
            "ui.language",
            text("en"),
            "ui.language is set by BANYAN_UI_LANGUAGE and cannot be changed in the file",
        ),
    ];
    for (key, value, sentence) in cases {
        assert_eq!(store.set(key, &value).unwrap_err().to_string(), sentence);
    }
    assert!(matches!(
        store.reset("ui.language"),
        Err(ChangeError::ReadOnly { .. })
    ));
    assert_eq!(folder.contents(), "[ui]\ntheme = \"dark\"\n");
}

#[test]
fn what_is_odd_is_told_and_stops_nothing() {
    let folder = Folder::with(
        "answer = 42\n[ui]\nthemes = \"dark\"\n[plugins.voice]\nspeed = 1\n[empty]\n[network]\n",
    );
    let store = folder
        .open_under(
            &[
                ("BANYAN_NETWORK_UPD_PORT", "1"),
                ("BANYAN_DATA", "/tmp"),
                ("OLLAMA_HOST", "127.0.0.1:port"),
            ],
            &[],
        )
        .unwrap();
    let sentences: Vec<_> = store
        .warnings()
        .iter()
        .map(|w| folder.sentence(w))
        .collect();
    assert_eq!(
        sentences,
        [
            "config.toml has the unknown setting answer",
            "config.toml has the unknown setting ui.themes; did you mean ui.theme?",
            "config.toml has the unknown setting plugins.voice",
            "config.toml has the unknown setting empty",
            "the variable BANYAN_NETWORK_UPD_PORT is unknown; did you mean BANYAN_NETWORK_UDP_PORT?",
            "the variable OLLAMA_HOST = 127.0.0.1:port is ignored: an address such as \
             http://127.0.0.1:11434, without user name or query is needed",
        ]
    );
}
