//! Models that servers of this machine download.
//!
//! - `download`: one of them, and what its server tells of it
//! - `actor`: the task that owns them all
//!
//! A download that is not finished is written to `downloads.json` before it
//! begins, so it begins again with the node; its server goes on where it was.
//! Where the server goes away in the middle, it is waited for. What the server
//! itself gives up is over, and says why.
//!
//! Invariant: one model is downloaded once at a time, whoever asks; every figure
//! is one that the server told.

mod actor;
mod download;

use std::{io, path::PathBuf, sync::Arc};

use infer::{Failure, ModelName};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

pub use download::{Download, Part, Stage};

use crate::{
    backends::{BackendError, Backends},
    events::Happening,
    folder::Folder,
    kept,
    supervise::TaskResult,
};
use actor::{Actor, Wish};
use download::Row;

/// Unfinished ones. More at once finish no sooner.
pub const MOST: usize = 16;

/// Wishes that are handed in at a time.
const WISHES: usize = 16;

/// Why nothing was begun or ended.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// No server of this machine that answers now can download.
    #[error("no server of this machine can download models now")]
    NobodyCan,
    #[error("{MOST} downloads are under way already")]
    TooMany,
    #[error("{0} is not being downloaded")]
    Unknown(ModelName),
    #[error(transparent)]
    Backend(#[from] BackendError),
    #[error("{}: {reason}", file.display())]
    Unwritable { file: PathBuf, reason: io::Error },
    #[error("the node is stopping")]
    Stopping,
}

/// Begins and ends downloads, and tells how they go. Clones share them.
#[derive(Debug, Clone)]
pub struct Downloads {
    wishes: mpsc::Sender<Wish>,
    list: watch::Receiver<Arc<[Download]>>,
}

impl Downloads {
    /// Those under way and those that ended since the start, the oldest first.
    pub fn list(&self) -> Arc<[Download]> {
        Arc::clone(&self.list.borrow())
    }

    pub fn watch(&self) -> watch::Receiver<Arc<[Download]>> {
        self.list.clone()
    }

    pub fn get(&self, model: &ModelName) -> Option<Download> {
        let list = self.list.borrow();
        list.iter().find(|one| one.model.is_same(model)).cloned()
    }

    /// Begins one, or shows the one that is under way. `server`: which is to do
    /// it; without it, the one that can.
    pub async fn begin(
        &self,
        model: ModelName,
        server: Option<String>,
    ) -> Result<Download, DownloadError> {
        self.wish(|reply| Wish::Begin(model, server, reply)).await
    }

    /// Ends one, or puts one away that has ended. What has arrived stays with
    /// its server for a later attempt.
    pub async fn end(&self, model: ModelName) -> Result<(), DownloadError> {
        self.wish(|reply| Wish::End(model, reply)).await
    }

    async fn wish<T>(
        &self,
        wish: impl FnOnce(oneshot::Sender<Result<T, DownloadError>>) -> Wish,
    ) -> Result<T, DownloadError> {
        let (reply, replied) = oneshot::channel();
        let handed_in = self.wishes.send(wish(reply)).await;
        handed_in.map_err(|_| DownloadError::Stopping)?;
        replied.await.map_err(|_| DownloadError::Stopping)?
    }
}

/// The side of the task; outlives it, so that it can be started again.
#[derive(Debug)]
pub(crate) struct Keeper {
    wishes: tokio::sync::Mutex<mpsc::Receiver<Wish>>,
    list: watch::Sender<Arc<[Download]>>,
    file: PathBuf,
}

/// Also says where a damaged file was set aside. Blocks.
pub(crate) fn open(folder: &Folder) -> io::Result<(Downloads, Keeper, Option<PathBuf>)> {
    let file = folder.root().join("downloads.json");
    let found = kept::read::<Vec<Row>>(&file)?;
    let unfinished: Vec<Download> = found.value.into_iter().map(Row::unfinished).collect();
    let (wishes, wished) = mpsc::channel(WISHES);
    let (publish, list) = watch::channel(unfinished.into());
    let keeper = Keeper {
        wishes: tokio::sync::Mutex::new(wished),
        list: publish,
        file,
    };
    Ok((Downloads { wishes, list }, keeper, found.set_aside))
}

impl Keeper {
    pub(crate) async fn run(
        &self,
        backends: Backends,
        tell: impl Fn(Happening) + Sync,
        end: CancellationToken,
    ) -> TaskResult {
        let mut wishes = self.wishes.lock().await;
        let actor = Actor::new(backends, &self.list, &self.file, &tell);
        actor.run(&mut wishes, end).await;
        Ok(())
    }
}

/// What a server says after which waiting for it makes sense.
fn passes(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Absent { .. }
            | Failure::Silent { .. }
            | Failure::BrokeOff { .. }
            | Failure::Busy { .. }
    )
}
