//! The lines in which Ollama writes an answer.

use std::{collections::VecDeque, time::Duration};

use serde::Deserialize;

use crate::{
    Done, DoneReason, Event, Failure, Phase, Statistics, ToolCall,
    failure::words,
    http::{Decoder, Lines},
};

/// Reads the answers of `/api/chat` and `/api/generate`.
#[derive(Debug, Default)]
pub(super) struct Turn {
    lines: Lines,
    called: bool,
}

impl Decoder for Turn {
    type Item = Event;

    fn take(&mut self, piece: &[u8], ready: &mut VecDeque<Event>) -> Result<(), Failure> {
        self.lines.push(piece);
        while let Some(line) = self.lines.next()? {
            self.line(&line, ready)?;
        }
        Ok(())
    }

    fn end(&mut self, ready: &mut VecDeque<Event>) -> Result<(), Failure> {
        // An answer in one piece has no end of a line.
        let rest = self.lines.rest();
        self.line(&rest, ready)
    }

    fn is_last(event: &Event) -> bool {
        matches!(event, Event::Done(_))
    }
}

impl Turn {
    fn line(&mut self, line: &[u8], ready: &mut VecDeque<Event>) -> Result<(), Failure> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let line: Line =
            serde_json::from_slice(line).map_err(|error| Failure::garbage(&error.to_string()))?;
        if let Some(error) = line.error {
            return Err(Failure::Failed {
                words: words(&error),
            });
        }
        if line.message.is_none() && line.response.is_none() && !line.done {
            return Err(Failure::garbage("a line that says nothing"));
        }
        let Said {
            content,
            thinking,
            tool_calls,
        } = line.message.unwrap_or_default();
        let text = |text: Option<String>| text.filter(|text| !text.is_empty());
        if let Some(text) = text(thinking.or(line.thinking)) {
            ready.push_back(Event::Thinking { text });
        }
        if let Some(text) = text(content.or(line.response)) {
            ready.push_back(Event::Text { text });
        }
        for call in tool_calls.or(line.tool_calls).unwrap_or_default() {
            self.called = true;
            ready.push_back(Event::ToolCall { call });
        }
        if line.done {
            ready.push_back(Event::Done(Done {
                reason: reason(line.done_reason.as_deref(), self.called),
                statistics: line.measured.statistics(),
            }));
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
struct Line {
    error: Option<String>,
    message: Option<Said>,
    /// Of `/api/generate`, which has no message.
    response: Option<String>,
    thinking: Option<String>,
    tool_calls: Option<Vec<ToolCall>>,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    #[serde(flatten)]
    measured: Measured,
}

#[derive(Debug, Default, Deserialize)]
struct Said {
    content: Option<String>,
    thinking: Option<String>,
    tool_calls: Option<Vec<ToolCall>>,
}

/// In nanoseconds. What is zero is left out.
#[derive(Debug, Deserialize)]
struct Measured {
    #[serde(default)]
    total_duration: u64,
    #[serde(default)]
    load_duration: u64,
    prompt_eval_count: Option<u32>,
    #[serde(default)]
    prompt_eval_duration: u64,
    eval_count: Option<u32>,
    #[serde(default)]
    eval_duration: u64,
}

impl Measured {
    fn statistics(&self) -> Statistics {
        let phase = |tokens: Option<u32>, time| {
            tokens.map(|tokens| Phase {
                tokens,
                time: nanoseconds(time),
            })
        };
        Statistics {
            total: nanoseconds(self.total_duration),
            load: nanoseconds(self.load_duration),
            prompt: phase(self.prompt_eval_count, self.prompt_eval_duration),
            cached: None,
            decode: phase(self.eval_count, self.eval_duration),
        }
    }
}

pub(super) fn nanoseconds(number: u64) -> Option<Duration> {
    (number > 0).then(|| Duration::from_nanos(number))
}

fn reason(word: Option<&str>, called: bool) -> DoneReason {
    match word.unwrap_or("stop") {
        "stop" | "" if called => DoneReason::ToolCalls,
        "stop" | "" => DoneReason::Stop,
        "length" => DoneReason::Length,
        "load" => DoneReason::Load,
        "unload" => DoneReason::Unload,
        _ => DoneReason::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What comes of an answer in these pieces, and how it ended.
    fn events(pieces: &[&[u8]]) -> (Vec<Event>, Result<(), Failure>) {
        let mut turn = Turn::default();
        let mut ready = VecDeque::new();
        let mut read = || {
            for piece in pieces {
                turn.take(piece, &mut ready)?;
            }
            turn.end(&mut ready)
        };
        let ended = read();
        (ready.into(), ended)
    }

    const ANSWER: &str = concat!(
        r#"{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}"#,
        "\n",
        r#"{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Grüße 😀"},"done":false}"#,
        "\n",
        r#"{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"id":"call_1","function":{"index":0,"name":"f","arguments":{"b":1,"a":"x"}}}]},"done":false}"#,
        "\n",
        r#"{"model":"m","message":{"role":"assistant","content":"!"},"done":true,"done_reason":"stop","total_duration":5000000,"load_duration":1000,"prompt_eval_count":26,"prompt_eval_duration":130000000,"eval_count":8,"eval_duration":40000000}"#,
        "\n",
    );

    #[test]
    fn an_answer_of_ollama_is_read() {
        let (events, ended) = events(&[ANSWER.as_bytes()]);
        assert_eq!(ended, Ok(()));
        let [thinking, text, call, last, done] = events.as_slice() else {
            panic!("{events:?}")
        };
        let said = |text: &str| Event::Text {
            text: text.to_owned(),
        };
        assert!(matches!(thinking, Event::Thinking { text } if text == "hm"));
        assert_eq!(*text, said("Grüße 😀"));
        let Event::ToolCall { call } = call else {
            panic!("{call:?}")
        };
        assert_eq!(call.id.as_deref(), Some("call_1"));
        let order: Vec<&str> = call.arguments.keys().map(String::as_str).collect();
        assert_eq!(order, ["b", "a"]);
        assert_eq!(*last, said("!"));
        let Event::Done(done) = done else {
            panic!("{done:?}")
        };
        assert_eq!(done.reason, DoneReason::ToolCalls);
        assert_eq!(done.statistics.decode.unwrap().speed(), Some(200.0));
        assert_eq!(done.statistics.prompt.unwrap().speed(), Some(200.0));
        assert_eq!(done.statistics.load, Some(Duration::from_micros(1)));
    }

    #[test]
    fn a_completion_is_read() {
        let (events, ended) = events(&[br#"{"model":"m","response":"Hi","done":false}
{"model":"m","response":"","done":true,"done_reason":"length","context":[1,2,3]}"#]);
        assert_eq!(ended, Ok(()));
        assert_eq!(events.len(), 2);
        let Event::Done(done) = &events[1] else {
            panic!("{events:?}")
        };
        assert_eq!(done.reason, DoneReason::Length);
        assert_eq!(done.statistics, Statistics::default());
    }

    #[test]
    fn an_error_in_the_middle_follows_what_came_before() {
        let (events, ended) = events(&[br#"{"message":{"content":"Hi"},"done":false}
{"error":"an error was encountered while running the model: CUDA error"}
"#]);
        assert_eq!(events.len(), 1);
        let words = "an error was encountered while running the model: CUDA error".to_owned();
        assert_eq!(ended, Err(Failure::Failed { words }));
    }

    #[test]
    fn nonsense_is_named() {
        for line in [
            "<html>",
            "{}",
            "[]",
            "null",
            r#"{"message":{"content":7}}"#,
            r#"{"message":{"tool_calls":[{"function":{}}]}}"#,
            r#"{"done":true,"eval_count":-1}"#,
            "{\"message\":{\"content\":\"\u{0}\"}}",
            "{\"message\":",
        ] {
            let (_, ended) = events(&[line.as_bytes()]);
            assert!(matches!(ended, Err(Failure::Garbage { .. })), "{line}");
        }
        let (_, ended) = events(&[b"{\"message\":{\"content\":\"\xff\xfe\"}}\n"]);
        assert!(matches!(ended, Err(Failure::Garbage { .. })), "{ended:?}");
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(cuts in prop::collection::vec(0..=ANSWER.len(), 0..20)) {
            let mut cuts = cuts;
            cuts.extend([0, ANSWER.len()]);
            cuts.sort_unstable();
            let bytes = ANSWER.as_bytes();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
            prop_assert_eq!(events(&pieces), events(&[bytes]));
        }

        #[test]
        fn whatever_comes_nothing_panics(
            damage in prop::collection::vec((0..ANSWER.len(), any::<u8>()), 0..20),
            junk in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut bytes = ANSWER.as_bytes().to_vec();
            for (at, byte) in damage {
                bytes[at] = byte;
            }
            for bytes in [bytes, junk] {
                let (events, ended) = events(&[&bytes]);
                let done = events.iter().filter(|event| Turn::is_last(event)).count();
                prop_assert!(done <= 4, "{ended:?}");
            }
        }
    }
}
