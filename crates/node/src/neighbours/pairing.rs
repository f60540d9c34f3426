//! How far a pairing is, for whoever shows it.

use std::time::SystemTime;

use mesh::hub::{Failure, PairingEnd};
use wire::machine::pairing::{Code, WINDOW};

/// A pairing under way, or how the latest one ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    pub asked_by: Asker,
    pub step: Step,
    /// When it is given up unless something happens.
    pub until: SystemTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    Here,
    There,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Asked here; nobody there has looked yet.
    Waiting,
    /// Asked there; nobody here has looked yet.
    Requested,
    /// Opened here; the code comes in a moment.
    Opened,
    /// Both screens show the code.
    Compare(Code),
    /// Confirmed here; the other has not yet.
    Confirmed(Code),
    Ended(Outcome),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Paired,
    CodesDiffer,
    CodesDifferThere,
    Cancelled,
    TimedOut,
    Broken,
    NotReached(Failure),
    /// Both confirmed, but it could not be kept on this disk.
    NotKept(String),
}

impl Pairing {
    pub(super) fn new(asked_by: Asker, step: Step, now: SystemTime) -> Self {
        Self {
            asked_by,
            step,
            until: now + WINDOW,
        }
    }

    pub(super) fn step(&mut self, step: Step, now: SystemTime) {
        self.step = step;
        self.until = now + WINDOW;
    }

    /// How it ended is shown for a while and then forgotten.
    pub(super) fn is_stale(&self, now: SystemTime) -> bool {
        matches!(self.step, Step::Ended(_)) && self.until < now
    }

    pub fn code(&self) -> Option<Code> {
        match self.step {
            Step::Compare(code) | Step::Confirmed(code) => Some(code),
            Step::Waiting | Step::Requested | Step::Opened | Step::Ended(_) => None,
        }
    }
}

impl From<&PairingEnd> for Outcome {
    fn from(end: &PairingEnd) -> Self {
        match end {
            PairingEnd::Paired { .. } => Self::Paired,
            PairingEnd::CodesDiffer => Self::CodesDiffer,
            PairingEnd::CodesDifferThere => Self::CodesDifferThere,
            PairingEnd::Cancelled => Self::Cancelled,
            PairingEnd::TimedOut => Self::TimedOut,
            PairingEnd::Broken => Self::Broken,
            PairingEnd::NotReached(failure) => Self::NotReached(failure.clone()),
            PairingEnd::NotKept(reason) => Self::NotKept(reason.clone()),
        }
    }
}
