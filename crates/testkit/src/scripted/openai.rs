//! The answers below `/v1`: server-sent events, as most servers of models write
//! them.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    play::{Measured, Writer},
    scene::State,
};

pub(super) fn models(state: &State) -> Value {
    let models = state.models.values().map(|model| {
        json!({"id": model.name, "object": "model", "created": 1_787_338_102, "owned_by": "library"})
    });
    json!({"object": "list", "data": models.collect::<Vec<_>>()})
}

pub(super) fn error(status: u16, words: &str) -> String {
    let kind = match status {
        400 => "invalid_request_error",
        404 => "not_found_error",
        401 => "authentication_error",
        _ => "api_error",
    };
    json!({"error": {"message": words, "type": kind, "param": null, "code": null}}).to_string()
}

/// Writes the chunks of `/v1/chat/completions` or `/v1/completions`.
pub(super) struct Chunks {
    pub(super) model: String,
    pub(super) id: u64,
    pub(super) in_messages: bool,
    /// Whether the client wants to know what it used.
    pub(super) usage: bool,
    pub(super) begun: bool,
    pub(super) calls: usize,
}

impl Chunks {
    fn chunk(&mut self, mut delta: Value, finish: Option<&str>) -> Value {
        let choice = if self.in_messages {
            if !self.begun {
                let mut first = json!({"role": "assistant"});
                if let (Some(first), Some(delta)) = (first.as_object_mut(), delta.as_object()) {
                    first.extend(delta.clone());
                }
                delta = first;
            }
            json!({"index": 0, "delta": delta, "finish_reason": finish})
        } else {
            json!({"index": 0, "text": delta["content"].as_str().unwrap_or_default(), "finish_reason": finish})
        };
        self.begun = true;
        self.wrapped(&[choice])
    }

    fn wrapped(&self, choices: &[Value]) -> Value {
        let (id, object) = if self.in_messages {
            (format!("chatcmpl-{}", self.id), "chat.completion.chunk")
        } else {
            (format!("cmpl-{}", self.id), "text_completion")
        };
        json!({
            "id": id,
            "object": object,
            "created": 1_787_338_102,
            "model": self.model,
            "system_fingerprint": "fp_scripted",
            "choices": choices,
        })
    }
}

impl Writer for Chunks {
    fn text(&mut self, text: &str) -> Bytes {
        event(&self.chunk(json!({"content": text}), None))
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        event(&self.chunk(json!({"content": "", "reasoning_content": text}), None))
    }

    /// First the name, then what it is called with, in two halves.
    fn call(&mut self, name: &str, arguments: &Map<String, Value>) -> Bytes {
        let index = self.calls;
        self.calls += 1;
        let arguments = Value::from(arguments.clone()).to_string();
        let half = arguments.floor_char_boundary(arguments.len() / 2);
        let (before, after) = arguments.split_at(half);
        let begin = json!({"tool_calls": [{"index": index, "id": format!("call_{index:08}"),
            "type": "function", "function": {"name": name, "arguments": ""}}]});
        let mut bytes = event(&self.chunk(begin, None)).to_vec();
        for part in [before, after] {
            let more = json!({"tool_calls": [{"index": index, "function": {"arguments": part}}]});
            bytes.extend(event(&self.chunk(more, None)));
        }
        bytes.into()
    }

    fn done(&mut self, length: bool, measured: Measured) -> Bytes {
        let reason = match (length, self.calls) {
            (true, _) => "length",
            (false, 0) => "stop",
            (false, _) => "tool_calls",
        };
        let mut bytes = event(&self.chunk(json!({}), Some(reason))).to_vec();
        if self.usage {
            let mut last = self.wrapped(&[]);
            last["usage"] = json!({
                "prompt_tokens": measured.prompt_tokens,
                "completion_tokens": measured.tokens,
                "total_tokens": measured.prompt_tokens + measured.tokens,
            });
            bytes.extend(event(&last));
        }
        bytes.extend(b"data: [DONE]\n\n");
        bytes.into()
    }

    fn error(&mut self, words: &str) -> Bytes {
        Bytes::from(format!("data: {}\n\n", error(500, words)))
    }

    fn refusal(&mut self, words: &str) -> String {
        error(500, words)
    }
}

fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}
