//! Notices that the machine slept or the process was stopped.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A busy machine is late by less, and nothing in the protocol is in more of a
/// hurry than this.
const LATE: Duration = Duration::from_secs(5);

/// Looked at once in every period; a look that comes far too late, or a clock
/// on the wall that ran ahead of the one that stops in sleep, means a wake.
#[derive(Debug)]
pub(super) struct WakeWatch {
    period: Duration,
    looked: Instant,
    wall: SystemTime,
}

impl WakeWatch {
    pub(super) fn starting(period: Duration, now: Instant, wall: SystemTime) -> Self {
        Self {
            period,
            looked: now,
            wall,
        }
    }

    /// Whether the machine slept since the last look.
    pub(super) fn look(&mut self, now: Instant, wall: SystemTime) -> bool {
        let passed = now.saturating_duration_since(self.looked);
        let on_the_wall = wall.duration_since(self.wall).unwrap_or_default();
        self.looked = now;
        self.wall = wall;
        passed > self.period + LATE || on_the_wall > passed + LATE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_quiet_day_wakes_nobody_and_a_sleep_does_once() {
        let (now, wall) = (Instant::now(), SystemTime::now());
        let mut watch = WakeWatch::starting(SECOND, now, wall);
        assert!(!watch.look(now + SECOND, wall + SECOND));
        assert!(!watch.look(now + 3 * SECOND, wall + 3 * SECOND));
        // Asleep: one clock stops, the other does not.
        assert!(watch.look(now + 4 * SECOND, wall + 600 * SECOND));
        assert!(!watch.look(now + 5 * SECOND, wall + 601 * SECOND));
        // Stopped: both go on.
        assert!(watch.look(now + 65 * SECOND, wall + 661 * SECOND));
        // The clock was set back: nobody slept.
        assert!(!watch.look(now + 66 * SECOND, wall));
    }
}
