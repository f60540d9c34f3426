use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::AsyncReadExt,
    time::{Instant, timeout},
};
use wire::{
    DeviceId,
    frame::{Frame, Marker},
    machine::session::Down,
    msg::session::ByeReason,
};

use super::{Node, PATIENCE, Who, eventually, speaks, trusting};
use crate::{
    beacon::Heard,
    hub::{Event, Failure, ReachError, SendError},
    transport::{PeerTransport, memory::MemoryNetwork},
};

#[tokio::test(start_paused = true)]
async fn two_strangers_meet_and_tell_no_more_than_strangers_may_know() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let begun = Instant::now();
    let mut first = run(&network, &one, 1, &[]);
    let second = run(&network, &two, 2, &[]);
    let card = first
        .until(|event| match event {
            Event::Met { device, card } if device == two.id() => Some(card),
            _ => None,
        })
        .await;
    assert_eq!(card.name, "a machine (m2)");
    assert!(!card.trusts_us);
    assert!(begun.elapsed() < Duration::from_millis(200));
    let sightings = first.handle.sightings().await.unwrap();
    assert_eq!(sightings.len(), 1);
    assert_eq!(sightings[0].0.addresses, [address(2)]);
    assert_eq!(sightings[0].1.as_ref().unwrap().name, "a machine (m2)");
    assert!(first.handle.sessions().is_empty());
    let frame = Frame::new(Marker::Draft, &b"psst"[..]);
    assert_eq!(
        first.handle.send(two.id(), frame).await,
        Err(SendError::NoSession)
    );
    drop(second);
}

#[tokio::test(start_paused = true)]
async fn trusted_machines_hold_one_session_whoever_dials() {
    let network = MemoryNetwork::new();
    network.set_delay(Duration::from_millis(3));
    let (one, two) = (Who::new(), Who::new());
    // Both dial at the same moment, from memory and again when heard.
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    let (mut from_second, mut from_first) = inboxes(&mut first, &mut second).await;
    speaks(&first, two.id(), &mut from_first, "there").await;
    speaks(&second, one.id(), &mut from_second, "back").await;
    let [session] = &first.handle.sessions()[..] else {
        panic!("{:?}", first.handle.sessions());
    };
    assert_eq!(session.card.name, "m2");
    assert!(session.card.trusts_us);

    // The round trip becomes known with the first ping.
    let trip = eventually(async || first.handle.sessions()[0].round_trip).await;
    assert!(trip >= Duration::from_millis(6), "{trip:?}");
}

#[tokio::test(start_paused = true)]
async fn a_session_comes_back_after_a_cut_and_after_a_kill() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;

    // The cable of the second is pulled and nobody notices at once.
    network.cut(ip(1), ip(2));
    assert_eq!(first.down(two.id()).await, Down::Here(ByeReason::Silent));
    let failure = first
        .until(|event| match event {
            Event::NotReached { failure, .. } => Some(failure.failure),
            _ => None,
        })
        .await;
    assert_eq!(failure, Failure::NoAnswer);
    network.heal(ip(1), ip(2));
    let healed = Instant::now();
    network.tell(ip(2), Heard::NetworkChanged);
    let again = settled(&mut first, &mut second).await - healed;
    assert!(again < Duration::from_secs(2), "{again:?}");

    // The other is killed and starts again.
    network.kill(ip(2));
    drop(second);
    assert_eq!(first.down(two.id()).await, Down::Lost);
    let mut again = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    let back = Instant::now();
    let again = settled(&mut first, &mut again).await - back;
    assert!(again < Duration::from_secs(1), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_address_under_a_living_session_is_found() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    let (_, _kept) = first.up(two.id()).await;
    // The same machine, from now on somewhere else; the old place is dead.
    network.kill(ip(2));
    drop(second);
    first.down(two.id()).await;
    let mut options = options(&network, &two, 9, &[(one.id(), &[address(1)])]);
    options.instance = 2;
    let _second = Node::start(options);
    let (session, _inbox) = first.up(two.id()).await;
    assert_eq!(session.card.instance, 2);
    assert_eq!(session.address.ip(), ip(9));
}

#[tokio::test(start_paused = true)]
async fn after_ten_minutes_of_sleep_a_dead_session_is_noticed_in_two_seconds() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    network.cut(ip(1), ip(2));
    let woken = Instant::now();
    network.tell(ip(1), Heard::Woke);
    assert_eq!(first.down(two.id()).await, Down::Here(ByeReason::Silent));
    let noticed = woken.elapsed();
    assert!(noticed <= Duration::from_millis(2100), "{noticed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_network_does_not_end_a_session_that_lives() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    let (_, mut from_first) = inboxes(&mut first, &mut second).await;
    network.tell(ip(1), Heard::NetworkChanged);
    tokio::time::sleep(Duration::from_secs(10)).await;
    speaks(&first, two.id(), &mut from_first, "still here").await;
    let downs = first
        .told()
        .into_iter()
        .filter(|event| matches!(event, Event::Down { .. }))
        .count();
    assert_eq!(downs, 0);
}

#[tokio::test(start_paused = true)]
async fn trust_on_one_side_only_is_no_session() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[]);
    let failure = first
        .until(|event| match event {
            Event::NotReached { failure, .. } => Some(failure.failure),
            _ => None,
        })
        .await;
    assert_eq!(failure, Failure::TurnedAway(ByeReason::NotTrusted));
    assert!(second.handle.sessions().is_empty());
    second.handle.trust(one.id(), vec![]).await.unwrap();
    settled(&mut first, &mut second).await;

    second.handle.forget(one.id()).await.unwrap();
    assert_eq!(first.down(two.id()).await, Down::There(ByeReason::Removed));
    assert_eq!(second.down(one.id()).await, Down::Here(ByeReason::Removed));
}

#[tokio::test(start_paused = true)]
async fn a_blocked_machine_is_neither_dialled_nor_answered() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    second.handle.block(one.id()).await.unwrap();
    first.down(two.id()).await;
    let before = network.bytes(ip(2), ip(1));
    tokio::time::sleep(Duration::from_secs(300)).await;
    assert_eq!(network.bytes(ip(2), ip(1)), before, "not a word");
    assert!(second.handle.sessions().is_empty());
    assert_eq!(
        second.handle.ask_pairing(one.id()).await,
        Err(ReachError::Blocked)
    );
    second.handle.unblock(one.id()).await.unwrap();
    second.handle.trust(one.id(), vec![]).await.unwrap();
    settled(&mut first, &mut second).await;
}

#[tokio::test(start_paused = true)]
async fn a_person_can_name_the_address() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[]);
    let second = run(&network, &two, 2, &[]);
    let (device, card) = first.handle.dial(address(2)).await.unwrap();
    assert_eq!((device, card.name.as_str()), (two.id(), "a machine (m2)"));
    let elsewhere = SocketAddr::new(ip(2), 1);
    assert_eq!(
        first.handle.dial(elsewhere).await,
        Err(ReachError::Failed(Failure::Refused))
    );
    assert_eq!(
        first.handle.dial("8.8.8.8:7878".parse().unwrap()).await,
        Err(ReachError::Failed(Failure::Far))
    );
    assert_eq!(
        first.handle.dial(address(1)).await,
        Err(ReachError::Failed(Failure::Ourselves))
    );
    drop((second, first.told()));
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_a_connection_of_its_own() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    let mut near = first
        .handle
        .open_stream(two.id(), "grant".to_owned())
        .await
        .unwrap();
    let mut far = second
        .until(|event| match event {
            Event::Stream(stream) => Some(stream),
            _ => None,
        })
        .await;
    assert_eq!((far.device, far.grant.as_str()), (one.id(), "grant"));
    let large = Frame::new(Marker::Draft, vec![1; 500_000]);
    let (sent, heard) = tokio::join!(near.frames.write(&large), far.frames.read());
    sent.unwrap();
    assert_eq!(heard.unwrap(), large);

    second.handle.forget(one.id()).await.unwrap();
    first.down(two.id()).await;
    assert!(matches!(
        first.handle.open_stream(two.id(), "again".to_owned()).await,
        Err(ReachError::Failed(Failure::TurnedAway(
            ByeReason::NotTrusted
        )))
    ));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_makes_only_its_own_peer_wait() {
    let network = MemoryNetwork::new();
    let (one, two, three) = (Who::new(), Who::new(), Who::new());
    let mut first = run(
        &network,
        &one,
        1,
        &[(two.id(), &[address(2)]), (three.id(), &[address(3)])],
    );
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    let mut third = run(&network, &three, 3, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    settled(&mut first, &mut third).await;
    let mut from_first =
        eventually(async || third.told().into_iter().rev().find_map(inbox_of)).await;

    // The second takes nothing out of its inbox.
    let frame = Frame::new(Marker::Draft, vec![1; 100_000]);
    let sending = async {
        loop {
            first.handle.send(two.id(), frame.clone()).await.unwrap();
        }
    };
    let waits = timeout(Duration::from_secs(5), sending).await;
    assert!(waits.is_err(), "back-pressure");
    speaks(&first, three.id(), &mut from_first, "quick").await;
}

#[tokio::test(start_paused = true)]
async fn one_who_talks_while_nobody_takes_it_is_not_called_silent() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    let (_near, mut inbox) = inboxes(&mut first, &mut second).await;
    // More than the inbox holds, and it is looked at after ten minutes.
    let frame = Frame::new(Marker::Draft, &b"word"[..]);
    for _ in 0..100 {
        first.handle.send(two.id(), frame.clone()).await.unwrap();
    }
    tokio::time::sleep(Duration::from_mins(10)).await;
    for _ in 0..100 {
        assert_eq!(inbox.recv().await, Some(frame.clone()));
    }
    speaks(&first, two.id(), &mut inbox, "and on").await;
}

#[tokio::test(start_paused = true)]
async fn one_who_talks_too_much_is_told_so() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    let (_, mut inbox) = inboxes(&mut first, &mut second).await;
    let frame = Frame::new(Marker::Draft, &b"again"[..]);
    let talks = async { while first.handle.send(two.id(), frame.clone()).await.is_ok() {} };
    let hears = async { while inbox.recv().await.is_some() {} };
    timeout(PATIENCE, async { tokio::join!(talks, hears) })
        .await
        .unwrap();
    assert_eq!(first.down(two.id()).await, Down::There(ByeReason::TooLoud));
}

#[tokio::test(start_paused = true)]
async fn an_ordered_end_says_goodbye() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    let begun = Instant::now();
    second.mesh.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(first.down(two.id()).await, Down::There(ByeReason::Stopping));
    first
        .until(|event| matches!(event, Event::Gone { device } if device == two.id()).then_some(()))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_forged_announcements_stays_bounded() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let first = run(&network, &one, 1, &[]);
    for number in 0..10_000_u32 {
        let [_, a, b, c] = number.to_be_bytes();
        let source = SocketAddr::new([10, a, b, c].into(), 5000);
        let packet = format!(
            "{{\"message_type\":\"ONLINE\",\"v\":1,\"id\":\"{}\",\"inst\":{number},\"seq\":1,\"tcp\":7878,\"has_llm\":false,\"timestamp\":0,\"sig\":\"{}\"}}",
            two.id(),
            "00".repeat(64)
        );
        network.inject(ip(1), source, packet.into_bytes());
    }
    let report = eventually(async || {
        let report = first.handle.report().await.unwrap();
        (report.ignored.values().sum::<u64>() == 10_000).then_some(report)
    })
    .await;
    let forged = report
        .ignored
        .get(&wire::machine::presence::Ignored::Forged);
    assert!(forged.is_some_and(|forged| *forged <= 200), "{report:?}");
    assert_eq!(first.handle.sightings().await.unwrap(), []);
    assert_eq!(network.connections(), 0, "nobody was dialled");
    let far = "8.8.8.8:5000".parse().unwrap();
    network.inject(ip(1), far, b"anything".to_vec());
    eventually(async || (first.handle.report().await.unwrap().refused_sources == 1).then_some(()))
        .await;
}

#[tokio::test(start_paused = true)]
async fn nobody_from_far_away_is_let_in() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let first = run(&network, &one, 1, &[(two.id(), &[])]);
    let far = SocketAddr::new([8, 8, 8, 8].into(), 7878);
    let (transport, _beacon) = network.join(two.id(), far);
    let mut channel = transport.open(address(1)).await.unwrap();
    assert!(channel.stream.read_u8().await.is_err());
    assert_eq!(first.handle.report().await.unwrap().refused_sources, 1);

    // A person may say otherwise.
    let mut wider = options(&network, &one, 1, &[(two.id(), &[far])]);
    wider.neighbourhood.also = vec!["8.8.0.0/16".parse().unwrap()];
    drop(first);
    let _first = Node::start(wider);
    let arrival = timeout(PATIENCE, transport.accept()).await.unwrap();
    assert_eq!(arrival.address.ip(), ip(1));
}

#[tokio::test(start_paused = true)]
async fn fifty_machines_find_each_other_and_survive_partitions() {
    const MACHINES: u8 = 50;
    let network = MemoryNetwork::new();
    network.set_delay(Duration::from_millis(1));
    let who: Vec<_> = (0..MACHINES).map(|_| Who::new()).collect();
    let ids: Vec<_> = who.iter().map(Who::id).collect();
    let mut nodes: Vec<_> = who
        .iter()
        .zip(1..)
        .map(|(who, last)| {
            let others: Vec<_> = ids.iter().map(|id| (*id, &[] as &[SocketAddr])).collect();
            run(&network, who, last, &others)
        })
        .collect();
    let begun = Instant::now();
    everybody(&mut nodes, usize::from(MACHINES) - 1).await;
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );

    // Two halves that do not hear each other.
    for left in 1..=25 {
        for right in 26..=50 {
            network.cut(ip(left), ip(right));
        }
    }
    everybody(&mut nodes, 0).await;
    network.heal_all();
    let healed = Instant::now();
    for last in 1..=MACHINES {
        network.tell(ip(last), Heard::NetworkChanged);
    }
    everybody(&mut nodes, usize::from(MACHINES) - 1).await;
    assert!(
        healed.elapsed() < Duration::from_secs(10),
        "{:?}",
        healed.elapsed()
    );
    // Each pair has one session, seen alike from both ends.
    let ends: usize = nodes.iter().map(|node| node.handle.sessions().len()).sum();
    assert_eq!(ends, usize::from(MACHINES) * (usize::from(MACHINES) - 1));
}

/// Waits until every node has so many sessions; `0` stands for only those of
/// its own half.
async fn everybody(nodes: &mut [Node], expected: usize) {
    let expected = if expected == 0 {
        nodes.len() / 2 - 1
    } else {
        expected
    };
    eventually(async || {
        for node in nodes.iter_mut() {
            // Frames and events are of no interest here.
            node.told();
        }
        nodes
            .iter()
            .all(|node| node.handle.sessions().len() == expected)
            .then_some(())
    })
    .await;
}

/// Waits until both ends see the same one session and it stays; says since
/// when.
pub(super) async fn settled(first: &mut Node, second: &mut Node) -> Instant {
    let of = |node: &Node, other: DeviceId| {
        let sessions = node.handle.sessions();
        sessions.into_iter().find(|session| session.device == other)
    };
    let seen = || of(first, second.id).zip(of(second, first.id));
    eventually(async || {
        let (near, far) = seen()?;
        let since = Instant::now();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let (still_near, still_far) = seen()?;
        let same = near.since == still_near.since && far.since == still_far.since;
        (same && near.incoming != far.incoming).then_some(since)
    })
    .await
}

/// The inboxes of the session that counts on either side.
async fn inboxes(
    first: &mut Node,
    second: &mut Node,
) -> (
    tokio::sync::mpsc::Receiver<Frame>,
    tokio::sync::mpsc::Receiver<Frame>,
) {
    let latest = |node: &mut Node| node.told().into_iter().rev().find_map(inbox_of);
    let near = eventually(async || latest(first)).await;
    let far = eventually(async || latest(second)).await;
    (near, far)
}

pub(super) fn inbox_of(event: Event) -> Option<tokio::sync::mpsc::Receiver<Frame>> {
    match event {
        Event::Up { inbox, .. } => Some(inbox),
        _ => None,
    }
}

pub(super) fn run(
    network: &MemoryNetwork,
    who: &Who,
    last: u8,
    trusted: &[(DeviceId, &[SocketAddr])],
) -> Node {
    Node::start(options(network, who, last, trusted))
}

pub(super) fn options(
    network: &MemoryNetwork,
    who: &Who,
    last: u8,
    trusted: &[(DeviceId, &[SocketAddr])],
) -> crate::hub::MeshOptions {
    let (transport, beacon) = network.join(who.id(), address(last));
    let mut options = who.options(&format!("m{last}"), Arc::new(transport), Box::new(beacon));
    options.trusted = trusting(trusted);
    options.seed = last.into();
    options
}

pub(super) fn address(last: u8) -> SocketAddr {
    SocketAddr::new(ip(last), 7878)
}

pub(super) fn ip(last: u8) -> IpAddr {
    [10, 0, 0, last].into()
}
