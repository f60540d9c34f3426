//! The steps of pairing, as they travel in `PAIR:` frames.

use serde::{Deserialize, Serialize};

use crate::{DeviceCertificate, PersonKey};

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
    /// After both confirmed, by both: whose device this is, and since when that
    /// person is known here (milliseconds since 1970, by this side's clock).
    Person { certificate: Proof, since: u64 },
    /// Where both are to be one person's, by the side whose person is older:
    /// the key of that person.
    Key { seed: PersonSeed },
    /// The last word of whoever speaks second: all is kept.
    Settled,
}

/// A device certificate as it travels; checked by whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof(pub [u8; DeviceCertificate::LENGTH]);

/// The secret of a person. Travels inside TLS only, from one of that person's
/// machines to another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonSeed(pub [u8; PersonKey::LENGTH]);

impl PairMessage {
    pub fn encode(&self) -> Vec<u8> {
        // Plain fields of plain types: serialising them cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
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
                    .ok_or_else(|| {
                        serde::de::Error::custom("not the right number of hexadecimal digits")
                    })
            }
        }
    };
}

as_hex!(Nonce);
as_hex!(Commitment);
as_hex!(Proof);
as_hex!(PersonSeed);
