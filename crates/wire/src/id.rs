//! Who a device and a person are: both are an Ed25519 public key.
//!
//! A device id is the key itself, so whoever can prove the key is the device,
//! and no registry is needed. People read it as base32 in groups of four
//! (`25NJ-QAMC-…`); the first eight characters are the short form for places
//! where a name already tells most. Device and person have types of their own,
//! so one can never stand where the other belongs.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::key::{InvalidKey, KEY_LENGTH, PublicKey};
use crate::sign::{BadSignature, Label, Signature};

/// A device: one installation of Banyan with one data folder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(PublicKey);

/// A person: the owner of one or more devices.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(PublicKey);

/// The secret key of a device. Wiped from memory when dropped.
pub struct DeviceKey(SigningKey);

/// The secret key of a person. Wiped from memory when dropped.
pub struct PersonKey(SigningKey);

macro_rules! public_id {
    ($id:ident) => {
        impl $id {
            pub const LENGTH: usize = KEY_LENGTH;

            pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
                PublicKey::from_bytes(bytes).map(Self)
            }

            pub fn as_bytes(&self) -> &[u8; KEY_LENGTH] {
                self.0.as_bytes()
            }

            /// The key as 64 hexadecimal digits.
            pub fn hex(&self) -> String {
                self.0.hex()
            }

            /// The first eight characters of the written form.
            pub fn short(&self) -> String {
                self.0.short()
            }

            /// Whether this key signed these fields under this label.
            pub fn verify(
                &self,
                label: Label,
                fields: &[u8],
                signature: &Signature,
            ) -> Result<(), BadSignature> {
                self.0.verify(&label.statement(fields), signature)
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($id), "({})"), self.short())
            }
        }

        impl FromStr for $id {
            type Err = InvalidKey;

            fn from_str(text: &str) -> Result<Self, InvalidKey> {
                PublicKey::parse(text).map(Self)
            }
        }

        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?
                    .parse()
                    .map_err(D::Error::custom)
            }
        }
    };
}

macro_rules! secret_key {
    ($key:ident, $id:ident) => {
        impl $key {
            pub const LENGTH: usize = KEY_LENGTH;

            /// Every 32 bytes are a key; they must come from a source nobody
            /// can guess.
            pub fn from_seed(seed: &[u8; KEY_LENGTH]) -> Self {
                Self(SigningKey::from_bytes(seed))
            }

            /// The secret itself, for the store that keeps it.
            pub fn seed(&self) -> &[u8; KEY_LENGTH] {
                self.0.as_bytes()
            }

            pub fn id(&self) -> $id {
                $id(PublicKey::of(&self.0))
            }

            pub fn sign(&self, label: Label, fields: &[u8]) -> Signature {
                Signature::from_bytes(self.0.sign(&label.statement(fields)).to_bytes())
            }
        }

        impl fmt::Debug for $key {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($key), "(secret)"))
            }
        }
    };
}

public_id!(DeviceId);
public_id!(PersonId);
secret_key!(DeviceKey, DeviceId);
secret_key!(PersonKey, PersonId);

#[cfg(test)]
mod tests {
    use super::*;

    /// Secret and public key of the first test vector in RFC 8032, section 7.1.
    const SEED: [u8; 32] = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ];
    const HEX: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const TEXT: &str = "25NJ-QAMC-WEFL-PVKL-73J4-SZAH-HIHO-C4XT-3KTC-GJNP-AING-R5YH-KENA";

    #[test]
    fn the_id_is_the_public_key() {
        let id = DeviceKey::from_seed(&SEED).id();
        assert_eq!(id.hex(), HEX);
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(id.short(), "25NJQAMC");
        assert_eq!(PersonKey::from_seed(&SEED).id().hex(), HEX);
    }

    #[test]
    fn is_a_string_in_json_and_read_tolerantly() {
        let id = DeviceKey::from_seed(&SEED).id();
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{TEXT}\""));
        let lower = format!("\"{}\"", TEXT.to_lowercase());
        assert_eq!(serde_json::from_str::<DeviceId>(&lower).unwrap(), id);
        assert!(serde_json::from_str::<DeviceId>("\"ABCD\"").is_err());
        assert!(serde_json::from_str::<PersonId>("7").is_err());
    }

    #[test]
    fn a_secret_key_never_shows_itself() {
        let seed = [0x5a; 32];
        assert_eq!(
            format!("{:?}", DeviceKey::from_seed(&seed)),
            "DeviceKey(secret)"
        );
        assert_eq!(
            format!("{:?}", PersonKey::from_seed(&seed)),
            "PersonKey(secret)"
        );
    }

    #[test]
    fn a_secret_key_is_wiped_when_dropped() {
        // Holds only while the feature of the library that does it is on.
        fn assert_wiped<K: zeroize::ZeroizeOnDrop>(_: &K) {}
        assert_wiped(&DeviceKey::from_seed(&SEED).0);
        assert_wiped(&PersonKey::from_seed(&SEED).0);
    }

    #[test]
    fn debug_shows_the_short_form() {
        let id = DeviceKey::from_seed(&SEED).id();
        assert_eq!(format!("{id:?}"), "DeviceId(25NJQAMC)");
    }

    #[test]
    fn a_signature_fits_only_its_key_and_fields() {
        let key = DeviceKey::from_seed(&SEED);
        let other = DeviceKey::from_seed(&[7; 32]).id();
        let signature = key.sign(Label::DEVICE_V1, b"fields");
        let check = |id: DeviceId, fields: &[u8]| id.verify(Label::DEVICE_V1, fields, &signature);
        assert_eq!(check(key.id(), b"fields"), Ok(()));
        assert_eq!(check(key.id(), b"field"), Err(BadSignature));
        assert_eq!(check(other, b"fields"), Err(BadSignature));
    }
}
