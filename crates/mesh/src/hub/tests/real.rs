//! Real sockets on loopback, each machine with an address of its own.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use wire::{
    DeviceId, MeshKind,
    frame::{Frame, Marker},
    machine::session::Down,
    msg::{
        pair::Relation,
        session::{ByeReason, Form, Hello, Purpose, encode},
    },
    version::SPOKEN,
};

use super::{
    Node, PATIENCE, Who, eventually,
    pairing::{code, end, paired},
    speaks, trusting,
};
use crate::{
    beacon::{BeaconOptions, UdpBeacon},
    hub::{Event, MeshOptions, PairingEnd},
    interfaces::{Address, Interface, InterfaceKind},
    minting,
    neighbourhood::Neighbourhood,
    tls::Tls,
    transport::{Listen, PeerTransport, TcpTransport},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_find_each_other_pair_and_talk() {
    let lan = Lan::new(1);
    let (one, two) = (Who::new(), Who::new());
    let mut first = lan.run(&one, 1, &[]);
    let mut second = lan.run(&two, 2, &[]);
    for (node, other) in [(&mut first, &two), (&mut second, &one)] {
        node.until(|event| match event {
            Event::Met { device, .. } if device == other.id() => Some(()),
            _ => None,
        })
        .await;
    }
    paired(&mut first, &mut second, Relation::Mine).await;
    let (session, mut inbox) = first.up(two.id()).await;
    // What comes in over loopback shows one address for all machines.
    assert!(session.incoming || session.address.ip() == lan.ip(2));
    second.up(one.id()).await;
    // Both dial as soon as they trust; whatever stays is spoken over.
    let frame = Frame::new(Marker::Draft, &b"over the wire"[..]);
    eventually(async || {
        let _ = second.handle.send(one.id(), frame.clone()).await;
        for event in first.told() {
            if let Event::Up { inbox: newer, .. } = event {
                inbox = newer;
            }
        }
        inbox.try_recv().ok()
    })
    .await;
    assert_eq!(one.identity.person_id(), two.identity.person_id());

    // One ends with a goodbye, and comes back where it was.
    second.mesh.stop().await;
    assert_eq!(first.down(two.id()).await, Down::There(ByeReason::Stopping));
    let mut again = lan.run(&two, 2, &[one.id()]);
    first.up(two.id()).await;
    again.up(one.id()).await;

    // And one without: its process is killed.
    drop(again);
    assert_eq!(first.down(two.id()).await, Down::Lost);
    let _again = lan.run(&two, 2, &[one.id()]);
    first.up(two.id()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holders_of_one_mesh_key_prove_it_over_tls() {
    let lan = Lan::new(6);
    let (one, two) = (Who::new(), Who::new());
    let key = minting::mesh_key(MeshKind::Mine).unwrap();
    let [mut first, mut second] = [(&one, 1), (&two, 2)].map(|(who, last)| {
        let mut options = lan.options(who, last, &[]);
        options.mesh_keys = vec![key.clone()];
        Node::start_deciding(options, |_| Ok(()))
    });
    first.up(two.id()).await;
    second.up(one.id()).await;
    assert_eq!(one.identity.person_id(), two.identity.person_id());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_ends_a_connection_and_nothing_else() {
    let lan = Lan::new(2);
    let (one, two, stranger) = (Who::new(), Who::new(), Who::new());
    let mut first = lan.run(&one, 1, &[two.id()]);
    let second = lan.run(&two, 2, &[one.id()]);
    let (_, mut inbox) = first.up(two.id()).await;
    let place = SocketAddr::new(lan.ip(1), first.handle.port());

    // Before TLS.
    let mut plain = TcpStream::connect(place).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    ends(plain).await;

    let lying = |marker: &[u8; 5], length: u64| [&marker[..], &length.to_le_bytes()[..]].concat();
    let nothing = bytes(&Frame::new(Marker::Pair, &b"{}"[..]));
    let unknown_purpose = [
        &br#"{"versions":{"oldest":1,"newest":1},"instance":7,"name":"x","form":"desktop","#[..],
        &br#""trusted":true,"purpose":{"kind":"dance"}}"#[..],
    ]
    .concat();
    let nonsense = [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        lying(b"HELO:", u64::MAX),
        lying(b"HELO:", 4097),
        lying(b"OPSB:", 10),
        lying(b"XXXX:", 1 << 40),
        bytes(&Frame::new(Marker::Hello, &b"{}"[..])),
        bytes(&Frame::new(Marker::Hello, &b"\xff\xfe"[..])),
        bytes(&Frame::new(Marker::Ping, &b"{}"[..])),
        // A greeting, then what only the trusted may say.
        [hello(Purpose::Session), lying(b"OPSB:", 10)].concat(),
        [hello(Purpose::Pairing), hello(Purpose::Session)].concat(),
        [hello(Purpose::Vouch), nothing.clone()].concat(),
        [hello(Purpose::Invitation), nothing.clone()].concat(),
        // What only a newer build knows.
        bytes(&Frame::new(Marker::Hello, unknown_purpose)),
        hello(Purpose::Stream {
            grant: "guessed".to_owned(),
        }),
    ];
    let tls = Tls::new(&stranger.identity).unwrap();
    for words in nonsense {
        let socket = TcpStream::connect(place).await.unwrap();
        let mut proven = tls.connect(socket).await.unwrap();
        assert_eq!(proven.device, one.id());
        proven.stream.write_all(&words).await.unwrap();
        proven.stream.flush().await.unwrap();
        ends(proven.stream).await;
    }
    assert_eq!(first.handle.sessions().len(), 1);
    for event in first.told() {
        match event {
            // Both dialled at the same moment; this is the one that stayed.
            Event::Up { inbox: newer, .. } => inbox = newer,
            Event::Down { why, .. } => panic!("{why:?}"),
            _ => {}
        }
    }
    speaks(&second, one.id(), &mut inbox, "still here").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_silent_sockets_lock_nobody_out() {
    let lan = Lan::new(3);
    let (one, two) = (Who::new(), Who::new());
    let mut first = lan.run(&one, 1, &[two.id()]);
    let place = SocketAddr::new(lan.ip(1), first.handle.port());
    let mut silent = Vec::new();
    for number in 0..300_u16 {
        // From forty addresses, as one machine could hold.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        let last = 100 + u8::try_from(number % 40).unwrap();
        socket.bind(SocketAddr::new(lan.ip(last), 0)).unwrap();
        silent.push(socket.connect(place).await.unwrap());
    }
    let strangers = eventually(async || {
        let report = first.handle.report().await.unwrap();
        (report.strangers + usize::try_from(report.made_room).unwrap() >= 300)
            .then_some(report.strangers)
    })
    .await;
    assert!(strangers <= 256, "{strangers}");

    let _second = lan.run(&two, 2, &[one.id()]);
    first.up(two.id()).await;
    // Ten seconds of silence are enough.
    let last = silent.pop().unwrap();
    ends(last).await;
    eventually(async || (first.handle.report().await.unwrap().strangers == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_in_the_middle_of_a_pairing_shows_other_codes() {
    let lan = Lan::new(4);
    let (one, two, middle) = (Who::new(), Who::new(), Who::new());
    let mut first = lan.run(&one, 1, &[]);
    let mut second = lan.run(&two, 2, &[]);
    let real = SocketAddr::new(lan.ip(2), second.handle.port());

    // It ends TLS on both sides and passes on every byte between them.
    let listener = TcpListener::bind(SocketAddr::new(lan.ip(66), 0))
        .await
        .unwrap();
    let place = listener.local_addr().unwrap();
    let tls = Tls::new(&middle.identity).unwrap();
    let mut relays = JoinSet::new();
    relays.spawn(async move {
        let mut running = JoinSet::new();
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let tls = tls.clone();
            running.spawn(async move {
                let mut near = tls.accept(socket).await.unwrap().stream;
                let onward = TcpStream::connect(real).await.unwrap();
                let mut far = tls.connect(onward).await.unwrap().stream;
                let _ = copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });

    // The first believes that it goes to the second.
    let (device, card) = first.handle.dial(place).await.unwrap();
    assert_eq!(card.name, "a machine (m2)");
    assert_eq!(device, middle.id());
    first.handle.ask_pairing(device).await.unwrap();
    let asking = second
        .until(|event| match event {
            Event::PairingRequested { device, .. } => Some(device),
            _ => None,
        })
        .await;
    assert_eq!(asking, middle.id());
    second.handle.open_pairing(asking).await.unwrap();
    let (here, there) = (first.until(code).await, second.until(code).await);
    assert_ne!(here.to_string(), there.to_string());

    let differ = Relation::Other;
    first
        .handle
        .confirm_pairing(device, false, differ)
        .await
        .unwrap();
    assert_eq!(first.until(end).await, PairingEnd::CodesDiffer);
    assert_eq!(second.until(end).await, PairingEnd::CodesDifferThere);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_else_at_the_address_is_no_session() {
    let lan = Lan::new(5);
    let (one, two, other) = (Who::new(), Who::new(), Who::new());
    let _other = lan.run(&other, 2, &[one.id()]);
    let mut options = lan.options(&one, 1, &[]);
    let there = SocketAddr::new(lan.ip(2), lan.tcp);
    options.trusted = trusting(&[(two.id(), &[there])]);
    let mut first = Node::start(options);
    let failure = first
        .until(|event| match event {
            Event::NotReached { failure, .. } => Some(failure.failure),
            _ => None,
        })
        .await;
    assert_eq!(failure, crate::hub::Failure::OtherDevice(other.id()));
    assert!(first.handle.sessions().is_empty());
}

/// A network of one test on 127.0.N.0, with ports of its own.
struct Lan {
    net: u8,
    udp: u16,
    tcp: u16,
}

impl Lan {
    fn new(net: u8) -> Self {
        let free_udp = UdpSocket::bind("0.0.0.0:0").unwrap();
        Self {
            net: 40 + net,
            udp: free_udp.local_addr().unwrap().port(),
            // Below the ports that systems hand out by themselves: nobody takes it
            // between now and the moment it is needed.
            tcp: 20_000 + u16::try_from(std::process::id() % 10_000).unwrap(),
        }
    }

    fn ip(&self, last: u8) -> IpAddr {
        [127, 0, self.net, last].into()
    }

    fn options(&self, who: &Who, last: u8, trusted: &[DeviceId]) -> MeshOptions {
        let interface = Interface {
            name: "lo".to_owned(),
            kind: InterfaceKind::Loopback,
            index: None,
            addresses: vec![Address {
                ip: self.ip(last),
                prefix: 8,
            }],
            up: true,
            usable: true,
        };
        let beacon = UdpBeacon::start(BeaconOptions {
            port: self.udp,
            interfaces: Arc::new(move || Ok(vec![interface.clone()])),
            neighbourhood: Neighbourhood::default(),
            mdns: false,
            watch_sleep: false,
        });
        let tls = Tls::new(&who.identity).unwrap();
        let listen = Listen::At(vec![SocketAddr::new(self.ip(last), self.tcp)]);
        let transport = TcpTransport::bind(tls, &listen).unwrap();
        assert_eq!(transport.port(), self.tcp);
        let mut options = who.options(
            &format!("m{last}"),
            Arc::new(transport),
            Box::new(beacon.unwrap()),
        );
        options.trusted = trusted.iter().map(|device| (*device, vec![])).collect();
        options.instance =
            u64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
        options
    }

    fn run(&self, who: &Who, last: u8, trusted: &[DeviceId]) -> Node {
        Node::start(self.options(who, last, trusted))
    }
}

/// Reads until the other side has closed.
async fn ends(mut stream: impl tokio::io::AsyncRead + Unpin) {
    let mut rest = Vec::new();
    let closed = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "it stays open");
}

fn bytes(frame: &Frame) -> Vec<u8> {
    let mut out = bytes::BytesMut::new();
    frame.write(&mut out);
    out.to_vec()
}

fn hello(purpose: Purpose) -> Vec<u8> {
    bytes(&Frame::new(
        Marker::Hello,
        encode(&Hello {
            versions: SPOKEN,
            instance: 1,
            name: "nobody".to_owned(),
            form: Form::Unknown,
            trusted: true,
            purpose,
        }),
    ))
}
