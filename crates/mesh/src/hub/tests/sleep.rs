//! Before the machine sleeps.

use wire::msg::announce::{Announcement, Kind};

use super::memory::{address, ip, run};
use super::*;
use crate::{beacon::Heard, transport::memory::MemoryNetwork};

#[tokio::test(start_paused = true)]
async fn goodbye_is_said_twice_and_sessions_stay() {
    let network = MemoryNetwork::new();
    let (one, two, listener) = (Who::new(), Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    first.up(two.id()).await;
    second.up(one.id()).await;
    // Whatever the two had to say to each other at first is said.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = (first.handle.sessions(), second.handle.sessions());
    assert_eq!((before.0.len(), before.1.len()), (1, 1));

    let (_transport, mut hears) = network.join(listener.id(), address(3));
    network.tell(ip(1), Heard::WillSleep);
    let mut goodbyes = Vec::new();
    while goodbyes.len() < 2 {
        let Heard::Packet { bytes, .. } = hears.heard().await else {
            panic!("nobody tells anything else");
        };
        let said = Announcement::parse(&bytes).unwrap().verify().unwrap();
        if said.kind == Kind::Offline && said.device == one.id() {
            goodbyes.push(said.sequence);
        }
    }
    assert!(goodbyes.is_sorted_by(|earlier, later| earlier < later));

    // It did not sleep after all, or not for long: the session was asked, and
    // goes on.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let since = |sessions: Vec<SessionInfo>| -> Vec<_> {
        sessions.into_iter().map(|session| session.since).collect()
    };
    assert_eq!(since(first.handle.sessions()), since(before.0));
    assert_eq!(since(second.handle.sessions()), since(before.1));
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_sleeps_is_missed_within_seconds() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut first = run(&network, &one, 1, &[(two.id(), &[address(2)])]);
    let mut second = run(&network, &two, 2, &[(one.id(), &[address(1)])]);
    first.up(two.id()).await;
    second.up(one.id()).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    second.told();

    network.tell(ip(1), Heard::WillSleep);
    // It answers the first question, and is gone before the second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    network.cut(ip(1), ip(2));
    let slept = tokio::time::Instant::now();
    second.down(one.id()).await;
    assert!(
        slept.elapsed() < Duration::from_secs(8),
        "{:?}",
        slept.elapsed()
    );
}
