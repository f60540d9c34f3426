//! The table of settings itself.

use std::collections::BTreeSet;

use super::super::{Config, Key, Kind, RawValue};

#[test]
fn every_default_is_allowed_and_in_its_canonical_form() {
    for key in Key::ALL {
        let default = key.default_value();
        assert_eq!(key.normalise(&default), Some(default), "{key}");
    }
}

#[test]
fn the_documented_constants_are_the_defaults() {
    let documented = [
        (
            Key::HttpAddress,
            RawValue::Text("127.0.0.1:8080".to_owned()),
        ),
        (Key::NetworkTcpPort, RawValue::Number(7878)),
        (Key::NetworkUdpPort, RawValue::Number(5000)),
        (Key::NetworkAnnounceInterval, RawValue::Number(30)),
        (Key::NetworkPeerTimeout, RawValue::Number(60)),
        (Key::NetworkMessageTimeout, RawValue::Number(30)),
        (Key::NetworkMaxPeers, RawValue::Number(1000)),
        (Key::NetworkRequestsPerMinute, RawValue::Number(100)),
        (Key::ChatSyncInterval, RawValue::Number(30)),
        (Key::ChatMaxImportBytes, RawValue::Number(50 * 1024 * 1024)),
        (Key::ChatMaxConversations, RawValue::Number(10_000)),
        (
            Key::ModelsOllamaAddress,
            RawValue::Text("http://127.0.0.1:11434".to_owned()),
        ),
    ];
    let config = Config::default();
    for (key, value) in documented {
        assert_eq!(config.value(key), value, "{key}");
    }
}

#[test]
fn names_variables_and_flags_are_unique() {
    let names: BTreeSet<_> = Key::ALL.iter().map(|key| key.name()).collect();
    let variables: BTreeSet<_> = Key::ALL.iter().map(|key| key.variable()).collect();
    let flags: Vec<_> = Key::ALL
        .iter()
        .filter_map(|key| key.descriptor().flag)
        .collect();
    assert_eq!(names.len(), Key::ALL.len());
    assert_eq!(variables.len(), Key::ALL.len());
    assert_eq!(flags, ["--name", "--http", "--tcp", "--udp", "--interface"]);
    assert_eq!(Key::NetworkUdpPort.variable(), "BANYAN_NETWORK_UDP_PORT");
    for key in Key::ALL {
        assert_eq!(key.name().parse(), Ok(*key));
    }
}

#[test]
fn every_number_allowed_fits_into_the_file() {
    for key in Key::ALL {
        if let Kind::Number { min, max, .. } = key.descriptor().kind {
            assert!(min < max && i64::try_from(max).is_ok(), "{key}");
            // The limits belong to what is allowed, and the type takes all of it.
            for (number, allowed) in [
                (min, true),
                (max, true),
                (max + 1, false),
                (min.wrapping_sub(1), false),
            ] {
                let raw = RawValue::Number(number);
                assert_eq!(key.normalise(&raw).is_some(), allowed, "{key} = {number}");
            }
        }
    }
}

#[test]
fn every_choice_is_understood() {
    for key in Key::ALL {
        if let Kind::Choice { options } = key.descriptor().kind {
            for option in options {
                let raw = RawValue::Text((*option).to_owned());
                assert_eq!(key.normalise(&raw), Some(raw), "{key}");
            }
        }
    }
}

#[test]
fn every_limit_of_the_documents_says_what_happens_at_it() {
    for key in Key::ALL {
        let descriptor = key.descriptor();
        assert!(!descriptor.description.trim().is_empty(), "{key}");
        assert!(!descriptor.description.contains('\n'), "{key}");
        let limited = matches!(descriptor.kind, Kind::Number { .. });
        assert!(!limited || !descriptor.at_limit.is_empty(), "{key}");
    }
}
