//! Answers to newcomers: when each is sent, and how many one place may get.
//!
//! Where a packet came from is what it says, and everybody around answers it. So
//! each keeps count of the places: whoever writes another's address on packets
//! of ever new machines gets a handful of answers sent there, and no more.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// Several nodes of one machine that start together.
const TO_ONE_PLACE: u32 = 8;

/// How long a place is remembered.
const MEMORY: Duration = Duration::from_secs(10);

/// More newcomers than these at a time hear the others by themselves.
const WAITING: usize = 256;
const PLACES: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Replies {
    waiting: VecDeque<Waiting>,
    /// Since when, and how many since then.
    places: BTreeMap<IpAddr, (Instant, u32)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub(super) at: Instant,
    pub(super) to: SocketAddr,
    /// The reply may not be larger.
    pub(super) answered_bytes: usize,
}

impl Replies {
    pub(super) fn plan(&mut self, reply: Waiting, now: Instant) {
        if self.waiting.len() < WAITING && self.may_reach(reply.to.ip(), now) {
            self.waiting.push_back(reply);
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.waiting.iter().map(|reply| reply.at).min()
    }

    pub(super) fn due(&mut self, now: Instant) -> VecDeque<Waiting> {
        let (due, waiting) = self.waiting.iter().partition(|reply| reply.at <= now);
        self.waiting = waiting;
        due
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn may_reach(&mut self, place: IpAddr, now: Instant) -> bool {
        self.places
            .retain(|_, (since, _)| now.saturating_duration_since(*since) < MEMORY);
        if self.places.len() >= PLACES && !self.places.contains_key(&place) {
            return false;
        }
        let (_, count) = self.places.entry(place).or_insert((now, 0));
        *count += 1;
        *count <= TO_ONE_PLACE
    }
}
