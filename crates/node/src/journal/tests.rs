use std::{
    fs,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use tracing::{debug, error, info, info_span, warn};
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

/// What is written to a terminal.
#[derive(Debug, Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap().clone();
        String::from_utf8(bytes)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A first subscriber for the whole process: with a single one, tracing asks
/// only the thread that happens to come first whether anybody listens.
fn with<R>(journal: &Journal, act: impl FnOnce() -> R) -> R {
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(journal.layer()), act)
}

fn line(message: &str, second: u64) -> Line {
    Line {
        at: UNIX_EPOCH + Duration::from_secs(second),
        level: Level::WARN,
        target: "mesh".to_owned(),
        message: message.to_owned(),
        fields: BTreeMap::new(),
        count: 1,
    }
}

fn words(lines: &[Line]) -> Vec<(&str, u64)> {
    lines
        .iter()
        .map(|line| (line.message.as_str(), line.count))
        .collect()
}

#[test]
fn lines_carry_their_fields_and_those_of_their_spans() {
    let journal = Journal::new(None);
    with(&journal, || {
        let _span = info_span!(target: "node", "task", name = "settings").entered();
        warn!(target: "node", key = "ui.theme", tries = 2, "not \"written\"");
    });
    let lines = journal.recent(Level::INFO, 10);
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (line.message.as_str(), line.level),
        ("not \"written\"", Level::WARN)
    );
    let fields: Vec<_> = line
        .fields
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("key", "ui.theme"),
            ("task.name", "settings"),
            ("tries", "2")
        ]
    );
}

#[test]
fn repeated_lines_collapse_into_a_count() {
    let journal = Journal::new(None);
    with(&journal, || {
        for _ in 0..200 {
            warn!(target: "mesh", "no answer");
            error!(target: "mesh", "no network");
        }
        info!(target: "mesh", "no answer");
    });
    let lines = journal.recent(Level::INFO, 10);
    assert_eq!(
        words(&lines),
        [("no answer", 200), ("no network", 200), ("no answer", 1)]
    );
    assert_eq!(journal.errors_last_hour(), 200);
    assert_eq!(
        words(&journal.recent(Level::ERROR, 10)),
        [("no network", 200)]
    );
    assert_eq!(words(&journal.recent(Level::INFO, 1)), [("no answer", 1)]);
}

#[test]
fn the_ring_is_bounded() {
    let journal = Journal::new(None);
    with(&journal, || {
        for number in 0..RECENT_LINES + 20 {
            info!(target: "node", number, "different");
        }
    });
    let lines = journal.recent(Level::INFO, usize::MAX);
    assert_eq!(lines.len(), RECENT_LINES);
    assert_eq!(lines.first().unwrap().fields["number"], "20");
}

#[test]
fn the_level_moves_unless_the_environment_fixed_it() {
    let say = || {
        debug!(target: "node", "ours");
        debug!(target: "hyper", "theirs");
    };
    let journal = Journal::new(None);
    with(&journal, || {
        say();
        journal.set_level(LogLevel::Debug);
        say();
        journal.set_level(LogLevel::Warn);
        say();
    });
    assert_eq!(words(&journal.recent(Level::DEBUG, 10)), [("ours", 1)]);

    let journal = Journal::new(Some("error,hyper=debug"));
    with(&journal, || {
        journal.set_level(LogLevel::Debug);
        say();
    });
    assert_eq!(words(&journal.recent(Level::DEBUG, 10)), [("theirs", 1)]);
}

#[test]
fn written_lines_repeat_once_a_minute_with_their_count() {
    let mut repeats = Repeats::new();
    let mut pass = |message: &str, second: u64| {
        let line = line(message, second);
        let out = repeats.pass(&line, line.at);
        out.into_iter()
            .map(|line| (line.message, line.count))
            .collect::<Vec<_>>()
    };
    let told = |message: &str, count: u64| vec![(message.to_owned(), count)];
    assert_eq!(pass("a", 0), told("a", 1));
    assert_eq!(pass("b", 1), told("b", 1));
    assert_eq!(pass("a", 2), []);
    assert_eq!(pass("a", 59), []);
    assert_eq!(pass("c", 60), [told("a", 2), told("c", 1)].concat());
    assert_eq!(pass("c", 61), []);
    assert_eq!(words(&repeats.finish()), [("c", 1)]);
}

#[test]
fn a_flood_of_different_lines_forgets_nothing() {
    let mut repeats = Repeats::new();
    let mut written = 0;
    for second in 0..50 {
        for message in ["again", &format!("line {second}")] {
            let line = line(message, second);
            written += repeats
                .pass(&line, line.at)
                .iter()
                .map(|line| line.count)
                .sum::<u64>();
        }
    }
    written += repeats.finish().iter().map(|line| line.count).sum::<u64>();
    assert_eq!(written, 100);
}

#[test]
fn terminal_and_files_show_the_same_in_their_own_way() {
    let place = tempfile::tempdir().unwrap();
    let screen = Screen::default();
    let journal = Journal::new(None);
    journal.to_terminal(screen.clone(), false);
    journal.to_files(place.path().to_owned(), 3);
    with(&journal, || {
        info!(target: "node", folder = "/my data", "ready");
        for _ in 0..3 {
            warn!(target: "mesh", "forged\n2026-01-01 INFO \u{1b}[31m");
        }
    });
    journal.complete();
    let shown = screen.lines();
    assert_eq!(shown.len(), 3);
    assert!(
        shown[0].ends_with("  INFO node ready folder=\"/my data\""),
        "{shown:?}"
    );
    assert!(
        shown[1].ends_with("WARN mesh forged\\n2026-01-01 INFO \\u{1b}[31m"),
        "{shown:?}"
    );
    assert!(shown[2].ends_with("(repeated 2 times)"), "{shown:?}");
    let written = read_all(place.path());
    assert_eq!(written.len(), 3);
    for (written, shown) in written.iter().zip(&shown) {
        assert!(
            written.ends_with(shown.split_once(' ').unwrap().1),
            "{written} {shown}"
        );
    }
}

#[test]
fn json_on_demand() {
    let screen = Screen::default();
    let journal = Journal::new(None);
    journal.to_terminal(screen.clone(), true);
    journal.set_format(LogFormat::Json);
    with(&journal, || warn!(target: "node", key = "a", "b"));
    let line: serde_json::Value = serde_json::from_str(&screen.lines()[0]).unwrap();
    assert_eq!(line["level"], "warn");
    assert_eq!(line["message"], "b");
    assert_eq!(line["fields"]["key"], "a");
}

#[test]
fn trouble_with_files_is_told_and_passes() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("logs");
    fs::write(&folder, "in the way").unwrap();
    let journal = Journal::new(None);
    let trouble = journal.file_trouble();
    journal.to_files(folder.clone(), 3);
    with(&journal, || info!(target: "node", "one"));
    assert!(trouble.borrow().is_some());
    assert_eq!(words(&journal.recent(Level::INFO, 10)), [("one", 1)]);
    fs::remove_file(&folder).unwrap();
    journal.to_files(folder.clone(), 3);
    with(&journal, || info!(target: "node", "two"));
    assert!(trouble.borrow().is_none());
    assert_eq!(read_all(&folder).len(), 1);
}

fn read_all(folder: &Path) -> Vec<String> {
    let file = fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    fs::read_to_string(file.path())
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}
