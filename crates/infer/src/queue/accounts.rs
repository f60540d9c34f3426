//! Deficit round robin over persons, in generated tokens.
//!
//! How many tokens an answer takes is known only afterwards, so a person whose
//! balance is above zero is served, pays what was expected, and pays or gets
//! back the difference at the end. Whoever is in debt waits until enough rounds
//! have gone by. Accounts last while anybody waits: what was taken when nobody
//! else wanted it is held against nobody. Rounds go to those who wait, and nobody
//! saves up more than one.
//!
//! Of two persons who always wait, neither is served more than a quantum and one
//! answer of each ahead of the other.

use std::collections::{BTreeMap, VecDeque};

/// What a round gives to each. About the length of an answer: with less a turn
/// takes many rounds, with more one person has several answers in a row.
pub(super) const QUANTUM: i64 = 512;

#[derive(Debug, Clone)]
pub(super) struct Accounts<P> {
    /// Those who wait, the next first.
    ring: VecDeque<P>,
    balances: BTreeMap<P, i64>,
    /// Counts the times that somebody began to wait when nobody did.
    period: u64,
}

/// What a request has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Charge {
    pub(super) tokens: u64,
    period: u64,
}

impl<P> Default for Accounts<P> {
    fn default() -> Self {
        Self {
            ring: VecDeque::new(),
            balances: BTreeMap::new(),
            period: 1,
        }
    }
}

impl<P: Copy + Ord> Accounts<P> {
    pub(super) fn waits(&mut self, person: P) {
        if !self.ring.contains(&person) {
            self.ring.push_back(person);
            self.balances.entry(person).or_default();
        }
    }

    pub(super) fn waits_no_longer(&mut self, person: P) {
        self.ring.retain(|waits| *waits != person);
        if self.ring.is_empty() {
            self.balances.clear();
            self.period += 1;
        }
    }

    pub(super) fn all_waiting(&self) -> impl Iterator<Item = P> {
        self.ring.iter().copied()
    }

    /// Whose turn it is among those who may.
    pub(super) fn next(&mut self, may: impl Fn(P) -> bool) -> Option<P> {
        let rounds = self
            .ring
            .iter()
            .filter(|person| may(**person))
            .map(|person| rounds_until_served(self.balance(*person)))
            .min()?;
        if rounds > 0 {
            for person in &self.ring {
                let balance = self.balances.entry(*person).or_default();
                *balance = balance.saturating_add(rounds * QUANTUM).min(QUANTUM);
            }
        }
        let mut in_turn = self.ring.iter().copied();
        in_turn.find(|person| may(*person) && self.balance(*person) > 0)
    }

    /// Takes what an answer will probably cost. Who has nothing left goes to
    /// the end.
    pub(super) fn charge(&mut self, person: P, tokens: u64) -> Charge {
        let mut charge = Charge {
            tokens: 0,
            period: self.period,
        };
        self.correct(person, &mut charge, tokens);
        if self.balance(person) <= 0 && self.ring.contains(&person) {
            self.ring.retain(|waits| *waits != person);
            self.ring.push_back(person);
        }
        charge
    }

    /// It has become so many tokens.
    pub(super) fn correct(&mut self, person: P, charge: &mut Charge, tokens: u64) {
        if charge.period == self.period
            && let Some(balance) = self.balances.get_mut(&person)
        {
            *balance = balance
                .saturating_add(signed(charge.tokens))
                .saturating_sub(signed(tokens))
                .min(QUANTUM);
        }
        charge.tokens = tokens;
    }

    fn balance(&self, person: P) -> i64 {
        self.balances.get(&person).copied().unwrap_or_default()
    }
}

fn rounds_until_served(balance: i64) -> i64 {
    if balance > 0 {
        0
    } else {
        balance.saturating_neg() / QUANTUM + 1
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}
