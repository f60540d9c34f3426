//! `identity.key`: the secret where there is no keyring.
//!
//! Only the owner may read the file or write in its folder; otherwise it is
//! refused, because whoever could copy the key *is* this device from then on.
//! On Windows the data folder lies in the user's profile, whose access list
//! already says so.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::IdentityError;
use super::private_file;
use super::secret::{self, Secret};

/// The secret in the key file, or nothing where there is no file.
pub(super) fn load(folder: &Path) -> Result<Option<Secret>, IdentityError> {
    let path = path_in(folder);
    let Some(mut file) = private_file::open(&path)? else {
        return Ok(None);
    };
    refuse_exposed(&path, &file.metadata()?)?;
    refuse_shared_folder(folder)?;
    let bytes = Zeroizing::new(file.read_up_to(secret::LENGTH as u64)?);
    Secret::decode(&bytes)
        .map(Some)
        .map_err(IdentityError::damaged_file(&path))
}

/// Writes the key file of a folder that has none.
pub(super) fn save(folder: &Path, secret: &Secret) -> Result<(), IdentityError> {
    refuse_shared_folder(folder)?;
    private_file::write(&path_in(folder), &secret.encode())
}

/// A secret that others may read is none any more.
pub(super) fn refuse_exposed(path: &Path, metadata: &Metadata) -> Result<(), IdentityError> {
    if is_open_to_others(metadata, READ_OR_WRITE) {
        return Err(IdentityError::Exposed {
            path: path.to_owned(),
        });
    }
    Ok(())
}

pub(super) fn path_in(folder: &Path) -> PathBuf {
    folder.join("identity.key")
}

/// Any permission on the key itself is one too many.
const READ_OR_WRITE: u32 = 0o077;

/// Whoever may write in the folder can put another key in place of this one.
const WRITE: u32 = 0o022;

fn refuse_shared_folder(folder: &Path) -> Result<(), IdentityError> {
    let metadata = folder.metadata().map_err(IdentityError::file(folder))?;
    if is_open_to_others(&metadata, WRITE) {
        return Err(IdentityError::Exposed {
            path: folder.to_owned(),
        });
    }
    Ok(())
}

#[cfg(unix)]
fn is_open_to_others(metadata: &Metadata, permissions: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & permissions != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_metadata: &Metadata, _permissions: u32) -> bool {
    false
}
