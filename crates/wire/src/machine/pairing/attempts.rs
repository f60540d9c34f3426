//! How often somebody may try.
//!
//! A guess succeeds once in a million; with twenty attempts in ten minutes an
//! attacker who never sleeps needs most of a year for an even chance, and every
//! attempt asks a person to open it.

use std::{
    collections::VecDeque,
    net::IpAddr,
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(600);
const PER_ADDRESS: usize = 3;
const IN_ALL: usize = 20;

#[derive(Debug, Default)]
pub struct Attempts {
    recent: VecDeque<(Instant, IpAddr)>,
}

impl Attempts {
    /// Counts an attempt if one more is allowed; otherwise says when it will be.
    pub fn admit(&mut self, address: IpAddr, now: Instant) -> Result<(), Instant> {
        self.recent
            .retain(|(at, _)| now.saturating_duration_since(*at) < WINDOW);
        let from_here = || self.recent.iter().filter(|(_, from)| *from == address);
        let full = if self.recent.len() >= IN_ALL {
            self.recent.front()
        } else if from_here().count() >= PER_ADDRESS {
            from_here().next()
        } else {
            None
        };
        match full {
            Some((oldest, _)) => Err(*oldest + WINDOW),
            None => {
                self.recent.push_back((now, address));
                Ok(())
            }
        }
    }
}
