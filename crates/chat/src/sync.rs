//! Brings the rooms of connected machines in step.
//!
//! A [`Machine`] is told which machines are there, what they say and what was
//! written here; it answers with [`Effect`]s, and reads and writes the
//! [`Store`] it is given. It owns no socket, no clock and no task.
//!
//! Of two machines the one with the greater id says its root, the other compares.
//! Whatever is new, wherever it came from, is pushed to everybody who is in the
//! room and connected: so ops travel on through third machines. Ops go to members
//! only. Who is no member may bring what others wrote, but not what is theirs.

mod hearing;
mod machine;

use wire::{
    DeviceId, PersonId,
    frame::Frame,
    room::{BadBytes, RoomId},
};

pub use machine::Machine;

use crate::{Fresh, Refused, StoreError};

/// What follows from what happened.
#[derive(Debug)]
pub enum Effect {
    Send {
        to: DeviceId,
        frame: Frame,
    },
    /// Ops are here that were not before.
    Changed {
        room: RoomId,
        fresh: Vec<Fresh>,
        /// Who is in the room, or what it is called, may be another.
        rules_changed: bool,
    },
    /// Somebody shares a room with this person, who may accept or decline.
    Offered {
        room: RoomId,
        by: PersonId,
    },
    /// A device wrote two chains; from there on nothing of it counts.
    Forked {
        room: RoomId,
        device: DeviceId,
    },
    /// Others have more of this machine's own ops than this file. They are coming;
    /// until they are here nothing may be written, and where the chains differ
    /// this machine has to go on under a new identity.
    OlderCopy {
        room: RoomId,
    },
    /// What a machine sent is not taken in.
    Refused {
        from: DeviceId,
        room: RoomId,
        refused: Vec<Refused>,
    },
}

/// Why a frame was not followed.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error("not a message of sync: {0}")]
    Malformed(#[from] BadBytes),
    #[error(transparent)]
    Store(#[from] StoreError),
}
