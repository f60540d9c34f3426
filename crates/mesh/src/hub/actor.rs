//! The actor: everything that can wake it, and what it then does.

mod ahead;
mod claims;
mod doors;
mod invitations;
mod pairings;
mod vouching;
mod wiring;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{self, JoinError, JoinSet},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use wire::{
    DeviceId, Invitation, MeshKey,
    frame::Frame,
    machine::{
        links::{Connection, Links},
        pairing::Attempts,
        presence::{Ignored, Me, Presence},
        session::Down,
        vouch::Failures,
    },
    msg::session::{ByeReason, Form, Hello, Purpose},
    version::SPOKEN,
};

use ahead::Ahead;

use super::{
    MeshOptions,
    connection::Setting,
    desk::{Order, Report},
    doorman::Doorman,
    event::{Card, DialFailure, Event, Failure, MeshReport, PeerStream},
    handle::{Answer, Command, MeshHandle, RedeemError, Sessions},
    pace::Pace,
    session::now,
    shares::Shares,
    vouches::Vouches,
    witnesses::Witnesses,
};
use crate::{
    beacon::{Beacon, Heard},
    neighbourhood::Neighbourhood,
    transport::PeerTransport,
};

const COMMANDS: usize = 64;
const REPORTS: usize = 256;

/// A task is never behind by more orders than these; one that is gets
/// cancelled.
const ORDERS: usize = 8;

/// While more events than this wait to be taken, nothing new is let in.
const UNTAKEN: usize = 1024;

/// Goodbye is said twice, because packets get lost.
const BETWEEN_GOODBYES: Duration = Duration::from_millis(50);

/// To say BYE in every session.
const GOODBYE: Duration = Duration::from_millis(1500);

pub(super) struct Actor {
    setting: Setting,
    shares: Shares,
    me: DeviceId,
    instance: u64,
    name: String,
    name_for_strangers: String,
    form: Form,
    neighbourhood: Neighbourhood,
    transport: Arc<dyn PeerTransport>,
    beacon: Box<dyn Beacon>,
    stop: CancellationToken,

    trusted: BTreeSet<DeviceId>,
    blocked: BTreeSet<DeviceId>,
    presence: Presence,
    links: Links,
    doorman: Doorman,
    attempts: Attempts,
    /// Newest first.
    mesh_keys: Arc<[MeshKey]>,
    vouches: Vouches,
    proof_failures: Failures,
    /// What machines said about themselves.
    met: BTreeMap<DeviceId, Card>,
    /// Strangers that wait to be greeted, and where.
    to_greet: VecDeque<(DeviceId, SocketAddr)>,
    greeting: Pace,
    /// Where machines answered when a person gave the address.
    by_hand: BTreeMap<DeviceId, SocketAddr>,

    connections: BTreeMap<Connection, Slot>,
    last_connection: u64,
    tasks: JoinSet<()>,
    by_task: HashMap<task::Id, Connection>,
    /// The connection of each session that counts.
    settled: BTreeMap<DeviceId, Connection>,
    /// The connection of each pairing.
    pairings: BTreeMap<DeviceId, Connection>,
    /// Why a session ended, until the end is told.
    why_down: BTreeMap<DeviceId, Down>,

    commands: mpsc::Receiver<Command>,
    reports: mpsc::Receiver<Report>,
    into_reports: mpsc::Sender<Report>,
    sessions: watch::Sender<Sessions>,
    events: mpsc::Sender<Event>,
    untaken: VecDeque<Event>,

    ignored: BTreeMap<Ignored, u64>,
    failures: BTreeMap<DeviceId, DialFailure>,
    not_vouched: BTreeMap<DeviceId, DialFailure>,
    witnesses: Witnesses,
    refused_sources: u64,
    made_room: u64,
}

/// What the hub knows of a connection.
struct Slot {
    address: SocketAddr,
    /// Where it ends on this machine, once that is known.
    local: Option<IpAddr>,
    incoming: bool,
    /// Who is there, or who should be.
    device: Option<DeviceId>,
    orders: mpsc::Sender<Order>,
    cancel: CancellationToken,
    stage: Stage,
}

enum Stage {
    /// Accepted; nobody has decided anything.
    AtTheDoor,
    /// A session that shall come up.
    Session,
    /// Only to learn who is there.
    Greeting {
        answer: Option<Answer<(DeviceId, Card)>>,
    },
    /// A session that came up.
    Up(Box<Upper>),
    Pairing {
        card: Option<Card>,
        requested: bool,
    },
    Vouch {
        card: Option<Card>,
        /// The other's claim was granted.
        admitted: bool,
    },
    /// An invitation of the other machine.
    Redeem {
        card: Option<Card>,
        /// Until it is shown.
        invitation: Option<Invitation>,
        answer: oneshot::Sender<Result<(), RedeemError>>,
    },
    /// The other machine has an invitation of ours.
    Invited {
        card: Card,
        /// It was granted.
        admitted: bool,
    },
    /// A stream that waits for its grant.
    Ahead(Ahead),
    Stream {
        grant: String,
        answer: Option<Answer<PeerStream>>,
        /// Dialled before it was granted, and perhaps given up by the other side
        /// since.
        ahead: bool,
    },
}

/// What the layers above get once this session counts.
struct Upper {
    version: u16,
    outbox: mpsc::Sender<Frame>,
    inbox: Option<mpsc::Receiver<Frame>>,
}

enum Wake {
    Stop,
    Told(Command),
    Reported(Report),
    Heard(Heard),
    Arrived(crate::transport::Arrival),
    TaskEnded(Result<(task::Id, ()), JoinError>),
    Time,
    EventTaken,
}

impl Actor {
    pub(super) fn new(
        options: MeshOptions,
        events: mpsc::Sender<Event>,
        stop: CancellationToken,
    ) -> (Self, MeshHandle) {
        let (commanding, commands) = mpsc::channel(COMMANDS);
        let (into_reports, reports) = mpsc::channel(REPORTS);
        let (sessions, watching) = watch::channel(Sessions::new());
        let me = options.identity.device_id();
        let myself = Me {
            instance: options.instance,
            tcp_port: options.transport.port(),
            has_llm: options.has_llm,
            net: None,
        };
        let presence = Presence::new(
            options.presence,
            myself,
            options.identity.clone(),
            options.seed,
            now(),
        );
        let handle = MeshHandle {
            commands: commanding,
            sessions: watching,
            device: me,
            port: options.transport.port(),
        };
        let mut actor = Self {
            setting: Setting {
                identity: options.identity,
            },
            shares: Shares::new(options.rate),
            me,
            instance: options.instance,
            name: options.name,
            name_for_strangers: options.name_for_strangers,
            form: options.form,
            neighbourhood: options.neighbourhood,
            transport: options.transport,
            beacon: options.beacon,
            stop,
            trusted: BTreeSet::new(),
            blocked: options.blocked,
            presence,
            links: Links::new(me, options.seed),
            doorman: Doorman::default(),
            attempts: Attempts::default(),
            mesh_keys: Arc::new([]),
            vouches: Vouches::default(),
            proof_failures: Failures::default(),
            met: BTreeMap::new(),
            to_greet: VecDeque::new(),
            greeting: doors::pace_of_greetings(),
            by_hand: BTreeMap::new(),
            connections: BTreeMap::new(),
            last_connection: 0,
            tasks: JoinSet::new(),
            by_task: HashMap::new(),
            settled: BTreeMap::new(),
            pairings: BTreeMap::new(),
            why_down: BTreeMap::new(),
            commands,
            reports,
            into_reports,
            sessions,
            events,
            untaken: VecDeque::new(),
            ignored: BTreeMap::new(),
            failures: BTreeMap::new(),
            not_vouched: BTreeMap::new(),
            witnesses: Witnesses::default(),
            refused_sources: 0,
            made_room: 0,
        };
        actor.shares.set_rates(options.rates);
        for (device, key) in options.vouched {
            actor.vouches.rests_on(device, key);
        }
        actor.set_mesh_keys(options.mesh_keys);
        for (device, addresses) in options.trusted {
            actor.trust(device, addresses);
        }
        (actor, handle)
    }

    pub(super) async fn run(mut self) {
        self.carry_out();
        loop {
            match self.wake().await {
                Wake::Stop => break,
                Wake::Told(command) => self.told(command),
                Wake::Reported(report) => self.reported(report),
                Wake::Heard(heard) => self.heard(heard).await,
                Wake::Arrived(arrival) => self.arrived(arrival),
                Wake::TaskEnded(ended) => self.task_ended(&ended),
                Wake::Time => {
                    self.presence.handle_timeout(now(), wall_clock());
                    self.links.handle_timeout(now());
                    self.resume_vouches();
                    self.end_ahead();
                }
                Wake::EventTaken => {}
            }
            self.carry_out();
        }
        self.say_goodbye().await;
    }

    async fn wake(&mut self) -> Wake {
        let due = [
            self.links.poll_timeout(),
            self.vouches.poll_timeout(),
            self.next_greeting(),
            self.next_ahead_ends(),
        ]
        .into_iter()
        .flatten()
        .fold(self.presence.poll_timeout(), std::time::Instant::min);
        let open = self.untaken.len() < UNTAKEN;
        tokio::select! {
            () = self.stop.cancelled() => Wake::Stop,
            place = self.events.reserve(), if !self.untaken.is_empty() => {
                match (place, self.untaken.pop_front()) {
                    (Ok(place), Some(event)) => place.send(event),
                    // Nobody listens; the mesh goes on until it is stopped.
                    (Err(_), _) => self.untaken.clear(),
                    (Ok(_), None) => {}
                }
                Wake::EventTaken
            }
            Some(report) = self.reports.recv() => Wake::Reported(report),
            Some(command) = self.commands.recv() => Wake::Told(command),
            Some(ended) = self.tasks.join_next_with_id() => Wake::TaskEnded(ended),
            heard = self.beacon.heard(), if open => Wake::Heard(heard),
            arrival = self.transport.accept(), if open => Wake::Arrived(arrival),
            () = sleep_until(Instant::from_std(due)) => Wake::Time,
        }
    }

    fn told(&mut self, command: Command) {
        match command {
            Command::Trust { device, addresses } => self.trust(device, addresses),
            Command::Forget { device } => self.forget(device),
            Command::Block { device } => {
                self.blocked.insert(device);
                self.forget(device);
                self.cancel_all(device);
            }
            Command::Unblock { device } => {
                self.blocked.remove(&device);
                self.tell_presence_whom_we_know();
                self.vouches.forget(&device);
                self.vouch_if_wanted(device);
            }
            Command::SetName {
                name,
                for_strangers,
            } => {
                self.name = name;
                self.name_for_strangers = for_strangers;
            }
            Command::SetRates(rates) => self.shares.set_rates(rates),
            Command::SetHasLlm(has_llm) => self.presence.set_has_llm(has_llm, now()),
            Command::SetMeshKeys(keys) => self.set_mesh_keys(keys),
            Command::Redeem {
                device,
                addresses,
                invitation,
                answer,
            } => self.redeem(device, addresses, invitation, answer),
            Command::Dial { address, answer } => self.dial_by_hand(address, answer),
            Command::AskPairing { device, answer } => {
                let asked = self.ask_pairing(device);
                let _ = answer.send(asked);
            }
            Command::OpenPairing(device) => self.order_pairing(device, Order::OpenPairing),
            Command::ConfirmPairing {
                device,
                same,
                relation,
            } => self.order_pairing(device, Order::Confirm { same, relation }),
            Command::CancelPairing(device) => self.order_pairing(device, Order::CancelPairing),
            Command::DialAhead(device) => self.dial_ahead(device),
            Command::OpenStream {
                device,
                grant,
                answer,
            } => self.open_stream(device, grant, answer),
            Command::Sightings(answer) => {
                let sightings = self.presence.sightings().map(|sighting| {
                    let card = self.met.get(&sighting.device);
                    (sighting.clone(), card.cloned())
                });
                let _ = answer.send(sightings.collect());
            }
            Command::Report(answer) => {
                let _ = answer.send(self.report());
            }
        }
    }

    async fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Packet { bytes, source } => {
                if !self.neighbourhood.contains(source.ip()) {
                    self.refused_sources += 1;
                    return;
                }
                match self.presence.heard(&bytes, source, now(), wall_clock()) {
                    Ok(()) => self.witnesses.heard(&bytes, source, |device| {
                        let mut open = self.connections.values();
                        open.any(|slot| slot.device == Some(device))
                    }),
                    Err(reason) => *self.ignored.entry(reason).or_default() += 1,
                }
            }
            // Sessions stay: after a short sleep they go on.
            Heard::WillSleep => announce_goodbye(&mut self.presence, &mut *self.beacon).await,
            Heard::NetworkChanged | Heard::Woke => {
                self.presence.announce_now(now());
                self.links.network_changed(&self.beacon.addresses(), now());
            }
        }
    }

    fn trust(&mut self, device: DeviceId, addresses: Vec<SocketAddr>) {
        if device == self.me || self.blocked.contains(&device) {
            return;
        }
        self.trusted.insert(device);
        self.tell_presence_whom_we_know();
        let heard_at = self
            .presence
            .sighting(&device)
            .map(|sighting| sighting.addresses.clone());
        let addresses = heard_at.into_iter().flatten().chain(addresses);
        let mut near: Vec<_> = Vec::new();
        for address in addresses {
            if self.neighbourhood.contains(address.ip()) && !near.contains(&address) {
                near.push(address);
            }
        }
        self.links.trust(device, near, now());
    }

    fn forget(&mut self, device: DeviceId) {
        self.trusted.remove(&device);
        let instance = self.instance_of(&device);
        self.vouches.left(&device, instance);
        self.tell_presence_whom_we_know();
        self.failures.remove(&device);
        if self.settled.contains_key(&device) {
            self.why_down.insert(device, Down::Here(ByeReason::Removed));
        }
        self.links.forget(&device);
        self.shares.forget(&device);
    }

    /// Which start of a machine is known here.
    fn instance_of(&self, device: &DeviceId) -> Option<u64> {
        let heard = self.presence.sighting(device);
        let greeted = self.met.get(device).map(|card| card.instance);
        heard.map(|sighting| sighting.instance).or(greeted)
    }

    fn tell_presence_whom_we_know(&mut self) {
        let known = self.trusted.union(&self.blocked).copied().collect();
        self.presence.set_known(known);
    }

    fn emit(&mut self, event: Event) {
        self.untaken.push_back(event);
    }

    fn hello(&self, device: &DeviceId, purpose: Purpose) -> Hello {
        let trusted = self.trusted.contains(device);
        let name = if trusted {
            &self.name
        } else {
            &self.name_for_strangers
        };
        Hello {
            versions: SPOKEN,
            instance: self.instance,
            name: name.clone(),
            form: self.form,
            trusted,
            purpose,
        }
    }

    fn report(&self) -> MeshReport {
        MeshReport {
            beacon: self.beacon.report(),
            ignored: self.ignored.clone(),
            failures: self.failures.clone(),
            not_vouched: self.not_vouched.clone(),
            answered: self.witnesses.answered().clone(),
            visitors: self.witnesses.visitors().clone(),
            refused_sources: self.refused_sources,
            strangers: self.doorman.strangers(),
            made_room: self.made_room,
        }
    }

    async fn say_goodbye(mut self) {
        for slot in self.connections.values() {
            slot.order(Order::Close(ByeReason::Stopping));
            if !matches!(
                slot.stage,
                Stage::Up(_) | Stage::Session | Stage::Pairing { .. }
            ) {
                slot.cancel.cancel();
            }
        }
        // Nobody waits for an answer any more.
        self.connections.clear();
        self.commands.close();
        let ending = async { while self.tasks.join_next().await.is_some() {} };
        let reports = async { while self.reports.recv().await.is_some() {} };
        drop(self.into_reports);
        let _ = timeout(GOODBYE, async { tokio::join!(ending, reports) }).await;
        // After the BYE: a session that is still up would be doubted.
        announce_goodbye(&mut self.presence, &mut *self.beacon).await;
    }
}

impl Slot {
    /// A task that does not take its orders any more is cancelled.
    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            self.cancel.cancel();
        }
    }
}

async fn announce_goodbye(presence: &mut Presence, beacon: &mut dyn Beacon) {
    beacon.broadcast(&presence.farewell(wall_clock()));
    sleep(BETWEEN_GOODBYES).await;
    beacon.broadcast(&presence.farewell(wall_clock()));
}

/// Milliseconds since 1970, for people only.
fn wall_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// What a machine says about itself.
fn card(hello: &Hello) -> Card {
    Card {
        name: hello.name.clone(),
        form: hello.form,
        instance: hello.instance,
        trusts_us: hello.trusted,
    }
}

fn failed(address: SocketAddr, failure: Failure) -> DialFailure {
    DialFailure {
        address,
        failure,
        at: SystemTime::now(),
    }
}

/// Whether this is a place where somebody can be.
fn can_be_dialled(neighbourhood: &Neighbourhood, address: SocketAddr) -> bool {
    let nowhere = |ip: IpAddr| ip.is_unspecified() || ip.is_multicast();
    neighbourhood.contains(address.ip()) && !nowhere(address.ip()) && address.port() != 0
}
