//! A mesh key that a person handed over at the start, in a file or a variable.

use std::{
    ffi::OsStr,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use wire::{MeshKey, mesh_key::MeshKeyError};
use zeroize::Zeroizing;

use super::{KeyError, MeshKeys};
use crate::{
    reason_unread,
    trust::{Refusal, TrustError},
};

pub(crate) const VARIABLE: &str = "BANYAN_MESH_KEY";

/// A key takes less than a hundred bytes; a person may write a line above it.
const MOST_BYTES: u64 = 4096;

/// Why a key that was handed over cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GivenKeyError {
    #[error("{}: {reason}", file.display())]
    Unreadable { file: PathBuf, reason: String },
    #[error("{origin}: {reason}")]
    NotAKey {
        origin: String,
        reason: MeshKeyError,
    },
    #[error(transparent)]
    NotHeld(#[from] KeyError),
}

#[derive(Debug)]
pub(crate) struct GivenKey {
    key: MeshKey,
    /// The file or the variable.
    origin: String,
}

impl GivenKey {
    /// The file counts before the variable. Blocks for as long as the disk takes.
    pub(crate) fn of(
        file: Option<&Path>,
        variable: Option<&OsStr>,
    ) -> Result<Option<Self>, GivenKeyError> {
        let (origin, text) = match (file, variable) {
            (Some(file), _) => {
                let text = read(file).map_err(|error| GivenKeyError::Unreadable {
                    file: file.to_owned(),
                    reason: reason_unread(&error),
                })?;
                (file.display().to_string(), text)
            }
            (None, Some(value)) => {
                let text = value.to_string_lossy().into_owned();
                (VARIABLE.to_owned(), Zeroizing::new(text))
            }
            (None, None) => return Ok(None),
        };
        let lines = text.lines().map(str::trim);
        let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        match lines.next().unwrap_or_default().parse() {
            Ok(key) => Ok(Some(Self { key, origin })),
            Err(reason) => Err(GivenKeyError::NotAKey { origin, reason }),
        }
    }

    /// Answers where it came from if it has been replaced, and so is not used.
    pub(crate) async fn hold(self, keys: &MeshKeys) -> Result<Option<String>, GivenKeyError> {
        match keys.hold(self.key).await {
            Ok(()) => Ok(None),
            Err(KeyError::Trust(TrustError::Refused(Refusal::MeshKeyRetired))) => {
                Ok(Some(self.origin))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn read(file: &Path) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    fs::File::open(file)?
        .take(MOST_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use wire::MeshKind;

    use super::*;

    #[test]
    fn a_file_counts_before_the_variable() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let key = |number| MeshKey::new(MeshKind::Mine, &[number; 32]);
        fs::write(&file, format!("# ours\n\n  {}\n", *key(1).text())).unwrap();
        let text = key(2).text();
        let variable = Some(OsStr::new(text.as_str()));
        let given = |file, variable| GivenKey::of(file, variable).unwrap().unwrap();
        assert_eq!(given(Some(file.as_path()), variable).key, key(1));
        assert_eq!(given(None, variable).key, key(2));
        assert!(GivenKey::of(None, None).unwrap().is_none());
    }

    #[test]
    fn what_is_no_key_is_told_with_its_origin_and_without_itself() {
        let wrong = GivenKey::of(None, Some(OsStr::new("banyan-mine-SECRET"))).unwrap_err();
        let told = wrong.to_string();
        assert!(
            told.contains(VARIABLE) && !told.contains("SECRET"),
            "{told}"
        );
        let missing = GivenKey::of(Some(Path::new("/nowhere/key")), None).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/key"));
    }
}
