//! Who claimed what was not so.
//!
//! Nobody guesses a mesh key or an invitation; this bounds the work of hearing
//! wrong ones. Each address is counted for itself, so that nobody is locked out
//! by what others do.

use std::{
    collections::VecDeque,
    net::IpAddr,
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(600);

/// A ticket pasted wrongly a few times, by several machines behind one address.
const PER_ADDRESS: usize = 8;

/// A flood from everywhere makes the oldest forgotten.
const REMEMBERED: usize = 1024;

#[derive(Debug, Default)]
pub struct Failures {
    recent: VecDeque<(Instant, IpAddr)>,
}

impl Failures {
    pub fn note(&mut self, address: IpAddr, now: Instant) {
        if self.recent.len() >= REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back((now, address));
    }

    /// Whether this address failed too often lately to be heard now.
    pub fn too_many(&mut self, address: IpAddr, now: Instant) -> bool {
        self.recent
            .retain(|(at, _)| now.saturating_duration_since(*at) < WINDOW);
        let from_here = self.recent.iter().filter(|(_, from)| *from == address);
        from_here.count() >= PER_ADDRESS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_failed_often_waits_and_no_other() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        let (bad, good): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        for second in 0..8 {
            let now = start + Duration::from_secs(second);
            assert!(!failures.too_many(bad, now));
            failures.note(bad, now);
        }
        let last = start + Duration::from_secs(599);
        assert!(failures.too_many(bad, last));
        assert!(!failures.too_many(good, last));
        assert!(!failures.too_many(bad, start + WINDOW));
    }

    #[test]
    fn a_flood_is_not_remembered_whole() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        for number in 0..5000_u32 {
            failures.note(IpAddr::from(number.to_be_bytes()), now);
        }
        assert_eq!(failures.recent.len(), REMEMBERED);
    }
}
