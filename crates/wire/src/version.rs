//! Which grammar of frames two machines speak. Optional features are not
//! versions: they travel as capabilities.

use serde::{Deserialize, Serialize};

/// The versions this build speaks, oldest to newest.
pub const SPOKEN: Versions = Versions {
    oldest: 1,
    newest: 1,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    pub oldest: u16,
    pub newest: u16,
}

impl Versions {
    /// The newest that both speak.
    pub fn common(self, other: Self) -> Option<u16> {
        let newest = self.newest.min(other.newest);
        (newest >= self.oldest.max(other.oldest)).then_some(newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_both_speak() {
        let versions = |oldest, newest| Versions { oldest, newest };
        assert_eq!(versions(1, 3).common(versions(2, 5)), Some(3));
        assert_eq!(versions(2, 5).common(versions(1, 3)), Some(3));
        assert_eq!(versions(1, 1).common(versions(1, 1)), Some(1));
        assert_eq!(versions(1, 1).common(versions(2, 3)), None);
        assert_eq!(versions(4, 5).common(versions(2, 3)), None);
    }
}
