use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::Refusal;

/// Tokens cannot be guessed, so this only keeps a broken or hostile program
/// from filling the log. Valid tokens are never held up by it.
const FAILURES: usize = 10;
const WINDOW: Duration = Duration::from_secs(60);

/// Counts failed attempts.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    failed: VecDeque<Instant>,
}

impl Throttle {
    pub(super) fn fail(&mut self, now: Instant) -> Refusal {
        while self
            .failed
            .front()
            .is_some_and(|at| now.duration_since(*at) >= WINDOW)
        {
            self.failed.pop_front();
        }
        if let Some(oldest) = self.failed.front()
            && self.failed.len() >= FAILURES
        {
            return Refusal::TooMany {
                wait: WINDOW.saturating_sub(now.duration_since(*oldest)),
            };
        }
        self.failed.push_back(now);
        if self.failed.len() == FAILURES {
            tracing::warn!("many requests came without a valid token; more are turned away");
        }
        Refusal::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_failures_are_turned_away_until_the_window_has_passed() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..FAILURES {
            assert_eq!(throttle.fail(now), Refusal::Unknown);
        }
        let later = now + Duration::from_secs(20);
        assert_eq!(
            throttle.fail(later),
            Refusal::TooMany {
                wait: Duration::from_secs(40)
            }
        );
        assert_eq!(throttle.fail(now + WINDOW), Refusal::Unknown);
    }
}
