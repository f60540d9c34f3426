//! What can stop an identity from being opened, with what a sentence needs.

use std::io;
use std::path::{Path, PathBuf};

use super::keyring::KeyringError;

/// Why there is no identity now. In none of these cases was anything
/// overwritten or a second identity made.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The keyring is there but shut, or waits for its password.
    #[error("the keyring is locked: {reason}")]
    KeyringLocked { reason: String },
    /// The record says the secret is in the keyring, and there is no keyring
    /// now: no session bus, no service.
    #[error("the keyring cannot be reached: {reason}")]
    KeyringUnreachable { reason: String },
    /// What should hold the identity holds something else, or nothing.
    #[error("the identity in {place} is damaged: {damage}")]
    Damaged { place: String, damage: Damage },
    /// Others may read the key file, or replace it.
    #[error("{} is open to other users of this machine", path.display())]
    Exposed { path: PathBuf },
    /// The disk refused.
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// The system gave no random bytes to make a key of.
    #[error("the system gave no random bytes: {0}")]
    Randomness(#[from] getrandom::Error),
}

impl IdentityError {
    /// Whether the same attempt can succeed once the person has acted.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::KeyringLocked { .. } | Self::KeyringUnreachable { .. } | Self::File { .. } => {
                true
            }
            Self::Damaged { .. } | Self::Exposed { .. } | Self::Randomness(_) => false,
        }
    }

    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }

    pub(super) fn damaged_file(path: &Path) -> impl FnOnce(Damage) -> Self {
        let place = path.display().to_string();
        |damage| Self::Damaged { place, damage }
    }
}

impl From<KeyringError> for IdentityError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Locked(reason) => Self::KeyringLocked { reason },
            KeyringError::Unreachable(reason) => Self::KeyringUnreachable { reason },
        }
    }
}

/// Why this device did not come to another person.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Somebody offers a key that was given up, and that a removed device knows.
    #[error("this device has left that person")]
    Left,
    /// Nobody who knows the present key said that this one follows.
    #[error("no way leads from the present person to that one")]
    NoWay,
    /// Meanwhile it came to another one.
    #[error("this device is no longer of the person that was compared")]
    Changed,
}

impl From<getrandom::Error> for PersonError {
    fn from(error: getrandom::Error) -> Self {
        Self::Identity(error.into())
    }
}

/// What is wrong with a damaged identity.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("it is missing")]
    Missing,
    #[error("it cannot be understood ({0})")]
    Syntax(String),
    #[error("it has format {0}, which this version of Banyan does not know")]
    Format(i64),
    #[error("it has {0} bytes instead of {expected}", expected = super::secret::LENGTH)]
    Length(usize),
    #[error("its secret and public keys do not belong together")]
    Mismatch,
    #[error("it holds the key of another device or person than identity.toml names")]
    OtherKey,
}
