//! Conversations as bytes: what is written into a room, by whom, and how it
//! hangs together.
//!
//! A room is a set of [`Op`]s. Every device that writes into it has a chain of
//! its own there: each op names the hash of the one before, and a signature
//! under the last op of a [`Run`] covers the chain behind it. The hash covers the
//! *hash* of the body, so a body can be erased and the chain still holds; and
//! every body begins with random bytes, so that nobody finds an erased one by
//! trying words.
//!
//! - [`RoomId`], [`OpHash`], [`MessageId`]: names that prove what they name
//! - [`Act`]: everything that can be done in a room
//! - [`Content`]: the part of an op that can be erased
//! - [`Run`], [`Chained`]: consecutive ops of one device, and the same checked
//!
//! What ops *mean* together is decided in `chat`; here are their bytes.

mod act;
mod body;
mod bytes;
mod name;
mod op;
mod run;
#[cfg(test)]
pub(crate) mod tests;

pub use act::{Act, CUT_MOST, Cut, Outcome, Rank, Speaker};
pub use body::{
    AttachmentBody, Body, BodyError, MessageBody, MetaBody, MetaField, NoteBody, Topic,
};
pub use bytes::BadBytes;
pub(crate) use bytes::{Reader, Writer};
pub use name::{BlobHash, BodyHash, MessageId, OpHash, RoomId};
pub use op::{Content, Op};
pub use run::{Chained, Run, RunError};
