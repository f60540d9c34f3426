use proptest::prelude::*;

use super::*;
use crate::{
    DeviceKey,
    room::{
        Act, Content,
        tests::{KEY, chained, room},
    },
};

fn device() -> DeviceId {
    DeviceKey::from_seed(&KEY).id()
}

fn every_message() -> Vec<Sync> {
    let run = chained(vec![Act::Meta, Act::Note]).into_run();
    vec![
        Sync::Root { digest: [1; 32] },
        Sync::Buckets {
            digests: Box::new([[2; 16]; BUCKETS]),
        },
        Sync::Rooms {
            bucket: 3,
            rooms: vec![(room(), [3; 16])],
        },
        Sync::Heads {
            room: room(),
            heads: vec![Head {
                author: device(),
                seq: 4,
                hash: OpHash::from_bytes([4; 32]),
                frozen: true,
            }],
            answer: true,
        },
        Sync::Want {
            room: room(),
            ranges: vec![Range {
                author: device(),
                from: 5,
                to: 6,
            }],
        },
        Sync::Have {
            room: room(),
            stored: vec![(device(), 6)],
        },
        Sync::Trace {
            room: room(),
            author: device(),
            seq: 7,
        },
        Sync::Forked {
            room: room(),
            one: Box::new(run.clone()),
            other: Box::new(run),
        },
        Sync::Offer {
            room: room(),
            title: "سلام".to_owned(),
        },
    ]
}

fn batch() -> Batch {
    Batch {
        room: room(),
        reason: Reason::WantedLast,
        runs: vec![chained(vec![Act::Meta, Act::Note]).into_run()],
    }
}

/// BLAKE3 of the bytes of all of them: a change of any byte on the wire shows.
#[test]
fn golden() {
    let mut all = Vec::new();
    for message in every_message() {
        all.extend_from_slice(&message.to_frame().payload);
    }
    all.extend_from_slice(&batch().to_frame().payload);
    assert_eq!(
        blake3::hash(&all).to_string(),
        "8cf589b7d9df6283b4b4c1fe740a1c00bc71a6eccd319c8d28ee79b00095840b"
    );
    let want = Sync::Want {
        room: room(),
        ranges: Vec::new(),
    };
    let expected = [&[1, 5], room().as_bytes().as_slice(), &[0; 4]].concat();
    assert_eq!(want.to_frame().payload, expected);
}

#[test]
fn every_message_comes_back() {
    for message in every_message() {
        let frame = message.to_frame();
        assert_eq!(frame.marker, Marker::Sync);
        assert_eq!(Sync::parse(&frame.payload), Ok(message));
    }
    let frame = batch().to_frame();
    assert_eq!(frame.marker, Marker::Operations);
    assert_eq!(Batch::parse(&frame.payload), Ok(batch()));
    assert_eq!(
        frame.payload.len(),
        AROUND_RUNS + batch().runs[0].encoded_len()
    );
}

#[test]
fn another_version_is_refused() {
    let mut payload = batch().to_frame().payload.to_vec();
    payload[0] = 2;
    let expected = Err(BadBytes::Unknown {
        what: "version of sync",
        number: 2,
    });
    assert_eq!(Batch::parse(&payload), expected);
    assert!(Sync::parse(&payload).is_err());
}

#[test]
fn lengths_are_held_against_their_caps() {
    let want = |count: u32| {
        let head = [&[1, 5], room().as_bytes().as_slice()].concat();
        Sync::parse(&[head, count.to_be_bytes().to_vec()].concat())
    };
    assert_eq!(want(4096), Err(BadBytes::TooShort));
    assert!(matches!(want(4097), Err(BadBytes::TooMany { .. })));
    assert!(matches!(want(u32::MAX), Err(BadBytes::TooMany { .. })));
    let long = vec![1; limits::FRAME_IN_SESSION as usize + 1];
    assert!(matches!(Batch::parse(&long), Err(BadBytes::TooMany { .. })));
}

#[test]
fn the_longest_op_fits_into_a_batch() {
    let mut run = batch().runs.remove(0);
    run.ops.truncate(1);
    run.ops[0].content = Content::Here(vec![7; limits::OP_BODY]);
    assert!(run.encoded_len() <= Batch::ROOM_FOR_RUNS);
}

proptest! {
    #[test]
    fn perturbed_bytes_never_panic(
        which in 0..10_usize,
        wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut payloads: Vec<_> = every_message().iter().map(|one| one.to_frame().payload).collect();
        payloads.push(batch().to_frame().payload);
        let mut bytes = payloads[which].to_vec();
        for (place, value) in &wounds {
            let place = place.index(bytes.len());
            bytes[place] = *value;
        }
        if let Ok(message) = Sync::parse(&bytes) {
            prop_assert_eq!(Sync::parse(&message.to_frame().payload), Ok(message));
        }
        if let Ok(batch) = Batch::parse(&bytes) {
            prop_assert_eq!(Batch::parse(&batch.to_frame().payload), Ok(batch));
        }
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Sync::parse(&bytes);
        let _ = Batch::parse(&bytes);
    }
}
