//! Names of rooms, ops and messages. Each is a hash of what it names, so nobody
//! can give a name of theirs to something else, or take somebody else's.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::id::{DeviceId, PersonId};

macro_rules! name {
    ($(#[doc = $doc:literal])+ $name:ident, $length:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            pub const LENGTH: usize = $length;

            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text: String = HEXLOWER.encode(&self.0).chars().take(8).collect();
                write!(f, concat!(stringify!($name), "({})"), text)
            }
        }

        impl FromStr for $name {
            type Err = NotAName;

            fn from_str(text: &str) -> Result<Self, NotAName> {
                let bytes = HEXLOWER
                    .decode(text.to_ascii_lowercase().as_bytes())
                    .map_err(|_| NotAName)?;
                bytes.try_into().map(Self).map_err(|_| NotAName)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?
                    .parse()
                    .map_err(D::Error::custom)
            }
        }
    };
}

name!(
    /// A room: a hash of who made it, or of whose personal room it is.
    RoomId,
    32
);
name!(
    /// An op with everything before it in its chain.
    OpHash,
    32
);
name!(
    /// A message: a hash of who wrote it and of random bytes, so it exists before
    /// the op does, and nobody else can use it.
    MessageId,
    16
);
name!(
    /// The content of an op.
    BodyHash,
    32
);
name!(
    /// An attachment: BLAKE3 of its bytes.
    BlobHash,
    32
);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a name of hexadecimal digits")]
pub struct NotAName;

impl RoomId {
    /// The room that a device of a person makes with these random bytes.
    pub fn made_by(person: PersonId, device: DeviceId, nonce: &[u8; 16]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("banyan room v1");
        hasher.update(person.as_bytes());
        hasher.update(device.as_bytes());
        hasher.update(nonce);
        Self(*hasher.finalize().as_bytes())
    }

    /// The room in which the machines of one person keep what concerns nobody
    /// else. It needs no making: every machine of the person knows its name.
    pub fn personal(person: PersonId) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("banyan personal room v1");
        hasher.update(person.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }
}

impl OpHash {
    /// Stands before the first op of a chain.
    pub const NONE: Self = Self([0; Self::LENGTH]);
}

impl MessageId {
    pub fn written_by(room: RoomId, device: DeviceId, nonce: &[u8; 16]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("banyan message v1");
        hasher.update(room.as_bytes());
        hasher.update(device.as_bytes());
        hasher.update(nonce);
        let mut id = [0; Self::LENGTH];
        hasher.finalize_xof().fill(&mut id);
        Self(id)
    }
}

impl BodyHash {
    pub fn of(body: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("banyan body v1");
        hasher.update(body);
        Self(*hasher.finalize().as_bytes())
    }
}

impl BlobHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}
