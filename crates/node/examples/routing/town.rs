//! Unequal machines, and what is asked of them: the same for every policy.

use std::time::Duration;

use fastrand::Rng;
use node::router::{
    Able, Conversation, Offered,
    speed::{DeviceClass, Speed},
};

const GB: u64 = 1_000_000_000;

/// Name, bytes, how often people ask for it in a hundred times.
const MODELS: [(&str, u64, u32); 5] = [
    ("tiny:1b", 13 * GB / 10, 10),
    ("small:3b", 2 * GB, 27),
    ("usual:8b", 5 * GB, 40),
    ("good:14b", 9 * GB, 16),
    ("great:32b", 20 * GB, 7),
];

/// Slots that work at the same time slow each other down by so much.
pub(crate) const CROWDING: f64 = 0.12;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Plan {
    pub(crate) machines: usize,
    /// Of what all of them together can do.
    pub(crate) load: f64,
    /// Until what happens is counted.
    pub(crate) learns: Duration,
    pub(crate) lasts: Duration,
    pub(crate) seed: u64,
    /// How many times as much as everybody else the first person asks.
    pub(crate) greed: f64,
}

pub(crate) struct Town {
    pub(crate) machines: Vec<Truth>,
    pub(crate) questions: Vec<Question>,
    pub(crate) persons: usize,
}

/// How a machine really is.
pub(crate) struct Truth {
    pub(crate) person: usize,
    pub(crate) class: DeviceClass,
    pub(crate) slots: usize,
    pub(crate) memory: u64,
    /// How much faster than machines of its class usually are.
    pub(crate) factor: f64,
    pub(crate) models: Vec<Model>,
}

#[derive(Clone, Copy)]
pub(crate) struct Model {
    pub(crate) kind: usize,
    pub(crate) resident: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) at: Duration,
    pub(crate) machine: usize,
    pub(crate) kind: usize,
    pub(crate) conversation: u64,
    pub(crate) prompt: u64,
    pub(crate) tokens: u64,
}

impl Town {
    pub(crate) fn new(plan: Plan) -> Self {
        let mut rng = Rng::with_seed(plan.seed);
        let machines = machines(plan.machines, &mut rng);
        let persons = machines.iter().map(|machine| machine.person + 1).max();
        let mut town = Self {
            machines,
            questions: Vec::new(),
            persons: persons.unwrap_or_default(),
        };
        let per_second = plan.load * town.capacity();
        town.questions = questions(plan, per_second, &town.machines, &mut rng);
        town
    }

    /// Questions in a second that all machines together can answer: each kind is
    /// dealt out in small portions to whoever is least busy with it.
    fn capacity(&self) -> f64 {
        const PORTIONS: usize = 2000;
        let mut busy = vec![0.0_f64; self.machines.len()];
        for portion in 0..PORTIONS {
            // The kinds that few machines have come first.
            let place = portion * 100 / PORTIONS;
            let mut before = 0;
            let mut kind = 0;
            for (number, (_, _, share)) in MODELS.iter().enumerate().rev() {
                if (before..before + *share as usize).contains(&place) {
                    kind = number;
                }
                before += *share as usize;
            }
            let takes = |machine: &Truth| {
                let crowd = machine.for_others() as f64;
                let seconds = machine.seconds(kind, MEAN_PROMPT, MEAN_TOKENS, machine.for_others());
                seconds / crowd / PORTIONS as f64
            };
            let able = self.machines.iter().zip(&mut busy);
            let able = able.filter(|(machine, _)| machine.has(kind));
            let least = able.min_by(|(one, busy), (other, busier)| {
                (**busy + takes(one)).total_cmp(&(**busier + takes(other)))
            });
            if let Some((machine, busy)) = least {
                *busy += takes(machine);
            }
        }
        1.0 / busy.into_iter().fold(f64::MIN_POSITIVE, f64::max)
    }
}

/// What a question of the trace takes in the middle.
const MEAN_PROMPT: u64 = 500;
const MEAN_TOKENS: u64 = 260;

impl Truth {
    pub(crate) fn has(&self, kind: usize) -> bool {
        self.models.iter().any(|model| model.kind == kind)
    }

    /// One slot is kept for its own person where there are several.
    pub(crate) fn for_others(&self) -> usize {
        self.slots.saturating_sub(1).max(1)
    }

    /// With so many at work at the same time.
    pub(crate) fn speed(&self, kind: usize, crowd: usize) -> Speed {
        let guess = Speed::guess(self.class, bytes(kind));
        let others = crowd.saturating_sub(1) as f64;
        let factor = self.factor / (1.0 + CROWDING * others);
        Speed {
            prefill: guess.prefill * factor,
            decode: guess.decode * factor,
            load: guess.load.div_f64(self.factor),
        }
    }

    pub(crate) fn seconds(&self, kind: usize, prompt: u64, tokens: u64, crowd: usize) -> f64 {
        let speed = self.speed(kind, crowd);
        prompt as f64 / speed.prefill + tokens as f64 / speed.decode
    }

    pub(crate) fn offered(&self, model: Model, resident: bool, speed: Speed) -> Option<Offered> {
        let (name, bytes, _) = MODELS.get(model.kind)?;
        Some(Offered {
            name: name.parse().ok()?,
            digest: None,
            bytes: *bytes,
            parameters: None,
            context: 32_000,
            chats: true,
            able: Able::default(),
            resident,
            continues: true,
            leaves_lan: false,
            speed: Some(speed),
        })
    }
}

pub(crate) fn name(kind: usize) -> &'static str {
    MODELS.get(kind).map_or("", |(name, _, _)| name)
}

pub(crate) fn bytes(kind: usize) -> u64 {
    MODELS.get(kind).map_or(1, |(_, bytes, _)| *bytes)
}

pub(crate) fn conversation(number: u64) -> Conversation {
    Conversation(u128::from(number).to_le_bytes())
}

/// A quarter are laptops that only ask, the rest from old machines to servers.
fn machines(count: usize, rng: &mut Rng) -> Vec<Truth> {
    use DeviceClass::{Graphics, LargeGraphics, Modest, Processor, Unified};
    let classes = [
        LargeGraphics,
        Modest,
        Graphics,
        Unified,
        Modest,
        Processor,
        Graphics,
        Unified,
    ];
    let machine = |number: usize| {
        let class = classes
            .get(number % classes.len())
            .copied()
            .unwrap_or(Modest);
        let (slots, memory, kinds): (_, _, &[usize]) = match class {
            Modest => (1, 3, &[]),
            Processor => (1, 8, &[0, 1, 2]),
            Unified => (2, 20, &[1, 2, 3]),
            Graphics => (3, 16, &[0, 1, 2, 3]),
            LargeGraphics => (5, 48, &[1, 2, 3, 4]),
        };
        let memory = memory * GB;
        // What people use most is loaded, as far as it fits.
        let mut left = memory;
        let mut by_use: Vec<usize> = kinds.to_vec();
        by_use.sort_by_key(|kind| {
            MODELS
                .get(*kind)
                .map(|(_, _, share)| std::cmp::Reverse(*share))
        });
        let mut models = Vec::new();
        for kind in by_use {
            let resident = bytes(kind) <= left;
            if resident {
                left -= bytes(kind);
            }
            models.push(Model { kind, resident });
        }
        Truth {
            // Some persons have two machines.
            person: number * 4 / 5,
            class,
            slots,
            memory,
            factor: 0.5 + 1.1 * rng.f64(),
            models,
        }
    };
    (0..count).map(machine).collect()
}

/// Conversations of several turns, in waves of a few minutes.
fn questions(plan: Plan, per_second: f64, machines: &[Truth], rng: &mut Rng) -> Vec<Question> {
    const TURNS: f64 = 3.0;
    const WAVE: f64 = 240.0;
    let lasts = plan.lasts.as_secs_f64();
    let mut questions = Vec::new();
    let (mut at, mut conversation) = (0.0, 0);
    // The conversations that are under way when the day begins.
    at -= 120.0;
    while at < lasts {
        let wave = 1.0 + 0.25 * (at / WAVE * std::f64::consts::TAU).sin();
        at += exponential(rng, TURNS / (per_second * wave));
        conversation += 1;
        let asks = asker(plan.greed, machines, rng);
        let kind = weighted(MODELS.map(|(_, _, share)| f64::from(share)), rng);
        let mut prompt = lognormal(rng, 150.0, 0.9, 6000);
        let mut turn_at = at;
        while turn_at < lasts {
            let tokens = lognormal(rng, 200.0, 0.7, 1500);
            if turn_at >= 0.0 {
                questions.push(Question {
                    at: Duration::from_secs_f64(turn_at),
                    machine: asks,
                    kind,
                    conversation,
                    prompt,
                    tokens,
                });
            }
            if rng.f64() < 1.0 / TURNS {
                break;
            }
            prompt = (prompt + tokens + lognormal(rng, 40.0, 0.8, 1000)).min(20_000);
            turn_at += 15.0 + exponential(rng, 25.0);
        }
    }
    questions.sort_by_key(|question| question.at);
    questions
}

fn asker(greed: f64, machines: &[Truth], rng: &mut Rng) -> usize {
    let weights = machines.iter();
    let weights = weights.map(|machine| if machine.person == 0 { greed } else { 1.0 });
    weighted(weights, rng)
}

fn weighted(weights: impl IntoIterator<Item = f64>, rng: &mut Rng) -> usize {
    let weights: Vec<f64> = weights.into_iter().collect();
    let mut left = rng.f64() * weights.iter().sum::<f64>();
    for (number, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return number;
        }
    }
    weights.len().saturating_sub(1)
}

fn exponential(rng: &mut Rng, mean: f64) -> f64 {
    -mean * (1.0 - rng.f64()).ln()
}

fn lognormal(rng: &mut Rng, median: f64, sigma: f64, most: u64) -> u64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    let normal = radius * (std::f64::consts::TAU * rng.f64()).cos();
    let value = median * (sigma * normal).exp();
    (value.max(5.0) as u64).min(most)
}
