use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::ffi;

/// Why something was not read from the file or not written into it. Where this
/// is the answer to a change, the change was not made.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the disk of {} is full", file.display())]
    Full { file: PathBuf },
    /// Read-only, not permitted, or the disk fails.
    #[error("{} cannot be written: {reason}", file.display())]
    Unwritable { file: PathBuf, reason: String },
    /// Another process holds the file, such as a backup or a database browser.
    #[error("another program holds {}", file.display())]
    Busy { file: PathBuf },
    #[error("{} is damaged: {reason}", file.display())]
    Damaged { file: PathBuf, reason: String },
    /// Written by a newer build, which says that this one must not open it.
    #[error(
        "{} is of version {version}, and this build knows versions up to {known}",
        file.display()
    )]
    Newer {
        file: PathBuf,
        version: u32,
        known: u32,
    },
    #[error("there is no such room here")]
    NoRoom,
    #[error("there is no such message in this room")]
    NoMessage,
    /// Whoever asks has no part in the room, or not the rank for it.
    #[error("that is not allowed to you in this room")]
    NotAllowed,
    #[error("{length} bytes, where {most} are allowed")]
    TooLong { length: u64, most: u64 },
    /// This device's own chain goes on elsewhere than here: the file is an older
    /// copy. Whatever it wrote now would exclude what it wrote before.
    #[error("this machine wrote more than this file holds")]
    OlderCopy,
    /// A fault of Banyan's own.
    #[error("the store failed: {reason}")]
    Fault { reason: String },
}

impl StoreError {
    /// Whether the same attempt may succeed a moment later, with nobody doing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    pub(super) fn of_sqlite(file: &Path, error: &rusqlite::Error) -> Self {
        let reason = error.to_string();
        let path = file.to_owned();
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            return if is_about_content(error) {
                Self::Damaged { file: path, reason }
            } else {
                Self::Fault { reason }
            };
        };
        // The lowest byte is the kind, the rest says more about it.
        match failure.extended_code & 0xff {
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy { file: path },
            ffi::SQLITE_FULL => Self::Full { file: path },
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Self::Damaged { file: path, reason },
            ffi::SQLITE_IOERR if no_space_left(file) => Self::Full { file: path },
            ffi::SQLITE_READONLY
            | ffi::SQLITE_PERM
            | ffi::SQLITE_CANTOPEN
            | ffi::SQLITE_AUTH
            | ffi::SQLITE_IOERR => Self::Unwritable { file: path, reason },
            _ => Self::Fault { reason },
        }
    }

    /// A run of bytes in the file that this build would never have written.
    pub(super) fn nonsense(file: &Path, reason: &impl ToString) -> Self {
        Self::Damaged {
            file: file.to_owned(),
            reason: reason.to_string(),
        }
    }

    pub(super) fn of_file(file: &Path, error: &io::Error) -> Self {
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        let file = file.to_owned();
        if full.contains(&error.kind()) {
            Self::Full { file }
        } else {
            let reason = error.to_string();
            Self::Unwritable { file, reason }
        }
    }
}

/// Less than this, and SQLite cannot even extend its log.
const LEAST_SPACE: u64 = 64 * 1024;

/// Some calls of SQLite meet a full disk and report a failed read or write.
fn no_space_left(file: &Path) -> bool {
    file.parent()
        .and_then(|folder| fs4::available_space(folder).ok())
        .is_some_and(|bytes| bytes < LEAST_SPACE)
}

fn is_about_content(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    )
}
