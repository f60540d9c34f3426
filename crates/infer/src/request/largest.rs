//! The largest request that is taken. Far above what a person does, far below
//! what harms a machine.

use serde::{Deserialize, Serialize};

use super::{Chat, Embed, Generate, Image, Message, Options};

/// Longer conversations fit no model's memory.
pub const MESSAGES: usize = 20_000;
/// Larger toolboxes confuse models long before.
pub const TOOLS: usize = 1024;
/// Ollama's own servers take fewer.
pub const IMAGES: usize = 64;
/// As text, which is a third more than the picture's own bytes: 20 MiB of them.
pub const IMAGE: usize = 28 * 1024 * 1024;
/// Some million tokens.
pub const TEXT: usize = 16 * 1024 * 1024;
/// Texts that are embedded at once.
pub const INPUTS: usize = 4096;
/// Options that this version does not know by name, and words that stop a model.
pub const OPTIONS: usize = 128;
/// All of it as JSON.
pub const BODY: usize = 64 * 1024 * 1024;

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TooLarge {
    Messages,
    Tools,
    Images,
    Image,
    Text,
    Inputs,
    Options,
    Body,
}

impl Chat {
    pub fn check(&self) -> Result<(), TooLarge> {
        count(self.messages.len(), MESSAGES, TooLarge::Messages)?;
        count(self.tools.len(), TOOLS, TooLarge::Tools)?;
        images(self.messages.iter().flat_map(|message| &message.images))?;
        text(self.messages.iter().flat_map(Message::texts))?;
        options(&self.options)
    }
}

impl Generate {
    pub fn check(&self) -> Result<(), TooLarge> {
        images(&self.images)?;
        let others = [&self.suffix, &self.system, &self.template];
        text(others.into_iter().flatten().chain([&self.prompt]))?;
        options(&self.options)
    }
}

impl Embed {
    pub fn check(&self) -> Result<(), TooLarge> {
        count(self.input.len(), INPUTS, TooLarge::Inputs)?;
        text(&self.input)?;
        options(&self.options)
    }
}

fn images<'a>(images: impl IntoIterator<Item = &'a Image>) -> Result<(), TooLarge> {
    count(images.into_iter().count(), IMAGES, TooLarge::Images)
}

fn text<'a>(texts: impl IntoIterator<Item = &'a String>) -> Result<(), TooLarge> {
    let bytes = texts.into_iter().map(String::len).sum();
    count(bytes, TEXT, TooLarge::Text)
}

fn options(options: &Options) -> Result<(), TooLarge> {
    count(options.others.len(), OPTIONS, TooLarge::Options)?;
    count(options.stop.len(), OPTIONS, TooLarge::Options)
}

fn count(number: usize, most: usize, what: TooLarge) -> Result<(), TooLarge> {
    if number > most { Err(what) } else { Ok(()) }
}

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Messages => "messages",
            Self::Tools => "tools",
            Self::Images => "images",
            Self::Image => "an image",
            Self::Text => "text",
            Self::Inputs => "inputs",
            Self::Options => "options",
            Self::Body => "the whole",
        })
    }
}
