use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;
use crate::DeviceKey;

const MINE: &str =
    "banyan-mine-AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-B4IB-CEQT-CQKR-MFYY-DENB-WHA5-DYPU-UEW7";
const TEAM: &str =
    "banyan-team-AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-B4IB-CEQT-CQKR-MFYY-DENB-WHA5-DYPX-YG5N";

/// Its secret is the bytes 0 to 31.
fn key(kind: MeshKind) -> MeshKey {
    let mut secret = [0; 32];
    for (place, byte) in secret.iter_mut().zip(0..) {
        *place = byte;
    }
    MeshKey::new(kind, &secret)
}

/// The first test vector of RFC 8032, section 7.1.
fn device() -> DeviceId {
    "25NJ-QAMC-WEFL-PVKL-73J4-SZAH-HIHO-C4XT-3KTC-GJNP-AING-R5YH-KENA"
        .parse()
        .unwrap()
}

/// Made by another implementation of HMAC.
#[test]
fn golden() {
    let (mine, team) = (key(MeshKind::Mine), key(MeshKind::Team));
    assert_eq!(
        HEXLOWER.encode(mine.id().as_bytes()),
        "5f40974b70a2305a7f86addde0db544a9cd270273568b65c136eb7f0dbbade46"
    );
    assert_eq!(
        HEXLOWER.encode(team.id().as_bytes()),
        "23fa9053ce84e6fdd6e05d7202ed51beaf6ffdec9b2c4f3fb559d8f8be7918d0"
    );
    assert_eq!(
        HEXLOWER.encode(&mine.tag(&device(), 7).0),
        "5cf6e79589e6d7a1224d08f2701cd494"
    );
    assert_eq!(
        HEXLOWER.encode(&team.tag(&device(), 7).0),
        "f536e1506072003f42acc566a3893db9"
    );
    assert_eq!(mine.text().as_str(), MINE);
    assert_eq!(team.text().as_str(), TEAM);
}

#[test]
fn is_read_whatever_the_case_and_the_gaps() {
    let plain = MINE.replace('-', "");
    let spaced = format!("\t{}\n", MINE.replace('-', " "));
    for text in [MINE, &plain, &spaced, &MINE.to_uppercase()] {
        assert_eq!(text.parse(), Ok(key(MeshKind::Mine)), "{text:?}");
    }
    assert_eq!(TEAM.parse(), Ok(key(MeshKind::Team)));
}

#[test]
fn each_mistake_has_its_own_name() {
    let cut = &MINE[..MINE.len() - 1];
    for (text, error) in [
        ("", MeshKeyError::NotAKey),
        ("banyan", MeshKeyError::NotAKey),
        ("correct horse battery staple", MeshKeyError::NotAKey),
        ("banyan-ours-AAAA", MeshKeyError::NotAKey),
        ("banyan-mine", MeshKeyError::Length(0)),
        (cut, MeshKeyError::Length(55)),
        (&format!("{MINE}A"), MeshKeyError::Length(57)),
        (&format!("{cut}0"), MeshKeyError::Character('0')),
        (&format!("{cut}é"), MeshKeyError::Character('é')),
        (&MINE.replace("mine", "team"), MeshKeyError::Checksum),
    ] {
        assert_eq!(text.parse::<MeshKey>(), Err(error), "{text:?}");
    }
}

#[test]
fn as_another_kind_it_is_another_key() {
    let (mine, team) = (key(MeshKind::Mine), key(MeshKind::Team));
    assert_ne!(mine, team);
    assert_ne!(mine.id(), team.id());
    assert!(!team.made(&mine.tag(&device(), 7), &device(), 7));
}

#[test]
fn a_tag_is_of_one_key_device_and_start() {
    let key = key(MeshKind::Team);
    let tag = key.tag(&device(), 7);
    assert!(key.made(&tag, &device(), 7));
    assert!(!key.made(&tag, &device(), 8));
    assert!(!key.made(&tag, &DeviceKey::from_seed(&[9; 32]).id(), 7));
    assert!(!MeshKey::new(MeshKind::Team, &[9; 32]).made(&tag, &device(), 7));
}

#[test]
fn shows_nothing_of_itself() {
    let key = key(MeshKind::Mine);
    assert_eq!(format!("{key:?}"), "MeshKey(mine, secret)");
    assert_eq!(format!("{:?}", key.id()), "MeshKeyId(5f40974b)");
}

proptest! {
    #[test]
    fn every_key_survives_text(secret: [u8; 32], team: bool) {
        let key = MeshKey::new(if team { MeshKind::Team } else { MeshKind::Mine }, &secret);
        prop_assert_eq!(key.text().parse(), Ok(key));
    }

    #[test]
    fn a_wrong_letter_is_noticed(place in 12..MINE.len(), letter in "[A-Z2-7]") {
        let mut text = MINE.to_owned();
        let was = text[place..=place].to_owned();
        text.replace_range(place..=place, &letter);
        let swapped = was != letter;
        prop_assert_eq!(text.parse::<MeshKey>().is_err(), swapped);
    }

    #[test]
    fn any_text_gives_a_key_or_a_reason(text in ".{0,100}", mine: bool) {
        let head = if mine { "banyan-mine-" } else { "" };
        if let Ok(key) = format!("{head}{text}").parse::<MeshKey>() {
            prop_assert_eq!(key.text().parse(), Ok(key));
        }
    }
}
