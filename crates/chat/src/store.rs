//! The owner of DIR/chat.db: the log of every room, and what is shown of it.
//!
//! `op` is the log; everything a person sees is made of it while it grows, and can
//! be made again. One thread owns the [`Store`] and does one thing after the other.
//!
//! - `open`: opening, checking, setting aside, bringing over what can be saved
//! - `schema`: the steps, and which builds may open a file
//! - `held`: what of every room is kept in memory
//! - `admit`, `fork`: ops of others, what must be true of them, and who lied
//! - `intake`: one transaction of new ops
//! - `apply`: what an op changes in what is shown
//! - `write`: ops of this machine
//! - `log`: ops for others
//! - `read`, `search`: what is shown
//! - `person`: going on as another person
//! - `erase`, `export`: what a person may demand
//!
//! Invariants: an op is answered for once its transaction is on the disk. Every op
//! in the log continues its author's chain and is covered by a signature. What is
//! shown depends on which ops are here, and not on the order they came in.

mod admit;
mod apply;
mod dice;
mod erase;
mod error;
mod export;
mod fork;
mod held;
mod intake;
mod log;
mod open;
mod person;
mod read;
mod schema;
mod search;
mod write;

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use rusqlite::Connection;
use wire::{DeviceCertificate, DeviceId, PersonId, Signer, room::RoomId};

pub use admit::{Admitted, Refusal, Refused};
pub use erase::Delivery;
pub use error::StoreError;
pub use export::Exported;
pub use open::Opened;
pub use read::{Attachment, Before, Message, Offer, Room, Text};
pub use search::Found;
pub use write::{Draft, Note};

use crate::members::Standing;
use dice::Dice;
use held::{Authors, Held};

/// Names of what two machines share, for comparing.
pub(crate) mod log_digests {
    pub(crate) use super::log::{buckets, in_bucket, root, title_for_wire};
}

/// The conversations of this machine.
pub struct Store {
    connection: Connection,
    file: PathBuf,
    own: Own,
    dice: Dice,
    authors: Authors,
    rooms: BTreeMap<RoomId, Held>,
    /// Of rooms that were needed lately.
    standings: BTreeMap<RoomId, Arc<Standing>>,
    /// What the last transaction promised.
    promised: Promise,
    /// The next start must look closely, so this end is not called orderly.
    damaged: bool,
}

/// As whom this machine writes.
#[derive(Clone)]
pub struct Own {
    pub signer: Arc<dyn Signer>,
    /// That the signing device belongs to its person.
    pub certificate: DeviceCertificate,
}

/// Milliseconds since 1970, as some clock showed them. Only ever shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Wall(pub i64);

/// Ops that are here since just now, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fresh {
    pub room: RoomId,
    pub author: DeviceId,
    pub from: u64,
    pub to: u64,
}

/// What this machine has to do with a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomState {
    Joined,
    /// Somebody says that this person was added; nothing of it is here.
    Offered,
    /// Declined, or erased; it does not come back by itself.
    LetGo,
}

/// What an answer promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// Survives a power cut: ops of this machine, which nobody else has yet.
    Own,
    /// Survives the end of the process; a power cut may take the last few, and
    /// whoever sent them has them.
    Relayed,
}

impl Store {
    pub fn device(&self) -> DeviceId {
        self.own.signer.device_id()
    }

    pub fn person(&self) -> PersonId {
        self.own.certificate.person()
    }

    /// Ends in order: the next start need not look closely.
    pub fn close(self) -> Result<(), StoreError> {
        open::close(self)
    }

    fn told(&mut self, error: &rusqlite::Error) -> StoreError {
        let error = StoreError::of_sqlite(&self.file, error);
        self.damaged |= matches!(error, StoreError::Damaged { .. });
        error
    }

    fn promise(&mut self, promise: Promise) -> rusqlite::Result<()> {
        if promise != self.promised {
            let synchronous = match promise {
                Promise::Own => "FULL",
                Promise::Relayed => "NORMAL",
            };
            self.connection
                .pragma_update(None, "synchronous", synchronous)?;
            self.promised = promise;
        }
        Ok(())
    }

    fn joined(&self, room: RoomId) -> Result<&Held, StoreError> {
        let held = self.rooms.get(&room).ok_or(StoreError::NoRoom)?;
        match held.state {
            RoomState::Joined => Ok(held),
            RoomState::Offered | RoomState::LetGo => Err(StoreError::NoRoom),
        }
    }

    /// Who may do what in a room.
    pub fn standing(&mut self, room: RoomId) -> Result<Arc<Standing>, StoreError> {
        self.joined(room)?;
        self.judge(room).map_err(|error| self.told(&error))
    }

    fn judge(&mut self, room: RoomId) -> rusqlite::Result<Arc<Standing>> {
        if let Some(standing) = self.standings.get(&room) {
            return Ok(Arc::clone(standing));
        }
        if self.standings.len() >= STANDINGS {
            self.standings.clear();
        }
        let standing = match self.rooms.get(&room) {
            Some(held) => log::standing(&self.connection, &self.authors, room, held)?,
            None => Standing::default(),
        };
        let standing = Arc::new(standing);
        self.standings.insert(room, Arc::clone(&standing));
        Ok(standing)
    }
}

/// Rooms whose rules stay in memory; those of a small room take a few kilobytes.
const STANDINGS: usize = 512;

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("file", &self.file)
            .field("rooms", &self.rooms.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Own")
            .field("device", &self.signer.device_id())
            .field("person", &self.certificate.person())
            .finish()
    }
}
