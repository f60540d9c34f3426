//! Announcements: packets to everybody near, and news of the network itself.
//!
//! What is said and when is decided in `wire`; a beacon only carries it. The
//! real one ([`UdpBeacon`]) speaks UDP on every usable interface, and mDNS
//! beside it; in tests the packets go through memory.

mod carrier;
#[cfg_attr(not(target_os = "linux"), path = "beacon/changes/unheard.rs")]
mod changes;
mod mdns;
mod outlets;
mod report;
mod sender;
#[cfg_attr(not(target_os = "linux"), path = "beacon/sleep/unheard.rs")]
mod sleep;
mod sockets;
mod tally;
#[cfg(test)]
mod tests;
mod udp;
mod wake;

use std::net::{IpAddr, SocketAddr};

use async_trait::async_trait;

pub use report::{
    BeaconReport, ChannelFailure, ChannelReport, FailureKind, InterfaceReport, SkippedInterface,
};
pub use udp::{BeaconError, BeaconOptions, InterfaceSource, UdpBeacon};

/// Sends to everybody near and hears them.
#[async_trait]
pub trait Beacon: Send + 'static {
    /// What comes next. Nothing is lost when the wait is given up.
    async fn heard(&mut self) -> Heard;

    /// Sends to everybody, from every interface.
    fn broadcast(&mut self, packet: &[u8]);

    /// Sends to where a packet came from.
    fn reply(&mut self, to: SocketAddr, packet: &[u8]);

    /// Every address of this machine at its latest look, used or not.
    fn addresses(&self) -> Vec<IpAddr>;

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
    /// The machine sleeps as soon as the next thing is asked for.
    WillSleep,
    /// The machine slept, or the process was stopped.
    Woke,
}
