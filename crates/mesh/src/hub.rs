//! The one owner of everything between machines: who is near, which links are
//! open, which pairings run.
//!
//! [`Mesh::start`] runs one actor ([`actor`](self)). It owns the machines of
//! `wire` (presence, links), a task for each connection, and tells what happens
//! as [`Event`]s on one bounded channel. Everybody else holds a [`MeshHandle`].
//!
//! - A connection's task does all waiting for the other side. It asks the hub
//!   what to say and reports; the hub waits for no task and no peer, so none
//!   can hold it up.
//! - Frames of a session go straight from its task to the layer above, through
//!   the inbox that came with [`Event::Up`]. A reader that is slow makes that
//!   one peer wait.
//! - While the layer above does not take events, nothing new is heard or let
//!   in, so what waits stays bounded.
//! - The end ([`Mesh::stop`]): every session says BYE, tasks get a moment to do
//!   so, goodbye is announced twice, what is left is cancelled.
//!
//! Trust begins in three ways: two people compare a code, two machines show each
//! other that they hold one mesh key, or one redeems an invitation of the other.
//! Each ends in an event, and whoever hears it decides whether it lasts.
//!
//! Invariants: a device is dialled for a session only while it is trusted, and
//! no frame of the layers above passes without trust on both sides; a blocked
//! device is neither dialled nor answered; an address outside the neighbourhood
//! is neither dialled nor answered.

mod actor;
mod connection;
mod desk;
mod doorman;
mod event;
mod handle;
mod meter;
mod pace;
mod pairing;
mod session;
mod settling;
mod shares;
#[cfg(test)]
mod tests;
mod vouches;
mod vouching;
mod witnesses;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
};

use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;
use wire::{DeviceId, MeshKey, MeshKeyId, machine::presence, msg::session::Form};

pub use event::{
    Card, ClaimRefusal, DialFailure, Event, Failure, Ground, MeshReport, PairingEnd, PeerStream,
    SessionInfo,
};
pub use handle::{MeshHandle, ReachError, RedeemError, SendError, Stopped};
pub use meter::Rate;

use crate::{Identity, beacon::Beacon, neighbourhood::Neighbourhood, transport::PeerTransport};

/// Events that wait to be taken.
const EVENTS: usize = 256;

pub struct MeshOptions {
    pub identity: Arc<Identity>,
    pub transport: Arc<dyn PeerTransport>,
    pub beacon: Box<dyn Beacon>,
    pub presence: presence::Config,
    /// Which start of this machine it is; rises from start to start.
    pub instance: u64,
    pub name: String,
    /// What those hear who are not trusted.
    pub name_for_strangers: String,
    pub form: Form,
    pub has_llm: bool,
    /// With the addresses they were last seen at.
    pub trusted: BTreeMap<DeviceId, Vec<SocketAddr>>,
    pub blocked: BTreeSet<DeviceId>,
    /// Newest first.
    pub mesh_keys: Vec<MeshKey>,
    /// Which key the trust in a machine rests on, where it rests on one: it is
    /// not asked to show that again.
    pub vouched: BTreeMap<DeviceId, MeshKeyId>,
    pub neighbourhood: Neighbourhood,
    /// Of machines that nothing is said about in `rates`.
    pub rate: Rate,
    /// How much each trusted machine may say.
    pub rates: BTreeMap<DeviceId, Rate>,
    /// Makes the jitter; a fixed one makes a run repeatable.
    pub seed: u64,
}

/// A running mesh. Dropping it ends it at once, without a goodbye.
#[derive(Debug)]
pub struct Mesh {
    handle: MeshHandle,
    stop: CancellationToken,
    actor: JoinSet<()>,
}

impl Mesh {
    /// Starts it; what happens comes out of the receiver.
    pub fn start(options: MeshOptions) -> (Self, mpsc::Receiver<Event>) {
        let (events, told) = mpsc::channel(EVENTS);
        let stop = CancellationToken::new();
        let (actor, handle) = actor::Actor::new(options, events, stop.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(actor.run());
        let mesh = Self {
            handle,
            stop,
            actor: tasks,
        };
        (mesh, told)
    }

    pub fn handle(&self) -> MeshHandle {
        self.handle.clone()
    }

    /// Says goodbye to everybody and ends. Takes no longer than two seconds.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.actor.join_next().await.is_some() {}
    }
}

impl std::fmt::Debug for MeshOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("MeshOptions")
            .field("device", &self.identity.device_id())
            .finish_non_exhaustive()
    }
}
