//! Strangers who mean no good, under a clock that jumps.

use std::net::IpAddr;

use tokio::{io::AsyncWriteExt, time::Instant};
use wire::{
    msg::{
        announce::{Announcement, Kind},
        session::{Hello, Purpose, encode},
    },
    version::SPOKEN,
};

use super::memory::{address, ip, run};
use super::*;
use crate::{
    beacon::Heard,
    transport::{Channel, memory::MemoryNetwork},
};

/// From the first byte to the greeting.
const TEN_SECONDS: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn a_greeting_that_drips_in_is_cut_off_after_ten_seconds() {
    let network = MemoryNetwork::new();
    let (one, stranger) = (Who::new(), Who::new());
    let first = run(&network, &one, 1, &[]);
    let (transport, _hears) = network.join(stranger.id(), address(66));
    let Channel { mut stream, .. } = transport.open(address(1)).await.unwrap();
    let begun = Instant::now();
    let mut spoken = 0_usize;
    for byte in greeting(Purpose::Session) {
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
        spoken += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!((10..=12).contains(&spoken), "{spoken}");
    assert!(begun.elapsed() <= TEN_SECONDS + Duration::from_secs(2));
    assert_eq!(first.handle.report().await.unwrap().strangers, 0);
}

#[tokio::test(start_paused = true)]
async fn one_who_greets_to_pair_and_then_drips_is_cut_off_too() {
    let network = MemoryNetwork::new();
    let (one, stranger) = (Who::new(), Who::new());
    let first = run(&network, &one, 1, &[]);
    let (transport, _hears) = network.join(stranger.id(), address(66));
    let Channel { mut stream, .. } = transport.open(address(1)).await.unwrap();
    stream.write_all(&greeting(Purpose::Pairing)).await.unwrap();
    let begun = Instant::now();
    let dripping = async {
        for byte in b"PAIR:".iter().cycle() {
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
    };
    timeout(PATIENCE, dripping).await.unwrap();
    assert!(begun.elapsed() <= TEN_SECONDS + Duration::from_secs(4));
    assert_eq!(first.handle.report().await.unwrap().strangers, 0);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_half_open_connections_lock_nobody_out() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[])]);
    for number in 0..1000_u16 {
        let [high, low] = number.to_be_bytes();
        let from = IpAddr::from([10, 9, high, low]);
        network.knock(ip(1), SocketAddr::new(from, 40_000));
    }
    let report = eventually(async || {
        let report = first.handle.report().await.unwrap();
        (report.strangers as u64 + report.made_room == 1000).then_some(report)
    })
    .await;
    assert_eq!(report.strangers, 256);

    let begun = Instant::now();
    let _second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    first.up(two.id()).await;
    assert!(begun.elapsed() < TEN_SECONDS);

    tokio::time::sleep(TEN_SECONDS).await;
    assert_eq!(first.handle.report().await.unwrap().strangers, 0);
}

#[tokio::test(start_paused = true)]
async fn one_address_with_a_thousand_connections_has_eight() {
    let network = MemoryNetwork::new();
    let one = Who::new();
    let first = run(&network, &one, 1, &[]);
    for number in 0..1000_u16 {
        let from = SocketAddr::new([10, 9, 0, 1].into(), 40_000 + number);
        network.knock(ip(1), from);
    }
    let strangers = eventually(async || {
        let report = first.handle.report().await.unwrap();
        (report.strangers as u64 + report.made_room == 1000).then_some(report.strangers)
    })
    .await;
    assert_eq!(strangers, 8);
}

#[tokio::test(start_paused = true)]
async fn an_announcement_from_a_public_address_is_not_read() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let first = run(&network, &one, 1, &[]);
    let far = SocketAddr::new([8, 8, 8, 8].into(), 5000);
    let (_transport, mut hears) = network.join(two.id(), far);
    // Word for word what a neighbour would say, and with a good signature.
    let said = Announcement {
        kind: Kind::Online,
        device: two.id(),
        instance: 1,
        sequence: 1,
        tcp_port: 7878,
        has_llm: false,
        timestamp: 0,
        net: None,
    }
    .encode(&*two.identity);
    network.inject(ip(1), far, said.clone());
    let refused = async || first.handle.report().await.unwrap().refused_sources;
    eventually(async || (refused().await == 1).then_some(())).await;
    assert_eq!(first.handle.sightings().await.unwrap(), []);

    // The same from a neighbour is read, answered and dialled.
    let near = SocketAddr::new(ip(2), 5000);
    let (_transport, mut answers) = network.join(two.id(), near);
    network.inject(ip(1), near, said);
    eventually(async || (first.handle.sightings().await.unwrap().len() == 1).then_some(())).await;
    let kind = |heard| match heard {
        Heard::Packet { bytes, .. } => Announcement::parse(&bytes).unwrap().claim().kind,
        _ => panic!("nobody tells anything else"),
    };
    while kind(answers.heard().await) != Kind::Reply {}
    // Until then the far one heard what everybody hears, and no answer.
    network.tell(far.ip(), Heard::Woke);
    loop {
        match hears.heard().await {
            Heard::Woke => break,
            heard => assert_eq!(kind(heard), Kind::Online),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_stranger_that_left_no_failed_greeting_is_remembered() {
    let network = MemoryNetwork::new();
    let (one, stranger) = (Who::new(), Who::new());
    let first = run(&network, &one, 1, &[]);
    let says = |kind, sequence| {
        Announcement {
            kind,
            device: stranger.id(),
            instance: 1,
            sequence,
            tcp_port: 7878,
            has_llm: false,
            timestamp: 0,
            net: None,
        }
        .encode(&*stranger.identity)
    };
    // Nobody listens there.
    let source = SocketAddr::new(ip(66), 5000);
    network.inject(ip(1), source, says(Kind::Online, 1));
    let failures = async || first.handle.report().await.unwrap().failures;
    eventually(async || failures().await.contains_key(&stranger.id()).then_some(())).await;
    network.inject(ip(1), source, says(Kind::Offline, 2));
    eventually(async || {
        first
            .handle
            .sightings()
            .await
            .unwrap()
            .is_empty()
            .then_some(())
    })
    .await;
    assert_eq!(failures().await.len(), 0);
}

fn greeting(purpose: Purpose) -> Vec<u8> {
    let hello = Hello {
        versions: SPOKEN,
        instance: 1,
        name: "somebody".to_owned(),
        form: Form::Unknown,
        trusted: false,
        purpose,
    };
    let mut bytes = bytes::BytesMut::new();
    Frame::new(Marker::Hello, encode(&hello)).write(&mut bytes);
    bytes.to_vec()
}
