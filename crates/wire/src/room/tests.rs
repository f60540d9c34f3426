use proptest::prelude::*;

use super::*;
use crate::{
    BadSignature, DeviceCertificate, DeviceId, DeviceKey, Label, PersonId, PersonKey, Signature,
    Signer, limits,
};

pub(crate) const KEY: [u8; 32] = [2; 32];

pub(crate) struct Writing(pub(crate) DeviceKey);

impl Signer for Writing {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

pub(crate) fn room() -> RoomId {
    RoomId::made_by(person(), device(), &[9; 16])
}

pub(crate) fn chained(acts: Vec<Act>) -> Chained {
    let ops = acts.into_iter().map(op).collect();
    let signer = Writing(DeviceKey::from_seed(&KEY));
    Run::sign(&signer, room(), 1, OpHash::NONE, ops).unwrap()
}

fn op(act: Act) -> Op {
    Op {
        lam: 7,
        wall: -3,
        act,
        content: Content::Here(b"salt salt salt s".to_vec()),
    }
}

fn device() -> DeviceId {
    DeviceKey::from_seed(&KEY).id()
}

fn person() -> PersonId {
    PersonKey::from_seed(&[1; 32]).id()
}

fn certificate() -> DeviceCertificate {
    DeviceCertificate::issue(&PersonKey::from_seed(&[1; 32]), device())
}

fn every_act() -> Vec<Act> {
    let message = MessageId::written_by(room(), device(), &[8; 16]);
    vec![
        Act::Create {
            nonce: [9; 16],
            certificate: certificate(),
        },
        Act::Join {
            member: OpHash::from_bytes([3; 32]),
            certificate: certificate(),
        },
        Act::Meta,
        Act::Add {
            person: person(),
            rank: Rank::Member,
            history: true,
        },
        Act::Promote {
            member: OpHash::from_bytes([4; 32]),
            rank: Rank::Admin,
            cut: Cut::from([(device(), 5)]),
        },
        Act::Remove {
            member: OpHash::from_bytes([4; 32]),
            cut: Cut::from([(device(), 5)]),
        },
        Act::Message {
            nonce: [8; 16],
            parent: Some(message),
            speaker: Speaker::Model,
        },
        Act::Message {
            nonce: [8; 16],
            parent: None,
            speaker: Speaker::Person,
        },
        Act::Status {
            message,
            outcome: Outcome::Interrupted,
        },
        Act::Delete { message },
        Act::Attach {
            message,
            blob: BlobHash::of(b"a picture"),
            size: 9,
        },
        Act::Note,
        Act::Unknown {
            number: 99,
            fields: vec![1, 2, 3],
        },
    ]
}

/// The last hash stands for every byte that was hashed before it.
#[test]
fn golden() {
    let chained = chained(every_act());
    assert_eq!(
        chained.hashes().last().unwrap().to_string(),
        "33a1f6def7fb372ba3ae3790551108e69e826530d034fa1784febddf2ded4951"
    );
    let body = MessageBody {
        text: "hi".to_owned(),
        reasoning: None,
        model: Some("m".to_owned()),
        served_by: None,
        parameters: None,
    };
    assert_eq!(
        body.encode([5; 16]).unwrap(),
        [
            [5; 16].as_slice(),
            &[1, 0, 0, 0, 2],
            b"hi",
            &[3, 0, 0, 0, 1],
            b"m"
        ]
        .concat()
    );
}

#[test]
fn every_act_comes_back() {
    for act in every_act() {
        assert_eq!(Act::parse(act.number(), &act.fields()), Ok(act));
    }
}

#[test]
fn every_body_comes_back_and_an_unknown_field_is_passed_over() {
    let message = MessageBody {
        text: "سلام".to_owned(),
        reasoning: Some("hm".to_owned()),
        model: Some("llama".to_owned()),
        served_by: Some(device()),
        parameters: Some("{}".to_owned()),
    };
    let mut bytes = message.encode([1; 16]).unwrap();
    assert_eq!(MessageBody::parse(&bytes), Ok(message.clone()));
    bytes.extend_from_slice(&[200, 0, 0, 0, 2, 1, 1]);
    assert_eq!(MessageBody::parse(&bytes), Ok(message));
    let meta = MetaBody {
        field: MetaField::Unknown(77),
        value: "x".to_owned(),
    };
    assert_eq!(MetaBody::parse(&meta.encode([1; 16]).unwrap()), Ok(meta));
    for value in [None, Some(Vec::new()), Some(b"v".to_vec())] {
        let note = NoteBody {
            topic: Topic::Read,
            subject: b"s".to_vec(),
            value,
        };
        assert_eq!(NoteBody::parse(&note.encode([1; 16]).unwrap()), Ok(note));
    }
    let attached = AttachmentBody {
        name: "../../etc/passwd".to_owned(),
        media_type: "text/plain".to_owned(),
    };
    let bytes = attached.encode([1; 16]).unwrap();
    assert_eq!(AttachmentBody::parse(&bytes), Ok(attached));
}

#[test]
fn too_long_a_body_is_refused_and_not_cut() {
    let body = MessageBody {
        text: "x".repeat(limits::OP_BODY - 16 - 5),
        ..MessageBody::default()
    };
    assert_eq!(
        body.encode([1; 16]).map(|bytes| bytes.len()),
        Ok(limits::OP_BODY)
    );
    let longer = MessageBody {
        text: format!("{}x", body.text),
        ..body
    };
    let length = limits::OP_BODY + 1;
    assert_eq!(longer.encode([1; 16]), Err(BodyError::TooLong { length }));
}

#[test]
fn an_erased_body_leaves_the_chain_whole() {
    let whole = chained(every_act());
    let mut run = whole.clone().into_run();
    for op in &mut run.ops {
        op.content = op.content.gone();
        assert_eq!(op.content.bytes(), None);
    }
    let again = run.check(room()).unwrap();
    assert_eq!(again.hashes(), whole.hashes());
}

#[test]
fn whoever_changes_anything_has_no_signature() {
    let honest = chained(every_act()).into_run();
    let other = DeviceKey::from_seed(&[6; 32]).id();
    let bad = Err(RunError::Signature(BadSignature));
    let check = |change: fn(&mut Run)| {
        let mut run = honest.clone();
        change(&mut run);
        run.check(room()).map(drop)
    };
    assert_eq!(honest.clone().check(room()).map(drop), Ok(()));
    assert_eq!(check(|run| run.first = 2), bad);
    assert_eq!(check(|run| run.before = OpHash::from_bytes([1; 32])), bad);
    assert_eq!(check(|run| run.ops[0].lam += 1), bad);
    assert_eq!(check(|run| run.ops[1].wall += 1), bad);
    assert_eq!(check(|run| run.ops[2].act = Act::Note), bad);
    assert_eq!(check(|run| run.ops[3].content = Content::NONE), bad);
    assert_eq!(check(|run| drop(run.ops.pop())), bad);
    assert_eq!(check(|run| run.ops.swap(2, 11)), bad);
    let elsewhere = RoomId::made_by(person(), device(), &[10; 16]);
    assert_eq!(honest.clone().check(elsewhere).map(drop), bad);
    let mut stolen = honest;
    stolen.author = other;
    assert_eq!(stolen.check(room()).map(drop), bad);
}

#[test]
fn a_run_is_neither_empty_nor_endless() {
    let signer = Writing(DeviceKey::from_seed(&KEY));
    let sign = |first, count| {
        let ops = vec![op(Act::Note); count];
        Run::sign(&signer, room(), first, OpHash::NONE, ops).map(drop)
    };
    assert_eq!(sign(1, 0), Err(RunError::Length));
    assert_eq!(sign(1, limits::RUN_OPS), Ok(()));
    assert_eq!(sign(1, limits::RUN_OPS + 1), Err(RunError::Length));
    assert_eq!(sign(0, 1), Err(RunError::Number));
    assert_eq!(sign(u64::MAX, 1), Err(RunError::Number));
}

#[test]
fn hashes_are_found_by_number() {
    let chained = chained(vec![Act::Meta, Act::Note]);
    assert_eq!(chained.hash_at(0), Some(OpHash::NONE));
    assert_eq!(chained.hash_at(2), chained.hashes().last().copied());
    assert_eq!(chained.hash_at(3), None);
    assert_eq!(chained.run().last(), 2);
}

#[test]
fn names_belong_to_whoever_made_them() {
    let other = DeviceKey::from_seed(&[6; 32]).id();
    assert_ne!(room(), RoomId::made_by(person(), other, &[9; 16]));
    assert_ne!(
        MessageId::written_by(room(), device(), &[1; 16]),
        MessageId::written_by(room(), other, &[1; 16])
    );
    let text = room().to_string();
    assert_eq!(text.to_uppercase().parse(), Ok(room()));
    assert!("abc".parse::<RoomId>().is_err());
}

#[test]
fn a_cut_has_one_spelling() {
    let others: Cut = (10..13)
        .map(|number| (DeviceKey::from_seed(&[number; 32]).id(), u64::from(number)))
        .collect();
    let remove = Act::Remove {
        member: OpHash::NONE,
        cut: others,
    };
    let fields = remove.fields();
    let (head, entries) = fields.split_at(36);
    let mut swapped = entries.to_vec();
    swapped.rotate_left(40);
    assert_eq!(
        Act::parse(6, &[head, &swapped].concat()),
        Err(BadBytes::Order)
    );
    assert_eq!(Act::parse(6, &fields), Ok(remove));
}

#[test]
fn the_longest_cut_fits_into_its_fields() {
    const { assert!(32 + 1 + 4 + CUT_MOST * 40 <= limits::OP_FIELDS) };
}

proptest! {
    #[test]
    fn perturbed_fields_never_panic(
        which in any::<prop::sample::Index>(),
        wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let acts = every_act();
        let act = which.get(&acts);
        let mut fields = act.fields();
        for (place, value) in &wounds {
            if !fields.is_empty() {
                let place = place.index(fields.len());
                fields[place] = *value;
            }
        }
        if let Ok(read) = Act::parse(act.number(), &fields) {
            prop_assert_eq!(read.fields(), fields);
        }
    }

    #[test]
    fn garbage_is_no_act_and_no_body_that_panics(number: u8, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(act) = Act::parse(number, &bytes) {
            prop_assert_eq!(act.number(), number);
            prop_assert_eq!(act.fields(), bytes.clone());
        }
        let _ = MessageBody::parse(&bytes);
        let _ = MetaBody::parse(&bytes);
        let _ = NoteBody::parse(&bytes);
        let _ = AttachmentBody::parse(&bytes);
    }
}
