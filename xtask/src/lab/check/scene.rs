//! What the checks have in common: nodes that start, meet and lose each other.

use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::lab::{Machine, Node, Peer, Running};

/// A debug build on a busy machine is slow. Nothing here is measured; that is
/// what `bench mesh` is for.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The first node of each machine, running.
pub(super) fn start<'a>(machines: &'a [Machine<'a>]) -> Result<Vec<(Node<'a>, Running)>> {
    machines
        .iter()
        .map(|machine| {
            let node = machine.node()?;
            let running = node.start()?;
            Ok((node, running))
        })
        .collect()
}

/// Waits until each has a session with each other.
pub(super) fn meet(nodes: &[&Node<'_>]) -> Result<()> {
    for one in nodes {
        for other in nodes.iter().filter(|other| other.name() != one.name()) {
            session(one, other)?;
        }
    }
    Ok(())
}

/// Waits until the first says that a session with the second is up.
pub(super) fn session(one: &Node<'_>, other: &Node<'_>) -> Result<Peer> {
    let what = format!("a session of {} with {}", one.name(), other.name());
    eventually(&what, || Ok(one.peer(other)?.filter(Peer::has_session)))
}

/// Waits until the first says that there is none any more.
pub(super) fn parted(one: &Node<'_>, other: &Node<'_>) -> Result<()> {
    let what = format!(
        "the end of the session of {} with {}",
        one.name(),
        other.name()
    );
    eventually(&what, || {
        let peer = one.peer(other)?;
        Ok((!peer.is_some_and(|peer| peer.has_session())).then_some(()))
    })
}

pub(super) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if began.elapsed() > PATIENCE {
            bail!("waited {} seconds in vain for {what}", PATIENCE.as_secs());
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// What gives a process another clock.
pub(super) fn faketime() -> Option<PathBuf> {
    let nested = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    ["/usr/lib", "/usr/lib64"]
        .into_iter()
        .map(PathBuf::from)
        .chain(nested.map(|entry| entry.path()))
        .map(|folder| folder.join("faketime/libfaketime.so.1"))
        .find(|library| library.is_file())
}
