//! What is known of a machine that might answer.

use std::time::{Duration, Instant};

use infer::queue::Load;
use wire::DeviceId;

use super::{
    breaker::Breaker,
    model::{ModelDigest, ModelName},
    speed::{DeviceClass, Speed},
};

/// What a machine says of itself, at each change.
#[derive(Debug, Clone, PartialEq)]
pub struct Capability {
    pub class: DeviceClass,
    pub models: Vec<Offered>,
    pub load: Load,
    pub on_battery: bool,
    /// Its person is at work on it and wants to be left alone.
    pub owner_busy: bool,
    /// Whether we may use its models.
    pub permitted: bool,
}

/// A model as one machine offers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    pub name: ModelName,
    pub digest: Option<ModelDigest>,
    pub bytes: u64,
    /// Weights, where the server tells; it says more about how good a model is
    /// than its bytes.
    pub parameters: Option<u64>,
    /// Tokens that prompt and answer may have together.
    pub context: u64,
    /// Made for conversations, and not for embeddings alone.
    pub chats: bool,
    pub able: Able,
    /// Loaded, so that it can begin at once.
    pub resident: bool,
    /// Goes on with an answer that is begun, instead of beginning its own.
    pub continues: bool,
    /// Runs on a server outside of this network.
    pub leaves_lan: bool,
    /// As the machine measured it; otherwise it is guessed.
    pub speed: Option<Speed>,
}

/// What a model can do besides answering texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Able {
    pub sees: bool,
    pub uses_tools: bool,
    pub thinks: bool,
    pub embeds: bool,
}

#[derive(Debug)]
pub(super) struct Place {
    pub(super) device: DeviceId,
    pub(super) capability: Capability,
    /// When it said so.
    heard: Instant,
    pub(super) breaker: Breaker,
}

impl Offered {
    pub(super) fn speed(&self, class: DeviceClass) -> Speed {
        let told = self.speed.filter(Speed::is_sane);
        told.unwrap_or_else(|| Speed::guess(class, self.bytes))
    }

    /// Larger is better, as far as one number can tell.
    pub(super) fn greatness(&self) -> u64 {
        // Without the number: about six tenths of a byte for each weight, as
        // most models come.
        self.parameters.unwrap_or(self.bytes / 6 * 10)
    }
}

impl Place {
    pub(super) fn new(device: DeviceId, capability: Capability, now: Instant) -> Self {
        Self {
            device,
            capability,
            heard: now,
            breaker: Breaker::default(),
        }
    }

    pub(super) fn says(&mut self, capability: Capability, now: Instant) {
        self.capability = capability;
        self.heard = now;
    }

    /// How long one would wait there, as far as was heard.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let load = &self.capability.load;
        let passed = now.saturating_duration_since(self.heard);
        if load.free > 0 {
            Duration::ZERO
        } else {
            load.eta.saturating_sub(passed)
        }
    }
}
