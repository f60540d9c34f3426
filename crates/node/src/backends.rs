//! The servers of models that this machine asks: Ollama, which is looked for by
//! itself, and those that its owner added by hand.
//!
//! - `server`: one server as it is written down, and how what a person typed
//!   becomes one
//! - `change`: a server is tried before it is added, and changed after
//! - `probe`: a look at one server, with a question where that is wanted
//!
//! They are written to `backends.json`; their keys lie in the safe of the
//! identity, and no file, log or answer holds one. Whoever reads the file learns
//! addresses, and the names of keys.
//!
//! Invariant: a server is connected to no farther away than it lay when it was
//! added, and one beyond the local network is added only where its owner said so.

mod change;
mod probe;
mod server;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use infer::{
    Failure, ModelName, Unsuitable,
    openai::OpenAi,
    watcher::{BackendId, Seen, Standing, View, WatcherHandle},
};
use mesh::{IdentityError, Safe, SecretName};
use tokio::{
    sync::{Mutex, watch},
    time::timeout,
};
use tracing::{info, warn};

pub use infer::{Ability, ApiKey, Description, Kind, Skill};
pub use probe::{Answered, Probed};
pub use server::{NewServer, Server};

use crate::{folder::Folder, kept};

/// What the Ollama that is looked for by itself is called.
pub const OLLAMA: &str = "ollama";

/// Each is asked every second.
pub const MOST: usize = 32;

/// A server nearby has answered by then, or will not.
const FIRST_LOOK: Duration = Duration::from_secs(2);

/// Why nothing was changed, or nothing asked.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    #[error("{0:?} is no address of a server")]
    BadAddress(String),
    #[error("nobody knows a machine called {0}")]
    NoSuchHost(String),
    #[error("a server is named by 1 to 64 visible characters")]
    BadName,
    /// The safe gives back something else than it was given.
    #[error("its key is not where it was kept")]
    KeyLost,
    /// Nobody agreed that questions leave the local network.
    #[error("{0} is not on the local network")]
    LeavesLan(String),
    /// The key would cross the internet for everybody to read.
    #[error("a key is not sent to {0} without encryption")]
    KeyInClear(String),
    #[error("there is a server {0} already")]
    Known(String),
    #[error("there is no server {0}")]
    Unknown(String),
    /// Ollama is looked for as the settings say.
    #[error("{OLLAMA} is set in the settings")]
    BuiltIn,
    #[error("there are {MOST} servers already")]
    TooMany,
    #[error("the key cannot be kept: {0}")]
    KeyNotKept(#[from] IdentityError),
    #[error("{}: {reason}", file.display())]
    Unwritable { file: PathBuf, reason: io::Error },
    #[error(transparent)]
    Unsuitable(#[from] Unsuitable),
    /// No server here has that model.
    #[error("no server of this machine has the model {0}")]
    NoModel(ModelName),
    /// The server said no, or said nothing.
    #[error(transparent)]
    Failed(Failure),
    #[error("a task of the node failed")]
    Fault,
}

/// Adds and removes servers, and looks at them. Clones share them.
#[derive(Debug, Clone)]
pub struct Backends {
    /// Held while anything is changed.
    changing: Arc<Mutex<()>>,
    servers: watch::Sender<Arc<[Server]>>,
    file: PathBuf,
    safe: Safe,
    watcher: WatcherHandle,
}

impl Backends {
    /// Also says where a damaged file was set aside. Blocks.
    pub(crate) fn open(
        folder: &Folder,
        safe: Safe,
        watcher: WatcherHandle,
    ) -> io::Result<(Self, Option<PathBuf>)> {
        let file = folder.root().join("backends.json");
        let found = kept::read::<Vec<Server>>(&file)?;
        let backends = Self {
            changing: Arc::default(),
            servers: watch::Sender::new(found.value.into()),
            file,
            safe,
            watcher,
        };
        Ok((backends, found.set_aside))
    }

    /// Begins to look at all that were added before.
    pub(crate) async fn begin(&self) {
        let _changing = self.changing.lock().await;
        for server in self.servers().iter() {
            let key = match self.key_of(server).await {
                Ok(key) => key,
                Err(error) => {
                    // Asked without its key, it says itself that it wants one.
                    warn!(server = %server.id, %error, "the key of a model server cannot be read");
                    None
                }
            };
            if let Err(error) = self.look_at(server, key.as_ref()).await {
                warn!(server = %server.id, %error, "a model server cannot be asked");
            }
        }
    }

    /// Those that were added by hand.
    pub fn servers(&self) -> Arc<[Server]> {
        Arc::clone(&self.servers.borrow())
    }

    /// Every server as it is seen now.
    pub fn seen(&self) -> Seen {
        self.watcher.seen()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Seen> {
        self.watcher.watch()
    }

    /// Something happened to a server: it is looked at now.
    pub(crate) async fn look(&self, id: BackendId) {
        self.watcher.look(id).await;
    }

    /// Adds a server; it is looked at from now on, and after every start.
    pub async fn add(&self, new: NewServer) -> Result<BackendId, BackendError> {
        let (mut server, key) = new.judged().await?;
        // With the path at which such servers answer.
        let asked = OpenAi::new(server.place.clone(), server.reach, key.as_ref())?;
        asked.place().clone_into(&mut server.place);
        let _changing = self.changing.lock().await;
        let mut servers = self.servers().to_vec();
        if servers.len() >= MOST {
            return Err(BackendError::TooMany);
        }
        if let Some(known) = servers.iter().find(|known| known.is_like(&server)) {
            return Err(BackendError::Known(known.id.to_string()));
        }
        server.key = self.keep_key(key.as_ref()).await?;
        servers.push(server.clone());
        if let Err(error) = self.write(servers).await {
            self.forget_key(&server).await;
            return Err(error);
        }
        self.look_at(&server, key.as_ref()).await?;
        info!(reach = ?server.reach, "a model server was added");
        self.first_look(&server.id).await;
        Ok(server.id)
    }

    /// Whoever adds a server wants to know how it does.
    async fn first_look(&self, id: &BackendId) {
        let mut seen = self.watcher.watch();
        let looked = seen.wait_for(|seen| {
            let view = seen.get(id);
            view.is_some_and(|view| view.standing != Standing::Unknown)
        });
        // One that takes its time is seen later.
        let _ = timeout(FIRST_LOOK, looked).await;
    }

    /// Forgets a server that was added by hand, and its key.
    pub async fn remove(&self, name: &str) -> Result<(), BackendError> {
        let _changing = self.changing.lock().await;
        let removed = self.by_hand(name)?;
        let servers = self.servers();
        let rest = servers.iter().filter(|server| server.id != removed.id);
        self.write(rest.cloned().collect()).await?;
        self.watcher.remove(removed.id.clone()).await;
        self.forget_key(&removed).await;
        info!("a model server was removed");
        Ok(())
    }

    /// Looks at a server now. A question costs its server a little work, and
    /// elsewhere perhaps money: it is asked only where somebody wants it.
    pub async fn probe(&self, name: &str, asks: bool) -> Result<Probed, BackendError> {
        let (id, view) = self.named(name)?;
        let probed = probe::probe(view.backend.as_ref(), asks).await;
        self.watcher.look(id).await;
        Ok(probed)
    }

    /// Everything a server here tells of a model.
    pub async fn describe(
        &self,
        model: &ModelName,
        name: Option<&str>,
    ) -> Result<(BackendId, Description), BackendError> {
        let (id, view, model) = self.with_model(model, name, Skill::Show)?;
        let told = view.backend.describe(model.clone()).await;
        Ok((id, told.map_err(|failure| failed(failure, model))?))
    }

    /// Deletes a model where it lies.
    pub async fn delete(
        &self,
        model: &ModelName,
        name: Option<&str>,
    ) -> Result<BackendId, BackendError> {
        let (id, view, model) = self.with_model(model, name, Skill::Delete)?;
        let deleted = view.backend.delete(model.clone()).await;
        // It is gone from the list at once, or the list says why it is not.
        self.watcher.look(id.clone()).await;
        deleted.map_err(|failure| failed(failure, model))?;
        info!("a model was deleted");
        Ok(id)
    }

    /// The server that is meant by a name, however it is written.
    pub(crate) fn named(&self, name: &str) -> Result<(BackendId, View), BackendError> {
        let name = name.trim();
        let seen = self.seen();
        let found = seen
            .iter()
            .find(|(id, _)| id.as_str().eq_ignore_ascii_case(name));
        found
            .map(|(id, view)| (id.clone(), view.clone()))
            .ok_or_else(|| BackendError::Unknown(name.to_owned()))
    }

    /// The server of that name that was added by hand.
    fn by_hand(&self, name: &str) -> Result<Server, BackendError> {
        let servers = self.servers();
        let found = servers.iter().find(|server| server.is_called(name));
        found.cloned().ok_or_else(|| {
            if name.trim().eq_ignore_ascii_case(OLLAMA) {
                BackendError::BuiltIn
            } else {
                BackendError::Unknown(name.to_owned())
            }
        })
    }

    /// A server that has a model and a skill, and its own name for the model.
    fn with_model(
        &self,
        model: &ModelName,
        name: Option<&str>,
        skill: Skill,
    ) -> Result<(BackendId, View, ModelName), BackendError> {
        let places = match name {
            Some(name) => vec![self.named(name)?],
            None => {
                let seen = self.seen();
                let all = seen.iter().map(|(id, view)| (id.clone(), view.clone()));
                all.collect()
            }
        };
        let having = places.into_iter().filter_map(|(id, view)| {
            let known = view.model(model)?.name.clone();
            Some((id, view, known))
        });
        let having: Vec<_> = having.collect();
        // Where none is able, the first says so.
        let able = having
            .iter()
            .find(|(_, view, _)| view.backend.skills().have(skill));
        let found = able.or(having.first()).cloned();
        found.ok_or_else(|| BackendError::NoModel(model.clone()))
    }

    async fn key_of(&self, server: &Server) -> Result<Option<ApiKey>, BackendError> {
        let Some(name) = server.key.clone() else {
            return Ok(None);
        };
        let safe = self.safe.clone();
        let secret = blocking(move || safe.read(&name)).await??;
        let text = secret
            .as_ref()
            .and_then(|secret| str::from_utf8(secret).ok());
        let key = text.and_then(|text| ApiKey::parse(text).ok());
        key.map(Some).ok_or(BackendError::KeyLost)
    }

    async fn keep_key(&self, key: Option<&ApiKey>) -> Result<Option<SecretName>, BackendError> {
        let Some(key) = key.cloned() else {
            return Ok(None);
        };
        let safe = self.safe.clone();
        let kept = blocking(move || safe.keep(key.reveal().as_bytes())).await??;
        Ok(Some(kept))
    }

    async fn look_at(&self, server: &Server, key: Option<&ApiKey>) -> Result<(), BackendError> {
        let asked = OpenAi::new(server.place.clone(), server.reach, key)?;
        self.watcher
            .add(server.id.clone(), Arc::new(asked), server.reach)
            .await;
        Ok(())
    }

    async fn write(&self, servers: Vec<Server>) -> Result<(), BackendError> {
        let (file, rows) = (self.file.clone(), servers.clone());
        let written = blocking(move || kept::write(&file, &rows)).await?;
        written.map_err(|reason| BackendError::Unwritable {
            file: self.file.clone(),
            reason,
        })?;
        self.servers.send_replace(servers.into());
        Ok(())
    }

    /// What remains of a key that nobody names any more belongs to nobody.
    async fn forget_key(&self, server: &Server) {
        let Some(name) = server.key.clone() else {
            return;
        };
        let safe = self.safe.clone();
        match blocking(move || safe.forget(&name)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(%error, "the key of a model server could not be removed"),
            Err(error) => warn!(%error, "the key of a model server could not be removed"),
        }
    }
}

/// The list of a server may be older than its answer.
fn failed(failure: Failure, model: ModelName) -> BackendError {
    if matches!(failure, Failure::ModelUnknown { .. }) {
        BackendError::NoModel(model)
    } else {
        BackendError::Failed(failure)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BackendError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| BackendError::Fault)
}
