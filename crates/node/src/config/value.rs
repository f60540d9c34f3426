use std::fmt;

use super::kind::Kind;

/// A value before it is known to be right, and after it has left its type again: what a file, a
/// variable or a user interface can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawValue {
    Bool(bool),
    Number(u64),
    Text(String),
    List(Vec<String>),
}

/// A type that a setting can have. Its values cannot be wrong: `read` is the only way in.
pub(super) trait Value: Sized {
    /// `None` unless `raw` is within what the type and `kind` allow.
    fn read(raw: &RawValue, kind: Kind) -> Option<Self>;

    fn raw(&self) -> RawValue;
}

impl Value for bool {
    fn read(raw: &RawValue, _kind: Kind) -> Option<Self> {
        match raw {
            RawValue::Bool(value) => Some(*value),
            RawValue::Number(_) | RawValue::Text(_) | RawValue::List(_) => None,
        }
    }

    fn raw(&self) -> RawValue {
        RawValue::Bool(*self)
    }
}

impl RawValue {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bool(_) | Self::Number(_) | Self::List(_) => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[String]> {
        match self {
            Self::List(items) => Some(items),
            Self::Bool(_) | Self::Number(_) | Self::Text(_) => None,
        }
    }

    pub(super) fn to_toml(&self) -> toml_edit::Value {
        match self {
            Self::Bool(value) => (*value).into(),
            // No setting allows more than i64 holds; a test on the table says so.
            Self::Number(value) => i64::try_from(*value).unwrap_or(i64::MAX).into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(items) => items
                .iter()
                .map(String::as_str)
                .collect::<toml_edit::Array>()
                .into(),
        }
    }
}

/// As it would stand in the configuration file.
impl fmt::Display for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_toml())
    }
}
