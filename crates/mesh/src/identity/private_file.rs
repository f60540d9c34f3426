//! Files that only the owner may read, written whole or not at all.
//!
//! The new content goes to `NAME.new`, reaches the disk, and is then renamed
//! over `NAME`; the folder follows. A reader sees the old file or the new one.
//! The name is fixed, so what a crash leaves behind is replaced by the next
//! write instead of piling up.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::error::IdentityError;

/// An open file that knows its name for the error it may cause.
pub(super) struct OpenFile {
    file: File,
    path: PathBuf,
}

/// Opens a file for reading, or says that there is none.
pub(super) fn open(path: &Path) -> Result<Option<OpenFile>, IdentityError> {
    match File::open(path) {
        Ok(file) => Ok(Some(OpenFile {
            file,
            path: path.to_owned(),
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(IdentityError::file(path)(error)),
    }
}

impl OpenFile {
    pub(super) fn metadata(&self) -> Result<Metadata, IdentityError> {
        self.file
            .metadata()
            .map_err(IdentityError::file(&self.path))
    }

    /// Reads the file, but no more than one byte beyond `most`.
    pub(super) fn read_up_to(&mut self, most: u64) -> Result<Vec<u8>, IdentityError> {
        let mut bytes = Vec::new();
        let mut limited = (&self.file).take(most.saturating_add(1));
        limited
            .read_to_end(&mut bytes)
            .map_err(IdentityError::file(&self.path))?;
        Ok(bytes)
    }
}

/// Replaces a file. When this returns, the content survives a power cut.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), IdentityError> {
    let new = unfinished(path);
    write_new(&new, content)
        .and_then(|()| fs::rename(&new, path))
        .and_then(|()| sync_folder(path))
        .map_err(|error| {
            // What could not be finished is of no use to anyone.
            let _ = fs::remove_file(&new);
            IdentityError::file(path)(error)
        })
}

/// Removes what an interrupted write left behind.
pub(super) fn discard_unfinished(path: &Path) -> Result<(), IdentityError> {
    let new = unfinished(path);
    remove_if_there(&new).map_err(IdentityError::file(&new))
}

/// Removing what is not there succeeds.
pub(super) fn remove(path: &Path) -> Result<(), IdentityError> {
    remove_if_there(path).map_err(IdentityError::file(path))
}

/// Makes a folder that only the owner may enter, and those above it.
/// Leaves one that exists as it is.
pub(super) fn create_folder(folder: &Path) -> Result<(), IdentityError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(IdentityError::file(folder))
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".new");
    PathBuf::from(name)
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    remove_if_there(path)?;
    // `create_new` never follows a link somebody put there, and the mode is
    // right from the first moment on.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The rename itself is on the disk only once the folder is. Windows has no
/// such call and journals the rename; so do the file systems that refuse it.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        match File::open(folder)?.sync_all() {
            Err(error)
                if !matches!(
                    error.kind(),
                    ErrorKind::InvalidInput | ErrorKind::Unsupported
                ) =>
            {
                return Err(error);
            }
            Ok(()) | Err(_) => {}
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
