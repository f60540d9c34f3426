use std::time::Duration;

use node::{
    models::{Answers, Payer, Shown, Shows, Tally},
    router::{Capability, Offered},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Backend, count};

/// All that is known about models: here, and on other machines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelsView {
    /// Whether other machines may use the models of this one, as far as each is allowed to.
    pub sharing: bool,
    /// What serves models on this machine.
    pub backends: Vec<Backend>,
    /// What can be asked of this machine now.
    pub here: Vec<Model>,
    /// What connected machines offer to this one.
    pub elsewhere: Vec<MachineModels>,
    /// Who is answered here and who waits, in that order.
    pub line: Vec<InLine>,
    /// What went between this machine and others, since the node started.
    pub traffic: Vec<MachineTraffic>,
}

/// What went between this machine and one other about models. The entry of this
/// machine counts what it asked of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MachineTraffic {
    /// The id of the machine.
    pub peer: String,
    pub name: String,
    /// Messages, without the words of questions and answers.
    #[ts(type = "number")]
    pub messages_sent: u64,
    #[ts(type = "number")]
    pub messages_heard: u64,
    /// Questions of this machine that the other began to answer.
    pub asked: TrafficCount,
    /// Questions of the other that were begun here.
    pub served: TrafficCount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrafficCount {
    #[ts(type = "number")]
    pub questions: u64,
    /// Of the questions.
    #[ts(type = "number")]
    pub tokens_read: u64,
    /// Of the answers.
    #[ts(type = "number")]
    pub tokens_written: u64,
}

/// A model as one machine offers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Model {
    pub name: String,
    /// The same digest is the same model, whatever it is called.
    pub digest: Option<String>,
    #[ts(type = "number")]
    pub bytes: u64,
    #[ts(type = "number | null")]
    pub parameters: Option<u64>,
    /// Tokens that prompt and answer may have together.
    #[ts(type = "number")]
    pub context: u64,
    /// Made for conversations, and not for embeddings alone.
    pub chats: bool,
    /// Sees pictures.
    pub sees: bool,
    pub uses_tools: bool,
    /// Thinks before it answers.
    pub thinks: bool,
    pub embeds: bool,
    /// In memory, so that it begins at once.
    pub loaded: bool,
    pub leaves_lan: bool,
    /// Tokens of an answer in a second: measured, or guessed before that.
    pub speed: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MachineModels {
    /// The id of the machine.
    pub peer: String,
    pub name: String,
    /// Whether this machine may use them.
    pub permitted: bool,
    pub models: Vec<Model>,
    /// Questions it answers at the same time, and how many more it could now.
    pub slots: u32,
    pub free: u32,
    pub waiting: u32,
    /// How long one more would wait.
    #[ts(type = "number")]
    pub eta_ms: u64,
}

/// A question that this machine answers, or that waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InLine {
    /// Nothing where it is asked on this machine.
    pub peer: Option<String>,
    pub name: Option<String>,
    pub state: InLineState,
    /// Tokens that were written so far.
    #[ts(type = "number")]
    pub tokens: u64,
    /// How many go first.
    pub ahead: u32,
    #[ts(type = "number")]
    pub eta_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InLineState {
    Running,
    /// A slot is kept for it.
    Granted,
    Waiting,
}

impl MachineModels {
    pub(crate) fn of(peer: String, name: String, offer: &Capability) -> Self {
        Self {
            peer,
            name,
            permitted: offer.permitted,
            models: offer.models.iter().map(Into::into).collect(),
            slots: count(offer.load.slots),
            free: count(offer.load.free),
            waiting: count(offer.load.waiting),
            eta_ms: millis(offer.load.eta),
        }
    }
}

impl MachineTraffic {
    pub(crate) fn of(peer: String, name: String, tally: &Tally) -> Self {
        Self {
            peer,
            name,
            messages_sent: tally.messages_sent,
            messages_heard: tally.messages_heard,
            asked: tally.asked.into(),
            served: tally.served.into(),
        }
    }
}

impl From<Answers> for TrafficCount {
    fn from(answers: Answers) -> Self {
        Self {
            questions: answers.questions,
            tokens_read: answers.tokens_read,
            tokens_written: answers.tokens_written,
        }
    }
}

impl From<&Offered> for Model {
    fn from(offered: &Offered) -> Self {
        Self {
            name: offered.name.to_string(),
            digest: offered.digest.as_ref().map(ToString::to_string),
            bytes: offered.bytes,
            parameters: offered.parameters,
            context: offered.context,
            chats: offered.chats,
            sees: offered.able.sees,
            uses_tools: offered.able.uses_tools,
            thinks: offered.able.thinks,
            embeds: offered.able.embeds,
            loaded: offered.resident,
            leaves_lan: offered.leaves_lan,
            speed: offered.speed.map(|speed| speed.decode),
        }
    }
}

impl InLine {
    /// `peer`: the machine it comes from, where that is another.
    pub(crate) fn of<D>(shown: &Shown<Payer, D>, peer: Option<(String, String)>) -> Self {
        let (state, tokens, ahead, eta) = match shown.state {
            Shows::Running { tokens, .. } => (InLineState::Running, tokens, 0, Duration::ZERO),
            Shows::Granted { .. } => (InLineState::Granted, 0, 0, Duration::ZERO),
            Shows::Waiting(place) => (InLineState::Waiting, 0, place.ahead, place.eta),
        };
        let (peer, name) = peer.unzip();
        Self {
            peer,
            name,
            state,
            tokens,
            ahead: count(ahead),
            eta_ms: millis(eta),
        }
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
