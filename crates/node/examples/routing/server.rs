//! A machine that answers: the real queue, and a model server that takes its
//! time.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use infer::queue::{Asker, Limits, Queue, Ticket};
use node::router::{
    Capability, Offered,
    speed::{Speeds, Statistics},
};
use wire::DeviceId;

use crate::town::{self, Truth};

pub(crate) struct Server {
    pub(crate) truth: Truth,
    pub(crate) queue: Queue<usize, DeviceId>,
    speeds: Speeds,
    /// Kinds in memory, the one used last at the end.
    resident: VecDeque<usize>,
    /// Conversations that are still in memory, by kind and number.
    cached: VecDeque<(usize, u64)>,
    running: BTreeMap<Ticket<DeviceId>, usize>,
}

/// How a generation will go.
pub(crate) struct Course {
    pub(crate) begins: Duration,
    pub(crate) ends: Duration,
    pub(crate) cold: bool,
    pub(crate) statistics: Statistics,
}

impl Server {
    pub(crate) fn new(truth: Truth, device: DeviceId, limits: Limits, now: Instant) -> Self {
        let here = Asker {
            person: truth.person,
            device,
        };
        let mut queue = Queue::new(here, limits);
        queue.share(now);
        let resident = truth.models.iter().filter(|model| model.resident);
        Self {
            resident: resident.map(|model| model.kind).collect(),
            speeds: Speeds::new(truth.class),
            cached: VecDeque::new(),
            running: BTreeMap::new(),
            queue,
            truth,
        }
    }

    /// What it tells the others; with the truth, what nobody could know.
    pub(crate) fn capability(&self, truth: bool, now: Instant) -> Capability {
        let offered = self.truth.models.iter().filter_map(|model| {
            let speed = if truth {
                self.truth.speed(model.kind, self.running.len() + 1)
            } else {
                let name = town::name(model.kind).parse().ok()?;
                self.speeds.of(&name, town::bytes(model.kind))
            };
            let resident = self.resident.contains(&model.kind);
            self.truth.offered(*model, resident, speed)
        });
        let models: Vec<Offered> = offered.collect();
        let mut load = self.queue.load(now);
        if models.is_empty() {
            load.slots = 0;
        }
        Capability {
            class: self.truth.class,
            load,
            models,
            on_battery: false,
            owner_busy: false,
            permitted: true,
        }
    }

    /// How long it thinks that such a request takes.
    pub(crate) fn thinks(&self, kind: usize, prompt: u64, tokens: u64) -> Duration {
        let speed = town::name(kind).parse();
        let speed = speed.map(|name| self.speeds.of(&name, town::bytes(kind)));
        let Ok(speed) = speed else {
            return Duration::ZERO;
        };
        let loads = match self.resident.contains(&kind) {
            true => Duration::ZERO,
            false => speed.load,
        };
        let seconds = prompt as f64 / speed.prefill + tokens as f64 / speed.decode;
        loads + Duration::from_secs_f64(seconds)
    }

    pub(crate) fn knows(&self, kind: usize, prompt: u64, tokens: u64) -> Duration {
        let crowd = self.running.len().min(self.truth.slots - 1) + 1;
        Duration::from_secs_f64(self.truth.seconds(kind, prompt, tokens, crowd))
    }

    pub(crate) fn begin(
        &mut self,
        ticket: Ticket<DeviceId>,
        question: &town::Question,
        noise: f64,
    ) -> Course {
        let kind = question.kind;
        self.running.insert(ticket, kind);
        let cold = !self.resident.contains(&kind);
        self.load(kind);
        let speed = self.truth.speed(kind, self.running.len());
        let key = (kind, question.conversation);
        // A turn adds to what is in memory from the turns before.
        let unread = match self.cached.iter().any(|cached| *cached == key) {
            true => question.prompt.min(80),
            false => question.prompt,
        };
        self.cached.retain(|cached| *cached != key);
        self.cached.push_back(key);
        while self.cached.len() > self.truth.slots {
            self.cached.pop_front();
        }
        let load_time = if cold { speed.load } else { Duration::ZERO };
        let prompt_time = Duration::from_secs_f64(unread as f64 / speed.prefill);
        let decode_time = question.tokens as f64 / speed.decode * noise;
        let decode_time = Duration::from_secs_f64(decode_time);
        Course {
            begins: load_time + prompt_time,
            ends: load_time + prompt_time + decode_time,
            cold,
            statistics: Statistics {
                prompt_tokens: unread,
                prompt_time,
                tokens: question.tokens,
                decode_time,
                load_time,
            },
        }
    }

    pub(crate) fn end(&mut self, ticket: Ticket<DeviceId>, statistics: &Statistics, now: Instant) {
        if let Some(kind) = self.running.remove(&ticket)
            && let Ok(name) = town::name(kind).parse()
        {
            let bytes = town::bytes(kind);
            self.speeds.finished(&name, bytes, statistics, now);
        }
        self.queue.generated(ticket, statistics.tokens);
        self.queue.finish(ticket, now);
    }

    /// Makes room by forgetting what was used longest ago and is idle.
    fn load(&mut self, kind: usize) {
        self.resident.retain(|other| *other != kind);
        let mut used: u64 = self.resident.iter().map(|kind| town::bytes(*kind)).sum();
        while used + town::bytes(kind) > self.truth.memory {
            let idle = |kind: &usize| !self.running.values().any(|running| running == kind);
            let Some(place) = self.resident.iter().position(idle) else {
                break;
            };
            if let Some(forgotten) = self.resident.remove(place) {
                used -= town::bytes(forgotten);
                self.cached.retain(|(cached, _)| *cached != forgotten);
            }
        }
        self.resident.push_back(kind);
    }
}
