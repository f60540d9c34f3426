//! `cargo xtask bench mesh`: how fast machines find each other and come back to
//! each other, and what that costs.
//!
//! Real nodes of the release build, each in a namespace of a lab. Times are
//! taken where a page would notice: when the event arrives on the stream of
//! events of the node that is asked, so reading it is part of the figure. Every
//! run of a join begins with nodes that have never run before.

mod crowd;
mod handshakes;
mod idle;
mod joining;
mod returning;
mod town;
mod watch;

use std::{path::PathBuf, time::Duration};

use anyhow::{Result, bail};

use super::figures::{Figure, Figures};
use crate::{
    lab::{self, Lab, Plan},
    process::{self, cargo},
    tree::Tree,
    ui,
};

/// A hang, on a machine however busy.
const LIMIT: Duration = Duration::from_secs(180);

/// What to measure, and how often.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    parts: Vec<Part>,
    quick: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Joining,
    Returning,
    Idle,
    Announcers,
    Sessions,
    Handshakes,
}

/// What every part of the measurement needs.
struct Bench<'a> {
    tree: &'a Tree,
    banyan: PathBuf,
    /// Where the programs that pretend to be many machines are.
    examples: PathBuf,
    quick: bool,
}

impl Order {
    /// No names are all parts.
    pub(super) fn new(names: &[String], quick: bool) -> Result<Self> {
        let mut parts = Vec::new();
        for name in names {
            match Part::ALL.iter().find(|(known, _)| known == name) {
                Some((_, part)) => parts.push(*part),
                None => {
                    let known: Vec<&str> = Part::ALL.iter().map(|(name, _)| *name).collect();
                    bail!(
                        "there is no part named {name}; there are {}",
                        known.join(", ")
                    );
                }
            }
        }
        if parts.is_empty() {
            parts = Part::ALL.iter().map(|(_, part)| *part).collect();
        }
        Ok(Self { parts, quick })
    }
}

impl Part {
    const ALL: &[(&'static str, Self)] = &[
        ("joining", Self::Joining),
        ("returning", Self::Returning),
        ("idle", Self::Idle),
        ("announcers", Self::Announcers),
        ("sessions", Self::Sessions),
        ("handshakes", Self::Handshakes),
    ];
}

pub(super) fn measure(tree: &Tree, order: &Order, figures: &mut Figures) -> Result<()> {
    if let Some(obstacle) = lab::obstacle(tree) {
        bail!(obstacle);
    }
    ui::ensure_built(tree, process::aside)?;
    let mut banyan = cargo(tree);
    process::aside(banyan.args(["build", "--release", "--package", "banyan"]))?;
    let mut examples = cargo(tree);
    examples.args(["build", "--release", "--package", "testkit"]);
    process::aside(examples.args(["--example", "crowd", "--example", "handshakes"]))?;

    let release = tree.target()?.join("release");
    let bench = Bench {
        tree,
        banyan: release.join("banyan"),
        examples: release.join("examples"),
        quick: order.quick,
    };
    for part in &order.parts {
        match part {
            Part::Joining => joining::measure(&bench, figures)?,
            Part::Returning => returning::measure(&bench, figures)?,
            Part::Idle => idle::measure(&bench, figures)?,
            Part::Announcers => crowd::announcers(&bench, figures)?,
            Part::Sessions => crowd::sessions(&bench, figures)?,
            Part::Handshakes => handshakes::measure(&bench, figures)?,
        }
    }
    Ok(())
}

impl Bench<'_> {
    /// A lab of that many machines, all with one mesh key.
    fn lab(&self, machines: u8) -> Result<Lab<'_>> {
        Lab::passing(
            self.tree,
            lab::BENCH,
            self.banyan.clone(),
            &Plan::trusted(machines),
        )
    }

    /// How often something is repeated, or for how long.
    fn choose<T>(&self, usually: T, quickly: T) -> T {
        if self.quick { quickly } else { usually }
    }
}

/// The middle and the slow end of several runs, with a bar for the slow end.
fn spread(figures: &mut Figures, name: &str, runs: Vec<f64>, limit: Option<f64>) {
    let name = format!("{name} ({} runs)", runs.len());
    figures.add(Figure::percentile(&name, "ms", 50, runs.clone()));
    let mut slow = Figure::percentile(&name, "ms", 95, runs);
    slow.limit = limit;
    figures.add(slow);
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_chosen_by_name() {
        let all = Order::new(&[], false).unwrap();
        assert_eq!(all.parts.len(), Part::ALL.len());
        let one = Order::new(&["handshakes".to_owned()], true).unwrap();
        assert_eq!(one.parts, [Part::Handshakes]);
        let error = Order::new(&["sprint".to_owned()], false)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("sprint") && error.contains("joining"),
            "{error}"
        );
    }
}
