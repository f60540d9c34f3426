//! Carries out what the machines of `wire` decide.

use tokio_util::sync::CancellationToken;
use wire::{
    DeviceId,
    machine::{links, presence},
};

use super::{
    super::{
        desk::Order,
        event::{Event, SessionInfo},
        handle::LiveSession,
    },
    Actor, Stage, can_be_dialled, now,
};
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};
use wire::{
    machine::{links::Connection, session::Down},
    msg::session::Purpose,
};

/// A machine that said goodbye has this long to deny it.
const DOUBT_AFTER_GOODBYE: Duration = Duration::from_secs(2);

impl Actor {
    /// Until nothing is left to do: one machine's effect may be the other's
    /// input.
    pub(super) fn carry_out(&mut self) {
        loop {
            if let Some(effect) = self.presence.poll_effect() {
                self.of_presence(effect);
            } else if let Some(effect) = self.links.poll_effect() {
                self.of_links(effect);
            } else {
                self.greet_strangers();
                return self.start_vouches();
            }
        }
    }

    fn of_presence(&mut self, effect: presence::Effect) {
        match effect {
            presence::Effect::Broadcast(packet) => self.beacon.broadcast(&packet),
            presence::Effect::Reply { to, packet } => self.beacon.reply(to, &packet),
            presence::Effect::Dial { device, address } => self.heard_at(device, address),
            presence::Effect::Probe { device } => {
                if let Some(slot) = self
                    .settled
                    .get(&device)
                    .and_then(|connection| self.connections.get(connection))
                {
                    slot.order(Order::Probe(DOUBT_AFTER_GOODBYE));
                }
            }
            presence::Effect::Seen(device) => {
                if let Some(sighting) = self.presence.sighting(&device).cloned() {
                    if let Some(address) = sighting.addresses.first() {
                        self.heard_at(device, *address);
                    }
                    if !self.blocked.contains(&device) {
                        self.emit(Event::Sighted(sighting));
                    }
                }
            }
            presence::Effect::Gone(device) => {
                self.to_greet.retain(|(waiting, _)| *waiting != device);
                self.vouches.gone(&device);
                self.not_vouched.remove(&device);
                if !self.trusted.contains(&device) {
                    self.met.remove(&device);
                    self.failures.remove(&device);
                }
                self.emit(Event::Gone { device });
            }
        }
    }

    /// A trusted machine is dialled; one that holds a mesh key of ours is vouched
    /// with; another stranger is greeted once for each of its starts, to learn its
    /// name.
    fn heard_at(&mut self, device: DeviceId, address: SocketAddr) {
        if self.blocked.contains(&device) || !can_be_dialled(&self.neighbourhood, address) {
            return;
        }
        let vouching = self.vouch_if_wanted(device);
        if self.trusted.contains(&device) {
            return self.links.heard(device, address, now());
        }
        // Vouching tells the name as well.
        if vouching {
            return;
        }
        let heard = self
            .presence
            .sighting(&device)
            .map(|sighting| sighting.instance);
        let greeted = self.met.get(&device).map(|card| card.instance);
        let waits = self.to_greet.iter().any(|(waiting, _)| *waiting == device);
        if heard != greeted && !waits && !self.is_greeting(&device) {
            self.to_greet.push_back((device, address));
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "an effect is carried out once"
    )]
    fn of_links(&mut self, effect: links::Effect) {
        match effect {
            links::Effect::Dial { device, address } => {
                self.dial(
                    vec![address],
                    Some(device),
                    Purpose::Session,
                    Stage::Session,
                );
            }
            links::Effect::Probe {
                connection,
                patience,
            } => self.order(connection, Order::Probe(patience)),
            links::Effect::Close { connection, reason } => {
                self.order(connection, Order::Close(reason));
            }
            links::Effect::Reachable { device, connection } => self.reachable(device, connection),
            links::Effect::Unreachable { device } => {
                self.settled.remove(&device);
                self.presence.set_connected(device, false);
                self.sessions.send_modify(|sessions| {
                    sessions.remove(&device);
                });
                let why = self.why_down.remove(&device).unwrap_or(Down::Lost);
                self.emit(Event::Down { device, why });
            }
        }
    }

    fn reachable(&mut self, device: DeviceId, connection: Connection) {
        let card = self.met.get(&device).cloned();
        let Some(slot) = self.connections.get_mut(&connection) else {
            return;
        };
        let Stage::Up(upper) = &mut slot.stage else {
            return;
        };
        let (Some(inbox), Some(card)) = (upper.inbox.take(), card) else {
            return;
        };
        let info = SessionInfo {
            device,
            address: slot.address,
            incoming: slot.incoming,
            card,
            version: upper.version,
            since: SystemTime::now(),
            round_trip: None,
        };
        let live = LiveSession {
            info: info.clone(),
            outbox: upper.outbox.clone(),
        };
        let dialled = !slot.incoming;
        self.settled.insert(device, connection);
        self.presence.set_connected(device, true);
        self.failures.remove(&device);
        self.why_down.remove(&device);
        self.sessions.send_modify(|sessions| {
            sessions.insert(device, live);
        });
        self.emit(Event::Up {
            session: info,
            inbox,
        });
        if dialled {
            self.give_up_other_dials(device, connection);
        }
        self.vouch_unheard(device);
    }

    /// The first that answered won; the other addresses need not be tried to
    /// the end.
    fn give_up_other_dials(&mut self, device: DeviceId, won: Connection) {
        for (connection, slot) in &self.connections {
            let dialling = matches!(slot.stage, Stage::Session) && !slot.incoming;
            if *connection != won && dialling && slot.device == Some(device) {
                slot.cancel.cancel();
            }
        }
    }

    pub(super) fn order(&self, connection: Connection, order: Order) {
        if let Some(slot) = self.connections.get(&connection) {
            slot.order(order);
        }
    }

    /// Everything that is open with a device ends at once.
    pub(super) fn cancel_all(&mut self, device: DeviceId) {
        let cancel: Vec<&CancellationToken> = self
            .connections
            .values()
            .filter(|slot| slot.device == Some(device) && !matches!(slot.stage, Stage::Up(_)))
            .map(|slot| &slot.cancel)
            .collect();
        for token in cancel {
            token.cancel();
        }
    }
}
