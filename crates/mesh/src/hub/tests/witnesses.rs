//! What the doctor is told of others: who heard us, and who came.

use std::{collections::BTreeSet, net::SocketAddr};

use wire::msg::{
    announce::{Announcement, Kind},
    mdns,
};

use super::{
    Who, eventually,
    memory::{address, ip, run},
};
use crate::transport::memory::MemoryNetwork;

#[tokio::test(start_paused = true)]
async fn whoever_answers_a_newcomer_also_comes() {
    let network = MemoryNetwork::new();
    let (one, two, newcomer) = (Who::new(), Who::new(), Who::new());
    let _first = run(&network, &one, 1, &[]);
    let _second = run(&network, &two, 2, &[]);
    let third = run(&network, &newcomer, 3, &[]);
    let both = BTreeSet::from([ip(1), ip(2)]);
    eventually(async || {
        let report = third.handle.report().await.unwrap();
        (report.answered == both).then_some(())
    })
    .await;
    assert_eq!(third.handle.report().await.unwrap().visitors, both);
}

#[tokio::test(start_paused = true)]
async fn only_an_answer_to_us_alone_shows_that_we_are_heard() {
    let network = MemoryNetwork::new();
    let me = run(&network, &Who::new(), 1, &[]);
    let says = |kind, from: SocketAddr| {
        let packet = packet(&Who::new(), kind);
        network.inject(ip(1), from, packet);
    };
    says(Kind::Online, SocketAddr::new(ip(2), 5000));
    says(Kind::Reply, SocketAddr::new(ip(3), mdns::PORT));
    says(Kind::Reply, SocketAddr::new(ip(4), 5000));
    eventually(async || {
        let heard = me.handle.sightings().await.unwrap().len();
        (heard == 3).then_some(())
    })
    .await;
    let report = me.handle.report().await.unwrap();
    assert_eq!(report.answered, [ip(4)].into());
    assert_eq!(report.visitors, BTreeSet::new());
}

#[tokio::test(start_paused = true)]
async fn who_is_connected_need_not_come() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let _second = run(&network, &two, 2, &[(one.id(), &[])]);
    let (_, _inbox) = first.up(two.id()).await;
    let before = first.handle.report().await.unwrap();
    network.inject(
        ip(1),
        SocketAddr::new(ip(9), 5000),
        packet(&two, Kind::Reply),
    );
    eventually(async || {
        let sightings = first.handle.sightings().await.unwrap();
        let there = sightings[0].0.addresses.contains(&address(9));
        there.then_some(())
    })
    .await;
    let answered = first.handle.report().await.unwrap().answered;
    assert_eq!(answered, before.answered);
}

/// Newer than whatever the machine says by itself.
fn packet(who: &Who, kind: Kind) -> Vec<u8> {
    Announcement {
        kind,
        device: who.id(),
        instance: 1,
        sequence: 1000,
        tcp_port: 7878,
        has_llm: false,
        timestamp: 0,
        net: None,
    }
    .encode(who.identity.as_ref())
}
