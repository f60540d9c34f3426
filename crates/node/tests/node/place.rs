use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use node::{
    Handle, KeyringChoice, Node, Options, StartError,
    config::Key,
    events::{Events, Happening},
    journal::Journal,
};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt as _;

/// Far beyond what anything here takes, so that it means "never".
const DEADLINE: Duration = Duration::from_secs(20);

/// A home with a data folder, and what a node on it is started with.
pub(crate) struct Place {
    home: tempfile::TempDir,
    pub(crate) journal: Journal,
    pub(crate) flags: Vec<(Key, String)>,
    pub(crate) mesh_key_file: Option<PathBuf>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        Self {
            home,
            journal: Journal::new(None),
            flags: Vec::new(),
            mesh_key_file: None,
        }
    }

    pub(crate) fn flag(mut self, key: Key, value: &str) -> Self {
        self.flags.push((key, value.to_owned()));
        self
    }

    /// What is written into the configuration file before the start.
    pub(crate) fn config(self, text: &str) -> Self {
        std::fs::create_dir_all(self.data()).unwrap();
        std::fs::write(self.config_file(), text).unwrap();
        self
    }

    /// Feeds the journal from this thread, as a program's subscriber does. A
    /// first subscriber serves the whole process: with a single one, tracing
    /// asks only the thread that happens to come first whether anybody listens.
    pub(crate) fn listen(&self) -> DefaultGuard {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        let subscriber = tracing_subscriber::registry().with(self.journal.layer());
        tracing::subscriber::set_default(subscriber)
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Named as people name folders.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data of مهسا, 数据")
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.data().join("config.toml")
    }

    /// The path is empty, so that the firewall of the real machine is not asked
    /// through tools on it.
    pub(crate) fn options(&self) -> Options {
        let variable = |name: &str, value: &Path| (OsString::from(name), value.into());
        Options {
            data: Some(self.data()),
            system_place: None,
            environment: vec![
                variable("HOME", self.home()),
                variable("PATH", &self.home().join("bin")),
                ("BANYAN_NETWORK_MDNS".into(), "false".into()),
            ],
            flags: self.flags.clone(),
            mesh_key_file: self.mesh_key_file.clone(),
            journal: self.journal.clone(),
            keyring: KeyringChoice::FileOnly,
            version: "1.2.3".to_owned(),
            commit: "abcdef".to_owned(),
        }
    }

    pub(crate) async fn try_start(&self) -> Result<Node, StartError> {
        within(Node::start(self.options())).await
    }

    pub(crate) async fn start(&self) -> Node {
        self.try_start().await.unwrap()
    }
}

/// Waits for something that must happen.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("it did not happen in time")
}

/// Looks at the node after every event until `fits`.
pub(crate) async fn until(handle: &Handle, fits: impl Fn(&Handle) -> bool) {
    let mut events = handle.events(None);
    while !fits(handle) {
        within(events.next())
            .await
            .expect("the node stopped before");
    }
}

/// Everything that happens until the stream ends.
pub(crate) async fn rest(events: &mut Events) -> Vec<Happening> {
    let mut rest = Vec::new();
    while let Some(event) = within(events.next()).await {
        rest.push(event.happening);
    }
    rest
}
