//! How much attention a packet gets before anybody has looked at its signature.
//!
//! An id is easily written on a packet, so knowing it gives little. Most of what
//! is kept for known machines is for packets that come from where their machine
//! was heard before; each id and each place has a share of the rest. Whoever
//! forges packets of known machines from places of their own uses up their own
//! share, and whoever forges the places as well has to know them and gets a
//! little of each machine's.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    time::{Duration, Instant},
};

use crate::DeviceId;

const WINDOW: Duration = Duration::from_secs(1);

/// A machine sends three packets in its liveliest second; twenty leave room for
/// several nodes behind one address.
const PACKETS_PER_SOURCE: u32 = 20;

/// Verifying takes about 50 µs, so together these bound the work at one percent
/// of a core whatever is sent. Known machines that come from elsewhere may use
/// what strangers leave as well: all of them do after a start.
const AT_HOME: u32 = 60;
const ELSEWHERE: u32 = 40;
const STRANGERS: u32 = 100;

/// For one known machine where it was, and as much elsewhere.
const PER_MACHINE: u32 = 4;

/// For known machines that come from one new place: several nodes on a machine
/// that was moved.
const PER_PLACE: u32 = 8;

/// More sources than this in one second are a flood; the rest is not counted,
/// it is dropped.
const SOURCES: usize = 2048;

/// Who a packet says it is from, by what is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Stranger,
    /// Somebody decided about that machine.
    Known {
        device: DeviceId,
        source: IpAddr,
        /// It was heard there before.
        at_home: bool,
    },
}

#[derive(Debug)]
pub(super) struct Budget {
    started: Instant,
    sources: BTreeMap<IpAddr, u32>,
    strangers: u32,
    at_home: u32,
    elsewhere: u32,
    /// No more than there are known machines.
    machines: BTreeMap<(DeviceId, bool), u32>,
    /// No more than there are sources.
    places: BTreeMap<IpAddr, u32>,
}

impl Budget {
    pub(super) fn starting(now: Instant) -> Self {
        Self {
            started: now,
            sources: BTreeMap::new(),
            strangers: 0,
            at_home: 0,
            elsewhere: 0,
            machines: BTreeMap::new(),
            places: BTreeMap::new(),
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
    pub(super) fn check(&mut self, claim: Claim, now: Instant) -> bool {
        self.turn(now);
        match claim {
            Claim::Stranger => spend(&mut self.strangers, STRANGERS),
            Claim::Known {
                device,
                source,
                at_home,
            } => {
                let machine = self.machines.entry((device, at_home)).or_default();
                if !spend(machine, PER_MACHINE) {
                    false
                } else if at_home {
                    spend(&mut self.at_home, AT_HOME)
                } else {
                    spend(self.places.entry(source).or_default(), PER_PLACE)
                        && (spend(&mut self.elsewhere, ELSEWHERE)
                            || spend(&mut self.strangers, STRANGERS))
                }
            }
        }
    }

    fn turn(&mut self, now: Instant) {
        if now.saturating_duration_since(self.started) >= WINDOW {
            *self = Self::starting(now);
        }
    }
}

fn spend(count: &mut u32, most: u32) -> bool {
    let enough = *count < most;
    *count += u32::from(enough);
    enough
}
