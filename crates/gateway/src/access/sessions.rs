use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use blake3::Hash;
use serde::{Deserialize, Serialize};

use crate::private_file;

/// Browsers and tabs of one person; the one unused for longest goes first.
const KEPT: usize = 64;
const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How stale the written time of last use may get.
const SAVE_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The browsers that were let in. They outlive the process, so that an open
/// tab goes on after a restart of the node.
#[derive(Debug)]
pub(super) struct Sessions {
    sessions: Vec<Session>,
    changed: bool,
    saved: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Session {
    token_hash: Hex,
    /// Seconds since 1970.
    created: u64,
    used: u64,
}

/// A hash as text in the file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Hex(Hash);

impl Sessions {
    pub(super) fn load(file: &Path, now: SystemTime) -> Self {
        let sessions = match read(file) {
            Ok(sessions) => sessions,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "sessions.json cannot be read; the page asks for a new link");
                Vec::new()
            }
        };
        let mut loaded = Self {
            sessions,
            changed: false,
            saved: seconds(now),
        };
        loaded.forget_old(now);
        loaded
    }

    pub(super) fn add(&mut self, token: Hash, now: SystemTime) {
        self.forget_old(now);
        if self.sessions.len() >= KEPT
            && let Some(stalest) =
                (0..self.sessions.len()).min_by_key(|&at| self.sessions.get(at).map(|s| s.used))
        {
            self.sessions.remove(stalest);
        }
        let now = seconds(now);
        self.sessions.push(Session {
            token_hash: Hex(token),
            created: now,
            used: now,
        });
        self.changed = true;
    }

    /// Whether the token is that of a session, which is then used.
    pub(super) fn check(&mut self, token: Hash, now: SystemTime) -> bool {
        self.forget_old(now);
        let now = seconds(now);
        let Some(session) = self.sessions.iter_mut().find(|s| s.token_hash.0 == token) else {
            return false;
        };
        if session.used != now {
            session.used = now;
            self.changed = true;
        }
        true
    }

    pub(super) fn save_due(&self, now: SystemTime) -> bool {
        self.changed && seconds(now).saturating_sub(self.saved) >= SAVE_EVERY.as_secs()
    }

    pub(super) fn save(&mut self, file: &Path, now: SystemTime) -> io::Result<()> {
        if !self.changed {
            return Ok(());
        }
        // Even a failed attempt counts, so that a full disk is not tried at every request.
        self.saved = seconds(now);
        let content = serde_json::to_vec(&self.sessions).map_err(io::Error::other)?;
        private_file::write(file, &content)?;
        self.changed = false;
        Ok(())
    }

    fn forget_old(&mut self, now: SystemTime) {
        let now = seconds(now);
        // A clock that was set back makes nothing old.
        self.sessions
            .retain(|s| now.saturating_sub(s.used) < LIFETIME.as_secs());
    }
}

fn read(file: &Path) -> io::Result<Vec<Session>> {
    let mut sessions: Vec<Session> = serde_json::from_slice(&fs::read(file)?)?;
    sessions.truncate(KEPT);
    Ok(sessions)
}

/// A clock before 1970 counts as 1970.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

impl TryFrom<String> for Hex {
    type Error = blake3::HexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Hash::from_hex(text).map(Self)
    }
}

impl From<Hex> for String {
    fn from(hex: Hex) -> Self {
        hex.0.to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn a_session_survives_a_restart() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let file = folder.path().join("sessions.json");
        let mut sessions = Sessions::load(&file, now);
        sessions.add(blake3::hash(b"token"), now);
        sessions.save(&file, now).unwrap();
        assert!(!fs::read_to_string(&file).unwrap().contains("token\""));

        let mut again = Sessions::load(&file, now);
        assert!(again.check(blake3::hash(b"token"), now));
        assert!(!again.check(blake3::hash(b"other"), now));
    }

    #[test]
    fn a_session_ends_thirty_days_after_its_last_use() {
        let (mut sessions, now) = (empty(), SystemTime::now());
        sessions.add(blake3::hash(b"token"), now);
        assert!(sessions.check(blake3::hash(b"token"), now + 29 * DAY));
        assert!(sessions.check(blake3::hash(b"token"), now + 58 * DAY));
        assert!(!sessions.check(blake3::hash(b"token"), now + 88 * DAY));
    }

    #[test]
    fn a_clock_set_back_ends_no_session() {
        let (mut sessions, now) = (empty(), SystemTime::now());
        sessions.add(blake3::hash(b"token"), now);
        assert!(sessions.check(blake3::hash(b"token"), UNIX_EPOCH - DAY));
        assert!(sessions.check(blake3::hash(b"token"), UNIX_EPOCH + DAY));
    }

    #[test]
    fn the_least_used_of_too_many_goes() {
        let (mut sessions, now) = (empty(), SystemTime::now());
        for number in 0..KEPT {
            sessions.add(blake3::hash(&number.to_le_bytes()), now);
        }
        assert!(sessions.check(blake3::hash(&0_usize.to_le_bytes()), now + DAY));
        sessions.add(blake3::hash(b"one more"), now + DAY);
        assert!(sessions.check(blake3::hash(&0_usize.to_le_bytes()), now + DAY));
        assert!(!sessions.check(blake3::hash(&1_usize.to_le_bytes()), now + DAY));
        assert!(sessions.check(blake3::hash(b"one more"), now + DAY));
    }

    #[test]
    fn a_damaged_file_means_no_sessions() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sessions.json");
        fs::write(&file, "[{\"token_hash\": \"").unwrap();
        assert!(Sessions::load(&file, SystemTime::now()).sessions.is_empty());
    }

    #[test]
    fn use_is_written_down_once_a_day() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let file = folder.path().join("sessions.json");
        let mut sessions = Sessions::load(&file, now);
        sessions.add(blake3::hash(b"token"), now);
        sessions.save(&file, now).unwrap();
        assert!(sessions.check(blake3::hash(b"token"), now + DAY / 2));
        assert!(!sessions.save_due(now + DAY / 2));
        assert!(sessions.save_due(now + DAY));
    }

    fn empty() -> Sessions {
        Sessions {
            sessions: Vec::new(),
            changed: false,
            saved: 0,
        }
    }
}
