//! What a beacon did, for the doctor.

use std::{io, time::SystemTime};

use crate::interfaces::{Address, Skipped};

/// What a beacon did since it started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeaconReport {
    pub port: u16,
    /// Announcements go through mDNS too.
    pub mdns: bool,
    /// Those in use.
    pub interfaces: Vec<InterfaceReport>,
    pub skipped: Vec<SkippedInterface>,
    /// Packets from outside the networks of the interfaces in use: not looked
    /// at.
    pub from_elsewhere: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceReport {
    pub name: String,
    pub addresses: Vec<Address>,
    pub udp: ChannelReport,
    /// Empty while mDNS is off.
    pub mdns: ChannelReport,
}

/// One way of announcing over one interface.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelReport {
    pub sent: u64,
    /// Packets that came from other addresses than ours.
    pub heard: u64,
    pub last_heard: Option<SystemTime>,
    /// The latest failure, until something is sent again.
    pub failure: Option<ChannelFailure>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelFailure {
    pub kind: FailureKind,
    pub at: SystemTime,
}

/// Why nothing could be sent or heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// macOS asks the person before a program may use the local network, and
    /// answers like this until they allow it.
    LocalNetworkDenied,
    /// Another program has the port for itself.
    PortTaken,
    /// A rule of this machine, such as its firewall, forbids it.
    NotPermitted,
    /// The system knows no way there.
    Unreachable,
    Other(String),
}

/// An interface that is not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedInterface {
    pub name: String,
    pub reason: Skipped,
}

impl FailureKind {
    pub(super) fn of(error: &io::Error) -> Self {
        Self::on(error, cfg!(target_os = "macos"))
    }

    fn on(error: &io::Error, macos: bool) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "an open list")]
        match error.kind() {
            io::ErrorKind::HostUnreachable if macos => Self::LocalNetworkDenied,
            io::ErrorKind::AddrInUse => Self::PortTaken,
            io::ErrorKind::PermissionDenied => Self::NotPermitted,
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Self::Unreachable,
            _ => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denied_local_network_is_told_apart_on_macos() {
        let denied = io::Error::from(io::ErrorKind::HostUnreachable);
        assert_eq!(
            FailureKind::on(&denied, true),
            FailureKind::LocalNetworkDenied
        );
        assert_eq!(FailureKind::on(&denied, false), FailureKind::Unreachable);
    }

    #[test]
    fn what_can_be_helped_is_told_apart() {
        let kind = |kind: io::ErrorKind| FailureKind::on(&kind.into(), false);
        assert_eq!(kind(io::ErrorKind::AddrInUse), FailureKind::PortTaken);
        assert_eq!(
            kind(io::ErrorKind::PermissionDenied),
            FailureKind::NotPermitted
        );
        let other = io::Error::other("no buffer space");
        assert_eq!(
            FailureKind::on(&other, true),
            FailureKind::Other("no buffer space".to_owned())
        );
    }
}
