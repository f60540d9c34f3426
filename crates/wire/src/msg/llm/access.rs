use serde::{Deserialize, Serialize};

use super::{MOST_BYTES, is_readable, parse, to_frame};
use crate::{
    frame::{Frame, Marker},
    msg::session::Malformed,
};

/// What a person says to another in one breath: a line that is fit to be shown.
/// May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Words(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("longer than {} characters, or not a line", Words::MOST_CHARS)]
pub struct NotWords;

/// Asks the person of the other machine to be let in. The number tells what is
/// said again from what is asked anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessRequest {
    Models {
        number: i64,
        reason: Words,
    },
    /// Not wanted any more.
    Withdrawn {
        number: i64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessAnswer {
    pub number: i64,
    pub given: Given,
    /// When it ends, in milliseconds since 1970; only of what was given until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// The person's own.
    #[serde(default)]
    pub words: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    Always,
    Until,
    Once,
    No,
    /// Nobody answered in time.
    Expired,
    /// A newer build's answer.
    #[serde(other)]
    Unknown,
}

impl Words {
    pub const MOST_CHARS: usize = 300;

    /// As somebody typed it: what is not seen is left out, and lines become one.
    pub fn typed(text: &str) -> Result<Self, NotWords> {
        let parts: Vec<_> = text.split_whitespace().collect();
        Self::try_from(parts.join(" "))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Words {
    type Error = NotWords;

    fn try_from(text: String) -> Result<Self, NotWords> {
        if is_readable(&text, Self::MOST_CHARS) {
            Ok(Self(text))
        } else {
            Err(NotWords)
        }
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

impl AccessRequest {
    pub fn to_frame(&self) -> Frame {
        to_frame(Marker::AccessRequest, self)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        parse(bytes, MOST_BYTES)
    }
}

impl AccessAnswer {
    pub fn to_frame(&self) -> Frame {
        to_frame(Marker::AccessResponse, self)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        parse(bytes, MOST_BYTES)
    }
}
