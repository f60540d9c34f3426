use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::{Gate, hand::Reported};

/// How a turn is answered.
#[derive(Debug)]
pub struct Answer {
    pub(super) steps: Steps,
    /// Everything written is cut into pieces of so many bytes.
    pub(super) pieces: Option<usize>,
    pub(super) pace: Pace,
}

/// One thing that an answer does.
#[derive(Debug, Clone)]
pub enum Step {
    /// One token, however long.
    Text(String),
    Thinking(String),
    Call {
        name: String,
        arguments: Map<String, Value>,
    },
    /// Bytes as they are.
    Raw(Vec<u8>),
    /// Nothing more happens until the gate is open.
    Wait(Gate),
    /// As a server of its kind tells it: with a status before anything was
    /// written, in the middle of the answer after that.
    Error(String),
    /// A status and a body; only before anything was written.
    Refuse(u16, String),
    /// The whole is written.
    Done,
    /// The whole is written, because there may be no more of it.
    Length,
    /// It ends well, without having been done.
    End,
    /// The connection closes.
    HangUp,
}

/// How long things take. Nothing takes any time unless told.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// Getting a model into memory that is not there.
    pub load: Duration,
    /// Zero is without end.
    pub prompt_tokens_per_second: f64,
    pub tokens_per_second: f64,
}

#[derive(Debug)]
pub(super) enum Steps {
    /// What was said last, word by word.
    Echo,
    /// So many tokens.
    Tokens(usize),
    Script(Vec<Step>),
    Hand {
        steps: mpsc::Receiver<Step>,
        report: Reported,
    },
}

impl Answer {
    /// Says this word by word, and is done.
    pub fn says(text: &str) -> Self {
        Self::does(words(text).map(Step::Text))
    }

    /// Does this, and is done unless a step says otherwise.
    pub fn does(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::of(Steps::Script(steps.into_iter().collect()))
    }

    /// Says again what was said last.
    pub fn echo() -> Self {
        Self::of(Steps::Echo)
    }

    /// Writes so many tokens, fewer where fewer are asked for.
    pub fn tokens(count: usize) -> Self {
        Self::of(Steps::Tokens(count))
    }

    pub fn refuses(status: u16, body: &str) -> Self {
        Self::does([Step::Refuse(status, body.to_owned())])
    }

    #[must_use]
    pub fn in_pieces_of(self, bytes: usize) -> Self {
        Self {
            pieces: Some(bytes.max(1)),
            ..self
        }
    }

    #[must_use]
    pub fn at(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    pub(super) fn of(steps: Steps) -> Self {
        Self {
            steps,
            pieces: None,
            pace: Pace::default(),
        }
    }

    /// The same again, for those who get no answer of their own.
    pub(super) fn again(&self) -> Self {
        let steps = match &self.steps {
            // Written once; whoever comes later hears an echo.
            Steps::Echo | Steps::Hand { .. } => Steps::Echo,
            Steps::Tokens(count) => Steps::Tokens(*count),
            Steps::Script(steps) => Steps::Script(steps.clone()),
        };
        Self {
            steps,
            pieces: self.pieces,
            pace: self.pace,
        }
    }
}

impl Step {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self::Raw(bytes.as_ref().to_owned())
    }
}

/// Each with the space before it, as models write.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_inclusive(' ').map(str::to_owned)
}
