//! One request on its way: who was asked, where it stands in line, who answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use infer::queue::GrantId;
use wire::DeviceId;

use super::{
    Carry, Effect, InLine, RequestId, Router, Wish,
    choose::{self, Choice, Question},
    model::ModelName,
    why::{Failure, FailureReason, Problem, Refused, Tried, Why},
};

/// On a local network an answer takes a few milliseconds; a machine that needs
/// longer is in trouble, and a person notices a quarter of a second.
const ANSWERS_WITHIN: Duration = Duration::from_millis(150);

/// Machines that are asked in vain before a request only waits.
const TRIES: u8 = 3;

/// Lines a request stands in at the same time. The first that calls it is taken:
/// how long others will take is known only roughly, and whoever stands in one
/// line alone stands in the wrong one now and then.
const LINES: usize = 4;

/// A line is worth standing in up to so many times the best estimate. With one
/// and a half, the time to the first token is a fifth longer than it could be;
/// beyond two nothing is won any more.
const WORTH_WAITING: u64 = 2;

/// How often a request asks how its line moved. It shows where it stands, and
/// notices a machine that forgot it.
const RENEWS: Duration = Duration::from_secs(5);

/// Two renewals without an answer, and some more for the way.
const FORGOTTEN: Duration = Duration::from_secs(12);

/// A machine whose line is full is asked again after so long. What it tells in
/// between changes nothing: a line that stays full would be asked at every news.
const LATER: Duration = Duration::from_secs(5);

/// Nobody sits before an empty answer for longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// A stream carries a frame every second, empty if need be.
const SILENCE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Pursuit {
    wish: Wish,
    since: Instant,
    phase: Phase,
    asked: Option<Asked>,
    lines: BTreeMap<DeviceId, Line>,
    /// Asked in vain since something changed.
    tries: u8,
    /// Places that failed it, or will not have it.
    tried: BTreeSet<DeviceId>,
    /// Places that may be asked again at that time.
    later: BTreeMap<DeviceId, Instant>,
    /// What it began with.
    model: Option<ModelName>,
    has_text: bool,
    pub(super) why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Seeking,
    Serving {
        device: DeviceId,
        model: ModelName,
        silent_at: Instant,
    },
}

#[derive(Debug)]
struct Asked {
    device: DeviceId,
    number: u64,
    choice: Choice,
    until: Instant,
}

#[derive(Debug)]
struct Line {
    number: u64,
    choice: Choice,
    ahead: usize,
    turn_at: Instant,
    renews_at: Instant,
    heard: Instant,
}

impl Pursuit {
    pub(super) fn new(wish: Wish, now: Instant) -> Self {
        Self {
            wish,
            since: now,
            phase: Phase::Seeking,
            asked: None,
            lines: BTreeMap::new(),
            tries: 0,
            tried: BTreeSet::new(),
            later: BTreeMap::new(),
            model: None,
            has_text: false,
            why: Why::default(),
        }
    }

    pub(super) fn is_seeking(&self) -> bool {
        self.phase == Phase::Seeking
    }

    pub(super) fn serves(&self, device: DeviceId) -> bool {
        self.open_at() == Some(device)
    }

    pub(super) fn open_at(&self) -> Option<DeviceId> {
        match &self.phase {
            Phase::Seeking => None,
            Phase::Serving { device, .. } => Some(*device),
        }
    }

    /// What was wanted, and what it was answered with.
    pub(super) fn served(self) -> Option<(Wish, ModelName)> {
        match self.phase {
            Phase::Seeking => None,
            Phase::Serving { model, .. } => Some((self.wish, model)),
        }
    }

    pub(super) fn asked_there(&self, device: DeviceId, number: u64) -> bool {
        let asked = self.asked.as_ref();
        asked.is_some_and(|asked| asked.device == device && asked.number == number)
            || self
                .lines
                .get(&device)
                .is_some_and(|line| line.number == number)
    }

    pub(super) fn leaves_line(&mut self, device: DeviceId) {
        self.lines.remove(&device);
        self.asked.take_if(|asked| asked.device == device);
    }

    pub(super) fn stands_in_line(
        &mut self,
        device: DeviceId,
        ahead: usize,
        eta: Duration,
        now: Instant,
    ) {
        if let Some(line) = self.lines.get_mut(&device) {
            line.ahead = ahead;
            line.turn_at = now + eta;
            line.heard = now;
        } else if let Some(asked) = self.asked.take_if(|asked| asked.device == device) {
            self.tries = self.tries.saturating_add(1);
            let line = Line {
                number: asked.number,
                choice: asked.choice,
                ahead,
                turn_at: now + eta,
                renews_at: now + RENEWS,
                heard: now,
            };
            self.lines.insert(device, line);
        }
    }

    pub(super) fn was_refused(&mut self, device: DeviceId, refused: Refused, now: Instant) {
        self.leaves_line(device);
        self.tries = self.tries.saturating_add(1);
        match refused {
            Refused::TooMany | Refused::Full => {
                self.later.insert(device, now + LATER);
            }
            Refused::NotShared | Refused::NotPermitted | Refused::NoModel | Refused::Unknown => {
                self.tried.insert(device);
            }
        }
        self.note(device, Problem::Refused { refused });
    }

    /// Whether that is where it is answered.
    pub(super) fn heard_from(&mut self, from: DeviceId, has_text: bool, now: Instant) -> bool {
        let Phase::Serving {
            device, silent_at, ..
        } = &mut self.phase
        else {
            return false;
        };
        if *device != from {
            return false;
        }
        *silent_at = now + SILENCE;
        self.has_text |= has_text;
        true
    }

    pub(super) fn lost(&mut self, device: DeviceId, problem: Problem) {
        self.phase = Phase::Seeking;
        self.tries = 0;
        self.tried.insert(device);
        self.note(device, problem);
    }

    pub(super) fn wakes_at(&self) -> Instant {
        match &self.phase {
            Phase::Serving { silent_at, .. } => *silent_at,
            Phase::Seeking => {
                let lines = self.lines.values();
                lines
                    .flat_map(|line| [line.renews_at, line.heard + FORGOTTEN])
                    .chain(self.asked.as_ref().map(|asked| asked.until))
                    .chain(self.later.values().copied())
                    .fold(self.since + PATIENCE, Instant::min)
            }
        }
    }

    /// Says once what is so; a place that refuses for minutes is not a hundred
    /// places.
    fn note(&mut self, device: DeviceId, problem: Problem) {
        let tried = Tried { device, problem };
        if self.why.tried.last() != Some(&tried) {
            self.why.tried.push(tried);
        }
    }
}

impl Router {
    /// Something changed, and whoever waits looks again, the eldest first.
    pub(super) fn wake(&mut self, now: Instant) {
        let seeking = self.pursuits.iter_mut();
        let seeking = seeking.filter(|(_, pursuit)| pursuit.is_seeking());
        let seeking: Vec<RequestId> = seeking
            .map(|(request, pursuit)| {
                pursuit.tries = 0;
                *request
            })
            .collect();
        for request in seeking {
            self.seek(request, now);
        }
    }

    /// Does what is best for a request that nobody answers yet.
    pub(super) fn seek(&mut self, request: RequestId, now: Instant) {
        let Some(pursuit) = self.pursuits.get_mut(&request) else {
            return;
        };
        if !pursuit.is_seeking() || pursuit.asked.is_some() {
            return;
        }
        let conversation = pursuit.wish.conversation;
        let cached = self.cached.iter();
        let mut cached = cached
            .filter(|(other, _)| Some(*other) == conversation)
            .map(|(_, cached)| cached);
        let left = |line: &Line| line.turn_at.saturating_duration_since(now);
        let lines: BTreeMap<DeviceId, Duration> = pursuit
            .lines
            .iter()
            .map(|(device, line)| (*device, left(line)))
            .collect();
        let tried = pursuit.tried.iter().chain(pursuit.later.keys());
        let tried: BTreeSet<DeviceId> = tried.copied().collect();
        let question = Question {
            here: self.here,
            settings: &self.settings,
            wish: &pursuit.wish,
            cached: cached.next_back(),
            model: pursuit.model.as_ref(),
            lengths: &self.lengths,
            tried: &tried,
            lines: &lines,
            now,
        };
        let (choices, why) = choose::rank(&self.places, question, &mut self.rng);
        pursuit.why = Why {
            tried: std::mem::take(&mut pursuit.why.tried),
            ..why
        };
        let Some(best) = choices.first() else {
            if pursuit.lines.is_empty() && pursuit.later.is_empty() {
                self.fail(request, FailureReason::NobodyLeft);
            }
            return;
        };
        let worth = best.estimate.total.saturating_mul(WORTH_WAITING);
        let next = choices
            .iter()
            .take_while(|choice| choice.estimate.total <= worth)
            .find(|choice| !lines.contains_key(&choice.device));
        match next {
            Some(next) if pursuit.tries < TRIES && pursuit.lines.len() < LINES => {
                let next = next.clone();
                self.ask(request, next, now);
            }
            Some(_) | None => self.tell_waiting(request, now),
        }
    }

    /// What is due.
    pub(super) fn look_after(&mut self, request: RequestId, now: Instant) {
        let Some(pursuit) = self.pursuits.get_mut(&request) else {
            return;
        };
        if let Phase::Serving {
            device, silent_at, ..
        } = pursuit.phase
        {
            if silent_at <= now {
                self.effects.push_back(Effect::Close { request, device });
                self.lost(request, device, Problem::Silent, now);
            }
            return;
        }
        if pursuit.since + PATIENCE <= now {
            return self.fail(request, FailureReason::WaitedTooLong);
        }
        let late = pursuit.asked.take_if(|asked| asked.until <= now);
        let late = late.map(|asked| (asked.device, asked.number));
        let lines = pursuit.lines.iter();
        let forgotten = lines.filter(|(_, line)| line.heard + FORGOTTEN <= now);
        let forgotten = forgotten.map(|(device, line)| (*device, line.number));
        let silent: Vec<(DeviceId, u64)> = forgotten.chain(late).collect();
        for (device, number) in &silent {
            pursuit.lines.remove(device);
            pursuit.tried.insert(*device);
            pursuit.tries = pursuit.tries.saturating_add(1);
            pursuit.note(*device, Problem::NoAnswer);
            self.effects.push_back(Effect::Withdraw {
                device: *device,
                number: *number,
            });
        }
        pursuit.later.retain(|_, at| *at > now);
        let mut renews = false;
        for (device, line) in &mut pursuit.lines {
            if line.renews_at <= now {
                renews = true;
                line.renews_at = now + RENEWS;
                let effect = ask(request, *device, line.number, &line.choice, &pursuit.wish);
                self.effects.push_back(effect);
            }
        }
        if renews {
            pursuit.tries = 0;
        }
        for (device, _) in silent {
            self.failed(device, now);
        }
        self.seek(request, now);
    }

    fn ask(&mut self, request: RequestId, choice: Choice, now: Instant) {
        let Some(pursuit) = self.pursuits.get_mut(&request) else {
            return;
        };
        if let Some(place) = self.places.get_mut(&choice.device) {
            place.breaker.tries(now);
        }
        self.numbers += 1;
        let device = choice.device;
        let effect = ask(request, device, self.numbers, &choice, &pursuit.wish);
        self.effects.push_back(effect);
        pursuit.asked = Some(Asked {
            device,
            number: self.numbers,
            choice,
            until: now + ANSWERS_WITHIN,
        });
    }

    /// There is a slot.
    pub(super) fn opens(
        &mut self,
        request: RequestId,
        device: DeviceId,
        grant: GrantId,
        now: Instant,
    ) {
        let Some(mut pursuit) = self.pursuits.remove(&request) else {
            return;
        };
        let asked = pursuit.asked.take_if(|asked| asked.device == device);
        let in_line = || pursuit.lines.remove(&device).map(|line| line.choice);
        let choice = asked.map(|asked| asked.choice).or_else(in_line);
        self.withdraw_all(&pursuit);
        pursuit.asked = None;
        pursuit.lines.clear();
        if let Some(choice) = choice {
            let goes_on = choice.continues && pursuit.model == pursuit.why.model;
            let carry = match pursuit.has_text {
                false => Carry::Nothing,
                true if goes_on => Carry::Continue,
                true => Carry::Restart,
            };
            pursuit.model.clone_from(&pursuit.why.model);
            pursuit.why.chosen = Some(device);
            pursuit.phase = Phase::Serving {
                device,
                model: choice.model.clone(),
                silent_at: now + SILENCE,
            };
            self.effects.push_back(Effect::Open {
                request,
                device,
                model: choice.model,
                grant,
                carry,
            });
        }
        self.pursuits.insert(request, pursuit);
    }

    pub(super) fn withdraw_all(&mut self, pursuit: &Pursuit) {
        let asked = pursuit
            .asked
            .iter()
            .map(|asked| (asked.device, asked.number));
        let lines = pursuit.lines.iter();
        let lines = lines.map(|(device, line)| (*device, line.number));
        for (device, number) in asked.chain(lines) {
            if let Some(place) = self.places.get_mut(&device) {
                place.breaker.says_nothing();
            }
            self.effects.push_back(Effect::Withdraw { device, number });
        }
    }

    fn fail(&mut self, request: RequestId, reason: FailureReason) {
        if let Some(pursuit) = self.pursuits.remove(&request) {
            self.withdraw_all(&pursuit);
            let failure = Failure {
                reason,
                why: pursuit.why,
            };
            self.effects.push_back(Effect::Failed { request, failure });
        }
    }

    fn tell_waiting(&mut self, request: RequestId, now: Instant) {
        let Some(pursuit) = self.pursuits.get(&request) else {
            return;
        };
        let lines = pursuit.lines.iter();
        let mut lines: Vec<InLine> = lines
            .map(|(device, line)| InLine {
                device: *device,
                ahead: line.ahead,
                eta: line.turn_at.saturating_duration_since(now),
            })
            .collect();
        lines.sort_by_key(|line| line.eta);
        self.effects.push_back(Effect::Waits { request, lines });
    }
}

fn ask(request: RequestId, device: DeviceId, number: u64, choice: &Choice, wish: &Wish) -> Effect {
    Effect::Ask {
        request,
        device,
        number,
        model: choice.model.clone(),
        prompt_tokens: wish.prompt_tokens,
        tokens: choice.tokens,
    }
}
