use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;
use crate::{DeviceKey, MeshKind};

const BINDING: ChannelBinding = ChannelBinding([7; 32]);

#[test]
fn two_holders_prove_it_to_each_other() {
    let (here, there) = run(pair(BINDING, BINDING, keys(&[1]), keys(&[1])));
    let id = key(1).id();
    assert_eq!(
        (here, there),
        (Some(Outcome::Proven(id)), Some(Outcome::Proven(id)))
    );
}

/// Made by another implementation of HMAC.
#[test]
fn golden() {
    let mut secret = [0; 32];
    for (place, byte) in secret.iter_mut().zip(0..) {
        *place = byte;
    }
    let keys: Arc<[MeshKey]> = [MeshKey::new(MeshKind::Mine, &secret)].into();
    let (mut dialling, mut answering) = pair(BINDING, BINDING, keys.clone(), keys);
    let offer = sent(&mut dialling);
    let PairMessage::Keys { tags } = &offer else {
        panic!("{offer:?}");
    };
    assert_eq!(
        HEXLOWER.encode(&tags[0].0),
        "b607048564a8b3a9ba254570c884101e"
    );
    answering.receive(&offer);
    let answer = sent(&mut answering);
    assert_eq!(
        proof_of(&answer),
        "9e423ad41b16ceec3e76e018041828f9b334f07ab5f68c5f57094705b0a12a06"
    );
    dialling.receive(&answer);
    assert_eq!(
        proof_of(&sent(&mut dialling)),
        "4aea8928cfbfd9383e664c601a1de2607fd8cc18557540f36715020c74d488e8"
    );
}

#[test]
fn the_newest_common_key_is_taken() {
    for (here, there, common) in [
        (&[2, 1][..], &[1][..], 1),
        (&[1], &[2, 1], 1),
        (&[3, 2, 1], &[1, 2], 2),
    ] {
        let (dialling, answering) = run(pair(BINDING, BINDING, keys(here), keys(there)));
        let proven = Some(Outcome::Proven(key(common).id()));
        assert_eq!(
            (dialling, answering),
            (proven, proven),
            "{here:?} {there:?}"
        );
    }
}

#[test]
fn without_a_common_key_nothing_is_proven() {
    let (mut dialling, mut answering) = pair(BINDING, BINDING, keys(&[1]), keys(&[2]));
    answering.receive(&sent(&mut dialling));
    assert_eq!(drain(&mut answering), [Effect::Ended(Outcome::NoKey)]);
}

#[test]
fn somebody_in_the_middle_is_found_out() {
    let other = ChannelBinding([8; 32]);
    let (here, there) = run(pair(BINDING, other, keys(&[1]), keys(&[1])));
    assert_eq!(here, Some(Outcome::WrongProof));
    assert_eq!(there, None, "the side that dialled has proven nothing");
}

#[test]
fn a_tag_of_another_machine_is_worth_nothing() {
    let (mut dialling, _) = pair(BINDING, BINDING, keys(&[1]), keys(&[1]));
    let overheard = sent(&mut dialling);
    for (other, their_instance) in [(device(3), 5), (device(1), 6)] {
        let ends = Ends {
            me: device(2),
            my_instance: 9,
            other,
            their_instance,
            binding: BINDING,
        };
        let mut answering = Vouch::answering(ends, keys(&[1]));
        answering.receive(&overheard);
        assert_eq!(drain(&mut answering), [Effect::Ended(Outcome::NoKey)]);
    }
}

#[test]
fn a_proof_is_good_once_and_not_sent_back() {
    let (mut dialling, mut answering) = pair(BINDING, BINDING, keys(&[1]), keys(&[1]));
    let offer = sent(&mut dialling);
    answering.receive(&offer);
    let theirs = sent(&mut answering);

    // The answering side's own proof, sent back to it.
    let (_, mut reflected) = pair(BINDING, BINDING, keys(&[1]), keys(&[1]));
    reflected.receive(&offer);
    sent(&mut reflected);
    reflected.receive(&theirs);
    assert_eq!(drain(&mut reflected), [Effect::Ended(Outcome::WrongProof)]);

    // A whole conversation that was recorded, over another connection.
    dialling.receive(&theirs);
    let mine = sent(&mut dialling);
    let (_, mut later) = pair(BINDING, ChannelBinding([8; 32]), keys(&[1]), keys(&[1]));
    later.receive(&offer);
    sent(&mut later);
    later.receive(&mine);
    assert_eq!(drain(&mut later), [Effect::Ended(Outcome::WrongProof)]);
}

/// What TLS exports does not cover the certificate of the side that dialled.
#[test]
fn a_proof_is_of_these_two_machines() {
    let proof = |dialling: u8, answering: u8| {
        let ends = Ends {
            me: device(dialling),
            my_instance: 5,
            other: device(answering),
            their_instance: 9,
            binding: BINDING,
        };
        let from_there = Ends {
            me: ends.other,
            my_instance: 9,
            other: ends.me,
            their_instance: 5,
            binding: BINDING,
        };
        let mut near = Vouch::dialling(ends, keys(&[1]));
        let mut far = Vouch::answering(from_there, keys(&[1]));
        far.receive(&sent(&mut near));
        proof_of(&sent(&mut far))
    };
    assert_ne!(proof(1, 2), proof(3, 2));
    assert_ne!(proof(1, 2), proof(1, 3));
}

#[test]
fn the_proof_must_be_of_the_key_that_was_chosen() {
    let (mut dialling, mut answering) = pair(BINDING, BINDING, keys(&[1, 2]), keys(&[1, 2]));
    let offer = sent(&mut dialling);
    let PairMessage::Keys { tags } = &offer else {
        panic!("{offer:?}");
    };
    answering.receive(&offer);
    let mut answer = sent(&mut answering);
    if let PairMessage::Proof { tag, .. } = &mut answer {
        *tag = tags[1];
    }
    dialling.receive(&answer);
    assert_eq!(drain(&mut dialling), [Effect::Ended(Outcome::WrongProof)]);
}

#[test]
fn steps_out_of_order_end_it() {
    let steps = [
        PairMessage::Settled,
        PairMessage::Cancel,
        PairMessage::Keys {
            tags: vec![NetTag([0; 16]); mesh_key::MOST + 1],
        },
    ];
    for step in steps {
        let (mut dialling, mut answering) = pair(BINDING, BINDING, keys(&[1]), keys(&[1]));
        sent(&mut dialling);
        for side in [&mut dialling, &mut answering] {
            side.receive(&step);
            assert_eq!(drain(side), [Effect::Ended(Outcome::Broken)], "{step:?}");
            side.receive(&step);
            assert_eq!(drain(side), [], "the end is the end");
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_changed_on_the_way_proves_nothing(
        step in 0..3_usize,
        place in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        let (mut dialling, mut answering) = pair(BINDING, BINDING, keys(&[1]), keys(&[1]));
        let mut proven = 0;
        let mut message = sent(&mut dialling);
        for turn in 0..3 {
            if turn == step {
                let mut bytes = message.encode();
                let place = place.index(bytes.len());
                bytes[place] ^= flip;
                match PairMessage::parse(&bytes) {
                    Ok(changed) if changed != message => message = changed,
                    Ok(_) | Err(_) => return Ok(()),
                }
            }
            let hearing = if turn == 1 { &mut dialling } else { &mut answering };
            hearing.receive(&message);
            let mut next = None;
            for effect in drain(hearing) {
                match effect {
                    Effect::Send(message) => next = Some(message),
                    Effect::Ended(Outcome::Proven(_)) => proven += 1,
                    Effect::Ended(_) => {}
                }
            }
            match next {
                Some(next) => message = next,
                None => break,
            }
        }
        prop_assert!(proven < 2, "both believed what was changed");
    }
}

fn key(number: u8) -> MeshKey {
    MeshKey::new(MeshKind::Team, &[number; 32])
}

fn keys(numbers: &[u8]) -> Arc<[MeshKey]> {
    numbers.iter().map(|number| key(*number)).collect()
}

fn device(seed: u8) -> DeviceId {
    DeviceKey::from_seed(&[seed; 32]).id()
}

fn pair(
    here: ChannelBinding,
    there: ChannelBinding,
    mine: Arc<[MeshKey]>,
    theirs: Arc<[MeshKey]>,
) -> (Vouch, Vouch) {
    let ends = Ends {
        me: device(1),
        my_instance: 5,
        other: device(2),
        their_instance: 9,
        binding: here,
    };
    let seen_from_there = Ends {
        me: ends.other,
        my_instance: ends.their_instance,
        other: ends.me,
        their_instance: ends.my_instance,
        binding: there,
    };
    (
        Vouch::dialling(ends, mine),
        Vouch::answering(seen_from_there, theirs),
    )
}

/// Lets the two talk to the end.
fn run((mut dialling, mut answering): (Vouch, Vouch)) -> (Option<Outcome>, Option<Outcome>) {
    let (mut here, mut there) = (None, None);
    loop {
        let (said, answered) = (drain(&mut dialling), drain(&mut answering));
        if said.is_empty() && answered.is_empty() {
            return (here, there);
        }
        hand_on(said, &mut answering, &mut here);
        hand_on(answered, &mut dialling, &mut there);
    }
}

fn hand_on(effects: Vec<Effect>, to: &mut Vouch, ended: &mut Option<Outcome>) {
    for effect in effects {
        match effect {
            Effect::Send(message) => to.receive(&message),
            Effect::Ended(outcome) => *ended = Some(outcome),
        }
    }
}

fn drain(vouch: &mut Vouch) -> Vec<Effect> {
    std::iter::from_fn(|| vouch.poll_effect()).collect()
}

fn sent(vouch: &mut Vouch) -> PairMessage {
    match vouch.poll_effect() {
        Some(Effect::Send(message)) => message,
        other => panic!("{other:?}"),
    }
}

fn proof_of(message: &PairMessage) -> String {
    let PairMessage::Proof { proof, .. } = message else {
        panic!("{message:?}");
    };
    HEXLOWER.encode(&proof.0)
}
