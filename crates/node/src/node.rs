//! Starting and stopping a node.
//!
//! The order of the start: folder and its lock, configuration, log files,
//! identity, the store of machines, the ports of the mesh, then the tasks.
//! Whatever fails ends the start, and what was taken is given back.
//!
//! The order of the stop, which a test watches:
//!
//! 1. The state becomes *stopping*, and listeners are told.
//! 2. Tasks end, stage by stage, as [`crate::supervise`] writes down. The mesh is
//!    an errand: it says goodbye to the other machines while the owners of
//!    settings and decisions are still there. What was handed in to those before
//!    is still made; then the store is closed.
//! 3. The streams of events end.
//! 4. The log files are completed.
//! 5. The lock of the folder is given back.
//!
//! Servers in front of the node (the gateway, the window) are stopped before it
//! by whoever started them.

use std::{ffi::OsString, io, path::PathBuf, sync::Arc, time::SystemTime};

use infer::watcher::WatcherHandle;
use mesh::{Identity, IdentityError, KeyringChoice, Safe};
use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::{
    Handle, NodeState,
    backends::Backends,
    clock,
    config::{Config, ConfigError, Key, Origin, Store},
    downloads::{self, Downloads},
    events::Happening,
    finding::Notice,
    folder::{self, Folder, FolderError, Lock},
    handle::{Knowing, Shared},
    host::Host,
    journal::Journal,
    mesh_keys::{self, GivenKey, GivenKeyError, MeshKeys, RingError},
    models,
    neighbours::{self, MeshError},
    persons::Persons,
    port_holder,
    settings::{self, Keeper, Snapshot, Sources},
    store::{self, Form, StoreError},
    supervise::{GivenUp, Patience, Stage, Supervisor, Trouble},
    trust::{self, Trust},
};

/// What is heard about models and waits.
const OVERHEARD: usize = 256;

/// What a node is started with; everything it knows of its process.
#[derive(Debug, Clone)]
pub struct Options {
    /// The flag `--data`.
    pub data: Option<PathBuf>,
    /// Where data lies unless said otherwise; usually [`folder::system_place`].
    pub system_place: Option<PathBuf>,
    /// Usually [`std::env::vars_os`].
    pub environment: Vec<(OsString, OsString)>,
    /// What the command line says about settings, as text.
    pub flags: Vec<(Key, String)>,
    /// A file with a mesh key that a person handed over; the variable
    /// `BANYAN_MESH_KEY` may hold one as well.
    pub mesh_key_file: Option<PathBuf>,
    pub journal: Journal,
    pub keyring: KeyringChoice,
    pub version: String,
    /// The commit it was built from, or "unknown".
    pub commit: String,
}

impl Options {
    /// With everything that this process says about itself.
    pub fn of_process(journal: Journal, version: &str, commit: &str) -> Self {
        Self {
            data: None,
            system_place: folder::system_place(),
            environment: std::env::vars_os().collect(),
            flags: Vec::new(),
            mesh_key_file: None,
            journal,
            keyring: KeyringChoice::System,
            version: version.to_owned(),
            commit: commit.to_owned(),
        }
    }

    /// The data folder that a node with these options uses.
    pub fn data_folder(&self) -> Result<PathBuf, FolderError> {
        let variable = self.variable("BANYAN_DATA").cloned();
        folder::choose(self.data.clone(), variable, self.system_place.clone())
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&OsString> {
        self.environment
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }
}

/// Why a node did not start. Nothing was lost or changed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Identity(IdentityError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A port or a key of the mesh cannot be used.
    #[error("{error}")]
    Mesh {
        error: Box<MeshError>,
        /// Where the port was chosen.
        origin: Origin,
        /// Which program has it, as a parameter of a sentence.
        program: String,
    },
    /// The mesh keys of the data folder cannot be read.
    #[error(transparent)]
    MeshKeys(#[from] RingError),
    /// The mesh key that was handed over cannot be used.
    #[error(transparent)]
    GivenKey(#[from] GivenKeyError),
    /// A fault of Banyan's own.
    #[error("starting failed: {0}")]
    Fault(String),
}

/// A running node. Dropping it ends it at once; [`Node::stop`] ends it in order.
#[derive(Debug)]
pub struct Node {
    handle: Handle,
    supervisor: Supervisor,
    _lock: Lock,
}

impl Node {
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let opened = blocking(move || Opened::open(options)).await??;
        let Opened {
            options,
            folder,
            lock,
            sources,
            store,
            identity,
            machines,
            form,
            given,
        } = opened;
        let identity = Arc::new(identity);
        let (settings, keeper) = settings::open(&store, sources.clone(), lock.clone());
        let config = store.config();
        let policy = neighbours::policy(&config);
        let trust = Trust::new(machines.store, policy, trust::Clock::system());
        let keys = {
            let (folder, trust) = (folder.clone(), trust.clone());
            blocking(move || MeshKeys::open(&folder, trust)).await??
        };
        let replaced = match given {
            Some(given) => given.hold(&keys).await?,
            None => None,
        };
        let opening = neighbours::Opening {
            identity: Arc::clone(&identity),
            instance: machines.instance,
            form,
        };
        let mesh = match opening.open(&config, &trust.view(), keys.active().await) {
            Ok(mesh) => mesh,
            Err(error) => return Err(StartError::of_mesh(error, &config, &options).await),
        };
        let persons = Persons::new(Arc::clone(&identity), trust.clone());
        let (into_models, overheard) = mpsc::channel(OVERHEARD);
        let (neighbours, mesh_keeper) = neighbours::new(trust, persons, keys, into_models);
        let (models, models_keeper) = models::new(overheard);
        let served = {
            let (folder, safe) = (folder.clone(), identity.safe());
            let watcher = models_keeper.watcher();
            blocking(move || Served::open(&folder, safe, watcher)).await??
        };
        let knowing = Knowing {
            identity,
            settings,
            sources,
            neighbours,
            models,
            backends: served.backends,
            downloads: served.downloads,
        };
        let shared = Arc::new(Shared::new(&options, folder, knowing));
        let handle = Handle::new(Arc::clone(&shared));
        note_what_the_start_showed(&handle).await;
        if let Some(origin) = replaced {
            handle.raise(Notice::MeshKeyReplaced { origin });
        }
        if let Some(file) = machines.set_aside {
            let file = file.display().to_string();
            warn!(file, "the store of machines was damaged and is set aside");
            handle.raise(Notice::MachinesSetAside { file });
        }
        for file in served.set_aside {
            let file = file.display().to_string();
            handle.raise(Notice::FileSetAside { file });
        }
        let supervisor = Supervisor::new(Patience::default(), telling(handle.clone()));
        start_settings(&supervisor, &handle, keeper, store);
        start_store(&supervisor, machines.keeper);
        note_moved_ports(&handle, &mesh.moved).await;
        start_mesh(&supervisor, &handle, mesh_keeper, opening, mesh);
        start_models(&supervisor, &handle, models_keeper);
        start_downloads(&supervisor, &handle, served.downloads_keeper);
        start_errands(&supervisor, &handle);
        handle.enter(NodeState::Ready);
        info!(
            version = options.version,
            id = handle.machine().short_id,
            "node started"
        );
        Ok(Self {
            handle,
            supervisor,
            _lock: lock,
        })
    }

    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Waits until somebody asked the node to stop, see [`Handle::request_stop`].
    pub async fn stop_requested(&self) {
        self.handle.shared().stop_requested.cancelled().await;
    }

    /// Waits until a part of the node failed for good; never ends otherwise.
    pub async fn failed(&self) -> GivenUp {
        self.supervisor.given_up().await
    }

    /// Ends everything in the written order, in bounded time.
    pub async fn stop(self) {
        self.handle.enter(NodeState::Stopping);
        info!("stopping");
        self.supervisor.stop().await;
        self.handle.shared().events.close();
        info!("stopped");
        self.handle.shared().journal.complete();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.handle.state() != NodeState::Stopping {
            self.handle.enter(NodeState::Stopping);
        }
        self.supervisor.abort();
        self.handle.shared().events.close();
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StartError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StartError::Fault(error.to_string()))
}

/// What blocks while it is opened.
struct Opened {
    options: Options,
    folder: Folder,
    lock: Lock,
    sources: Sources,
    store: Store,
    identity: Identity,
    machines: store::Opened,
    form: Form,
    given: Option<GivenKey>,
}

impl Opened {
    fn open(options: Options) -> Result<Self, StartError> {
        let (folder, lock) = Folder::open(options.data_folder()?)?;
        let sources = Sources {
            file: folder.config_file(),
            environment: options.environment.clone(),
            flags: options.flags.clone(),
        };
        let store = sources.open()?;
        let log = &store.config().log;
        options.journal.set_level(log.level);
        options.journal.set_format(log.format);
        options
            .journal
            .to_files(folder.logs(), keep_files(log.keep_files.get()));
        let identity = Identity::open(folder.root(), options.keyring)
            .map_err(|error| StartError::of_identity(error, &folder))?;
        let given = GivenKey::of(
            options.mesh_key_file.as_deref(),
            options.variable(mesh_keys::VARIABLE).map(AsRef::as_ref),
        )?;
        let machines = store::open(&folder, lock.clone(), SystemTime::now())?;
        Ok(Self {
            options,
            folder,
            lock,
            sources,
            store,
            identity,
            machines,
            form: neighbours::own_form(),
            given,
        })
    }
}

/// What serves models, and what it fetches, as written down before.
struct Served {
    backends: Backends,
    downloads: Downloads,
    downloads_keeper: downloads::Keeper,
    set_aside: Vec<PathBuf>,
}

impl Served {
    fn open(folder: &Folder, safe: Safe, watcher: WatcherHandle) -> Result<Self, StartError> {
        let unwritable = |error| FolderError::of_write(folder.root(), error);
        let (backends, damaged) = Backends::open(folder, safe, watcher).map_err(unwritable)?;
        let (downloads, downloads_keeper, also_damaged) =
            downloads::open(folder).map_err(unwritable)?;
        Ok(Self {
            backends,
            downloads,
            downloads_keeper,
            set_aside: damaged.into_iter().chain(also_damaged).collect(),
        })
    }
}

impl StartError {
    /// A full disk has the same sentence whatever met it first.
    fn of_identity(error: IdentityError, folder: &Folder) -> Self {
        if let IdentityError::File { source, .. } = &error
            && source.kind() == io::ErrorKind::StorageFull
        {
            return FolderError::DiskFull {
                folder: folder.root().to_owned(),
            }
            .into();
        }
        Self::Identity(error)
    }

    async fn of_mesh(error: MeshError, config: &Config, options: &Options) -> Self {
        let origin = match &error {
            MeshError::PortTaken { key, .. } | MeshError::PortUnusable { key, .. } => {
                config.origin(*key).clone()
            }
            MeshError::Tls(_) => Origin::Default,
        };
        let program = if let MeshError::PortTaken { key, port } = error {
            let host = Host::this(options.variable("PATH").cloned());
            port_holder::named(&host, key, port).await
        } else {
            String::new()
        };
        Self::Mesh {
            error: Box::new(error),
            origin,
            program,
        }
    }
}

fn keep_files(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

async fn note_what_the_start_showed(handle: &Handle) {
    let year = clock::year(SystemTime::now());
    if year < clock::FIRST_SANE_YEAR {
        warn!(year, "the clock was never set");
        handle.raise(Notice::ClockWrong { year });
    }
    if let Some(reason) = handle.identity().keyring_absent() {
        handle.raise(Notice::KeyInFile {
            reason: reason.to_owned(),
        });
    }
    let snapshot = handle.shared().settings.snapshot();
    for warning in &snapshot.warnings {
        warn!("{warning}");
    }
    note_warnings(handle, &snapshot);
    if let Err(error) = handle.interfaces().await {
        warn!(%error, "the network interfaces cannot be listed");
    }
}

fn note_warnings(handle: &Handle, snapshot: &Snapshot) {
    let Shared {
        notices, events, ..
    } = handle.shared();
    notices.replace(settings::is_about_settings, snapshot.notices(), events);
}

fn telling(handle: Handle) -> impl Fn(Trouble) + Send + Sync + 'static {
    let restarted = |task: &str| Notice::TaskRestarted {
        task: task.to_owned(),
    };
    move |trouble| match trouble {
        Trouble::Restarted { task } => handle.raise(restarted(task)),
        Trouble::Recovered { task } => handle.clear(&restarted(task)),
        Trouble::GivenUp { task } => {
            handle.clear(&restarted(task));
            handle.raise(Notice::TaskFailed {
                task: task.to_owned(),
            });
        }
    }
}

fn start_settings(supervisor: &Supervisor, handle: &Handle, keeper: Keeper, store: Store) {
    let keeper = Arc::new(keeper);
    let mut store = Some(store);
    let handle = handle.clone();
    supervisor.start(Stage::Keepers, "settings", move |end| {
        let (keeper, handle, store) = (Arc::clone(&keeper), handle.clone(), store.take());
        async move {
            let changed = |snapshot: &Snapshot, key| setting_changed(&handle, snapshot, key);
            keeper.run(store, end, changed).await
        }
    });
}

/// Closes the file in order, after everybody who uses it.
fn start_store(supervisor: &Supervisor, keeper: store::Keeper) {
    let mut keeper = Some(keeper);
    supervisor.start(Stage::Keepers, "machines", move |end| {
        let keeper = keeper.take();
        async move {
            end.cancelled().await;
            if let Some(keeper) = keeper {
                keeper.close().await?;
            }
            Ok(())
        }
    });
}

fn start_models(supervisor: &Supervisor, handle: &Handle, keeper: models::Keeper) {
    let keeper = Arc::new(keeper);
    let handle = handle.clone();
    supervisor.start(Stage::Errands, "models", move |end| {
        let (keeper, handle) = (Arc::clone(&keeper), handle.clone());
        async move { keeper.run(handle, end).await }
    });
}

fn start_downloads(supervisor: &Supervisor, handle: &Handle, keeper: downloads::Keeper) {
    let node = handle.clone();
    supervisor.start(Stage::Errands, "model servers", move |_| {
        let node = node.clone();
        async move {
            node.backends().begin().await;
            Ok(())
        }
    });
    let keeper = Arc::new(keeper);
    let handle = handle.clone();
    supervisor.start(Stage::Errands, "downloads", move |end| {
        let (keeper, handle) = (Arc::clone(&keeper), handle.clone());
        async move {
            let tell = |happening| handle.publish(happening);
            keeper.run(handle.backends().clone(), tell, end).await
        }
    });
}

fn start_mesh(
    supervisor: &Supervisor,
    handle: &Handle,
    keeper: neighbours::Keeper,
    opening: neighbours::Opening,
    first: neighbours::Open,
) {
    keeper.announce(&first);
    let keeper = Arc::new(keeper);
    let opening = Arc::new(opening);
    let mut first = Some(first);
    let handle = handle.clone();
    supervisor.start(Stage::Errands, "mesh", move |end| {
        let (keeper, opening, handle) = (Arc::clone(&keeper), Arc::clone(&opening), handle.clone());
        let first = first.take();
        async move {
            let open = match first {
                Some(open) => open,
                None => {
                    let neighbours = handle.neighbours();
                    let keys = neighbours.active_keys().await;
                    let open = opening.open(&handle.config(), &neighbours.trust().view(), keys)?;
                    note_moved_ports(&handle, &open.moved).await;
                    open
                }
            };
            keeper.run(handle, open, end).await
        }
    });
}

async fn note_moved_ports(handle: &Handle, moved: &[(Key, u16)]) {
    for (key, got) in moved {
        let ports = handle.ports();
        let wanted = if *key == Key::NetworkTcpPort {
            ports.tcp
        } else {
            ports.udp
        };
        warn!(setting = key.name(), wanted, got, "a port is taken");
        handle.note_moved_port(*key, wanted, *got).await;
    }
}

fn setting_changed(handle: &Handle, snapshot: &Snapshot, key: Key) {
    let Shared {
        events, journal, ..
    } = handle.shared();
    info!(setting = key.name(), "a setting was changed");
    let log = &snapshot.config.log;
    journal.set_level(log.level);
    journal.set_format(log.format);
    journal.set_keep_files(keep_files(log.keep_files.get()));
    note_warnings(handle, snapshot);
    events.publish(Happening::SettingChanged(key.name().to_owned()));
    if key == Key::MachineName {
        events.publish(Happening::MachineChanged);
    }
}

fn start_errands(supervisor: &Supervisor, handle: &Handle) {
    let node = handle.clone();
    supervisor.start(Stage::Errands, "log files", move |end| {
        let node = node.clone();
        async move {
            end.run_until_cancelled(watch_log_files(&node)).await;
            Ok(())
        }
    });
}

async fn watch_log_files(node: &Handle) {
    let mut trouble = node.shared().journal.file_trouble();
    let folder = node.folder().logs().display().to_string();
    let is_about_files = |notice: &Notice| matches!(notice, Notice::LogFolderUnwritable { .. });
    loop {
        let reason = trouble.borrow_and_update().clone();
        let notice = |reason| Notice::LogFolderUnwritable {
            folder: folder.clone(),
            reason,
        };
        let now = reason.map(notice).into_iter().collect();
        node.shared()
            .notices
            .replace(is_about_files, now, &node.shared().events);
        if trouble.changed().await.is_err() {
            return;
        }
    }
}
