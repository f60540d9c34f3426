//! A look at one server of models, and where wanted a question of one token.

use std::time::{Duration, Instant};

use infer::{
    Ability, Backend, Chat, Event, Failure, Message, ModelCard, ModelName, Options, Skill,
    turn::{Limits, Turn},
};
use tokio::time::timeout;

/// Servers beyond this network take their time.
const LOOKS: Duration = Duration::from_secs(10);

/// A model is brought into memory first; whoever asked over HTTP waits a minute.
const ANSWERS: Duration = Duration::from_secs(45);

/// What a look at a server showed.
#[derive(Debug, Clone)]
pub struct Probed {
    pub version: Option<String>,
    /// How long it took to say something; nothing where it did not.
    pub took: Option<Duration>,
    pub models: usize,
    pub failure: Option<Failure>,
    /// Where it was asked something.
    pub answered: Option<Answered>,
}

/// How a question of one token went.
#[derive(Debug, Clone)]
pub struct Answered {
    pub model: ModelName,
    /// From the question to the end of the answer.
    pub took: Duration,
    pub failure: Option<Failure>,
}

pub(super) async fn probe(backend: &dyn Backend, asks: bool) -> Probed {
    let mut probed = Probed {
        version: None,
        took: None,
        models: 0,
        failure: None,
        answered: None,
    };
    let looked = async {
        let presence = backend.probe().await?;
        Ok((presence, backend.models().await?))
    };
    let silent = Failure::Silent { after: LOOKS };
    let models = match timeout(LOOKS, looked).await.unwrap_or(Err(silent)) {
        Ok((presence, models)) => {
            probed.version = presence.version;
            probed.took = Some(presence.took);
            models
        }
        Err(failure) => {
            probed.failure = Some(failure);
            return probed;
        }
    };
    probed.models = models.len();
    if asks && let Some(model) = quickest(backend, &models).await {
        probed.answered = Some(ask(backend, model).await);
    }
    probed
}

/// One that is in memory, else the smallest.
async fn quickest(backend: &dyn Backend, models: &[ModelCard]) -> Option<ModelName> {
    let loaded = if backend.skills().have(Skill::Loaded) {
        backend.loaded().await.unwrap_or_default()
    } else {
        Vec::new()
    };
    let chats = |card: &&ModelCard| {
        let abilities = card.details.abilities.as_ref();
        abilities.is_none_or(|abilities| abilities.have(Ability::Chat))
    };
    let key = |card: &&ModelCard| {
        let in_memory = loaded.iter().any(|one| one.name.is_same(&card.name));
        (!in_memory, card.size.unwrap_or(u64::MAX))
    };
    let best = models.iter().filter(chats).min_by_key(key);
    best.map(|card| card.name.clone())
}

async fn ask(backend: &dyn Backend, model: ModelName) -> Answered {
    let mut chat = Chat::new(model.clone(), vec![Message::user("Hi")]);
    chat.options = Options {
        num_predict: Some(1),
        ..Options::default()
    };
    let limits = Limits {
        total: ANSWERS,
        tokens: 1,
        ..Limits::default()
    };
    let asked = Instant::now();
    let mut turn = Turn::new(backend.chat(chat), limits);
    let failure = loop {
        match turn.next().await {
            Some(Ok(Event::Done(_))) | None => break None,
            Some(Ok(_)) => {}
            Some(Err(failure)) => break Some(failure),
        }
    };
    Answered {
        model,
        took: asked.elapsed(),
        failure,
    }
}
