//! Pretends to be many machines, so that one real node can be measured against
//! them: each has a key, an address and a mesh of its own, and says and answers
//! what a real one does. What it leaves out is what costs others nothing: a data
//! folder, a page, and listening to each other.
//!
//! `crowd FIRST COUNT BROADCAST [KEYFILE]`: the machines have the addresses from
//! FIRST on and announce themselves to BROADCAST. With a mesh key they and the
//! real node trust each other and hold sessions.
//!
//! Says in one line how many milliseconds it took until all were there, or had
//! a session, and stays until it is ended.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the line that says they are there")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket as StdUdpSocket},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use mesh::{
    Identity, KeyringChoice, Mesh, MeshOptions,
    beacon::{Beacon, BeaconReport, Heard},
    hub::{Event, Rate},
    neighbourhood::Neighbourhood,
    tls::Tls,
    transport::{Listen, TcpTransport},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{net::UdpSocket, sync::mpsc, task::JoinSet, time::sleep};
use wire::{MeshKey, machine::presence, msg::session::Form};

const LINKS: u16 = 7878;
const ANNOUNCEMENTS: u16 = 5000;

/// As real machines do it by themselves.
const INTERVAL: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(75);

/// What wants a session does not come all at once.
const UNHURRIED: Duration = Duration::from_secs(4);
const SESSIONS_AT_ONCE: usize = 1024;

/// Announces to one network from one address, and hears what is answered there.
struct Voice {
    socket: UdpSocket,
    everybody: SocketAddr,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let (first, count, broadcast, key) = match words.as_slice() {
        [first, count, broadcast] => (first, count, broadcast, None),
        [first, count, broadcast, file] => {
            let key: MeshKey = std::fs::read_to_string(file)?.parse()?;
            (first, count, broadcast, Some(key))
        }
        _ => return Err("crowd FIRST COUNT BROADCAST [KEYFILE]".into()),
    };
    let (first, count): (Ipv4Addr, u32) = (first.parse()?, count.parse()?);
    let everybody = SocketAddr::new(broadcast.parse()?, ANNOUNCEMENTS);
    let most = getrlimit(Resource::Nofile).maximum;
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: most,
            maximum: most,
        },
    )?;

    let homes = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut machines = JoinSet::new();
        let (meet, mut met) = mpsc::channel(SESSIONS_AT_ONCE);
        let began = Instant::now();
        for number in 0..count {
            let address = Ipv4Addr::from_bits(first.to_bits() + number);
            let home = homes.path().join(number.to_string());
            let options = options(&home, address, everybody, number, key.clone())?;
            machines.spawn(live(options, meet.clone()));
            // Announcers come as far apart as they are later, when each has its
            // own rhythm.
            let spread = key.as_ref().map_or(INTERVAL, |_| UNHURRIED);
            let due = spread * (number + 1) / count;
            sleep(due.saturating_sub(began.elapsed())).await;
        }
        if key.is_some() {
            let mut with_session = BTreeSet::new();
            while with_session.len() < count as usize {
                with_session.extend(met.recv().await);
            }
        }
        println!("{}", began.elapsed().as_millis());
        while machines.join_next().await.is_some() {}
        Ok(())
    })
}

/// One machine; tells when it has a session.
async fn live(options: MeshOptions, meet: mpsc::Sender<u64>) {
    let number = options.seed;
    let (mesh, mut events) = Mesh::start(options);
    let mut readers = JoinSet::new();
    while let Some(event) = events.recv().await {
        if let Event::Up { mut inbox, .. } = event {
            readers.spawn(async move { while inbox.recv().await.is_some() {} });
            // Nobody listens any more once all are there.
            let _ = meet.try_send(number);
        } else if let Event::TrustClaimed { answer, .. } = event {
            // Whoever holds the key is welcome; it may have gone meanwhile.
            let _ = answer.send(Ok(()));
        }
    }
    drop(mesh);
}

fn options(
    home: &Path,
    address: Ipv4Addr,
    everybody: SocketAddr,
    number: u32,
    key: Option<MeshKey>,
) -> Outcome<MeshOptions> {
    std::fs::create_dir(home)?;
    let identity = Arc::new(Identity::open(home, KeyringChoice::FileOnly)?);
    let listen = Listen::At(vec![SocketAddr::from((address, LINKS))]);
    let transport = TcpTransport::bind(Tls::new(&identity)?, &listen)?;
    let socket = StdUdpSocket::bind((address, 0))?;
    socket.set_broadcast(true)?;
    socket.set_nonblocking(true)?;
    Ok(MeshOptions {
        identity,
        transport: Arc::new(transport),
        beacon: Box::new(Voice {
            socket: UdpSocket::from_std(socket)?,
            everybody,
        }),
        presence: presence::Config {
            interval: INTERVAL,
            timeout: TIMEOUT,
        },
        instance: 1,
        name: format!("one of many, {number}"),
        name_for_strangers: "one of many".to_owned(),
        form: Form::Server,
        has_llm: false,
        trusted: BTreeMap::new(),
        blocked: BTreeSet::new(),
        mesh_keys: key.into_iter().collect(),
        vouched: BTreeMap::new(),
        neighbourhood: Neighbourhood::default(),
        rate: Rate::default(),
        rates: BTreeMap::new(),
        seed: number.into(),
    })
}

#[async_trait]
impl Beacon for Voice {
    async fn heard(&mut self) -> Heard {
        let mut bytes = [0; 2048];
        loop {
            // An answer that is refused on its way back is no news.
            if let Ok((length, source)) = self.socket.recv_from(&mut bytes).await {
                let bytes = bytes.get(..length).unwrap_or_default().to_vec();
                return Heard::Packet { bytes, source };
            }
        }
    }

    fn broadcast(&mut self, packet: &[u8]) {
        // What is lost is said again, as with any packet.
        let _ = self.socket.try_send_to(packet, self.everybody);
    }

    fn reply(&mut self, to: SocketAddr, packet: &[u8]) {
        let _ = self.socket.try_send_to(packet, to);
    }

    fn addresses(&self) -> Vec<IpAddr> {
        let own = self.socket.local_addr();
        own.iter().map(SocketAddr::ip).collect()
    }

    fn report(&self) -> BeaconReport {
        BeaconReport::default()
    }
}
