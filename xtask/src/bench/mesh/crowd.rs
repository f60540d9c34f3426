//! One real node faces many machines that a program pretends to be: the same
//! keys, packets and connections, each from an address of its own, without a
//! data folder or a page.

use std::{
    io::{BufRead, BufReader},
    net::Ipv4Addr,
    path::Path,
    process::{Child, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::LIMIT;
use crate::{
    bench::{
        figures::{Figure, Figures},
        processes,
        release::Bench,
    },
    lab::{Lan, Machine, Running},
    process::command,
};

const ANNOUNCERS: u16 = 1000;
const SESSIONS: u16 = 200;
/// Two rounds of announcements, usually.
const WINDOW: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(30));
/// A new node, or one with new sessions, writes and says what it has to.
const SETTLE: Duration = Duration::from_secs(5);
/// The first address of the crowd.
const FIRST: u16 = 0x0400;

/// The program that pretends; it ends with this value.
struct Crowd(Child);

pub(super) fn announcers(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let window = bench.choose(WINDOW.0, WINDOW.1);
    eprintln!(
        "One node hears {ANNOUNCERS} machines announce themselves for {} s.",
        window.as_secs()
    );
    let lab = bench.lab(2)?;
    let machines = lab.machines()?;
    let [one, others] = machines.as_slice() else {
        bail!("a lab of two has two machines");
    };
    let node = one.node()?.start()?;
    thread::sleep(SETTLE);
    let name = |what: &str| format!("{ANNOUNCERS} announcers: {what}");
    let memory_before = processes::memory(node.id())?.resident;
    let began = processes::cpu_time(node.id())?;
    let (_crowd, arriving) = Crowd::gather(bench, one, others, ANNOUNCERS, None)?;
    let arrived = processes::cpu_time(node.id())?.saturating_sub(began);
    let seconds = arriving.as_secs_f64();
    figures.add(Figure::one(
        name(&format!(
            "processor in the {seconds:.0} s in which they come, of a core"
        )),
        "%",
        arrived.as_secs_f64() / seconds * 100.0,
    ));
    let percent = processor(&node, window)?;
    figures.add(Figure::one(name("processor, of a core"), "%", percent).bar(5.0));
    let grown = processes::memory(node.id())?.resident - memory_before;
    figures.add(Figure::one(name("growth of memory (RSS)"), "MB", grown));
    Ok(())
}

pub(super) fn sessions(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let window = bench.choose(WINDOW.0, WINDOW.1);
    eprintln!("One node holds {SESSIONS} sessions.");
    let lab = bench.lab(2)?;
    let machines = lab.machines()?;
    let [one, others] = machines.as_slice() else {
        bail!("a lab of two has two machines");
    };
    let node = one.node()?.start()?;
    thread::sleep(SETTLE);
    let before = processes::memory(node.id())?.resident;
    let (_crowd, _) = Crowd::gather(bench, one, others, SESSIONS, Some(&lab.mesh_key()))?;
    thread::sleep(SETTLE);
    let name = |what: &str| format!("{SESSIONS} sessions: {what}");
    let percent = processor(&node, window)?;
    figures.add(Figure::one(name("processor, of a core"), "%", percent));
    let grown = processes::memory(node.id())?.resident - before;
    figures.add(Figure::one(name("growth of memory (RSS)"), "MB", grown).bar(25.0));
    Ok(())
}

/// Of a core, in percent.
fn processor(node: &Running, window: Duration) -> Result<f64> {
    let before = processes::cpu_time(node.id())?;
    thread::sleep(window);
    let used = processes::cpu_time(node.id())?.saturating_sub(before);
    Ok(used.as_secs_f64() / window.as_secs_f64() * 100.0)
}

impl Crowd {
    /// Starts it and waits until all announce themselves, or with a key until
    /// all have a session, and says how long that took.
    fn gather(
        bench: &Bench<'_>,
        listener: &Machine<'_>,
        machine: &Machine<'_>,
        count: u16,
        key: Option<&Path>,
    ) -> Result<(Self, Duration)> {
        let addresses: Vec<Ipv4Addr> = (FIRST..FIRST + count)
            .map(|number| Lan::First.crowd(number))
            .collect();
        let prefix = Lan::PREFIX;
        let lines: Vec<String> = addresses
            .iter()
            .map(|address| format!("address add {address}/{prefix} dev eth0 noprefixroute"))
            .collect();
        machine.ip(&lines)?;
        listener.introduce(machine, &addresses)?;
        let mut program = command(bench.tree, bench.examples.join("crowd"));
        program.args([Lan::First.crowd(FIRST).to_string(), count.to_string()]);
        program
            .args([Lan::First.crowd(u16::MAX).to_string()])
            .args(key);
        let mut child = machine.spawn(program.stdout(Stdio::piped()))?;
        let out = child.stdout.take();
        let crowd = Self(child);
        let out = out.context("the crowd has no output")?;
        let (on_line, line) = mpsc::channel();
        thread::spawn(move || {
            let mut word = String::new();
            if BufReader::new(out).read_line(&mut word).is_ok() {
                // Nobody listens any more where it took too long.
                let _ = on_line.send(word);
            }
        });
        let word = line.recv_timeout(LIMIT).unwrap_or_default();
        let milliseconds: f64 = word
            .trim()
            .parse()
            .with_context(|| format!("{count} machines did not gather; they said {word:?}"))?;
        Ok((crowd, Duration::from_secs_f64(milliseconds / 1000.0)))
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
