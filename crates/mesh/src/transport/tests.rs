use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use wire::DeviceId;

use super::{
    Channel, Listen, OpenError, PeerTransport, TcpTransport,
    memory::{MemoryNetwork, MemoryTransport},
};
use crate::{Identity, KeyringChoice, tls::Tls};

const PATIENCE: Duration = Duration::from_secs(20);

/// What a transport must do, whatever carries it.
async fn suite(pair: &Pair) {
    let (mut near, mut far) = pair.connected().await;
    assert_eq!(near.device, pair.ids.1);
    assert_eq!(far.device, pair.ids.0);
    assert_eq!(near.binding.0, far.binding.0);
    assert_eq!(near.address, pair.there);

    say(&mut near, b"there").await;
    assert_eq!(hear(&mut far, 5).await, b"there");
    say(&mut far, b"and back").await;
    assert_eq!(hear(&mut near, 8).await, b"and back");

    // Much more than fits anywhere on the way, both ways at the same time.
    let much = vec![7; 3_000_000];
    let (mut near_reads, near_writes) = tokio::io::split(near.stream);
    let (mut far_reads, far_writes) = tokio::io::split(far.stream);
    let sends = |mut stream: tokio::io::WriteHalf<super::BoxedStream>, bytes: Vec<u8>| async move {
        stream.write_all(&bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        stream
    };
    let (mut one, mut two) = (Vec::new(), Vec::new());
    let _kept = timeout(PATIENCE, async {
        tokio::join!(
            sends(near_writes, much.clone()),
            sends(far_writes, much.clone()),
            near_reads.read_to_end(&mut one),
            far_reads.read_to_end(&mut two),
        )
    })
    .await
    .unwrap();
    assert!(one == much && two == much);

    // Another connection is another channel.
    let (again, _far) = pair.connected().await;
    assert_ne!(again.binding.0, near.binding.0);

    // One that ends is noticed.
    let (near, mut far) = pair.connected().await;
    drop(near);
    let mut rest = Vec::new();
    let ended = timeout(PATIENCE, far.stream.read_to_end(&mut rest)).await;
    let _either_way = ended.unwrap();
    assert!(rest.is_empty());

    let nobody = SocketAddr::new(pair.there.ip(), 1);
    assert!(matches!(
        pair.one.open(nobody).await,
        Err(OpenError::Refused)
    ));
}

#[tokio::test]
async fn over_tcp() {
    let (one, two) = (real(1), real(2));
    suite(&Pair {
        ids: (one.1, two.1),
        there: SocketAddr::new(ip(2), two.0.port()),
        one: one.0,
        two: two.0,
    })
    .await;
}

#[tokio::test]
async fn in_memory() {
    suite(&in_network(&MemoryNetwork::new())).await;
}

#[tokio::test(start_paused = true)]
async fn a_cut_link_holds_back_and_a_healed_one_delivers() {
    let network = MemoryNetwork::new();
    let pair = in_network(&network);
    network.set_delay(Duration::from_millis(30));
    let (mut near, mut far) = pair.connected().await;
    network.cut(ip(1), ip(2));
    say(&mut near, b"late").await;
    let mut bytes = [0; 4];
    let heard = timeout(Duration::from_secs(60), far.stream.read_exact(&mut bytes)).await;
    assert!(heard.is_err());
    assert!(matches!(
        pair.one.open(pair.there).await,
        Err(OpenError::NoAnswer)
    ));
    network.heal(ip(1), ip(2));
    assert_eq!(hear(&mut far, 4).await, b"late");
    assert_eq!(network.bytes(ip(1), ip(2)), 4);

    network.kill(ip(2));
    assert!(near.stream.read_exact(&mut bytes).await.is_err());
}

struct Pair {
    ids: (DeviceId, DeviceId),
    there: SocketAddr,
    one: Arc<dyn PeerTransport>,
    two: Arc<dyn PeerTransport>,
}

impl Pair {
    async fn connected(&self) -> (Channel, Channel) {
        let accept = async {
            let arrival = self.two.accept().await;
            arrival.handshake.await
        };
        let (near, far) = timeout(PATIENCE, async {
            tokio::join!(self.one.open(self.there), accept)
        })
        .await
        .unwrap();
        (near.unwrap(), far.unwrap())
    }
}

async fn say(channel: &mut Channel, bytes: &[u8]) {
    channel.stream.write_all(bytes).await.unwrap();
    channel.stream.flush().await.unwrap();
}

async fn hear(channel: &mut Channel, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    timeout(PATIENCE, channel.stream.read_exact(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    bytes
}

fn real(last: u8) -> (Arc<dyn PeerTransport>, DeviceId) {
    let identity = identity();
    let tls = Tls::new(&identity).unwrap();
    let listen = Listen::At(vec![SocketAddr::new(ip(last), 0)]);
    let transport = TcpTransport::bind(tls, &listen).unwrap();
    (Arc::new(transport), identity.device_id())
}

fn in_network(network: &MemoryNetwork) -> Pair {
    let join = |last: u8| -> (Arc<MemoryTransport>, DeviceId) {
        let id = identity().device_id();
        let (transport, _beacon) = network.join(id, SocketAddr::new(ip(last), 7878));
        (Arc::new(transport), id)
    };
    let (one, two) = (join(1), join(2));
    Pair {
        ids: (one.1, two.1),
        there: SocketAddr::new(ip(2), 7878),
        one: one.0,
        two: two.0,
    }
}

fn identity() -> Identity {
    let folder = tempfile::tempdir().unwrap();
    Identity::open(folder.path(), KeyringChoice::FileOnly).unwrap()
}

fn ip(last: u8) -> IpAddr {
    [127, 0, 8, last].into()
}
