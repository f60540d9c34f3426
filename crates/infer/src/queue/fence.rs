//! So many requests in a minute, and no more: against programs that ask in a
//! circle. A person never gets near it.

use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
pub(super) struct Fence {
    per_minute: u32,
    /// When all of a minute's requests will be there again.
    full_at: Instant,
}

impl Fence {
    pub(super) fn new(per_minute: u32, now: Instant) -> Self {
        Self {
            per_minute,
            full_at: now,
        }
    }

    /// Or how long to wait until the next one passes.
    pub(super) fn pass(&mut self, now: Instant) -> Result<(), Duration> {
        let Some(each) = MINUTE.checked_div(self.per_minute) else {
            return Err(MINUTE);
        };
        let full_at = self.full_at.max(now) + each;
        // Below a nanosecond for each, division leaves less than a minute.
        let over = full_at.saturating_duration_since(now + each * self.per_minute);
        if over > Duration::ZERO {
            return Err(over);
        }
        self.full_at = full_at;
        Ok(())
    }

    /// Nothing needs to be remembered of it.
    pub(super) fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}
