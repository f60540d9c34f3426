//! One machine of a lab: a namespace with an address on one network or two.

use std::{
    ffi::OsString,
    net::Ipv4Addr,
    process::{Child, Command},
};

use anyhow::{Context, Result};

use super::{
    Lab,
    inside::inside,
    network::{Cable, neighbour},
    node::Node,
    plan::{Lan, Seat},
    weather::{Loss, Rate},
};
use crate::process;

pub(crate) struct Machine<'a> {
    lab: &'a Lab<'a>,
    seat: Seat,
}

/// What passed through the cables of a machine since they exist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub(crate) bytes: u64,
    pub(crate) packets: u64,
}

impl<'a> Machine<'a> {
    pub(super) fn new(lab: &'a Lab<'a>, seat: Seat) -> Self {
        Self { lab, seat }
    }

    pub(crate) fn number(&self) -> u8 {
        self.seat.number
    }

    pub(super) fn lab(&self) -> &'a Lab<'a> {
        self.lab
    }

    pub(super) fn namespace(&self) -> String {
        self.lab.network.machine(self.seat.number)
    }

    pub(crate) fn lans(&self) -> &[Lan] {
        &self.seat.lans
    }

    /// The one it got when it was made.
    pub(crate) fn address(&self) -> Ipv4Addr {
        let lan = self.seat.lans.first().copied().unwrap_or(Lan::First);
        lan.address(self.seat.number)
    }

    /// The node that belongs to it, running or not.
    pub(crate) fn node(&self) -> Result<Node<'_>> {
        Node::first(self)
    }

    /// A node beside the first.
    pub(crate) fn second_node(&self) -> Result<Node<'_>> {
        Node::second(self)
    }

    pub(crate) fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        inside(&self.namespace(), work)
    }

    /// Starts a program on this machine.
    pub(crate) fn spawn(&self, command: &mut Command) -> Result<Child> {
        let name = process::shown(command);
        self.inside(|| command.spawn())?
            .with_context(|| format!("{name} cannot be started"))
    }

    /// Runs a program on this machine, on this terminal.
    pub(crate) fn run(&self, words: &[OsString]) -> Result<()> {
        let mut command = process::command(self.lab.tree, "ip");
        command
            .args(["netns", "exec", &self.namespace()])
            .args(words);
        process::run(&mut command)
    }

    /// Commands of `ip` on this machine.
    pub(crate) fn ip(&self, lines: &[impl AsRef<str>]) -> Result<()> {
        let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
        self.lab.network.all(&self.namespace(), &lines)
    }

    /// Gives it another address, as a router does. The old one goes first: the
    /// system takes all others of a network away with the oldest.
    pub(crate) fn move_to(&self, old: Ipv4Addr, new: Ipv4Addr) -> Result<()> {
        let prefix = Lan::PREFIX;
        self.ip(&[
            format!("address delete {old}/{prefix} dev eth0"),
            format!("address add {new}/{prefix} broadcast + dev eth0"),
        ])
    }

    /// Tells it that all these addresses are on another machine, which spares
    /// the system's table of neighbours.
    pub(crate) fn introduce(&self, other: &Self, addresses: &[Ipv4Addr]) -> Result<()> {
        let hardware = Lan::First.hardware(other.number());
        let lines: Vec<String> = addresses
            .iter()
            .map(|address| neighbour((*address).into(), &hardware, "eth0"))
            .collect();
        self.ip(&lines)
    }

    /// Whether packets to elsewhere would have a way.
    pub(crate) fn has_way_out(&self) -> Result<bool> {
        let arguments = ["-n", &self.namespace(), "route", "show", "default"];
        let routes = self.lab.network.ask(&arguments)?;
        Ok(routes.as_array().is_some_and(|routes| !routes.is_empty()))
    }

    /// Pulls its cables out.
    pub(crate) fn cut(&self) -> Result<()> {
        self.each_cable(|cable| self.lab.network.cut(cable))
    }

    pub(crate) fn heal(&self) -> Result<()> {
        self.each_cable(|cable| self.lab.network.heal(cable))
    }

    pub(crate) fn limit(&self, rate: Option<Rate>) -> Result<()> {
        self.each_cable(|cable| self.lab.network.limit(cable, rate))
    }

    pub(crate) fn lose(&self, loss: Option<Loss>) -> Result<()> {
        self.each_cable(|cable| self.lab.network.lose(cable, loss))
    }

    /// Packets that left for addresses outside private networks.
    pub(crate) fn sent_far(&self) -> Result<u64> {
        self.lab.network.counted(&self.namespace(), "far")
    }

    /// From now on counts the announcements that leave by an interface.
    pub(crate) fn watch_announcements(&self, interface: &str) -> Result<()> {
        self.lab
            .network
            .guard_interface(&self.namespace(), interface)
    }

    pub(crate) fn announced_by(&self, interface: &str) -> Result<u64> {
        self.lab
            .network
            .counted(&self.namespace(), &format!("by_{interface}"))
    }

    /// In both directions, over all its cables.
    pub(crate) fn traffic(&self) -> Result<Traffic> {
        let mut sum = Traffic::default();
        self.each_cable(|cable| {
            let arguments = ["-s", "-n", &cable.machine, "link", "show", &cable.interface];
            let list = self.lab.network.ask(&arguments)?;
            let passed =
                traffic(&list).with_context(|| format!("{} has no counters", cable.interface))?;
            sum.bytes += passed.bytes;
            sum.packets += passed.packets;
            Ok(())
        })?;
        Ok(sum)
    }

    fn each_cable(&self, work: impl FnMut(&Cable) -> Result<()>) -> Result<()> {
        let cables = self.lab.network.cables_of(&self.seat);
        cables.iter().try_for_each(work)
    }
}

fn traffic(list: &serde_json::Value) -> Option<Traffic> {
    let number = |path: &str| list.pointer(&format!("/0/stats64{path}"))?.as_u64();
    Some(Traffic {
        bytes: number("/rx/bytes")? + number("/tx/bytes")?,
        packets: number("/rx/packets")? + number("/tx/packets")?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_directions_count() {
        let list = json!([{"ifname": "eth0", "stats64": {
            "rx": {"bytes": 180, "packets": 2},
            "tx": {"bytes": 1000, "packets": 5},
        }}]);
        let sum = Traffic {
            bytes: 1180,
            packets: 7,
        };
        assert_eq!(traffic(&list), Some(sum));
        assert_eq!(traffic(&json!([])), None);
    }
}
