//! What is not taken into the log, whoever sends it, and what others get to see.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what must hold in the shortest way"
)]

use std::sync::Arc;

use chat::{Before, Draft, Own, Refusal, RoomState, Store, StoreError, Text, Wall, sync};
use wire::{
    DeviceCertificate, DeviceId, DeviceKey, Label, PersonId, PersonKey, Signature, Signer,
    frame::Marker,
    msg::sync::{Batch, Head},
    room::{
        Act, AttachmentBody, BlobHash, Body as _, Content, MessageBody, MessageId, MetaBody,
        MetaField, Op, OpHash, Rank, RoomId, Run, Speaker,
    },
};

struct Hand(DeviceKey);

impl Signer for Hand {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

fn hand(number: u8) -> Hand {
    Hand(DeviceKey::from_seed(&[number; 32]))
}

fn person(number: u8) -> PersonId {
    PersonKey::from_seed(&[100 + number; 32]).id()
}

fn certificate(number: u8) -> DeviceCertificate {
    let person = PersonKey::from_seed(&[100 + number; 32]);
    DeviceCertificate::issue(&person, hand(number).device_id())
}

/// The machine of a person of its own.
fn store(number: u8) -> Store {
    let own = Own {
        signer: Arc::new(hand(number)),
        certificate: certificate(number),
    };
    Store::in_memory(own, &[number; 32]).unwrap()
}

fn op(lam: u64, act: Act) -> Op {
    Op {
        lam,
        wall: 0,
        act,
        content: Content::NONE,
    }
}

fn message(nonce: u8) -> Act {
    Act::Message {
        nonce: [nonce; 16],
        parent: None,
        speaker: Speaker::Person,
    }
}

fn say(store: &mut Store, room: RoomId, text: &str) -> MessageId {
    let (nonce, id) = store.new_message(room);
    let draft = Draft {
        nonce,
        parent: None,
        speaker: Speaker::Person,
        body: MessageBody {
            text: text.to_owned(),
            ..MessageBody::default()
        },
    };
    store.post(room, draft, Wall(0)).unwrap();
    id
}

/// A room of person 1 in which person 2 is, and the addition that says so.
fn shared() -> (Store, RoomId, OpHash) {
    let mut store = store(1);
    let (room, _) = store.create_room("", Wall(0)).unwrap();
    store
        .add(room, person(2), Rank::Member, true, Wall(0))
        .unwrap();
    let hash = head(&store, room, 1).hash;
    (store, room, hash)
}

fn head(store: &Store, room: RoomId, number: u8) -> Head {
    let author = hand(number).device_id();
    let heads = store.heads(room);
    *heads.iter().find(|head| head.author == author).unwrap()
}

fn joining(number: u8, member: OpHash) -> Op {
    let certificate = certificate(number);
    op(
        10,
        Act::Join {
            member,
            certificate,
        },
    )
}

/// What becomes of a chain that person 2 begins.
fn refusal(store: &mut Store, room: RoomId, ops: Vec<Op>) -> Option<Refusal> {
    let run = Run::sign(&hand(2), room, 1, OpHash::NONE, ops).unwrap();
    let admitted = store.admit(room, vec![run.into_run()]).unwrap();
    assert_eq!(admitted.fresh.is_empty(), !admitted.refused.is_empty());
    admitted.refused.first().map(|refused| refused.why)
}

#[test]
fn who_was_added_may_write() {
    let (mut store, room, member) = shared();
    let ops = vec![joining(2, member), op(11, message(1))];
    assert_eq!(refusal(&mut store, room, ops), None);
    assert_eq!(store.messages(room, Before::END, 9).unwrap().len(), 1);
}

#[test]
fn who_was_not_added_may_not() {
    let (mut store, room, member) = shared();
    let refused = refusal(
        &mut store,
        room,
        vec![joining(2, OpHash::from_bytes([7; 32]))],
    );
    assert_eq!(refused, Some(Refusal::NotAdded));
    // Nor with the addition of somebody else.
    let run = Run::sign(&hand(3), room, 1, OpHash::NONE, vec![joining(3, member)]).unwrap();
    let admitted = store.admit(room, vec![run.into_run()]).unwrap();
    assert_eq!(admitted.refused[0].why, Refusal::NotAdded);
    assert_eq!(store.heads(room).len(), 1);
}

#[test]
fn a_chain_begins_with_joining_and_with_ones_own_certificate() {
    let (mut store, room, member) = shared();
    assert_eq!(
        refusal(&mut store, room, vec![op(10, message(1))]),
        Some(Refusal::Misplaced)
    );
    let stolen = Act::Join {
        member,
        certificate: certificate(1),
    };
    assert_eq!(
        refusal(&mut store, room, vec![op(10, stolen)]),
        Some(Refusal::Misplaced)
    );
    let create = Act::Create {
        nonce: [1; 16],
        certificate: certificate(2),
    };
    assert_eq!(
        refusal(&mut store, room, vec![op(10, create)]),
        Some(Refusal::Misplaced)
    );
    let own_room = joining(2, OpHash::NONE);
    assert_eq!(
        refusal(&mut store, room, vec![own_room]),
        Some(Refusal::Misplaced)
    );
}

#[test]
fn the_order_rises_and_does_not_leap() {
    let (mut store, room, member) = shared();
    let then = |lam: u64| vec![joining(2, member), op(lam, message(1))];
    assert_eq!(refusal(&mut store, room, then(10)), Some(Refusal::Order));
    assert_eq!(refusal(&mut store, room, then(9)), Some(Refusal::Order));
    let leap = 11 + (1 << 32);
    assert_eq!(refusal(&mut store, room, then(leap)), Some(Refusal::Order));
    assert_eq!(
        refusal(&mut store, room, then(u64::MAX)),
        Some(Refusal::Order)
    );
    assert_eq!(refusal(&mut store, room, then(leap - 1)), None);
}

#[test]
fn what_rules_are_made_of_cannot_be_left_out() {
    let (mut store, room, member) = shared();
    let mut title = op(11, Act::Meta);
    title.content = Content::Here(vec![1; 40]).gone();
    let ops = vec![joining(2, member), title];
    assert_eq!(refusal(&mut store, room, ops), Some(Refusal::Misplaced));
}

#[test]
fn too_large_a_file_is_attached_by_nobody() {
    let (mut store, room, member) = shared();
    let id = say(&mut store, room, "look");
    let most = 8 * 1024 * 1024;
    let attach = |size| Act::Attach {
        message: id,
        blob: BlobHash::of(b""),
        size,
    };
    let ops = vec![joining(2, member), op(11, attach(most + 1))];
    assert_eq!(refusal(&mut store, room, ops), Some(Refusal::Misplaced));
    let file = AttachmentBody::default();
    let bytes = vec![0; most as usize + 1];
    let refused = store.attach(room, id, &file, &bytes, Wall(0));
    assert!(matches!(refused, Err(StoreError::TooLong { .. })));
    store.attach(room, id, &file, &bytes[1..], Wall(0)).unwrap();
}

#[test]
fn nobody_deletes_what_another_wrote() {
    let (mut store, room, member) = shared();
    let id = say(&mut store, room, "mine");
    let ops = vec![joining(2, member), op(11, Act::Delete { message: id })];
    assert_eq!(refusal(&mut store, room, ops), None);
    let shown = store.message(room, id).unwrap();
    assert!(matches!(shown.text, Text::Here(_)), "{shown:?}");
}

#[test]
fn a_member_changes_neither_title_nor_members() {
    let (mut store, room, member) = shared();
    let add = Act::Add {
        person: person(3),
        rank: Rank::Admin,
        history: true,
    };
    let mut title = op(12, Act::Meta);
    let stolen = MetaBody {
        field: MetaField::Title,
        value: "stolen".to_owned(),
    };
    title.content = Content::Here(stolen.encode([0; 16]).unwrap());
    let ops = vec![joining(2, member), op(11, add), title];
    assert_eq!(refusal(&mut store, room, ops), None);
    let mut expected = [person(1), person(2)];
    expected.sort();
    assert_eq!(store.present(room), expected);
    assert_eq!(store.standing(room).unwrap().meta(MetaField::Title), None);
}

#[test]
fn whoever_leaves_is_gone_however_often_they_were_added() {
    let (mut store, room, _) = shared();
    let add = |store: &mut Store| store.add(room, person(1), Rank::Member, true, Wall(0));
    add(&mut store).unwrap();
    add(&mut store).unwrap();
    store.remove(room, person(1), Wall(0)).unwrap();
    assert_eq!(store.present(room), [person(2)]);
    let heads = store.heads(room);
    let refused = store.remove(room, person(2), Wall(0));
    assert!(matches!(refused, Err(StoreError::NotAllowed)));
    assert_eq!(store.heads(room), heads);
}

#[test]
fn two_chains_of_one_device_are_the_end_of_it_and_the_proof_convinces_others() {
    let (mut store, room, member) = shared();
    let run = |nonce| {
        let ops = vec![joining(2, member), op(11, message(nonce))];
        let run = Run::sign(&hand(2), room, 1, OpHash::NONE, ops).unwrap();
        run.into_run()
    };
    store.admit(room, vec![run(1)]).unwrap();
    assert_eq!(store.messages(room, Before::END, 9).unwrap().len(), 1);
    let admitted = store.admit(room, vec![run(2)]).unwrap();
    assert_eq!(admitted.forks.len(), 1);
    assert_eq!(store.messages(room, Before::END, 9).unwrap(), []);
    assert!(head(&store, room, 2).frozen);
    // A run and itself prove nothing, and neither do runs of different places.
    let (mut other, same_room, _) = shared();
    assert_eq!(same_room, room);
    assert!(!other.freeze(room, run(1), run(1)).unwrap());
    let wire::msg::sync::Sync::Forked {
        one, other: two, ..
    } = admitted.forks[0].1.clone()
    else {
        panic!("no proof");
    };
    assert!(!other.freeze(room, (*one).clone(), run(1)).unwrap());
    assert!(other.freeze(room, *one, *two).unwrap());
}

#[test]
fn what_was_said_before_goes_to_nobody_who_was_added_without_it() {
    let mut one = store(1);
    let (room, _) = one.create_room("", Wall(0)).unwrap();
    say(&mut one, room, "before");
    one.add(room, person(2), Rank::Member, false, Wall(0))
        .unwrap();
    say(&mut one, room, "after");
    let mut two = store(2);
    assert_eq!(two.room_state(room), None);
    let said = meet(&mut one, &mut two);
    let texts: Vec<_> = two
        .messages(room, Before::END, 9)
        .unwrap()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts.len(), 2);
    assert_eq!(texts[0], Text::Withheld);
    assert!(matches!(&texts[1], Text::Here(body) if body.text == "after"));
    assert!(
        !said
            .iter()
            .any(|bytes| bytes.windows(6).any(|six| six == b"before"))
    );
}

#[test]
fn ops_go_to_members_only_and_a_room_is_only_offered() {
    let mut one = store(1);
    let (room, _) = one.create_room("the title", Wall(0)).unwrap();
    say(&mut one, room, "hidden");
    let mut three = store(3);
    let said = meet(&mut one, &mut three);
    assert_eq!(three.room_state(room), None);
    assert!(
        !said
            .iter()
            .any(|bytes| bytes.windows(6).any(|six| six == b"hidden"))
    );
    // Nor who asks by name.
    three.enter(room).unwrap();
    meet(&mut one, &mut three);
    assert!(three.heads(room).is_empty());
    // One person fills no list.
    for number in 0..40 {
        let room = RoomId::from_bytes([number; 32]);
        three.offered(room, person(1), "spam").unwrap();
    }
    assert_eq!(three.offers().len(), 32);
    assert_eq!(
        three.room_state(RoomId::from_bytes([0; 32])),
        Some(RoomState::Offered)
    );
}

/// Two machines speak until nothing is left to say; offers are accepted. What
/// bytes of ops went from the first to the second.
fn meet(one: &mut Store, two: &mut Store) -> Vec<Vec<u8>> {
    let (mut first, mut second) = (sync::Machine::default(), sync::Machine::default());
    first.up(two.device(), two.person(), one).unwrap();
    second.up(one.device(), one.person(), two).unwrap();
    let mut said = Vec::new();
    for _ in 0..1000 {
        if let Some(effect) = first.poll_effect() {
            if let sync::Effect::Send { frame, .. } = effect {
                if frame.marker == Marker::Operations {
                    Batch::parse(&frame.payload).unwrap();
                    said.push(frame.payload.to_vec());
                }
                second.heard(one.device(), &frame, two).unwrap();
            }
        } else if let Some(effect) = second.poll_effect() {
            match effect {
                sync::Effect::Send { frame, .. } => {
                    first.heard(two.device(), &frame, one).unwrap();
                }
                sync::Effect::Offered { room, .. } => second.entered(room, two).unwrap(),
                sync::Effect::Changed { .. }
                | sync::Effect::Forked { .. }
                | sync::Effect::OlderCopy { .. }
                | sync::Effect::Refused { .. } => {}
            }
        } else {
            return said;
        }
    }
    panic!("they never stop");
}
