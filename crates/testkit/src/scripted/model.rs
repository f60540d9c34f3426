use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{Gate, Pace, written::date};

/// How long Ollama keeps a model that nobody uses.
pub(super) const KEPT: Duration = Duration::from_secs(300);

/// A model that the server has.
#[derive(Debug, Clone)]
pub struct Model {
    pub(super) name: String,
    digest: String,
    size: u64,
    family: String,
    parameters: String,
    quantisation: String,
    context: u32,
    capabilities: Vec<String>,
    /// Older versions of Ollama tell these only when a model is shown.
    tells_in_list: bool,
    remote_host: Option<String>,
    pub(super) pace: Pace,
    pub(super) loading: Option<Gate>,
    pub(super) loaded_until: Option<SystemTime>,
}

impl Model {
    pub fn new(name: &str) -> Self {
        // Different names are different weights, unless told otherwise.
        let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in name.bytes() {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self {
            name: name.to_owned(),
            digest: format!("{digest:016x}").repeat(4),
            size: 964_160,
            family: "llama".to_owned(),
            parameters: "885.89K".to_owned(),
            quantisation: "Q8_0".to_owned(),
            context: 512,
            capabilities: vec!["completion".to_owned()],
            tells_in_list: true,
            remote_host: None,
            pace: Pace::default(),
            loading: None,
            loaded_until: None,
        }
    }

    #[must_use]
    pub fn digest(self, digest: &str) -> Self {
        let digest = digest.to_owned();
        Self { digest, ..self }
    }

    #[must_use]
    pub fn size(self, bytes: u64, parameters: &str) -> Self {
        Self {
            size: bytes,
            parameters: parameters.to_owned(),
            ..self
        }
    }

    #[must_use]
    pub fn context(self, tokens: u32) -> Self {
        Self {
            context: tokens,
            ..self
        }
    }

    /// In Ollama's words: `completion`, `tools`, `vision`, `embedding`, `thinking`, `insert`.
    #[must_use]
    pub fn can(self, capabilities: &[&str]) -> Self {
        Self {
            capabilities: capabilities.iter().map(|&word| word.to_owned()).collect(),
            ..self
        }
    }

    /// As versions of Ollama that tell little in their list.
    #[must_use]
    pub fn told_when_shown(self) -> Self {
        Self {
            tells_in_list: false,
            ..self
        }
    }

    /// Runs on somebody else's computer.
    #[must_use]
    pub fn runs_at(self, host: &str) -> Self {
        Self {
            remote_host: Some(host.to_owned()),
            ..self
        }
    }

    #[must_use]
    pub fn at(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Comes into memory when the gate is open.
    #[must_use]
    pub fn loads_behind(self, gate: &Gate) -> Self {
        Self {
            loading: Some(gate.clone()),
            ..self
        }
    }

    #[must_use]
    pub fn loaded(self) -> Self {
        Self {
            loaded_until: Some(SystemTime::now() + KEPT),
            ..self
        }
    }

    pub(super) fn in_list(&self) -> Value {
        let mut entry = json!({
            "name": self.name,
            "model": self.name,
            "modified_at": "2026-08-21T18:48:22.123456789Z",
            "size": self.size,
            "digest": self.digest,
            "details": self.details(),
        });
        if let Some(host) = &self.remote_host {
            entry["remote_model"] = json!(self.name);
            entry["remote_host"] = json!(host);
        }
        if self.tells_in_list {
            entry["details"]["context_length"] = json!(self.context);
            entry["capabilities"] = json!(self.capabilities);
        }
        entry
    }

    pub(super) fn shown(&self) -> Value {
        json!({
            "license": "Apache-2.0",
            "modelfile": format!("FROM {}\n", self.name),
            "template": "{{ .Prompt }}",
            "parameters": "temperature                    0.7\nstop                           \"<end>\"",
            "details": self.details(),
            "model_info": {
                "general.architecture": self.family,
                format!("{}.context_length", self.family): self.context,
                format!("{}.embedding_length", self.family): 128,
            },
            "capabilities": self.capabilities,
            "modified_at": "2026-08-21T18:48:22.123456789Z",
        })
    }

    pub(super) fn in_memory(&self) -> Option<Value> {
        let until = self.loaded_until?;
        Some(json!({
            "name": self.name,
            "model": self.name,
            "size": self.size * 2,
            "digest": self.digest,
            "details": self.details(),
            "expires_at": date(until),
            "size_vram": self.size * 2,
            "context_length": self.context,
        }))
    }

    fn details(&self) -> Value {
        json!({
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameters,
            "quantization_level": self.quantisation,
        })
    }
}
