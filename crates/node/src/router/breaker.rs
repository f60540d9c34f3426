//! A place that fails again and again is left alone for a while.
//!
//! Three failures in a row open the breaker for 30 s. Then one request may try;
//! if that fails as well the time doubles, up to ten minutes. Whatever becomes
//! of the one that tries, after a while another may: a breaker never stays shut
//! because nobody said how it went.

use std::time::{Duration, Instant};

/// One failure is an accident, two are bad luck.
const FAILURES: u32 = 3;
const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(600);
/// In this time it is known how a try went, or it never will be.
const TRIAL: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Breaker {
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    until: Instant,
    rest: Duration,
    /// Somebody tries, and has until then to say how it went.
    trial: Option<Instant>,
}

impl Breaker {
    /// How long it still keeps everybody away; none if it does not.
    pub(super) fn rests(&self, now: Instant) -> Option<Duration> {
        let open = self.open?;
        let until = open.trial.map_or(open.until, |trial| open.until.max(trial));
        (until > now).then(|| until.duration_since(now))
    }

    /// Somebody is about to ask.
    pub(super) fn tries(&mut self, now: Instant) {
        if let Some(open) = &mut self.open {
            open.trial = Some(now + TRIAL);
        }
    }

    /// Whoever tried found out nothing: it was busy, or nobody wanted it any more.
    pub(super) fn says_nothing(&mut self) {
        if let Some(open) = &mut self.open {
            open.trial = None;
        }
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        let rest = match self.open {
            // Others failed that had begun before it opened.
            Some(open) if open.until > now => return,
            Some(open) => (open.rest * 2).min(LONGEST),
            None if self.failures < FAILURES => return,
            None => FIRST,
        };
        self.open = Some(Open {
            until: now + rest,
            rest,
            trial: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn three_failures_open_it_and_every_further_one_doubles_the_rest() {
        let mut now = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            breaker.failed(now);
            assert_eq!(breaker.rests(now), None);
        }
        breaker.failed(now);
        for rest in [30, 60, 120, 240, 480, 600, 600] {
            assert_eq!(breaker.rests(now), Some(seconds(rest)));
            now += seconds(rest);
            assert_eq!(breaker.rests(now), None);
            breaker.tries(now);
            breaker.failed(now);
        }
    }

    #[test]
    fn one_at_a_time_tries() {
        let mut now = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker.failed(now);
        }
        now += seconds(30);
        breaker.tries(now);
        assert!(breaker.rests(now).is_some());
        breaker.says_nothing();
        assert_eq!(breaker.rests(now), None);
        breaker.tries(now);
        breaker.succeeded();
        breaker.failed(now);
        assert_eq!(breaker.rests(now), None);
    }

    #[test]
    fn a_success_in_between_forgives() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            breaker.failed(now);
            breaker.failed(now);
            breaker.succeeded();
        }
        assert_eq!(breaker.rests(now), None);
    }

    proptest! {
        /// Whatever happened, and if nothing happens from now on, within the
        /// longest rest somebody may try.
        #[test]
        fn it_never_blocks_for_ever(
            events in prop::collection::vec((0..4u8, 0..700u64), 0..60),
        ) {
            let mut now = Instant::now();
            let mut breaker = Breaker::default();
            for (event, passes) in events {
                match event {
                    0 => breaker.failed(now),
                    1 => breaker.succeeded(),
                    2 if breaker.rests(now).is_none() => breaker.tries(now),
                    _ => breaker.says_nothing(),
                }
                now += seconds(passes);
            }
            prop_assert_eq!(breaker.rests(now + LONGEST), None);
        }
    }
}
