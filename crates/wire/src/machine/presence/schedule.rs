//! When to announce: a burst after something changed, then a slow beat that
//! stretches with the size of the network.

use std::time::{Duration, Instant};

/// A packet or two get lost on a busy Wi-Fi; three within a second do not.
const BURST: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(250),
    Duration::from_secs(1),
];

/// Machines that start together must not speak together.
const JITTER: f64 = 0.2;

/// Up to this many machines everybody keeps the plain interval; beyond it the
/// interval grows with their number, so that the total stays what 300 cause.
const MACHINES_AT_FULL_RATE: usize = 300;

#[derive(Debug)]
pub(super) struct Schedule {
    interval: Duration,
    /// The next of the burst, if one is running.
    burst: Option<usize>,
    burst_started: Instant,
    next: Instant,
}

impl Schedule {
    pub(super) fn starting(interval: Duration, now: Instant) -> Self {
        Self {
            interval,
            burst: Some(0),
            burst_started: now,
            next: now,
        }
    }

    /// Something changed: say so at once, and twice more.
    pub(super) fn burst(&mut self, now: Instant) {
        self.burst = Some(0);
        self.burst_started = now;
        self.next = now;
    }

    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// True when it is time; the next time is then set.
    pub(super) fn due(&mut self, now: Instant, machines: usize, rng: &mut fastrand::Rng) -> bool {
        if now < self.next {
            return false;
        }
        let following = self
            .burst
            .map(|step| step + 1)
            .filter(|step| *step < BURST.len());
        self.burst = following;
        self.next = match following.and_then(|step| BURST.get(step)) {
            Some(offset) => self.burst_started + jittered(*offset, rng),
            None => now + jittered(stretched(self.interval, machines), rng),
        };
        true
    }
}

/// The interval everybody keeps in a network of that size.
pub(super) fn stretched(interval: Duration, machines: usize) -> Duration {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of machines is far below 2^52"
    )]
    let factor = (machines as f64 / MACHINES_AT_FULL_RATE as f64).max(1.0);
    interval.mul_f64(factor)
}

fn jittered(duration: Duration, rng: &mut fastrand::Rng) -> Duration {
    duration.mul_f64(1.0 + JITTER * (2.0 * rng.f64() - 1.0))
}
