//! One answer from its first moment to its last: what it may take, and how fast
//! it was.
//!
//! [`Course`] is the pure part. It is told of every piece and of the time, and
//! says when a limit is reached. [`Turn`] reads a stream under it.

mod course;

use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

pub use course::{Course, Limits, Report};

use crate::{Event, Events, Failure};
use course::Verdict;

/// An answer that is being read, within limits. Dropping it stops the server.
pub struct Turn {
    /// Gone with the last event.
    events: Option<Events>,
    course: Course,
}

impl Turn {
    /// Time runs from now on.
    pub fn new(events: Events, limits: Limits) -> Self {
        Self {
            events: Some(events),
            course: Course::new(limits, Instant::now()),
        }
    }

    /// The next piece; nothing after [`Event::Done`] or a failure.
    pub async fn next(&mut self) -> Option<Result<Event, Failure>> {
        let events = self.events.as_mut()?;
        let next = timeout_at(self.course.deadline(), events.next()).await;
        let now = Instant::now();
        let outcome = match next {
            Ok(Some(Ok(event))) => match self.course.take(&event, now) {
                Verdict::GoOn => return Some(Ok(event)),
                Verdict::Last => Ok(event),
                Verdict::Enough(done) => Ok(Event::Done(done)),
                Verdict::TooLong(limit) => Err(Failure::AnswerTooLong { limit }),
            },
            Ok(Some(Err(failure))) => Err(failure),
            Ok(None) => Err(Failure::BrokeOff {
                reason: "it ended before it was done".to_owned(),
            }),
            Err(_) => Err(self.course.overdue(now)),
        };
        self.events = None;
        Some(outcome)
    }

    /// How it went so far.
    pub fn report(&self) -> Report {
        self.course.report()
    }
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turn")
            .field("course", &self.course)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
