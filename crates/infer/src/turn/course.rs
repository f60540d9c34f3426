use std::time::Duration;

use tokio::time::Instant;

use crate::{Done, DoneReason, Event, Failure, Limit, Phase, Statistics};

/// What an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the first piece: a model is brought from a disk that sleeps, and
    /// then reads a long conversation.
    pub first: Duration,
    /// Between two pieces: a server that collects the call of a tool says
    /// nothing meanwhile.
    pub silence: Duration,
    pub total: Duration,
    /// The answer ends there as one that has reached its length.
    pub tokens: u32,
    /// Bytes of text.
    pub bytes: usize,
}

/// The course of one answer.
#[derive(Debug)]
pub struct Course {
    limits: Limits,
    began: Instant,
    first: Option<Instant>,
    last: Instant,
    pieces: u32,
    bytes: usize,
    done: Option<Statistics>,
}

/// How an answer went, so far or as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// From the question to the first piece.
    pub first_piece: Option<Duration>,
    /// From the question to the last piece that came.
    pub took: Duration,
    /// Nearly always one for each token.
    pub pieces: u32,
    pub bytes: usize,
    /// What the server measured, once it was done; completed by what was seen
    /// from here where it does not say.
    pub statistics: Option<Statistics>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    GoOn,
    Last,
    /// Complete, because there may be no more of it.
    Enough(Done),
    TooLong(Limit),
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Twice what Ollama grants the loading of a model.
            first: Duration::from_secs(600),
            silence: Duration::from_secs(120),
            total: Duration::from_secs(3600),
            tokens: u32::MAX,
            // A thick book.
            bytes: 16 * 1024 * 1024,
        }
    }
}

impl Course {
    pub fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            began: now,
            first: None,
            last: now,
            pieces: 0,
            bytes: 0,
            done: None,
        }
    }

    /// When something must have come.
    pub fn deadline(&self) -> Instant {
        let patience = match self.first {
            None => self.limits.first,
            Some(_) => self.limits.silence,
        };
        (self.last + patience).min(self.began + self.limits.total)
    }

    /// Why it is over, when the deadline has passed.
    pub fn overdue(&self, now: Instant) -> Failure {
        if now >= self.began + self.limits.total {
            return Failure::AnswerTooLong { limit: Limit::Time };
        }
        Failure::Silent {
            after: now.saturating_duration_since(self.last),
        }
    }

    pub(super) fn take(&mut self, event: &Event, now: Instant) -> Verdict {
        if let Event::Done(done) = event {
            self.last = now;
            self.done = Some(done.statistics);
            return Verdict::Last;
        }
        if self.pieces >= self.limits.tokens {
            self.done = Some(Statistics::default());
            return Verdict::Enough(Done {
                reason: DoneReason::Length,
                statistics: self.report().statistics.unwrap_or_default(),
            });
        }
        self.bytes = self.bytes.saturating_add(size(event));
        if self.bytes > self.limits.bytes {
            return Verdict::TooLong(Limit::Bytes);
        }
        self.pieces += 1;
        self.first.get_or_insert(now);
        self.last = now;
        Verdict::GoOn
    }

    pub fn report(&self) -> Report {
        Report {
            first_piece: self.first.map(|first| first - self.began),
            took: self.last - self.began,
            pieces: self.pieces,
            bytes: self.bytes,
            statistics: self.done.map(|told| Statistics {
                decode: told.decode.map_or_else(
                    || self.decoded(self.pieces),
                    |phase| {
                        Some(Phase {
                            time: phase.time.or_else(|| self.decoded(phase.tokens)?.time),
                            ..phase
                        })
                    },
                ),
                total: told.total.or(Some(self.last - self.began)),
                ..told
            }),
        }
    }

    /// As seen from here. Without a second piece there is no time to see.
    fn decoded(&self, tokens: u32) -> Option<Phase> {
        let first = self.first?;
        let seen = self.last - first;
        // Between n tokens lie n - 1 intervals.
        let intervals = tokens.checked_sub(1).filter(|intervals| *intervals > 0);
        Some(Phase {
            tokens,
            time: intervals.map(|intervals| seen * tokens / intervals),
        })
    }
}

fn size(event: &Event) -> usize {
    match event {
        Event::Text { text } | Event::Thinking { text } => text.len(),
        Event::ToolCall { call } => {
            let of_arguments: usize = call
                .arguments
                .iter()
                .map(|(name, value)| name.len() + value.to_string().len())
                .sum();
            call.name.len() + of_arguments
        }
        Event::Done(_) => 0,
    }
}
