use serde::{Deserialize, Serialize};

use super::{MOST_BYTES, check, is_readable, parse, to_frame};
use crate::{
    frame::{Frame, Marker},
    msg::session::Malformed,
};

/// What a person says to another in one breath.
pub const REASON_CHARS: usize = 300;

/// Asks the person of the other machine to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessRequest {
    Models {
        reason: String,
    },
    /// Not wanted any more.
    Withdrawn,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessAnswer {
    pub given: Given,
    /// In the person's own words; may be empty.
    #[serde(default)]
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    Always,
    Today,
    Once,
    No,
    /// Nobody answered in time.
    Expired,
    /// A newer build's answer.
    #[serde(other)]
    Unknown,
}

impl AccessRequest {
    pub fn to_frame(&self) -> Frame {
        to_frame(Marker::AccessRequest, self)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let request: Self = parse(bytes, MOST_BYTES)?;
        if let Self::Models { reason } = &request {
            check(is_readable(reason, REASON_CHARS), "not a reason")?;
        }
        Ok(request)
    }
}

impl AccessAnswer {
    pub fn to_frame(&self) -> Frame {
        to_frame(Marker::AccessResponse, self)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let answer: Self = parse(bytes, MOST_BYTES)?;
        check(is_readable(&answer.words, REASON_CHARS), "not an answer")?;
        Ok(answer)
    }
}
