use std::time::Duration;

use tokio::time::timeout;
use wire::{
    machine::pairing::Code,
    msg::{pair::Relation, session::ByeReason},
};

use super::{
    Node, PATIENCE, Who,
    memory::{address, ip, run},
};
use crate::{
    hub::{Event, Failure, PairingEnd, ReachError},
    transport::memory::MemoryNetwork,
};

#[tokio::test(start_paused = true)]
async fn two_people_pair_and_a_session_comes_up() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let (mut first, mut second) = strangers(&network, &one, &two).await;
    first.handle.ask_pairing(two.id()).await.unwrap();
    let (card, address) = second
        .until(|event| match event {
            Event::PairingRequested { card, address, .. } => Some((card, address)),
            _ => None,
        })
        .await;
    assert_eq!(
        (card.name.as_str(), address.ip()),
        ("a machine (m1)", ip(1))
    );

    // No code before the person there opened the request.
    let early = timeout(Duration::from_secs(5), first.until(code)).await;
    assert!(early.is_err());
    second.handle.open_pairing(one.id()).await.unwrap();
    assert_eq!(
        first.until(code).await.to_string(),
        second.until(code).await.to_string()
    );

    first.confirm(&second, true, Relation::Other).await;
    assert!(first.handle.sessions().is_empty());
    second.confirm(&first, true, Relation::Mine).await;
    for (node, other) in [(&mut first, &two), (&mut second, &one)] {
        let PairingEnd::Paired {
            relation,
            certificate,
            card,
            ..
        } = node.until(end).await
        else {
            panic!();
        };
        // Only what both said.
        assert_eq!(relation, Relation::Other);
        assert_eq!(certificate, other.identity.certificate());
        assert!(card.name.starts_with("a machine"));
        node.up(other.id()).await;
    }
    assert_ne!(one.identity.person_id(), two.identity.person_id());
}

#[tokio::test(start_paused = true)]
async fn one_person_s_machines_end_with_the_older_person() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let person = one.identity.person_id().min(two.identity.person_id());
    let same_age = one.identity.person_since() == two.identity.person_since();
    let expected = if same_age {
        person
    } else {
        one.identity.person_id()
    };
    // Whoever asks.
    let (mut first, mut second) = strangers(&network, &two, &one).await;
    paired(&mut first, &mut second, Relation::Mine).await;
    assert_eq!(one.identity.person_id(), expected);
    assert_eq!(two.identity.person_id(), expected);
    assert_eq!(two.identity.certificate().device(), two.id());
}

#[tokio::test(start_paused = true)]
async fn when_both_ask_at_once_there_is_one_pairing_and_nobody_opens_it() {
    let network = MemoryNetwork::new();
    network.set_delay(Duration::from_millis(5));
    let (one, two) = (Who::new(), Who::new());
    let (mut first, mut second) = strangers(&network, &one, &two).await;
    let (here, there) = tokio::join!(
        first.handle.ask_pairing(two.id()),
        second.handle.ask_pairing(one.id())
    );
    assert_eq!((here, there), (Ok(()), Ok(())));
    assert_eq!(
        first.until(code).await.to_string(),
        second.until(code).await.to_string()
    );
    assert_eq!(
        first.handle.ask_pairing(two.id()).await.is_err(),
        second.handle.ask_pairing(one.id()).await.is_ok()
    );
    first.confirm(&second, true, Relation::Other).await;
    second.confirm(&first, true, Relation::Other).await;
    for node in [&mut first, &mut second] {
        assert!(matches!(node.until(end).await, PairingEnd::Paired { .. }));
    }
}

#[tokio::test(start_paused = true)]
async fn codes_that_differ_end_without_trust() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let (mut first, mut second) = strangers(&network, &one, &two).await;
    comparing(&mut first, &mut second).await;
    second.confirm(&first, true, Relation::Mine).await;
    first.confirm(&second, false, Relation::Mine).await;
    assert_eq!(first.until(end).await, PairingEnd::CodesDiffer);
    assert_eq!(second.until(end).await, PairingEnd::CodesDifferThere);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(first.handle.sessions().is_empty() && second.handle.sessions().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_request_nobody_opens_ends_and_one_can_be_cancelled() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let (mut first, mut second) = strangers(&network, &one, &two).await;
    first.handle.ask_pairing(two.id()).await.unwrap();
    assert_eq!(
        first.handle.ask_pairing(two.id()).await,
        Err(ReachError::UnderWay)
    );
    assert_eq!(first.until(end).await, PairingEnd::TimedOut);
    second.until(end).await;

    first.handle.ask_pairing(two.id()).await.unwrap();
    second.until(requested).await;
    first.handle.cancel_pairing(two.id()).await.unwrap();
    assert_eq!(first.until(end).await, PairingEnd::Cancelled);
    assert_eq!(second.until(end).await, PairingEnd::Cancelled);

    first.handle.ask_pairing(two.id()).await.unwrap();
    second.until(requested).await;
    network.kill(ip(2));
    assert_eq!(first.until(end).await, PairingEnd::Broken);
}

#[tokio::test(start_paused = true)]
async fn the_fourth_attempt_in_ten_minutes_is_refused() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let (mut first, mut second) = strangers(&network, &one, &two).await;
    for _ in 0..3 {
        first.handle.ask_pairing(two.id()).await.unwrap();
        second.until(requested).await;
        first.handle.cancel_pairing(two.id()).await.unwrap();
        second.until(end).await;
        first.until(end).await;
    }
    first.handle.ask_pairing(two.id()).await.unwrap();
    let refused = Failure::TurnedAway(ByeReason::TooLoud);
    assert_eq!(first.until(end).await, PairingEnd::NotReached(refused));
    tokio::time::sleep(Duration::from_secs(600)).await;
    first.handle.dial(address(2)).await.unwrap();
    first.handle.ask_pairing(two.id()).await.unwrap();
    second.until(requested).await;
}

impl Node {
    pub(super) async fn confirm(&self, other: &Node, same: bool, relation: Relation) {
        self.handle
            .confirm_pairing(other.id, same, relation)
            .await
            .unwrap();
    }
}

/// Until both have it behind them.
pub(super) async fn paired(first: &mut Node, second: &mut Node, relation: Relation) {
    comparing(first, second).await;
    first.confirm(second, true, relation).await;
    second.confirm(first, true, relation).await;
    for node in [first, second] {
        let ended = node.until(end).await;
        assert!(matches!(ended, PairingEnd::Paired { .. }), "{ended:?}");
    }
}

/// Until both screens show a code.
async fn comparing(first: &mut Node, second: &mut Node) -> (Code, Code) {
    first.handle.ask_pairing(second.id).await.unwrap();
    second.until(requested).await;
    second.handle.open_pairing(first.id).await.unwrap();
    (first.until(code).await, second.until(code).await)
}

/// Two machines that know of each other and no more.
async fn strangers(network: &MemoryNetwork, one: &Who, two: &Who) -> (Node, Node) {
    let mut first = run(network, one, 1, &[]);
    let mut second = run(network, two, 2, &[]);
    for (node, other) in [(&mut first, two), (&mut second, one)] {
        timeout(
            PATIENCE,
            node.until(|event| match event {
                Event::Met { device, .. } if device == other.id() => Some(()),
                _ => None,
            }),
        )
        .await
        .unwrap();
    }
    (first, second)
}

pub(super) fn requested(event: Event) -> Option<()> {
    matches!(event, Event::PairingRequested { .. }).then_some(())
}

pub(super) fn code(event: Event) -> Option<Code> {
    match event {
        Event::PairingCode { code, .. } => Some(code),
        _ => None,
    }
}

pub(super) fn end(event: Event) -> Option<PairingEnd> {
    match event {
        Event::PairingEnded { end, .. } => Some(end),
        _ => None,
    }
}
