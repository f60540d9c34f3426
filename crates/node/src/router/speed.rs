//! How fast models are: what was measured, and what is thought before that.
//!
//! The machine that answers measures itself, by the statistics its model server
//! gives at the end of each answer, and tells the others. So a machine that was
//! never asked by somebody is known to them nevertheless.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::model::ModelName;

/// What was measured counts for a third after so long: a machine that became
/// slow because somebody plays on it is noticed within minutes, and one odd
/// answer changes little.
const TAU: Duration = Duration::from_secs(600);

/// How many seconds of answering the first guess is worth. The second answer
/// says more than the guess.
const GUESS_SECONDS: f64 = 5.0;

/// Answers of people's chats have about this length.
const ANSWER: f64 = 300.0;

/// What a machine has to calculate with, which bounds what can be expected of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceClass {
    /// A few cores of an older or a small machine.
    Modest,
    Processor,
    /// Processor and graphics share a fast memory.
    Unified,
    Graphics,
    /// Graphics with room for models of 30 billion parameters and more.
    LargeGraphics,
}

/// How fast a machine is with one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Tokens of the prompt in a second.
    pub prefill: f64,
    /// Tokens of the answer in a second.
    pub decode: f64,
    pub load: Duration,
}

/// What a model server says at the end of an answer. Times it did not spend are
/// zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Without those it still had from last time.
    pub prompt_tokens: u64,
    pub prompt_time: Duration,
    pub tokens: u64,
    pub decode_time: Duration,
    pub load_time: Duration,
}

/// What a machine has learnt of itself.
#[derive(Debug, Clone)]
pub struct Speeds {
    class: DeviceClass,
    models: BTreeMap<ModelName, Measured>,
    /// By how much all of it was off, so that the guess for a model that never
    /// ran here is better than for a machine nobody knows.
    off: Mean,
}

/// How long answers become, by model. Whoever asks keeps this.
#[derive(Debug, Clone, Default)]
pub struct Lengths(BTreeMap<ModelName, Mean>);

#[derive(Debug, Clone, Copy)]
struct Measured {
    prefill: Mean,
    decode: Mean,
    load: Mean,
}

/// A quotient of two sums that fade.
#[derive(Debug, Clone, Copy)]
struct Mean {
    amount: f64,
    weight: f64,
    last: Option<Instant>,
}

impl DeviceClass {
    /// Bytes of memory that pass through in a second: each token reads the whole
    /// model once.
    fn memory(self) -> f64 {
        1e9 * match self {
            DeviceClass::Modest => 12.0,
            DeviceClass::Processor => 30.0,
            DeviceClass::Unified => 110.0,
            DeviceClass::Graphics => 280.0,
            DeviceClass::LargeGraphics => 700.0,
        }
    }

    /// How much faster a prompt is read than an answer written, because its
    /// tokens are calculated together.
    fn together(self) -> f64 {
        match self {
            DeviceClass::Modest => 4.0,
            DeviceClass::Processor => 6.0,
            DeviceClass::Unified => 12.0,
            DeviceClass::Graphics => 30.0,
            DeviceClass::LargeGraphics => 40.0,
        }
    }

    /// Bytes of a model that come from the disk in a second.
    fn disk(self) -> f64 {
        match self {
            DeviceClass::Modest => 0.3e9,
            DeviceClass::Processor => 0.8e9,
            DeviceClass::Unified | DeviceClass::Graphics | DeviceClass::LargeGraphics => 1.5e9,
        }
    }
}

impl Speed {
    /// What is thought of a machine of this class and a model of this size.
    pub fn guess(class: DeviceClass, bytes: u64) -> Self {
        let bytes = bytes.max(1) as f64;
        let decode = class.memory() / bytes;
        Self {
            prefill: decode * class.together(),
            decode,
            load: Duration::from_secs_f64(1.0 + bytes / class.disk()),
        }
    }

    fn times(self, factor: f64) -> Self {
        Self {
            prefill: self.prefill * factor,
            decode: self.decode * factor,
            load: self.load,
        }
    }

    /// Whether one can calculate with it: other machines say this of themselves.
    pub fn is_sane(&self) -> bool {
        let usual = 1e-3..1e7;
        usual.contains(&self.prefill) && usual.contains(&self.decode)
    }
}

impl Speeds {
    pub fn new(class: DeviceClass) -> Self {
        Self {
            class,
            models: BTreeMap::new(),
            off: Mean::of(1.0, GUESS_SECONDS),
        }
    }

    pub fn finished(
        &mut self,
        model: &ModelName,
        bytes: u64,
        statistics: &Statistics,
        now: Instant,
    ) {
        let guess = Speed::guess(self.class, bytes);
        let start = self.of(model, bytes);
        let measured = self
            .models
            .entry(model.clone())
            .or_insert_with(|| Measured {
                prefill: Mean::of(start.prefill, GUESS_SECONDS / 10.0),
                decode: Mean::of(start.decode, GUESS_SECONDS),
                load: Mean::of(start.load.as_secs_f64(), 1.0),
            });
        let Statistics {
            prompt_tokens,
            prompt_time,
            tokens,
            decode_time,
            load_time,
        } = *statistics;
        let (read, wrote) = (prompt_time.as_secs_f64(), decode_time.as_secs_f64());
        measured.prefill.add(prompt_tokens as f64, read, now);
        measured.decode.add(tokens as f64, wrote, now);
        if load_time > Duration::ZERO {
            measured.load.add(load_time.as_secs_f64(), 1.0, now);
        }
        // The answer alone: how fast prompts are read has more to do with their
        // length.
        if tokens > 0 {
            self.off.add(tokens as f64 / guess.decode, wrote, now);
        }
    }

    pub fn of(&self, model: &ModelName, bytes: u64) -> Speed {
        self.models.get(model).map_or_else(
            || Speed::guess(self.class, bytes).times(self.off.value()),
            |measured| Speed {
                prefill: measured.prefill.value(),
                decode: measured.decode.value(),
                load: Duration::try_from_secs_f64(measured.load.value()).unwrap_or_default(),
            },
        )
    }
}

impl Lengths {
    pub fn finished(&mut self, model: &ModelName, tokens: u64, now: Instant) {
        let mean = self
            .0
            .entry(model.clone())
            .or_insert_with(|| Mean::of(ANSWER, 2.0));
        mean.add(tokens as f64, 1.0, now);
    }

    pub fn expected(&self, model: &ModelName) -> u64 {
        let mean = self.0.get(model).map_or(ANSWER, Mean::value);
        mean.max(1.0) as u64
    }
}

impl Mean {
    fn of(value: f64, weight: f64) -> Self {
        Self {
            amount: value * weight,
            weight,
            last: None,
        }
    }

    fn add(&mut self, amount: f64, weight: f64, now: Instant) {
        if weight <= 0.0 {
            return;
        }
        if let Some(last) = self.last {
            let passed = now.saturating_duration_since(last).as_secs_f64();
            let left = (-passed / TAU.as_secs_f64()).exp();
            self.amount *= left;
            self.weight *= left;
        }
        self.last = Some(now);
        self.amount += amount;
        self.weight += weight;
    }

    fn value(&self) -> f64 {
        self.amount / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: u64 = 4_000_000_000;

    fn answer(tokens: u64, per_second: f64) -> Statistics {
        Statistics {
            tokens,
            decode_time: Duration::from_secs_f64(tokens as f64 / per_second),
            ..Statistics::default()
        }
    }

    fn model(name: &str) -> ModelName {
        name.parse().unwrap()
    }

    #[test]
    fn what_is_measured_replaces_the_guess() {
        let mut now = Instant::now();
        let mut speeds = Speeds::new(DeviceClass::Graphics);
        let guess = speeds.of(&model("a"), BYTES);
        assert!((guess.decode - 70.0).abs() < 1.0);
        for _ in 0..5 {
            speeds.finished(&model("a"), BYTES, &answer(300, 20.0), now);
            now += Duration::from_secs(60);
        }
        let measured = speeds.of(&model("a"), BYTES).decode;
        assert!((20.0..24.0).contains(&measured), "{measured}");
        // And says something about models that never ran here.
        let other = speeds.of(&model("b"), BYTES).decode;
        assert!((20.0..30.0).contains(&other), "{other}");
        assert!(speeds.of(&model("b"), BYTES / 4).decode > 3.0 * other);
    }

    #[test]
    fn a_machine_that_became_slow_is_noticed_and_one_odd_answer_is_not() {
        let mut now = Instant::now();
        let mut speeds = Speeds::new(DeviceClass::Graphics);
        let mut after = |answers, per_second| {
            for _ in 0..answers {
                speeds.finished(&model("a"), BYTES, &answer(200, per_second), now);
                now += Duration::from_secs(30);
            }
            speeds.of(&model("a"), BYTES).decode
        };
        assert!(after(40, 50.0) > 48.0);
        assert!(after(1, 25.0) > 40.0);
        assert!(after(20, 10.0) < 16.0);
    }

    #[test]
    fn a_measurement_stays_until_there_is_a_newer_one() {
        let start = Instant::now();
        let mut speeds = Speeds::new(DeviceClass::Modest);
        speeds.finished(&model("a"), BYTES, &answer(300, 9.0), start);
        let before = speeds.of(&model("a"), BYTES);
        speeds.finished(
            &model("a"),
            BYTES,
            &answer(300, 9.0),
            start + Duration::from_secs(86_400),
        );
        let after = speeds.of(&model("a"), BYTES);
        assert!((after.decode - 9.0).abs() < 0.01);
        assert!(before.decode < 9.0);
    }

    #[test]
    fn an_answer_that_took_no_time_says_nothing() {
        let now = Instant::now();
        let mut speeds = Speeds::new(DeviceClass::Unified);
        let before = speeds.of(&model("a"), BYTES);
        let nothing = Statistics::default();
        speeds.finished(&model("a"), BYTES, &nothing, now);
        assert_eq!(speeds.of(&model("a"), BYTES), before);
        assert!(before.is_sane());
    }

    #[test]
    fn answers_are_expected_to_be_as_long_as_they_were() {
        let now = Instant::now();
        let mut lengths = Lengths::default();
        assert_eq!(lengths.expected(&model("a")), 300);
        for _ in 0..20 {
            lengths.finished(&model("a"), 1000, now);
        }
        assert!(lengths.expected(&model("a")) > 900);
        assert_eq!(lengths.expected(&model("b")), 300);
    }
}
