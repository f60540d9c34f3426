//! Where a question is answered.
//!
//! Every machine tells what it offers and how busy it is. For each request the
//! router estimates when each of them would be done and [chooses](choose) the
//! best, asks it for a slot, and when it has none compares again with what it
//! said: the request stands in line where that still is the soonest, and is
//! called when its turn comes. Until the first word a machine that fails is
//! replaced without a word; after it the answer [goes on](stitch) elsewhere.
//!
//! It speaks to nobody: what happened is told to it with the time, what is to be
//! done is taken out with [`Router::poll_effect`]. The driver carries messages
//! and streams, and keeps the text.
//!
//! Invariant: every request ends once, by [`Router::finished`],
//! [`Router::cancel`] or [`Effect::Failed`]; until then at most one place is open
//! for it, and what others granted meanwhile is given back.

mod breaker;
mod choose;
pub mod model;
mod place;
mod pursuit;
pub mod speed;
pub mod stitch;
#[cfg(test)]
mod tests;
pub mod why;

use std::{
    collections::{BTreeMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::{Duration, Instant},
};

use fastrand::Rng;
use infer::queue::GrantId;
use wire::DeviceId;

use choose::Cached;
use model::ModelName;
use place::Place;
pub use place::{Able, Capability, Offered};
use pursuit::Pursuit;
use speed::Lengths;
use why::{Failure, FailureReason, Problem, Refused, Why};

/// Requests of this machine that wait at the same time. A person has a few, a
/// program that does not stop asking hears of it.
const MOST_WAITING: usize = 64;

/// Conversations of which it is remembered where they were held last.
const MOST_CACHED: usize = 256;

/// One question until it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u64);

/// Tells conversations apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conversation(pub [u8; 16]);

impl Conversation {
    /// Whoever asks calls it so. Two that become one here by chance only share
    /// where they are thought to be in memory.
    pub fn named(name: &str) -> Self {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, name).hash(&mut hasher);
            hasher.finish().to_be_bytes()
        };
        let mut id = [0; 16];
        let (left, right) = id.split_at_mut(8);
        left.copy_from_slice(&half(0));
        right.copy_from_slice(&half(1));
        Self(id)
    }
}

/// What somebody wants to have answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// None: the best there is.
    pub model: Option<ModelName>,
    pub place: Where,
    pub conversation: Option<Conversation>,
    pub prompt_tokens: u64,
    /// Where one can know how long the answer becomes: the former answer to the
    /// same question.
    pub expected_tokens: Option<u64>,
    pub most_tokens: Option<u64>,
    /// There are pictures in it.
    pub shows: bool,
    /// The person agreed that this model runs outside of the network.
    pub may_leave_lan: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    Auto,
    Here,
    On(DeviceId),
}

/// What the person of this machine chose for all requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// This machine never asks others.
    pub private: bool,
    /// This machine first whenever it can answer; others where it cannot, or
    /// has no slot.
    pub prefer_here: bool,
    pub default_model: Option<ModelName>,
}

/// What a machine says when it is asked for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Granted(GrantId),
    /// It is in line there and will be called.
    Busy {
        ahead: usize,
        eta: Duration,
    },
    Refused(Refused),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask for a slot; or, with a number that was asked already, how the line
    /// moved.
    Ask {
        request: RequestId,
        device: DeviceId,
        number: u64,
        model: ModelName,
        prompt_tokens: u64,
        tokens: u64,
    },
    /// Whatever was asked there under this number is not wanted any more.
    Withdraw { device: DeviceId, number: u64 },
    Open {
        request: RequestId,
        device: DeviceId,
        model: ModelName,
        grant: GrantId,
        carry: Carry,
    },
    /// The stream of this request is of no further use.
    Close {
        request: RequestId,
        device: DeviceId,
    },
    /// It stands in line, the best place first.
    Waits {
        request: RequestId,
        lines: Vec<InLine>,
    },
    Failed {
        request: RequestId,
        failure: Failure,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InLine {
    pub device: DeviceId,
    pub ahead: usize,
    pub eta: Duration,
}

/// What becomes of the words that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carry {
    /// There are none.
    Nothing,
    /// The model goes on after them.
    Continue,
    /// They stay as an attempt, and the answer begins anew beside them.
    Restart,
}

#[derive(Debug)]
pub struct Router {
    here: DeviceId,
    settings: Settings,
    rng: Rng,
    places: BTreeMap<DeviceId, Place>,
    pursuits: BTreeMap<RequestId, Pursuit>,
    /// The last one first.
    cached: VecDeque<(Conversation, Cached)>,
    lengths: Lengths,
    numbers: u64,
    effects: VecDeque<Effect>,
}

impl Router {
    /// `seed`: for chance among equals.
    pub fn new(here: DeviceId, settings: Settings, seed: u64) -> Self {
        Self {
            here,
            settings,
            rng: Rng::with_seed(seed),
            places: BTreeMap::new(),
            pursuits: BTreeMap::new(),
            cached: VecDeque::new(),
            lengths: Lengths::default(),
            numbers: 0,
            effects: VecDeque::new(),
        }
    }

    pub fn set_settings(&mut self, settings: Settings, now: Instant) {
        self.settings = settings;
        self.wake(now);
    }

    /// What a machine offers, this one among them. Whoever waits looks again.
    pub fn offers(&mut self, device: DeviceId, capability: Capability, now: Instant) {
        match self.places.get_mut(&device) {
            Some(place) => place.says(capability, now),
            None => {
                let place = Place::new(device, capability, now);
                self.places.insert(device, place);
            }
        }
        self.wake(now);
    }

    /// A machine cannot be asked any more. A stream to it lives as long as it
    /// lives.
    pub fn is_gone(&mut self, device: DeviceId, now: Instant) {
        self.places.remove(&device);
        for pursuit in self.pursuits.values_mut() {
            pursuit.leaves_line(device);
        }
        self.wake(now);
    }

    pub fn submit(&mut self, wish: Wish, now: Instant) -> RequestId {
        self.numbers += 1;
        let request = RequestId(self.numbers);
        let waiting = self.pursuits.values().filter(|other| other.is_seeking());
        if waiting.count() >= MOST_WAITING {
            let failure = Failure {
                reason: FailureReason::TooManyHere,
                why: Why::default(),
            };
            self.effects.push_back(Effect::Failed { request, failure });
        } else {
            self.pursuits.insert(request, Pursuit::new(wish, now));
            self.seek(request, now);
        }
        request
    }

    /// What a machine said to [`Effect::Ask`]; a grant may come much later.
    pub fn answered(&mut self, device: DeviceId, number: u64, said: Admission, now: Instant) {
        let asked_by = self
            .pursuits
            .iter()
            .find(|(_, pursuit)| pursuit.asked_there(device, number))
            .map(|(request, _)| *request);
        let Some(request) = asked_by else {
            // Nobody wants it any more, and it must not stay reserved.
            if matches!(said, Admission::Granted(_) | Admission::Busy { .. }) {
                self.effects.push_back(Effect::Withdraw { device, number });
            }
            return;
        };
        match said {
            Admission::Granted(grant) => self.opens(request, device, grant, now),
            Admission::Busy { ahead, eta } => {
                self.trial_says_nothing(device);
                let Some(pursuit) = self.pursuits.get_mut(&request) else {
                    return;
                };
                pursuit.stands_in_line(device, ahead, eta, now);
                self.seek(request, now);
            }
            Admission::Refused(refused) => {
                self.trial_says_nothing(device);
                let Some(pursuit) = self.pursuits.get_mut(&request) else {
                    return;
                };
                pursuit.was_refused(device, refused, now);
                self.seek(request, now);
            }
        }
    }

    /// A frame came over the stream, perhaps without a word in it.
    pub fn frame(&mut self, request: RequestId, device: DeviceId, has_text: bool, now: Instant) {
        let Some(pursuit) = self.pursuits.get_mut(&request) else {
            return;
        };
        if pursuit.heard_from(device, has_text, now) && has_text {
            self.succeeded(device);
        }
    }

    /// The stream of this request ended too early. It goes on elsewhere.
    pub fn lost(&mut self, request: RequestId, device: DeviceId, problem: Problem, now: Instant) {
        let Some(pursuit) = self.pursuits.get_mut(&request) else {
            return;
        };
        if pursuit.serves(device) {
            // Its person may end it; that is no failure.
            let failed = problem != Problem::Stopped;
            pursuit.lost(device, problem);
            if failed {
                self.failed(device, now);
            } else {
                self.trial_says_nothing(device);
            }
            self.seek(request, now);
        }
    }

    /// The answer is complete, after so many tokens.
    pub fn finished(&mut self, request: RequestId, device: DeviceId, tokens: u64, now: Instant) {
        let serves = |pursuit: &Pursuit| pursuit.serves(device);
        if !self.pursuits.get(&request).is_some_and(serves) {
            return;
        }
        self.succeeded(device);
        let Some((wish, model)) = self.pursuits.remove(&request).and_then(Pursuit::served) else {
            return;
        };
        self.lengths.finished(&model, tokens, now);
        if let Some(conversation) = wish.conversation {
            self.cached.retain(|(other, _)| *other != conversation);
            let tokens = wish.prompt_tokens + tokens;
            let cached = Cached {
                device,
                model,
                tokens,
            };
            self.cached.push_front((conversation, cached));
            self.cached.truncate(MOST_CACHED);
        }
    }

    /// Nobody wants the answer any more.
    pub fn cancel(&mut self, request: RequestId) {
        if let Some(pursuit) = self.pursuits.remove(&request) {
            self.withdraw_all(&pursuit);
            if let Some(device) = pursuit.open_at() {
                self.trial_says_nothing(device);
                self.effects.push_back(Effect::Close { request, device });
            }
        }
    }

    /// Why it goes where it goes, as long as it is not done.
    pub fn why(&self, request: RequestId) -> Option<&Why> {
        self.pursuits.get(&request).map(|pursuit| &pursuit.why)
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pursuits.values().map(Pursuit::wakes_at).min()
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        let due = self.pursuits.iter();
        let due = due.filter(|(_, pursuit)| pursuit.wakes_at() <= now);
        let due: Vec<RequestId> = due.map(|(request, _)| *request).collect();
        for request in due {
            self.look_after(request, now);
        }
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn succeeded(&mut self, device: DeviceId) {
        if let Some(place) = self.places.get_mut(&device) {
            place.breaker.succeeded();
        }
    }

    fn failed(&mut self, device: DeviceId, now: Instant) {
        if let Some(place) = self.places.get_mut(&device) {
            place.breaker.failed(now);
        }
    }

    fn trial_says_nothing(&mut self, device: DeviceId) {
        if let Some(place) = self.places.get_mut(&device) {
            place.breaker.says_nothing();
        }
    }
}
