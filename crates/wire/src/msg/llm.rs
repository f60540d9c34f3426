//! How machines use each other's models.
//!
//! In a session: what a machine offers (`LLMC:`), asking for a slot and the
//! answers to that (`ADRQ:`, `ADRS:`), asking a person for permission and the
//! answer (`LREQ:`, `LRES:`). What is asked of a model and what it answers
//! travels over a connection of its own, opened with the grant, in `GENQ:` and
//! `GENA:` frames; what lies in those is a matter of the layer that speaks to
//! models.

mod access;
mod admission;
mod capability;

use serde::{Serialize, de::DeserializeOwned};

pub use access::{AccessAnswer, AccessRequest, Given, NotWords, Words};
pub use admission::{Admission, AdmissionAnswer, AdmissionRequest, Grant, Refused};
pub use capability::{Capability, Class, MOST_MODELS, Offer, Rates};

use super::session::Malformed;
use crate::frame::{Frame, Marker};

/// Most frames of one request: with the cap of a frame, more than the largest
/// request that a model server takes.
pub const MOST_PIECES: usize = 64;

/// A stream that answers is never silent for longer, so that a machine that died
/// is told from one that thinks. An empty `GENA:` frame says no more than that.
pub const SIGN_OF_LIFE_MS: u64 = 1_000;

/// Longer than any message of this family but a list of models.
const MOST_BYTES: usize = 16 * 1024;

fn to_frame<M: Serialize>(marker: Marker, message: &M) -> Frame {
    Frame::new(marker, super::session::encode(message))
}

fn parse<M: DeserializeOwned>(bytes: &[u8], most: usize) -> Result<M, Malformed> {
    if bytes.len() > most {
        return Err(Malformed {
            reason: format!("{} bytes, where {most} are allowed", bytes.len()),
        });
    }
    super::session::parse(bytes)
}

fn check(holds: bool, reason: &str) -> Result<(), Malformed> {
    if holds {
        Ok(())
    } else {
        Err(Malformed {
            reason: reason.to_owned(),
        })
    }
}

/// Fit to be shown: no control characters, and not too long.
fn is_readable(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
