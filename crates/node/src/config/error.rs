use std::io;
use std::path::PathBuf;

use super::near::{UnknownKey, meant};
use super::origin::{Origin, Place};
use super::settings::Key;
use crate::plain::plain;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{} cannot be read: {reason}", file.display())]
    Unreadable { file: PathBuf, reason: String },

    #[error("{}, {place}: {reason}", file.display())]
    Syntax {
        file: PathBuf,
        place: Place,
        reason: String,
    },

    /// All of them, so that nobody repairs one only to meet the next.
    #[error("{first}")]
    BadValues {
        first: Box<BadValue>,
        rest: Vec<BadValue>,
    },
}

/// A value that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{key} = {value} is not allowed{}: {allowed} is needed",
    within(origin)
)]
pub struct BadValue {
    /// A setting, or a whole section that is none.
    pub key: String,
    /// As it was written; the end of a very long one is left out.
    pub value: String,
    pub origin: Origin,
    /// Such as "a whole number from 1 to 65535".
    pub allowed: String,
}

/// Why a setting was not changed; the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),

    /// Its origin is [`Origin::Default`]: the value came from the caller.
    #[error(transparent)]
    BadValue(Box<BadValue>),

    #[error("{key} is set by {origin} and cannot be changed in the file")]
    ReadOnly { key: Key, origin: Origin },

    /// The file became unusable since the start; overwriting it would lose what stands in it.
    #[error(transparent)]
    File(#[from] ConfigError),

    #[error("{} cannot be written: {error}", file.display())]
    Unwritable { file: PathBuf, error: DiskError },
}

/// What the system says when it cannot write, in words.
#[derive(Debug, thiserror::Error)]
#[error("{}", plain(.0))]
pub struct DiskError(#[from] io::Error);

/// Worth telling, but no reason to stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Written by a newer Banyan, or misspelt. It stays in the file.
    #[error("{} has the unknown setting {key}{}", file.display(), meant(near.map(Key::name)))]
    UnknownKey {
        key: String,
        file: PathBuf,
        near: Option<Key>,
    },

    /// Only told when a real variable is close: other programs may use the prefix as well.
    #[error("the variable {variable} is unknown{}", meant(Some(near)))]
    UnknownVariable { variable: String, near: String },

    /// A variable of another program that holds nothing usable.
    #[error("the variable {variable} = {value} is ignored: {allowed} is needed")]
    IgnoredVariable {
        variable: String,
        value: String,
        allowed: String,
    },
}

impl ConfigError {
    /// `None` if there are no bad values.
    pub(super) fn of(problems: Vec<BadValue>) -> Option<Self> {
        let mut problems = problems.into_iter();
        let first = Box::new(problems.next()?);
        Some(Self::BadValues {
            first,
            rest: problems.collect(),
        })
    }
}

/// Fit for a sentence: one line, and not longer than one.
pub(super) fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 100;
    let mut shown: String = text
        .trim()
        .chars()
        .take(MAX_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.trim().chars().count() > MAX_CHARS {
        shown.push('…');
    }
    shown
}

fn within(origin: &Origin) -> String {
    match origin {
        Origin::Default => String::new(),
        Origin::File { .. } | Origin::Environment { .. } | Origin::Flag { .. } => {
            format!(" ({origin})")
        }
    }
}
