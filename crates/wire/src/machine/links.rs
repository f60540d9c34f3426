//! Which connections stay: one session for each pair of machines, opened again
//! whenever it breaks.
//!
//! Both sides may dial, and both do after a network comes back, so two sessions
//! of one pair meet all the time. A newer start of the other machine wins. Of
//! two that the two sides opened together, the one that the smaller id opened
//! takes the place of the other, and both sides see that alike. In every other
//! case the old session is asked whether it still lives: it has a second, then
//! the new one takes its place.
//!
//! A trusted machine that is away is dialled again, first quickly, then ever
//! more slowly, and at once when it is heard or the network changes.

#[cfg(test)]
mod tests;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use crate::{DeviceId, msg::session::ByeReason};

/// Two sessions opened within this are one meeting seen from two sides.
const TOGETHER: Duration = Duration::from_secs(5);

/// How long an old session has to show that it lives when a second one appears.
const DOUBT: Duration = Duration::from_secs(1);

/// After a sleep or a change of network, when every session is doubted.
const DOUBT_AFTER_CHANGE: Duration = Duration::from_secs(2);

/// The other side closed a session because it has a second one; that one's
/// greeting travels by itself and may arrive a little later.
const SECOND_ARRIVES: Duration = Duration::from_secs(2);

/// A session that ends sooner than this was none: dialling again at once would
/// make the two go round in a circle.
const SETTLED_AFTER: Duration = Duration::from_secs(1);

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A machine has been around: that many places are worth knocking at.
const ADDRESSES: usize = 8;

/// One connection, numbered by whoever drives the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection(pub u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Outgoing,
    Incoming,
}

/// A session that is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    pub connection: Connection,
    pub device: DeviceId,
    pub direction: Direction,
    /// Which start of the other machine it is.
    pub instance: u64,
    pub address: SocketAddr,
    /// Where it ends on this machine, where that can be told.
    pub local: Option<IpAddr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Dial {
        device: DeviceId,
        address: SocketAddr,
    },
    /// Ask a session whether it lives.
    Probe {
        connection: Connection,
        patience: Duration,
    },
    Close {
        connection: Connection,
        reason: ByeReason,
    },
    /// The machine can be reached; from now on through this connection.
    Reachable {
        device: DeviceId,
        connection: Connection,
    },
    /// No session is left.
    Unreachable { device: DeviceId },
}

#[derive(Debug)]
pub struct Links {
    me: DeviceId,
    peers: BTreeMap<DeviceId, Peer>,
    effects: VecDeque<Effect>,
    rng: fastrand::Rng,
}

#[derive(Debug, Default)]
struct Peer {
    /// Latest good one first.
    addresses: Vec<SocketAddr>,
    session: Option<Session>,
    /// A second session that waits for the first to prove that it lives.
    waiting: Option<Session>,
    dialling: BTreeSet<SocketAddr>,
    failures: u32,
    redial: Option<Instant>,
    /// Until then a second session is on its way, and the machine counts as
    /// reachable.
    second_until: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Session {
    opened: Opened,
    at: Instant,
}

impl Links {
    pub fn new(me: DeviceId, seed: u64) -> Self {
        Self {
            me,
            peers: BTreeMap::new(),
            effects: VecDeque::new(),
            rng: fastrand::Rng::with_seed(seed),
        }
    }

    /// From now on there shall be a session. The addresses it was last seen at
    /// are dialled before any announcement arrives.
    pub fn trust(&mut self, device: DeviceId, addresses: Vec<SocketAddr>, now: Instant) {
        let peer = self.peers.entry(device).or_default();
        for address in addresses.into_iter().rev() {
            peer.remember(address);
        }
        self.dial(device, now);
    }

    /// No longer; whatever is open is closed.
    pub fn forget(&mut self, device: &DeviceId) {
        let Some(peer) = self.peers.remove(device) else {
            return;
        };
        let sessions = [peer.session, peer.waiting].into_iter().flatten();
        for session in sessions {
            self.close(session, ByeReason::Removed);
        }
        if peer.session.is_some() || peer.second_until.is_some() {
            self.effects
                .push_back(Effect::Unreachable { device: *device });
        }
    }

    /// The machine was heard there.
    pub fn heard(&mut self, device: DeviceId, address: SocketAddr, now: Instant) {
        let Some(peer) = self.peers.get_mut(&device) else {
            return;
        };
        peer.remember(address);
        peer.failures = 0;
        self.dial(device, now);
    }

    /// The network changed or the machine woke. What ended at an address that this
    /// machine has no longer is dead; every other session is doubted, and every
    /// known address is tried at the same time, whatever is under way: that may
    /// wait for an answer to an address of before.
    pub fn network_changed(&mut self, addresses: &[IpAddr], now: Instant) {
        let devices: Vec<_> = self.peers.keys().copied().collect();
        for device in devices {
            let Some(peer) = self.peers.get_mut(&device) else {
                continue;
            };
            peer.failures = 0;
            peer.dialling.clear();
            let is_dead = |session: &Session| {
                let local = session.opened.local;
                local.is_some_and(|local| !addresses.contains(&local))
            };
            let dead_second = peer.waiting.take_if(|session| is_dead(session));
            let dead = peer.session.take_if(|session| is_dead(session));
            let second = peer.waiting.take_if(|_| dead.is_some());
            let alive = peer.session;
            match (dead, second) {
                (Some(_), Some(second)) => self.settle(second),
                (Some(_), None) => self.effects.push_back(Effect::Unreachable { device }),
                (None, _) => {}
            }
            for session in [dead, dead_second].into_iter().flatten() {
                self.close(session, ByeReason::Silent);
            }
            if let Some(session) = alive {
                let connection = session.opened.connection;
                self.effects.push_back(Effect::Probe {
                    connection,
                    patience: DOUBT_AFTER_CHANGE,
                });
            }
            self.dial_everywhere(device, now);
        }
    }

    pub fn dial_failed(&mut self, device: DeviceId, address: SocketAddr, now: Instant) {
        let Some(peer) = self.peers.get_mut(&device) else {
            return;
        };
        peer.dialling.remove(&address);
        if peer.session.is_none() && peer.dialling.is_empty() {
            peer.failures = peer.failures.saturating_add(1);
            self.plan_redial(device, now);
        }
    }

    pub fn opened(&mut self, opened: Opened, now: Instant) {
        let session = Session { opened, at: now };
        let device = opened.device;
        let Some(peer) = self.peers.get_mut(&device) else {
            return self.close(session, ByeReason::NotTrusted);
        };
        peer.dialling.remove(&opened.address);
        if opened.direction == Direction::Outgoing {
            peer.remember(opened.address);
        }
        peer.redial = None;
        peer.second_until = None;
        match peer.session {
            None => self.settle(session),
            Some(old) => self.two_sessions(old, session),
        }
    }

    /// A session answered a probe, or said anything at all.
    pub fn alive(&mut self, device: &DeviceId, connection: Connection) {
        let Some(peer) = self.peers.get_mut(device) else {
            return;
        };
        if peer
            .session
            .is_some_and(|session| session.opened.connection == connection)
            && let Some(second) = peer.waiting.take()
        {
            self.close(second, ByeReason::Duplicate);
        }
    }

    /// The other side closed a connection because it keeps a second one.
    pub fn closed_for_second(&mut self, device: DeviceId, connection: Connection, now: Instant) {
        let Some(peer) = self.peers.get_mut(&device) else {
            return;
        };
        let alone = peer.waiting.is_none();
        match peer.session {
            Some(session) if session.opened.connection == connection && alone => {
                peer.session = None;
                peer.second_until = Some(now + SECOND_ARRIVES);
            }
            Some(_) | None => self.closed(device, connection, now),
        }
    }

    /// A connection of this machine ended.
    pub fn closed(&mut self, device: DeviceId, connection: Connection, now: Instant) {
        let Some(peer) = self.peers.get_mut(&device) else {
            return;
        };
        let is_this = |session: &mut Session| session.opened.connection == connection;
        if peer.waiting.take_if(is_this).is_none()
            && let Some(ended) = peer.session.take_if(is_this)
        {
            let lasted = now.saturating_duration_since(ended.at) >= SETTLED_AFTER;
            peer.failures = if lasted {
                0
            } else {
                peer.failures.saturating_add(1)
            };
            if let Some(second) = peer.waiting.take() {
                return self.settle(second);
            }
            self.effects.push_back(Effect::Unreachable { device });
            if lasted {
                self.dial(device, now);
            } else {
                self.plan_redial(device, now);
            }
        }
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        self.peers
            .values()
            .flat_map(|peer| [peer.redial, peer.second_until])
            .flatten()
            .min()
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        let given_up: Vec<_> = self
            .peers
            .iter_mut()
            .filter_map(|(device, peer)| {
                peer.second_until.take_if(|until| *until <= now)?;
                Some(*device)
            })
            .collect();
        for device in given_up {
            self.effects.push_back(Effect::Unreachable { device });
            self.dial(device, now);
        }
        let due: Vec<_> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.redial.is_some_and(|at| at <= now))
            .map(|(device, _)| *device)
            .collect();
        for device in due {
            self.dial_everywhere(device, now);
        }
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn two_sessions(&mut self, old: Session, new: Session) {
        let opposite = new.opened.direction != old.opened.direction;
        let together = new.at.saturating_duration_since(old.at) <= TOGETHER;
        match new.opened.instance.cmp(&old.opened.instance) {
            Ordering::Greater => self.replace(old, new),
            Ordering::Less => self.close(new, ByeReason::Duplicate),
            Ordering::Equal if opposite && together => {
                let smaller_opened_new =
                    (new.opened.direction == Direction::Outgoing) == (self.me < new.opened.device);
                if smaller_opened_new {
                    self.replace(old, new);
                } else {
                    // The other side may know already that it is dead.
                    self.doubt(old, new);
                }
            }
            Ordering::Equal => self.doubt(old, new),
        }
    }

    fn replace(&mut self, old: Session, new: Session) {
        self.close(old, ByeReason::Duplicate);
        self.settle(new);
    }

    /// The new session waits until the old one has shown whether it lives.
    fn doubt(&mut self, old: Session, new: Session) {
        let connection = old.opened.connection;
        self.effects.push_back(Effect::Probe {
            connection,
            patience: DOUBT,
        });
        let peer = self.peers.get_mut(&new.opened.device);
        if let Some(third) = peer.and_then(|peer| peer.waiting.replace(new)) {
            self.close(third, ByeReason::Duplicate);
        }
    }

    fn settle(&mut self, session: Session) {
        let Opened {
            device, connection, ..
        } = session.opened;
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.session = Some(session);
            self.effects
                .push_back(Effect::Reachable { device, connection });
        }
    }

    fn dial(&mut self, device: DeviceId, now: Instant) {
        let reachable = self
            .peers
            .get(&device)
            .is_none_or(|peer| peer.session.is_some());
        if !reachable {
            self.dial_everywhere(device, now);
        }
    }

    fn dial_everywhere(&mut self, device: DeviceId, now: Instant) {
        let Some(peer) = self.peers.get_mut(&device) else {
            return;
        };
        peer.redial = None;
        let mut dialled = false;
        for address in &peer.addresses {
            dialled = true;
            if peer.dialling.insert(*address) {
                self.effects.push_back(Effect::Dial {
                    device,
                    address: *address,
                });
            }
        }
        if !dialled {
            self.plan_redial(device, now);
        }
    }

    fn plan_redial(&mut self, device: DeviceId, now: Instant) {
        let jitter = 0.8 + 0.4 * self.rng.f64();
        let Some(peer) = self.peers.get_mut(&device) else {
            return;
        };
        // Without an address there is nothing to dial until it is heard.
        if !peer.addresses.is_empty() {
            let doublings = peer.failures.saturating_sub(1).min(16);
            let pause = FIRST_PAUSE
                .saturating_mul(1 << doublings)
                .min(LONGEST_PAUSE);
            peer.redial = Some(now + pause.mul_f64(jitter));
        }
    }

    fn close(&mut self, session: Session, reason: ByeReason) {
        let connection = session.opened.connection;
        self.effects.push_back(Effect::Close { connection, reason });
    }
}

impl Peer {
    fn remember(&mut self, address: SocketAddr) {
        self.addresses.retain(|known| *known != address);
        self.addresses.insert(0, address);
        self.addresses.truncate(ADDRESSES);
    }
}
