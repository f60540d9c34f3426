//! Many questions of different lengths to machines of different speeds.

use std::{thread, time::Instant};

use anyhow::{Context, Result, ensure};

use crate::{
    bench::{
        figures::{Figure, Figures},
        release::Bench,
    },
    lab::{
        asking::through,
        staff::{Asker, Pace, Worker},
    },
};

/// Tokens a second of each machine.
const SPEEDS: [u32; 4] = [40, 80, 160, 320];
const QUESTIONS: (u32, u32) = (100, 40);

pub(super) fn measure(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let questions = bench.choose(QUESTIONS.0, QUESTIONS.1);
    eprintln!("{questions} questions at once to machines with {SPEEDS:?} tokens a second.");
    let lab = bench.lab(5)?;
    let machines = lab.machines()?;
    let (last, others) = machines.split_last().context("an empty lab")?;
    let mut workers = Vec::new();
    for (machine, speed) in others.iter().zip(SPEEDS) {
        workers.push(Worker::hired(machine, pace(speed))?);
    }
    let asker = Asker::come(last)?;
    for (worker, speed) in workers.iter().zip(SPEEDS) {
        worker.permits(&asker, pace(speed))?;
    }
    asker.knows(workers.len())?;
    // Everybody's speed is known once they have answered.
    for worker in &workers {
        through(&asker, &worker.id, Some(64))?;
    }

    let began = Instant::now();
    let answers = thread::scope(|scope| {
        let asked: Vec<_> = (0..questions)
            .map(|number| {
                let asker = &asker;
                scope.spawn(move || through(asker, "auto", Some(length(number))))
            })
            .collect();
        asked
            .into_iter()
            .map(|one| {
                one.join()
                    .unwrap_or_else(|_| anyhow::bail!("an asker broke"))
            })
            .collect::<Result<Vec<_>>>()
    })?;
    let last = answers.iter().map(|answer| answer.ended).max();
    let whole = answers.iter().filter(|answer| answer.whole).count();
    ensure!(
        whole == answers.len(),
        "{whole} of {} were answered",
        answers.len()
    );
    let taken = last.map_or(f64::NAN, |last| (last - began).as_secs_f64());
    let tokens: u32 = (0..questions).map(length).sum();
    let ideal = f64::from(tokens) / f64::from(SPEEDS.iter().sum::<u32>());
    let name = |what: &str| format!("{questions} mixed questions: {what}");
    figures.add(Figure::one(name("all answered after"), "s", taken));
    figures.add(Figure::one(name("ideal"), "s", ideal));
    figures.add(Figure::one(name("of the ideal"), "x", taken / ideal).bar(1.15));
    Ok(())
}

fn pace(speed: u32) -> Pace {
    Pace {
        speed: Some(speed),
        tokens: 10_000,
        slots: 1,
    }
}

/// From short to long, in an order that repeats nothing.
fn length(number: u32) -> u32 {
    20 + (number * 37) % 181
}
