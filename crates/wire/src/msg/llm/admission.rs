use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{MOST_BYTES, check, is_readable, parse, to_frame};
use crate::{
    frame::{Frame, Marker},
    msg::session::Malformed,
};

const NAME_BYTES: usize = 256;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdmissionRequest {
    /// A slot for this model; said again under the same number it asks how the
    /// line moved.
    Ask {
        number: u64,
        model: String,
        prompt_tokens: u64,
        /// As many as the answer will probably have.
        tokens: u64,
    },
    /// Whatever was asked under this number is not wanted any more.
    Withdraw { number: u64 },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionAnswer {
    pub number: u64,
    pub admission: Admission,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Opens one stream, soon.
    Granted {
        grant: Grant,
    },
    /// It is in line, and is called.
    Busy {
        ahead: u32,
        eta_ms: u64,
    },
    Refused {
        why: Refused,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    NotShared,
    NotPermitted,
    /// More requests in a minute than are allowed.
    TooMany,
    /// The line is full.
    Full,
    NoModel,
    /// A newer build's reason.
    #[serde(other)]
    Unknown,
}

/// Sixteen bytes that nobody can guess.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant(pub [u8; 16]);

impl Grant {
    /// As a stream's greeting carries it.
    pub fn text(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }

    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// Whoever reads a log shall open nothing.
impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grant(secret)")
    }
}

impl Serialize for Grant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Grant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom("no grant"))
    }
}

impl AdmissionRequest {
    pub fn to_frame(&self) -> Frame {
        to_frame(Marker::AdmissionRequest, self)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let request: Self = parse(bytes, MOST_BYTES)?;
        if let Self::Ask { model, .. } = &request {
            let named = !model.is_empty() && is_readable(model, NAME_BYTES);
            check(named, "not the name of a model")?;
        }
        Ok(request)
    }
}

impl AdmissionAnswer {
    pub fn to_frame(&self) -> Frame {
        to_frame(Marker::AdmissionResponse, self)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        parse(bytes, MOST_BYTES)
    }
}
