use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Notice;
use crate::ApiError;

/// Whether anything could answer a question now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatReadiness {
    pub ready: bool,
    /// Why not, one entry for each place that was considered.
    pub reasons: Vec<Notice>,
}

/// A question with what was said before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChatAsk {
    pub messages: Vec<ChatMessage>,
    /// Nothing: the best there is.
    #[serde(default)]
    #[ts(optional)]
    pub model: Option<String>,
    /// What the asker calls the conversation this belongs to: at most 128
    /// characters. The machine that was asked in it before still has it in memory.
    #[serde(default)]
    #[ts(optional)]
    pub conversation: Option<String>,
    /// `auto`, `here`, or a machine by name, address or the beginning of its id.
    #[serde(default = "auto")]
    #[ts(as = "Option<String>", optional)]
    pub place: String,
    /// The person agrees that the question leaves the local network; only for a
    /// model that is named.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub may_leave_lan: bool,
    #[serde(default)]
    #[ts(as = "Option<ChatOptions>", optional)]
    pub options: ChatOptions,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatMessage {
    pub role: ChatRole,
    pub content: String,
    /// Pictures in base64, or as `data:` addresses.
    #[serde(default)]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub images: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChatRole {
    System,
    User,
    Assistant,
}

/// How a model is to write. What is not said is left to the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ChatOptions {
    #[ts(optional)]
    pub temperature: Option<f64>,
    #[ts(optional)]
    pub top_k: Option<u32>,
    #[ts(optional)]
    pub top_p: Option<f64>,
    /// Tokens that prompt and answer may have together.
    #[ts(optional)]
    pub context: Option<u32>,
    /// The longest answer.
    #[ts(optional)]
    pub most_tokens: Option<u32>,
}

/// A piece of an answer. `done` or `failed` is the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChatPiece {
    /// It stands in line; where it will probably be answered.
    Waits {
        machine: String,
        ahead: u32,
        #[ts(type = "number")]
        eta_ms: u64,
    },
    /// From here on it comes from this machine. `kept`: what stays of the text
    /// so far.
    Begins {
        from: AnswerPlace,
        carry: Carry,
        kept: String,
        why: Why,
    },
    Text {
        text: String,
    },
    /// What the model thinks before it answers.
    Thinking {
        text: String,
    },
    Done {
        from: AnswerPlace,
        /// It ended because it may not be longer.
        cut: bool,
        figures: AnswerFigures,
        why: Why,
    },
    Failed {
        error: ApiError,
        why: Why,
    },
}

/// Where an answer is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnswerPlace {
    /// The id of the machine.
    pub machine: String,
    pub name: String,
    pub this_machine: bool,
    pub model: String,
}

/// What becomes of the words that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Carry {
    /// There are none.
    Nothing,
    /// The model goes on after them.
    Continue,
    /// The answer begins anew.
    Restart,
}

/// What the server of the model measured, and what was seen from here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct AnswerFigures {
    pub tokens: Option<u32>,
    pub tokens_per_second: Option<f64>,
    pub prompt_tokens: Option<u32>,
    #[ts(type = "number | null")]
    pub load_ms: Option<u64>,
    /// From the question to the first word, as seen from here.
    #[ts(type = "number | null")]
    pub first_word_ms: Option<u64>,
    #[ts(type = "number")]
    pub total_ms: u64,
}

/// Why an answer comes from where it comes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Why {
    pub model: Option<String>,
    /// How the model was found: `named`, `conversation`, `default`,
    /// `largest_comfortable` or `soonest`.
    pub rule: Option<String>,
    /// All machines that were thought of, the best first, then those dropped.
    pub candidates: Vec<Candidate>,
    /// What was tried and did not work, in order.
    pub tried: Vec<Tried>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Candidate {
    pub machine: String,
    pub name: String,
    pub model: Option<String>,
    pub chosen: bool,
    /// How long it would take there; nothing where it was dropped.
    pub estimate: Option<Estimate>,
    /// The code of the reason, where it was dropped.
    pub dropped: Option<String>,
}

/// In milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Estimate {
    #[ts(type = "number")]
    pub total: u64,
    #[ts(type = "number")]
    pub wait: u64,
    #[ts(type = "number")]
    pub load: u64,
    #[ts(type = "number")]
    pub prefill: u64,
    #[ts(type = "number")]
    pub decode: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tried {
    pub machine: String,
    pub name: String,
    /// The code of the problem.
    pub problem: String,
    /// In the words of the server of the model, where it said something.
    pub words: Option<String>,
}

fn auto() -> String {
    "auto".to_owned()
}
