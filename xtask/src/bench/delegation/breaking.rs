//! What becomes of answers when machines go.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    bench::{
        figures::{Figure, Figures, milliseconds},
        release::Bench,
    },
    lab::{
        Machine,
        asking::{Answer, through},
        staff::{Asker, Pace, Worker},
    },
};

const PACE: Pace = Pace {
    speed: Some(50),
    tokens: 200,
    slots: 16,
};
const RUNS: (usize, usize) = (5, 1);
const AT_ONCE: usize = 8;

const CHURN: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(20));
const EVERY: Duration = Duration::from_secs(5);

/// One of two machines is killed while both write.
pub(super) fn killed(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let runs = bench.choose(RUNS.0, RUNS.1);
    eprintln!("One of two machines is killed while they write {AT_ONCE} answers, {runs} times.");
    let (mut asked, mut lost, mut pauses) = (0.0, 0.0, Vec::new());
    for _ in 0..runs {
        let lab = bench.lab(3)?;
        let machines = lab.machines()?;
        let (last, others) = machines.split_last().context("an empty lab")?;
        let mut workers = others
            .iter()
            .map(|machine| Worker::hired(machine, PACE))
            .collect::<Result<Vec<_>>>()?;
        let asker = Asker::come(last)?;
        for worker in &workers {
            worker.permits(&asker, PACE)?;
        }
        asker.knows(workers.len())?;
        let answers = thread::scope(|scope| {
            let asking: Vec<_> = (0..AT_ONCE)
                .map(|_| scope.spawn(|| through(&asker, "auto", None)))
                .collect();
            thread::sleep(Duration::from_secs(2));
            drop(workers.pop());
            asking
                .into_iter()
                .map(|one| {
                    one.join()
                        .unwrap_or_else(|_| anyhow::bail!("an asker broke"))
                })
                .collect::<Result<Vec<_>>>()
        })?;
        for answer in &answers {
            asked += 1.0;
            lost += if answer.whole { 0.0 } else { 1.0 };
            pauses.extend(pause(answer));
        }
    }
    figures.add(Figure::one(
        "a machine killed: answers asked for",
        "",
        asked,
    ));
    figures.add(Figure::one("a machine killed: answers lost", "", lost).bar(1.0));
    let pauses = pauses.into_iter().map(milliseconds).collect();
    figures.add(Figure::median(
        "a machine killed: pause where an answer went on",
        "ms",
        pauses,
    ));
    Ok(())
}

/// Machines come and go while questions are asked.
pub(super) fn churn(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let window = bench.choose(CHURN.0, CHURN.1);
    eprintln!(
        "Questions for {} s while machines come and go.",
        window.as_secs()
    );
    let lab = bench.lab(4)?;
    let machines = lab.machines()?;
    let (last, others) = machines.split_last().context("an empty lab")?;
    let mut workers = others
        .iter()
        .map(|machine| Worker::hired(machine, PACE))
        .collect::<Result<Vec<_>>>()?;
    let asker = Asker::come(last)?;
    for worker in &workers {
        worker.permits(&asker, PACE)?;
    }
    asker.knows(workers.len())?;

    let (over, answers) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    if let Ok(answer) = through(&asker, "auto", None)
                        && let Ok(mut answers) = answers.lock()
                    {
                        answers.push(answer);
                    }
                }
            });
        }
        let came_and_went = come_and_go(others, &mut workers, &asker, window);
        over.store(true, Ordering::Relaxed);
        came_and_went
    })?;
    let answers = answers.into_inner().unwrap_or_default();
    let whole = answers.iter().filter(|answer| answer.whole).count();
    #[expect(clippy::cast_precision_loss, reason = "a count of answers is small")]
    let failed = (answers.len() - whole) as f64 / answers.len().max(1) as f64 * 100.0;
    #[expect(clippy::cast_precision_loss, reason = "a count of answers is small")]
    figures.add(Figure::one(
        "coming and going: answers asked for",
        "",
        answers.len() as f64,
    ));
    figures.add(Figure::one("coming and going: not answered", "%", failed).bar(1.0));
    let recovered = answers.iter().filter_map(pause).map(milliseconds).collect();
    figures.add(Figure::median(
        "coming and going: pause where an answer went on",
        "ms",
        recovered,
    ));
    Ok(())
}

/// Of an answer that another machine finished: the longest time without a word.
fn pause(answer: &Answer) -> Option<Duration> {
    answer.gaps().max().filter(|_| answer.from.len() > 1)
}

/// One is killed, and comes back five seconds later, in turns.
fn come_and_go<'a>(
    machines: &'a [Machine<'a>],
    workers: &mut Vec<Worker<'a>>,
    asker: &Asker<'_>,
    window: Duration,
) -> Result<()> {
    let began = Instant::now();
    let mut gone = None;
    while began.elapsed() < window {
        thread::sleep(EVERY);
        match gone.take() {
            None => {
                let leaving = workers.remove(0);
                gone = machines
                    .iter()
                    .find(|machine| machine.number() == leaving.machine.number());
            }
            Some(machine) => {
                let back = Worker::hired(machine, PACE)?;
                back.permits(asker, PACE)?;
                workers.push(back);
            }
        }
    }
    Ok(())
}
