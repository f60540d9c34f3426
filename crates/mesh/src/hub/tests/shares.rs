//! What a trusted machine may take, under a clock that jumps.

use std::collections::BTreeMap;

use tokio::{io::AsyncWriteExt, time::Instant};
use wire::{
    machine::session::Down,
    msg::session::{Bye, ByeReason, Hello, Purpose, encode, parse},
    version::SPOKEN,
};

use super::memory::{address, inbox_of, options, run, settled};
use super::*;
use crate::{
    framed::Framed,
    hub::{Failure, PeerStream, ReachError},
    transport::memory::MemoryNetwork,
};

fn draft() -> Frame {
    Frame::new(Marker::Draft, &b"again"[..])
}

/// Two that trust each other, and the second hears `per_minute` of the first.
async fn metered(network: &MemoryNetwork, per_minute: u32) -> (Node, Node) {
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut wanted = options(network, &two, 2, &[(one.id(), &[address(1)])]);
    wanted.rates = BTreeMap::from([(one.id(), Rate { per_minute })]);
    let mut second = Node::start(wanted);
    settled(&mut first, &mut second).await;
    (first, second)
}

/// How many are heard before the session ends for it.
async fn heard(first: &mut Node, second: &mut Node, frame: Frame) -> usize {
    let to = second.id;
    let latest = |node: &mut Node| node.told().into_iter().rev().find_map(inbox_of);
    let mut inbox = eventually(async || latest(second)).await;
    first.told();
    let talks = async { while first.handle.send(to, frame.clone()).await.is_ok() {} };
    let hears = async {
        let mut heard = 0;
        while inbox.recv().await.is_some() {
            heard += 1;
        }
        heard
    };
    let ((), heard) = timeout(PATIENCE, async { tokio::join!(talks, hears) })
        .await
        .unwrap();
    assert_eq!(first.down(to).await, Down::There(ByeReason::TooLoud));
    heard
}

#[tokio::test(start_paused = true)]
async fn one_who_was_cut_off_finds_the_same_bucket_when_it_comes_back() {
    let network = MemoryNetwork::new();
    let (mut first, mut second) = metered(&network, 6).await;
    // Some may be on their way in a session that makes room for another.
    let at_first = heard(&mut first, &mut second, draft()).await;
    assert!((1..=6).contains(&at_first), "{at_first}");
    let cut_off = Instant::now();
    settled(&mut first, &mut second).await;
    let since = cut_off.elapsed().as_secs();
    assert!(since < 30, "{since}");
    let again = heard(&mut first, &mut second, draft()).await;
    let allowed = usize::try_from(since / 10 + 1).unwrap();
    assert!(again <= allowed, "{again} after {since} s");

    // Somebody here allows more, without anybody starting anew.
    let more = BTreeMap::from([(first.id, Rate { per_minute: 6000 })]);
    second.handle.set_rates(more).await.unwrap();
    settled(&mut first, &mut second).await;
    let now = heard(&mut first, &mut second, draft()).await;
    assert!(now >= 100, "{now}");
}

#[tokio::test(start_paused = true)]
async fn what_is_said_about_trust_has_a_budget_of_its_own() {
    let network = MemoryNetwork::new();
    let (mut first, mut second) = metered(&network, 100_000).await;
    let certificates = Frame::new(Marker::Person, &b"{}"[..]);
    let at_first = heard(&mut first, &mut second, certificates).await;
    assert!((1..=30).contains(&at_first), "{at_first}");
    settled(&mut first, &mut second).await;
    let keys = Frame::new(Marker::MeshKey, &b"{}"[..]);
    assert!(heard(&mut first, &mut second, keys).await < 10);
}

#[tokio::test(start_paused = true)]
async fn one_machine_has_so_many_streams_at_a_time() {
    let network = MemoryNetwork::new();
    let (first, mut second) = metered(&network, 1000).await;
    let to = second.id;
    let open = async |first: &Node| {
        let grant = "grant".to_owned();
        first.handle.open_stream(to, grant).await
    };
    let mut near: Vec<PeerStream> = Vec::new();
    for _ in 0..64 {
        near.push(open(&first).await.unwrap());
    }
    let refused = open(&first).await.map(drop);
    let too_loud = Failure::TurnedAway(ByeReason::TooLoud);
    assert_eq!(refused, Err(ReachError::Failed(too_loud)));

    // One that ends makes a place.
    let far = second
        .until(|event| match event {
            Event::Stream(stream) => Some(stream),
            _ => None,
        })
        .await;
    drop(far);
    open(&first).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_machine_opens_so_many_sessions_at_a_time() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let first = run(&network, &one, 1, &[(two.id(), &[])]);
    let (transport, _hears) = network.join(two.id(), address(2));
    let mut refused = 0;
    let mut open = Vec::new();
    for _ in 0..40 {
        let mut channel = transport.open(address(1)).await.unwrap();
        channel.stream.write_all(&greeting()).await.unwrap();
        let mut frames = Framed::new(channel.stream);
        let answer = frames.read().await.unwrap();
        if answer.marker == Marker::Bye {
            let bye: Bye = parse(&answer.payload).unwrap();
            assert_eq!(bye.reason, ByeReason::TooLoud);
            refused += 1;
        }
        open.push(frames);
    }
    assert_eq!(refused, 40 - 16);
    drop((open, first));
}

fn greeting() -> Vec<u8> {
    let hello = Hello {
        versions: SPOKEN,
        instance: 1,
        name: "somebody".to_owned(),
        form: Form::Unknown,
        trusted: true,
        purpose: Purpose::Session,
    };
    let mut bytes = bytes::BytesMut::new();
    Frame::new(Marker::Hello, encode(&hello)).write(&mut bytes);
    bytes.to_vec()
}
