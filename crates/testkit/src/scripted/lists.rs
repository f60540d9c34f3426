//! Ollama's side of the answers: lists, descriptions, and the lines of a turn.

use std::time::SystemTime;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    Model,
    play::{Measured, Writer},
    scene::{Scene, State},
    written::{json, line, now},
};

pub(super) fn tags(state: &State) -> Value {
    json!({"models": state.models.values().map(Model::in_list).collect::<Vec<_>>()})
}

pub(super) fn running(state: &State) -> Value {
    let now = SystemTime::now();
    let loaded = state.models.values().filter(|model| {
        // As Ollama, which lets a model go when its time is over.
        model.loaded_until.is_some_and(|until| until > now)
    });
    json!({"models": loaded.filter_map(Model::in_memory).collect::<Vec<_>>()})
}

pub(super) fn error(words: &str) -> String {
    json(&json!({"error": words}))
}

/// What a turn without a question says: the model came or went.
pub(super) fn moved(path: &str, model: &str, word: &str) -> String {
    let mut said = json!({"model": model, "created_at": now()});
    if path == "/api/chat" {
        said["message"] = json!({"role": "assistant", "content": ""});
    } else {
        said["response"] = json!("");
    }
    said["done"] = json!(true);
    said["done_reason"] = json!(word);
    json(&said)
}

/// Writes the lines of `/api/chat` or `/api/generate`.
pub(super) struct Lines {
    pub(super) model: String,
    pub(super) in_messages: bool,
    pub(super) began: SystemTime,
    pub(super) calls: usize,
}

impl Lines {
    fn line(&self, text: &str, more: Value) -> Value {
        let mut line = json!({"model": self.model, "created_at": now()});
        if self.in_messages {
            let mut message = json!({"role": "assistant", "content": text});
            if let (Some(message), Value::Object(more)) = (message.as_object_mut(), more) {
                message.extend(more);
            }
            line["message"] = message;
        } else {
            line["response"] = json!(text);
            if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
                line.extend(more);
            }
        }
        line["done"] = json!(false);
        line
    }
}

impl Writer for Lines {
    fn text(&mut self, text: &str) -> Bytes {
        line(&self.line(text, Value::Null))
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        line(&self.line("", json!({"thinking": text})))
    }

    fn call(&mut self, name: &str, arguments: &Map<String, Value>) -> Bytes {
        let function = json!({"index": self.calls, "name": name, "arguments": arguments});
        self.calls += 1;
        let call = json!({"id": format!("call_{:08}", self.calls), "function": function});
        line(&self.line("", json!({"tool_calls": [call]})))
    }

    fn done(&mut self, length: bool, measured: Measured) -> Bytes {
        let mut last = self.line("", Value::Null);
        last["done"] = json!(true);
        last["done_reason"] = json!(if length { "length" } else { "stop" });
        let taken = self.began.elapsed().unwrap_or_default();
        let nanoseconds = |time: std::time::Duration| json!(time.as_nanos() as u64);
        for (name, number) in [
            ("total_duration", nanoseconds(taken)),
            ("load_duration", nanoseconds(measured.load)),
            ("prompt_eval_count", json!(measured.prompt_tokens)),
            ("prompt_eval_duration", nanoseconds(measured.prompt)),
            ("eval_count", json!(measured.tokens)),
            ("eval_duration", nanoseconds(measured.decode)),
        ] {
            // Go leaves out what is zero.
            if number != json!(0) {
                last[name] = number;
            }
        }
        line(&last)
    }

    fn error(&mut self, words: &str) -> Bytes {
        Bytes::from(error(words) + "\n")
    }

    fn refusal(&mut self, words: &str) -> String {
        error(words)
    }
}

/// Writes the lines of a download, which brings the model with its last one.
pub(super) struct Download {
    pub(super) scene: Scene,
    pub(super) name: String,
}

impl Writer for Download {
    fn text(&mut self, text: &str) -> Bytes {
        line(&json!({"status": text.trim_end()}))
    }

    fn thinking(&mut self, _text: &str) -> Bytes {
        Bytes::new()
    }

    fn call(&mut self, _name: &str, _arguments: &Map<String, Value>) -> Bytes {
        Bytes::new()
    }

    fn done(&mut self, _length: bool, _measured: Measured) -> Bytes {
        self.scene.with(|state| state.put(Model::new(&self.name)));
        line(&json!({"status": "success"}))
    }

    fn error(&mut self, words: &str) -> Bytes {
        Bytes::from(error(words) + "\n")
    }

    fn refusal(&mut self, words: &str) -> String {
        error(words)
    }
}

/// A download of a gigabyte in four steps.
pub(super) fn download(name: &str) -> Vec<Value> {
    let digest = "sha256:74701a8c35f6c8d9a4b91f3f3497643001d63e0c7a84e085bed452548fa88d45";
    let part = |completed: u64| {
        json!({"status": "pulling 74701a8c35f6", "digest": digest,
               "total": 1_000_000_000u64, "completed": completed})
    };
    vec![
        json!({"status": "pulling manifest"}),
        json!({"status": "pulling 74701a8c35f6", "digest": digest, "total": 1_000_000_000u64}),
        part(500_000_000),
        part(1_000_000_000),
        json!({"status": "verifying sha256 digest"}),
        json!({"status": format!("writing manifest of {name}")}),
    ]
}

pub(super) fn version(state: &State) -> Value {
    json!({"version": state.version})
}

/// One row for each text, unlike those of other texts.
pub(super) fn embedding(text: &str) -> Vec<f32> {
    let mut row = [0.0f32; 8];
    for (at, byte) in text.bytes().enumerate() {
        if let Some(number) = row.get_mut(at % 8) {
            *number += f32::from(byte) / 255.0;
        }
    }
    row.to_vec()
}
