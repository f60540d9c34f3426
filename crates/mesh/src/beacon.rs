//! Announcements: packets to everybody near, and news of the network itself.
//!
//! What is said and when is decided in `wire`; a beacon only carries it. The
//! real one ([`UdpBeacon`]) speaks UDP on every usable interface; in tests the
//! packets go through memory.

mod sockets;
#[cfg(test)]
mod tests;
mod udp;
mod wake;

use std::net::SocketAddr;

use async_trait::async_trait;

pub use udp::{InterfaceSource, UdpBeacon};

/// Sends to everybody near and hears them.
#[async_trait]
pub trait Beacon: Send + 'static {
    /// What comes next. Nothing is lost when the wait is given up.
    async fn heard(&mut self) -> Heard;

    /// Sends to everybody, from every interface.
    fn broadcast(&mut self, packet: &[u8]);

    /// Sends to where a packet came from.
    fn reply(&mut self, to: SocketAddr, packet: &[u8]);

    /// For the doctor.
    fn report(&self) -> BeaconReport;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Packet {
        bytes: Vec<u8>,
        source: SocketAddr,
    },
    /// An interface or an address came or went.
    NetworkChanged,
    /// The machine slept, or the process was stopped.
    Woke,
}

/// What a beacon did since it started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeaconReport {
    pub port: u16,
    pub interfaces: Vec<InterfaceReport>,
    /// Packets from outside the networks of the usable interfaces: not looked
    /// at.
    pub from_elsewhere: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceReport {
    pub name: String,
    pub sent: u64,
    /// Packets of anybody, this machine included.
    pub heard: u64,
    /// The latest failure to send, until one succeeds.
    pub failure: Option<SendFailure>,
}

/// Why nothing could be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendFailure {
    /// macOS asks the person before a program may use the local network, and
    /// answers like this until they allow it.
    LocalNetworkDenied,
    Other(String),
}
