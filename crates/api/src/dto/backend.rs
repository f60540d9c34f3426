use std::fmt;

use node::{
    backends::{Kind, Server, Skill},
    clock,
    models::{BackendView, Reach, Standing},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::count;

/// A server of models on this machine, or one that its owner named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Backend {
    /// What it is called, here and in calls.
    pub id: String,
    pub kind: BackendKind,
    pub address: Option<String>,
    /// Added by a person, who may remove it again.
    pub by_hand: bool,
    /// A key is kept for it; nothing shows it.
    pub has_key: bool,
    pub standing: BackendStanding,
    /// RFC 3339: since when that is so.
    pub since: String,
    pub version: Option<String>,
    pub models: u32,
    /// The last thing that went wrong, in the words of the server or the system.
    pub trouble: Option<String>,
    /// What is asked of it leaves the local network: it is never asked by itself,
    /// and never shared.
    pub leaves_lan: bool,
    /// It can download models, and delete them.
    pub manages_models: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackendKind {
    Ollama,
    /// It speaks as OpenAI does: llama-server, LM Studio, vLLM and others.
    OpenAi,
    /// An engine of Banyan's own.
    Embedded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackendStanding {
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

/// A server to be asked from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendNew {
    /// Such as `http://127.0.0.1:1234/v1`; `http` is meant where nothing is said.
    pub address: String,
    /// What to call it; without it, as its address.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// What it wants to be shown; kept in the keyring and shown nowhere.
    #[serde(default)]
    #[ts(as = "Option<String>", optional)]
    pub key: Option<KeyText>,
    /// The person agrees that what is asked of it leaves the local network.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub leaves_lan: bool,
}

/// A server to be looked at before it is added or changed. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendTry {
    pub address: String,
    #[serde(default)]
    #[ts(as = "Option<String>", optional)]
    pub key: Option<KeyText>,
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub leaves_lan: bool,
    /// The server that is to become this one; its key is used where that may be.
    #[serde(default)]
    #[ts(optional)]
    pub instead_of: Option<String>,
}

/// What a server that was added by hand is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendChange {
    pub id: String,
    pub address: String,
    /// Without it, as before.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// Without it the key stays, as long as the address leads to the same
    /// machine and port; no other is shown it.
    #[serde(default)]
    #[ts(as = "Option<String>", optional)]
    pub key: Option<KeyText>,
    /// Its key is forgotten.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub forget_key: bool,
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub leaves_lan: bool,
}

/// A key on its way to where it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyText(pub String);

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(…)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendRef {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendLook {
    pub id: String,
    /// Also asks a question of one token, which costs its server a little work,
    /// and elsewhere perhaps money.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub ask: bool,
}

/// What a look at a server showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendLooked {
    pub id: String,
    /// How long it took to say something; nothing where it did not.
    #[ts(type = "number | null")]
    pub took_ms: Option<u64>,
    pub version: Option<String>,
    pub models: u32,
    /// What went wrong, in the words of the server or the system.
    pub trouble: Option<String>,
    /// Where it was asked something and has a model for it.
    pub answer: Option<BackendAnswer>,
}

/// How a question of one token went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendAnswer {
    pub model: String,
    #[ts(type = "number")]
    pub took_ms: u64,
    pub trouble: Option<String>,
}

impl Backend {
    /// `server`: how it was added by hand, where it was.
    pub(crate) fn of(id: String, view: &BackendView, server: Option<&Server>) -> Self {
        Self {
            id,
            kind: match view.backend.kind() {
                Kind::Ollama => BackendKind::Ollama,
                Kind::OpenAi => BackendKind::OpenAi,
                Kind::Embedded => BackendKind::Embedded,
            },
            address: view.backend.address(),
            by_hand: server.is_some(),
            has_key: server.is_some_and(Server::has_key),
            standing: match view.standing {
                Standing::Unknown => BackendStanding::Unknown,
                Standing::Up => BackendStanding::Up,
                Standing::Down => BackendStanding::Down,
                Standing::Silent => BackendStanding::Silent,
                Standing::Broken => BackendStanding::Broken,
            },
            since: clock::rfc3339(view.since),
            version: view.version.clone(),
            models: count(view.models.len()),
            trouble: view.trouble.as_ref().map(ToString::to_string),
            leaves_lan: view.reach == Reach::Beyond,
            manages_models: view.backend.skills().have(Skill::Pull),
        }
    }
}
