use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::timeout;

use super::{Beacon, Heard, UdpBeacon};
use crate::interfaces::{Address, Interface, InterfaceKind};

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn everybody_hears_and_the_answer_comes_back_to_the_one_who_asked() {
    let port = free_port();
    let mut one = beacon(port, &[1]);
    let mut two = beacon(port, &[2]);
    let mut three = beacon(port, &[3]);

    one.broadcast(b"who is there");
    let asked = packet(&mut two, b"who is there").await;
    assert_eq!(asked.ip(), ip(1));
    packet(&mut three, b"who is there").await;
    assert_ne!(asked.port(), port);

    two.reply(asked, b"me");
    let answered = packet(&mut one, b"me").await;
    assert_eq!(answered.ip(), ip(2));

    let report = one.report();
    let [interface] = report.interfaces.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(interface.sent, 1);
    assert!(interface.heard >= 1, "{interface:?}");
    assert_eq!(interface.failure, None);
}

#[tokio::test]
async fn a_new_interface_is_noticed_and_used() {
    let port = free_port();
    let here = Arc::new(Mutex::new(Vec::new()));
    let listed = here.clone();
    let source = Arc::new(move || Ok(listed.lock().unwrap().clone()));
    let mut one = UdpBeacon::start(port, source).unwrap();
    let mut two = beacon(port, &[2]);

    one.broadcast(b"nobody hears this");
    here.lock().unwrap().push(interface(1));
    let news = timeout(PATIENCE, one.heard()).await.unwrap();
    assert_eq!(news, Heard::NetworkChanged);
    one.broadcast(b"this is heard");
    packet(&mut two, b"this is heard").await;

    here.lock().unwrap().clear();
    loop {
        match timeout(PATIENCE, one.heard()).await.unwrap() {
            Heard::NetworkChanged => break,
            Heard::Packet { .. } | Heard::Woke => {}
        }
    }
    assert_eq!(one.report().interfaces, []);
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_not_looked_at() {
    let port = free_port();
    let mut narrow = interface(1);
    narrow.addresses[0].prefix = 30;
    let mut one = UdpBeacon::start(port, Arc::new(move || Ok(vec![narrow.clone()]))).unwrap();

    let far = UdpSocket::bind((ip(9), 0)).unwrap();
    far.send_to(b"far", (ip(1), port)).unwrap();
    let near = UdpSocket::bind((ip(2), 0)).unwrap();
    near.send_to(b"near", (ip(1), port)).unwrap();

    packet(&mut one, b"near").await;
    assert_eq!(one.report().from_elsewhere, 1);
}

#[test]
fn a_taken_port_is_an_error() {
    let taken = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let _inside = runtime.enter();
    assert!(UdpBeacon::start(port, Arc::new(|| Ok(Vec::new()))).is_err());
}

/// Waits for this very packet; others may be about.
async fn packet(beacon: &mut UdpBeacon, expected: &[u8]) -> SocketAddr {
    timeout(PATIENCE, async {
        loop {
            if let Heard::Packet { bytes, source } = beacon.heard().await
                && bytes == expected
            {
                return source;
            }
        }
    })
    .await
    .unwrap()
}

fn beacon(port: u16, last: &[u8]) -> UdpBeacon {
    let interfaces: Vec<_> = last.iter().map(|last| interface(*last)).collect();
    UdpBeacon::start(port, Arc::new(move || Ok(interfaces.clone()))).unwrap()
}

fn interface(last: u8) -> Interface {
    Interface {
        name: format!("lo{last}"),
        kind: InterfaceKind::Loopback,
        index: None,
        addresses: vec![Address {
            ip: ip(last),
            prefix: 8,
        }],
        usable: true,
    }
}

fn ip(last: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, 7, last).into()
}

/// Nobody listens there now; the beacons share it.
fn free_port() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    socket.local_addr().unwrap().port()
}
