//! Where values come from.

use super::super::{Config, Key, Origin, Place, RawValue, Source};
use super::{Folder, text};

#[test]
fn without_any_layer_everything_is_at_its_default() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    assert_eq!(*store.config(), Config::default());
    assert_eq!(store.warnings(), []);
    assert!(folder.listing().is_empty(), "opening writes nothing");
    for view in store.views() {
        assert_eq!((view.origin, view.value), (Origin::Default, view.default));
        assert!(!view.read_only && !view.waiting);
    }
}

#[test]
fn a_file_may_be_empty_or_have_a_byte_order_mark_or_windows_line_ends() {
    for contents in ["", "\n", "\u{feff}", "# nothing\r\n"] {
        assert_eq!(
            *Folder::with(contents).open().unwrap().config(),
            Config::default()
        );
    }
    let folder = Folder::with("\u{feff}[network]\r\nudp_port = 5001\r\n");
    let config = folder.open().unwrap().config();
    assert_eq!(config.network.udp_port.get(), 5001);
    let place = Some(Place {
        line: 2,
        column: 12,
    });
    assert_eq!(
        *config.origin(Key::NetworkUdpPort),
        Origin::File {
            path: folder.file(),
            place
        }
    );
}

#[test]
fn a_later_layer_wins_and_says_where_it_is() {
    let folder = Folder::with("[network]\nudp_port = 5001\ntcp_port = 7001\nmax_peers = 7\n");
    let store = folder
        .open_under(
            &[
                ("BANYAN_NETWORK_UDP_PORT", "5002"),
                ("BANYAN_NETWORK_TCP_PORT", "7002"),
            ],
            &[(Key::NetworkUdpPort, "5003")],
        )
        .unwrap();
    let config = store.config();
    assert_eq!(config.network.udp_port.get(), 5003);
    assert_eq!(config.network.tcp_port.get(), 7002);
    assert_eq!(config.network.max_peers.get(), 7);

    let origin = |key| config.origin(key).to_string();
    assert_eq!(origin(Key::NetworkUdpPort), "--udp");
    assert_eq!(origin(Key::NetworkTcpPort), "BANYAN_NETWORK_TCP_PORT");
    assert_eq!(origin(Key::ChatSyncInterval), "");
    let source = |key| config.origin(key).source();
    assert_eq!(source(Key::NetworkUdpPort), Source::Flag);
    assert_eq!(source(Key::NetworkTcpPort), Source::Environment);
    assert_eq!(source(Key::NetworkMaxPeers), Source::File);
    assert_eq!(source(Key::ChatSyncInterval), Source::Default);

    assert!(store.view(Key::NetworkUdpPort).read_only);
    assert!(store.view(Key::NetworkTcpPort).read_only);
    assert!(!store.view(Key::NetworkMaxPeers).read_only);
}

#[test]
fn variables_and_flags_are_written_as_people_write_them() {
    let folder = Folder::new();
    let config = folder
        .open_under(
            &[
                ("BANYAN_HTTP_ENABLED", "No"),
                ("BANYAN_NETWORK_INTERFACES", " eth0, Ethernet 2 ,"),
                ("BANYAN_NETWORK_MAX_PEERS", " 12 "),
                ("BANYAN_UI_THEME", ""),
            ],
            &[
                (Key::MachineName, " Küche "),
                (Key::HttpAddress, "localhost:0"),
            ],
        )
        .unwrap()
        .config();
    assert!(!config.http.enabled);
    let interfaces: Vec<_> = config
        .network
        .interfaces
        .iter()
        .map(|name| name.as_str())
        .collect();
    assert_eq!(interfaces, ["eth0", "Ethernet 2"]);
    assert_eq!(config.network.max_peers.get(), 12);
    assert_eq!(
        *config.origin(Key::UiTheme),
        Origin::Default,
        "empty counts as not set"
    );
    assert_eq!(config.machine.name.as_str(), "Küche");
    assert_eq!(config.http.address.to_string(), "127.0.0.1:0");
}

#[test]
fn ollama_host_counts_unless_there_is_a_variable_of_ours() {
    let folder = Folder::with("[models]\nollama_address = \"http://file:1\"\n");
    let address = |environment: &[(&str, &str)]| {
        let config = folder.open_under(environment, &[]).unwrap().config();
        let origin = config.origin(Key::ModelsOllamaAddress).source();
        (config.models.ollama_address.to_string(), origin)
    };
    let ours = ("BANYAN_MODELS_OLLAMA_ADDRESS", "http://ours:2");
    let theirs = ("OLLAMA_HOST", "0.0.0.0:3");

    assert_eq!(address(&[]), ("http://file:1".to_owned(), Source::File));
    assert_eq!(
        address(&[theirs]),
        ("http://127.0.0.1:3".to_owned(), Source::Environment)
    );
    assert_eq!(
        address(&[theirs, ours]),
        ("http://ours:2".to_owned(), Source::Environment)
    );
    assert_eq!(
        address(&[ours, theirs]),
        ("http://ours:2".to_owned(), Source::Environment)
    );
    assert_eq!(
        address(&[("OLLAMA_HOST", "")]),
        ("http://file:1".to_owned(), Source::File)
    );

    let store = folder.open_under(&[theirs], &[]).unwrap();
    assert_eq!(
        store.view(Key::ModelsOllamaAddress).origin.to_string(),
        "OLLAMA_HOST"
    );
}

#[test]
fn a_change_that_needs_a_restart_waits_for_it() {
    let folder = Folder::new();
    let mut store = folder.open().unwrap();
    let before = store.config();

    let view = store
        .set("network.udp_port", &RawValue::Number(5005))
        .unwrap();
    assert!(view.waiting);
    assert_eq!(view.value, RawValue::Number(5005));
    assert_eq!(
        store.config().network.udp_port,
        before.network.udp_port,
        "not in effect yet"
    );
    assert_eq!(*store.config().origin(Key::NetworkUdpPort), Origin::Default);

    let view = store.set("machine.name", &text("Anna")).unwrap();
    assert!(!view.waiting);
    assert_eq!(
        store.config().machine.name.as_str(),
        "Anna",
        "in effect at once"
    );
    assert_eq!(
        store.config().origin(Key::MachineName).source(),
        Source::File
    );
    assert!(store.view(Key::NetworkUdpPort).waiting, "still");

    let restarted = folder.open().unwrap();
    assert_eq!(restarted.config().network.udp_port.get(), 5005);
    assert!(!restarted.view(Key::NetworkUdpPort).waiting);

    let view = store.reset("network.udp_port").unwrap();
    assert!(!view.waiting, "as it was at the start");
    assert_eq!(view.origin, Origin::Default);
}
