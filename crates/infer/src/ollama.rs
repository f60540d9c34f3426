//! Ollama, the local server of language models that most people have.

mod host;
mod lists;
mod pull;
mod turn;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde::{Deserialize, Serialize};

pub use host::place;

use crate::{
    Answer, Backend, Chat, Description, Details, Embed, Embeddings, Events, Failure, Generate,
    Kind, Loaded, ModelCard, ModelName, Phase, Place, Presence, Progress, Reach, Skill, Skills,
    Statistics, Unsuitable,
    backend::failed,
    http::{Http, read},
};

/// A person waits for the answer, and a server on this machine or in this
/// building answers in milliseconds or is not there.
pub const LOOKING: Duration = Duration::from_secs(2);

/// Listing and describing reads the disk, which may sleep.
const READING: Duration = Duration::from_secs(10);

/// Deleting frees some gigabytes; embedding may load a model first.
const WORKING: Duration = Duration::from_secs(300);

/// A list of thousands of models is below this; more is not Ollama.
const LARGEST_LIST: usize = 8 * 1024 * 1024;

/// A description holds templates, licences and the names of all tensors.
const LARGEST_DESCRIPTION: usize = 32 * 1024 * 1024;

/// Thousands of rows of thousands of numbers.
const LARGEST_EMBEDDINGS: usize = 256 * 1024 * 1024;

/// An Ollama somewhere. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Ollama {
    http: Http,
}

impl Ollama {
    /// Connects to nothing that is farther away than `within`.
    pub fn new(place: Place, within: Reach) -> Result<Self, Unsuitable> {
        let http = Http::new(place, within, None)?;
        Ok(Self { http })
    }

    pub fn place(&self) -> &Place {
        self.http.place()
    }

    async fn shown(&self, model: &ModelName) -> Result<lists::Shown, Failure> {
        let body = Named { model };
        let (path, most) = ("api/show", LARGEST_DESCRIPTION);
        self.http
            .ask(Method::POST, path, &body, READING, most)
            .await
    }

    fn turn<R: Serialize + Send + Sync + 'static>(&self, path: &'static str, request: R) -> Events {
        let http = self.http.clone();
        let body = Streamed {
            request,
            stream: true,
        };
        let asked = async move { http.begin(path, &body).await };
        read(asked, turn::Turn::default())
    }
}

impl Backend for Ollama {
    fn kind(&self) -> Kind {
        Kind::Ollama
    }

    fn address(&self) -> Option<String> {
        Some(self.place().to_string())
    }

    fn skills(&self) -> Skills {
        [
            Skill::Loaded,
            Skill::Preload,
            Skill::Show,
            Skill::Generate,
            Skill::Embed,
            Skill::Pull,
            Skill::Delete,
        ]
        .into_iter()
        .collect()
    }

    fn probe(&self) -> Answer<'_, Presence> {
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        Box::pin(async move {
            let asked = Instant::now();
            let Version { version } = self.http.look("api/version", LOOKING, LARGEST_LIST).await?;
            Ok(Presence {
                version: Some(crate::failure::words(&version)),
                took: asked.elapsed(),
            })
        })
    }

    fn models(&self) -> Answer<'_, Vec<ModelCard>> {
        Box::pin(async move {
            let list: lists::Tags = self.http.look("api/tags", READING, LARGEST_LIST).await?;
            Ok(list.cards())
        })
    }

    fn loaded(&self) -> Answer<'_, Vec<Loaded>> {
        Box::pin(async move {
            let list: lists::Running = self.http.look("api/ps", READING, LARGEST_LIST).await?;
            Ok(list.loaded())
        })
    }

    fn show(&self, model: ModelName) -> Answer<'_, Details> {
        Box::pin(async move { Ok(self.shown(&model).await?.details()) })
    }

    fn describe(&self, model: ModelName) -> Answer<'_, Description> {
        Box::pin(async move { Ok(self.shown(&model).await?.description()) })
    }

    fn chat(&self, request: Chat) -> Events {
        if let Err(what) = request.check() {
            return failed(Failure::RequestTooLarge { what });
        }
        self.turn("api/chat", request)
    }

    fn generate(&self, request: Generate) -> Events {
        if let Err(what) = request.check() {
            return failed(Failure::RequestTooLarge { what });
        }
        self.turn("api/generate", request)
    }

    fn embed(&self, request: Embed) -> Answer<'_, Embeddings> {
        #[derive(Deserialize)]
        struct Embedded {
            embeddings: Vec<Vec<f32>>,
            #[serde(default)]
            total_duration: u64,
            #[serde(default)]
            load_duration: u64,
            prompt_eval_count: Option<u32>,
        }
        Box::pin(async move {
            request
                .check()
                .map_err(|what| Failure::RequestTooLarge { what })?;
            let answer: Embedded = self
                .http
                .ask(
                    Method::POST,
                    "api/embed",
                    &request,
                    WORKING,
                    LARGEST_EMBEDDINGS,
                )
                .await?;
            if answer.embeddings.len() != request.input.len() {
                return Err(Failure::garbage("not one row for each text"));
            }
            Ok(Embeddings {
                rows: answer.embeddings,
                statistics: Statistics {
                    total: turn::nanoseconds(answer.total_duration),
                    load: turn::nanoseconds(answer.load_duration),
                    prompt: answer
                        .prompt_eval_count
                        .map(|tokens| Phase { tokens, time: None }),
                    ..Statistics::default()
                },
            })
        })
    }

    fn pull(&self, model: ModelName) -> Progress {
        let http = self.http.clone();
        let asked = async move { http.begin("api/pull", &Named { model: &model }).await };
        read(asked, pull::Pull::default())
    }

    fn delete(&self, model: ModelName) -> Answer<'_, ()> {
        Box::pin(async move {
            self.http
                .order(
                    Method::DELETE,
                    "api/delete",
                    &Named { model: &model },
                    WORKING,
                )
                .await
        })
    }
}

#[derive(Serialize)]
struct Streamed<R> {
    #[serde(flatten)]
    request: R,
    stream: bool,
}

#[derive(Serialize)]
struct Named<'a> {
    model: &'a ModelName,
}
