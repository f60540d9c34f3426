//! Any server that speaks as OpenAI does: llama-server, LM Studio, vLLM, and
//! those that are not on this network at all.

mod asked;
mod lists;
mod turn;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Serialize;

use crate::{
    Answer, ApiKey, Backend, Chat, Embed, Embeddings, Events, Failure, Generate, Kind, Message,
    ModelCard, Phase, Place, Presence, Reach, Role, Skill, Skills, Statistics, Unsuitable,
    backend::{cannot, failed},
    http::{Http, read},
};

/// Beyond this network an answer takes longer than nearby.
const LOOKING: Duration = Duration::from_secs(10);

/// Embedding may load a model first.
const WORKING: Duration = Duration::from_secs(300);

/// Places beyond this network list hundreds of models.
const LARGEST_LIST: usize = 8 * 1024 * 1024;

/// Thousands of rows of thousands of numbers.
const LARGEST_EMBEDDINGS: usize = 256 * 1024 * 1024;

/// A server somewhere. Clones share their connections.
#[derive(Debug, Clone)]
pub struct OpenAi {
    http: Http,
}

impl OpenAi {
    /// A place without a path is asked below `/v1`, as nearly all serve there.
    /// Connects to nothing that is farther away than `within`.
    pub fn new(place: Place, within: Reach, key: Option<&ApiKey>) -> Result<Self, Unsuitable> {
        let http = Http::new(place.or_at("/v1"), within, key)?;
        Ok(Self { http })
    }

    pub fn place(&self) -> &Place {
        self.http.place()
    }

    fn turn(&self, path: &'static str, body: impl Serialize + Send + Sync + 'static) -> Events {
        let http = self.http.clone();
        let asked = async move { http.begin(path, &body).await };
        read(asked, turn::Turn::default())
    }
}

impl Backend for OpenAi {
    fn kind(&self) -> Kind {
        Kind::OpenAi
    }

    fn address(&self) -> Option<String> {
        Some(self.place().to_string())
    }

    fn skills(&self) -> Skills {
        [Skill::Generate, Skill::Embed].into_iter().collect()
    }

    fn probe(&self) -> Answer<'_, Presence> {
        Box::pin(async move {
            let asked = Instant::now();
            self.models().await?;
            Ok(Presence {
                version: None,
                took: asked.elapsed(),
            })
        })
    }

    fn models(&self) -> Answer<'_, Vec<ModelCard>> {
        Box::pin(async move {
            let list: lists::Models = self.http.look("models", LOOKING, LARGEST_LIST).await?;
            Ok(list.cards())
        })
    }

    fn chat(&self, request: Chat) -> Events {
        if let Err(what) = request.check() {
            return failed(Failure::RequestTooLarge { what });
        }
        if request.messages.is_empty() {
            return cannot(Skill::Preload);
        }
        self.turn("chat/completions", asked::conversation(request))
    }

    /// Only what goes to the model as it is has a way of its own here; everything
    /// else is a conversation of one question.
    fn generate(&self, request: Generate) -> Events {
        if let Err(what) = request.check() {
            return failed(Failure::RequestTooLarge { what });
        }
        if request.template.is_some() {
            return cannot(Skill::Generate);
        }
        if request.raw || request.suffix.is_some() {
            return self.turn("completions", asked::text(request));
        }
        let mut question = Message::user(request.prompt);
        question.images = request.images;
        let system = request.system.map(Message::system);
        self.chat(Chat {
            format: request.format,
            options: request.options,
            think: request.think,
            ..Chat::new(
                request.model,
                system.into_iter().chain([question]).collect(),
            )
        })
    }

    fn embed(&self, request: Embed) -> Answer<'_, Embeddings> {
        Box::pin(async move {
            request
                .check()
                .map_err(|what| Failure::RequestTooLarge { what })?;
            let texts = request.input.len();
            let answer: lists::Embedded = self
                .http
                .ask(
                    Method::POST,
                    "embeddings",
                    &asked::embedding(&request),
                    WORKING,
                    LARGEST_EMBEDDINGS,
                )
                .await?;
            let prompt = answer.prompt_tokens();
            let rows = answer
                .rows(texts)
                .ok_or_else(|| Failure::garbage("not one row for each text"))?;
            Ok(Embeddings {
                rows,
                statistics: Statistics {
                    prompt: prompt.map(|tokens| Phase { tokens, time: None }),
                    ..Statistics::default()
                },
            })
        })
    }
}

/// How a message's writer is called here.
fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}
