//! The thread that owns the file, and the handle everybody else holds.
//!
//! The end: whoever handed something in before gets an answer, then the file is
//! closed in order. It begins with [`Keeper::close`], or when the keeper or the
//! last handle is dropped.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, SystemTime},
};

use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::{
    database::{Contents, Database, Opening},
    error::StoreError,
    schema::Schema,
    table::audit::{Page, Recorded},
    tables::{Tables, Write},
};
use crate::folder::{Folder, Lock};

/// What an answer promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Survives a power cut.
    Decision,
    /// Survives the end of the process; a power cut may take the last few.
    Note,
}

/// A store that was opened.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    pub keeper: Keeper,
    /// The number of this start: above that of every earlier one.
    pub instance: u64,
    /// Where a file that could not be read now lies. Everything that was decided
    /// is in there, and this store began empty.
    pub set_aside: Option<PathBuf>,
}

/// Opens state.db in the folder, or makes it. Blocks for as long as the disk
/// takes.
pub fn open(folder: &Folder, lock: Lock, now: SystemTime) -> Result<Opened, StoreError> {
    let opening = Opening {
        file: folder.root().join("state.db"),
        schema: Schema::current(),
        patience: PATIENCE,
        now: now.into(),
    };
    start(&opening, lock)
}

/// Where things are handed in, and where the tables are read. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    inbox: mpsc::Sender<Job>,
    tables: watch::Receiver<Arc<Tables>>,
}

impl Store {
    /// The tables now; waits for nobody.
    pub fn tables(&self) -> Arc<Tables> {
        Arc::clone(&self.tables.borrow())
    }

    /// Tells when the tables change.
    pub fn watch(&self) -> watch::Receiver<Arc<Tables>> {
        self.tables.clone()
    }

    /// Makes the writes that `plan` makes of the tables; nobody changes them in
    /// between. All are made or none, and the answer comes once they are.
    pub async fn change<T, P>(&self, durability: Durability, plan: P) -> Result<T, StoreError>
    where
        T: Send + 'static,
        P: FnOnce(&Arc<Tables>) -> (Vec<Write>, T) + Send + 'static,
    {
        self.ask(move |desk| desk.change(durability, plan)).await
    }

    pub async fn audit(&self, page: Page) -> Result<Vec<Recorded>, StoreError> {
        self.ask(move |desk| desk.database.audit(&page)).await
    }

    async fn ask<T, Q>(&self, question: Q) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Q: FnOnce(&mut Desk) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |desk| {
            // What a plan broke, it broke before anything was written; the
            // transaction of a failed one is rolled back.
            let result = catch_unwind(AssertUnwindSafe(|| question(desk)));
            let result = result.unwrap_or_else(|_| {
                Err(StoreError::Fault {
                    reason: "a change failed halfway and was not made".to_owned(),
                })
            });
            // Nobody is obliged to wait for the answer.
            drop(answer.send(result));
        });
        self.inbox
            .send(Job::Work(work))
            .await
            .map_err(|_| StoreError::Stopping)?;
        answered.await.map_err(|_| StoreError::Stopping)?
    }
}

/// The owner of the thread.
#[derive(Debug)]
pub struct Keeper {
    end: CancellationToken,
    inbox: mpsc::WeakSender<Job>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Keeper {
    /// Answers what was handed in, and closes the file in order.
    pub async fn close(mut self) -> Result<(), StoreError> {
        self.begin_end();
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        let fault = |reason: &str| StoreError::Fault {
            reason: reason.to_owned(),
        };
        tokio::task::spawn_blocking(move || thread.join())
            .await
            .map_err(|_| fault("waiting for its thread failed"))?
            .map_err(|_| fault("its thread panicked"))?
    }

    fn begin_end(&self) {
        self.end.cancel();
        // Where the inbox is full, the thread is awake anyway.
        if let Some(inbox) = self.inbox.upgrade() {
            let _ = inbox.try_send(Job::LookUp);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.begin_end();
    }
}

/// Long enough for a backup program to let go of the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Things that may wait at a time. Whoever hands in more waits in turn.
const INBOX: usize = 64;

pub(super) fn start(opening: &Opening, lock: Lock) -> Result<Opened, StoreError> {
    let (database, contents) = opening.open()?;
    let Contents {
        tables,
        instance,
        set_aside,
    } = contents;
    let (sender, inbox) = mpsc::channel(INBOX);
    let (published, tables) = watch::channel(Arc::new(tables));
    let end = CancellationToken::new();
    let desk = Desk {
        database,
        tables: published,
        _lock: lock,
    };
    let thread = thread::Builder::new()
        .name("state.db".to_owned())
        .spawn({
            let end = end.clone();
            move || run(desk, inbox, &end)
        })
        .map_err(|error| StoreError::Fault {
            reason: format!("no thread could be started: {error}"),
        })?;
    Ok(Opened {
        keeper: Keeper {
            end,
            inbox: sender.downgrade(),
            thread: Some(thread),
        },
        store: Store {
            inbox: sender,
            tables,
        },
        instance,
        set_aside,
    })
}

type Work = Box<dyn FnOnce(&mut Desk) + Send>;

/// What wakes the thread.
enum Job {
    Work(Work),
    /// Something happened outside the inbox: the end began.
    LookUp,
}

/// What the thread owns. The lock is here: while something is written, the
/// folder is ours.
#[derive(Debug)]
struct Desk {
    database: Database,
    tables: watch::Sender<Arc<Tables>>,
    _lock: Lock,
}

impl Desk {
    fn change<T>(
        &mut self,
        durability: Durability,
        plan: impl FnOnce(&Arc<Tables>) -> (Vec<Write>, T),
    ) -> Result<T, StoreError> {
        let before = Arc::clone(&self.tables.borrow());
        let (writes, answer) = plan(&before);
        if writes.is_empty() {
            return Ok(answer);
        }
        self.database.write(&writes, durability)?;
        let mut after = Tables::clone(&before);
        for write in writes {
            after.apply(write);
        }
        self.tables.send_replace(Arc::new(after));
        Ok(answer)
    }
}

fn run(
    mut desk: Desk,
    mut inbox: mpsc::Receiver<Job>,
    end: &CancellationToken,
) -> Result<(), StoreError> {
    while let Some(job) = inbox.blocking_recv() {
        if end.is_cancelled() {
            // Nothing new comes in; what is there is still done.
            inbox.close();
        }
        match job {
            Job::Work(work) => work(&mut desk),
            Job::LookUp => {}
        }
    }
    desk.database.close()
}

impl std::fmt::Debug for Job {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Work(_) => "Work",
            Self::LookUp => "LookUp",
        })
    }
}

impl Durability {
    pub(super) fn synchronous(self) -> &'static str {
        match self {
            Self::Decision => "FULL",
            Self::Note => "NORMAL",
        }
    }
}
