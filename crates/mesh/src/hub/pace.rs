//! So much at once, and then one after the other with a pause between them.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Pace {
    each: Duration,
    /// How far what was taken may be ahead of the pauses.
    ahead: Duration,
    /// When all that was taken is paid for.
    paid: Instant,
}

impl Pace {
    pub(super) fn new(at_once: u32, each: Duration) -> Self {
        Self {
            each,
            ahead: each.saturating_mul(at_once.saturating_sub(1)),
            paid: Instant::now(),
        }
    }

    /// When the next one may be taken, in the past where it may now.
    pub(super) fn ready(&self) -> Instant {
        self.paid.checked_sub(self.ahead).unwrap_or(self.paid)
    }

    pub(super) fn take(&mut self) -> bool {
        let now = Instant::now();
        let ready = self.ready() <= now;
        if ready {
            self.paid = self.paid.max(now) + self.each;
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const PAUSE: Duration = Duration::from_millis(250);

    fn taken(pace: &mut Pace) -> usize {
        (0..100).take_while(|_| pace.take()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn some_at_once_and_then_one_in_every_pause() {
        let mut pace = Pace::new(3, PAUSE);
        assert_eq!(taken(&mut pace), 3);
        assert_eq!(pace.ready(), Instant::now() + PAUSE);
        advance(PAUSE).await;
        assert_eq!(taken(&mut pace), 1);
        advance(PAUSE / 2).await;
        assert_eq!(taken(&mut pace), 0);
        // Nothing is saved up beyond what may be taken at once.
        advance(PAUSE * 100).await;
        assert_eq!(taken(&mut pace), 3);
    }
}
