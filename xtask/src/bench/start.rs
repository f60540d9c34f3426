//! `cargo xtask bench start`: how fast Banyan is there, and how little it takes.
//!
//! The release build is started over and over in homes of its own, on a screen of
//! its own. Times are medians. What runs is what people install, and every figure
//! has a bar that it should stay under.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use super::{
    figures::{Figure, Figures},
    processes,
};
use crate::{
    bundle::Build,
    process::{self, cargo, command},
    screen::Screen,
    setup::{self, Purpose},
    tree::Tree,
    trial::{Home, Trial},
    ui,
};

const RUNS: usize = 10;
const LIMIT: Duration = Duration::from_secs(60);
/// After the start, until caches are written and connections closed.
const SETTLE: Duration = Duration::from_secs(10);
/// Long enough to see a fifth of a percent of a core in ticks of 10 ms.
const IDLE: Duration = Duration::from_secs(60);

pub(super) fn measure(tree: &Tree, figures: &mut Figures) -> Result<()> {
    setup::prepare(tree, Purpose::Test)?;
    ui::ensure_built(tree, process::aside)?;
    let build = Build::release(tree, None)?;
    process::aside(&mut build.compile(tree))?;

    sizes(tree, &build, figures)?;
    let bench = Bench {
        tree,
        folder: super::folder(tree)?,
        build,
    };
    bench.daemon_start(figures)?;
    bench.window_start(figures)?;
    bench.memory_and_idle(figures)
}

struct Bench<'a> {
    tree: &'a Tree,
    folder: PathBuf,
    build: Build,
}

impl Bench<'_> {
    fn daemon_start(&self, figures: &mut Figures) -> Result<()> {
        eprintln!("Starting the daemon {RUNS} times.");
        let home = self.home()?;
        // The first start makes the identity; people notice the others.
        let mut first = None;
        let mut times = Vec::new();
        for _ in 0..=RUNS {
            let took = self.daemon_once(&home)?;
            if first.is_none() {
                first = Some(took);
            } else {
                times.push(took);
            }
        }
        figures.add(Figure::median("daemon: start to ready", "ms", times).bar(150.0));
        figures.add(Figure::median(
            "daemon: very first start",
            "ms",
            first.into_iter().collect(),
        ));
        Ok(())
    }

    /// Until the line that says it is ready, in milliseconds.
    fn daemon_once(&self, home: &Home) -> Result<f64> {
        let mut serve = home.command(self.tree, &self.build.binary("banyan"));
        serve.args(["--json", "serve", "--no-keyring"]);
        let began = Instant::now();
        let mut child = serve
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("the daemon cannot be started")?;
        let mut line = String::new();
        let out = child.stdout.take().context("the daemon has no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let took = began.elapsed();
        process::ask_to_end(child.id());
        let status = child.wait()?;
        ensure!(
            !line.trim().is_empty() && status.success(),
            "the daemon did not start ({status})"
        );
        Ok(took.as_secs_f64() * 1000.0)
    }

    fn window_start(&self, figures: &mut Figures) -> Result<()> {
        eprintln!("Opening the window {RUNS} times.");
        let screen = Screen::open(self.tree)?;
        let home = self.home()?;
        let mut times = Vec::new();
        for _ in 0..=RUNS {
            let log = self.fresh_log("window.log")?;
            let mut trial = self.window(&home, &screen, &log, &[])?;
            let (milliseconds, _) =
                trial.wait_for("a painted window", LIMIT, || painted(&log, &home))?;
            trial.stop(LIMIT)?;
            forget_logs(&home)?;
            times.push(milliseconds);
        }
        // The first fills the caches of the web view.
        let first = times.remove(0);
        figures
            .add(Figure::median("application: start to window painted", "ms", times).bar(1500.0));
        figures.add(Figure::median(
            "application: very first start",
            "ms",
            vec![first],
        ));
        Ok(())
    }

    fn memory_and_idle(&self, figures: &mut Figures) -> Result<()> {
        let seconds = (SETTLE + IDLE).as_secs();
        eprintln!("Watching daemon, open window and hidden window for {seconds} seconds.");
        let screen = Screen::open(self.tree)?;
        let (daemon_home, open_home, hidden_home) = (
            self.home_named("daemon")?,
            self.home_named("open")?,
            self.home_named("hidden")?,
        );

        let mut serve = daemon_home.command(self.tree, &self.build.binary("banyan"));
        serve.args(["serve", "--no-keyring"]);
        let daemon = Trial::start(&mut serve, &self.fresh_log("daemon.log")?)?;
        let log = self.fresh_log("open.log")?;
        let mut open = self.window(&open_home, &screen, &log, &[])?;
        open.wait_for("a painted window", LIMIT, || painted(&log, &open_home))?;
        // One bus has room for one Banyan, so the hidden one gets its own.
        let mut other_screen = Screen::open(self.tree)?;
        other_screen.furnish(&mut command(self.tree, self.panel()?))?;
        let hidden = self.window(
            &hidden_home,
            &other_screen,
            &self.fresh_log("hidden.log")?,
            &["--hidden"],
        )?;

        thread::sleep(SETTLE);
        let before: Vec<Duration> = [&daemon, &open, &hidden]
            .iter()
            .map(|trial| processes::cpu_time(trial.id()))
            .collect::<Result<_>>()?;
        thread::sleep(IDLE);
        let mut names = [
            "daemon",
            "application, window open",
            "application, window hidden",
        ]
        .into_iter();
        for ((trial, before), bar) in
            [&daemon, &open, &hidden]
                .into_iter()
                .zip(before)
                .zip([Some(30.0), None, None])
        {
            let name = names.next().unwrap_or_default();
            let memory = processes::memory(trial.id())?;
            let mut resident = Figure::one(format!("{name}: memory (RSS)"), "MB", memory.resident);
            resident.limit = bar;
            figures.add(resident);
            figures.add(Figure::one(
                format!("{name}: its share (PSS)"),
                "MB",
                memory.share,
            ));
            figures.add(Figure::one(
                format!("{name}: processes"),
                "",
                memory.processes,
            ));
            let used = processes::cpu_time(trial.id())?.saturating_sub(before);
            let percent = used.as_secs_f64() / IDLE.as_secs_f64() * 100.0;
            let idle = Figure::one(format!("{name}: idle, of a core"), "%", percent);
            figures.add(if name.ends_with("open") {
                idle
            } else {
                idle.bar(0.2)
            });
        }
        Ok(())
    }

    /// Without a panel there is no tray to hide in, and the window would open.
    fn panel(&self) -> Result<PathBuf> {
        process::aside(cargo(self.tree).args([
            "build",
            "--package",
            "testkit",
            "--example",
            "panel",
        ]))?;
        Ok(self.tree.target()?.join("debug/examples/panel"))
    }

    fn window(&self, home: &Home, screen: &Screen, log: &Path, flags: &[&str]) -> Result<Trial> {
        let mut open = home.command(self.tree, &self.build.binary("banyan-desktop"));
        screen.show(&mut open);
        Trial::start(open.args(flags), log)
    }

    fn home(&self) -> Result<Home> {
        self.home_named("home")
    }

    fn home_named(&self, name: &str) -> Result<Home> {
        Home::new(self.folder.join(name))
    }

    fn fresh_log(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, "").with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(path)
    }
}

fn sizes(tree: &Tree, build: &Build, figures: &mut Figures) -> Result<()> {
    let megabytes = |path: &Path| -> Result<f64> {
        let size = fs::metadata(path)
            .with_context(|| format!("{} is missing", path.display()))?
            .len();
        Ok(size as f64 / 1e6)
    };
    figures.add(Figure::one(
        "size of banyan",
        "MB",
        megabytes(&build.binary("banyan"))?,
    ));
    figures.add(Figure::one(
        "size of banyan-desktop",
        "MB",
        megabytes(&build.binary("banyan-desktop"))?,
    ));

    let kinds = ["deb".to_owned()];
    build.forget_old_packages(&kinds)?;
    process::aside(&mut build.pack(tree, &kinds, process::capture)?)?;
    for package in build.packages(&kinds)? {
        figures.add(Figure::one("size of the deb", "MB", megabytes(&package)?).bar(20.0));
    }

    let said = process::capture(command(tree, "node").arg("ui/lint/budget.mjs"))?;
    let start =
        script_size(&said).context("ui/lint/budget.mjs does not tell the size of the start")?;
    figures.add(Figure::one("scripts until the first screen", "kB", start / 1000.0).bar(400.0));
    Ok(())
}

/// From a line `ok    212345 of 400000  start JS, raw`.
fn script_size(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.ends_with("start JS, raw"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What the application itself measured, from its own line in the log.
fn painted(log: &Path, home: &Home) -> Option<f64> {
    let mut text = fs::read_to_string(log).unwrap_or_default();
    for file in fs::read_dir(home.data().join("logs"))
        .into_iter()
        .flatten()
        .flatten()
    {
        text.push_str(&fs::read_to_string(file.path()).unwrap_or_default());
    }
    milliseconds_painted(&text)
}

fn milliseconds_painted(text: &str) -> Option<f64> {
    let line = text
        .lines()
        .find(|line| line.contains("window painted") && line.contains("elapsed_ms"))?;
    let after = line.split("elapsed_ms").nth(1)?;
    let number: String = after
        .chars()
        .skip_while(|character| !character.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    number.parse().ok()
}

/// So that the next start is not told by the line of this one.
fn forget_logs(home: &Home) -> Result<()> {
    let logs = home.data().join("logs");
    if logs.exists() {
        fs::remove_dir_all(&logs)
            .with_context(|| format!("{} cannot be removed", logs.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applications_own_figure_is_read_in_both_formats() {
        let human = "2026-01-01T10:00:00Z INFO window painted elapsed_ms=412\n";
        assert_eq!(milliseconds_painted(human), Some(412.0));
        let json = r#"{"level":"INFO","message":"window painted","elapsed_ms":398}"#;
        assert_eq!(milliseconds_painted(json), Some(398.0));
        assert_eq!(milliseconds_painted("nothing yet\n"), None);
    }

    #[test]
    fn the_size_of_the_start_is_read() {
        let said =
            "ok    212345 of 400000  start JS, raw\nok      9000 of 130000  start JS, gzip\n";
        assert_eq!(script_size(said), Some(212_345.0));
        assert_eq!(script_size(""), None);
    }
}
