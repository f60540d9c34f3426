//! What the server has, what it was told to do, and what it saw: one state that
//! the test and the connections share.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::{Answer, Gate, Model, model::KEPT};

/// Something that the server was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// `null` where nothing was sent, or no JSON.
    pub body: Value,
    /// The key that came with it.
    pub key: Option<String>,
}

/// How many turns are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub asked: usize,
    /// Turns that wait for a slot.
    pub waiting: usize,
    pub running: usize,
    /// The most that ever ran at once.
    pub most_running: usize,
    /// Turns whose answer was written to its end.
    pub written: usize,
    /// Turns whose client went away before that.
    pub gone: usize,
}

/// How the server treats everybody.
#[derive(Debug, Clone, Default)]
pub enum Weather {
    #[default]
    Fine,
    /// Nobody is answered until the gate is open.
    Silent(Gate),
    /// Everybody hears the same.
    Says(u16, String),
    /// Every connection is closed without a word.
    HangsUp,
}

/// Clones are the same scene.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    state: Arc<Mutex<State>>,
    counts: Arc<watch::Sender<Counts>>,
    weather: Arc<watch::Sender<Weather>>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) version: String,
    pub(super) models: BTreeMap<String, Model>,
    pub(super) answers: VecDeque<Answer>,
    pub(super) otherwise: Answer,
    pub(super) pulls: VecDeque<Answer>,
    pub(super) asked: Vec<Asked>,
    slots: Arc<Semaphore>,
    queue: usize,
    pub(super) written: u64,
}

/// A turn's place at the server; leaving it lets the next one in.
#[derive(Debug)]
pub(super) struct Slot {
    scene: Scene,
    _permit: OwnedSemaphorePermit,
}

/// Counts as waiting as long as it lives.
struct Waiting(Scene);

impl Default for Scene {
    fn default() -> Self {
        let state = State {
            version: "0.33.0".to_owned(),
            models: BTreeMap::new(),
            answers: VecDeque::new(),
            otherwise: Answer::echo(),
            pulls: VecDeque::new(),
            asked: Vec::new(),
            slots: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            queue: 512,
            written: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            counts: Arc::new(watch::Sender::new(Counts::default())),
            weather: Arc::new(watch::Sender::new(Weather::Fine)),
        }
    }
}

impl Scene {
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_slots(&self, slots: usize, queue: usize) {
        self.with(|state| {
            state.slots = Arc::new(Semaphore::new(slots));
            state.queue = queue;
        });
    }

    pub(super) fn set_weather(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Waits out the silence.
    pub(super) async fn weather(&self) -> Weather {
        loop {
            let weather = self.weather.borrow().clone();
            let Weather::Silent(gate) = weather else {
                return weather;
            };
            let mut changed = self.weather.subscribe();
            tokio::select! {
                () = gate.pass() => return Weather::Fine,
                _ = changed.changed() => {}
            }
        }
    }

    pub(super) fn counts(&self) -> Counts {
        *self.counts.borrow()
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.counts.send_modify(change);
    }

    pub(super) async fn until(&self, wanted: impl Fn(&Counts) -> bool) -> Counts {
        let mut counts = self.counts.subscribe();
        // The sender is in `self`.
        match counts.wait_for(wanted).await {
            Ok(counts) => *counts,
            Err(_) => self.counts(),
        }
    }

    /// A place for a turn; `None` where too many wait for one.
    pub(super) async fn enter(&self) -> Option<Slot> {
        let slots = self.with(|state| Arc::clone(&state.slots));
        let permit = match Arc::clone(&slots).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let queue = self.with(|state| state.queue);
                let mut full = false;
                self.count(|counts| {
                    full = counts.waiting >= queue;
                    counts.waiting += usize::from(!full);
                });
                if full {
                    return None;
                }
                let _waiting = Waiting(self.clone());
                slots.acquire_owned().await.ok()?
            }
        };
        self.count(|counts| {
            counts.running += 1;
            counts.most_running = counts.most_running.max(counts.running);
        });
        Some(Slot {
            scene: self.clone(),
            _permit: permit,
        })
    }
}

impl State {
    pub(super) fn put(&mut self, model: Model) {
        self.models.insert(model.name.clone(), model);
    }

    pub(super) fn remove(&mut self, name: &str) -> bool {
        self.named(name)
            .is_some_and(|name| self.models.remove(&name).is_some())
    }

    pub(super) fn model(&self, name: &str) -> Option<&Model> {
        self.models.get(&self.named(name)?)
    }

    pub(super) fn set_loaded(&mut self, name: &str, loaded: bool) {
        self.keep(name, if loaded { KEPT } else { Duration::ZERO });
    }

    /// Keeps a model in memory for so long from now.
    pub(super) fn keep(&mut self, name: &str, time: Duration) {
        if let Some(model) = self.named(name).and_then(|name| self.models.get_mut(&name)) {
            model.loaded_until = (!time.is_zero()).then(|| SystemTime::now() + time);
        }
    }

    /// A name without a tag means the latest.
    fn named(&self, name: &str) -> Option<String> {
        let latest = format!("{name}:latest");
        [name.to_owned(), latest]
            .into_iter()
            .find(|name| self.models.contains_key(name))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.count(|counts| counts.waiting -= 1);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.scene.count(|counts| counts.running -= 1);
    }
}
