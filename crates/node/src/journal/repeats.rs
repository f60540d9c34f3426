use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use super::Line;

/// A line that keeps coming is written again this often, so that a reader sees
/// that it still does.
const WINDOW: Duration = Duration::from_secs(60);

/// How many different lines are watched for repetition at a time.
const WATCHED: usize = 16;

/// Decides what is written when lines repeat: the first at once, then one line
/// with the count when its minute is over, when it left the watch, or at the end.
#[derive(Debug)]
pub(super) struct Repeats {
    watched: VecDeque<Watched>,
}

#[derive(Debug)]
struct Watched {
    /// Counts the repetitions that were held back.
    held: Line,
    written: SystemTime,
}

impl Repeats {
    pub(super) fn new() -> Self {
        Self {
            watched: VecDeque::new(),
        }
    }

    /// What to write now that `line` arrived.
    pub(super) fn pass(&mut self, line: &Line, now: SystemTime) -> Vec<Line> {
        let mut out = self.due(now);
        if let Some(known) = self
            .watched
            .iter_mut()
            .find(|known| same_words(&known.held, line))
        {
            known.held.at = line.at;
            known.held.count += line.count;
            return out;
        }
        if self.watched.len() == WATCHED {
            out.extend(self.watched.pop_front().and_then(Watched::summary));
        }
        let held = Line {
            count: 0,
            ..line.clone()
        };
        self.watched.push_back(Watched { held, written: now });
        out.push(line.clone());
        out
    }

    /// What is still held back, now that nothing more comes.
    pub(super) fn finish(&mut self) -> Vec<Line> {
        self.watched
            .drain(..)
            .filter_map(Watched::summary)
            .collect()
    }

    /// Counts whose minute is over. A clock that was set back also ends it.
    fn due(&mut self, now: SystemTime) -> Vec<Line> {
        let over = |watched: &Watched| {
            now.duration_since(watched.written)
                .map_or(true, |age| age >= WINDOW)
        };
        let (due, kept) = self.watched.drain(..).partition(over);
        self.watched = kept;
        VecDeque::into_iter(due)
            .filter_map(Watched::summary)
            .collect()
    }
}

impl Watched {
    fn summary(self) -> Option<Line> {
        (self.held.count > 0).then_some(self.held)
    }
}

/// Whether two lines differ in nothing but their time and count.
pub(super) fn same_words(one: &Line, other: &Line) -> bool {
    one.level == other.level
        && one.message == other.message
        && one.target == other.target
        && one.fields == other.fields
}
