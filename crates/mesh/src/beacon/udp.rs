//! The real beacon: UDP and mDNS on every usable interface, and a look at the
//! interfaces from time to time.
//!
//! Everything is owned by [`UdpBeacon`]; its tasks do nothing but carry packets
//! from one socket into one queue, and news of sleep from the system.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, Interval, MissedTickBehavior, interval},
};

use super::{
    Beacon, BeaconReport, Heard,
    carrier::{self, Parcel},
    changes::Changes,
    mdns::Mdns,
    outlets::Outlets,
    sleep::{Sleep, SleepWatch},
    sockets,
    wake::WakeWatch,
};
use crate::{interfaces::Interface, neighbourhood::Neighbourhood};

/// Says which interfaces there are and which of them to use.
pub type InterfaceSource = Arc<dyn Fn() -> io::Result<Vec<Interface>> + Send + Sync>;

/// How often the interfaces are looked at, whether or not the system tells of
/// changes. Asking takes a tenth of a millisecond on Linux; Windows takes longer
/// to answer.
const LOOK_EVERY: Duration = if cfg!(windows) {
    Duration::from_secs(2)
} else {
    Duration::from_secs(1)
};

/// Packets that wait to be looked at.
const QUEUE: usize = 256;

#[derive(Clone)]
pub struct BeaconOptions {
    /// Where everybody listens.
    pub port: u16,
    pub interfaces: InterfaceSource,
    /// Nothing is sent from other addresses than these.
    pub neighbourhood: Neighbourhood,
    /// Announce through mDNS too.
    pub mdns: bool,
    /// Hear from the system that it goes to sleep.
    pub watch_sleep: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum BeaconError {
    #[error("another program has UDP port {port} for itself")]
    PortTaken { port: u16 },
    #[error("announcements cannot be heard: {0}")]
    Io(#[source] io::Error),
}

pub struct UdpBeacon {
    port: u16,
    outlets: Outlets,
    parcels: mpsc::Receiver<Parcel>,
    /// Carries what the shared IPv4 socket hears, as long as the beacon lives.
    _listening: JoinSet<()>,
    tick: Interval,
    wake: WakeWatch,
    sleep: SleepWatch,
    changes: Changes,
}

impl UdpBeacon {
    /// Starts to listen. Call it inside the runtime.
    pub fn start(options: BeaconOptions) -> Result<Self, BeaconError> {
        let sleep = if options.watch_sleep {
            SleepWatch::of_the_system()
        } else {
            SleepWatch::off()
        };
        let mdns = options
            .mdns
            .then(|| Mdns::at(wire::msg::mdns::PORT, options.port));
        Self::with(options, mdns, sleep)
    }

    pub(super) fn with(
        options: BeaconOptions,
        mdns: Option<Mdns>,
        sleep: SleepWatch,
    ) -> Result<Self, BeaconError> {
        let port = options.port;
        let (queue, parcels) = mpsc::channel(QUEUE);
        let mut listening = JoinSet::new();
        sockets::receiver_v4(port)
            .and_then(|socket| carrier::announcements(&mut listening, socket, queue.clone()))
            .map_err(|error| BeaconError::of(error, port))?;
        let mut outlets = Outlets::new(options, mdns, queue);
        outlets.list();
        outlets.open();
        let mut tick = interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            port,
            outlets,
            parcels,
            _listening: listening,
            tick,
            wake: wake_from_now(),
            sleep,
            changes: Changes::of_the_system(),
        })
    }

    /// Something of the network or of time that others should know.
    fn look(&mut self) -> Option<Heard> {
        let woke = self.wake.look(Instant::now(), SystemTime::now());
        let changed = self.outlets.list();
        if changed || woke {
            self.outlets.open();
        }
        if woke {
            self.sleep.woke();
        }
        match (woke, changed) {
            (true, _) => Some(Heard::Woke),
            (false, true) => Some(Heard::NetworkChanged),
            (false, false) => None,
        }
    }

    /// The system said so before the next look.
    fn woke(&mut self) {
        self.wake = wake_from_now();
        self.outlets.list();
        self.outlets.open();
    }
}

#[async_trait]
impl Beacon for UdpBeacon {
    async fn heard(&mut self) -> Heard {
        // Whoever asks again has said goodbye, if that was to be done.
        self.sleep.let_go();
        loop {
            tokio::select! {
                biased;
                news = self.sleep.next() => match news {
                    Sleep::Near => return Heard::WillSleep,
                    Sleep::Over => {
                        self.woke();
                        return Heard::Woke;
                    }
                },
                _ = self.tick.tick() => {
                    if let Some(news) = self.look() {
                        return news;
                    }
                }
                () = self.changes.next() => {
                    if let Some(news) = self.look() {
                        return news;
                    }
                }
                () = self.outlets.due() => self.outlets.speak(),
                Some(parcel) = self.parcels.recv() => {
                    if let Some(heard) = self.outlets.admit(parcel) {
                        return heard;
                    }
                }
            }
        }
    }

    fn broadcast(&mut self, packet: &[u8]) {
        self.outlets.broadcast(packet);
    }

    fn reply(&mut self, to: SocketAddr, packet: &[u8]) {
        self.outlets.reply(to, packet);
    }

    fn addresses(&self) -> Vec<IpAddr> {
        self.outlets.addresses().to_vec()
    }

    fn report(&self) -> BeaconReport {
        self.outlets.report()
    }
}

impl From<BeaconError> for io::Error {
    fn from(error: BeaconError) -> Self {
        match error {
            BeaconError::PortTaken { .. } => io::ErrorKind::AddrInUse.into(),
            BeaconError::Io(error) => error,
        }
    }
}

impl BeaconError {
    fn of(error: io::Error, port: u16) -> Self {
        // Windows says so where the other program does not share it.
        let kept = cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied;
        if kept || error.kind() == io::ErrorKind::AddrInUse {
            Self::PortTaken { port }
        } else {
            Self::Io(error)
        }
    }
}

impl std::fmt::Debug for UdpBeacon {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("UdpBeacon")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for BeaconOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("BeaconOptions")
            .field("port", &self.port)
            .field("mdns", &self.mdns)
            .finish_non_exhaustive()
    }
}

fn wake_from_now() -> WakeWatch {
    WakeWatch::starting(LOOK_EVERY, Instant::now(), SystemTime::now())
}
