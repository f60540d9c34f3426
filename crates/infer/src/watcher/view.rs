use std::{collections::BTreeMap, fmt, sync::Arc, time::SystemTime};

use crate::{Backend, Failure, Loaded, ModelCard, ModelName, Reach};

/// What its owner calls a backend, such as `ollama`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BackendId(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a backend is named by 1 to 64 visible characters")]
pub struct NotAnId;

/// All backends. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<BTreeMap<BackendId, View>>);

/// What is known of one backend. Cheap to clone.
#[derive(Debug, Clone)]
pub struct View {
    pub backend: Arc<dyn Backend>,
    pub reach: Reach,
    pub standing: Standing,
    /// When that began.
    pub since: SystemTime,
    pub version: Option<String>,
    /// The last that it told. Only one that is up can be asked for them.
    pub models: Arc<[ModelCard]>,
    /// Nothing where it is not up, or does not tell.
    pub loaded: Arc<[Loaded]>,
    /// The last thing that went wrong in looking at it.
    pub trouble: Option<Failure>,
}

/// How it is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has looked yet.
    Unknown,
    Up,
    /// Nothing is there.
    Down,
    /// Something is there and does not answer.
    Silent,
    /// Something is there and answers nonsense, or lets nobody in.
    Broken,
}

impl BackendId {
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        let text = text.trim();
        let fits = (1..=64).contains(&text.len()) && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnId)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BackendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Seen {
    pub fn get(&self, id: &BackendId) -> Option<&View> {
        self.0.get(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&BackendId, &View)> {
        self.0.iter()
    }

    /// Whether that changed anything.
    pub(super) fn put(&mut self, id: BackendId, view: View) -> bool {
        if self.0.get(&id).is_some_and(|before| before.is_same(&view)) {
            return false;
        }
        Arc::make_mut(&mut self.0).insert(id, view);
        true
    }

    pub(super) fn remove(&mut self, id: &BackendId) -> bool {
        self.0.contains_key(id) && Arc::make_mut(&mut self.0).remove(id).is_some()
    }
}

impl View {
    pub(super) fn new(backend: Arc<dyn Backend>, reach: Reach) -> Self {
        Self {
            backend,
            reach,
            standing: Standing::Unknown,
            since: SystemTime::now(),
            version: None,
            models: Arc::default(),
            loaded: Arc::default(),
            trouble: None,
        }
    }

    /// The model of that name, where this backend can be asked for it now.
    pub fn model(&self, name: &ModelName) -> Option<&ModelCard> {
        let models = match self.standing {
            Standing::Up => &self.models,
            Standing::Unknown | Standing::Down | Standing::Silent | Standing::Broken => {
                return None;
            }
        };
        models
            .iter()
            .find(|card| card.name == *name)
            .or_else(|| models.iter().find(|card| card.name.is_same(name)))
    }

    /// That model in memory, by name or by being the same weights.
    pub fn loaded_as(&self, card: &ModelCard) -> Option<&Loaded> {
        self.loaded.iter().find(|loaded| {
            loaded.name.is_same(&card.name)
                || (card.digest.is_some() && loaded.digest == card.digest)
        })
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.backend, &other.backend)
            && self.reach == other.reach
            && self.standing == other.standing
            && self.since == other.since
            && self.version == other.version
            && self.models == other.models
            && self.loaded == other.loaded
            && self.trouble == other.trouble
    }
}
