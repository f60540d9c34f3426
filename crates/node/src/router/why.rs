//! Why an answer comes from where it comes: every decision as data, for the
//! panel that shows it and for whoever looks for a fault.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wire::DeviceId;

use super::model::ModelName;

/// The last decision about a request, with what came before it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Why {
    /// The model that was looked for, once that was clear.
    pub model: Option<ModelName>,
    pub rule: Option<ModelRule>,
    /// All machines that were thought of, the best first, then those dropped.
    pub candidates: Vec<Candidate>,
    /// Where it runs, or ran.
    pub chosen: Option<DeviceId>,
    /// What was tried and did not work, in order.
    pub tried: Vec<Tried>,
}

/// How the model was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelRule {
    Named,
    /// The one this conversation was held with.
    Conversation,
    /// The one of the settings.
    Default,
    /// The largest that begins soon and writes as fast as one reads.
    LargestComfortable,
    /// None does; the one that is done first.
    Soonest,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub device: DeviceId,
    /// What it is called there.
    pub model: Option<ModelName>,
    #[serde(flatten)]
    pub fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    Scored {
        estimate: Estimate,
        resident: bool,
        /// It still has this conversation in memory.
        holds_cache: bool,
        local: bool,
        /// The request stands in line there.
        waits: bool,
    },
    Dropped {
        reason: Dropped,
    },
}

/// How long it would take there, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// All of it; what candidates are compared by.
    pub total: u64,
    /// In the line of that machine.
    pub wait: u64,
    /// Loading the model.
    pub load: u64,
    /// Reading the prompt, without what is still in memory.
    pub prefill: u64,
    /// Writing the answer.
    pub decode: u64,
}

/// Why a machine does not come into question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Dropped {
    /// This machine asks no others.
    Private,
    /// The person chose another place.
    NotChosen,
    NotPermitted,
    /// It failed several times and is left alone for so long, in milliseconds.
    Resting {
        left: u64,
    },
    OnBattery,
    OwnerBusy,
    /// Its slots are for its own person.
    NotShared,
    NoModel,
    /// Prompt and answer need more than the model holds.
    ContextTooSmall {
        holds: u64,
        needs: u64,
    },
    /// The model runs outside of this network.
    LeavesLan,
    /// There are pictures in the question, and the model sees none.
    CannotSee,
    /// This request was there already.
    Tried,
}

/// A place that was asked in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    pub device: DeviceId,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// It did not say within the time whether it has a slot.
    NoAnswer,
    Refused {
        refused: Refused,
    },
    /// Nothing was heard from it for three seconds.
    Silent,
    /// The connection broke, or could not be made.
    Broken,
    /// Its model server failed, and said so.
    Backend {
        message: String,
    },
    /// Its person ended it.
    Stopped,
}

/// What a machine says instead of giving a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    NotShared,
    NotPermitted,
    /// More requests in a minute than it allows.
    TooMany,
    /// Its line is full.
    Full,
    NoModel,
    /// A newer build's reason.
    #[serde(other)]
    Unknown,
}

/// Nobody answered. What was tried and what was dropped stands in the [`Why`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub reason: FailureReason,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// No place comes into question, or none is left.
    NobodyLeft,
    /// It waited as long as anybody waits.
    WaitedTooLong,
    /// Too many requests of this machine wait already.
    TooManyHere,
}

impl Estimate {
    pub(super) fn new(wait: Duration, load: Duration, prefill: Duration, decode: Duration) -> Self {
        Self {
            total: millis(wait + load + prefill + decode),
            wait: millis(wait),
            load: millis(load),
            prefill: millis(prefill),
            decode: millis(decode),
        }
    }

    pub(super) fn until_first_token(&self) -> u64 {
        self.wait + self.load + self.prefill
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
