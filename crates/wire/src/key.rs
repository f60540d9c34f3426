//! One Ed25519 public key: which 32 bytes are accepted, and how a person reads
//! and types them.
//!
//! Invariant: a [`PublicKey`] holds the one canonical encoding of a point of
//! large order. Two different byte strings therefore never name the same key,
//! and no key exists for which a signature fits every message.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use ed25519_dalek::VerifyingKey;

use crate::sign::{BadSignature, Signature};

/// Length of a public key in bytes.
pub(crate) const KEY_LENGTH: usize = 32;

/// Length of a key written in base32: 256 bits, five to a character.
const TEXT_LENGTH: usize = 52;

/// Characters between two dashes: short enough to read aloud.
const GROUP: usize = 4;

/// Characters of the short form: 40 bits, enough to tell a household apart.
const SHORT: usize = 8;

/// Why text or bytes are not the key of a device or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    #[error("a key has {TEXT_LENGTH} letters and digits, this has {0}")]
    TextLength(usize),
    #[error("a key is written with the letters A to Z and the digits 2 to 7, not with {0:?}")]
    Character(char),
    #[error("the last character does not belong to any key")]
    TrailingBits,
    #[error("a key has {KEY_LENGTH} bytes, this has {0}")]
    ByteLength(usize),
    #[error("these bytes are no usable Ed25519 public key")]
    NotAKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PublicKey([u8; KEY_LENGTH]);

impl PublicKey {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        let bytes: [u8; KEY_LENGTH] = bytes
            .try_into()
            .map_err(|_| InvalidKey::ByteLength(bytes.len()))?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| InvalidKey::NotAKey)?;
        if key.is_weak() || !is_canonical(&bytes) {
            return Err(InvalidKey::NotAKey);
        }
        Ok(Self(bytes))
    }

    /// The key of a secret key is valid by construction.
    pub(crate) fn of(secret: &ed25519_dalek::SigningKey) -> Self {
        Self(secret.verifying_key().to_bytes())
    }

    pub(crate) fn parse(text: &str) -> Result<Self, InvalidKey> {
        let mut letters = [0_u8; TEXT_LENGTH];
        let mut count = 0_usize;
        for character in text.chars() {
            if character == '-' || character.is_whitespace() {
                continue;
            }
            let letter = base32_letter(character).ok_or(InvalidKey::Character(character))?;
            if let Some(place) = letters.get_mut(count) {
                *place = letter;
            }
            count += 1;
        }
        if count != TEXT_LENGTH {
            return Err(InvalidKey::TextLength(count));
        }
        // Length and alphabet are right by now, so only the four bits that 52
        // characters have too many of can be wrong.
        let bytes = BASE32_NOPAD
            .decode(&letters)
            .map_err(|_| InvalidKey::TrailingBits)?;
        Self::from_bytes(&bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.0
    }

    pub(crate) fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    pub(crate) fn short(&self) -> String {
        BASE32_NOPAD.encode(&self.0).chars().take(SHORT).collect()
    }

    pub(crate) fn verify(
        &self,
        statement: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        key.verify_strict(statement, &signature)
            .map_err(|_| BadSignature)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = BASE32_NOPAD.encode(&self.0);
        for (index, letter) in text.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

fn base32_letter(character: char) -> Option<u8> {
    let upper = character.to_ascii_uppercase();
    matches!(upper, 'A'..='Z' | '2'..='7')
        .then(|| u8::try_from(upper).ok())
        .flatten()
}

/// The encoding is the y coordinate, little endian, with the sign of x in the
/// top bit. Decoding takes y modulo p = 2^255 - 19, so 19 values have a second
/// spelling, y + p. (The two points with x = 0 have a second spelling of the
/// sign; both are of small order and refused as weak.)
fn is_canonical(bytes: &[u8; KEY_LENGTH]) -> bool {
    let [low, middle @ .., high] = bytes;
    let reaches_p = *low >= 0xed && middle.iter().all(|b| *b == 0xff) && high & 0x7f == 0x7f;
    !reaches_p
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The public key of the first test vector in RFC 8032, section 7.1.
    const RFC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const RFC_TEXT: &str = "25NJ-QAMC-WEFL-PVKL-73J4-SZAH-HIHO-C4XT-3KTC-GJNP-AING-R5YH-KENA";

    fn key(hex: &str) -> Result<PublicKey, InvalidKey> {
        PublicKey::from_bytes(&HEXLOWER.decode(hex.as_bytes()).unwrap())
    }

    #[test]
    fn is_written_in_groups_of_four() {
        let key = key(RFC_KEY).unwrap();
        assert_eq!(key.to_string(), RFC_TEXT);
        assert_eq!(key.short(), "25NJQAMC");
        assert_eq!(key.hex(), RFC_KEY);
    }

    #[test]
    fn is_read_whatever_the_case_and_the_gaps() {
        let expected = key(RFC_KEY).unwrap();
        let plain = RFC_TEXT.replace('-', "");
        let spaced = RFC_TEXT.replace('-', " ");
        let lower = RFC_TEXT.to_lowercase();
        let untidy = format!("\t {} -\n", lower.replace('-', " - "));
        for text in [RFC_TEXT, &plain, &spaced, &lower, &untidy] {
            assert_eq!(PublicKey::parse(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn text_of_another_length_is_refused() {
        let plain = RFC_TEXT.replace('-', "");
        assert_eq!(PublicKey::parse(""), Err(InvalidKey::TextLength(0)));
        assert_eq!(
            PublicKey::parse(&plain[..51]),
            Err(InvalidKey::TextLength(51))
        );
        assert_eq!(
            PublicKey::parse(&format!("{plain}A")),
            Err(InvalidKey::TextLength(53))
        );
    }

    #[test]
    fn characters_outside_the_alphabet_are_refused() {
        for wrong in ['0', '1', '8', '9', '=', '_', 'é', 'ſ', '\u{ff21}'] {
            let text = RFC_TEXT.replacen('N', &wrong.to_string(), 1);
            assert_eq!(
                PublicKey::parse(&text),
                Err(InvalidKey::Character(wrong)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_second_spelling_of_the_last_character_is_refused() {
        let head = &RFC_TEXT[..RFC_TEXT.len() - 1];
        assert!(RFC_TEXT.ends_with('A'));
        for wrong in ["B", "I", "P"] {
            assert_eq!(
                PublicKey::parse(&format!("{head}{wrong}")),
                Err(InvalidKey::TrailingBits)
            );
        }
    }

    #[test]
    fn bytes_of_another_length_are_refused() {
        for length in [0, 31, 33, 64] {
            assert_eq!(
                PublicKey::from_bytes(&vec![1; length]),
                Err(InvalidKey::ByteLength(length))
            );
        }
    }

    #[test]
    fn points_off_the_curve_are_refused() {
        let y_is_two = format!("02{}", "00".repeat(31));
        assert_eq!(key(&y_is_two), Err(InvalidKey::NotAKey));
    }

    #[test]
    fn points_of_small_order_are_refused() {
        let identity = format!("01{}", "00".repeat(31));
        let order_two = format!("ec{}7f", "ff".repeat(30));
        let order_four = "00".repeat(32);
        let order_eight = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
        for weak in [&identity, &order_two, &order_four, order_eight] {
            assert_eq!(key(weak), Err(InvalidKey::NotAKey), "{weak}");
        }
    }

    #[test]
    fn a_second_spelling_of_a_point_is_refused() {
        // y = 3 is on the curve and of large order; p + 3 is the same point.
        let y_is_three = format!("03{}", "00".repeat(31));
        let p_plus_three = format!("f0{}7f", "ff".repeat(30));
        assert!(key(&y_is_three).is_ok());
        assert_eq!(key(&p_plus_three), Err(InvalidKey::NotAKey));
    }

    proptest! {
        #[test]
        fn every_key_survives_text(seed: [u8; 32]) {
            let key = PublicKey::of(&ed25519_dalek::SigningKey::from_bytes(&seed));
            prop_assert_eq!(PublicKey::from_bytes(key.as_bytes()), Ok(key));
            prop_assert_eq!(PublicKey::parse(&key.to_string()), Ok(key));
        }

        #[test]
        fn any_text_gives_a_key_or_a_reason(text in ".{0,80}") {
            if let Ok(key) = PublicKey::parse(&text) {
                prop_assert_eq!(PublicKey::parse(&key.to_string()), Ok(key));
            }
        }

        #[test]
        fn any_accepted_bytes_are_kept_as_they_are(bytes: [u8; 32]) {
            if let Ok(key) = PublicKey::from_bytes(&bytes) {
                prop_assert_eq!(key.as_bytes(), &bytes);
            }
        }
    }
}
