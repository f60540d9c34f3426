//! Who shows what others can and cannot do: hear this machine, and reach it.
//!
//! A machine that answers an announcement has heard it, and dials at the same
//! moment unless something is open between the two already. Several that answer
//! while nobody ever comes are turned away before this program sees them.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
};

use wire::{
    DeviceId,
    msg::{
        announce::{Announcement, Kind},
        mdns,
    },
};

/// More say nothing more.
const MOST: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Witnesses {
    answered: BTreeSet<IpAddr>,
    came: BTreeSet<IpAddr>,
}

impl Witnesses {
    /// A packet was believed; `is_open`: something is open with that device.
    pub(super) fn heard(
        &mut self,
        packet: &[u8],
        source: SocketAddr,
        is_open: impl FnOnce(DeviceId) -> bool,
    ) {
        let Ok(packet) = Announcement::parse(packet) else {
            return;
        };
        let said = packet.claim();
        // Over mDNS everybody hears the answers to everybody.
        let to_us_alone = source.port() != mdns::PORT;
        if said.kind == Kind::Reply && to_us_alone && !is_open(said.device) {
            note(&mut self.answered, source.ip());
        }
    }

    /// Somebody connected.
    pub(super) fn came(&mut self, from: IpAddr) {
        note(&mut self.came, from);
    }

    pub(super) fn answered(&self) -> &BTreeSet<IpAddr> {
        &self.answered
    }

    pub(super) fn visitors(&self) -> &BTreeSet<IpAddr> {
        &self.came
    }
}

fn note(noted: &mut BTreeSet<IpAddr>, address: IpAddr) {
    if noted.len() < MOST {
        noted.insert(address);
    }
}
