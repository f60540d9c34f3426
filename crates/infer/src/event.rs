//! What comes back while a model answers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ToolCall, micros};

/// One piece of an answer. The last one is [`Event::Done`]; a stream that ends
/// without it broke off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Text {
        text: String,
    },
    /// What the model thinks before it answers.
    Thinking {
        text: String,
    },
    ToolCall {
        call: ToolCall,
    },
    Done(Done),
}

/// How a complete answer ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub reason: DoneReason,
    #[serde(default)]
    pub statistics: Statistics,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoneReason {
    /// The model had said everything.
    Stop,
    /// It reached the most tokens it may write.
    Length,
    /// It wants its tools to be used.
    ToolCalls,
    /// Nothing was asked: the model is in memory now.
    Load,
    /// Nothing was asked: the model is out of memory now.
    Unload,
    /// A word that this version does not know.
    #[serde(other)]
    Other,
}

/// What the server itself measured. What it does not tell is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statistics {
    #[serde(with = "micros::maybe", skip_serializing_if = "Option::is_none")]
    pub total: Option<Duration>,
    /// Getting the model into memory, nearly nothing where it was there.
    #[serde(with = "micros::maybe", skip_serializing_if = "Option::is_none")]
    pub load: Option<Duration>,
    /// Reading what was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Phase>,
    /// Tokens of the question that were remembered and not read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached: Option<u32>,
    /// Writing the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decode: Option<Phase>,
}

/// A number of tokens, and how long they took where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    pub tokens: u32,
    #[serde(
        default,
        with = "micros::maybe",
        skip_serializing_if = "Option::is_none"
    )]
    pub time: Option<Duration>,
}

impl Phase {
    /// Tokens per second; none where nothing was done or no time is known.
    pub fn speed(&self) -> Option<f64> {
        let seconds = self.time?.as_secs_f64();
        (self.tokens > 0 && seconds > 0.0).then(|| f64::from(self.tokens) / seconds)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_have_stable_names() {
        let events = [
            (
                Event::Text {
                    text: "Hé".to_owned(),
                },
                json!({"event": "text", "text": "Hé"}),
            ),
            (
                Event::Thinking {
                    text: "hm".to_owned(),
                },
                json!({"event": "thinking", "text": "hm"}),
            ),
            (
                Event::ToolCall {
                    call: ToolCall {
                        id: None,
                        name: "clock".to_owned(),
                        arguments: serde_json::Map::new(),
                    },
                },
                json!({"event": "tool_call", "call": {"function": {"name": "clock", "arguments": {}}}}),
            ),
            (
                Event::Done(Done {
                    reason: DoneReason::Stop,
                    statistics: Statistics {
                        load: Some(Duration::from_millis(2)),
                        decode: Some(Phase {
                            tokens: 8,
                            time: Some(Duration::from_millis(40)),
                        }),
                        ..Statistics::default()
                    },
                }),
                json!({"event": "done", "reason": "stop",
                       "statistics": {"load": 2000, "decode": {"tokens": 8, "time": 40000}}}),
            ),
        ];
        for (event, written) in events {
            assert_eq!(serde_json::to_value(&event).unwrap(), written);
            assert_eq!(serde_json::from_value::<Event>(written).unwrap(), event);
        }
        let newer: Event =
            serde_json::from_value(json!({"event": "done", "reason": "tired"})).unwrap();
        let Event::Done(done) = newer else {
            panic!("{newer:?}")
        };
        assert_eq!(done.reason, DoneReason::Other);
    }

    #[test]
    fn a_speed_needs_tokens_and_time() {
        let phase = |tokens, millis: Option<u64>| Phase {
            tokens,
            time: millis.map(Duration::from_millis),
        };
        assert_eq!(phase(8, Some(40)).speed(), Some(200.0));
        for nothing in [phase(0, Some(40)), phase(8, Some(0)), phase(8, None)] {
            assert_eq!(nothing.speed(), None);
        }
    }
}
