//! The events in which such servers write an answer.

mod calls;

use std::{collections::VecDeque, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    Done, DoneReason, Event, Failure, Phase, Statistics,
    failure::words,
    http::{Decoder, Sse},
};
use calls::{Calls, Part};

/// Reads the answers of `/chat/completions` and `/completions`.
#[derive(Debug, Default)]
pub(super) struct Turn {
    sse: Sse,
    calls: Calls,
    finished: Option<DoneReason>,
    statistics: Statistics,
}

impl Decoder for Turn {
    type Item = Event;

    fn take(&mut self, piece: &[u8], ready: &mut VecDeque<Event>) -> Result<(), Failure> {
        self.sse.push(piece);
        while let Some(data) = self.sse.next()? {
            self.event(&data, ready)?;
        }
        Ok(())
    }

    fn end(&mut self, ready: &mut VecDeque<Event>) -> Result<(), Failure> {
        if let Some(data) = self.sse.rest()? {
            self.event(&data, ready)?;
        }
        // Not every server says so when it is done.
        if self.finished.is_some() {
            self.finish(ready)?;
        }
        Ok(())
    }

    fn is_last(event: &Event) -> bool {
        matches!(event, Event::Done(_))
    }
}

impl Turn {
    fn event(&mut self, data: &[u8], ready: &mut VecDeque<Event>) -> Result<(), Failure> {
        if data.trim_ascii() == b"[DONE]" {
            return self.finish(ready);
        }
        if data.trim_ascii().is_empty() {
            return Ok(());
        }
        let chunk: Chunk =
            serde_json::from_slice(data).map_err(|error| Failure::garbage(&error.to_string()))?;
        if let Some(error) = chunk.error {
            return Err(Failure::Failed {
                words: error.words(),
            });
        }
        self.measure(chunk.usage, chunk.timings);
        // Only one answer was asked for.
        let Some(choice) = chunk.choices.unwrap_or_default().into_iter().next() else {
            return Ok(());
        };
        let delta = choice.delta.unwrap_or_default();
        let mut say = |text: Option<String>, event: fn(String) -> Event| {
            ready.extend(text.filter(|text| !text.is_empty()).map(event));
        };
        say(delta.reasoning_content.or(delta.reasoning), |text| {
            Event::Thinking { text }
        });
        say(delta.content.or(choice.text), |text| Event::Text { text });
        // A model that refuses says so in words.
        say(delta.refusal, |text| Event::Text { text });
        for part in delta.tool_calls.unwrap_or_default() {
            self.calls.take(part)?;
        }
        if let Some(word) = choice.finish_reason {
            self.finished = Some(reason(&word));
        }
        Ok(())
    }

    fn finish(&mut self, ready: &mut VecDeque<Event>) -> Result<(), Failure> {
        let calls = std::mem::take(&mut self.calls).whole()?;
        let called = !calls.is_empty();
        ready.extend(calls.into_iter().map(|call| Event::ToolCall { call }));
        let mut reason = self.finished.unwrap_or(DoneReason::Other);
        if called && reason == DoneReason::Stop {
            reason = DoneReason::ToolCalls;
        }
        ready.push_back(Event::Done(Done {
            reason,
            statistics: self.statistics,
        }));
        Ok(())
    }

    fn measure(&mut self, usage: Option<Usage>, timings: Option<Timings>) {
        if let Some(usage) = usage {
            let phase = |tokens: Option<u32>| tokens.map(|tokens| Phase { tokens, time: None });
            let cached = usage.prompt_tokens_details.and_then(|of| of.cached_tokens);
            let statistics = &mut self.statistics;
            statistics.prompt = statistics.prompt.or(phase(usage.prompt_tokens));
            statistics.decode = statistics.decode.or(phase(usage.completion_tokens));
            statistics.cached = statistics.cached.or(cached);
        }
        // llama-server tells how long it took, and counts what it really read.
        if let Some(timings) = timings {
            let phase = |tokens: Option<u32>, time: Option<f64>| {
                let time = time.and_then(|time| Duration::try_from_secs_f64(time / 1e3).ok());
                tokens.map(|tokens| Phase { tokens, time })
            };
            let statistics = &mut self.statistics;
            statistics.prompt = phase(timings.prompt_n, timings.prompt_ms).or(statistics.prompt);
            statistics.decode =
                phase(timings.predicted_n, timings.predicted_ms).or(statistics.decode);
            statistics.cached = timings.cache_n.or(statistics.cached);
        }
    }
}

#[derive(Debug, Deserialize)]
struct Chunk {
    error: Option<Said>,
    choices: Option<Vec<Choice>>,
    usage: Option<Usage>,
    timings: Option<Timings>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Said {
    Words(String),
    Whole { message: String },
    Other(Value),
}

#[derive(Debug, Deserialize)]
struct Choice {
    delta: Option<Delta>,
    /// Of a completion, which has no delta.
    text: Option<String>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Delta {
    content: Option<String>,
    /// What the model thinks: llama-server, vLLM and DeepSeek; then Ollama and others.
    reasoning_content: Option<String>,
    reasoning: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<Part>>,
}

#[derive(Debug, Deserialize)]
struct Usage {
    prompt_tokens: Option<u32>,
    completion_tokens: Option<u32>,
    prompt_tokens_details: Option<PromptTokens>,
}

#[derive(Debug, Deserialize)]
struct PromptTokens {
    cached_tokens: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Timings {
    prompt_n: Option<u32>,
    prompt_ms: Option<f64>,
    predicted_n: Option<u32>,
    predicted_ms: Option<f64>,
    cache_n: Option<u32>,
}

impl Said {
    fn words(self) -> String {
        words(&match self {
            Self::Words(text) | Self::Whole { message: text } => text,
            Self::Other(value) => value.to_string(),
        })
    }
}

fn reason(word: &str) -> DoneReason {
    match word {
        "stop" => DoneReason::Stop,
        "length" => DoneReason::Length,
        "tool_calls" | "function_call" => DoneReason::ToolCalls,
        _ => DoneReason::Other,
    }
}

#[cfg(test)]
mod tests;
