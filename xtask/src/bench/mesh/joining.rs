//! One node comes to others that run; and many start at once.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::town::{Town, until_last};
use crate::{
    bench::{
        figures::{Figure, Figures, milliseconds},
        release::Bench,
    },
    lab::Machine,
};

/// The newcomer counts; how often it comes, usually and quickly.
const TOWNS: &[(u8, usize, usize)] = &[(2, 20, 5), (10, 20, 5), (50, 10, 3)];
const TOGETHER: (u8, usize, usize) = (50, 3, 1);

/// After the latest of the others announced itself for the third time.
const QUIET: Duration = Duration::from_secs(2);

const KNOWLEDGE: f64 = 200.0;
const SESSION: f64 = 500.0;

/// Of one newcomer, in milliseconds, until it was done with all others.
#[derive(Default)]
struct Times {
    known_from_start: Vec<f64>,
    known_from_ready: Vec<f64>,
    session_from_start: Vec<f64>,
    session_from_ready: Vec<f64>,
}

pub(super) fn measure(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    for (size, usually, quickly) in TOWNS {
        let runs = bench.choose(*usually, *quickly);
        eprintln!("One node joins {} others, {runs} times.", size - 1);
        let lab = bench.lab(*size)?;
        let machines = lab.machines()?;
        let mut times = Times::default();
        for _ in 0..runs {
            times.add(&machines)?;
        }
        times.tell(*size, figures);
    }
    together(bench, figures)
}

impl Times {
    fn add(&mut self, machines: &[Machine<'_>]) -> Result<()> {
        let (newcomer, others) = machines.split_last().context("an empty lab")?;
        let mut town = Town::settled(others)?;
        thread::sleep(QUIET);
        let (start, ready) = {
            let newest = town.move_in(newcomer)?;
            (newest.running.began, newest.running.ready)
        };
        let met = town.newest_met()?;
        let known = |from| milliseconds(until_last(from, met.iter().map(|met| met.known)));
        let session = |from| milliseconds(until_last(from, met.iter().map(|met| met.session)));
        self.known_from_start.push(known(start));
        self.known_from_ready.push(known(ready));
        self.session_from_start.push(session(start));
        self.session_from_ready.push(session(ready));
        Ok(())
    }

    fn tell(self, size: u8, figures: &mut Figures) {
        let name = |what: &str| format!("joining, N = {size}: {what}");
        let all = [
            (
                "process start to all know each other",
                self.known_from_start,
                None,
            ),
            (
                "ready to all know each other",
                self.known_from_ready,
                Some(KNOWLEDGE),
            ),
            (
                "process start to all sessions up",
                self.session_from_start,
                None,
            ),
            (
                "ready to all sessions up",
                self.session_from_ready,
                Some(SESSION),
            ),
        ];
        for (what, runs, limit) in all {
            figures.spread(&name(what), runs, limit);
        }
    }
}

/// From the first start until everybody has a session with everybody.
fn together(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let (size, usually, quickly) = TOGETHER;
    let runs = bench.choose(usually, quickly);
    eprintln!("{size} nodes start together, {runs} times.");
    let lab = bench.lab(size)?;
    let machines = lab.machines()?;
    let (mut ready, mut all) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let nodes = machines
            .iter()
            .map(|machine| {
                let node = machine.node()?;
                node.forget_everything()?;
                Ok(node)
            })
            .collect::<Result<Vec<_>>>()?;
        let began = Instant::now();
        let launched = nodes
            .iter()
            .map(|node| node.launch(node.serve()))
            .collect::<Result<Vec<_>>>()?;
        let mut town = Town::new();
        let mut last_ready = began;
        for ((machine, node), launch) in machines.iter().zip(&nodes).zip(launched) {
            let running = launch.until_ready()?;
            last_ready = last_ready.max(running.ready);
            town.welcome(machine, node, running)?;
        }
        let met = town.all_met()?;
        ready.push(milliseconds(last_ready - began));
        all.push(milliseconds(met.saturating_duration_since(began)));
    }
    let name = |what: &str| format!("{size} starting together ({runs} runs): {what}");
    figures.add(Figure::median(name("until the last is ready"), "ms", ready));
    figures.add(Figure::median(name("until all sessions are up"), "ms", all));
    Ok(())
}
