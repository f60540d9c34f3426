//! A running node: everything of Banyan below its user interfaces.
//!
//! [`Node::start`] opens the data folder, the configuration and the identity
//! and runs what has a life of its own; everybody else holds a [`Handle`]. What
//! a node knows of its process comes in through [`Options`], so several nodes
//! can run in one process.
//!
//! - [`folder`], [`config`]: what lies on disk
//! - [`journal`]: the log, as a value
//! - [`supervise`]: tasks, and the order in which they end
//! - [`store`], [`trust`]: which machines are known, and what they may do
//! - [`persons`]: my person across machines, and other people's
//! - [`neighbours`]: the other machines, near and known
//! - [`models`], [`router`]: who answers questions, here and there
//! - [`backends`], [`downloads`]: what serves models here, and what it fetches
//! - [`events`], [`finding`]: what happened, and what a person should know
//! - [`health`], [`network`], [`firewall`], [`diagnose`], [`readiness`]: looks at
//!   the node and its surroundings, on demand
//!
//! Never: HTTP servers, windows, sentences for people.

pub mod backends;
pub mod clock;
pub mod config;
pub mod diagnose;
pub mod downloads;
pub mod events;
pub mod figures;
pub mod finding;
pub mod firewall;
pub mod folder;
mod handle;
pub mod health;
mod host;
pub mod journal;
mod kept;
mod last_hour;
pub mod logging;
pub mod mesh_keys;
pub mod models;
pub mod neighbours;
mod node;
mod notices;
pub mod persons;
mod plain;
mod port_holder;
pub mod readiness;
mod report;
pub mod router;
mod settings;
pub mod store;
pub mod supervise;
pub mod tickets;
pub mod trust;

pub use handle::{Handle, Listening, Machine};
pub use mesh::hub::Failure;
pub use mesh::interfaces as network;
pub use mesh::{Identity, IdentityError, KeyPlace, KeyringChoice};
pub use node::{Node, Options, StartError};
pub use plain::{plain, reason, reason_unread};
pub use settings::SettingError;
pub use wire::{
    DeviceId,
    msg::{llm::Words, session::ByeReason},
};

/// Where a node is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeState {
    Starting,
    Ready,
    Stopping,
}
