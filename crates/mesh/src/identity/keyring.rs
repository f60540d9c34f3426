//! The keyring of the system, and patience with it.
//!
//! A keyring that is locked may wait for a person to type a password, for
//! hours. So nothing asks it directly: [`PatientKeyring`] puts each question on
//! a thread of its own and stops waiting after a limit.

mod patient;
#[cfg(test)]
pub(super) mod scripted;
mod system;

use std::time::Duration;

use zeroize::Zeroizing;

pub(super) use patient::PatientKeyring;
pub(super) use system::SystemKeyring;

/// How long a keyring may take to answer. An unlocked one needs milliseconds,
/// one that has to be started first some hundred; beyond this it waits for a
/// person, who should see why nothing happens.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(3);

/// A keyring: secrets by name. Every call may block without end.
pub(super) trait Keyring: Send + Sync {
    fn read(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError>;
    fn write(&self, entry: &str, secret: &[u8]) -> Result<(), KeyringError>;
    /// Removing what is not there succeeds.
    fn remove(&self, entry: &str) -> Result<(), KeyringError>;
}

/// Why a keyring gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyringError {
    /// It is there and holds what it holds, but a person must unlock it.
    Locked(String),
    /// There is none, or none that works.
    Unreachable(String),
}
