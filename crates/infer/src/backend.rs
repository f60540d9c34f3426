//! What everything that serves models has in common.

use std::{collections::BTreeSet, fmt, pin::Pin, time::Duration};

use futures_util::stream::{self, BoxStream, StreamExt as _};
use serde::{Deserialize, Serialize};

use crate::{
    Chat, Description, Details, Embed, Embeddings, Event, Failure, Generate, Loaded, ModelCard,
    ModelName,
};

/// An answer that comes in one piece. Dropping it gives the request up.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// An answer as it is written. Nothing happens before it is read, a failure is
/// the last thing in it, and dropping it stops the server at once.
pub type Events = BoxStream<'static, Result<Event, Failure>>;

/// How a download goes. Dropping it stops the download, which goes on where it
/// was when it is asked for again.
pub type Progress = BoxStream<'static, Result<PullProgress, Failure>>;

/// Something that serves language models: a server, or an engine in a process
/// of its own.
///
/// What a kind of server cannot do at all is missing from its [`Skills`], and
/// answered with [`Failure::Unable`].
pub trait Backend: fmt::Debug + Send + Sync {
    fn kind(&self) -> Kind;

    fn skills(&self) -> Skills;

    /// Whether it is there, and what it is.
    fn probe(&self) -> Answer<'_, Presence>;

    /// The models it could run.
    fn models(&self) -> Answer<'_, Vec<ModelCard>>;

    /// The models it has in memory.
    fn loaded(&self) -> Answer<'_, Vec<Loaded>> {
        unable(Skill::Loaded)
    }

    /// Where it is asked, as its owner would write it; nothing where it has no
    /// address.
    fn address(&self) -> Option<String> {
        None
    }

    /// Everything it tells of a model, to be read by a person.
    fn describe(&self, _model: ModelName) -> Answer<'_, Description> {
        unable(Skill::Show)
    }

    /// What the list of models leaves out.
    fn show(&self, _model: ModelName) -> Answer<'_, Details> {
        unable(Skill::Show)
    }

    fn chat(&self, request: Chat) -> Events;

    /// Completes a text, without a conversation.
    fn generate(&self, _request: Generate) -> Events {
        cannot(Skill::Generate)
    }

    fn embed(&self, _request: Embed) -> Answer<'_, Embeddings> {
        unable(Skill::Embed)
    }

    /// Downloads a model.
    fn pull(&self, _model: ModelName) -> Progress {
        cannot(Skill::Pull)
    }

    fn delete(&self, _model: ModelName) -> Answer<'_, ()> {
        unable(Skill::Delete)
    }
}

/// Which kind of server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Ollama,
    OpenAi,
    Embedded,
}

/// What a kind of server may be able to do besides listing models and chatting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skill {
    Loaded,
    /// Brings a model into memory, or out of it, without a question.
    Preload,
    Show,
    Generate,
    Embed,
    Pull,
    Delete,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skills(pub BTreeSet<Skill>);

/// A server that answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// As it calls itself; not every server tells.
    pub version: Option<String>,
    /// How long it took to answer.
    #[serde(with = "crate::micros")]
    pub took: Duration,
}

/// One step of a download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PullProgress {
    /// Something without a measure, in the server's own words.
    Working { words: String },
    /// One part of the model is on its way. Parts come side by side.
    Part {
        digest: String,
        completed: u64,
        total: u64,
    },
    /// It is there. The last step.
    Done,
}

impl Skills {
    pub fn have(&self, skill: Skill) -> bool {
        self.0.contains(&skill)
    }
}

impl FromIterator<Skill> for Skills {
    fn from_iter<I: IntoIterator<Item = Skill>>(skills: I) -> Self {
        Self(skills.into_iter().collect())
    }
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loaded => "tell which models are in memory",
            Self::Preload => "load a model before it is asked",
            Self::Show => "describe a model",
            Self::Generate => "complete a text",
            Self::Embed => "make embeddings",
            Self::Pull => "download models",
            Self::Delete => "delete models",
        })
    }
}

/// The answer of a server that lacks a skill.
pub(crate) fn unable<T: Send + 'static>(skill: Skill) -> Answer<'static, T> {
    Box::pin(async move { Err(Failure::Unable { skill }) })
}

pub(crate) fn cannot<T: Send + 'static>(skill: Skill) -> BoxStream<'static, Result<T, Failure>> {
    failed(Failure::Unable { skill })
}

/// A stream that has failed before it began.
pub(crate) fn failed<T: Send + 'static>(
    failure: Failure,
) -> BoxStream<'static, Result<T, Failure>> {
    stream::once(async move { Err(failure) }).boxed()
}
