//! The log of a node, as a value that is handed in.
//!
//! Flow: a subscriber that carries [`Journal::layer`] turns every event into a
//! [`Line`]. A line goes to the ring that user interfaces read, to the terminal
//! ([`Journal::to_terminal`]) and to files ([`Journal::to_files`]). A line that
//! repeats within a minute is written once and counted, everywhere.
//!
//! Invariants: recording never blocks on anything but a short write and never
//! fails; a disk that refuses lines is told by [`Journal::file_trouble`] and the
//! other outputs go on. What people wrote to each other is never logged above
//! DEBUG, so neither the default files nor a report contain it.

mod files;
mod filter;
mod format;
mod layer;
mod repeats;

use std::{
    collections::{BTreeMap, VecDeque},
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Instant, SystemTime},
};

use tokio::sync::watch;
use tracing::Level;

pub use layer::JournalLayer;

use crate::{
    config::{LogFormat, LogLevel},
    last_hour::LastHour,
};
use files::LogFiles;
use filter::Filter;
use repeats::Repeats;

/// How many lines user interfaces can look back; a few hundred kilobytes at most.
const RECENT_LINES: usize = 500;

/// How far back in the ring a repetition is looked for: two or three parts that
/// complain in turns still collapse.
const REPEAT_REACH: usize = 16;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was last repeated.
    pub at: SystemTime,
    pub level: Level,
    /// The part of the program that speaks.
    pub target: String,
    pub message: String,
    pub fields: BTreeMap<String, String>,
    pub count: u64,
}

/// A log. Clones are the same log.
#[derive(Debug, Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

impl Journal {
    /// A log of its own. `directives` (the content of `RUST_LOG`) overrule every
    /// later [`Journal::set_level`].
    pub fn new(directives: Option<&str>) -> Self {
        let (trouble, _) = watch::channel(None);
        let outputs = Outputs {
            recent: VecDeque::new(),
            format: LogFormat::Human,
            terminal: None,
            files: None,
            errors: LastHour::new(),
        };
        let shared = Shared {
            started: Instant::now(),
            filter: RwLock::new(Filter::new(directives)),
            outputs: Mutex::new(outputs),
            trouble,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// What a tracing subscriber needs to feed this log.
    pub fn layer(&self) -> JournalLayer {
        JournalLayer::new(self.clone())
    }

    /// Also writes to `terminal`, with colours where it shows them.
    pub fn to_terminal(&self, terminal: impl Write + Send + 'static, colours: bool) {
        self.outputs().terminal = Some(Terminal {
            out: Box::new(terminal),
            colours,
            repeats: Repeats::new(),
        });
    }

    /// Also writes to a file per day in `folder` and keeps the latest `keep`.
    pub fn to_files(&self, folder: PathBuf, keep: usize) {
        let files = LogFiles::new(folder, keep);
        self.outputs().files = Some(FileOutput {
            files,
            repeats: Repeats::new(),
        });
    }

    /// Writes what is counted and leaves the files alone from now on.
    pub fn complete(&self) {
        self.outputs()
            .complete(SystemTime::now(), &self.shared.trouble);
    }

    /// What is recorded from now on, unless `RUST_LOG` said so.
    pub fn set_level(&self, level: LogLevel) {
        let changed = self
            .shared
            .filter
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .set_level(level);
        if changed {
            tracing::callsite::rebuild_interest_cache();
        }
    }

    /// How lines are written from now on.
    pub fn set_format(&self, format: LogFormat) {
        self.outputs().format = format;
    }

    /// How many files are kept from now on.
    pub fn set_keep_files(&self, keep: usize) {
        if let Some(output) = &mut self.outputs().files {
            output.files.set_keep(keep);
        }
    }

    /// The latest lines of at least this level, oldest first.
    pub fn recent(&self, level: Level, limit: usize) -> Vec<Line> {
        let outputs = self.outputs();
        let fitting = outputs
            .recent
            .iter()
            .rev()
            .filter(|line| line.level <= level)
            .take(limit);
        let mut lines: Vec<_> = fitting.cloned().collect();
        lines.reverse();
        lines
    }

    /// Errors recorded within the last hour, repetitions included.
    pub fn errors_last_hour(&self) -> u64 {
        self.outputs().errors.total(self.shared.started.elapsed())
    }

    /// Why files cannot be written at present.
    pub fn file_trouble(&self) -> watch::Receiver<Option<String>> {
        self.shared.trouble.subscribe()
    }

    fn record(&self, line: Line) {
        self.outputs()
            .record(line, self.shared.started, &self.shared.trouble);
    }

    fn outputs(&self) -> MutexGuard<'_, Outputs> {
        self.shared
            .outputs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Shared {
    started: Instant,
    filter: RwLock<Filter>,
    outputs: Mutex<Outputs>,
    trouble: watch::Sender<Option<String>>,
}

#[derive(Debug)]
struct Outputs {
    recent: VecDeque<Line>,
    format: LogFormat,
    terminal: Option<Terminal>,
    files: Option<FileOutput>,
    errors: LastHour,
}

struct Terminal {
    out: Box<dyn Write + Send>,
    colours: bool,
    repeats: Repeats,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal")
            .field("colours", &self.colours)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct FileOutput {
    files: LogFiles,
    repeats: Repeats,
}

impl Outputs {
    fn record(&mut self, line: Line, started: Instant, trouble: &watch::Sender<Option<String>>) {
        if line.level == Level::ERROR {
            self.errors.add(started.elapsed());
        }
        if let Some(terminal) = &mut self.terminal {
            let lines = terminal.repeats.pass(&line, line.at);
            terminal.write(&lines, self.format);
        }
        if let Some(output) = &mut self.files {
            let lines = output.repeats.pass(&line, line.at);
            output.write(&lines, self.format, line.at, trouble);
        }
        self.remember(line);
    }

    fn complete(&mut self, now: SystemTime, trouble: &watch::Sender<Option<String>>) {
        if let Some(terminal) = &mut self.terminal {
            let lines = terminal.repeats.finish();
            terminal.write(&lines, self.format);
        }
        if let Some(mut output) = self.files.take() {
            let lines = output.repeats.finish();
            output.write(&lines, self.format, now, trouble);
        }
    }

    fn remember(&mut self, mut line: Line) {
        let reach = self.recent.len().saturating_sub(REPEAT_REACH);
        let same = |other: &Line| repeats::same_words(other, &line);
        if let Some(at) = (reach..self.recent.len())
            .rev()
            .find(|at| self.recent.get(*at).is_some_and(same))
            && let Some(earlier) = self.recent.remove(at)
        {
            line.count += earlier.count;
        }
        if self.recent.len() == RECENT_LINES {
            self.recent.pop_front();
        }
        self.recent.push_back(line);
    }
}

impl Terminal {
    fn write(&mut self, lines: &[Line], format: LogFormat) {
        for line in lines {
            let text = format::for_terminal(line, format, self.colours);
            // A terminal that was closed is no reason to stop working.
            let _ = self.out.write_all(text.as_bytes());
        }
    }
}

impl FileOutput {
    fn write(
        &mut self,
        lines: &[Line],
        format: LogFormat,
        now: SystemTime,
        trouble: &watch::Sender<Option<String>>,
    ) {
        for line in lines {
            let written = self.files.write(&format::for_file(line, format), now);
            let problem = written.err().map(|error| error.to_string());
            trouble.send_if_modified(|known| {
                let changed = *known != problem;
                *known = problem;
                changed
            });
        }
    }
}

#[cfg(test)]
mod tests;
