//! The owner of DIR/state.db: which machines are known, what they may do, and
//! what was decided about them.
//!
//! One thread holds the connection and does one thing after the other. A change
//! arrives as a function from the tables, as they are at that moment, to a list
//! of [`Write`]s; the list is one transaction. Everybody reads [`Tables`], the
//! mirror of the file in memory, from a `watch` and waits for nobody.
//!
//! - [`Tables`], [`Write`]: the mirror, and everything that can change it
//! - `table/*`: one table each, with its migration, rows, reader and writer
//! - `schema`: the order of the migrations, and which builds may open a file
//! - `database`: opening, checking, setting aside, closing
//! - `keeper`: the thread
//!
//! Invariants: the mirror is replaced after the transaction reached the disk and
//! before the answer is given, so whoever got an answer reads the new value and
//! finds it again after a power cut. A file that cannot be read is renamed,
//! never overwritten.

mod address;
mod database;
mod digest;
mod error;
mod keeper;
mod moment;
mod schema;
mod sql;
mod table;
mod tables;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod words;

pub use address::{BadAddress, PeerAddress};
pub use error::StoreError;
pub use keeper::{Durability, Keeper, Opened, Store, open};
pub use moment::Moment;
pub use table::{
    access::{Access, Answer, AskedBy, Given},
    addresses::Remembered,
    audit::{AuditKind, Entry, Page, Recorded},
    duties::Duty,
    invitations::{Invitation, InvitationId, Redeemed},
    mesh_keys::{MeshKey, MeshKeyId, MeshKeyKind, Retired},
    notified::Occasion,
    peers::{Doubt, Form, Origin, Peer, PeerState, Quota, Relation, Trusted},
    permissions::{FileLimits, Grant, LlmLimits, Permission, Rule, Ruling, Scope, Term},
};
pub use tables::{Known, Tables, Write};
