//! What fifty nodes cost that have nothing to say to each other.

use std::{thread, time::Duration};

use anyhow::Result;

use super::town::Town;
use crate::bench::{
    figures::{Figure, Figures},
    processes,
    release::Bench,
};

const SIZE: u8 = 50;
/// After the last session came up, until everybody has said everything.
const SETTLE: Duration = Duration::from_secs(10);
/// Two announcements and four signs of life in every session, usually.
const WINDOW: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(30));

pub(super) fn measure(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let window = bench.choose(WINDOW.0, WINDOW.1);
    let peers = f64::from(SIZE - 1);
    eprintln!(
        "{SIZE} nodes have sessions with each other and say nothing for {} s.",
        window.as_secs()
    );
    let lab = bench.lab(SIZE)?;
    let machines = lab.machines()?;
    let town = Town::settled(&machines)?;
    thread::sleep(SETTLE);
    let look = || -> Result<Vec<(Duration, u64)>> {
        town.residents
            .iter()
            .map(|one| {
                Ok((
                    processes::cpu_time(one.running.id())?,
                    one.machine.traffic()?.bytes,
                ))
            })
            .collect()
    };
    let before = look()?;
    thread::sleep(window);
    let after = look()?;
    let seconds = window.as_secs_f64();
    let (mut shares, mut rates) = (Vec::new(), Vec::new());
    for ((cpu_before, bytes_before), (cpu, bytes)) in before.into_iter().zip(after) {
        let used = cpu.saturating_sub(cpu_before).as_secs_f64();
        shares.push(used / seconds * 100.0);
        rates.push(bytes.saturating_sub(bytes_before) as f64 / seconds / peers);
    }
    let mut resident = Vec::new();
    for one in &town.residents {
        resident.push(processes::memory(one.running.id())?.resident);
    }
    let name = |what: &str| format!("idle, {SIZE} nodes: {what}");
    let figure = |what: &str, unit, percent, runs: &Vec<f64>| {
        Figure::percentile(name(what), unit, percent, runs.clone())
    };
    let cpu = "processor of a node, of a core";
    figures.add(figure(cpu, "%", 50, &shares));
    figures.add(figure(cpu, "%", 100, &shares).bar(0.5));
    let memory = "memory of a node (RSS)";
    figures.add(figure(memory, "MB", 50, &resident));
    figures.add(figure(memory, "MB", 100, &resident));
    let bytes = "bytes on the wire per peer";
    figures.add(figure(bytes, "B/s", 50, &rates));
    figures.add(figure(bytes, "B/s", 100, &rates).bar(1000.0));
    Ok(())
}
