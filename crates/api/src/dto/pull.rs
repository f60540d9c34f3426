use node::{
    backends::{Ability, Description},
    clock,
    downloads::{Download, Stage},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A model of this machine, or one that is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRef {
    pub model: String,
    /// The server that has it or is to have it; without it, the one that can.
    #[serde(default)]
    #[ts(optional)]
    pub backend: Option<String>,
}

/// A model that is being downloaded, or was since the node started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pull {
    /// The same for every spelling of the model's name.
    pub id: String,
    /// As it was asked for.
    pub model: String,
    pub backend: String,
    pub state: PullState,
    /// RFC 3339.
    pub began: String,
    /// Of the parts that are known; more may become known.
    #[ts(type = "number")]
    pub bytes: u64,
    #[ts(type = "number")]
    pub total_bytes: u64,
    pub parts: Vec<PullPart>,
    /// What the server does that has no measure, in its own words; else empty.
    pub words: String,
    /// Why it waits, or why it failed.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PullState {
    Running,
    /// The server is away; it goes on where it was when the server is back.
    Waiting,
    /// The server gave up. Asking again goes on where it was.
    Failed,
    Done,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PullPart {
    pub digest: String,
    #[ts(type = "number")]
    pub bytes: u64,
    #[ts(type = "number")]
    pub total_bytes: u64,
}

/// Everything its server tells of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelShown {
    pub model: String,
    pub backend: String,
    pub family: Option<String>,
    /// How many parameters it has, as people write it: `4.3B`.
    pub size: Option<String>,
    /// `Q4_K_M` and the like.
    pub quantisation: Option<String>,
    /// The longest conversation it was made for, in tokens.
    pub context: Option<u32>,
    /// Numbers in one of its embeddings.
    pub dimensions: Option<u32>,
    /// `chat`, `complete`, `embed`, `vision`, `tools`, `thinking`, `insert`; nothing
    /// where the server does not tell.
    pub abilities: Option<Vec<String>>,
    /// What it is run with unless a question says otherwise, a line for each.
    pub parameters: Option<String>,
    pub template: Option<String>,
    /// What it is told before every conversation.
    pub system: Option<String>,
    pub licence: Option<String>,
}

impl From<&Download> for Pull {
    fn from(download: &Download) -> Self {
        let (state, trouble) = match &download.stage {
            Stage::Running => (PullState::Running, None),
            Stage::Waiting { failure } => (PullState::Waiting, Some(failure.to_string())),
            Stage::Failed { failure } => (PullState::Failed, Some(failure.to_string())),
            Stage::Done => (PullState::Done, None),
        };
        let parts = download.parts.iter().map(|part| PullPart {
            digest: part.digest.clone(),
            bytes: part.completed,
            total_bytes: part.total,
        });
        Self {
            id: download.model.canonical(),
            model: download.model.as_str().to_owned(),
            backend: download.server.to_string(),
            state,
            began: clock::rfc3339(download.began),
            bytes: download.completed(),
            total_bytes: download.total(),
            parts: parts.collect(),
            words: download.words.clone(),
            trouble,
        }
    }
}

impl ModelShown {
    pub(crate) fn of(model: String, backend: String, told: Description) -> Self {
        let Description {
            details,
            licence,
            parameters,
            template,
            system,
        } = told;
        let abilities = details.abilities.as_ref();
        let abilities = abilities.map(|abilities| abilities.iter().map(word).collect());
        Self {
            model,
            backend,
            family: details.family,
            size: details.parameters,
            quantisation: details.quantisation,
            context: details.context,
            dimensions: details.dimensions,
            abilities,
            parameters,
            template,
            system,
            licence,
        }
    }
}

fn word(ability: Ability) -> String {
    match ability {
        Ability::Chat => "chat",
        Ability::Complete => "complete",
        Ability::Embed => "embed",
        Ability::Vision => "vision",
        Ability::Tools => "tools",
        Ability::Thinking => "thinking",
        Ability::Insert => "insert",
    }
    .to_owned()
}
