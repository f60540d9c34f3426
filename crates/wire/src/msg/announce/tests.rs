use proptest::prelude::*;

use super::*;
use crate::DeviceKey;

/// Signed with the key whose seed is 02 repeated.
const GOLDEN: &str = concat!(
    r#"{"message_type":"REPLY","v":1,"#,
    r#""id":"QE4X-ODVI-PULV-6VVD-KRTM-GTD6-ZTFY-3CUR-WTXD-PIS5-6YHV-XD6J-WOKA","#,
    r#""inst":1700000000000,"seq":3,"tcp":7878,"has_llm":true,"timestamp":1700000000123,"#,
    r#""net":"07070707070707070707070707070707","#,
    r#""sig":"cf8bb78ae60c37162a879ad583100862f2e9f8770f8e18f2cab5c17a87778e96"#,
    r#"f037768927d4fbefbb26335c54652c36ce6bf6db0340b7e2aa06c0ff5f00f90e"}"#,
);

#[test]
fn golden() {
    let bytes = announcement(Kind::Reply).encode(&key());
    assert_eq!(String::from_utf8(bytes).unwrap(), GOLDEN);
    let read = Announcement::parse(GOLDEN.as_bytes()).unwrap();
    assert_eq!(read.verify(), Ok(announcement(Kind::Reply)));
}

#[test]
fn no_reply_is_larger_than_a_greeting() {
    let smallest = Announcement {
        kind: Kind::Online,
        instance: 0,
        sequence: 0,
        tcp_port: 1,
        has_llm: true,
        timestamp: 0,
        net: None,
        ..announcement(Kind::Online)
    };
    let largest = Announcement {
        kind: Kind::Reply,
        instance: u64::MAX,
        sequence: u64::MAX,
        tcp_port: u16::MAX,
        has_llm: false,
        timestamp: u64::MAX,
        ..announcement(Kind::Reply)
    };
    let (asks, answers) = (smallest.encode(&key()), largest.encode(&key()));
    assert!(answers.len() <= asks.len(), "{}", answers.len());
    assert!(asks.len() <= limits::ANNOUNCEMENT);
    let read = Announcement::parse(&asks).unwrap();
    assert_eq!(read.verify(), Ok(smallest));
}

#[test]
fn what_is_too_long_is_not_read() {
    let mut bytes = announcement(Kind::Online).encode(&key());
    bytes.resize(limits::ANNOUNCEMENT, b' ');
    assert!(Announcement::parse(&bytes).is_ok());
    bytes.push(b' ');
    assert_eq!(
        Announcement::parse(&bytes),
        Err(AnnounceError::TooLong { length: 1201 })
    );
}

#[test]
fn what_is_cut_off_is_not_read() {
    let bytes = announcement(Kind::Reply).encode(&key());
    for length in 0..bytes.len() {
        let cut = Announcement::parse(bytes.get(..length).unwrap());
        assert!(
            matches!(cut, Err(AnnounceError::Malformed { .. })),
            "{length}"
        );
    }
}

#[test]
fn another_version_is_told_apart() {
    let newer = GOLDEN.replace(r#""v":1"#, r#""v":2"#);
    assert_eq!(
        Announcement::parse(newer.as_bytes()),
        Err(AnnounceError::UnknownVersion { version: 2 })
    );
}

#[test]
fn every_field_is_signed() {
    for (said, changed) in [
        (r#""REPLY""#, r#""ONLINE""#),
        (r#""REPLY""#, r#""OFFLINE""#),
        ("\"inst\":1700000000000", "\"inst\":1700000000001"),
        ("\"seq\":3", "\"seq\":4"),
        ("\"tcp\":7878", "\"tcp\":7879"),
        ("\"has_llm\":true", "\"has_llm\":false"),
        ("\"timestamp\":1700000000123", "\"timestamp\":1700000000124"),
        ("\"net\":\"07", "\"net\":\"08"),
        ("\"net\":\"07070707070707070707070707070707\",", ""),
    ] {
        let forged = GOLDEN.replace(said, changed);
        assert_ne!(forged, GOLDEN);
        let read = Announcement::parse(forged.as_bytes()).unwrap();
        assert_eq!(read.verify(), Err(AnnounceError::Forged), "{changed}");
    }
    let somebody_else = DeviceKey::from_seed(&[3; 32]).id().to_string();
    let forged = GOLDEN.replace(&key().0.id().to_string(), &somebody_else);
    let read = Announcement::parse(forged.as_bytes()).unwrap();
    assert_eq!(read.verify(), Err(AnnounceError::Forged));
}

proptest! {
    #[test]
    fn round_trip(
        kind in prop::sample::select(vec![Kind::Online, Kind::Offline, Kind::Reply]),
        (instance, sequence, timestamp) in any::<(u64, u64, u64)>(),
        (tcp_port, has_llm) in any::<(u16, bool)>(),
        net in any::<Option<[u8; 16]>>(),
    ) {
        let said = Announcement {
            kind,
            device: key().0.id(),
            instance,
            sequence,
            tcp_port,
            has_llm,
            timestamp,
            net: net.map(NetTag),
        };
        let bytes = said.encode(&key());
        prop_assert!(bytes.len() <= limits::ANNOUNCEMENT);
        prop_assert_eq!(Announcement::parse(&bytes).unwrap().verify(), Ok(said));
    }

    #[test]
    fn perturbed_bytes_never_pass_as_something_else(
        place in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let mut bytes = GOLDEN.as_bytes().to_vec();
        let place = place.index(bytes.len());
        bytes[place] = value;
        if let Ok(Ok(read)) = Announcement::parse(&bytes).map(Unverified::verify) {
            prop_assert_eq!(read, announcement(Kind::Reply));
        }
    }
}

fn announcement(kind: Kind) -> Announcement {
    Announcement {
        kind,
        device: key().0.id(),
        instance: 1_700_000_000_000,
        sequence: 3,
        tcp_port: 7878,
        has_llm: true,
        timestamp: 1_700_000_000_123,
        net: Some(NetTag([7; 16])),
    }
}

struct Key(DeviceKey);

impl Signer for Key {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

fn key() -> Key {
    Key(DeviceKey::from_seed(&[2; 32]))
}
