//! Which machine, and with "Auto" which model.
//!
//! For every machine that comes into question it is estimated when the answer
//! would be complete: T = W (wait in its line) + L (loading the model) + P
//! (reading the prompt) + D (writing the answer). The smallest is best; what is
//! within a tenth of it is as good, and then the one that still has this
//! conversation in memory goes first, then this machine, then chance, so that a
//! crowd does not run to one place.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use fastrand::Rng;
use wire::DeviceId;

use super::{
    Settings, Where, Wish,
    model::{ModelDigest, ModelName},
    place::{Offered, Place},
    speed::Lengths,
    why::{Candidate, Dropped, Estimate, Fate, ModelRule, Why, millis},
};

/// What begins within this time is comfortable.
const BEGINS_WITHIN: u64 = 10_000;

/// Tokens in a second: about as fast as one reads.
const READS: f64 = 8.0;

/// Tokens that must be left of a context after the prompt.
const ROOM_TO_ANSWER: u64 = 300;

/// A conversation as a model server may still have it.
#[derive(Debug, Clone)]
pub(super) struct Cached {
    pub(super) device: DeviceId,
    pub(super) model: ModelName,
    pub(super) tokens: u64,
}

/// What a decision is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) here: DeviceId,
    pub(super) settings: &'a Settings,
    pub(super) wish: &'a Wish,
    /// The conversation as it was left.
    pub(super) cached: Option<&'a Cached>,
    /// What the request began with, if it did.
    pub(super) model: Option<&'a ModelName>,
    pub(super) lengths: &'a Lengths,
    /// Places this request need not ask again.
    pub(super) tried: &'a BTreeSet<DeviceId>,
    /// How long it will still wait where it stands in line.
    pub(super) lines: &'a BTreeMap<DeviceId, Duration>,
    pub(super) now: Instant,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    pub(super) device: DeviceId,
    pub(super) model: ModelName,
    pub(super) continues: bool,
    pub(super) tokens: u64,
    pub(super) estimate: Estimate,
    resident: bool,
    holds_cache: bool,
    greatness: u64,
    comfortable: bool,
}

/// The places in the order of preference, and why.
pub(super) fn rank(
    places: &BTreeMap<DeviceId, Place>,
    question: Question<'_>,
    rng: &mut Rng,
) -> (Vec<Choice>, Why) {
    let mut dropped = Vec::new();
    let mut open = Vec::new();
    for place in places.values() {
        match question.comes_into_question(place) {
            Ok(()) => open.push(place),
            Err(reason) => dropped.push((place.device, reason)),
        }
    }
    let (model, rule) = question.model_among(&open);
    let identity = model.as_ref().map(|model| Identity::of(model, places));
    let mut choices = Vec::new();
    for place in open {
        let best = identity
            .as_ref()
            .ok_or(Dropped::NoModel)
            .and_then(|identity| question.at(place, |offered| identity.is(offered)));
        match best {
            Ok(choice) => choices.push(choice),
            Err(reason) => dropped.push((place.device, reason)),
        }
    }
    question.order(&mut choices, rng);
    let scored = choices.iter().map(|choice| question.scored(choice));
    let dropped = dropped.into_iter().map(|(device, reason)| Candidate {
        device,
        model: None,
        fate: Fate::Dropped { reason },
    });
    let why = Why {
        candidates: scored.chain(dropped).collect(),
        rule: model.is_some().then_some(rule),
        model,
        chosen: None,
        tried: Vec::new(),
    };
    (choices, why)
}

/// A model under all its names.
struct Identity {
    name: ModelName,
    digests: BTreeSet<ModelDigest>,
}

impl Identity {
    fn of(name: &ModelName, places: &BTreeMap<DeviceId, Place>) -> Self {
        let offered = places.values().flat_map(|place| &place.capability.models);
        let same = offered.filter(|offered| offered.name == *name);
        Self {
            name: name.clone(),
            digests: same.filter_map(|offered| offered.digest.clone()).collect(),
        }
    }

    fn is(&self, offered: &Offered) -> bool {
        let digest = offered.digest.as_ref();
        offered.name == self.name || digest.is_some_and(|digest| self.digests.contains(digest))
    }
}

impl Question<'_> {
    fn comes_into_question(&self, place: &Place) -> Result<(), Dropped> {
        let local = place.device == self.here;
        let capability = &place.capability;
        let not_chosen = match self.wish.place {
            Where::Auto => false,
            Where::Here => !local,
            Where::On(device) => place.device != device,
        };
        if not_chosen {
            return Err(Dropped::NotChosen);
        }
        if !local && self.settings.private {
            return Err(Dropped::Private);
        }
        if !capability.permitted {
            return Err(Dropped::NotPermitted);
        }
        if let Some(left) = place.breaker.rests(self.now) {
            return Err(Dropped::Resting { left: millis(left) });
        }
        if self.tried.contains(&place.device) {
            return Err(Dropped::Tried);
        }
        // Whoever sits here knows how this machine is, and asked all the same.
        if !local && capability.on_battery {
            return Err(Dropped::OnBattery);
        }
        if !local && capability.owner_busy {
            return Err(Dropped::OwnerBusy);
        }
        if capability.load.slots == 0 {
            return Err(Dropped::NotShared);
        }
        Ok(())
    }

    /// The model that is wanted, and by which rule.
    fn model_among(&self, open: &[&Place]) -> (Option<ModelName>, ModelRule) {
        if let Some(named) = &self.wish.model {
            return (Some(named.clone()), ModelRule::Named);
        }
        let of_all = || open.iter().flat_map(|place| &place.capability.models);
        let is_there = |name: &&ModelName| {
            of_all().any(|offered| offered.name == **name && self.may_answer(offered).is_ok())
        };
        let before = self.model.or(self.cached.map(|cached| &cached.model));
        if let Some(before) = before.filter(is_there) {
            return (Some(before.clone()), ModelRule::Conversation);
        }
        if let Some(usual) = self.settings.default_model.as_ref().filter(is_there) {
            return (Some(usual.clone()), ModelRule::Default);
        }
        let here: Vec<&Place> = open
            .iter()
            .filter(|place| self.settings.prefer_here && place.device == self.here)
            .copied()
            .collect();
        let largest = self.largest_comfortable(&here);
        let largest = largest.or_else(|| self.largest_comfortable(open));
        match largest {
            Some(largest) => (Some(largest), ModelRule::LargestComfortable),
            None => (self.soonest(open), ModelRule::Soonest),
        }
    }

    fn largest_comfortable(&self, open: &[&Place]) -> Option<ModelName> {
        let comfortable = self.chat_models(open);
        comfortable
            .filter(|choice| choice.comfortable)
            .max_by_key(|choice| (choice.greatness, Reverse(choice.estimate)))
            .map(|choice| choice.model)
    }

    fn soonest(&self, open: &[&Place]) -> Option<ModelName> {
        let soonest = self.chat_models(open).min_by_key(|choice| choice.estimate);
        soonest.map(|choice| choice.model)
    }

    /// Every model made for conversations, at every place that may answer with it.
    fn chat_models(&self, open: &[&Place]) -> impl Iterator<Item = Choice> {
        open.iter().flat_map(|place| {
            let chats = place.capability.models.iter();
            chats
                .filter(|offered| offered.chats && self.may_answer(offered).is_ok())
                .map(|offered| self.estimate(place, offered))
        })
    }

    /// The best of the models there that are this one.
    fn at(&self, place: &Place, is: impl Fn(&Offered) -> bool) -> Result<Choice, Dropped> {
        let mut best: Option<Choice> = None;
        let mut reason = Dropped::NoModel;
        for offered in place.capability.models.iter().filter(|offered| is(offered)) {
            match self.may_answer(offered) {
                Ok(()) => {
                    let choice = self.estimate(place, offered);
                    if best
                        .as_ref()
                        .is_none_or(|best| choice.estimate < best.estimate)
                    {
                        best = Some(choice);
                    }
                }
                Err(dropped) => reason = dropped,
            }
        }
        best.ok_or(reason)
    }

    fn may_answer(&self, offered: &Offered) -> Result<(), Dropped> {
        if offered.leaves_lan && !(self.wish.may_leave_lan && self.wish.model.is_some()) {
            return Err(Dropped::LeavesLan);
        }
        // How long answers were lately is a guess, and keeps no prompt out that fits.
        if self.wish.shows && !offered.able.sees {
            return Err(Dropped::CannotSee);
        }
        let needs = self.wish.prompt_tokens + self.tokens(offered).min(ROOM_TO_ANSWER);
        if offered.context < needs {
            return Err(Dropped::ContextTooSmall {
                holds: offered.context,
                needs,
            });
        }
        Ok(())
    }

    /// How long the answer will probably be.
    fn tokens(&self, offered: &Offered) -> u64 {
        let expected = self.wish.expected_tokens;
        let expected = expected.unwrap_or_else(|| self.lengths.expected(&offered.name));
        expected.min(self.wish.most_tokens.unwrap_or(u64::MAX))
    }

    fn estimate(&self, place: &Place, offered: &Offered) -> Choice {
        let cached = self.cached.filter(|cached| {
            cached.device == place.device && cached.model == offered.name && offered.resident
        });
        let tokens = self.tokens(offered);
        let unread = self.wish.prompt_tokens;
        let unread = unread.saturating_sub(cached.map_or(0, |cached| cached.tokens));
        let speed = offered.speed(place.capability.class);
        let seconds = |tokens: u64, per_second: f64| {
            Duration::try_from_secs_f64(tokens as f64 / per_second).unwrap_or(Duration::MAX / 8)
        };
        let wait = self.lines.get(&place.device);
        let estimate = Estimate::new(
            wait.copied().unwrap_or_else(|| place.wait(self.now)),
            if offered.resident {
                Duration::ZERO
            } else {
                speed.load.min(Duration::MAX / 8)
            },
            seconds(unread, speed.prefill),
            seconds(tokens, speed.decode),
        );
        Choice {
            device: place.device,
            model: offered.name.clone(),
            continues: offered.continues,
            tokens,
            estimate,
            resident: offered.resident,
            holds_cache: cached.is_some(),
            greatness: offered.greatness(),
            comfortable: estimate.until_first_token() <= BEGINS_WITHIN && speed.decode >= READS,
        }
    }

    fn order(&self, choices: &mut [Choice], rng: &mut Rng) {
        choices.sort_by_key(|choice| choice.estimate);
        let Some(best) = choices.first().map(|choice| choice.estimate.total) else {
            return;
        };
        let as_good = choices.partition_point(|choice| choice.estimate.total <= best + best / 10);
        if let Some(as_good) = choices.get_mut(..as_good) {
            rng.shuffle(as_good);
            as_good.sort_by_key(|choice| Reverse((choice.holds_cache, choice.device == self.here)));
        }
        if self.settings.prefer_here {
            choices.sort_by_key(|choice| choice.device != self.here);
        }
    }

    fn scored(&self, choice: &Choice) -> Candidate {
        Candidate {
            device: choice.device,
            model: Some(choice.model.clone()),
            fate: Fate::Scored {
                estimate: choice.estimate,
                resident: choice.resident,
                holds_cache: choice.holds_cache,
                local: choice.device == self.here,
                waits: self.lines.contains_key(&choice.device),
            },
        }
    }
}
