//! One download: what its server tells of it.

use std::time::SystemTime;

use infer::{Failure, ModelName, PullProgress, watcher::BackendId};
use serde::{Deserialize, Serialize};

/// Models have a handful of parts.
const MOST_PARTS: usize = 256;

/// A model on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    pub model: ModelName,
    /// Who downloads it.
    pub server: BackendId,
    pub began: SystemTime,
    pub stage: Stage,
    /// What the server does, in its own words.
    pub words: String,
    /// In the order in which the server named them.
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Running,
    /// Its server is away, and waited for.
    Waiting {
        failure: Failure,
    },
    /// Its server gave up.
    Failed {
        failure: Failure,
    },
    Done,
}

/// One part of a model, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub digest: String,
    pub completed: u64,
    pub total: u64,
}

/// An unfinished one, as it is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Row {
    model: ModelName,
    #[serde(with = "server")]
    server: BackendId,
    /// Milliseconds since 1970.
    began: u64,
}

impl Download {
    pub(super) fn new(model: ModelName, server: BackendId, began: SystemTime) -> Self {
        Self {
            model,
            server,
            began,
            stage: Stage::Running,
            words: String::new(),
            parts: Vec::new(),
        }
    }

    /// Bytes that are there, of the parts that are known.
    pub fn completed(&self) -> u64 {
        let parts = self.parts.iter();
        parts.fold(0, |sum: u64, part| sum.saturating_add(part.completed))
    }

    /// Bytes of the parts that are known; more may become known.
    pub fn total(&self) -> u64 {
        let parts = self.parts.iter();
        parts.fold(0, |sum: u64, part| sum.saturating_add(part.total))
    }

    pub fn is_under_way(&self) -> bool {
        match self.stage {
            Stage::Running | Stage::Waiting { .. } => true,
            Stage::Failed { .. } | Stage::Done => false,
        }
    }

    pub(super) fn take(&mut self, step: PullProgress) {
        self.stage = Stage::Running;
        match step {
            PullProgress::Working { words } => self.words = words,
            PullProgress::Part {
                digest,
                completed,
                total,
            } => {
                self.words.clear();
                let known = self.parts.iter_mut().find(|part| part.digest == digest);
                if let Some(part) = known {
                    (part.completed, part.total) = (completed, total);
                } else if self.parts.len() < MOST_PARTS {
                    self.parts.push(Part {
                        digest,
                        completed,
                        total,
                    });
                }
            }
            PullProgress::Done => {
                self.words.clear();
                self.stage = Stage::Done;
            }
        }
    }
}

impl Row {
    pub(super) fn of(download: &Download) -> Self {
        let since = download.began.duration_since(SystemTime::UNIX_EPOCH);
        let since = since.unwrap_or_default().as_millis();
        Self {
            model: download.model.clone(),
            server: download.server.clone(),
            began: u64::try_from(since).unwrap_or_default(),
        }
    }

    pub(super) fn unfinished(self) -> Download {
        let since = std::time::Duration::from_millis(self.began);
        let began = SystemTime::UNIX_EPOCH.checked_add(since);
        Download::new(
            self.model,
            self.server,
            began.unwrap_or_else(SystemTime::now),
        )
    }
}

mod server {
    use infer::watcher::BackendId;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(id: &BackendId, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(id.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BackendId, D::Error> {
        let text = String::deserialize(from)?;
        BackendId::parse(&text).map_err(D::Error::custom)
    }
}
