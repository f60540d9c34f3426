//! The real beacon: UDP on every usable interface, and a look at the
//! interfaces from time to time.
//!
//! Everything is owned by [`UdpBeacon`]; its tasks do nothing but carry packets
//! from one socket into one queue. A full queue lets the system drop packets,
//! which is what a flood deserves.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, SocketAddr, SocketAddrV6, UdpSocket},
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, Interval, MissedTickBehavior, interval, sleep},
};

use super::{Beacon, BeaconReport, Heard, InterfaceReport, SendFailure, sockets, wake::WakeWatch};
use crate::interfaces::{Address, Interface};

/// Says which interfaces there are and which of them to use.
pub type InterfaceSource = Arc<dyn Fn() -> io::Result<Vec<Interface>> + Send + Sync>;

/// How often the interfaces are looked at. Asking takes a tenth of a millisecond on Linux, so
/// a network that comes back is noticed at once; Windows takes longer to answer.
const LOOK_EVERY: Duration = if cfg!(windows) {
    Duration::from_secs(5)
} else {
    Duration::from_secs(1)
};

/// Packets that wait to be looked at.
const QUEUE: usize = 256;

/// An announcement with one byte more than allowed is seen as too long, not as
/// cut off.
const LONGEST: usize = wire::limits::ANNOUNCEMENT + 1;

const AFTER_A_FAILURE: Duration = Duration::from_millis(100);

pub struct UdpBeacon {
    port: u16,
    source: InterfaceSource,
    interfaces: Vec<Interface>,
    senders: Vec<Sender>,
    counts: BTreeMap<String, Counts>,
    from_elsewhere: u64,
    packets: mpsc::Receiver<(Vec<u8>, SocketAddr)>,
    into_packets: mpsc::Sender<(Vec<u8>, SocketAddr)>,
    /// Carries what the shared IPv4 socket hears, as long as the beacon lives.
    _listening: JoinSet<()>,
    /// Carry what the sockets of the interfaces hear; replaced with them.
    carriers: JoinSet<()>,
    tick: Interval,
    watch: WakeWatch,
}

#[derive(Debug, Default)]
struct Counts {
    sent: u64,
    heard: u64,
    failure: Option<SendFailure>,
}

/// Sends from one address of an interface.
#[derive(Debug)]
struct Sender {
    interface: String,
    from: Address,
    index: Option<u32>,
    to: SocketAddr,
    socket: UdpSocket,
}

impl UdpBeacon {
    /// Starts to listen on `port`. Call it inside the runtime.
    pub fn start(port: u16, source: InterfaceSource) -> io::Result<Self> {
        let receiver = sockets::receiver_v4(port)?;
        let (into_packets, packets) = mpsc::channel(QUEUE);
        let mut listening = JoinSet::new();
        carry(&mut listening, receiver, into_packets.clone())?;
        let mut tick = interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut beacon = Self {
            port,
            interfaces: usable(&source),
            source,
            senders: Vec::new(),
            counts: BTreeMap::new(),
            from_elsewhere: 0,
            packets,
            into_packets,
            _listening: listening,
            carriers: JoinSet::new(),
            tick,
            watch: WakeWatch::starting(LOOK_EVERY, Instant::now(), SystemTime::now()),
        };
        beacon.open_senders();
        Ok(beacon)
    }

    /// Something of the network or of time that others should know.
    fn look(&mut self) -> Option<Heard> {
        let woke = self.watch.look(Instant::now(), SystemTime::now());
        let interfaces = usable(&self.source);
        let changed = interfaces != self.interfaces;
        if changed {
            self.interfaces = interfaces;
        }
        if changed || woke {
            // After a sleep a socket may be bound to what no longer is.
            self.open_senders();
        }
        match (woke, changed) {
            (true, _) => Some(Heard::Woke),
            (false, true) => Some(Heard::NetworkChanged),
            (false, false) => None,
        }
    }

    fn open_senders(&mut self) {
        self.carriers = JoinSet::new();
        self.senders.clear();
        let mut over_v6 = Vec::new();
        for interface in self.interfaces.clone() {
            for address in &interface.addresses {
                match Sender::open(&interface, *address, self.port) {
                    Ok(Some(sender)) => {
                        over_v6.extend(sender.index);
                        self.adopt(sender);
                    }
                    Ok(None) => {}
                    Err(error) => self.count(&interface.name).failure = Some(failure(&error)),
                }
            }
        }
        if !over_v6.is_empty() {
            let listening = sockets::receiver_v6(self.port, &over_v6)
                .and_then(|socket| carry(&mut self.carriers, socket, self.into_packets.clone()));
            if let Err(error) = listening {
                tracing::debug!(%error, "announcements over IPv6 are not heard");
            }
        }
    }

    fn adopt(&mut self, sender: Sender) {
        let hears = sender
            .socket
            .try_clone()
            .and_then(|socket| carry(&mut self.carriers, socket, self.into_packets.clone()));
        if let Err(error) = hears {
            self.count(&sender.interface).failure = Some(failure(&error));
        }
        self.senders.push(sender);
    }

    /// Counts a packet where it came in; none from outside passes.
    fn admit(&mut self, source: SocketAddr) -> bool {
        let near = self.senders.iter().find(|sender| sender.reaches(source));
        let Some(name) = near.map(|sender| sender.interface.clone()) else {
            self.from_elsewhere += 1;
            return false;
        };
        self.count(&name).heard += 1;
        true
    }

    fn count(&mut self, interface: &str) -> &mut Counts {
        self.counts.entry(interface.to_owned()).or_default()
    }

    fn note(&mut self, interface: &str, sent: &io::Result<usize>) {
        let counts = self.count(interface);
        match sent {
            Ok(_) => {
                counts.sent += 1;
                counts.failure = None;
            }
            Err(error) => counts.failure = Some(failure(error)),
        }
    }
}

#[async_trait]
impl Beacon for UdpBeacon {
    async fn heard(&mut self) -> Heard {
        loop {
            tokio::select! {
                biased;
                _ = self.tick.tick() => {
                    if let Some(news) = self.look() {
                        return news;
                    }
                }
                Some((bytes, source)) = self.packets.recv() => {
                    if self.admit(source) {
                        return Heard::Packet { bytes, source };
                    }
                }
            }
        }
    }

    fn broadcast(&mut self, packet: &[u8]) {
        let sent: Vec<_> = self
            .senders
            .iter()
            .map(|sender| {
                let sent = sender.socket.send_to(packet, sender.to);
                (sender.interface.clone(), sent)
            })
            .collect();
        for (interface, sent) in sent {
            self.note(&interface, &sent);
        }
    }

    fn reply(&mut self, to: SocketAddr, packet: &[u8]) {
        let Some(sender) = self.senders.iter().find(|sender| sender.reaches(to)) else {
            return;
        };
        let sent = sender.socket.send_to(packet, to);
        let interface = sender.interface.clone();
        self.note(&interface, &sent);
    }

    fn report(&self) -> BeaconReport {
        let of = |interface: &Interface| {
            let counts = self.counts.get(&interface.name);
            InterfaceReport {
                name: interface.name.clone(),
                sent: counts.map_or(0, |counts| counts.sent),
                heard: counts.map_or(0, |counts| counts.heard),
                failure: counts.and_then(|counts| counts.failure.clone()),
            }
        };
        BeaconReport {
            port: self.port,
            interfaces: self.interfaces.iter().map(of).collect(),
            from_elsewhere: self.from_elsewhere,
        }
    }
}

impl Sender {
    /// A sender for this address, where one makes sense.
    fn open(interface: &Interface, from: Address, port: u16) -> io::Result<Option<Self>> {
        let (socket, to, index) = match (from.ip, from.broadcast(), interface.index) {
            (IpAddr::V4(ip), Some(everybody), _) => {
                let to = SocketAddr::from((everybody, port));
                (sockets::sender_v4(ip)?, to, None)
            }
            (IpAddr::V6(ip), _, Some(index)) if ip.is_unicast_link_local() => {
                let to = SocketAddrV6::new(sockets::GROUP, port, 0, index);
                (sockets::sender_v6(ip, index)?, to.into(), Some(index))
            }
            (IpAddr::V4(_) | IpAddr::V6(_), _, _) => return Ok(None),
        };
        Ok(Some(Self {
            interface: interface.name.clone(),
            from,
            index,
            to,
            socket,
        }))
    }

    /// Whether this address is a neighbour on the sender's network.
    fn reaches(&self, address: SocketAddr) -> bool {
        match (address, self.from.ip) {
            (SocketAddr::V4(there), IpAddr::V4(here)) => {
                let outside = u32::MAX
                    .checked_shr(self.from.prefix.into())
                    .unwrap_or_default();
                (there.ip().to_bits() | outside) == (here.to_bits() | outside)
            }
            (SocketAddr::V6(there), IpAddr::V6(_)) => {
                there.ip().is_unicast_link_local() && self.index == Some(there.scope_id())
            }
            (SocketAddr::V4(_), IpAddr::V6(_)) | (SocketAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl std::fmt::Debug for UdpBeacon {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("UdpBeacon")
            .field("port", &self.port)
            .field("senders", &self.senders)
            .finish_non_exhaustive()
    }
}

fn usable(source: &InterfaceSource) -> Vec<Interface> {
    match source() {
        Ok(interfaces) => interfaces.into_iter().filter(|i| i.usable).collect(),
        Err(error) => {
            tracing::warn!(%error, "the network interfaces cannot be listed");
            Vec::new()
        }
    }
}

/// Carries what a socket hears into the queue until the set is dropped.
fn carry(
    carriers: &mut JoinSet<()>,
    socket: UdpSocket,
    queue: mpsc::Sender<(Vec<u8>, SocketAddr)>,
) -> io::Result<()> {
    let socket = tokio::net::UdpSocket::from_std(socket)?;
    carriers.spawn(async move {
        let mut buffer = [0; LONGEST];
        loop {
            match socket.recv_from(&mut buffer).await {
                Ok((length, source)) => {
                    let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                    if queue.send((bytes, source)).await.is_err() {
                        return;
                    }
                }
                // Windows tells here that an earlier packet of ours found
                // nobody (10054), and that a packet was longer than the buffer.
                // Neither says anything about the next one.
                Err(error) => {
                    tracing::trace!(%error, "a packet could not be received");
                    sleep(AFTER_A_FAILURE).await;
                }
            }
        }
    });
    Ok(())
}

fn failure(error: &io::Error) -> SendFailure {
    if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::HostUnreachable {
        SendFailure::LocalNetworkDenied
    } else {
        SendFailure::Other(error.to_string())
    }
}
