//! Hears from the kernel that an address or an interface came or went.
//!
//! What it says is not read: whoever hears it looks for themselves, and looks
//! from time to time anyway.

use std::{io, os::unix::net::UnixDatagram as StdUnixDatagram, time::Duration};

use rustix::{
    io::Errno,
    net::{self, AddressFamily, SocketFlags, SocketType, netlink::SocketAddrNetlink},
};
use tokio::{
    net::UnixDatagram,
    time::{Instant, sleep_until},
};

/// `RTMGRP_LINK`, `RTMGRP_IPV4_IFADDR` and `RTMGRP_IPV6_IFADDR` of the kernel.
const GROUPS: u32 = 0x1 | 0x10 | 0x100;

/// One change comes as several messages, such as an address that goes and
/// another that comes.
const GATHERED: Duration = Duration::from_millis(50);

/// Longer ones are cut off, which does not matter here.
const LONGEST: usize = 4096;

pub(super) struct Changes {
    socket: Option<UnixDatagram>,
    /// Something was heard, and is told then.
    due: Option<Instant>,
}

impl Changes {
    /// Call it inside the runtime.
    pub(super) fn of_the_system() -> Self {
        let socket = listen().inspect_err(|error| {
            tracing::debug!(%error, "nobody tells when the network changes");
        });
        Self {
            socket: socket.ok(),
            due: None,
        }
    }

    /// Waits until something changed. Nothing is lost when the wait is given up.
    pub(super) async fn next(&mut self) {
        loop {
            if let Some(due) = self.due {
                sleep_until(due).await;
                self.due = None;
                self.drain();
                return;
            }
            let Some(socket) = &self.socket else {
                return std::future::pending().await;
            };
            match socket.readable().await {
                Ok(_) => self.due = Some(Instant::now() + GATHERED),
                Err(_) => self.socket = None,
            }
        }
    }

    /// Until there is nothing more to read.
    fn drain(&mut self) {
        let Some(socket) = &self.socket else {
            return;
        };
        let mut message = [0; LONGEST];
        loop {
            match socket.try_recv(&mut message) {
                Ok(_) => {}
                // The kernel dropped some; one look sees all.
                Err(error) if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    self.socket = None;
                    return;
                }
            }
        }
    }
}

fn listen() -> io::Result<UnixDatagram> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    // The protocol of routes and addresses is the usual one.
    let socket = net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    net::bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    // Once bound it is read like any other socket of datagrams, and the runtime
    // knows those of this family.
    UnixDatagram::from_std(StdUnixDatagram::from(socket))
}
