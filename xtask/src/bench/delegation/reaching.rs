//! How much later the first word comes.

use anyhow::{Result, ensure};

use crate::{
    bench::{
        figures::{Figure, Figures, milliseconds},
        release::Bench,
    },
    lab::{
        asking::{straight, through},
        staff::{Asker, Pace, Worker},
    },
};

const QUESTIONS: (usize, usize) = (400, 50);
const PACE: Pace = Pace {
    speed: None,
    tokens: 4,
    slots: 4,
};

pub(super) fn measure(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let questions = bench.choose(QUESTIONS.0, QUESTIONS.1);
    eprintln!("{questions} questions, each through the mesh and straight to the server.");
    let lab = bench.lab(2)?;
    let machines = lab.machines()?;
    let [one, other] = machines.as_slice() else {
        anyhow::bail!("a lab of two has two machines");
    };
    let worker = Worker::hired(one, PACE)?;
    let asker = Asker::come(other)?;
    worker.permits(&asker, PACE)?;
    asker.knows(1)?;
    let (mut direct, mut added) = (Vec::new(), Vec::new());
    for _ in 0..questions {
        let near = straight(&asker, worker.server())?;
        let far = through(&asker, &worker.id, None)?;
        let (Some(near), Some(far)) = (near.first_word(), far.first_word()) else {
            anyhow::bail!("a question was not answered");
        };
        direct.push(milliseconds(near));
        added.push(milliseconds(far) - milliseconds(near));
    }
    ensure!(!added.is_empty(), "nothing was asked");
    figures.add(Figure::median(
        "first word, straight to the server",
        "ms",
        direct,
    ));
    let name = "first word, added by the mesh";
    figures.add(Figure::percentile(name, "ms", 50, added.clone()).bar(2.0));
    figures.add(Figure::percentile(name, "ms", 99, added).bar(10.0));
    Ok(())
}
