//! The keyring of this system: Secret Service, Keychain, Credential Manager.
//!
//! The library connects once per process and remembers a failure: where no
//! keyring could be reached, only a new process asks again.

use keyring::Entry;
use zeroize::Zeroizing;

use super::{Keyring, KeyringError};

/// Under which service name the entries appear in the keyring's own window.
const SERVICE: &str = "banyan";

pub(in crate::identity) struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn read(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        match open(entry)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(reason(&error)),
        }
    }

    fn write(&self, entry: &str, secret: &[u8]) -> Result<(), KeyringError> {
        open(entry)?
            .set_secret(secret)
            .map_err(|error| reason(&error))
    }

    fn remove(&self, entry: &str) -> Result<(), KeyringError> {
        match open(entry)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(reason(&error)),
        }
    }
}

fn open(entry: &str) -> Result<Entry, KeyringError> {
    if let Err(error) = Entry::store_status() {
        return Err(reason(error));
    }
    Entry::new(SERVICE, entry).map_err(|error| reason(&error))
}

/// What a person reads is chosen here; what the library said goes to the log.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may learn further kinds; a person needs no more of them"
)]
fn reason(error: &keyring::Error) -> KeyringError {
    tracing::debug!(%error, "the keyring library failed");
    let (cause, access) = match error {
        keyring::Error::NoStorageAccess(cause) => (cause, Access::Refused),
        keyring::Error::PlatformFailure(cause) => (cause, Access::Failed),
        keyring::Error::NoDefaultStore => return unreachable("this system has none"),
        _ => return unreachable("it answered in a way Banyan does not understand"),
    };
    platform::reason(&**cause).unwrap_or_else(|| match access {
        Access::Refused => KeyringError::Locked("the system gives no access to it".to_owned()),
        Access::Failed => unreachable("the system's own one does not work"),
    })
}

/// What the library makes of a cause it passes on.
enum Access {
    Refused,
    Failed,
}

fn unreachable(words: &str) -> KeyringError {
    KeyringError::Unreachable(words.to_owned())
}

#[cfg(all(
    unix,
    not(any(target_os = "macos", target_os = "ios", target_os = "android"))
))]
mod platform {
    use std::{error::Error, io, sync::Arc};

    use super::{KeyringError, unreachable};

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library may learn further kinds; a person needs no more of them"
    )]
    pub(super) fn reason(cause: &(dyn Error + Send + Sync + 'static)) -> Option<KeyringError> {
        use secret_service::Error as Service;

        let locked = |words: &str| KeyringError::Locked(words.to_owned());
        Some(match cause.downcast_ref::<Service>()? {
            Service::Locked => locked("it is locked"),
            Service::Prompt => locked("its question for the password was dismissed"),
            // A Secret Service may run without holding any keyring, as after a
            // login over ssh on a machine with a desktop. The library calls that
            // "no access" like a locked one, but there is nothing to unlock.
            Service::NoResult => unreachable("the keyring service holds no keyring"),
            Service::Unavailable => unreachable("there is no session bus to ask for one"),
            error @ (Service::Zbus(_) | Service::ZbusFdo(_)) if is_of_the_socket(error) => {
                unreachable("the session bus cannot be reached")
            }
            Service::Zbus(_) | Service::ZbusFdo(_) => unreachable("no keyring service answers"),
            Service::PromptDisconnected => {
                unreachable("the keyring service ended while it asked for the password")
            }
            _ => unreachable("the keyring service answered in a way Banyan does not understand"),
        })
    }

    /// The bus itself could not be spoken to, rather than somebody on it.
    fn is_of_the_socket(error: &(dyn Error + 'static)) -> bool {
        error.is::<io::Error>()
            || error.is::<Arc<io::Error>>()
            || error.source().is_some_and(is_of_the_socket)
    }
}

#[cfg(not(all(
    unix,
    not(any(target_os = "macos", target_os = "ios", target_os = "android"))
)))]
mod platform {
    use std::error::Error;

    use super::KeyringError;

    /// The kind of the library's error says all there is to say.
    pub(super) fn reason(_cause: &(dyn Error + Send + Sync + 'static)) -> Option<KeyringError> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn nobody_reads_what_the_library_said() {
        let raw = || Box::new(io::Error::from_raw_os_error(2));
        let failed = reason(&keyring::Error::PlatformFailure(raw()));
        assert_eq!(failed, unreachable("the system's own one does not work"));
        let refused = reason(&keyring::Error::NoStorageAccess(raw()));
        assert!(
            matches!(&refused, KeyringError::Locked(words) if !words.contains("os error")),
            "{refused:?}"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_what_can_be_unlocked_is_called_locked() {
        use secret_service::Error as Service;

        let refused = |error| reason(&keyring::Error::NoStorageAccess(Box::new(error)));
        let failed = |error| reason(&keyring::Error::PlatformFailure(Box::new(error)));
        assert_eq!(
            refused(Service::Locked),
            KeyringError::Locked("it is locked".to_owned())
        );
        assert!(matches!(refused(Service::Prompt), KeyringError::Locked(_)));
        assert_eq!(
            refused(Service::NoResult),
            unreachable("the keyring service holds no keyring")
        );
        assert_eq!(
            failed(Service::Unavailable),
            unreachable("there is no session bus to ask for one")
        );
    }
}
