//! The owner of the settings while a node runs.
//!
//! One task holds the [`Store`]; changes reach it one by one, and each is
//! written to disk on a thread that may wait. Everybody reads the latest
//! [`Snapshot`] from a `watch` and waits for nobody.
//!
//! Invariant: a snapshot is published after its file was written and before the
//! answer is given, so whoever got an answer reads the new value.

use std::{collections::BTreeSet, ffi::OsString, path::PathBuf, sync::Arc};

use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{ChangeError, Config, ConfigError, Key, RawValue, Store, View, Warning},
    finding::Notice,
    folder::Lock,
    supervise::TaskResult,
};

/// Changes that may wait at a time; a person makes one.
const INBOX: usize = 16;

/// All settings at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// What the node goes by.
    pub config: Arc<Config>,
    pub views: Vec<View>,
    pub warnings: Vec<Warning>,
}

/// Why a setting was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    #[error(transparent)]
    Refused(#[from] ChangeError),
    #[error("the node is stopping")]
    Stopping,
}

/// What the store is opened with, now and after a failure.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub(crate) file: PathBuf,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) flags: Vec<(Key, String)>,
}

impl Sources {
    pub(crate) fn open(&self) -> Result<Store, ConfigError> {
        Store::open(&self.file, self.environment.clone(), self.flags.clone())
    }
}

/// Where changes are handed in.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    inbox: mpsc::Sender<Change>,
    snapshot: watch::Receiver<Arc<Snapshot>>,
}

impl Settings {
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.borrow())
    }

    pub(crate) async fn set(&self, key: String, value: RawValue) -> Result<View, SettingError> {
        self.change(key, Some(value)).await
    }

    pub(crate) async fn reset(&self, key: String) -> Result<View, SettingError> {
        self.change(key, None).await
    }

    async fn change(&self, key: String, value: Option<RawValue>) -> Result<View, SettingError> {
        let (answer, answered) = oneshot::channel();
        let change = Change { key, value, answer };
        self.inbox
            .send(change)
            .await
            .map_err(|_| SettingError::Stopping)?;
        Ok(answered.await.map_err(|_| SettingError::Stopping)??)
    }
}

/// The task's side; survives the task, so that changes that wait are not lost
/// when it has to start again.
#[derive(Debug)]
pub(crate) struct Keeper {
    sources: Sources,
    inbox: Mutex<mpsc::Receiver<Change>>,
    snapshot: watch::Sender<Arc<Snapshot>>,
    lock: Lock,
}

/// The two sides, beginning with a store that is open already.
pub(crate) fn open(store: &Store, sources: Sources, lock: Lock) -> (Settings, Keeper) {
    let (sender, receiver) = mpsc::channel(INBOX);
    let (published, snapshot) = watch::channel(Arc::new(Snapshot::of(store)));
    let keeper = Keeper {
        sources,
        inbox: Mutex::new(receiver),
        snapshot: published,
        lock,
    };
    (
        Settings {
            inbox: sender,
            snapshot,
        },
        keeper,
    )
}

impl Keeper {
    /// Makes changes until the end. `changed` is called after each.
    pub(crate) async fn run(
        &self,
        store: Option<Store>,
        end: CancellationToken,
        changed: impl Fn(&Snapshot, Key),
    ) -> TaskResult {
        let mut inbox = self.inbox.lock().await;
        let store = match store {
            Some(store) => store,
            None => {
                let sources = self.sources.clone();
                let store = tokio::task::spawn_blocking(move || sources.open()).await??;
                self.snapshot.send_replace(Arc::new(Snapshot::of(&store)));
                store
            }
        };
        let mut desk = Desk {
            store,
            _lock: self.lock.clone(),
        };
        loop {
            let change = tokio::select! {
                biased;
                change = inbox.recv() => change,
                () = end.cancelled() => {
                    // Whoever already handed something in gets an answer.
                    inbox.close();
                    inbox.recv().await
                }
            };
            let Some(Change { key, value, answer }) = change else {
                return Ok(());
            };
            let (kept, result) =
                tokio::task::spawn_blocking(move || desk.make(&key, value)).await?;
            desk = kept;
            if let Ok(view) = &result {
                let snapshot = Arc::new(Snapshot::of(&desk.store));
                self.snapshot.send_replace(Arc::clone(&snapshot));
                changed(&snapshot, view.key);
            }
            // Nobody is obliged to wait for the answer.
            drop(answer.send(result));
        }
    }
}

impl Snapshot {
    fn of(store: &Store) -> Self {
        Self {
            config: store.config(),
            views: store.views(),
            warnings: store.warnings(),
        }
    }

    pub(crate) fn notices(&self) -> BTreeSet<Notice> {
        self.warnings.iter().map(notice).collect()
    }
}

/// Whether a notice comes from the settings.
pub(crate) fn is_about_settings(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::UnknownSetting { .. }
            | Notice::UnknownVariable { .. }
            | Notice::IgnoredVariable { .. }
    )
}

fn notice(warning: &Warning) -> Notice {
    match warning.clone() {
        Warning::UnknownKey { key, file, near } => Notice::UnknownSetting {
            key,
            file: file.display().to_string(),
            near: near.map(|key| key.name().to_owned()).unwrap_or_default(),
        },
        Warning::UnknownVariable { variable, near } => Notice::UnknownVariable { variable, near },
        Warning::IgnoredVariable {
            variable,
            value,
            allowed,
        } => Notice::IgnoredVariable {
            variable,
            value,
            allowed,
        },
    }
}

#[derive(Debug)]
struct Change {
    key: String,
    /// Nothing brings back the default.
    value: Option<RawValue>,
    answer: oneshot::Sender<Result<View, ChangeError>>,
}

/// What goes to the thread that writes. The lock goes with it: while a write is
/// under way, the folder is ours, whatever happens to the task meanwhile.
#[derive(Debug)]
struct Desk {
    store: Store,
    _lock: Lock,
}

impl Desk {
    fn make(mut self, key: &str, value: Option<RawValue>) -> (Self, Result<View, ChangeError>) {
        let result = match value {
            Some(value) => self.store.set(key, &value),
            None => self.store.reset(key),
        };
        (self, result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    #[tokio::test]
    async fn what_was_handed_in_survives_the_task() {
        let place = tempfile::tempdir().unwrap();
        let (folder, lock) = Folder::open(place.path().join("data")).unwrap();
        let sources = Sources {
            file: folder.config_file(),
            environment: Vec::new(),
            flags: Vec::new(),
        };
        let store = sources.open().unwrap();
        let (settings, keeper) = open(&store, sources, lock);
        let keeper = Arc::new(keeper);
        let run = |store| {
            let keeper = Arc::clone(&keeper);
            tokio::spawn(
                async move { keeper.run(store, CancellationToken::new(), |_, _| ()).await },
            )
        };
        let change = |key: &'static str, value: &'static str| {
            let settings = settings.clone();
            let value = RawValue::Text(value.to_owned());
            tokio::spawn(async move { settings.set(key.to_owned(), value).await })
        };

        let first = run(Some(store));
        change("machine.name", "before").await.unwrap().unwrap();
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        let waiting = change("ui.theme", "dark");
        tokio::task::yield_now().await;
        let second = run(None);
        waiting.await.unwrap().unwrap();
        let config = &settings.snapshot().config;
        assert_eq!(config.ui.theme.name(), "dark");
        assert_eq!(config.machine.name.as_str(), "before");
        second.abort();
    }
}
