//! What becomes of an answer when the machine that writes it goes. Each of these
//! checks ends with the whole answer, and nobody who asked does anything for it.

use std::{thread, time::Duration};

use anyhow::{Context, Result, bail, ensure};

use super::Verdict;
use crate::lab::{
    Machine,
    asking::{Answer, through_and_told},
    staff::{Asker, Pace, Worker},
};

/// Slow enough to go away in the middle of it.
const PACE: Pace = Pace {
    speed: Some(40),
    tokens: 200,
    slots: 2,
};

/// Pieces that have come when the machine goes.
const SOME: usize = 5;

pub(super) fn killed(machines: &[Machine<'_>]) -> Result<Verdict> {
    goes(machines, |worker| {
        worker.running.signal("KILL");
        Ok(())
    })
}

pub(super) fn stopped(machines: &[Machine<'_>]) -> Result<Verdict> {
    goes(machines, |worker| {
        worker.running.signal("STOP");
        Ok(())
    })
}

pub(super) fn cut(machines: &[Machine<'_>]) -> Result<Verdict> {
    goes(machines, |worker| worker.machine.cut())
}

/// The server of models, not the node: it says itself that its answer broke.
pub(super) fn without_server(machines: &[Machine<'_>]) -> Result<Verdict> {
    goes(machines, |worker| worker.stop_serving())
}

/// Of two machines one answers and goes by `break_off`; the other finishes.
fn goes(
    machines: &[Machine<'_>],
    break_off: impl Fn(&mut Worker<'_>) -> Result<()> + Sync,
) -> Result<Verdict> {
    let [one, two, other] = machines else {
        bail!("this check is made for three machines");
    };
    let asker = Asker::come(other)?;
    let mut workers = [Worker::hired(one, PACE)?, Worker::hired(two, PACE)?];
    for worker in &workers {
        worker.permits(&asker, PACE)?;
    }
    asker.knows(workers.len())?;

    let (on_way, way) = std::sync::mpsc::channel();
    let answer = thread::scope(|scope| {
        let asked = scope.spawn(|| {
            through_and_told(&asker, "auto", None, move |answer| {
                if answer.pieces.len() == SOME {
                    // Nobody waits for it any more where something else failed.
                    let _ = on_way.send(answer.from.clone());
                }
            })
        });
        let from = way
            .recv_timeout(Duration::from_secs(60))
            .context("no answer began")?;
        let from = from.last().context("an answer from nowhere")?;
        let writer = workers.iter_mut().find(|worker| worker.id == *from);
        break_off(writer.context("an answer from somebody else")?)?;
        asked
            .join()
            .unwrap_or_else(|_| bail!("the question was not asked"))
    })?;
    let [first, second] = answer.from.as_slice() else {
        bail!("it was written by {:?}", answer.from);
    };
    ensure!(
        first != second,
        "the machine that went has gone on by itself"
    );
    whole(&answer)
}

fn whole(answer: &Answer) -> Result<Verdict> {
    ensure!(answer.whole, "the answer has no end");
    Ok(Verdict::Held)
}
