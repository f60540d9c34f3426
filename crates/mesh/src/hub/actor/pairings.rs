//! Pairings: one at a time with each machine, whoever asked.

use std::net::SocketAddr;

use wire::{
    DeviceId,
    machine::{links::Connection, pairing::Pairing},
    msg::{
        pair::{NONCE, Nonce},
        session::{ByeReason, Hello, Purpose},
    },
};

use super::{
    super::{
        desk::{Ending, Order, Verdict},
        event::{Card, Event, Failure, PairingEnd},
        handle::ReachError,
        pairing::Settled,
    },
    Actor, Stage, card, now,
};

impl Actor {
    /// The person here wants to pair.
    pub(super) fn ask_pairing(&mut self, device: DeviceId) -> Result<(), ReachError> {
        if self.blocked.contains(&device) {
            return Err(ReachError::Blocked);
        }
        if let Some(connection) = self.pairings.get(&device) {
            let theirs = self
                .connections
                .get(connection)
                .is_some_and(|slot| slot.incoming);
            if !theirs {
                return Err(ReachError::UnderWay);
            }
            self.order(*connection, Order::OpenPairing);
            return Ok(());
        }
        let stage = Stage::Pairing {
            card: None,
            requested: false,
        };
        let places = self.places_of(&device);
        let connection = self
            .dial(places, Some(device), Purpose::Pairing, stage)
            .ok_or(ReachError::Failed(Failure::NoAddress))?;
        self.pairings.insert(device, connection);
        Ok(())
    }

    pub(super) fn order_pairing(&mut self, device: DeviceId, order: Order) {
        if let Some(connection) = self.pairings.get(&device) {
            self.order(*connection, order);
        }
    }

    /// We got through to the machine that the person here wants to pair with.
    pub(super) fn asking(&self, device: DeviceId) -> Verdict {
        match nonce() {
            Ok(nonce) => Verdict::Pair {
                hello: self.hello(&device, Purpose::Pairing),
                nonce,
                opened: true,
            },
            Err(failure) => Verdict::Drop(failure),
        }
    }

    /// Somebody there wants to pair.
    pub(super) fn asked_to_pair(
        &mut self,
        connection: Connection,
        device: DeviceId,
        hello: &Hello,
    ) -> Verdict {
        let Some(address) = self.connections.get(&connection).map(|slot| slot.address) else {
            return Verdict::Refuse(ByeReason::Unknown);
        };
        if self.attempts.admit(address.ip(), now()).is_err() {
            return Verdict::Refuse(ByeReason::TooLoud);
        }
        let running = self.pairings.get(&device).copied();
        let asked_ourselves = running
            .and_then(|running| self.connections.get(&running))
            .is_some_and(|slot| !slot.incoming);
        if running.is_some() && (!asked_ourselves || Pairing::keeps_asking(&self.me, &device)) {
            return Verdict::Refuse(ByeReason::Duplicate);
        }
        let nonce = match nonce() {
            Ok(nonce) => nonce,
            Err(failure) => return Verdict::Drop(failure),
        };
        self.doorman.release(connection);
        let card = card(hello);
        self.set_stage(
            connection,
            Stage::Pairing {
                card: Some(card.clone()),
                requested: asked_ourselves,
            },
        );
        self.pairings.insert(device, connection);
        if let Some(own) = running.and_then(|running| self.connections.get(&running)) {
            own.cancel.cancel();
        }
        self.remember(device, card);
        Verdict::Pair {
            hello: self.hello(&device, Purpose::Pairing),
            nonce,
            opened: asked_ourselves,
        }
    }

    pub(super) fn pairing_requested(&mut self, connection: Connection) {
        let Some(slot) = self.connections.get_mut(&connection) else {
            return;
        };
        let address = slot.address;
        if let (Some(device), Stage::Pairing { card, requested }) = (slot.device, &mut slot.stage)
            && let Some(card) = card.clone()
        {
            *requested = true;
            self.emit(Event::PairingRequested {
                device,
                card,
                address,
            });
        }
    }

    pub(super) fn places(&self, device: &DeviceId, dialled: Option<SocketAddr>) -> Vec<SocketAddr> {
        let mut places = self.places_of(device);
        places.extend(dialled.filter(|address| !places.contains(address)));
        places
    }

    pub(super) fn pairing_ended(
        &mut self,
        connection: Connection,
        // Of one that came to us the port is only where it came from.
        (device, dialled): (DeviceId, Option<SocketAddr>),
        (card, requested): (Option<Card>, bool),
        ending: Ending,
    ) {
        // Two machines asked at once, and the other connection goes on.
        if self.pairings.get(&device) != Some(&connection) {
            return;
        }
        self.pairings.remove(&device);
        let end = match ending {
            Ending::Pairing(Settled::Paired {
                relation,
                certificate,
            }) => match card {
                Some(card) => PairingEnd::Paired {
                    relation,
                    certificate,
                    card,
                    addresses: self.places(&device, dialled),
                },
                None => PairingEnd::Broken,
            },
            Ending::Pairing(Settled::Not(end)) => end,
            Ending::Failed(failure) if requested => {
                tracing::debug!(?failure, "a pairing broke");
                PairingEnd::Broken
            }
            Ending::Failed(failure) => PairingEnd::NotReached(failure),
            Ending::Session(_) | Ending::Trust(_) | Ending::HandedUp => PairingEnd::Broken,
        };
        if matches!(end, PairingEnd::Paired { .. }) {
            let places = self.places(&device, dialled);
            self.trust(device, places);
        }
        self.emit(Event::PairingEnded { device, end });
    }
}

fn nonce() -> Result<Nonce, Failure> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(Nonce(nonce))
}
