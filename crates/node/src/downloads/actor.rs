//! The task that owns the downloads. Each is read by a task of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use futures_util::StreamExt as _;
use infer::{
    Backend, Failure, ModelName, PullProgress, Skill,
    watcher::{BackendId, Standing},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{AbortHandle, JoinSet},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Download, DownloadError, MOST, Row, Stage, passes};
use crate::{
    backends::{Backends, OLLAMA},
    events::Happening,
    kept,
};

/// Nobody reads figures faster.
const TOGETHER: Duration = Duration::from_millis(250);

/// Hundreds of gigabytes are read again to be verified, and nothing is said
/// meanwhile.
const SILENCE: Duration = Duration::from_secs(1800);

/// Between two attempts; it doubles as long as nothing comes.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Those that have ended are kept to be read.
const MOST_ENDED: usize = 32;

/// What tasks told and waits; beyond it they wait, and their servers.
const TOLD: usize = 64;

type Reply<T> = oneshot::Sender<Result<T, DownloadError>>;

#[derive(Debug)]
pub(super) enum Wish {
    Begin(ModelName, Option<String>, Reply<Download>),
    End(ModelName, Reply<()>),
}

pub(super) struct Actor<'a> {
    backends: Backends,
    publish: &'a watch::Sender<Arc<[Download]>>,
    file: &'a Path,
    tell: &'a (dyn Fn(Happening) + Sync),
    /// By the one spelling of their names.
    all: BTreeMap<String, Entry>,
    begun: u64,
    tasks: JoinSet<()>,
    told: (mpsc::Sender<Told>, mpsc::Receiver<Told>),
    /// What changed and was not told yet.
    changed: BTreeSet<String>,
    tell_at: Option<Instant>,
}

struct Entry {
    download: Download,
    /// Tells attempts apart.
    attempt: u64,
    task: Option<AbortHandle>,
    pause: Duration,
    again_at: Option<Instant>,
    /// Its server was seen to be away since the last attempt.
    was_away: bool,
}

/// What the task of an attempt tells.
struct Told {
    model: String,
    attempt: u64,
    what: Result<PullProgress, Failure>,
}

impl<'a> Actor<'a> {
    /// With those that are listed and not finished.
    pub(super) fn new(
        backends: Backends,
        publish: &'a watch::Sender<Arc<[Download]>>,
        file: &'a Path,
        tell: &'a (dyn Fn(Happening) + Sync),
    ) -> Self {
        let listed = Arc::clone(&publish.borrow());
        let entries = listed.iter().map(|download| {
            let entry = Entry::new(download.clone());
            (download.model.canonical(), entry)
        });
        Self {
            backends,
            publish,
            file,
            tell,
            all: entries.collect(),
            begun: 0,
            tasks: JoinSet::new(),
            told: mpsc::channel(TOLD),
            changed: BTreeSet::new(),
            tell_at: None,
        }
    }

    pub(super) async fn run(mut self, wishes: &mut mpsc::Receiver<Wish>, end: CancellationToken) {
        let mut seen = self.backends.watch();
        let under_way: Vec<String> = self.under_way().map(|(name, _)| name.clone()).collect();
        for name in under_way {
            self.attempt(&name);
        }
        loop {
            let due = self.due();
            tokio::select! {
                () = end.cancelled() => break,
                Some(wish) = wishes.recv() => self.wished(wish).await,
                Some(told) = self.told.1.recv() => self.heard(told).await,
                Ok(()) = seen.changed() => self.looked(),
                () = sleep_until(due) => self.time_passed(),
                Some(_) = self.tasks.join_next() => {}
            }
        }
        self.tasks.shutdown().await;
    }

    fn under_way(&self) -> impl Iterator<Item = (&String, &Entry)> {
        let all = self.all.iter();
        all.filter(|(_, entry)| entry.download.is_under_way())
    }

    fn due(&self) -> Instant {
        let again = self.all.values().filter_map(|entry| entry.again_at);
        let due = again.chain(self.tell_at).min();
        due.unwrap_or_else(|| Instant::now() + LONGEST_PAUSE)
    }

    async fn wished(&mut self, wish: Wish) {
        // Whoever does not wait for the answer has it in the list.
        match wish {
            Wish::Begin(model, server, reply) => {
                let begun = self.begin(model, server.as_deref()).await;
                let _ = reply.send(begun);
            }
            Wish::End(model, reply) => {
                let ended = self.end(&model).await;
                let _ = reply.send(ended);
            }
        }
    }

    async fn begin(
        &mut self,
        model: ModelName,
        server: Option<&str>,
    ) -> Result<Download, DownloadError> {
        let name = model.canonical();
        if let Some(entry) = self.all.get(&name)
            && entry.download.is_under_way()
        {
            return Ok(entry.download.clone());
        }
        if self.under_way().count() >= MOST {
            return Err(DownloadError::TooMany);
        }
        let server = self.able(server)?;
        let download = Download::new(model, server, SystemTime::now());
        let before = self.all.insert(name.clone(), Entry::new(download.clone()));
        if let Err(error) = self.write().await {
            match before {
                Some(before) => drop(self.all.insert(name, before)),
                None => drop(self.all.remove(&name)),
            }
            return Err(error);
        }
        info!("a model is downloaded");
        self.attempt(&name);
        self.show(&name);
        self.publish_now();
        Ok(download)
    }

    /// A server that can download and answers now.
    fn able(&self, server: Option<&str>) -> Result<BackendId, DownloadError> {
        let seen = self.backends.seen();
        let places = match server {
            Some(name) => vec![self.backends.named(name)?],
            None => {
                let all = seen.iter().map(|(id, view)| (id.clone(), view.clone()));
                all.collect()
            }
        };
        let mut able: Vec<BackendId> = places
            .into_iter()
            .filter(|(_, view)| view.standing == Standing::Up)
            .filter(|(_, view)| view.backend.skills().have(Skill::Pull))
            .map(|(id, _)| id)
            .collect();
        able.sort_by_key(|id| id.as_str() != OLLAMA);
        able.into_iter().next().ok_or(DownloadError::NobodyCan)
    }

    async fn end(&mut self, model: &ModelName) -> Result<(), DownloadError> {
        let name = model.canonical();
        let Some(entry) = self.all.remove(&name) else {
            return Err(DownloadError::Unknown(model.clone()));
        };
        let was_under_way = entry.download.is_under_way();
        drop(entry);
        if was_under_way {
            info!("a download was ended");
            self.write().await?;
        }
        self.show(&name);
        self.publish_now();
        Ok(())
    }

    /// Asks the server to begin, or to go on.
    fn attempt(&mut self, name: &str) {
        let seen = self.backends.seen();
        self.begun += 1;
        let Some(entry) = self.all.get_mut(name) else {
            return;
        };
        entry.attempt = self.begun;
        entry.again_at = None;
        entry.was_away = false;
        let view = seen.get(&entry.download.server);
        let backend = view.map(|view| Arc::clone(&view.backend));
        let attempt = Attempt {
            model: entry.download.model.clone(),
            name: name.to_owned(),
            number: self.begun,
            tell: self.told.0.clone(),
        };
        entry.task = Some(self.tasks.spawn(attempt.run(backend)));
    }

    async fn heard(&mut self, told: Told) {
        let Some(entry) = self.all.get_mut(&told.model) else {
            return;
        };
        if entry.attempt != told.attempt {
            return;
        }
        let stage = entry.download.stage.clone();
        match told.what {
            Ok(step) => {
                if matches!(step, PullProgress::Part { .. }) {
                    entry.pause = FIRST_PAUSE;
                }
                entry.download.take(step);
            }
            Err(failure) if passes(&failure) => {
                entry.again_at = Some(Instant::now() + entry.pause);
                entry.pause = (entry.pause * 2).min(LONGEST_PAUSE);
                entry.download.stage = Stage::Waiting { failure };
            }
            Err(failure) => entry.download.stage = Stage::Failed { failure },
        }
        let is_another = stage != entry.download.stage;
        let (server, is_over) = (
            entry.download.server.clone(),
            !entry.download.is_under_way(),
        );
        self.show(&told.model);
        if is_over {
            self.backends.look(server).await;
            if let Err(error) = self.write().await {
                warn!(%error, "a download that is over stays written down");
            }
            self.drop_the_oldest();
        }
        if is_another {
            self.publish_now();
        }
    }

    /// A server that came back is asked at once.
    fn looked(&mut self) {
        let seen = self.backends.seen();
        let mut back = Vec::new();
        for (name, entry) in &mut self.all {
            if entry.again_at.is_none() {
                continue;
            }
            let view = seen.get(&entry.download.server);
            let is_up = view.is_some_and(|view| view.standing == Standing::Up);
            if is_up && entry.was_away {
                back.push(name.clone());
            }
            entry.was_away |= !is_up;
        }
        for name in back {
            self.attempt(&name);
        }
    }

    fn time_passed(&mut self) {
        let now = Instant::now();
        let due = |entry: &Entry| entry.again_at.is_some_and(|at| at <= now);
        let again = self.all.iter().filter(|(_, entry)| due(entry));
        let again: Vec<String> = again.map(|(name, _)| name.clone()).collect();
        for name in again {
            self.attempt(&name);
        }
        if self.tell_at.is_some_and(|at| at <= now) {
            self.publish_now();
        }
    }

    fn show(&mut self, name: &str) {
        self.changed.insert(name.to_owned());
        self.tell_at
            .get_or_insert_with(|| Instant::now() + TOGETHER);
    }

    fn publish_now(&mut self) {
        self.tell_at = None;
        let mut list: Vec<Download> = self.all.values().map(|one| one.download.clone()).collect();
        list.sort_by_key(|one| one.began);
        self.publish.send_replace(list.into());
        for name in std::mem::take(&mut self.changed) {
            (self.tell)(Happening::DownloadChanged(name));
        }
    }

    fn drop_the_oldest(&mut self) {
        let ended = self
            .all
            .iter()
            .filter(|(_, one)| !one.download.is_under_way());
        let mut ended: Vec<_> = ended
            .map(|(name, one)| (one.download.began, name.clone()))
            .collect();
        ended.sort();
        let too_many = ended.len().saturating_sub(MOST_ENDED);
        for (_, name) in ended.into_iter().take(too_many) {
            self.all.remove(&name);
            self.changed.insert(name);
        }
    }

    async fn write(&self) -> Result<(), DownloadError> {
        let rows: Vec<Row> = self
            .under_way()
            .map(|(_, entry)| Row::of(&entry.download))
            .collect();
        let file = self.file.to_owned();
        let written = tokio::task::spawn_blocking(move || kept::write(&file, &rows)).await;
        let written = written.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        written.map_err(|reason| DownloadError::Unwritable {
            file: self.file.to_owned(),
            reason,
        })
    }
}

impl Entry {
    fn new(download: Download) -> Self {
        Self {
            download,
            attempt: 0,
            task: None,
            pause: FIRST_PAUSE,
            again_at: None,
            was_away: false,
        }
    }
}

/// The connection closes with it, and the server stops.
impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// One attempt until it ends.
struct Attempt {
    model: ModelName,
    name: String,
    number: u64,
    tell: mpsc::Sender<Told>,
}

impl Attempt {
    async fn run(self, backend: Option<Arc<dyn Backend>>) {
        let Some(backend) = backend else {
            let reason = "it is not looked at yet".to_owned();
            return self.say(Err(Failure::Absent { reason })).await;
        };
        let mut progress = backend.pull(self.model.clone());
        loop {
            let step = timeout(SILENCE, progress.next()).await;
            let step = match step {
                Ok(Some(step)) => step,
                Ok(None) => return,
                Err(_) => Err(Failure::Silent { after: SILENCE }),
            };
            let is_last = matches!(step, Ok(PullProgress::Done) | Err(_));
            self.say(step).await;
            if is_last {
                return;
            }
        }
    }

    async fn say(&self, what: Result<PullProgress, Failure>) {
        let told = Told {
            model: self.name.clone(),
            attempt: self.number,
            what,
        };
        // The actor ends only with the node, and this with it.
        let _ = self.tell.send(told).await;
    }
}
