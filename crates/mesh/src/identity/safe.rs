//! Other secrets of this machine, such as the keys of servers: kept where its
//! own secret is.
//!
//! Each gets a name that nobody could guess and that says nothing. Whoever
//! handed it in writes the name down; a secret whose name is written nowhere
//! belongs to nobody.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use zeroize::Zeroizing;

use super::{
    error::IdentityError, key_file, keyring::PatientKeyring, private_file, record::random_store_id,
};

/// Beside `identity.key`, where there is no keyring.
const FOLDER: &str = "secrets";

/// No key of a server is longer, and keyrings refuse much more.
const MOST_BYTES: u64 = 8 * 1024;

/// Keeps secrets by name. Every call blocks, on the disk or on the keyring.
#[derive(Debug, Clone)]
pub struct Safe(Place);

#[derive(Debug, Clone)]
enum Place {
    Keyring(PatientKeyring),
    Folder(PathBuf),
}

/// Under which name a secret is kept. It holds nothing of the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no name of a secret")]
pub struct NotASecretName;

impl Safe {
    pub(super) fn of_keyring(keyring: PatientKeyring) -> Self {
        Self(Place::Keyring(keyring))
    }

    pub(super) fn of_folder(data: &Path) -> Self {
        Self(Place::Folder(data.join(FOLDER)))
    }

    /// When this returns, the secret is kept durably.
    pub fn keep(&self, secret: &[u8]) -> Result<SecretName, IdentityError> {
        let name = SecretName(random_store_id()?);
        match &self.0 {
            Place::Keyring(keyring) => {
                keyring.keep(&name.0, Zeroizing::new(secret.to_owned()))?;
            }
            Place::Folder(folder) => {
                private_file::create_folder(folder)?;
                private_file::write(&folder.join(&name.0), secret)?;
            }
        }
        Ok(name)
    }

    /// Nothing where it is not there any more.
    pub fn read(&self, name: &SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, IdentityError> {
        let folder = match &self.0 {
            Place::Keyring(keyring) => return Ok(keyring.read(&name.0)?),
            Place::Folder(folder) => folder,
        };
        let path = folder.join(&name.0);
        let Some(mut file) = private_file::open(&path)? else {
            return Ok(None);
        };
        key_file::refuse_exposed(&path, &file.metadata()?)?;
        Ok(Some(Zeroizing::new(file.read_up_to(MOST_BYTES)?)))
    }

    /// Forgetting what is not there succeeds.
    pub fn forget(&self, name: &SecretName) -> Result<(), IdentityError> {
        match &self.0 {
            Place::Keyring(keyring) => Ok(keyring.remove(&name.0)?),
            Place::Folder(folder) => private_file::remove(&folder.join(&name.0)),
        }
    }
}

impl FromStr for SecretName {
    type Err = NotASecretName;

    /// Nothing that could lead out of a folder is a name.
    fn from_str(text: &str) -> Result<Self, NotASecretName> {
        let drawn = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 32 && text.bytes().all(drawn) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotASecretName)
        }
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::{
        super::keyring::{
            Keyring,
            scripted::{Mood, ScriptedKeyring},
        },
        *,
    };

    fn comes_and_goes(safe: &Safe) {
        let name = safe.keep(b"sk-secret").unwrap();
        let other = safe.keep(b"another").unwrap();
        assert_ne!(name, other);
        let written: SecretName = name.to_string().parse().unwrap();
        assert_eq!(
            safe.read(&written).unwrap().unwrap().as_slice(),
            b"sk-secret"
        );
        safe.forget(&name).unwrap();
        safe.forget(&name).unwrap();
        assert_eq!(safe.read(&name).unwrap(), None);
        assert_eq!(safe.read(&other).unwrap().unwrap().as_slice(), b"another");
    }

    #[test]
    fn a_keyring_keeps_secrets_by_name() {
        let scripted = Arc::new(ScriptedKeyring::new(Mood::Works));
        let keyring: Arc<dyn Keyring> = Arc::clone(&scripted) as Arc<dyn Keyring>;
        comes_and_goes(&Safe::of_keyring(PatientKeyring::new(
            keyring,
            Duration::from_secs(20),
        )));
        scripted.turn(Mood::Locked);
        let keyring: Arc<dyn Keyring> = scripted;
        let locked = Safe::of_keyring(PatientKeyring::new(keyring, Duration::from_secs(20)));
        let refused = locked.keep(b"sk-secret");
        assert!(
            matches!(refused, Err(IdentityError::KeyringLocked { .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn without_a_keyring_only_the_owner_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let safe = Safe::of_folder(folder.path());
        comes_and_goes(&safe);
        #[cfg(unix)]
        {
            use std::{fs, os::unix::fs::PermissionsExt as _};
            let name = safe.keep(b"sk-secret").unwrap();
            let file = folder.path().join(FOLDER).join(name.to_string());
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode(&file) & 0o777, 0o600);
            assert_eq!(mode(file.parent().unwrap()) & 0o777, 0o700);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
            let exposed = safe.read(&name);
            assert!(
                matches!(exposed, Err(IdentityError::Exposed { .. })),
                "{exposed:?}"
            );
        }
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        for text in ["", "../identity.key", "a/b", "banyan"] {
            assert_eq!(text.parse::<SecretName>(), Err(NotASecretName), "{text}");
        }
    }
}
