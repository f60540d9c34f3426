use serde::{Deserialize, Serialize};

use super::{check, is_readable, parse, to_frame};
use crate::{
    frame::{Frame, Marker},
    msg::session::Malformed,
    shown::is_showable,
};

/// More than anybody keeps on one machine.
pub const MOST_MODELS: usize = 256;

/// Bytes of a name, as model servers allow them.
const NAME_BYTES: usize = 256;

/// A hash in hexadecimal, perhaps with the name of its function in front.
const DIGEST_BYTES: usize = 80;

/// Each model in a few hundred bytes.
const MOST_BYTES: usize = 256 * 1024;

/// What a machine offers to the one that hears it, at every change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    pub class: Class,
    /// Whether the hearer may use them.
    pub permitted: bool,
    /// Requests that are answered at the same time, and how many more could be
    /// now.
    pub slots: u16,
    pub free: u16,
    pub waiting: u32,
    /// How long one more would wait.
    pub eta_ms: u64,
    #[serde(default)]
    pub on_battery: bool,
    /// Its person wants to be left alone.
    #[serde(default)]
    pub owner_busy: bool,
    /// Nothing where nothing is shared.
    pub models: Vec<Offer>,
}

/// What a machine has to calculate with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Modest,
    Processor,
    Unified,
    Graphics,
    LargeGraphics,
    /// A newer build's class.
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u64>,
    /// Tokens that prompt and answer may have together.
    pub context: u64,
    pub chats: bool,
    #[serde(default)]
    pub embeds: bool,
    #[serde(default)]
    pub sees: bool,
    #[serde(default)]
    pub uses_tools: bool,
    #[serde(default)]
    pub thinks: bool,
    #[serde(default)]
    pub resident: bool,
    /// Goes on with an answer that was begun elsewhere.
    #[serde(default)]
    pub continues: bool,
    /// Runs outside of the local network.
    #[serde(default)]
    pub leaves_lan: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<Rates>,
}

/// As measured where it runs: tokens in a second, and the time to load.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    pub prefill: f64,
    pub decode: f64,
    pub load_ms: u64,
}

impl Capability {
    pub fn to_frame(&self) -> Frame {
        to_frame(Marker::Capability, self)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let capability: Self = parse(bytes, MOST_BYTES)?;
        let models = &capability.models;
        check(models.len() <= MOST_MODELS, "too many models")?;
        check(models.iter().all(Offer::is_sound), "a model that is none")?;
        check(
            capability.free <= capability.slots,
            "more free than there are",
        )?;
        Ok(capability)
    }
}

impl Offer {
    fn is_sound(&self) -> bool {
        let named = is_showable(&self.name) && is_readable(&self.name, NAME_BYTES);
        let hashed = self
            .digest
            .as_deref()
            .is_none_or(|digest| is_readable(digest, DIGEST_BYTES));
        let measured = self.rates.is_none_or(|rates| {
            let speed = |rate: f64| rate.is_finite() && rate > 0.0;
            speed(rates.prefill) && speed(rates.decode)
        });
        named && hashed && measured
    }
}
