//! Streams that are dialled before anybody granted them: while a machine is
//! asked for a slot, so that the handshake takes no time afterwards.
//!
//! Such a connection has proven both of its ends and says nothing. Once there is
//! a grant it greets as any other stream does, if that machine is still trusted.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use wire::{DeviceId, machine::links::Connection, msg::session::Purpose};

use super::{super::desk::Verdict, Actor, Slot, Stage, now};

/// Many times what the answer to the question for a slot takes, and well within
/// the time that the other side waits for a greeting.
const WAITS: Duration = Duration::from_secs(2);

/// Questions that ask the same machine in the same moment; further ones dial when
/// they have their grant.
const EACH: usize = 4;

/// A connection that waits for its grant.
pub(super) struct Ahead {
    until: Instant,
    /// What it is to do, once its other end is proven.
    proven: Option<oneshot::Sender<Verdict>>,
}

impl Actor {
    pub(super) fn dial_ahead(&mut self, device: DeviceId) {
        if !self.trusted.contains(&device) || self.ahead_to(device).count() >= EACH {
            return;
        }
        let addresses = self.places_of(&device);
        let ahead = Ahead {
            until: now() + WAITS,
            proven: None,
        };
        // Which one is said in its greeting, and that waits for it.
        let grant = String::new();
        self.dial(
            addresses,
            Some(device),
            Purpose::Stream { grant },
            Stage::Ahead(ahead),
        );
    }

    /// The oldest that goes to this machine.
    pub(super) fn first_ahead(&self, device: DeviceId) -> Option<Connection> {
        self.ahead_to(device).next()
    }

    /// Its other end is proven: what it is to say is not known yet.
    pub(super) fn hold(
        &mut self,
        connection: Connection,
        verdict: oneshot::Sender<Verdict>,
    ) -> Result<(), oneshot::Sender<Verdict>> {
        let slot = self.connections.get_mut(&connection);
        if let Some(Stage::Ahead(ahead)) = slot.map(|slot| &mut slot.stage) {
            ahead.proven = Some(verdict);
            Ok(())
        } else {
            Err(verdict)
        }
    }

    /// It becomes an ordinary one, that has been granted.
    pub(super) fn granted_ahead(&mut self, connection: Connection, stage: Stage) {
        let Some(slot) = self.connections.get_mut(&connection) else {
            return;
        };
        let before = std::mem::replace(&mut slot.stage, stage);
        if let (
            Stage::Ahead(Ahead {
                proven: Some(verdict),
                ..
            }),
            Some(device),
        ) = (before, slot.device)
        {
            let _ = verdict.send(self.go_in(connection, device));
        }
    }

    pub(super) fn next_ahead_ends(&self) -> Option<Instant> {
        let waiting = self.connections.values().filter_map(Slot::ahead);
        waiting.map(|ahead| ahead.until).min()
    }

    /// Those that nobody granted anything.
    pub(super) fn end_ahead(&self) {
        let is_over = |slot: &&Slot| slot.ahead().is_some_and(|ahead| ahead.until <= now());
        for slot in self.connections.values().filter(is_over) {
            slot.cancel.cancel();
        }
    }

    fn ahead_to(&self, device: DeviceId) -> impl Iterator<Item = Connection> {
        let to = self.connections.iter();
        to.filter(move |(_, slot)| slot.device == Some(device) && slot.ahead().is_some())
            .map(|(connection, _)| *connection)
    }
}

impl Slot {
    fn ahead(&self) -> Option<&Ahead> {
        match &self.stage {
            Stage::Ahead(ahead) if !self.cancel.is_cancelled() => Some(ahead),
            Stage::Ahead(_)
            | Stage::AtTheDoor
            | Stage::Session
            | Stage::Greeting { .. }
            | Stage::Up(_)
            | Stage::Pairing { .. }
            | Stage::Vouch { .. }
            | Stage::Redeem { .. }
            | Stage::Invited { .. }
            | Stage::Stream { .. } => None,
        }
    }
}
