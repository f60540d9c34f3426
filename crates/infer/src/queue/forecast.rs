//! Who goes when, as things stand: the line played forward with the durations
//! that were expected. For showing and for choosing a machine; nothing is
//! granted by it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{Place, Queue, Ticket, Waiting, accounts::Accounts};

/// What takes longer than was thought is thought to take another eighth.
const LONGER: u32 = 8;

pub(super) struct Forecast<D> {
    /// In the order in which they go.
    pub(super) line: Vec<(Ticket<D>, Place)>,
    lanes: Lanes,
}

/// When each of the slots is free again.
struct Lanes(Vec<Duration>);

impl<D> Forecast<D> {
    /// How long somebody from elsewhere who comes now would wait.
    pub(super) fn for_one_more(&self) -> Duration {
        self.lanes.0.iter().min().copied().unwrap_or_default()
    }
}

impl<P: Copy + Ord, D: Copy + Ord> Queue<P, D> {
    pub(super) fn forecast(&self, now: Instant) -> Forecast<D> {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for held in self.held.values() {
            let end = (held.since + held.takes).max(now + held.takes / LONGER);
            let end = end.saturating_duration_since(now);
            if held.person == self.here.person {
                own.push(end);
            } else {
                others.push(end);
            }
        }
        let free = self.limits.slots.saturating_sub(self.held.len());
        let next_own = own.iter().min().copied().unwrap_or_default();
        let until_shared = if free > 0 { Duration::ZERO } else { next_own };
        let mut all = Lanes(own.iter().chain(&others).copied().collect());
        all.0.resize(self.limits.slots.max(1), Duration::ZERO);
        let mut lanes = Lanes(others);
        lanes.0.resize(self.slots_for_others().max(1), until_shared);

        let mut line = Vec::with_capacity(self.waiting.len());
        for ticket in self.in_order() {
            let Some(waits) = self.waiting.get(&ticket) else {
                continue;
            };
            let eta = if waits.person == self.here.person {
                let eta = all.take(waits.takes);
                // Where there is one slot, everybody uses the same.
                if self.limits.slots <= 1 {
                    lanes.take(waits.takes);
                }
                eta
            } else {
                lanes.take(waits.takes)
            };
            let ahead = line.len();
            line.push((ticket, Place { ahead, eta }));
        }
        Forecast { line, lanes }
    }

    /// Those who wait, in the order in which they will go if nobody else comes.
    fn in_order(&self) -> Vec<Ticket<D>> {
        let mut left: BTreeMap<u64, (Ticket<D>, Waiting<P>)> = self
            .waiting
            .iter()
            .map(|(ticket, waits)| (waits.arrival, (*ticket, *waits)))
            .collect();
        let own: Vec<u64> = left
            .iter()
            .filter(|(_, (_, waits))| waits.person == self.here.person)
            .map(|(arrival, _)| *arrival)
            .collect();
        let mut order = Vec::with_capacity(left.len());
        for arrival in own {
            order.extend(left.remove(&arrival).map(|(ticket, _)| ticket));
        }
        let mut accounts: Accounts<P> = self.accounts.clone();
        while let Some(person) = accounts.next(|_| true) {
            let first = left.iter().find(|(_, (_, waits))| waits.person == person);
            let Some((arrival, (ticket, waits))) = first.map(|(arrival, entry)| (*arrival, *entry))
            else {
                accounts.waits_no_longer(person);
                continue;
            };
            left.remove(&arrival);
            accounts.charge(person, waits.tokens);
            order.push(ticket);
        }
        order
    }
}

impl Lanes {
    /// The slot that is free first is taken for so long. When that begins.
    fn take(&mut self, takes: Duration) -> Duration {
        let Some(first) = self.0.iter_mut().min() else {
            return Duration::ZERO;
        };
        let begins = *first;
        *first += takes;
        begins
    }
}
