//! Signatures, and the words that stand in front of everything that is signed.
//!
//! Whatever is signed begins with a [`Label`] that names the protocol, the kind
//! of statement and its version, followed by fields of fixed width. A signature
//! made for one purpose can therefore never pass for another. Labels are made
//! only in this file, and no key here signs without one.

use std::fmt;

use data_encoding::HEXLOWER;

use crate::id::DeviceId;

/// What kind of statement a signature covers.
///
/// A label is never reused for different fields: when the fields change, the
/// version in the label rises and the old constant stays, marked as refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label(&'static str);

impl Label {
    /// A device says: I am here. Fields: see [`crate::msg::announce`].
    pub const ANNOUNCE_V1: Self = Self("banyan announce v1");

    /// A person says: this device is mine. Fields: person, device.
    pub const DEVICE_V1: Self = Self("banyan device v1");

    /// A person says: I go on under another key. Fields: old person, new person,
    /// since. See [`crate::PersonMove`].
    pub const MOVE_V1: Self = Self("banyan person move v1");

    /// A device says: I wrote this chain of ops. Fields: the hash of the last.
    pub const OP_V1: Self = Self("banyan op v1");

    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub(crate) fn statement(self, fields: &[u8]) -> Vec<u8> {
        [self.0.as_bytes(), fields].concat()
    }
}

/// An Ed25519 signature. Holding one says nothing about what it covers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; Self::LENGTH]);

impl Signature {
    pub const LENGTH: usize = 64;

    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", HEXLOWER.encode(&self.0))
    }
}

/// The signature does not belong to this key and statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct BadSignature;

/// Signs as this device without showing the key. Made where the key lives and
/// handed to whoever writes statements of this device.
pub trait Signer: Send + Sync {
    fn device_id(&self) -> DeviceId;

    fn sign(&self, label: Label, fields: &[u8]) -> Signature;
}
