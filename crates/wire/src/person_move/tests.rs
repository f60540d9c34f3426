use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

/// From the person with the seed 01 repeated to the one with 02 repeated.
const GOLDEN: &str = concat!(
    "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
    "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
    "0000018bcfe567ff",
    "849e681cad3a3b1bb9333ae0130a9f8fc4623c63675b6c83bf7ed728f94e1448",
    "c004069a6a9f26c857f440ff11def0f475e5366852e0c9bdae1d066056eb6c0a",
);

const SINCE: u64 = 1_699_999_999_999;

fn person(number: u8) -> PersonKey {
    PersonKey::from_seed(&[number; 32])
}

fn step(from: u8, to: u8) -> PersonMove {
    PersonMove::issue(&person(from), person(to).id(), SINCE).unwrap()
}

fn way(steps: &[u8]) -> Way {
    let moves = steps.windows(2).map(|pair| step(pair[0], pair[1]));
    Way::new(moves.collect()).unwrap()
}

#[test]
fn golden() {
    assert_eq!(HEXLOWER.encode(&step(1, 2).encode()), GOLDEN);
    let bytes = HEXLOWER.decode(GOLDEN.as_bytes()).unwrap();
    assert_eq!(PersonMove::decode(&bytes), Ok(step(1, 2)));
}

#[test]
fn what_is_signed_is_label_old_new_since() {
    let statement = [
        b"banyan person move v1".as_slice(),
        person(1).id().as_bytes(),
        person(2).id().as_bytes(),
        &SINCE.to_be_bytes(),
    ]
    .concat();
    let plain = ed25519_dalek::VerifyingKey::from_bytes(person(1).id().as_bytes()).unwrap();
    let signature = ed25519_dalek::Signature::from_bytes(step(1, 2).signature.as_bytes());
    assert!(plain.verify_strict(&statement, &signature).is_ok());
}

/// Two devices of one person that take the same step say the very same thing.
#[test]
fn the_same_move_has_the_same_bytes() {
    assert_eq!(step(1, 2).encode(), step(1, 2).encode());
}

#[test]
fn nobody_moves_to_where_they_are() {
    assert_eq!(PersonMove::issue(&person(1), person(1).id(), 1), None);
    let mut bytes = step(1, 2).encode();
    bytes.copy_within(..32, 32);
    assert_eq!(PersonMove::decode(&bytes), Err(MoveError::Nowhere));
}

#[test]
fn only_the_old_key_can_sign_it() {
    let fields = signed_fields(&person(1).id(), &person(2).id(), SINCE);
    for signer in [2, 3] {
        let mut bytes = step(1, 2).encode();
        let forged = person(signer).sign(Label::MOVE_V1, &fields);
        bytes[SIGNED..].copy_from_slice(forged.as_bytes());
        assert_eq!(
            PersonMove::decode(&bytes),
            Err(MoveError::Signature(BadSignature))
        );
    }
    // Nor does what it signed as something else count.
    let mut bytes = step(1, 2).encode();
    let other = person(1).sign(Label::DEVICE_V1, &fields);
    bytes[SIGNED..].copy_from_slice(other.as_bytes());
    assert!(PersonMove::decode(&bytes).is_err());
}

#[test]
fn length() {
    assert_eq!(PersonMove::LENGTH, 136);
    let bytes = step(1, 2).encode();
    for length in 0..bytes.len() {
        assert_eq!(
            PersonMove::decode(&bytes[..length]),
            Err(MoveError::Length(length))
        );
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(PersonMove::decode(&longer), Err(MoveError::Length(137)));
}

#[test]
fn a_way_is_one_line() {
    assert_eq!(way(&[1, 2, 3]).moves(), [step(1, 2), step(2, 3)]);
    let broken = Way::new(vec![step(1, 2), step(3, 4)]);
    assert_eq!(broken, Err(WayError::Broken));
    let circle = Way::new(vec![step(1, 2), step(2, 1)]);
    assert_eq!(circle, Err(WayError::Circle));
    let later = Way::new(vec![step(1, 2), step(2, 3), step(3, 2)]);
    assert_eq!(later, Err(WayError::Circle));
}

#[test]
fn a_way_begins_where_one_joins_it() {
    let whole = way(&[1, 2, 3]);
    assert_eq!(whole.starting_at(person(1).id()), Some(whole.clone()));
    assert_eq!(whole.starting_at(person(2).id()), Some(way(&[2, 3])));
    assert_eq!(whole.starting_at(person(3).id()), None, "that is its end");
    assert!(whole.left(person(1).id()) && whole.left(person(2).id()));
    assert!(!whole.left(person(3).id()));
}

#[test]
fn a_way_that_goes_on_keeps_its_newest_part() {
    assert_eq!(Way::default().then(&way(&[1, 2])), way(&[1, 2]));
    assert_eq!(way(&[1, 2]).then(&way(&[2, 3, 4])), way(&[1, 2, 3, 4]));
    assert_eq!(way(&[1, 2]).then(&way(&[7, 8])), way(&[7, 8]));
    let longest = way(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(longest.moves().len(), Way::MOST);
    let longer = longest.then(&way(&[9, 10]));
    assert_eq!(longer, way(&[2, 3, 4, 5, 6, 7, 8, 9, 10]));
}

#[test]
fn a_way_that_is_too_long_is_refused_before_its_signatures_are_checked() {
    let moves: Vec<_> = (1..=9).map(|number| step(number, number + 1)).collect();
    assert_eq!(Way::new(moves.clone()), Err(WayError::TooLong));
    let mut listed = serde_json::to_value(&moves).unwrap();
    listed[8] = "not even looked at".into();
    let refused = serde_json::from_value::<Way>(listed).unwrap_err();
    assert_eq!(refused.to_string(), WayError::TooLong.to_string());
}

#[test]
fn a_way_survives_json_and_a_broken_one_does_not() {
    let whole = way(&[1, 2, 3]);
    let json = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<Way>(&json).unwrap(), whole);
    let broken = serde_json::to_string(&[step(1, 2), step(3, 4)]).unwrap();
    assert!(serde_json::from_str::<Way>(&broken).is_err());
    assert!(serde_json::from_str::<Way>("[\"00\"]").is_err());
}

proptest! {
    #[test]
    fn round_trip(old: [u8; 32], new: [u8; 32], since: u64) {
        prop_assume!(old != new);
        let old = PersonKey::from_seed(&old);
        let one = PersonMove::issue(&old, PersonKey::from_seed(&new).id(), since).unwrap();
        prop_assert_eq!(PersonMove::decode(&one.encode()), Ok(one));
    }

    #[test]
    fn perturbed_bytes_never_pass(
        changes in prop::collection::vec((0..PersonMove::LENGTH, 1_u8..), 1..6),
    ) {
        let original = step(1, 2).encode();
        let mut bytes = original;
        for (place, change) in changes {
            bytes[place] ^= change;
        }
        prop_assume!(bytes != original);
        prop_assert!(PersonMove::decode(&bytes).is_err());
    }

    #[test]
    fn random_bytes_never_pass(bytes in prop::collection::vec(any::<u8>(), 134..139)) {
        prop_assert!(PersonMove::decode(&bytes).is_err());
    }
}
