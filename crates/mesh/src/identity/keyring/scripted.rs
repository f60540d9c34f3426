//! A keyring for tests that behaves as told.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Keyring, KeyringError};

/// Far beyond what a busy machine needs: reaching it means it never comes.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::identity) enum Mood {
    Works,
    Locked,
    Unreachable,
    /// Answers nothing until the mood changes, like a password prompt.
    Waits,
    /// Accepts what it is given and has nothing later.
    Forgets,
    /// Gives back other bytes than it was given.
    Distorts,
}

#[derive(Debug)]
pub(in crate::identity) struct ScriptedKeyring {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    /// After so many more calls the mood turns to this.
    turn: Option<(usize, Mood)>,
    entries: BTreeMap<String, Vec<u8>>,
    calls: usize,
}

impl ScriptedKeyring {
    pub(in crate::identity) fn new(mood: Mood) -> Self {
        Self {
            state: Mutex::new(State {
                mood,
                turn: None,
                entries: BTreeMap::new(),
                calls: 0,
            }),
            changed: Condvar::new(),
        }
    }

    pub(in crate::identity) fn turn(&self, mood: Mood) {
        let mut state = self.state.lock().unwrap();
        state.mood = mood;
        state.turn = None;
        self.changed.notify_all();
    }

    pub(in crate::identity) fn turn_after(&self, calls: usize, mood: Mood) {
        self.state.lock().unwrap().turn = Some((calls, mood));
    }

    pub(in crate::identity) fn calls(&self) -> usize {
        self.state.lock().unwrap().calls
    }

    pub(in crate::identity) fn entries(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.lock().unwrap().entries.clone()
    }

    /// Changes what is stored behind everybody's back.
    pub(in crate::identity) fn tamper(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) {
        change(&mut self.state.lock().unwrap().entries);
    }

    /// Waits until so many calls have been answered since the beginning.
    pub(in crate::identity) fn wait_for_calls(&self, calls: usize) {
        let state = self.state.lock().unwrap();
        let (state, timeout) = self
            .changed
            .wait_timeout_while(state, DEADLINE, |state| state.calls < calls)
            .unwrap();
        assert!(
            !timeout.timed_out(),
            "{} of {calls} calls came",
            state.calls
        );
    }

    fn answer<T>(
        &self,
        answer: impl FnOnce(&mut State) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        let mut state = self.state.lock().unwrap();
        match state.turn {
            Some((0, mood)) => {
                state.mood = mood;
                state.turn = None;
            }
            Some((calls, mood)) => state.turn = Some((calls - 1, mood)),
            None => {}
        }
        let mut state: MutexGuard<'_, State> = self
            .changed
            .wait_while(state, |state| state.mood == Mood::Waits)
            .unwrap();
        let result = match state.mood {
            Mood::Locked => Err(KeyringError::Locked("scripted".to_owned())),
            Mood::Unreachable => Err(KeyringError::Unreachable("scripted".to_owned())),
            Mood::Works | Mood::Waits | Mood::Forgets | Mood::Distorts => answer(&mut state),
        };
        state.calls += 1;
        self.changed.notify_all();
        result
    }
}

impl Keyring for ScriptedKeyring {
    fn read(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        self.answer(|state| {
            let mut secret = state.entries.get(entry).cloned();
            if state.mood == Mood::Distorts
                && let Some(first) = secret.as_mut().and_then(|bytes| bytes.first_mut())
            {
                *first ^= 1;
            }
            Ok(secret.map(Zeroizing::new))
        })
    }

    fn write(&self, entry: &str, secret: &[u8]) -> Result<(), KeyringError> {
        self.answer(|state| {
            if state.mood != Mood::Forgets {
                state.entries.insert(entry.to_owned(), secret.to_owned());
            }
            Ok(())
        })
    }

    fn remove(&self, entry: &str) -> Result<(), KeyringError> {
        self.answer(|state| {
            state.entries.remove(entry);
            Ok(())
        })
    }
}
