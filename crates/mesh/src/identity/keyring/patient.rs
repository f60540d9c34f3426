//! Asks a keyring and waits only so long.
//!
//! A question that is not answered in time leaves its thread behind: nothing
//! can end a thread that waits for a person at a password prompt. When the
//! answer comes after all, nobody takes it, and the thread undoes what it did.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Keyring, KeyringError};

#[derive(Clone)]
pub(in crate::identity) struct PatientKeyring {
    keyring: Arc<dyn Keyring>,
    limit: Duration,
}

impl fmt::Debug for PatientKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientKeyring")
    }
}

impl PatientKeyring {
    pub(in crate::identity) fn new(keyring: Arc<dyn Keyring>, limit: Duration) -> Self {
        Self { keyring, limit }
    }

    /// Finds out whether this keyring keeps what it is given, with an entry
    /// that is of no use to anyone and is removed again.
    pub(in crate::identity) fn probe(&self, store_id: &str) -> Result<(), KeyringError> {
        let entry = format!("{store_id}-probe");
        self.ask(
            move |keyring| {
                let kept = keep(keyring, &entry, b"banyan probe");
                let removed = keyring.remove(&entry);
                kept.and(removed)
            },
            |_| {},
        )
    }

    /// Stores a secret and makes sure it can be read again.
    pub(in crate::identity) fn keep(
        &self,
        entry: &str,
        secret: Zeroizing<Vec<u8>>,
    ) -> Result<(), KeyringError> {
        let (kept, abandoned) = (entry.to_owned(), entry.to_owned());
        self.ask(
            move |keyring| keep(keyring, &kept, &secret),
            // The caller went on without it, so it names nobody.
            move |keyring| drop(keyring.remove(&abandoned)),
        )
    }

    pub(in crate::identity) fn read(
        &self,
        entry: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        let entry = entry.to_owned();
        self.ask(move |keyring| keyring.read(&entry), |_| {})
    }

    pub(in crate::identity) fn remove(&self, entry: &str) -> Result<(), KeyringError> {
        let entry = entry.to_owned();
        self.ask(move |keyring| keyring.remove(&entry), |_| {})
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Keyring) -> Result<T, KeyringError> + Send + 'static,
        abandoned: impl FnOnce(&dyn Keyring) + Send + 'static,
    ) -> Result<T, KeyringError> {
        let keyring = Arc::clone(&self.keyring);
        // Without a buffer an answer is either taken or known not to be.
        let (answer, answers) = mpsc::sync_channel(0);
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                if answer.send(question(&*keyring)).is_err() {
                    abandoned(&*keyring);
                }
            })
            .map_err(|error| {
                tracing::debug!(%error, "no thread to ask the keyring on");
                KeyringError::Unreachable("the system starts no more threads".to_owned())
            })?;
        match answers.recv_timeout(self.limit) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(KeyringError::Locked(format!(
                "it did not answer within {} s and may be waiting for its password",
                self.limit.as_secs_f32()
            ))),
            Err(RecvTimeoutError::Disconnected) => Err(KeyringError::Unreachable(
                "the keyring library failed".to_owned(),
            )),
        }
    }
}

fn keep(keyring: &dyn Keyring, entry: &str, secret: &[u8]) -> Result<(), KeyringError> {
    keyring.write(entry, secret)?;
    match keyring.read(entry)? {
        Some(read) if *read == secret => Ok(()),
        Some(_) => Err(KeyringError::Unreachable(
            "it gave back something else than it was given".to_owned(),
        )),
        None => Err(KeyringError::Unreachable(
            "it did not keep what it was given".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{Mood, ScriptedKeyring};
    use super::*;

    /// Long enough for a thread to start on a busy machine, short enough to
    /// wait for in a test.
    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(20);

    fn keyring(mood: Mood, limit: Duration) -> (Arc<ScriptedKeyring>, PatientKeyring) {
        let scripted = Arc::new(ScriptedKeyring::new(mood));
        let patient = PatientKeyring::new(Arc::clone(&scripted) as Arc<dyn Keyring>, limit);
        (scripted, patient)
    }

    fn secret() -> Zeroizing<Vec<u8>> {
        Zeroizing::new(b"secret".to_vec())
    }

    #[test]
    fn a_probe_leaves_nothing_behind() {
        let (scripted, patient) = keyring(Mood::Works, LONG);
        assert_eq!(patient.probe("id"), Ok(()));
        assert_eq!(scripted.calls(), 3);
        assert!(scripted.entries().is_empty());
    }

    #[test]
    fn a_keyring_that_does_not_keep_its_word_does_not_count() {
        for mood in [Mood::Forgets, Mood::Distorts, Mood::Unreachable] {
            let (scripted, patient) = keyring(mood, LONG);
            let error = patient.probe("id").unwrap_err();
            assert!(matches!(error, KeyringError::Unreachable(_)), "{mood:?}");
            assert!(scripted.entries().is_empty(), "{mood:?}");
        }
    }

    #[test]
    fn what_is_kept_can_be_read_and_removed() {
        let (_, patient) = keyring(Mood::Works, LONG);
        assert_eq!(patient.read("id"), Ok(None));
        assert_eq!(patient.keep("id", secret()), Ok(()));
        assert_eq!(patient.read("id"), Ok(Some(secret())));
        assert_eq!(patient.remove("id"), Ok(()));
        assert_eq!(patient.remove("id"), Ok(()));
        assert_eq!(patient.read("id"), Ok(None));
    }

    #[test]
    fn a_keyring_that_waits_for_a_person_counts_as_locked() {
        let (scripted, patient) = keyring(Mood::Waits, SHORT);
        let error = patient.read("id").unwrap_err();
        let KeyringError::Locked(reason) = error else {
            panic!("{error:?}");
        };
        assert_eq!(
            reason,
            "it did not answer within 0.05 s and may be waiting for its password"
        );
        scripted.turn(Mood::Works);
    }

    #[test]
    fn an_answer_that_comes_too_late_is_undone() {
        let (scripted, patient) = keyring(Mood::Waits, SHORT);
        assert!(patient.keep("id", secret()).is_err());
        scripted.turn(Mood::Works);
        // Write, read back, and then the removal.
        scripted.wait_for_calls(3);
        assert!(scripted.entries().is_empty());
    }

    #[test]
    fn a_probe_that_comes_too_late_is_undone() {
        let (scripted, patient) = keyring(Mood::Waits, SHORT);
        assert!(patient.probe("id").is_err());
        scripted.turn(Mood::Works);
        scripted.wait_for_calls(3);
        assert!(scripted.entries().is_empty());
    }
}
