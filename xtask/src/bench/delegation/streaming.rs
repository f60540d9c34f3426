//! Whether answers come as fast and as evenly as they are written.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    bench::{
        figures::{Figure, Figures, milliseconds},
        processes,
        release::Bench,
    },
    lab::{
        Machine,
        asking::{Answer, straight, through},
        staff::{Asker, Pace, Worker},
    },
};

const STREAMS: usize = 32;
const MANY: usize = 100;
const FAST: Pace = Pace {
    speed: Some(200),
    tokens: 1000,
    slots: 64,
};

/// As one talks to one model of usual size.
const TALK: Pace = Pace {
    speed: Some(50),
    tokens: 500,
    slots: 4,
};
const TALKS: (usize, usize) = (4, 1);
const FLOOD_PORT: u16 = 5999;
const CABLE: &str = "1gbit";

/// 32 answers of one machine at once, and what a hundred of two take of memory.
pub(super) fn throughput(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    eprintln!(
        "{STREAMS} answers at once, straight and through the mesh; then {MANY} of two machines."
    );
    let lab = bench.lab(3)?;
    let machines = lab.machines()?;
    let [one, two, other] = machines.as_slice() else {
        anyhow::bail!("a lab of three has three machines");
    };
    let workers = [Worker::hired(one, FAST)?, Worker::hired(two, FAST)?];
    let [worker, _] = &workers;
    let asker = Asker::come(other)?;
    for worker in &workers {
        worker.permits(&asker, FAST)?;
    }
    asker.knows(workers.len())?;

    let near = speed(&all(STREAMS, |_| straight(&asker, worker.server()))?)?;
    let far = speed(&all(STREAMS, |_| through(&asker, &worker.id, None))?)?;
    let name = |what: &str| format!("{STREAMS} answers at once: {what}");
    figures.add(Figure::one(
        name("straight to the server"),
        "tokens/s",
        near,
    ));
    figures.add(Figure::one(name("through the mesh"), "tokens/s", far));
    // A bar is what a figure stays under, so it is told how much is lost.
    let lost = (1.0 - far / near) * 100.0;
    figures.add(Figure::one(name("lost on the way"), "%", lost).bar(2.0));

    let before = memory(worker, &asker)?;
    let during = thread::scope(|scope| {
        let asked = scope.spawn(|| {
            all(MANY, |number| {
                let worker = workers.get(number % workers.len()).unwrap_or(worker);
                through(&asker, &worker.id, None)
            })
        });
        thread::sleep(Duration::from_secs(3));
        let during = memory(worker, &asker);
        let answers = asked
            .join()
            .unwrap_or_else(|_| anyhow::bail!("an asker broke"))?;
        if let Some(broken) = answers.iter().find(|answer| !answer.whole) {
            anyhow::bail!("one of {MANY} has no end: {:?}", broken.problem);
        }
        during
    })?;
    let name =
        |what: &str| format!("{MANY} answers of two machines: growth of memory (RSS), {what}");
    figures.add(Figure::one(
        name("who answers half"),
        "MB",
        during.0 - before.0,
    ));
    figures.add(Figure::one(name("who asks"), "MB", during.1 - before.1));
    Ok(())
}

/// One answer while something else fills the cable.
pub(super) fn gaps(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let talks = bench.choose(TALKS.0, TALKS.1);
    eprintln!("{talks} answers, one by one, on a cable of 1 Gb/s that is full of something else.");
    let lab = bench.lab(2)?;
    let machines = lab.machines()?;
    let [one, other] = machines.as_slice() else {
        anyhow::bail!("a lab of two has two machines");
    };
    let worker = Worker::hired(one, TALK)?;
    let asker = Asker::come(other)?;
    worker.permits(&asker, TALK)?;
    asker.knows(1)?;
    one.limit(Some(CABLE.parse()?))?;
    let (answers, filled) = flooded(one, other, || {
        (0..talks)
            .map(|_| through(&asker, &worker.id, None))
            .collect::<Result<Vec<_>>>()
    })?;
    let gaps: Vec<f64> = answers
        .iter()
        .flat_map(Answer::gaps)
        .map(milliseconds)
        .collect();
    figures.add(Figure::one("full cable: what else passes", "Mb/s", filled));
    let name = "full cable: from one piece to the next";
    figures.add(Figure::percentile(name, "ms", 50, gaps.clone()));
    figures.add(Figure::percentile(name, "ms", 99, gaps).bar(50.0));
    Ok(())
}

/// The same question so many times at once.
fn all(count: usize, ask: impl Fn(usize) -> Result<Answer> + Sync) -> Result<Vec<Answer>> {
    thread::scope(|scope| {
        let ask = &ask;
        let asked: Vec<_> = (0..count)
            .map(|number| scope.spawn(move || ask(number)))
            .collect();
        asked
            .into_iter()
            .map(|one| {
                one.join()
                    .unwrap_or_else(|_| anyhow::bail!("an asker broke"))
            })
            .collect()
    })
}

/// Of all together.
fn speed(answers: &[Answer]) -> Result<f64> {
    if let Some(broken) = answers.iter().find(|answer| !answer.whole) {
        anyhow::bail!("an answer has no end: {:?}", broken.problem);
    }
    let speeds: Option<Vec<f64>> = answers.iter().map(Answer::speed).collect();
    let speeds = speeds.context("an answer without a word")?;
    Ok(speeds.iter().sum())
}

fn memory(worker: &Worker<'_>, asker: &Asker<'_>) -> Result<(f64, f64)> {
    let of = |id| Ok::<_, anyhow::Error>(processes::memory(id)?.resident);
    Ok((of(worker.running.id())?, of(asker.running.id())?))
}

/// Does `work` while one machine sends to the other as much as it can; answers
/// what passed as well, in megabits a second.
fn flooded<T>(
    from: &Machine<'_>,
    to: &Machine<'_>,
    work: impl FnOnce() -> Result<T>,
) -> Result<(T, f64)> {
    let place = SocketAddr::from((to.address(), FLOOD_PORT));
    let listener = to.inside(|| TcpListener::bind(place))??;
    let mut source = from.inside(|| TcpStream::connect(place))??;
    let (mut sink, _) = listener.accept()?;
    let (over, passed) = (AtomicBool::new(false), AtomicU64::new(0));
    let began = Instant::now();
    let done = thread::scope(|scope| {
        scope.spawn(|| {
            let bytes = vec![0; 1 << 16];
            loop {
                if over.load(Ordering::Relaxed) || source.write_all(&bytes).is_err() {
                    break;
                }
            }
            let _ = source.shutdown(std::net::Shutdown::Both);
        });
        scope.spawn(|| {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(read @ 1..) = sink.read(&mut bytes) {
                passed.fetch_add(read as u64, Ordering::Relaxed);
            }
        });
        let done = work();
        over.store(true, Ordering::Relaxed);
        done
    })?;
    let bits = Duration::from_micros(passed.load(Ordering::Relaxed) * 8);
    Ok((done, bits.as_secs_f64() / began.elapsed().as_secs_f64()))
}
