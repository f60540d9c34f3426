//! Why there is no answer, or no whole one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Skill, TooLarge, micros};

/// The most that is kept of what a server says about a failure: some paragraphs,
/// and not the memory of whoever asked.
const LONGEST_WORDS: usize = 2000;

/// Every way in which a request ends without what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum Failure {
    /// Nothing listens there.
    #[error("nothing answers: {reason}")]
    Absent { reason: String },
    /// Something listens, and said nothing in time.
    #[error("no answer within {} s", .after.as_secs_f32())]
    Silent {
        #[serde(with = "micros")]
        after: Duration,
    },
    /// It does not know the model that was named.
    #[error("it has no such model: {words}")]
    ModelUnknown { words: String },
    /// It has too much to do. Later it may be able to.
    #[error("it is busy: {words}")]
    Busy { words: String },
    /// This kind of server cannot do that at all.
    #[error("it cannot {skill}")]
    Unable { skill: Skill },
    /// It wants a key, or another one.
    #[error("it does not let us in: {words}")]
    Forbidden { words: String },
    /// It understood, and will not do it: the request itself is at fault.
    #[error("it refused: {words}")]
    Refused { words: String },
    /// It tried and failed, before or in the middle of an answer.
    #[error("it failed: {words}")]
    Failed { words: String },
    /// What it says makes no sense.
    #[error("it answers nonsense: {reason}")]
    Garbage { reason: String },
    /// It went away in the middle of an answer.
    #[error("the answer broke off: {reason}")]
    BrokeOff { reason: String },
    /// The request is larger than anybody may send; nothing was sent.
    #[error("the request is too large: {what}")]
    RequestTooLarge { what: TooLarge },
    /// The answer went beyond a limit of ours.
    #[error("the answer is too long: {limit}")]
    AnswerTooLong { limit: Limit },
}

/// What an answer may not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Bytes of text, or of everything around it.
    Bytes,
    Tokens,
    Time,
}

impl Failure {
    /// Whether another place might do better. Where not, asking elsewhere
    /// repeats the same failure.
    pub fn elsewhere(&self) -> bool {
        match self {
            Self::Absent { .. }
            | Self::Silent { .. }
            | Self::ModelUnknown { .. }
            | Self::Busy { .. }
            | Self::Unable { .. }
            | Self::Forbidden { .. }
            | Self::Failed { .. }
            | Self::Garbage { .. }
            | Self::BrokeOff { .. } => true,
            Self::Refused { .. } | Self::RequestTooLarge { .. } | Self::AnswerTooLong { .. } => {
                false
            }
        }
    }

    /// Whether the place itself is in trouble, rather than this one request.
    pub fn blames_the_place(&self) -> bool {
        match self {
            Self::Absent { .. }
            | Self::Silent { .. }
            | Self::Failed { .. }
            | Self::Garbage { .. }
            | Self::BrokeOff { .. } => true,
            Self::ModelUnknown { .. }
            | Self::Busy { .. }
            | Self::Unable { .. }
            | Self::Forbidden { .. }
            | Self::Refused { .. }
            | Self::RequestTooLarge { .. }
            | Self::AnswerTooLong { .. } => false,
        }
    }

    pub(crate) fn garbage(reason: &str) -> Self {
        Self::Garbage {
            reason: words(reason),
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bytes => "bytes",
            Self::Tokens => "tokens",
            Self::Time => "time",
        })
    }
}

/// What a server says, fit to be shown: on one line, without control characters,
/// and not endless.
pub(crate) fn words(text: &str) -> String {
    let mut kept = String::new();
    for part in text
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|part| !part.is_empty())
    {
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(part);
        if kept.len() > LONGEST_WORDS {
            kept.truncate(kept.floor_char_boundary(LONGEST_WORDS));
            kept.push('…');
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_are_fit_to_be_shown() {
        assert_eq!(
            words("  model\n\trequires\u{1b}[31m more\r\nmemory "),
            "model requires [31m more memory"
        );
        let long = words(&"ü".repeat(5000));
        assert!(
            long.len() <= LONGEST_WORDS + '…'.len_utf8(),
            "{}",
            long.len()
        );
        assert!(long.ends_with("ü…"));
        assert_eq!(words(&"a ".repeat(5000)).chars().last(), Some('…'));
    }

    #[test]
    fn failures_have_stable_names() {
        let silent = Failure::Silent {
            after: Duration::from_millis(1500),
        };
        let written = r#"{"failure":"silent","after":1500000}"#;
        assert_eq!(serde_json::to_string(&silent).unwrap(), written);
        assert_eq!(serde_json::from_str::<Failure>(written).unwrap(), silent);
        assert_eq!(silent.to_string(), "no answer within 1.5 s");
    }
}
