use std::time::{Duration, Instant};

use blake3::Hash;

/// Links that wait at once; a person needs one or two, and the oldest goes first.
const WAITING: usize = 16;

/// The one-time codes that were given out and not used.
#[derive(Debug)]
pub(super) struct Codes {
    lifetime: Duration,
    waiting: Vec<(Hash, Instant)>,
}

impl Codes {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            waiting: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, code: Hash, now: Instant) {
        self.forget_old(now);
        if self.waiting.len() == WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push((code, now));
    }

    /// Whether the code was good; it never is again.
    pub(super) fn take(&mut self, code: Hash, now: Instant) -> bool {
        self.forget_old(now);
        let before = self.waiting.len();
        self.waiting.retain(|(waiting, _)| *waiting != code);
        self.waiting.len() < before
    }

    fn forget_old(&mut self, now: Instant) {
        let lifetime = self.lifetime;
        self.waiting
            .retain(|(_, made)| now.duration_since(*made) < lifetime);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(300);

    #[test]
    fn a_code_is_good_once() {
        let (mut codes, now) = (Codes::new(LIFETIME), Instant::now());
        codes.add(blake3::hash(b"a"), now);
        assert!(!codes.take(blake3::hash(b"b"), now));
        assert!(codes.take(blake3::hash(b"a"), now));
        assert!(!codes.take(blake3::hash(b"a"), now));
    }

    #[test]
    fn a_code_grows_old() {
        let (mut codes, now) = (Codes::new(LIFETIME), Instant::now());
        codes.add(blake3::hash(b"a"), now);
        codes.add(blake3::hash(b"b"), now);
        assert!(codes.take(
            blake3::hash(b"a"),
            now + LIFETIME - Duration::from_millis(1)
        ));
        assert!(!codes.take(blake3::hash(b"b"), now + LIFETIME));
    }

    #[test]
    fn the_oldest_of_too_many_goes() {
        let (mut codes, now) = (Codes::new(LIFETIME), Instant::now());
        for number in 0..=WAITING {
            codes.add(blake3::hash(&number.to_le_bytes()), now);
        }
        assert!(!codes.take(blake3::hash(&0_usize.to_le_bytes()), now));
        assert!(codes.take(blake3::hash(&1_usize.to_le_bytes()), now));
    }
}
