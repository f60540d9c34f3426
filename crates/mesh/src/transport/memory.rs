//! A network in memory, for tests: links can be cut and healed, everything
//! takes as long as it is told to, and bytes are counted. Nobody proves
//! anything here; the ids are what the test says.
//!
//! A cut link loses nothing that was written: like TCP it holds it back until
//! the link is healed. Announcements are lost.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::mpsc,
    time::{Instant, Sleep, sleep, sleep_until},
};
use wire::{DeviceId, machine::pairing::ChannelBinding};

use super::{Arrival, CONNECT_LIMIT, Channel, OpenError, PeerTransport};
use crate::beacon::{Beacon, BeaconReport, Heard};

/// What the other end has not read yet; beyond it a writer waits.
const WINDOW: usize = 64 * 1024;

/// Where machines of a test announce themselves from.
const ANNOUNCE_PORT: u16 = 5000;

/// The network. Cloning gives another handle to the same one.
#[derive(Clone, Default)]
pub struct MemoryNetwork(Arc<Mutex<Net>>);

#[derive(Default)]
struct Net {
    machines: BTreeMap<IpAddr, Machine>,
    cut: BTreeSet<(IpAddr, IpAddr)>,
    delay: Duration,
    pipes: Vec<Weak<Pipe>>,
    bytes: BTreeMap<(IpAddr, IpAddr), u64>,
    connections: u64,
}

struct Machine {
    device: DeviceId,
    port: u16,
    arrivals: mpsc::UnboundedSender<Arrival>,
    heard: mpsc::UnboundedSender<Heard>,
}

/// One machine's transport in a [`MemoryNetwork`].
pub struct MemoryTransport {
    network: MemoryNetwork,
    device: DeviceId,
    address: SocketAddr,
    arrivals: tokio::sync::Mutex<mpsc::UnboundedReceiver<Arrival>>,
}

/// One machine's announcements in a [`MemoryNetwork`].
pub struct MemoryBeacon {
    network: MemoryNetwork,
    ip: IpAddr,
    heard: mpsc::UnboundedReceiver<Heard>,
}

impl MemoryNetwork {
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a machine into the network, or replaces the one that was there.
    pub fn join(&self, device: DeviceId, address: SocketAddr) -> (MemoryTransport, MemoryBeacon) {
        let (arrivals, arriving) = mpsc::unbounded_channel();
        let (heard, hearing) = mpsc::unbounded_channel();
        self.lock().machines.insert(
            address.ip(),
            Machine {
                device,
                port: address.port(),
                arrivals,
                heard,
            },
        );
        let transport = MemoryTransport {
            network: self.clone(),
            device,
            address,
            arrivals: tokio::sync::Mutex::new(arriving),
        };
        let beacon = MemoryBeacon {
            network: self.clone(),
            ip: address.ip(),
            heard: hearing,
        };
        (transport, beacon)
    }

    /// The machine is switched off at once: its connections break.
    pub fn kill(&self, ip: IpAddr) {
        self.lock().machines.remove(&ip);
        self.break_all(ip);
    }

    /// All its connections break; it lives on.
    pub fn break_all(&self, ip: IpAddr) {
        for pipe in self.lock().living_pipes() {
            if pipe.ends.0 == ip || pipe.ends.1 == ip {
                pipe.with(|state| state.broken = true);
            }
        }
    }

    /// How long everything takes from now on.
    pub fn set_delay(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    pub fn cut(&self, one: IpAddr, other: IpAddr) {
        self.lock().cut.insert(pair(one, other));
    }

    pub fn heal(&self, one: IpAddr, other: IpAddr) {
        let mut net = self.lock();
        net.cut.remove(&pair(one, other));
        net.wake_all();
    }

    pub fn heal_all(&self) {
        let mut net = self.lock();
        net.cut.clear();
        net.wake_all();
    }

    /// Something happened to the machine itself.
    pub fn tell(&self, ip: IpAddr, what: Heard) {
        if let Some(machine) = self.lock().machines.get(&ip) {
            let _ = machine.heard.send(what);
        }
    }

    /// A packet of whoever pleases.
    pub fn inject(&self, to: IpAddr, source: SocketAddr, bytes: Vec<u8>) {
        self.tell(to, Heard::Packet { bytes, source });
    }

    /// Bytes of connections that went from one to the other.
    pub fn bytes(&self, from: IpAddr, to: IpAddr) -> u64 {
        self.lock()
            .bytes
            .get(&(from, to))
            .copied()
            .unwrap_or_default()
    }

    /// Somebody connects and then says nothing, not even who they are.
    pub fn knock(&self, to: IpAddr, from: SocketAddr) {
        if let Some(machine) = self.lock().machines.get(&to) {
            let _ = machine.arrivals.send(Arrival {
                address: from,
                handshake: Box::pin(std::future::pending()),
            });
        }
    }

    /// How many connections were opened since the beginning.
    pub fn connections(&self) -> u64 {
        self.lock().connections
    }

    fn lock(&self) -> MutexGuard<'_, Net> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_cut(&self, one: IpAddr, other: IpAddr) -> bool {
        self.lock().cut.contains(&pair(one, other))
    }

    fn send_packet(&self, from: IpAddr, to: Option<IpAddr>, packet: &[u8]) {
        let net = self.lock();
        let source = SocketAddr::new(from, ANNOUNCE_PORT);
        for (ip, machine) in &net.machines {
            let meant = *ip != from && to.is_none_or(|to| to == *ip);
            if meant && !net.cut.contains(&pair(from, *ip)) {
                let bytes = packet.to_vec();
                let _ = machine.heard.send(Heard::Packet { bytes, source });
            }
        }
    }

    fn connect(&self, from: (DeviceId, IpAddr), to: SocketAddr) -> Result<Channel, OpenError> {
        let mut net = self.lock();
        net.connections += 1;
        let number = net.connections;
        let machine = net.machines.get(&to.ip()).ok_or(OpenError::Unreachable)?;
        if machine.port != to.port() {
            return Err(OpenError::Refused);
        }
        let (device, arrivals) = (machine.device, machine.arrivals.clone());
        let there = Arc::new(Pipe::new((from.1, to.ip())));
        let back = Arc::new(Pipe::new((to.ip(), from.1)));
        net.pipes.retain(|pipe| pipe.strong_count() > 0);
        net.pipes
            .extend([Arc::downgrade(&there), Arc::downgrade(&back)]);
        drop(net);

        let mut binding = [0; 32];
        for (place, byte) in binding.iter_mut().zip(number.to_be_bytes()) {
            *place = byte;
        }
        let binding = ChannelBinding(binding);
        // Above the ports that the system would give.
        let port = u16::try_from(number % 10_000).unwrap_or_default();
        let address = SocketAddr::new(from.1, 50_000 + port);
        let theirs = Channel {
            stream: Box::new(MemoryStream::new(self, there.clone(), back.clone())),
            device: from.0,
            binding,
            address,
            local: to.ip(),
        };
        let arrival = Arrival {
            address,
            handshake: Box::pin(std::future::ready(Ok(theirs))),
        };
        arrivals.send(arrival).map_err(|_| OpenError::Refused)?;
        Ok(Channel {
            stream: Box::new(MemoryStream::new(self, back, there)),
            device,
            binding,
            address: to,
            local: from.1,
        })
    }
}

#[async_trait]
impl PeerTransport for MemoryTransport {
    async fn open(&self, address: SocketAddr) -> Result<Channel, OpenError> {
        let delay = self.network.lock().delay;
        sleep(delay).await;
        if self.network.is_cut(self.address.ip(), address.ip()) {
            sleep(CONNECT_LIMIT.saturating_sub(delay)).await;
            return Err(OpenError::NoAnswer);
        }
        self.network
            .connect((self.device, self.address.ip()), address)
    }

    async fn accept(&self) -> Arrival {
        match self.arrivals.lock().await.recv().await {
            Some(arrival) => arrival,
            // Another machine took the place in the network.
            None => std::future::pending().await,
        }
    }

    fn port(&self) -> u16 {
        self.address.port()
    }
}

#[async_trait]
impl Beacon for MemoryBeacon {
    async fn heard(&mut self) -> Heard {
        match self.heard.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await,
        }
    }

    fn broadcast(&mut self, packet: &[u8]) {
        self.network.send_packet(self.ip, None, packet);
    }

    fn reply(&mut self, to: SocketAddr, packet: &[u8]) {
        self.network.send_packet(self.ip, Some(to.ip()), packet);
    }

    fn addresses(&self) -> Vec<IpAddr> {
        vec![self.ip]
    }

    fn report(&self) -> BeaconReport {
        BeaconReport::default()
    }
}

impl Net {
    fn living_pipes(&self) -> Vec<Arc<Pipe>> {
        self.pipes.iter().filter_map(Weak::upgrade).collect()
    }

    fn wake_all(&self) {
        for pipe in self.living_pipes() {
            pipe.with(|_| {});
        }
    }
}

fn pair(one: IpAddr, other: IpAddr) -> (IpAddr, IpAddr) {
    (one.min(other), one.max(other))
}

/// One direction of a connection.
struct Pipe {
    ends: (IpAddr, IpAddr),
    state: Mutex<PipeState>,
}

#[derive(Default)]
struct PipeState {
    queue: VecDeque<(Instant, Vec<u8>)>,
    held: usize,
    closed: bool,
    broken: bool,
    waiting: Vec<Waker>,
}

impl Pipe {
    fn new(ends: (IpAddr, IpAddr)) -> Self {
        Self {
            ends,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, PipeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something and wakes both ends.
    fn with(&self, change: impl FnOnce(&mut PipeState)) {
        let mut state = self.lock();
        change(&mut state);
        for waker in std::mem::take(&mut state.waiting) {
            waker.wake();
        }
    }
}

struct MemoryStream {
    network: MemoryNetwork,
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
    under_way: Option<Pin<Box<Sleep>>>,
}

impl MemoryStream {
    fn new(network: &MemoryNetwork, incoming: Arc<Pipe>, outgoing: Arc<Pipe>) -> Self {
        Self {
            network: network.clone(),
            incoming,
            outgoing,
            under_way: None,
        }
    }
}

impl Drop for MemoryStream {
    fn drop(&mut self) {
        self.outgoing.with(|state| state.closed = true);
        self.incoming.with(|state| state.broken = true);
    }
}

impl AsyncRead for MemoryStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if let Some(sleep) = &mut self.under_way {
                std::task::ready!(sleep.as_mut().poll(context));
                self.under_way = None;
            }
            let (one, other) = self.incoming.ends;
            let cut = self.network.is_cut(one, other);
            let incoming = self.incoming.clone();
            let mut state = incoming.lock();
            if state.broken {
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
            let due = state.queue.front().map(|(due, _)| *due);
            match due {
                Some(due) if !cut && due <= Instant::now() => {
                    let Some((due, mut bytes)) = state.queue.pop_front() else {
                        continue;
                    };
                    let rest = bytes.split_off(bytes.len().min(buffer.remaining()));
                    buffer.put_slice(&bytes);
                    state.held -= bytes.len();
                    if !rest.is_empty() {
                        state.queue.push_front((due, rest));
                    }
                    for waker in std::mem::take(&mut state.waiting) {
                        waker.wake();
                    }
                    return Poll::Ready(Ok(()));
                }
                Some(due) if !cut => {
                    self.under_way = Some(Box::pin(sleep_until(due)));
                }
                None if state.closed && !cut => return Poll::Ready(Ok(())),
                Some(_) | None => {
                    state.waiting.push(context.waker().clone());
                    return Poll::Pending;
                }
            }
        }
    }
}

impl AsyncWrite for MemoryStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let ends = self.outgoing.ends;
        let mut net = self.network.lock();
        let due = Instant::now() + net.delay;
        let mut state = self.outgoing.lock();
        if state.broken || state.closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let room = WINDOW.saturating_sub(state.held).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            state.waiting.push(context.waker().clone());
            return Poll::Pending;
        }
        let taken = bytes.get(..room).unwrap_or_default();
        state.queue.push_back((due, taken.to_vec()));
        state.held += room;
        *net.bytes.entry(ends).or_default() += room as u64;
        for waker in std::mem::take(&mut state.waiting) {
            waker.wake();
        }
        Poll::Ready(Ok(room))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.with(|state| state.closed = true);
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for MemoryNetwork {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MemoryNetwork")
    }
}

impl fmt::Debug for MemoryTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MemoryTransport({})", self.address)
    }
}

impl fmt::Debug for MemoryBeacon {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MemoryBeacon({})", self.ip)
    }
}
