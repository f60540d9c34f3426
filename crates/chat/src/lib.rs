//! Conversations: kept for ever, searched, and brought in step between machines.
//!
//! Everything that is done in a room is an op in a log (`wire::room` has their
//! bytes). What a person sees is a function of the *set* of ops that are here, so
//! machines that hold the same ops show the same, in whatever order they came.
//!
//! - [`Store`]: the file, and everything that can be done with it
//! - [`Standing`]: who may do what in a room
//! - [`sync`]: the machine that finds out what is missing where, without sockets
//!   and without a clock
//!
//! This crate is synchronous: one thread calls it and waits for the disk. It knows
//! neither sockets nor tasks nor models, and the text of a message is data to it.

mod fold;
mod members;
mod store;
pub mod sync;

pub use members::{Membership, Order, Standing};
pub use store::{
    Admitted, Attachment, Before, Delivery, Draft, Exported, Found, Fresh, Message, Note, Offer,
    Opened, Own, Refusal, Refused, Room, RoomState, Store, StoreError, Text, Wall,
};
