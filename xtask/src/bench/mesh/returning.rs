//! One of ten nodes goes away in several ways and comes back.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::{
    LIMIT,
    town::{Resident, Town, until_last},
};
use crate::{
    bench::{
        figures::{Figures, milliseconds},
        release::Bench,
    },
    lab::{Lan, Machine},
};

const SIZE: u8 = 10;
const RUNS: (usize, usize) = (10, 2);
/// Each takes a minute.
const SLEEPS: (usize, usize) = (3, 1);

/// Longer than a session lives without a sign.
const ASLEEP: Duration = Duration::from_secs(60);
const UNPLUGGED: Duration = Duration::from_secs(10);

/// So that nothing of the last return is taken for the next.
const QUIET: Duration = Duration::from_secs(2);

const BACK: f64 = 2000.0;

/// Goes and comes back, in that run, and says how long coming back took.
type Way = fn(&mut Town<'_>, usize) -> Result<Duration>;

pub(super) fn measure(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let lab = bench.lab(SIZE)?;
    let machines = lab.machines()?;
    let (runs, sleeps) = (
        bench.choose(RUNS.0, RUNS.1),
        bench.choose(SLEEPS.0, SLEEPS.1),
    );
    eprintln!(
        "One of {SIZE} nodes is killed, moved and unplugged {runs} times each, and sleeps {sleeps} \
         times."
    );
    let mut town = Town::settled(&machines)?;

    let ways: [(&str, usize, Way); 4] = [
        (
            "killed and started: ready to all sessions up",
            runs,
            after_kill,
        ),
        ("address changed to all sessions up", runs, after_move),
        (
            "cable out for 10 s: plugged in to all sessions up",
            runs,
            after_cable,
        ),
        (
            "asleep for 60 s: awake to all sessions up",
            sleeps,
            after_sleep,
        ),
    ];
    for (name, runs, way) in ways {
        let mut times = Vec::new();
        for run in 0..runs {
            times.push(milliseconds(way(&mut town, run)?));
        }
        figures.spread(&format!("returning, N = {SIZE}: {name}"), times, Some(BACK));
    }
    Ok(())
}

fn after_kill(town: &mut Town<'_>, _: usize) -> Result<Duration> {
    let before = sessions(town)?;
    let Resident {
        machine, running, ..
    } = town.move_out().context("an empty town")?;
    running.kill()?;
    let node = machine.node()?;
    let running = node.start()?;
    let ready = running.ready;
    town.welcome(machine, &node, running)?;
    back(town, &before, ready)
}

/// To and fro between two addresses.
fn after_move(town: &mut Town<'_>, run: usize) -> Result<Duration> {
    let before = sessions(town)?;
    let machine = newest(town)?;
    let (first, second) = (
        machine.address(),
        Lan::First.crowd(0x0100 + u16::from(machine.number())),
    );
    let (old, new) = if run.is_multiple_of(2) {
        (first, second)
    } else {
        (second, first)
    };
    machine.move_to(old, new)?;
    back(town, &before, Instant::now())
}

fn after_cable(town: &mut Town<'_>, _: usize) -> Result<Duration> {
    let before = sessions(town)?;
    let machine = newest(town)?;
    machine.cut()?;
    thread::sleep(UNPLUGGED);
    machine.heal()?;
    back(town, &before, Instant::now())
}

fn after_sleep(town: &mut Town<'_>, _: usize) -> Result<Duration> {
    let before = sessions(town)?;
    let sleeper = town.residents.last().context("an empty town")?;
    sleeper.running.signal("STOP");
    thread::sleep(ASLEEP);
    sleeper.running.signal("CONT");
    back(town, &before, Instant::now())
}

fn newest<'a>(town: &Town<'a>) -> Result<&'a Machine<'a>> {
    Ok(town.residents.last().context("an empty town")?.machine)
}

/// What names the sessions between the newest and the others, as both say.
fn sessions(town: &mut Town<'_>) -> Result<Vec<Option<String>>> {
    town.all_met()?;
    thread::sleep(QUIET);
    town.all_met()?;
    let (newest, others) = town.residents.split_last().context("an empty town")?;
    let seen = town.watch.catch_up();
    Ok(sides(newest, others)
        .map(|(node, peer)| seen.since(node, peer).map(str::to_owned))
        .collect())
}

/// Waits until both sides tell of a session that is not the one of before, and
/// says how long after `start` the last of them did.
fn back(town: &mut Town<'_>, before: &[Option<String>], start: Instant) -> Result<Duration> {
    let (newest, others) = town.residents.split_last().context("an empty town")?;
    let moments: Vec<Instant> = town.watch.until("the sessions again", LIMIT, |seen| {
        sides(newest, others)
            .zip(before)
            .map(|((node, peer), before)| {
                let is_new = seen.since(node, peer) != before.as_deref();
                seen.session(node, peer).filter(|_| is_new)
            })
            .collect()
    })?;
    Ok(until_last(start, moments.into_iter()))
}

fn sides<'t>(
    newest: &'t Resident<'_>,
    others: &'t [Resident<'_>],
) -> impl Iterator<Item = (u8, &'t str)> {
    others.iter().flat_map(|other| {
        [
            (newest.number, other.id.as_str()),
            (other.number, newest.id.as_str()),
        ]
    })
}
