use std::sync::Mutex;

use super::*;
use crate::{
    beacon::{BeaconError, FailureKind, SkippedInterface},
    interfaces::Skipped,
};

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
    packet(&mut one, b"who is there").await;
    let udp = only(&one).udp;
    assert_eq!((udp.sent, udp.heard, udp.last_heard), (1, 0, None));

    two.reply(asked, b"me");
    let answered = packet(&mut one, b"me").await;
    assert_eq!(answered.ip(), ip(2));
    let udp = only(&one).udp;
    assert_eq!((udp.sent, udp.heard, udp.failure), (1, 1, None));
    assert!(udp.last_heard.is_some());
}

#[tokio::test]
async fn two_of_one_address_share_the_port() {
    let port = free_port();
    let mut one = beacon(port, &[1]);
    let mut two = beacon(port, &[1]);
    let mut other = beacon(port, &[2]);
    other.broadcast(b"who is there");
    let asked = packet(&mut one, b"who is there").await;
    packet(&mut two, b"who is there").await;
    // An answer to the port would reach one of the two.
    one.broadcast(b"one");
    two.broadcast(b"two");
    let first = packet(&mut other, b"one").await;
    let second = packet(&mut other, b"two").await;
    other.reply(first, b"for one");
    other.reply(second, b"for two");
    packet(&mut one, b"for one").await;
    packet(&mut two, b"for two").await;
    assert_ne!(asked.port(), port);
}

#[tokio::test]
async fn a_new_interface_is_noticed_and_used() {
    let port = free_port();
    let here = Arc::new(Mutex::new(Vec::new()));
    let listed = here.clone();
    let mut one = UdpBeacon::start(BeaconOptions {
        interfaces: Arc::new(move || Ok(listed.lock().unwrap().clone())),
        ..options(port, Vec::new())
    })
    .unwrap();
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
            Heard::Packet { .. } | Heard::WillSleep | Heard::Woke => {}
        }
    }
    assert_eq!(one.report().interfaces, []);
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_not_looked_at() {
    let port = free_port();
    let narrow = interface_at("lo", ip(1), 30);
    let mut one = UdpBeacon::start(options(port, vec![narrow])).unwrap();

    let far = UdpSocket::bind((ip(9), 0)).unwrap();
    far.send_to(b"far", (ip(1), port)).unwrap();
    let near = UdpSocket::bind((ip(2), 0)).unwrap();
    near.send_to(b"near", (ip(1), port)).unwrap();

    packet(&mut one, b"near").await;
    assert_eq!(one.report().from_elsewhere, 1);
}

#[tokio::test]
async fn what_is_left_out_is_told_with_its_reason() {
    let off = |name: &str, kind| Interface {
        kind,
        usable: false,
        ..interface_at(name, ip(1), 8)
    };
    let beacon = UdpBeacon::start(options(
        free_port(),
        vec![
            interface(1),
            off("docker0", InterfaceKind::Container),
            off("eth1", InterfaceKind::Lan),
            interface_at("wan0", [203, 0, 113, 5].into(), 24),
            interface_at("dummy0", [10, 0, 0, 1].into(), 32),
        ],
    ))
    .unwrap();
    let skipped = [
        ("docker0", Skipped::Container),
        ("eth1", Skipped::NotChosen),
        ("wan0", Skipped::Public),
        ("dummy0", Skipped::Alone),
    ];
    let skipped = skipped.map(|(name, reason)| SkippedInterface {
        name: name.to_owned(),
        reason,
    });
    assert_eq!(beacon.report().skipped, skipped);
    assert_eq!(only(&beacon).name, "lo1");
}

#[tokio::test]
async fn a_person_can_add_a_public_network() {
    let wan = interface_at("wan0", [203, 0, 113, 5].into(), 24);
    let beacon = UdpBeacon::start(BeaconOptions {
        neighbourhood: Neighbourhood {
            also: vec!["203.0.113.0/24".parse().unwrap()],
        },
        ..options(free_port(), vec![wan])
    })
    .unwrap();
    // Nobody has this address here, which is told as well.
    let failure = only(&beacon).udp.failure.unwrap();
    assert!(matches!(failure.kind, FailureKind::Other(_)), "{failure:?}");
}

#[tokio::test]
async fn a_taken_port_is_an_error_of_its_own() {
    let taken = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = UdpBeacon::start(options(port, Vec::new())).unwrap_err();
    assert!(
        matches!(error, BeaconError::PortTaken { port: told } if told == port),
        "{error}"
    );
}
