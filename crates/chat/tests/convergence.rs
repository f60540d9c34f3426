//! Random histories of machines that write, meet, part, lie and forge: in the end
//! all who are in a room show the same, which is what a second, simple reading of
//! the same ops says; nothing forged is among it, and nothing acknowledged is
//! missing.
//!
//! `BANYAN_HISTORIES=100000` plays more of them, `BANYAN_HISTORY=seed` one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what must hold in the shortest way"
)]

#[path = "convergence/reference.rs"]
mod reference;
#[path = "convergence/world.rs"]
mod world;

use std::env;

use world::{Seen, World};

/// Enough that each kind of event meets each other many times.
const HISTORIES: u64 = 2000;

/// Tests that share them, so that several processors can.
const PARTS: u64 = 4;

#[test]
fn every_history_ends_in_one_state() {
    play(0);
}

#[test]
fn so_does_every_history_of_the_second_part() {
    play(1);
}

#[test]
fn so_does_every_history_of_the_third_part() {
    play(2);
}

#[test]
fn so_does_every_history_of_the_fourth_part() {
    play(3);
}

fn play(part: u64) {
    if let Ok(seed) = env::var("BANYAN_HISTORY") {
        World::play(seed.parse().unwrap());
        return;
    }
    let histories = env::var("BANYAN_HISTORIES").ok();
    let histories = histories.map_or(HISTORIES, |count| count.parse().unwrap());
    let mut seen = Seen::default();
    for seed in (part..histories).step_by(PARTS as usize) {
        seen.add(&World::play(seed));
    }
    // A history in which nothing happens proves nothing.
    let played = histories / PARTS;
    assert!(seen.messages > played, "{seen:?}");
    assert!(seen.forged > played / 10, "{seen:?}");
    assert!(seen.forks > played / 100, "{seen:?}");
    assert!(seen.removals > played / 10, "{seen:?}");
    assert!(seen.deletions > played / 10, "{seen:?}");
    assert!(seen.apart <= played / 4, "{seen:?}");
}
