//! Streams that are dialled before they are granted, under a clock that jumps.

use tokio::time::sleep;
use wire::msg::session::ByeReason;

use super::memory::{address, ip, run, settled};
use super::*;
use crate::{
    hub::{Failure, PeerStream, ReachError},
    transport::memory::MemoryNetwork,
};

/// Two that trust each other and have nothing more to say.
async fn two(network: &MemoryNetwork) -> (Node, Node) {
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(network, &two, 2, &[(one.id(), &[address(1)])]);
    settled(&mut first, &mut second).await;
    sleep(Duration::from_secs(5)).await;
    (first, second)
}

/// So many wait at the door of a machine.
async fn wait_there(node: &Node, wanted: usize) {
    eventually(async || {
        let there = node.handle.report().await.unwrap().strangers;
        (there == wanted).then_some(())
    })
    .await;
}

async fn open(from: &Node, to: &Node) -> Result<PeerStream, ReachError> {
    from.handle.open_stream(to.id, "grant".to_owned()).await
}

async fn taken(node: &mut Node) -> PeerStream {
    node.until(|event| match event {
        Event::Stream(stream) => Some(stream),
        _ => None,
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_dialled_ahead_needs_no_further_connection() {
    let network = MemoryNetwork::new();
    let (first, mut second) = two(&network).await;
    let before = network.connections();
    first.handle.dial_ahead(second.id);
    wait_there(&second, 1).await;
    let mut near = open(&first, &second).await.unwrap();
    let mut far = taken(&mut second).await;
    assert_eq!((far.device, far.grant.as_str()), (first.id, "grant"));
    assert_eq!(network.connections(), before + 1);
    let large = Frame::new(Marker::Draft, vec![1; 500_000]);
    let (sent, heard) = tokio::join!(near.frames.write(&large), far.frames.read());
    sent.unwrap();
    assert_eq!(heard.unwrap(), large);
    // The next one has none that waits, and comes all the same.
    open(&first, &second).await.unwrap();
    assert_eq!(network.connections(), before + 2);
}

#[tokio::test(start_paused = true)]
async fn a_grant_may_come_before_the_handshake_is_over() {
    let network = MemoryNetwork::new();
    let (first, mut second) = two(&network).await;
    network.set_delay(Duration::from_millis(20));
    let before = network.connections();
    first.handle.dial_ahead(second.id);
    open(&first, &second).await.unwrap();
    assert_eq!(taken(&mut second).await.grant, "grant");
    assert_eq!(network.connections(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn few_wait_and_none_for_long() {
    let network = MemoryNetwork::new();
    let (first, second) = two(&network).await;
    let before = network.connections();
    for _ in 0..20 {
        first.handle.dial_ahead(second.id);
    }
    wait_there(&second, 4).await;
    assert_eq!(network.connections(), before + 4);
    sleep(Duration::from_secs(3)).await;
    wait_there(&second, 0).await;
    open(&first, &second).await.unwrap();
    assert_eq!(network.connections(), before + 5);
}

#[tokio::test(start_paused = true)]
async fn one_that_broke_while_it_waited_is_dialled_again() {
    let network = MemoryNetwork::new();
    let (first, mut second) = two(&network).await;
    first.handle.dial_ahead(second.id);
    wait_there(&second, 1).await;
    network.break_all(ip(2));
    open(&first, &second).await.unwrap();
    assert_eq!(taken(&mut second).await.grant, "grant");
}

#[tokio::test(start_paused = true)]
async fn waiting_ahead_gives_nobody_a_right() {
    let network = MemoryNetwork::new();
    let (first, second) = two(&network).await;
    first.handle.dial_ahead(second.id);
    wait_there(&second, 1).await;
    second.handle.forget(first.id).await.unwrap();
    let not_trusted = Failure::TurnedAway(ByeReason::NotTrusted);
    let refused = open(&first, &second).await.map(drop);
    assert_eq!(refused, Err(ReachError::Failed(not_trusted)));

    let (first, second) = two(&MemoryNetwork::new()).await;
    first.handle.dial_ahead(second.id);
    wait_there(&second, 1).await;
    first.handle.forget(second.id).await.unwrap();
    let refused = open(&first, &second).await.map(drop);
    assert_eq!(refused, Err(ReachError::NotTrusted));
}
