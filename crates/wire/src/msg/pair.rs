//! The steps by which trust begins, as they travel in `PAIR:` frames: two people
//! who compare a code, machines that hold one mesh key, an invitation; and what
//! follows each of them, whose machines these are.

use serde::{Deserialize, Serialize};

use crate::{
    DeviceCertificate, MeshKind, PersonKey, Way, msg::announce::NetTag, secret::Secret,
    ticket::InvitationSecret,
};

pub const NONCE: usize = 32;

/// One side's random contribution to the code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; NONCE]);

/// A promise of a nonce: its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub [u8; NONCE]);

/// Whose machine the other is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same person's: everything in step.
    Mine,
    /// Another person's: only what is shared.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PairMessage {
    /// First, by the asking side: binds it to a nonce it does not show yet.
    Commit { commitment: Commitment },
    /// By the asked side, once its person opened the request.
    Nonce { nonce: Nonce },
    /// By the asking side: the nonce it promised.
    Reveal { nonce: Nonce },
    /// This side's person compared the codes.
    Confirm { same: bool, relation: Relation },
    /// Ended before both confirmed.
    Cancel,
    /// First, by the side that dialled to vouch: its tag for each mesh key it
    /// holds, newest first.
    Keys { tags: Vec<NetTag> },
    /// By the other side, then by the first: that it holds the key of this tag.
    Proof { tag: NetTag, proof: KeyProof },
    /// First, by the side that redeems: the secret of an invitation, and what it
    /// was told that being invited means.
    Redeem {
        secret: InvitationSecret,
        kind: MeshKind,
    },
    /// Once the machines may trust each other, by both: whose device this is, and
    /// since when that person is known here (milliseconds since 1970, by this
    /// side's clock).
    Person { certificate: Proof, since: u64 },
    /// Where both are to be one person's, by the side whose person is older:
    /// the key of that person, and how this side came to it.
    Key {
        seed: PersonSeed,
        #[serde(default, skip_serializing_if = "Way::is_empty")]
        way: Way,
    },
    /// The last word of whoever speaks second: all is kept.
    Settled,
}

/// A device certificate as it travels; checked by whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof(pub [u8; DeviceCertificate::LENGTH]);

/// A proof that one side holds a mesh key; made and checked by
/// [`crate::machine::vouch`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyProof(pub [u8; Self::LENGTH]);

/// The secret of a person. Travels inside TLS only, from one of that person's
/// machines to another. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonSeed(Secret<{ PersonKey::LENGTH }>);

impl PairMessage {
    pub fn encode(&self) -> Vec<u8> {
        // Plain fields of plain types: serialising them cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl KeyProof {
    pub const LENGTH: usize = 32;
}

impl PersonSeed {
    pub fn of(key: &PersonKey) -> Self {
        Self(Secret::new(key.seed()))
    }

    pub fn key(&self) -> PersonKey {
        PersonKey::from_seed(self.0.expose())
    }
}

impl std::fmt::Debug for PersonSeed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PersonSeed(secret)")
    }
}

/// What a nonce is stays between the two sides until it is revealed.
impl std::fmt::Debug for Nonce {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Nonce(…)")
    }
}

impl std::fmt::Debug for KeyProof {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyProof(…)")
    }
}

macro_rules! as_hex {
    ($type:ident) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                data_encoding::HEXLOWER
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(wrong_digits)
            }
        }
    };
}

as_hex!(Nonce);
as_hex!(Commitment);
as_hex!(Proof);
as_hex!(KeyProof);
as_hex!(NetTag);

impl<const N: usize> Serialize for Secret<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Secret<N> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(from)?);
        Self::from_hex(&text).ok_or_else(wrong_digits)
    }
}

fn wrong_digits<E: serde::de::Error>() -> E {
    E::custom("not the right number of hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEYS: &str = r#"{"step":"keys","tags":["01010101010101010101010101010101"]}"#;
    const PROOF: &str = r#"{"step":"proof","tag":"01010101010101010101010101010101","proof":"0202020202020202020202020202020202020202020202020202020202020202"}"#;
    const REDEEM: &str =
        r#"{"step":"redeem","secret":"0303030303030303030303030303030303030303","kind":"team"}"#;
    const KEY: &str = r#"{"step":"key","seed":"0404040404040404040404040404040404040404040404040404040404040404"}"#;

    #[test]
    fn golden() {
        let tag = NetTag([1; 16]);
        let proof = KeyProof([2; 32]);
        for (text, message) in [
            (KEYS, PairMessage::Keys { tags: vec![tag] }),
            (PROOF, PairMessage::Proof { tag, proof }),
            (
                REDEEM,
                PairMessage::Redeem {
                    secret: InvitationSecret::new(&[3; 20]),
                    kind: MeshKind::Team,
                },
            ),
            (
                KEY,
                PairMessage::Key {
                    seed: PersonSeed::of(&PersonKey::from_seed(&[4; 32])),
                    way: Way::default(),
                },
            ),
        ] {
            assert_eq!(message.encode(), text.as_bytes());
            assert_eq!(PairMessage::parse(text.as_bytes()).unwrap(), message);
        }
    }

    #[test]
    fn no_secret_prints_itself() {
        for text in [REDEEM, KEY] {
            let shown = format!("{:?}", PairMessage::parse(text.as_bytes()).unwrap());
            let bytes = ["0303", "0404", "3, 3", "4, 4"];
            assert!(!bytes.iter().any(|bytes| shown.contains(bytes)), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn perturbed_bytes_never_panic(
            which in 0..4_usize,
            place in any::<prop::sample::Index>(),
            value in any::<u8>(),
        ) {
            let mut bytes = [KEYS, PROOF, REDEEM, KEY][which].as_bytes().to_vec();
            let place = place.index(bytes.len());
            bytes[place] = value;
            if let Ok(message) = PairMessage::parse(&bytes) {
                prop_assert_eq!(PairMessage::parse(&message.encode()).unwrap(), message);
            }
        }
    }
}
