//! The line in front of the models of one machine: who is answered next.
//!
//! Somebody asks and is granted a slot at once, waits, or is refused. A grant is
//! redeemed within [`Limits::grant_for`] or passes on. The person of this machine
//! goes first and keeps one slot free of others where there is more than one;
//! among other persons, slots go round by [tokens](accounts), and nobody holds
//! more than half of them while others wait. Whoever asks again under the same
//! ticket learns how the line moved.
//!
//! Time is handed in and what happened is taken out with [`Queue::poll_event`].
//! Who persons and devices are is none of its business; it tells them apart.
//!
//! Invariant: a ticket is in one place only, waiting or held, and never more than
//! [`Limits::slots`] are held.

mod accounts;
mod fence;
mod forecast;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use accounts::{Accounts, Charge};
use fence::Fence;

/// Who asks: a person, and the device they sit at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker<P, D> {
    pub person: P,
    pub device: D,
}

/// One request for a slot. The device counts its own, so that it can ask again
/// without standing in line twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket<D> {
    pub device: D,
    pub number: u64,
}

/// Sixteen bytes that open a slot: drawn by the caller where nobody can guess
/// them, and shown to nobody before the slot is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GrantId(pub [u8; 16]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<P, D> {
    pub from: Asker<P, D>,
    pub number: u64,
    pub grant: GrantId,
    /// How long this machine thinks it takes.
    pub takes: Duration,
    /// How many tokens it will probably generate.
    pub tokens: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests that are answered at the same time.
    pub slots: usize,
    /// How many of those may come from other devices.
    pub remote_slots: usize,
    /// Requests of other persons that may wait.
    pub most_waiting: usize,
    /// Requests of one device in a minute. The device of this machine is free.
    pub requests_per_minute: u32,
    /// A slot that was granted and not taken passes on.
    pub grant_for: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            slots: 1,
            remote_slots: 1,
            most_waiting: 64,
            requests_per_minute: 100,
            grant_for: Duration::from_secs(10),
        }
    }
}

/// What one device may have of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub requests_per_minute: u32,
    /// Requests that are answered at the same time; further ones wait.
    pub at_once: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Granted { grant: GrantId, until: Instant },
    Waiting(Place),
    Refused(Refusal),
}

/// Where somebody stands in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// How many go first.
    pub ahead: usize,
    pub eta: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this machine shares no models")]
    NotShared,
    #[error("more requests than are allowed in a minute; again in {again:?}")]
    TooMany { again: Duration },
    #[error("{waiting} requests wait already")]
    Full { waiting: usize },
    /// This very ticket is being answered.
    #[error("it is being answered already")]
    Running,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedeemError {
    /// It was never made, was used, or has passed on.
    #[error("no such grant")]
    Unknown,
    #[error("the grant belongs to another device")]
    OfAnother,
}

/// What happens to the running requests of others when sharing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Finish,
    Stop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<D> {
    /// Somebody who waited has a slot.
    Granted {
        ticket: Ticket<D>,
        grant: GrantId,
        until: Instant,
    },
    /// A slot was not taken in time.
    Expired { ticket: Ticket<D> },
    /// It waits no longer, because sharing ended.
    Withdrawn { ticket: Ticket<D> },
    /// The generation of this ticket is to end; [`Queue::finish`] follows.
    Stop { ticket: Ticket<D> },
}

/// How busy the machine is, as somebody from elsewhere would find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub slots: usize,
    pub free: usize,
    pub waiting: usize,
    /// How long one more would wait.
    pub eta: Duration,
}

/// One line of the list that the owner sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<P, D> {
    pub from: Asker<P, D>,
    pub number: u64,
    pub state: Shows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    Running { since: Instant, tokens: u64 },
    Granted { until: Instant },
    Waiting(Place),
}

#[derive(Debug, Clone)]
pub struct Queue<P, D> {
    here: Asker<P, D>,
    limits: Limits,
    shared: bool,
    waiting: BTreeMap<Ticket<D>, Waiting<P>>,
    held: BTreeMap<Ticket<D>, Held<P>>,
    accounts: Accounts<P>,
    fences: BTreeMap<D, Fence>,
    /// Of those that have less than everybody.
    allowances: BTreeMap<D, Allowance>,
    arrivals: u64,
    events: VecDeque<Event<D>>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting<P> {
    person: P,
    grant: GrantId,
    takes: Duration,
    tokens: u64,
    arrival: u64,
}

#[derive(Debug, Clone, Copy)]
struct Held<P> {
    person: P,
    grant: GrantId,
    takes: Duration,
    since: Instant,
    /// Until when the grant may be redeemed; none once it was.
    until: Option<Instant>,
    generated: u64,
    charge: Charge,
}

impl<P: Copy + Ord, D: Copy + Ord> Queue<P, D> {
    /// `here`: the person and the device of this machine. Nothing is shared yet.
    pub fn new(here: Asker<P, D>, limits: Limits) -> Self {
        Self {
            here,
            limits,
            shared: false,
            waiting: BTreeMap::new(),
            held: BTreeMap::new(),
            accounts: Accounts::default(),
            fences: BTreeMap::new(),
            allowances: BTreeMap::new(),
            arrivals: 0,
            events: VecDeque::new(),
        }
    }

    /// What a device may have from now on, within the limits of all.
    pub fn allow(&mut self, device: D, allowance: Allowance) {
        if self.allowances.insert(device, allowance) != Some(allowance) {
            self.fences.remove(&device);
        }
    }

    /// Asks for a slot, or once more how the line moved.
    pub fn ask(&mut self, request: Request<P, D>, now: Instant) -> Answer {
        self.expire(now);
        let ticket = Ticket {
            device: request.from.device,
            number: request.number,
        };
        if let Some(known) = self.standing(ticket, now) {
            return known;
        }
        if let Err(refusal) = self.admit(request.from, now) {
            return Answer::Refused(refusal);
        }
        self.arrivals += 1;
        let person = request.from.person;
        self.waiting.insert(
            ticket,
            Waiting {
                person,
                grant: request.grant,
                takes: request.takes,
                tokens: request.tokens,
                arrival: self.arrivals,
            },
        );
        if person != self.here.person {
            self.accounts.waits(person);
        }
        self.fill(now);
        // It is the answer already, and no news.
        self.events.retain(
            |event| !matches!(event, Event::Granted { ticket: told, .. } if *told == ticket),
        );
        self.standing(ticket, now)
            .unwrap_or(Answer::Refused(Refusal::Running))
    }

    /// The generation of a grant begins. It counts from here on.
    pub fn redeem(
        &mut self,
        grant: GrantId,
        device: D,
        now: Instant,
    ) -> Result<Ticket<D>, RedeemError> {
        self.expire(now);
        let (ticket, held) = self
            .held
            .iter_mut()
            .find(|(_, held)| held.grant == grant && held.until.is_some())
            .ok_or(RedeemError::Unknown)?;
        if ticket.device != device {
            return Err(RedeemError::OfAnother);
        }
        held.until = None;
        held.since = now;
        Ok(*ticket)
    }

    /// So many tokens came so far. Whoever takes more than was thought pays while
    /// it runs, not afterwards.
    pub fn generated(&mut self, ticket: Ticket<D>, tokens: u64) {
        if let Some(held) = self.held.get_mut(&ticket) {
            held.generated = held.generated.max(tokens);
            if held.generated > held.charge.tokens {
                self.accounts
                    .correct(held.person, &mut held.charge, held.generated);
            }
        }
    }

    /// It ended, however it did: whoever waits, whoever was granted a slot and
    /// does not want it any more, and whoever was being answered.
    pub fn finish(&mut self, ticket: Ticket<D>, now: Instant) {
        if let Some(waited) = self.waiting.remove(&ticket) {
            self.left(waited.person);
        }
        if let Some(mut held) = self.held.remove(&ticket) {
            self.accounts
                .correct(held.person, &mut held.charge, held.generated);
        }
        self.fill(now);
    }

    /// A device cannot be reached any more: it waits for nothing, and what runs
    /// goes on as long as its own connection.
    pub fn left_the_network(&mut self, device: D, now: Instant) {
        let gone: Vec<Ticket<D>> = self
            .waiting
            .keys()
            .chain(self.granted())
            .filter(|ticket| ticket.device == device)
            .copied()
            .collect();
        for ticket in gone {
            self.finish(ticket, now);
        }
        self.allowances.remove(&device);
    }

    pub fn share(&mut self, now: Instant) {
        self.shared = true;
        self.fill(now);
    }

    /// From now on other devices are refused, and those that wait are sent away.
    pub fn stop_sharing(&mut self, ending: Ending, now: Instant) {
        self.shared = false;
        let here = self.here.device;
        let away: Vec<Ticket<D>> = self
            .waiting
            .keys()
            .chain(self.granted())
            .filter(|ticket| ticket.device != here)
            .copied()
            .collect();
        for ticket in away {
            self.events.push_back(Event::Withdrawn { ticket });
            self.finish(ticket, now);
        }
        if ending == Ending::Stop {
            let running = self.held.keys().filter(|ticket| ticket.device != here);
            self.events
                .extend(running.map(|ticket| Event::Stop { ticket: *ticket }));
        }
    }

    /// Fewer slots end nothing that runs.
    pub fn set_limits(&mut self, limits: Limits, now: Instant) {
        self.limits = limits;
        self.fences.clear();
        self.fill(now);
    }

    pub fn load(&self, now: Instant) -> Load {
        let slots = self.slots_for_others();
        let free = if self.shared {
            let idle = self.limits.slots.saturating_sub(self.held.len());
            let taken = self.held_by_others().max(self.held_remotely());
            slots.saturating_sub(taken).min(idle)
        } else {
            0
        };
        Load {
            slots,
            free,
            waiting: self.waiting.len(),
            eta: if free > 0 && self.waiting.is_empty() {
                Duration::ZERO
            } else {
                self.forecast(now).for_one_more()
            },
        }
    }

    /// Everybody in it: first those with a slot, then the line in its order.
    pub fn shown(&self, now: Instant) -> Vec<Shown<P, D>> {
        let held = self.held.iter().map(|(ticket, held)| {
            let state = match held.until {
                Some(until) => Shows::Granted { until },
                None => Shows::Running {
                    since: held.since,
                    tokens: held.generated,
                },
            };
            (*ticket, held.person, state)
        });
        let waiting = self.forecast(now).line.into_iter();
        let waiting = waiting.filter_map(|(ticket, place)| {
            let person = self.waiting.get(&ticket)?.person;
            Some((ticket, person, Shows::Waiting(place)))
        });
        held.chain(waiting)
            .map(|(ticket, person, state)| Shown {
                from: Asker {
                    person,
                    device: ticket.device,
                },
                number: ticket.number,
                state,
            })
            .collect()
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        self.held.values().filter_map(|held| held.until).min()
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.expire(now);
    }

    pub fn poll_event(&mut self) -> Option<Event<D>> {
        self.events.pop_front()
    }

    /// What a ticket that is known here gets to hear.
    fn standing(&self, ticket: Ticket<D>, now: Instant) -> Option<Answer> {
        if let Some(held) = self.held.get(&ticket) {
            return Some(
                held.until
                    .map_or(Answer::Refused(Refusal::Running), |until| Answer::Granted {
                        grant: held.grant,
                        until,
                    }),
            );
        }
        self.waiting.get(&ticket)?;
        let line = self.forecast(now).line;
        let (_, place) = line.into_iter().find(|(waits, _)| *waits == ticket)?;
        Some(Answer::Waiting(place))
    }

    fn admit(&mut self, from: Asker<P, D>, now: Instant) -> Result<(), Refusal> {
        if from.device == self.here.device {
            return Ok(());
        }
        if !self.shared || self.limits.remote_slots == 0 {
            return Err(Refusal::NotShared);
        }
        let per_minute = self.limits.requests_per_minute;
        let allowance = self.allowances.get(&from.device);
        let per_minute = allowance.map_or(per_minute, |allowance| {
            allowance.requests_per_minute.min(per_minute)
        });
        self.fences.retain(|_, fence| !fence.is_full(now));
        let fence = self
            .fences
            .entry(from.device)
            .or_insert_with(|| Fence::new(per_minute, now));
        fence
            .pass(now)
            .map_err(|again| Refusal::TooMany { again })?;
        let others = self
            .waiting
            .iter()
            .filter(|(ticket, _)| ticket.device != self.here.device);
        let (all, of_person) = others.fold((0, 0), |(all, theirs), (_, waits)| {
            (all + 1, theirs + usize::from(waits.person == from.person))
        });
        // One person never fills the whole line.
        if all >= self.limits.most_waiting || of_person >= self.limits.most_waiting.div_ceil(4) {
            return Err(Refusal::Full { waiting: all });
        }
        Ok(())
    }

    fn expire(&mut self, now: Instant) {
        let late: Vec<Ticket<D>> = self
            .held
            .iter()
            .filter(|(_, held)| held.until.is_some_and(|until| until <= now))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in late {
            self.events.push_back(Event::Expired { ticket });
            self.finish(ticket, now);
        }
    }

    /// Hands out what is free.
    fn fill(&mut self, now: Instant) {
        while self.held.len() < self.limits.slots {
            let Some(ticket) = self.next() else { break };
            let Some(waited) = self.waiting.remove(&ticket) else {
                break;
            };
            let charge = if waited.person == self.here.person {
                Charge::default()
            } else {
                self.accounts.charge(waited.person, waited.tokens)
            };
            let until = now + self.limits.grant_for;
            self.held.insert(
                ticket,
                Held {
                    person: waited.person,
                    grant: waited.grant,
                    takes: waited.takes,
                    since: now,
                    until: Some(until),
                    generated: 0,
                    charge,
                },
            );
            self.left(waited.person);
            self.events.push_back(Event::Granted {
                ticket,
                grant: waited.grant,
                until,
            });
        }
    }

    fn next(&mut self) -> Option<Ticket<D>> {
        let remotely = self.held_remotely() < self.limits.remote_slots;
        let may_go = |ticket: &Ticket<D>| {
            ticket.device == self.here.device || (remotely && self.has_room(ticket.device))
        };
        let own = self
            .waiting
            .iter()
            .filter(|(ticket, waits)| waits.person == self.here.person && may_go(ticket))
            .min_by_key(|(_, waits)| waits.arrival);
        if let Some((ticket, _)) = own {
            return Some(*ticket);
        }
        if !remotely || self.held_by_others() >= self.slots_for_others() {
            return None;
        }
        let waiting = self.waiting.iter();
        let may: Vec<P> = waiting
            .filter(|(ticket, _)| self.has_room(ticket.device))
            .map(|(_, waits)| waits.person)
            .collect();
        // Half of the slots, and a whole one where there is one.
        let most = self.slots_for_others().div_ceil(2);
        let of = |person| {
            self.held
                .values()
                .filter(|held| held.person == person)
                .count()
        };
        let below: Vec<P> = self
            .accounts
            .all_waiting()
            .filter(|person| may.contains(person) && of(*person) < most)
            .collect();
        let person = if below.is_empty() {
            // Only such as have their half already: nobody else is kept waiting.
            let those = self.accounts.all_waiting();
            let those = those.filter(|person| may.contains(person));
            let least = those.map(of).min()?;
            self.accounts
                .next(|person| may.contains(&person) && of(person) == least)?
        } else {
            self.accounts.next(|person| below.contains(&person))?
        };
        self.first_of(person)
    }

    fn first_of(&self, person: P) -> Option<Ticket<D>> {
        self.waiting
            .iter()
            .filter(|(ticket, waits)| waits.person == person && self.has_room(ticket.device))
            .min_by_key(|(_, waits)| waits.arrival)
            .map(|(ticket, _)| *ticket)
    }

    /// One device does not answer its person in more places than it may.
    fn has_room(&self, device: D) -> bool {
        let Some(allowance) = self.allowances.get(&device) else {
            return true;
        };
        let held = self.held.keys().filter(|ticket| ticket.device == device);
        held.count() < allowance.at_once
    }

    /// A person has one waiting request less.
    fn left(&mut self, person: P) {
        if !self.waiting.values().any(|waits| waits.person == person) {
            self.accounts.waits_no_longer(person);
        }
    }

    fn granted(&self) -> impl Iterator<Item = &Ticket<D>> {
        let held = self.held.iter();
        held.filter(|(_, held)| held.until.is_some())
            .map(|(ticket, _)| ticket)
    }

    fn held_remotely(&self) -> usize {
        let remote = self.held.keys();
        remote
            .filter(|ticket| ticket.device != self.here.device)
            .count()
    }

    fn held_by_others(&self) -> usize {
        let held = self.held.values();
        held.filter(|held| held.person != self.here.person).count()
    }

    /// The one slot that is kept for the person of this machine is not among
    /// them. Where there is only one, that person is the next to get it.
    fn slots_for_others(&self) -> usize {
        let not_kept = self.limits.slots.saturating_sub(1).max(1);
        self.limits.remote_slots.min(not_kept)
    }
}
