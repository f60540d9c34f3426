//! Doing something inside a network namespace.

use anyhow::Result;

/// Does `work` on a thread that belongs to the namespace. The sockets it opens
/// and the processes it starts stay there; this process stays where it is.
#[cfg(target_os = "linux")]
pub(super) fn inside<T: Send>(namespace: &str, work: impl FnOnce() -> T + Send) -> Result<T> {
    use std::{fs::File, os::fd::AsFd, panic::resume_unwind, path::Path, thread};

    use anyhow::Context;
    use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

    let path = Path::new("/run/netns").join(namespace);
    let place = File::open(&path).with_context(|| format!("there is no network {namespace}"))?;
    let entered_and_done = thread::scope(|scope| {
        let visitor = scope.spawn(|| {
            move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network))?;
            Ok::<T, rustix::io::Errno>(work())
        });
        visitor.join().unwrap_or_else(|panic| resume_unwind(panic))
    });
    entered_and_done.with_context(|| format!("the network {namespace} cannot be entered"))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn inside<T: Send>(_: &str, _: impl FnOnce() -> T + Send) -> Result<T> {
    anyhow::bail!("only Linux has network namespaces")
}
