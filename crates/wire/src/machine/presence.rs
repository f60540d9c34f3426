//! Presence: who is around, when to say that we are, whom to dial.
//!
//! The machine is fed packets and the time, and hands out effects; sockets and
//! timers belong to whoever drives it. A packet is paid for step by step: first
//! its source has a budget, then it must parse, then a signature check is
//! granted (known machines first), and only a verified, newer packet touches
//! the table.
//!
//! Invariants: the table is bounded; a reply is never larger than what it
//! answers, and one place gets a handful of them; nothing heard here changes trust or ends a session.

mod budget;
mod replies;
mod schedule;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    net::{IpAddr, SocketAddr, SocketAddrV6},
    sync::Arc,
    time::{Duration, Instant},
};

use budget::{Budget, Claim};
use replies::{Replies, Waiting};
use schedule::Schedule;

use crate::{
    DeviceId, MeshKey, MeshKeyId, Signer,
    msg::announce::{Announcement, Kind, NetTag},
};

/// Machines nobody here knows, kept so that a person can pair with them; a
/// flood replaces the longest silent one and never grows the table.
const UNKNOWN: usize = 64;

/// A laptop has Wi-Fi, a cable and perhaps a dock.
const ADDRESSES: usize = 4;

/// A machine that cannot be reached is not knocked on at every packet.
const BETWEEN_DIALS: Duration = Duration::from_secs(5);

/// Up to this many machines everybody answers a newcomer; beyond it only as
/// many as this divided by eight, on average: the newcomer learns the others
/// inside a session.
const EVERYBODY_REPLIES: usize = 64;
const REPLIES_BEYOND: f64 = 8.0;

/// Replies spread over this much, plus the share of each machine present.
const REPLY_SPREAD: Duration = Duration::from_millis(10);
const REPLY_SPREAD_EACH: Duration = Duration::from_micros(500);
const REPLY_SPREAD_MOST: Duration = Duration::from_secs(2);

/// A machine that is about to sleep still answers when it is asked at once.
const SECOND_LOOK: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Config {
    pub interval: Duration,
    /// A machine that is only heard, not connected, is gone after this.
    pub timeout: Duration,
}

/// What we say about ourselves.
#[derive(Debug, Clone)]
pub struct Me {
    pub instance: u64,
    pub tcp_port: u16,
    pub has_llm: bool,
    pub net: Option<NetTag>,
}

/// A machine that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub device: DeviceId,
    pub instance: u64,
    pub tcp_port: u16,
    pub has_llm: bool,
    pub net: Option<NetTag>,
    /// What the tag says to us.
    pub mesh: MeshTag,
    /// Where it was heard from, latest first.
    pub addresses: Vec<SocketAddr>,
    /// How far its clock was ahead of ours at its latest packet, in
    /// milliseconds; shown to people and judged by nobody.
    pub clock_ahead: i64,
    pub last_heard: Instant,
}

/// Whether a machine announces a mesh key that is held here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeshTag {
    /// It announces none.
    None,
    Ours(MeshKeyId),
    /// One that is not held here.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this from every interface.
    Broadcast(Vec<u8>),
    /// Send this to where a packet came from.
    Reply { to: SocketAddr, packet: Vec<u8> },
    /// Try to open a link.
    Dial {
        device: DeviceId,
        address: SocketAddr,
    },
    /// Ask a live session whether it still lives: the machine said goodbye.
    Probe { device: DeviceId },
    /// A machine is new here, moved, or says something else about itself.
    Seen(DeviceId),
    /// A machine that was only heard has fallen silent.
    Gone(DeviceId),
}

/// Why a packet was not believed; counted for the doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    OwnPacket,
    SourceTooLoud,
    Unreadable,
    NoAttentionLeft,
    Forged,
    Old,
}

pub struct Presence {
    config: Config,
    me: Me,
    /// Newest first; the newest is announced.
    mesh_keys: Arc<[MeshKey]>,
    signer: Arc<dyn Signer>,
    sequence: u64,
    schedule: Schedule,
    budget: Budget,
    seen: BTreeMap<DeviceId, Entry>,
    known: BTreeSet<DeviceId>,
    connected: BTreeSet<DeviceId>,
    /// Said goodbye while a session lived, and when to ask them once more.
    doubted: BTreeMap<DeviceId, Instant>,
    replies: Replies,
    effects: VecDeque<Effect>,
    rng: fastrand::Rng,
}

#[derive(Debug)]
struct Entry {
    sighting: Sighting,
    sequence: u64,
    /// Of the latest packet: the same one over another interface tells one more
    /// address and needs no second look at its signature.
    digest: blake3::Hash,
    dialled: BTreeMap<SocketAddr, Instant>,
}

/// A packet that was believed, with what is known about how it came.
struct Heard<'a> {
    announcement: &'a Announcement,
    bytes: &'a [u8],
    source: SocketAddr,
    clock_ahead: i64,
}

impl Presence {
    /// `seed` makes the jitter; a fixed one makes a run repeatable.
    pub fn new(config: Config, me: Me, signer: Arc<dyn Signer>, seed: u64, now: Instant) -> Self {
        Self {
            schedule: Schedule::starting(config.interval, now),
            budget: Budget::starting(now),
            config,
            me,
            mesh_keys: Arc::new([]),
            signer,
            sequence: 0,
            seen: BTreeMap::new(),
            known: BTreeSet::new(),
            connected: BTreeSet::new(),
            doubted: BTreeMap::new(),
            replies: Replies::default(),
            effects: VecDeque::new(),
            rng: fastrand::Rng::with_seed(seed),
        }
    }

    /// The machines somebody here decided about: they are heard first and never
    /// pushed out of the table.
    pub fn set_known(&mut self, known: BTreeSet<DeviceId>) {
        self.known = known;
    }

    /// While a session lives it alone says that the machine is there.
    pub fn set_connected(&mut self, device: DeviceId, connected: bool) {
        if connected {
            self.connected.insert(device);
        } else {
            self.connected.remove(&device);
            self.doubted.remove(&device);
        }
    }

    /// An interface came up, the machine woke, or something about us changed.
    pub fn announce_now(&mut self, now: Instant) {
        self.schedule.burst(now);
    }

    pub fn set_has_llm(&mut self, has_llm: bool, now: Instant) {
        if self.me.has_llm != has_llm {
            self.me.has_llm = has_llm;
            self.announce_now(now);
        }
    }

    /// The mesh keys held from now on, newest first.
    pub fn set_mesh_keys(&mut self, keys: Arc<[MeshKey]>, now: Instant) {
        self.mesh_keys = keys;
        let (me, instance) = (self.signer.device_id(), self.me.instance);
        let net = self.mesh_keys.first().map(|key| key.tag(&me, instance));
        if self.me.net != net {
            self.me.net = net;
            self.announce_now(now);
        }
        for (device, entry) in &mut self.seen {
            let heard = &mut entry.sighting;
            let mesh = recognised(&self.mesh_keys, device, heard.instance, heard.net);
            if heard.mesh != mesh {
                heard.mesh = mesh;
                self.effects.push_back(Effect::Seen(*device));
            }
        }
    }

    pub fn sighting(&self, device: &DeviceId) -> Option<&Sighting> {
        self.seen.get(device).map(|entry| &entry.sighting)
    }

    pub fn sightings(&self) -> impl Iterator<Item = &Sighting> {
        self.seen.values().map(|entry| &entry.sighting)
    }

    /// A packet that says goodbye, to be sent twice on the way out.
    pub fn farewell(&mut self, wall_clock: u64) -> Vec<u8> {
        self.packet(Kind::Offline, wall_clock)
    }

    /// A packet arrived. `wall_clock` is ours, in milliseconds since 1970.
    pub fn heard(
        &mut self,
        bytes: &[u8],
        source: SocketAddr,
        now: Instant,
        wall_clock: u64,
    ) -> Result<(), Ignored> {
        if !self.budget.admits(source.ip(), now) {
            return Err(Ignored::SourceTooLoud);
        }
        let packet = Announcement::parse(bytes).map_err(|_| Ignored::Unreadable)?;
        let claim = packet.claim();
        if claim.device == self.signer.device_id() {
            return Err(Ignored::OwnPacket);
        }
        let device = claim.device;
        if let Some(entry) = self.seen.get(&device)
            && (claim.instance, claim.sequence) <= (entry.sighting.instance, entry.sequence)
        {
            return self.same_packet_elsewhere(device, bytes, source, now);
        }
        if !self.budget.check(self.claim(device, source.ip()), now) {
            return Err(Ignored::NoAttentionLeft);
        }
        let announcement = packet.verify().map_err(|_| Ignored::Forged)?;
        match announcement.kind {
            Kind::Offline => self.said_goodbye(&announcement, now),
            Kind::Online | Kind::Reply => {
                let heard = Heard {
                    announcement: &announcement,
                    bytes,
                    source,
                    clock_ahead: ahead(announcement.timestamp, wall_clock),
                };
                self.present(&heard, now);
            }
        }
        Ok(())
    }

    /// When [`Presence::handle_timeout`] has something to do again.
    pub fn poll_timeout(&self) -> Instant {
        let silence = self
            .seen
            .values()
            .filter(|entry| !self.connected.contains(&entry.sighting.device))
            .map(|entry| entry.sighting.last_heard + self.silence())
            .min();
        let second_look = self.doubted.values().min().copied();
        [self.replies.next(), silence, second_look]
            .into_iter()
            .flatten()
            .fold(self.schedule.next(), Instant::min)
    }

    /// `wall_clock`: milliseconds since 1970, shown to people by others.
    pub fn handle_timeout(&mut self, now: Instant, wall_clock: u64) {
        if self.schedule.due(now, self.seen.len(), &mut self.rng) {
            let packet = self.packet(Kind::Online, wall_clock);
            self.effects.push_back(Effect::Broadcast(packet));
        }
        self.send_replies(now, wall_clock);
        self.look_again(now);
        self.forget_the_silent(now);
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// What a packet says about who it is from.
    fn claim(&self, device: DeviceId, source: IpAddr) -> Claim {
        if !self.known.contains(&device) {
            return Claim::Stranger;
        }
        let sighting = self.sighting(&device);
        Claim::Known {
            device,
            source,
            at_home: sighting.is_some_and(|sighting| {
                let mut places = sighting.addresses.iter();
                places.any(|place| place.ip() == source)
            }),
        }
    }

    fn present(&mut self, heard: &Heard<'_>, now: Instant) {
        let Heard {
            announcement: said,
            bytes,
            source,
            clock_ahead,
        } = *heard;
        let device = said.device;
        let address = dialled_at(source, said.tcp_port);
        let before = self.seen.get(&device).map(|entry| entry.sighting.clone());
        let new_start = before
            .as_ref()
            .is_none_or(|sighting| sighting.instance != said.instance);

        if before.is_none() {
            self.make_room(device);
        }
        let mesh = recognised(&self.mesh_keys, &device, said.instance, said.net);
        let entry = self.seen.entry(device).or_insert_with(|| Entry {
            sighting: Sighting {
                device,
                instance: said.instance,
                tcp_port: said.tcp_port,
                has_llm: said.has_llm,
                net: said.net,
                mesh,
                addresses: Vec::new(),
                clock_ahead,
                last_heard: now,
            },
            sequence: said.sequence,
            digest: blake3::hash(bytes),
            dialled: BTreeMap::new(),
        });
        entry.sequence = said.sequence;
        entry.digest = blake3::hash(bytes);
        let sighting = &mut entry.sighting;
        sighting.instance = said.instance;
        sighting.tcp_port = said.tcp_port;
        sighting.has_llm = said.has_llm;
        sighting.net = said.net;
        sighting.mesh = mesh;
        sighting.clock_ahead = clock_ahead;
        sighting.last_heard = now;
        sighting
            .addresses
            .retain(|known| *known != address && known.port() == said.tcp_port);
        sighting.addresses.insert(0, address);
        sighting.addresses.truncate(ADDRESSES);

        if before.is_none_or(|before| differs(&before, &entry.sighting)) {
            self.effects.push_back(Effect::Seen(device));
        }
        self.dial(device, address, now);
        if new_start && said.kind == Kind::Online {
            self.plan_reply(source, bytes.len(), now);
        }
    }

    /// A machine with several addresses is heard from each. The first packet
    /// counts; its copies only add places to knock at, behind those known, so
    /// that a copy sent by somebody else displaces nothing.
    fn same_packet_elsewhere(
        &mut self,
        device: DeviceId,
        bytes: &[u8],
        source: SocketAddr,
        now: Instant,
    ) -> Result<(), Ignored> {
        let Some(entry) = self.seen.get_mut(&device) else {
            return Err(Ignored::Old);
        };
        let sighting = &mut entry.sighting;
        let address = dialled_at(source, sighting.tcp_port);
        let new = !sighting.addresses.contains(&address) && sighting.addresses.len() < ADDRESSES;
        if !new || entry.digest != blake3::hash(bytes) {
            return Err(Ignored::Old);
        }
        sighting.addresses.push(address);
        self.effects.push_back(Effect::Seen(device));
        self.dial(device, address, now);
        Ok(())
    }

    fn said_goodbye(&mut self, heard: &Announcement, now: Instant) {
        let device = heard.device;
        if !self.connected.contains(&device) {
            if self.seen.remove(&device).is_some() {
                self.effects.push_back(Effect::Gone(device));
            }
            return;
        }
        // The same goodbye again is old news.
        if let Some(entry) = self.seen.get_mut(&device) {
            entry.sighting.instance = heard.instance;
            entry.sequence = heard.sequence;
        }
        self.doubted.entry(device).or_insert_with(|| {
            self.effects.push_back(Effect::Probe { device });
            now + SECOND_LOOK
        });
    }

    fn dial(&mut self, device: DeviceId, address: SocketAddr, now: Instant) {
        if self.connected.contains(&device) {
            return;
        }
        let Some(entry) = self.seen.get_mut(&device) else {
            return;
        };
        let recently = entry
            .dialled
            .get(&address)
            .is_some_and(|at| now.saturating_duration_since(*at) < BETWEEN_DIALS);
        if recently {
            return;
        }
        entry
            .dialled
            .retain(|_, at| now.saturating_duration_since(*at) < BETWEEN_DIALS);
        entry.dialled.insert(address, now);
        self.effects.push_back(Effect::Dial { device, address });
    }

    fn plan_reply(&mut self, to: SocketAddr, answered_bytes: usize, now: Instant) {
        let machines = self.seen.len();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a count of machines is far below 2^52"
        )]
        let share = REPLIES_BEYOND / machines as f64;
        if machines > EVERYBODY_REPLIES && self.rng.f64() >= share {
            return;
        }
        let each = REPLY_SPREAD_EACH.saturating_mul(u32::try_from(machines).unwrap_or(u32::MAX));
        let spread = (REPLY_SPREAD + each).min(REPLY_SPREAD_MOST);
        let at = now + spread.mul_f64(self.rng.f64());
        let reply = Waiting {
            at,
            to,
            answered_bytes,
        };
        self.replies.plan(reply, now);
    }

    fn send_replies(&mut self, now: Instant, wall_clock: u64) {
        for reply in self.replies.due(now) {
            let packet = self.packet(Kind::Reply, wall_clock);
            if packet.len() <= reply.answered_bytes {
                self.effects.push_back(Effect::Reply {
                    to: reply.to,
                    packet,
                });
            }
        }
    }

    fn look_again(&mut self, now: Instant) {
        let effects = &mut self.effects;
        self.doubted.retain(|device, at| {
            let early = now < *at;
            if !early {
                effects.push_back(Effect::Probe { device: *device });
            }
            early
        });
    }

    fn forget_the_silent(&mut self, now: Instant) {
        let silence = self.silence();
        let gone: Vec<_> = self
            .seen
            .values()
            .map(|entry| &entry.sighting)
            .filter(|sighting| !self.connected.contains(&sighting.device))
            .filter(|sighting| now.saturating_duration_since(sighting.last_heard) >= silence)
            .map(|sighting| sighting.device)
            .collect();
        for device in gone {
            self.seen.remove(&device);
            self.effects.push_back(Effect::Gone(device));
        }
    }

    /// A stranger more than the table holds: the longest silent one leaves.
    fn make_room(&mut self, newcomer: DeviceId) {
        if self.known.contains(&newcomer) {
            return;
        }
        let unknown = || {
            self.seen
                .values()
                .map(|entry| &entry.sighting)
                .filter(|sighting| {
                    !self.known.contains(&sighting.device)
                        && !self.connected.contains(&sighting.device)
                })
        };
        if unknown().count() < UNKNOWN {
            return;
        }
        let silent = unknown()
            .min_by_key(|sighting| sighting.last_heard)
            .map(|s| s.device);
        if let Some(device) = silent {
            self.seen.remove(&device);
            self.effects.push_back(Effect::Gone(device));
        }
    }

    fn silence(&self) -> Duration {
        let stretched = schedule::stretched(self.config.interval, self.seen.len());
        self.config.timeout.max(stretched.mul_f64(2.5))
    }

    fn packet(&mut self, kind: Kind, wall_clock: u64) -> Vec<u8> {
        self.sequence += 1;
        Announcement {
            kind,
            device: self.signer.device_id(),
            instance: self.me.instance,
            sequence: self.sequence,
            tcp_port: self.me.tcp_port,
            has_llm: self.me.has_llm,
            timestamp: wall_clock,
            net: self.me.net,
        }
        .encode(self.signer.as_ref())
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Presence")
            .field("me", &self.me)
            .field("seen", &self.seen.len())
            .finish_non_exhaustive()
    }
}

/// A tag is looked at only after the signature over it was checked, so it is the
/// device's own.
fn recognised(keys: &[MeshKey], device: &DeviceId, instance: u64, net: Option<NetTag>) -> MeshTag {
    let Some(tag) = net else {
        return MeshTag::None;
    };
    match keys.iter().find(|key| key.made(&tag, device, instance)) {
        Some(key) => MeshTag::Ours(key.id()),
        None => MeshTag::Other,
    }
}

fn differs(before: &Sighting, after: &Sighting) -> bool {
    before.instance != after.instance
        || before.tcp_port != after.tcp_port
        || before.has_llm != after.has_llm
        || before.net != after.net
        || before.mesh != after.mesh
        || !same_places(&before.addresses, &after.addresses)
}

/// Which of its addresses was heard last says nothing about the machine.
fn same_places(before: &[SocketAddr], after: &[SocketAddr]) -> bool {
    before.len() == after.len() && before.iter().all(|address| after.contains(address))
}

/// By how much a clock is ahead of another, as far as numbers go.
fn ahead(theirs: u64, ours: u64) -> i64 {
    let difference = i128::from(theirs) - i128::from(ours);
    i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN } else { i64::MAX })
}

/// The packet's source with the announced port. A link-local address keeps the
/// interface it is valid on.
fn dialled_at(source: SocketAddr, tcp_port: u16) -> SocketAddr {
    match source {
        SocketAddr::V4(v4) => SocketAddr::from((*v4.ip(), tcp_port)),
        SocketAddr::V6(v6) => SocketAddrV6::new(*v6.ip(), tcp_port, 0, v6.scope_id()).into(),
    }
}
