//! What a model can be asked.
//!
//! In JSON these have Ollama's own names, which most programs know; what goes
//! to a server of another kind is translated by its backend.

mod image;
pub mod largest;
mod manner;
mod message;
mod options;

use serde::{Deserialize, Serialize};

pub use image::{Image, NotAnImage};
pub use largest::TooLarge;
pub use manner::{Format, KeepAlive, Level, NoDuration, Think};
pub use message::{Message, Role, Tool, ToolCall};
pub use options::Options;

use crate::{ModelName, Statistics};

/// The next turn of a conversation. Without messages it only brings the model
/// into memory, or out of it with a [`KeepAlive`] of nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    pub model: ModelName,
    pub messages: Vec<Message>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<KeepAlive>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub think: Option<Think>,
}

/// A text to be continued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generate {
    pub model: ModelName,
    pub prompt: String,
    /// What comes after the gap that is to be filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Replaces the model's own template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The prompt goes to the model as it is, without a template.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub raw: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<KeepAlive>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub think: Option<Think>,
}

/// Texts whose meaning is to be compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embed {
    pub model: ModelName,
    pub input: Vec<String>,
    /// Whether a text that is too long is shortened rather than refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<u32>,
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<KeepAlive>,
}

/// One row of numbers for each text, in the order of the texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embeddings {
    pub rows: Vec<Vec<f32>>,
    #[serde(default)]
    pub statistics: Statistics,
}

impl Chat {
    pub fn new(model: ModelName, messages: Vec<Message>) -> Self {
        Self {
            model,
            messages,
            tools: Vec::new(),
            format: None,
            options: Options::default(),
            keep_alive: None,
            think: None,
        }
    }
}

impl Generate {
    pub fn new(model: ModelName, prompt: impl Into<String>) -> Self {
        Self {
            model,
            prompt: prompt.into(),
            suffix: None,
            system: None,
            template: None,
            raw: false,
            images: Vec::new(),
            format: None,
            options: Options::default(),
            keep_alive: None,
            think: None,
        }
    }
}

impl Embed {
    pub fn new(model: ModelName, input: Vec<String>) -> Self {
        Self {
            model,
            input,
            truncate: None,
            dimensions: None,
            options: Options::default(),
            keep_alive: None,
        }
    }
}

#[cfg(test)]
mod tests;
