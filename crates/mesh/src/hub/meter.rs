//! How much a machine may say.
//!
//! One meter belongs to one machine, not to one connection: whoever is cut off
//! for talking too much finds the same empty bucket when it comes back, and two
//! sessions that overlap share one. What every session needs to live (greeting,
//! pings, goodbye) and what is said about persons and mesh keys, where each
//! message costs signatures and a write to the disk, have small buckets of their
//! own: neither is used up by the other, or raised with the rate.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;
use wire::frame::Marker;

/// How many messages a machine may send. A minute's worth may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub per_minute: u32,
}

impl Default for Rate {
    /// Typing indicators and drafts of several rooms at once; a fault is far
    /// above.
    fn default() -> Self {
        Self { per_minute: 1_200 }
    }
}

/// Four pings a minute, and some for each change of the network.
const ALIVE: Rate = Rate { per_minute: 120 };

/// One when a session comes up, and some when somebody was removed.
const ABOUT_TRUST: Rate = Rate { per_minute: 30 };

/// Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Meter(Arc<Mutex<Buckets>>);

#[derive(Debug)]
struct Buckets {
    alive: Bucket,
    about_trust: Bucket,
    messages: Bucket,
}

impl Meter {
    pub(super) fn new(rate: Rate) -> Self {
        let now = Instant::now();
        Self(Arc::new(Mutex::new(Buckets {
            alive: Bucket::full(ALIVE, now),
            about_trust: Bucket::full(ABOUT_TRUST, now),
            messages: Bucket::full(rate, now),
        })))
    }

    /// From now on. What was used up stays used up.
    pub(super) fn set(&self, rate: Rate) {
        let now = Instant::now();
        self.change(|buckets| {
            buckets.messages.fill(now);
            buckets.messages.rate = rate;
        });
    }

    /// Whether one more message is heard.
    pub(super) fn admits(&self, marker: Marker) -> bool {
        let now = Instant::now();
        self.change(|buckets| {
            let bucket = match marker {
                Marker::Hello | Marker::Ping | Marker::Bye => &mut buckets.alive,
                Marker::Person | Marker::MeshKey => &mut buckets.about_trust,
                Marker::Pair
                | Marker::Capability
                | Marker::AccessRequest
                | Marker::AccessResponse
                | Marker::AdmissionRequest
                | Marker::AdmissionResponse
                | Marker::Question
                | Marker::Answer
                | Marker::Sync
                | Marker::Operations
                | Marker::Draft
                | Marker::File => &mut buckets.messages,
            };
            bucket.spend(now)
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Buckets) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Fills with time, up to a minute's worth.
#[derive(Debug)]
struct Bucket {
    rate: Rate,
    left: f64,
    filled: Instant,
}

impl Bucket {
    fn full(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            left: f64::from(rate.per_minute),
            filled: now,
        }
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        let most = f64::from(self.rate.per_minute);
        self.left = (self.left + passed * most / 60.0).min(most);
    }

    fn spend(&mut self, now: Instant) -> bool {
        self.fill(now);
        let enough = self.left >= 1.0;
        if enough {
            self.left -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn heard(meter: &Meter, marker: Marker) -> usize {
        (0..100_000).take_while(|_| meter.admits(marker)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_minutes_worth_comes_at_once_and_then_as_time_passes() {
        let meter = Meter::new(Rate { per_minute: 60 });
        assert_eq!(heard(&meter, Marker::Draft), 60);
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(heard(&meter.clone(), Marker::Draft), 7);
        tokio::time::advance(Duration::from_hours(5)).await;
        assert_eq!(heard(&meter, Marker::Draft), 60, "never more");
    }

    #[tokio::test(start_paused = true)]
    async fn another_rate_gives_nothing_back() {
        let meter = Meter::new(Rate { per_minute: 60 });
        assert_eq!(heard(&meter, Marker::Draft), 60);
        meter.set(Rate { per_minute: 6000 });
        assert_eq!(heard(&meter, Marker::Draft), 0);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(heard(&meter, Marker::Draft), 100);
        meter.set(Rate { per_minute: 0 });
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(heard(&meter, Marker::Draft), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_said_about_trust_has_little_of_its_own() {
        let meter = Meter::new(Rate { per_minute: 12_000 });
        assert_eq!(heard(&meter, Marker::Person), 30);
        assert_eq!(heard(&meter, Marker::MeshKey), 0, "the same");
        assert_eq!(heard(&meter, Marker::Ping), 120);
        assert_eq!(heard(&meter, Marker::Draft), 12_000);
        let mute = Meter::new(Rate { per_minute: 0 });
        assert!(mute.admits(Marker::Ping), "it may still be there");
        assert!(mute.admits(Marker::Person));
    }
}
