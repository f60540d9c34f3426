use proptest::prelude::*;

use super::*;
use crate::{DeviceId, DeviceKey, Label, Signature, Signer, limits};

#[test]
fn golden() {
    let said = announcement(Kind::Reply);
    let written = write(&said, 5000, [192, 168, 1, 20].into()).unwrap();
    let expected = [
        // Head: an answer, four records.
        b"\0\0\x84\0\0\0\0\x04\0\0\0\0".as_slice(),
        // PTR: _banyan._tcp.local -> qe4xodvi.(there)
        b"\x07_banyan\x04_tcp\x05local\0\0\x0c\0\x01\0\0\0\x78\0\x0b\x08qe4xodvi\xc0\x0c",
        // SRV: (the instance) -> port 7878 of qe4xodvi.local
        b"\xc0\x2a\0\x21\x80\x01\0\0\0\x78\0\x11\0\0\0\0\x1e\xc6\x08qe4xodvi\xc0\x19",
        // TXT: (the instance), in two pieces
        b"\xc0\x2a\0\x10\x80\x01\0\0\0\x78",
        &u16::try_from(said.len() + 17).unwrap().to_be_bytes(),
        b"\x08udp=5000",
        b"\xffp0=",
        &said[..252],
        &[u8::try_from(said.len() - 252 + 3).unwrap()],
        b"p1=",
        &said[252..],
        // A: qe4xodvi.local
        b"\xc0\x47\0\x01\x80\x01\0\0\0\x78\0\x04\xc0\xa8\x01\x14",
    ]
    .concat();
    assert_eq!(written, expected);
    assert_eq!(read(&written), announced(5000, &said));
}

#[test]
fn the_largest_announcement_fits() {
    let mut said = announcement(Kind::Online);
    said.resize(limits::ANNOUNCEMENT, b' ');
    let written = write(&said, 5000, "fe80::7".parse().unwrap()).unwrap();
    assert!(written.len() <= LONGEST, "{}", written.len());
    assert_eq!(read(&written), announced(5000, &said));
}

#[test]
fn a_goodbye_takes_the_service_off_the_lists_of_others() {
    let said = announcement(Kind::Offline);
    let written = write(&said, 5000, [10, 0, 0, 1].into()).unwrap();
    assert_eq!(&written[32..40], b"\0\x0c\0\x01\0\0\0\0");
    assert_eq!(read(&written), announced(5000, &said));
}

#[test]
fn what_is_no_announcement_is_not_wrapped() {
    assert_eq!(write(b"{}", 5000, [10, 0, 0, 1].into()), None);
}

#[test]
fn a_question_about_the_service_is_heard() {
    let service = b"\x07_BANYAN\x04_tcp\x05local\0";
    for (asked, class) in [(12_u16, 1_u16), (12, 0x8001), (255, 255)] {
        assert_eq!(
            read(&question(service, asked, class)),
            Some(Message::Asked),
            "{asked} {class}"
        );
    }
    let instance = b"\x05atlas\x07_banyan\x04_tcp\x05local\0";
    assert_eq!(read(&question(instance, 33, 1)), Some(Message::Asked));
    assert_eq!(read(&question(instance, 16, 1)), Some(Message::Asked));

    assert_eq!(read(&question(service, 1, 1)), None);
    assert_eq!(read(&question(service, 12, 3)), None);
    for other in [
        b"\x05_http\x04_tcp\x05local\0".as_slice(),
        b"\x07_banyan\x04_tcp\x05local\x03com\0",
        b"\x05atlas\x07_banyan\x04_tcp\x05local\x03com\0",
        b"\x01a\x01b\x07_banyan\x04_tcp\x05local\0",
        b"\0",
    ] {
        assert_eq!(read(&question(other, 12, 1)), None);
    }
}

#[test]
fn the_announcement_is_found_among_other_records() {
    let said = announcement(Kind::Online);
    let mut pieces = b"\x08udp=5000".to_vec();
    for (piece, number) in said.chunks(252).zip(0..) {
        pieces.push(u8::try_from(piece.len() + 3).unwrap());
        pieces.extend(format!("p{number}=").as_bytes());
        pieces.extend(piece);
    }
    let records = [
        // An answer to a question that is repeated, with a printer's TXT record.
        b"\0\0\x84\0\0\x01\0\x01\0\0\0\x02\x05_http\x04_tcp\x05local\0\0\x0c\0\x01".as_slice(),
        b"\x07printer\xc0\x0c\0\x10\x80\x01\0\0\0\x78\0\x05\x04p0=x",
        // Some record of this service, then the one.
        b"\x05atlas\x07_banyan\xc0\x12\0\x2f\x80\x01\0\0\0\x78\0\x01z",
        b"\x05atlas\x07_banyan\xc0\x12\0\x10\x80\x01\0\0\0\x78",
        &u16::try_from(pieces.len()).unwrap().to_be_bytes(),
        &pieces,
    ];
    assert_eq!(read(&records.concat()), announced(5000, &said));
}

#[test]
fn a_name_that_goes_round_in_circles_is_left_alone() {
    // Points to itself, forward, and to a label that leads to it again.
    for name in [b"\xc0\x0c".as_slice(), b"\xc0\x0e", b"\x01a\xc0\x0c"] {
        assert_eq!(read(&question(name, 12, 1)), None);
    }
}

#[test]
fn pieces_that_say_too_much_are_not_gathered() {
    let string = |digit: u8, length: u8| {
        let mut string = vec![length + 3, b'p', digit, b'='];
        string.resize(usize::from(length) + 4, b'x');
        string
    };
    let gathered = |strings: Vec<u8>| {
        let text = [b"\x08udp=5000".as_slice(), &strings].concat();
        reader::said(&text).map(|said| said.announcement)
    };
    let as_much_as_fits = (b'0'..b'4').flat_map(|digit| string(digit, 252)).collect();
    assert_eq!(gathered(as_much_as_fits), Some(vec![b'x'; 1008]));
    assert_eq!(
        gathered((b'0'..b'5').flat_map(|digit| string(digit, 252)).collect()),
        None
    );
    assert_eq!(
        gathered((0..=255).flat_map(|digit| string(digit, 0)).collect()),
        None
    );
    assert_eq!(gathered(b"\x09p0=short".to_vec()), None);
    assert_eq!(gathered(b"\x04p1=x\x04p0=y".to_vec()), Some(b"y".to_vec()));
    // Whom it is meant for must be said.
    assert_eq!(reader::said(b"\x04p0=y"), None);
    assert_eq!(reader::said(b"\x09udp=70000\x04p0=y"), None);
}

proptest! {
    #[test]
    fn round_trip(
        instance in any::<u64>(),
        (tcp_port, group) in any::<(u16, u16)>(),
        ip in any::<IpAddr>(),
    ) {
        let said = Announcement { instance, tcp_port, ..plain(Kind::Online) }.encode(&Key);
        let written = write(&said, group, ip).unwrap();
        prop_assert_eq!(read(&written), announced(group, &said));
    }

    #[test]
    fn perturbed_bytes_never_panic(
        wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = write(&announcement(Kind::Online), 5000, [10, 0, 0, 1].into()).unwrap();
        for (place, value) in wounds {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(Message::Announced(said)) = read(&bytes) {
            prop_assert!(said.announcement.len() <= limits::ANNOUNCEMENT);
        }
    }

    #[test]
    fn cut_off_bytes_never_panic(length in any::<prop::sample::Index>()) {
        let bytes = write(&announcement(Kind::Online), 5000, [10, 0, 0, 1].into()).unwrap();
        let _ = read(&bytes[..length.index(bytes.len())]);
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}

fn announced(group: u16, said: &[u8]) -> Option<Message> {
    let announcement = said.to_vec();
    Some(Message::Announced(Said {
        group,
        announcement,
    }))
}

fn question(name: &[u8], kind: u16, class: u16) -> Vec<u8> {
    [
        b"\0\0\0\0\0\x01\0\0\0\0\0\0".as_slice(),
        name,
        &kind.to_be_bytes(),
        &class.to_be_bytes(),
    ]
    .concat()
}

fn announcement(kind: Kind) -> Vec<u8> {
    plain(kind).encode(&Key)
}

fn plain(kind: Kind) -> Announcement {
    Announcement {
        kind,
        device: Key.device_id(),
        instance: 1_700_000_000_000,
        sequence: 3,
        tcp_port: 7878,
        has_llm: true,
        timestamp: 1_700_000_000_123,
        net: None,
    }
}

/// Its device is called `QE4XODVI` for short.
struct Key;

impl Signer for Key {
    fn device_id(&self) -> DeviceId {
        DeviceKey::from_seed(&[2; 32]).id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        DeviceKey::from_seed(&[2; 32]).sign(label, fields)
    }
}
