//! mDNS, on loopback and on a port of its own.

use socket2::{Domain, Protocol, Socket, Type};
use tokio::{sync::mpsc, task::JoinSet};
use wire::msg::{
    announce::Kind,
    mdns::{self, Message},
};

use super::*;
use crate::beacon::{
    FailureKind,
    sender::Outlook,
    sockets::MDNS_V4,
    tally::{Channel, Tally},
};

#[tokio::test]
async fn machines_that_no_broadcast_connects_find_each_other() {
    let (port, mdns) = (free_port(), free_port());
    // Another port stands for a network that drops broadcasts.
    let mut one = beacon_with_mdns(port, mdns, 1);
    let mut two = beacon_with_mdns(free_port(), mdns, 2);

    let (asked, answered) = (announcement(1, Kind::Online), announcement(2, Kind::Reply));
    one.broadcast(&asked);
    let source = tokio::select! {
        source = packet(&mut two, &asked) => source,
        // It speaks while it listens.
        _ = packet(&mut one, b"never") => unreachable!(),
    };
    assert_eq!(source, SocketAddr::new(ip(1), mdns));
    two.reply(source, &answered);
    let source = tokio::select! {
        source = packet(&mut one, &answered) => source,
        _ = packet(&mut two, b"never") => unreachable!(),
    };
    assert_eq!(source, SocketAddr::new(ip(2), mdns));

    let (here, there) = (only(&one), only(&two));
    assert_eq!((here.udp.sent, here.udp.heard), (1, 0));
    assert_eq!((here.mdns.sent, here.mdns.heard), (1, 1));
    assert_eq!((there.mdns.sent, there.mdns.heard), (1, 1));
    assert_eq!(there.mdns.failure, None);
    assert!(one.report().mdns);
}

#[tokio::test]
async fn without_mdns_broadcasts_alone_connect() {
    let (port, mdns) = (free_port(), free_port());
    let mut one = beacon_with_mdns(port, mdns, 1);
    let mut two = beacon(port, &[2]);
    let said = announcement(1, Kind::Online);
    one.broadcast(&said);
    let source = packet(&mut two, &said).await;
    assert_ne!(source.port(), mdns);
    assert!(!two.report().mdns);
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_is_said_at_once_and_nothing_after_it() {
    let (mut mdns, mut tally) = (Mdns::at(free_port(), GROUP), Tally::default());
    let here = interface(1);
    let outlook = Outlook::from(&here, here.addresses[0]).unwrap();
    let (queue, _parcels) = mpsc::channel(1);
    mdns.open(&outlook, &mut JoinSet::new(), &queue).unwrap();
    let sent = |tally: &Tally| tally.of(&here.name, Channel::Mdns).sent;

    mdns.announce(&announcement(1, Kind::Online), &mut tally);
    mdns.announce(&announcement(1, Kind::Offline), &mut tally);
    assert_eq!(sent(&tally), 1);
    // What waited, and what a question asks for, is not said any more.
    mdns.answer(SocketAddr::new(ip(2), 5353), None);
    mdns.due().await;
    mdns.speak(&mut tally);
    assert_eq!(sent(&tally), 1);

    mdns.announce(&announcement(1, Kind::Online), &mut tally);
    mdns.due().await;
    mdns.speak(&mut tally);
    assert_eq!(sent(&tally), 2);
}

#[tokio::test]
async fn a_thousand_questions_make_one_answer_a_second() {
    let mdns = free_port();
    let mut one = beacon_with_mdns(free_port(), mdns, 1);
    let said = announcement(1, Kind::Online);
    one.broadcast(&said);
    let asker = speaker(3, mdns);
    let begun = std::time::Instant::now();
    let asking = async {
        for _ in 0..1000 {
            ask(&asker, mdns);
            tokio::task::yield_now().await;
        }
        packet_at(&asker, &said).await;
    };
    tokio::select! {
        () = asking => {}
        _ = packet(&mut one, b"never") => unreachable!(),
    }
    let sent = only(&one).mdns.sent;
    assert!(sent <= 1 + begun.elapsed().as_secs(), "{sent}");
}

#[tokio::test]
async fn a_port_that_another_program_keeps_is_told_and_the_rest_goes_on() {
    let taken = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let mdns = taken.local_addr().unwrap().port();
    let port = free_port();
    let mut one = beacon_with_mdns(port, mdns, 1);
    let mut two = beacon(port, &[2]);
    let failure = only(&one).mdns.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::PortTaken);
    one.broadcast(b"over UDP");
    packet(&mut two, b"over UDP").await;
    assert_eq!(only(&one).udp.failure, None);

    // Once it is free again it is used.
    drop(taken);
    let change = async { while one.heard().await != Heard::NetworkChanged {} };
    timeout(PATIENCE, change).await.unwrap();
    one.broadcast(&announcement(1, Kind::Online));
    let sent = async {
        while only(&one).mdns.sent == 0 {
            let _ = timeout(PATIENCE / 100, one.heard()).await;
        }
    };
    timeout(PATIENCE, sent).await.unwrap();
    assert_eq!(only(&one).mdns.failure, None);
}

/// Somebody else on the network who speaks mDNS.
fn speaker(last: u8, port: u16) -> UdpSocket {
    let IpAddr::V4(from) = ip(last) else {
        unreachable!()
    };
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).unwrap();
    socket.set_reuse_address(true).unwrap();
    #[cfg(unix)]
    socket.set_reuse_port(true).unwrap();
    let place = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    socket.bind(&place.into()).unwrap();
    socket.set_multicast_if_v4(&from).unwrap();
    socket.join_multicast_v4(&MDNS_V4, &from).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket.into()
}

fn ask(speaker: &UdpSocket, port: u16) {
    let question = [
        b"\0\0\0\0\0\x01\0\0\0\0\0\0".as_slice(),
        b"\x07_banyan\x04_tcp\x05local\0\0\x0c\0\x01",
    ];
    speaker
        .send_to(&question.concat(), (MDNS_V4, port))
        .unwrap();
}

/// Waits until somebody says this.
async fn packet_at(speaker: &UdpSocket, expected: &[u8]) {
    let socket = tokio::net::UdpSocket::from_std(speaker.try_clone().unwrap()).unwrap();
    let mut buffer = [0; mdns::LONGEST];
    timeout(PATIENCE, async {
        loop {
            let length = socket.recv(&mut buffer).await.unwrap();
            if let Some(Message::Announced(said)) = mdns::read(&buffer[..length])
                && said.announcement == expected
            {
                return;
            }
        }
    })
    .await
    .unwrap();
}
