//! `cargo xtask test`: every check of the project, in stages.
//!
//! Two rows of stages run side by side, the page's and Rust's, because each has
//! long stretches that leave a core idle. What needs both comes after them, one
//! stage at a time, so that windows and time limits are not disturbed. A stage
//! that fails stops only those that need it: one run shows everything.
//!
//! Invariant: the last line is `N passed, N failed`, and the exit code says the
//! same.

pub(crate) mod build;
mod counts;
mod log;
mod packages;
mod stages;
mod summary;

use std::{
    collections::BTreeSet,
    fs,
    panic::resume_unwind,
    path::Path,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

use crate::{
    AlreadyTold,
    setup::{self, Purpose},
    tree::Tree,
};
use log::Log;
use stages::{Row, STAGES, Stage};
use summary::{Outcome, Summary};

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    let mut wanted = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("list") => {
                for stage in STAGES {
                    println!("  {:<10} {}", stage.name, stage.about);
                }
                return Ok(());
            }
            lexopt::Arg::Value(name) => wanted.push(name.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let plan = plan(&wanted)?;

    let began = Instant::now();
    println!(
        "Testing Banyan in {} stages. `--list` explains them.",
        plan.len()
    );
    setup::prepare(tree, Purpose::Test)?;
    let prepared = began.elapsed();
    let logs = tree.target()?.join("xtask-logs");
    fs::create_dir_all(&logs).with_context(|| format!("{} cannot be made", logs.display()))?;

    let progress = Progress::new(&logs, plan.len());
    let run_row = |row| {
        for stage in plan.iter().filter(|stage| stage.row == row) {
            progress.run(tree, stage);
        }
    };
    run_row(Row::First);
    thread::scope(|scope| {
        let page = scope.spawn(|| run_row(Row::Page));
        run_row(Row::Rust);
        page.join().unwrap_or_else(|panic| resume_unwind(panic));
    });
    run_row(Row::Last);

    let summary = progress.into_summary(&plan);
    summary.print(prepared, began.elapsed(), &logs)?;
    if summary.is_success() {
        Ok(())
    } else {
        Err(anyhow!(AlreadyTold))
    }
}

/// The stages whose name or row was asked for, and those they need, in order.
fn plan(wanted: &[String]) -> Result<Vec<&'static Stage>> {
    if wanted.is_empty() {
        return Ok(STAGES.iter().collect());
    }
    let mut names = BTreeSet::new();
    for name in wanted {
        let Some(stage) = STAGES.iter().find(|stage| stage.name == name) else {
            let known: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
            bail!(
                "there is no stage named {name}; there are {}",
                known.join(", ")
            );
        };
        add_with_needs(stage, &mut names);
    }
    Ok(STAGES
        .iter()
        .filter(|stage| names.contains(stage.name))
        .collect())
}

fn add_with_needs(stage: &'static Stage, names: &mut BTreeSet<&'static str>) {
    names.insert(stage.name);
    for need in STAGES
        .iter()
        .filter(|other| stage.needs.contains(&other.name))
    {
        add_with_needs(need, names);
    }
}

/// Runs stages and remembers how they ended; shared by the rows.
struct Progress<'a> {
    logs: &'a Path,
    total: usize,
    ended: Mutex<Vec<(&'static str, Outcome)>>,
}

impl<'a> Progress<'a> {
    fn new(logs: &'a Path, total: usize) -> Self {
        Self {
            logs,
            total,
            ended: Mutex::default(),
        }
    }

    fn run(&self, tree: &Tree, stage: &'static Stage) {
        let outcome = match self.failed_need(stage) {
            Some(need) => Outcome::not_run(format!("needs {need}, which failed")),
            None => {
                println!("          {:<10} {}", stage.name, stage.about);
                let began = Instant::now();
                let result = Log::create(self.logs, stage.name)
                    .and_then(|mut log| (stage.run)(tree, &mut log));
                Outcome::of(result, began.elapsed())
            }
        };
        let mut ended = self
            .ended
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        println!(
            "  [{:>2}/{:>2}] {:<10} {}",
            ended.len() + 1,
            self.total,
            stage.name,
            outcome.line()
        );
        ended.push((stage.name, outcome));
    }

    fn failed_need(&self, stage: &Stage) -> Option<&'static str> {
        let ended = self
            .ended
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        stage.needs.iter().copied().find(|need| {
            ended
                .iter()
                .any(|(name, outcome)| name == need && !outcome.is_success())
        })
    }

    fn into_summary(self, plan: &[&'static Stage]) -> Summary {
        let ended = self
            .ended
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        Summary::new(plan.iter().map(|stage| stage.name), ended)
    }
}

/// How long a stage may take before something must be wrong.
const LIMIT: Duration = Duration::from_secs(40 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wanted: &[&str]) -> Vec<&'static str> {
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        plan(&wanted)
            .unwrap()
            .iter()
            .map(|stage| stage.name)
            .collect()
    }

    #[test]
    fn everything_is_the_default() {
        assert_eq!(names(&[]).len(), STAGES.len());
    }

    #[test]
    fn one_stage_brings_what_it_needs() {
        assert_eq!(names(&["tidy"]), ["tidy"]);
        let desktop = names(&["desktop"]);
        assert!(
            desktop.contains(&"build") && desktop.contains(&"page"),
            "{desktop:?}"
        );
        assert_eq!(desktop.last(), Some(&"desktop"));
    }

    #[test]
    fn an_unknown_stage_is_named() {
        let error = plan(&["nothing".to_owned()]).unwrap_err().to_string();
        assert!(
            error.contains("nothing") && error.contains("clippy"),
            "{error}"
        );
    }

    #[test]
    fn needs_come_before_those_who_need_them() {
        for (position, stage) in STAGES.iter().enumerate() {
            for need in stage.needs {
                let before = STAGES.iter().position(|other| other.name == *need).unwrap();
                assert!(
                    before < position,
                    "{} needs {need}, which comes later",
                    stage.name
                );
                let other = &STAGES[before];
                let waits =
                    other.row == stage.row || other.row == Row::First || stage.row == Row::Last;
                assert!(waits, "{} may start before {need} ended", stage.name);
            }
        }
    }

    #[test]
    fn what_needs_a_failed_stage_does_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let progress = Progress::new(folder.path(), 2);
        let failed = Outcome::of(Err(anyhow!("no")), Duration::ZERO);
        progress.ended.lock().unwrap().push(("build", failed));
        let rust = STAGES
            .iter()
            .find(|stage| stage.needs.contains(&"build"))
            .unwrap();
        assert_eq!(progress.failed_need(rust), Some("build"));
    }
}
