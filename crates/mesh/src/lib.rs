//! Drives the protocol: identity, sockets, links and peers.
//!
//! `wire` says what the bytes mean; this crate holds what has a life of its
//! own: keys on a disk, sockets, timers, tasks.
//!
//! - [`beacon`]: announcements, and news of the network
//! - [`hub`]: the one owner of everything between machines
//! - [`identity`]: the keys of this device and its person, and where they rest
//! - [`interfaces`]: the network interfaces, and which of them suit
//! - [`minting`]: new mesh keys and invitations
//! - [`neighbourhood`]: which addresses are near
//! - [`tls`]: connections whose two ends have proven who they are
//! - [`transport`]: how machines reach each other, over TCP or in memory

pub mod beacon;
mod framed;
pub mod hub;
pub mod identity;
pub mod interfaces;
pub mod minting;
pub mod neighbourhood;
pub mod tls;
pub mod transport;

pub use framed::{Framed, FramedError};
pub use hub::{Mesh, MeshHandle, MeshOptions};
pub use identity::{
    Arrival, Arrived, Damage, Identity, IdentityError, KeyPlace, KeyringChoice, NotASecretName,
    OwnPerson, PersonError, Safe, SecretName,
};
