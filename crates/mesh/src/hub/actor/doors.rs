//! Connections: who comes in, who is dialled, what becomes of them.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    task::{self, JoinError},
};
use tokio_util::sync::CancellationToken;
use wire::{
    DeviceId,
    machine::{
        links::{Connection, Direction, Opened},
        session::Down,
    },
    msg::session::{ByeReason, Hello, Purpose},
};

use super::{
    super::{
        connection::{self, Aim},
        desk::{Desk, Ending, Order, Report, Verdict},
        doorman::Whose,
        event::{Card, Event, Failure, PeerStream},
        handle::{Answer, ReachError},
        pace::Pace,
    },
    Actor, ORDERS, Slot, Stage, Upper, can_be_dialled, card,
    claims::Whom,
    failed, now,
};
use crate::{framed::Framed, transport::Arrival};

/// Strangers greeted at the same time; the others wait their turn.
const GREETINGS: usize = 16;

/// A network of usual size is greeted at once. Each greeting takes a handshake,
/// and a crowd, or whoever makes one up, may not keep a processor busy with them.
const GREETED_AT_ONCE: u32 = 64;
const BETWEEN_GREETINGS: Duration = Duration::from_millis(250);

/// Strangers that wait to be greeted: as many as presence holds.
const TO_GREET: usize = 64;

/// Sessions that one trusted machine may be opening here: both sides dial all
/// addresses they know of each other at once, and each that is too many takes a
/// second to be closed.
const SESSIONS_EACH: usize = 16;

/// Nobody types more addresses than these.
const BY_HAND: usize = 64;

pub(super) fn pace_of_greetings() -> Pace {
    Pace::new(GREETED_AT_ONCE, BETWEEN_GREETINGS)
}

impl Actor {
    pub(super) fn arrived(&mut self, arrival: Arrival) {
        if !self.neighbourhood.contains(arrival.address.ip()) {
            self.refused_sources += 1;
            return;
        }
        self.witnesses.came(arrival.address.ip());
        let (connection, mut desk, cancel) =
            self.open_slot(arrival.address, true, None, Stage::AtTheDoor);
        let from = arrival.address.ip();
        let whose = if self.has_session_with(from) {
            Whose::Friends
        } else {
            Whose::Nobodys
        };
        if let Some(leaves) = self.doorman.admit(connection, from, whose) {
            self.made_room += 1;
            if let Some(slot) = self.connections.get(&leaves) {
                slot.cancel.cancel();
            }
        }
        let setting = self.setting.clone();
        self.run_task(connection, async move {
            let work = connection::incoming(arrival.handshake, setting, &mut desk);
            let ending = tokio::select! {
                () = cancel.cancelled() => Ending::Failed(Failure::Broken("cancelled".to_owned())),
                ending = work => ending,
            };
            desk.report(Report::Ended(connection, ending)).await;
        });
    }

    /// Opens a connection to one of these addresses.
    pub(super) fn dial(
        &mut self,
        addresses: Vec<SocketAddr>,
        device: Option<DeviceId>,
        purpose: Purpose,
        stage: Stage,
    ) -> Option<Connection> {
        let address = *addresses.first()?;
        let (connection, mut desk, cancel) = self.open_slot(address, false, device, stage);
        let setting = self.setting.clone();
        let transport = self.transport.clone();
        let aim = Aim {
            addresses,
            device,
            purpose,
        };
        self.run_task(connection, async move {
            let work = connection::outgoing(transport, aim, setting, &mut desk);
            let ending = tokio::select! {
                () = cancel.cancelled() => Ending::Failed(Failure::Broken("cancelled".to_owned())),
                ending = work => ending,
            };
            desk.report(Report::Ended(connection, ending)).await;
        });
        Some(connection)
    }

    pub(super) fn dial_by_hand(&mut self, address: SocketAddr, answer: Answer<(DeviceId, Card)>) {
        if !can_be_dialled(&self.neighbourhood, address) {
            let _ = answer.send(Err(ReachError::Failed(Failure::Far)));
            return;
        }
        let stage = Stage::Greeting {
            answer: Some(answer),
        };
        self.dial(vec![address], None, Purpose::Session, stage);
    }

    pub(super) fn open_stream(
        &mut self,
        device: DeviceId,
        grant: String,
        answer: Answer<PeerStream>,
    ) {
        if !self.trusted.contains(&device) {
            let _ = answer.send(Err(ReachError::NotTrusted));
            return;
        }
        match self.first_ahead(device) {
            Some(connection) => {
                let stage = Stage::Stream {
                    grant,
                    answer: Some(answer),
                    ahead: true,
                };
                self.granted_ahead(connection, stage);
            }
            None => self.dial_stream(device, grant, answer),
        }
    }

    fn dial_stream(&mut self, device: DeviceId, grant: String, answer: Answer<PeerStream>) {
        let addresses = self.places_of(&device);
        if addresses.is_empty() {
            let _ = answer.send(Err(ReachError::Failed(Failure::NoAddress)));
            return;
        }
        let stage = Stage::Stream {
            grant: grant.clone(),
            answer: Some(answer),
            ahead: false,
        };
        self.dial(addresses, Some(device), Purpose::Stream { grant }, stage);
    }

    /// Where this machine may be: where its session goes, and where it was
    /// heard.
    pub(super) fn places_of(&self, device: &DeviceId) -> Vec<SocketAddr> {
        let heard = self.presence.sighting(device);
        // Of one that came to us the port is only where it came from.
        let session = self
            .settled
            .get(device)
            .and_then(|connection| self.connections.get(connection))
            .filter(|slot| !slot.incoming)
            .map(|slot| slot.address);
        let heard = heard.into_iter().flat_map(|sighting| &sighting.addresses);
        let mut places = Vec::new();
        let by_hand = self.by_hand.get(device);
        for address in session.into_iter().chain(heard.chain(by_hand).copied()) {
            if can_be_dialled(&self.neighbourhood, address) && !places.contains(&address) {
                places.push(address);
            }
        }
        places
    }

    fn has_session_with(&self, address: IpAddr) -> bool {
        let settled = self.settled.values();
        settled
            .filter_map(|connection| self.connections.get(connection))
            .any(|slot| slot.address.ip() == address)
    }

    pub(super) fn greet_strangers(&mut self) {
        self.to_greet.truncate(TO_GREET);
        while !self.to_greet.is_empty() && self.greetings() < GREETINGS && self.greeting.take() {
            if let Some((device, address)) = self.to_greet.pop_front() {
                let stage = Stage::Greeting { answer: None };
                self.dial(vec![address], Some(device), Purpose::Session, stage);
            }
        }
    }

    /// When to greet again, where only the pace stands in the way.
    pub(super) fn next_greeting(&self) -> Option<std::time::Instant> {
        let waits = !self.to_greet.is_empty() && self.greetings() < GREETINGS;
        waits.then(|| self.greeting.ready().into_std())
    }

    pub(super) fn is_greeting(&self, device: &DeviceId) -> bool {
        self.connections.values().any(|slot| {
            matches!(slot.stage, Stage::Greeting { .. }) && slot.device == Some(*device)
        })
    }

    fn greetings(&self) -> usize {
        self.connections
            .values()
            .filter(|slot| matches!(slot.stage, Stage::Greeting { answer: None }))
            .count()
    }

    pub(super) fn reported(&mut self, report: Report) {
        match report {
            Report::Proven {
                connection,
                device,
                address,
                local,
                hello,
                answer,
            } => {
                if let Some(slot) = self.connections.get_mut(&connection) {
                    slot.local = Some(local);
                }
                self.proven(connection, (device, address), hello, answer);
            }
            Report::Met { connection, hello } => self.met(connection, &hello),
            Report::Up {
                connection,
                version,
                outbox,
                inbox,
            } => {
                let upper = Upper {
                    version,
                    outbox,
                    inbox: Some(inbox),
                };
                self.up(connection, upper);
            }
            Report::Alive(connection) => {
                if let Some(device) = self.device_of(connection) {
                    self.links.alive(&device, connection);
                }
            }
            Report::RoundTrip(connection, trip) => {
                if let Some(device) = self.device_of(connection)
                    && self.settled.get(&device) == Some(&connection)
                {
                    self.sessions.send_modify(|sessions| {
                        if let Some(session) = sessions.get_mut(&device) {
                            session.info.round_trip = Some(trip);
                        }
                    });
                }
            }
            Report::PairingRequested(connection) => self.pairing_requested(connection),
            Report::PairingCode(connection, code) => {
                if let Some(device) = self.device_of(connection) {
                    self.emit(Event::PairingCode { device, code });
                }
            }
            Report::Claimed(connection, claim) => self.claimed(connection, claim),
            Report::Admitted(connection) => self.admitted(connection),
            Report::Stream(connection, framed) => self.stream_opened(connection, framed),
            Report::Ended(connection, ending) => self.ended(connection, ending),
        }
    }

    /// Somebody has proven who they are: what do they hear?
    fn proven(
        &mut self,
        connection: Connection,
        (device, address): (DeviceId, SocketAddr),
        hello: Option<Hello>,
        mut answer: oneshot::Sender<Verdict>,
    ) {
        let Some(slot) = self.connections.get_mut(&connection) else {
            return;
        };
        slot.device = Some(device);
        slot.address = address;
        let verdict = if device == self.me {
            Verdict::Drop(Failure::Ourselves)
        } else if self.blocked.contains(&device) {
            Verdict::Drop(Failure::TurnedAway(ByeReason::NotTrusted))
        } else {
            match hello {
                Some(hello) => self.let_in(connection, device, &hello),
                None => match self.hold(connection, answer) {
                    Ok(()) => return,
                    Err(now) => {
                        answer = now;
                        self.go_in(connection, device)
                    }
                },
            }
        };
        let _ = answer.send(verdict);
    }

    /// Somebody came and said this.
    fn let_in(&mut self, connection: Connection, device: DeviceId, hello: &Hello) -> Verdict {
        let trusted = self.trusted.contains(&device);
        match &hello.purpose {
            Purpose::Session if trusted && self.sessions_of(device) >= SESSIONS_EACH => {
                Verdict::Refuse(ByeReason::TooLoud)
            }
            Purpose::Session => {
                if trusted {
                    self.doorman.release(connection);
                }
                self.set_stage(connection, Stage::Session);
                self.greet(device)
            }
            Purpose::Stream { .. } if !trusted => Verdict::Refuse(ByeReason::NotTrusted),
            Purpose::Stream { grant } => {
                let Some(place) = self.shares.stream(device) else {
                    return Verdict::Refuse(ByeReason::TooLoud);
                };
                self.doorman.release(connection);
                let stage = Stage::Stream {
                    grant: grant.clone(),
                    answer: None,
                    ahead: false,
                };
                self.set_stage(connection, stage);
                Verdict::Stream(self.hello(&device, hello.purpose.clone()), Some(place))
            }
            Purpose::Pairing => self.asked_to_pair(connection, device, hello),
            Purpose::Vouch => self.asked_to_vouch(connection, device, hello),
            Purpose::Invitation => self.asked_to_redeem(connection, device, hello),
        }
    }

    /// We went there and found this device.
    pub(super) fn go_in(&mut self, connection: Connection, device: DeviceId) -> Verdict {
        let stage = self.connections.get(&connection).map(|slot| &slot.stage);
        match stage {
            Some(Stage::Session | Stage::Greeting { .. }) => self.greet(device),
            Some(Stage::Stream { grant, .. }) => {
                let grant = grant.clone();
                Verdict::Stream(self.hello(&device, Purpose::Stream { grant }), None)
            }
            Some(Stage::Pairing { .. }) => self.asking(device),
            Some(Stage::Vouch { .. }) => self.vouching(&device),
            Some(Stage::Redeem { .. }) => self.redeeming(connection, &device),
            Some(Stage::AtTheDoor | Stage::Up(_) | Stage::Invited { .. } | Stage::Ahead(_))
            | None => Verdict::Drop(Failure::Broken("not expected".to_owned())),
        }
    }

    fn greet(&mut self, device: DeviceId) -> Verdict {
        let meter = if self.trusted.contains(&device) {
            self.shares.meter(device)
        } else {
            self.shares.meter_of_a_stranger()
        };
        Verdict::Greet(self.hello(&device, Purpose::Session), meter)
    }

    fn sessions_of(&self, device: DeviceId) -> usize {
        let of_device = self.connections.values().filter(|slot| {
            slot.incoming
                && slot.device == Some(device)
                && matches!(slot.stage, Stage::Session | Stage::Up(_))
        });
        of_device.count()
    }

    fn met(&mut self, connection: Connection, hello: &Hello) {
        let card = card(hello);
        let Some(slot) = self.connections.get_mut(&connection) else {
            return;
        };
        let Some(device) = slot.device else {
            return;
        };
        let mut by_hand = false;
        match &mut slot.stage {
            Stage::Greeting { answer } => {
                if let Some(answer) = answer.take() {
                    if self.by_hand.len() >= BY_HAND {
                        self.by_hand.pop_first();
                    }
                    self.by_hand.insert(device, slot.address);
                    by_hand = true;
                    let _ = answer.send(Ok((device, card.clone())));
                }
            }
            Stage::Pairing { card: place, .. }
            | Stage::Vouch { card: place, .. }
            | Stage::Redeem { card: place, .. } => *place = Some(card.clone()),
            Stage::AtTheDoor
            | Stage::Session
            | Stage::Up(_)
            | Stage::Ahead(_)
            | Stage::Stream { .. }
            | Stage::Invited { .. } => {}
        }
        self.remember(device, card);
        if by_hand {
            self.vouch_if_wanted(device);
        }
    }

    /// A stranger that nobody hears any more is not remembered.
    pub(super) fn remember(&mut self, device: DeviceId, card: Card) {
        let known = self.trusted.contains(&device)
            || self.by_hand.contains_key(&device)
            || self.presence.sighting(&device).is_some();
        if self.met.get(&device) == Some(&card) {
            return;
        }
        if known {
            self.met.insert(device, card.clone());
        }
        self.emit(Event::Met { device, card });
    }

    fn up(&mut self, connection: Connection, upper: Upper) {
        let Some(slot) = self.connections.get_mut(&connection) else {
            return;
        };
        let Some(device) = slot.device else {
            return;
        };
        slot.stage = Stage::Up(Box::new(upper));
        let (address, incoming, local) = (slot.address, slot.incoming, slot.local);
        self.doorman.release(connection);
        let instance = self.met.get(&device).map_or(0, |card| card.instance);
        let direction = if incoming {
            Direction::Incoming
        } else {
            Direction::Outgoing
        };
        let opened = Opened {
            connection,
            device,
            direction,
            instance,
            address,
            local,
        };
        self.links.opened(opened, now());
    }

    fn stream_opened(&mut self, connection: Connection, frames: Framed) {
        let Some(slot) = self.connections.get_mut(&connection) else {
            return;
        };
        let (Some(device), Stage::Stream { grant, answer, .. }) = (slot.device, &mut slot.stage)
        else {
            return;
        };
        let stream = PeerStream {
            device,
            grant: grant.clone(),
            frames,
        };
        match answer.take() {
            Some(answer) => {
                let _ = answer.send(Ok(stream));
            }
            None => self.emit(Event::Stream(stream)),
        }
    }

    fn ended(&mut self, connection: Connection, ending: Ending) {
        self.doorman.release(connection);
        let Some(slot) = self.connections.remove(&connection) else {
            return;
        };
        match (slot.stage, ending) {
            (Stage::Up(_), ending) => {
                let why = match ending {
                    Ending::Session(down) => down,
                    Ending::Failed(_)
                    | Ending::Pairing(_)
                    | Ending::Trust(_)
                    | Ending::HandedUp => Down::Lost,
                };
                if let Some(device) = slot.device {
                    if self.settled.get(&device) == Some(&connection) {
                        self.why_down.insert(device, why);
                    }
                    if why == Down::There(ByeReason::Duplicate) {
                        self.links.closed_for_second(device, connection, now());
                    } else {
                        self.links.closed(device, connection, now());
                    }
                }
            }
            (Stage::Session, ending) if !slot.incoming => {
                self.not_reached(slot.device, slot.address, why_not(ending));
            }
            (Stage::Greeting { answer }, ending) => {
                let failure = why_not(ending);
                match answer {
                    Some(answer) => {
                        let _ = answer.send(Err(ReachError::Failed(failure)));
                    }
                    None => {
                        if let Some(device) = slot.device {
                            self.greeted(device, slot.address, failure);
                        }
                    }
                }
            }
            (
                Stage::Stream {
                    grant,
                    answer: Some(answer),
                    ahead,
                },
                ending,
            ) => match (why_not(ending), slot.device) {
                // It was given up over there in the meantime.
                (Failure::Broken(_), Some(device)) if ahead && self.trusted.contains(&device) => {
                    self.dial_stream(device, grant, answer);
                }
                (failure, _) => {
                    let _ = answer.send(Err(ReachError::Failed(failure)));
                }
            },
            (Stage::Pairing { card, requested }, ending) => {
                if let Some(device) = slot.device {
                    let address = (!slot.incoming).then_some(slot.address);
                    self.pairing_ended(connection, (device, address), (card, requested), ending);
                }
            }
            (
                stage @ (Stage::Vouch { .. } | Stage::Redeem { .. } | Stage::Invited { .. }),
                ending,
            ) => {
                if let Some(device) = slot.device {
                    let whom = Whom {
                        device,
                        address: slot.address,
                        incoming: slot.incoming,
                    };
                    self.trust_ended(connection, whom, stage, ending);
                }
            }
            (
                Stage::AtTheDoor
                | Stage::Session
                | Stage::Ahead(_)
                | Stage::Stream { answer: None, .. },
                _,
            ) => {}
        }
    }

    /// A trusted machine was dialled for a session in vain.
    fn not_reached(&mut self, device: Option<DeviceId>, address: SocketAddr, failure: Failure) {
        let Some(device) = device else {
            return;
        };
        self.links.dial_failed(device, address, now());
        if self.settled.contains_key(&device) || !self.trusted.contains(&device) {
            return;
        }
        let failure = failed(address, failure);
        let before = self.failures.insert(device, failure.clone());
        if before.is_none_or(|before| before.failure != failure.failure) {
            self.emit(Event::NotReached { device, failure });
        }
    }

    /// A stranger was greeted; that it does not trust us is no failure.
    fn greeted(&mut self, device: DeviceId, address: SocketAddr, failure: Failure) {
        if self.met.contains_key(&device) {
            self.failures.remove(&device);
        } else if self.presence.sighting(&device).is_some() {
            self.failures.insert(device, failed(address, failure));
        }
    }

    /// A task that panicked is a connection that broke.
    pub(super) fn task_ended(&mut self, ended: &Result<(task::Id, ()), JoinError>) {
        let (id, crashed) = match ended {
            Ok((id, ())) => (*id, false),
            Err(error) => (error.id(), true),
        };
        let Some(connection) = self.by_task.remove(&id) else {
            return;
        };
        if crashed {
            tracing::error!(connection = connection.0, "the task of a connection failed");
            self.ended(connection, Ending::Session(Down::Lost));
        }
    }

    pub(super) fn device_of(&self, connection: Connection) -> Option<DeviceId> {
        self.connections
            .get(&connection)
            .and_then(|slot| slot.device)
    }

    pub(super) fn set_stage(&mut self, connection: Connection, stage: Stage) {
        if let Some(slot) = self.connections.get_mut(&connection) {
            slot.stage = stage;
        }
    }

    fn open_slot(
        &mut self,
        address: SocketAddr,
        incoming: bool,
        device: Option<DeviceId>,
        stage: Stage,
    ) -> (Connection, Desk, CancellationToken) {
        self.last_connection += 1;
        let connection = Connection(self.last_connection);
        let (orders, taken) = mpsc::channel::<Order>(ORDERS);
        let cancel = CancellationToken::new();
        self.connections.insert(
            connection,
            Slot {
                address,
                local: None,
                incoming,
                device,
                orders,
                cancel: cancel.clone(),
                stage,
            },
        );
        let desk = Desk {
            connection,
            reports: self.into_reports.clone(),
            orders: taken,
        };
        (connection, desk, cancel)
    }

    fn run_task(
        &mut self,
        connection: Connection,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let task = self.tasks.spawn(work);
        self.by_task.insert(task.id(), connection);
    }
}

pub(super) fn why_not(ending: Ending) -> Failure {
    match ending {
        Ending::Failed(failure) => failure,
        Ending::Trust(Err(not)) => not.into(),
        Ending::Session(Down::Here(reason) | Down::There(reason)) => Failure::TurnedAway(reason),
        Ending::Session(Down::Lost)
        | Ending::Pairing(_)
        | Ending::Trust(Ok(_))
        | Ending::HandedUp => Failure::Broken("the connection broke".to_owned()),
    }
}
