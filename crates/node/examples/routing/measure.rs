//! What came out of it.

use std::{collections::BTreeMap, time::Duration};

use crate::town::Plan;

#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) person: usize,
    pub(crate) tokens: u64,
    /// Seconds on the best machine, if it had nothing else to do.
    pub(crate) best: f64,
    pub(crate) arrived: Duration,
    pub(crate) started: Duration,
    pub(crate) first_token: Duration,
    pub(crate) ended: Duration,
    pub(crate) cold: bool,
    pub(crate) failed: bool,
    pub(crate) served: u32,
    pub(crate) asked: u32,
}

pub(crate) struct Outcomes {
    list: Vec<Outcome>,
    persons: usize,
    plan: Plan,
    spare: Outcome,
}

/// Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    pub(crate) questions: usize,
    pub(crate) first_token_p50: f64,
    pub(crate) first_token_p95: f64,
    pub(crate) complete_p95: f64,
    pub(crate) longest_wait: f64,
    pub(crate) cold: f64,
    pub(crate) jain: f64,
    pub(crate) asked: f64,
    pub(crate) lost: usize,
}

impl Outcomes {
    pub(crate) fn new(list: Vec<Outcome>, persons: usize, plan: Plan) -> Self {
        Self {
            list,
            persons,
            plan,
            spare: Outcome::default(),
        }
    }

    pub(crate) fn of(&mut self, question: usize) -> &mut Outcome {
        self.list.get_mut(question).unwrap_or(&mut self.spare)
    }

    pub(crate) fn measured(&self) -> Measured {
        let counts = || {
            let list = self.list.iter();
            list.filter(|outcome| outcome.arrived >= self.plan.learns)
        };
        let answered = || counts().filter(|outcome| outcome.served == 1);
        let count = answered().count().max(1) as f64;
        let all = |of: fn(&Outcome) -> Duration| {
            let mut list: Vec<f64> = answered()
                .map(|outcome| of(outcome).saturating_sub(outcome.arrived).as_secs_f64())
                .collect();
            list.sort_by(f64::total_cmp);
            list
        };
        let first = all(|outcome| outcome.first_token);
        Measured {
            questions: counts().count(),
            first_token_p50: percentile(&first, 50),
            first_token_p95: percentile(&first, 95),
            complete_p95: percentile(&all(|outcome| outcome.ended), 95),
            longest_wait: percentile(&all(|outcome| outcome.started), 100),
            cold: answered().filter(|outcome| outcome.cold).count() as f64 / count,
            jain: jain(&self.speeds()),
            asked: answered()
                .map(|outcome| f64::from(outcome.asked))
                .sum::<f64>()
                / count,
            lost: counts().filter(|outcome| outcome.served != 1).count(),
        }
    }

    /// For each person how fast answers were, as a part of how fast they could
    /// have been on an empty network.
    fn speeds(&self) -> Vec<f64> {
        let mut persons: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for outcome in self.list.iter().filter(|outcome| outcome.served == 1) {
            let took = outcome.ended.saturating_sub(outcome.arrived).as_secs_f64();
            let (best, sum) = persons.entry(outcome.person).or_default();
            *best += outcome.best;
            *sum += took;
        }
        persons.values().map(|(best, sum)| best / sum).collect()
    }

    /// In a town with more to do than it can: how evenly tokens went to persons,
    /// of whom none gets more than it asked for.
    pub(crate) fn shares(&self) -> f64 {
        let lasts = self.plan.lasts.as_secs_f64();
        let mut wanted = vec![0.0; self.persons];
        let mut got = vec![0.0; self.persons];
        for outcome in &self.list {
            let tokens = outcome.tokens as f64;
            let ended = outcome.ended.as_secs_f64();
            if let (Some(wanted), Some(got)) =
                (wanted.get_mut(outcome.person), got.get_mut(outcome.person))
            {
                *wanted += tokens;
                if outcome.served == 1 && ended <= lasts {
                    *got += tokens;
                }
            }
        }
        let fair = max_min(&wanted, got.iter().sum());
        let ratios = got.iter().zip(&fair).filter(|(_, fair)| **fair > 0.0);
        let ratios: Vec<f64> = ratios.map(|(got, fair)| got / fair).collect();
        jain(&ratios)
    }
}

/// Everybody gets the same, unless they want less.
fn max_min(wanted: &[f64], total: f64) -> Vec<f64> {
    let mut order: Vec<f64> = wanted.to_vec();
    order.sort_by(f64::total_cmp);
    let (mut left, mut people) = (total, wanted.len() as f64);
    let mut level = 0.0;
    for want in order {
        level = left / people;
        if want >= level {
            break;
        }
        left -= want;
        people -= 1.0;
    }
    wanted.iter().map(|want| want.min(level)).collect()
}

fn jain(values: &[f64]) -> f64 {
    let sum: f64 = values.iter().sum();
    let squares: f64 = values.iter().map(|value| value * value).sum();
    sum * sum / (values.len() as f64 * squares)
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or(f64::NAN)
}
