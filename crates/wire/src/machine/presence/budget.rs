//! How much attention a packet gets before anybody has looked at its signature.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(1);

/// A machine sends three packets in its liveliest second; twenty leave room for
/// several nodes behind one address.
const PACKETS_PER_SOURCE: u32 = 20;

/// Verifying takes about 50 µs, so this bounds the work at one percent of a
/// core whatever is sent.
const CHECKS: u32 = 200;

/// Strangers may use half, so that a flood of forged identities never keeps a
/// known machine from being heard.
const CHECKS_FOR_STRANGERS: u32 = CHECKS / 2;

/// More sources than this in one second are a flood; the rest is not counted,
/// it is dropped.
const SOURCES: usize = 2048;

#[derive(Debug)]
pub(super) struct Budget {
    started: Instant,
    sources: BTreeMap<IpAddr, u32>,
    checks: u32,
    checks_for_strangers: u32,
}

impl Budget {
    pub(super) fn starting(now: Instant) -> Self {
        Self {
            started: now,
            sources: BTreeMap::new(),
            checks: 0,
            checks_for_strangers: 0,
        }
    }

    /// Whether another packet of this source is read at all.
    pub(super) fn admits(&mut self, source: IpAddr, now: Instant) -> bool {
        self.turn(now);
        if !self.sources.contains_key(&source) && self.sources.len() >= SOURCES {
            return false;
        }
        let count = self.sources.entry(source).or_default();
        *count += 1;
        *count <= PACKETS_PER_SOURCE
    }

    /// Whether a signature is checked now.
    pub(super) fn check(&mut self, known: bool, now: Instant) -> bool {
        self.turn(now);
        if self.checks >= CHECKS || (!known && self.checks_for_strangers >= CHECKS_FOR_STRANGERS) {
            return false;
        }
        self.checks += 1;
        self.checks_for_strangers += u32::from(!known);
        true
    }

    fn turn(&mut self, now: Instant) {
        if now.saturating_duration_since(self.started) >= WINDOW {
            *self = Self::starting(now);
        }
    }
}
