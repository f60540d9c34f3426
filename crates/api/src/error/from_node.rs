//! What a node cannot do, as codes with parameters.

use std::io;

use node::{
    IdentityError, SettingError, StartError,
    config::{BadValue, ChangeError, ConfigError},
    folder::FolderError,
    plain,
};

use super::{ApiError, Code};

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Folder(error) => error.into(),
            StartError::Config(error) => error.into(),
            StartError::Identity(error) => error.into(),
            StartError::Fault(reason) => Self::internal(&reason),
        }
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Refused(refused) => refused.into(),
            SettingError::Stopping => Self::new(Code::Stopping, []),
        }
    }
}

/// Looking at the machine failed, which no call can mend.
impl From<io::Error> for ApiError {
    fn from(error: io::Error) -> Self {
        Self::internal(&error.to_string())
    }
}

impl From<FolderError> for ApiError {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::NoHome => Self::new(Code::NoHome, []),
            FolderError::Unwritable { folder, reason } => Self::new(
                Code::DataUnwritable,
                [
                    ("folder", folder.display().to_string()),
                    ("reason", plain(&reason)),
                ],
            ),
            FolderError::DiskFull { folder } => {
                Self::new(Code::DiskFull, [("folder", folder.display().to_string())])
            }
            FolderError::Locked { folder } => {
                Self::new(Code::DataLocked, [("folder", folder.display().to_string())])
            }
        }
    }
}

impl From<ConfigError> for ApiError {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Unreadable { file, reason } => Self::new(
                Code::ConfigUnreadable,
                [("file", file.display().to_string()), ("reason", reason)],
            ),
            ConfigError::Syntax {
                file,
                place,
                reason,
            } => Self::new(
                Code::ConfigSyntax,
                [
                    ("file", file.display().to_string()),
                    ("line", place.line.to_string()),
                    ("column", place.column.to_string()),
                    ("reason", reason),
                ],
            ),
            ConfigError::BadValues { first, rest } if rest.is_empty() => {
                bad_value(Code::BadConfigValue, *first)
            }
            ConfigError::BadValues { first, rest } => bad_values(&first, &rest),
        }
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::UnknownKey(unknown) => Self::new(
                Code::UnknownSetting,
                [
                    ("key", unknown.key),
                    (
                        "near",
                        unknown
                            .near
                            .map(|near| near.to_string())
                            .unwrap_or_default(),
                    ),
                ],
            ),
            ChangeError::BadValue(error) => bad_value(Code::BadSetting, *error),
            ChangeError::ReadOnly { key, origin } => Self::new(
                Code::SettingReadOnly,
                [("key", key.to_string()), ("origin", origin.to_string())],
            ),
            ChangeError::File(error) => error.into(),
            ChangeError::Unwritable { file, error } => Self::new(
                Code::ConfigUnwritable,
                [
                    ("file", file.display().to_string()),
                    ("reason", error.to_string()),
                ],
            ),
        }
    }
}

impl From<IdentityError> for ApiError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::KeyringLocked { reason } => {
                Self::new(Code::KeyringLocked, [("reason", reason)])
            }
            IdentityError::KeyringUnreachable { reason } => {
                Self::new(Code::KeyringUnreachable, [("reason", reason)])
            }
            IdentityError::Damaged { place, damage } => Self::new(
                Code::IdentityDamaged,
                [("place", place), ("reason", damage.to_string())],
            ),
            IdentityError::Exposed { path } => Self::new(
                Code::IdentityExposed,
                [("file", path.display().to_string())],
            ),
            IdentityError::File { path, source } => Self::new(
                Code::IdentityDamaged,
                [
                    ("place", path.display().to_string()),
                    ("reason", plain(&source)),
                ],
            ),
            error @ IdentityError::Randomness(_) => Self::internal(&error.to_string()),
        }
    }
}

fn bad_value(code: Code, error: BadValue) -> ApiError {
    ApiError::new(
        code,
        [
            ("key", error.key),
            ("value", error.value),
            ("allowed", error.allowed),
            ("origin", error.origin.to_string()),
        ],
    )
}

/// All at once, so that nobody mends one only to meet the next.
fn bad_values(first: &BadValue, rest: &[BadValue]) -> ApiError {
    let values: Vec<_> = [first]
        .into_iter()
        .chain(rest)
        .map(|bad| {
            format!(
                "{} = {} ({}): {}",
                bad.key, bad.value, bad.origin, bad.allowed
            )
        })
        .collect();
    ApiError::new(
        Code::BadConfigValues,
        [
            ("count", values.len().to_string()),
            ("values", values.join("; ")),
        ],
    )
}
