//! Networks of a lab: a bridge in a namespace of its own for each, and a
//! namespace with a cable for each machine. Nothing here touches the network of
//! the host.
//!
//! What exists is what the system shows under the name of the lab; no other
//! record is kept, so nothing is forgotten when this tool crashes.

use std::{
    net::IpAddr,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::plan::{Lan, Seat};
use crate::{
    process::{self, command},
    tree::Tree,
};

/// IPv6 addresses are of use once nobody else claimed them, which takes a
/// second or two.
const UNTIL_SETTLED: Duration = Duration::from_secs(30);
/// Processes that are asked to end get this long.
const UNTIL_ENDED: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Linux keeps the neighbours of all namespaces in one table of about a thousand.
/// Up to this many machines that know each other fit well; more are introduced
/// to each other, which needs no place in that table.
const STRANGERS: usize = 20;

/// The namespaces of one lab, by their names.
#[derive(Debug, Clone)]
pub(super) struct Network<'a> {
    tree: &'a Tree,
    lab: &'static str,
}

/// One end in a machine, the other in the hub of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cable {
    pub(super) machine: String,
    pub(super) interface: String,
    pub(super) hub: String,
    pub(super) port: String,
}

impl<'a> Network<'a> {
    pub(super) fn new(tree: &'a Tree, lab: &'static str) -> Self {
        Self { tree, lab }
    }

    pub(super) fn machine(&self, number: u8) -> String {
        format!("{}-{number}", self.lab)
    }

    fn hub(&self, lan: Lan) -> String {
        format!("{}-hub-{}", self.lab, lan.letter())
    }

    /// Makes the networks and plugs the machines in.
    pub(super) fn make(&self, seats: &[Seat], default_route: bool) -> Result<()> {
        for lan in Lan::ALL {
            if !seats.iter().any(|seat| seat.lans.contains(&lan)) {
                continue;
            }
            let hub = self.hub(lan);
            self.ip(&["netns", "add", &hub])?;
            let mut lines = vec![
                "link add bridge type bridge".to_owned(),
                "link set bridge up".to_owned(),
            ];
            if default_route {
                let (router, prefix) = (lan.router(), Lan::PREFIX);
                lines.push(format!("address add {router}/{prefix} dev bridge"));
            }
            self.all(&hub, &lines)?;
        }
        for seat in seats {
            self.plug_in(seat, default_route)?;
        }
        if seats.len() > STRANGERS {
            seats
                .iter()
                .try_for_each(|seat| self.introduce(seat, seats))?;
        }
        seats.iter().try_for_each(|seat| self.settle(seat.number))
    }

    fn plug_in(&self, seat: &Seat, default_route: bool) -> Result<()> {
        let machine = self.machine(seat.number);
        self.ip(&["netns", "add", &machine])?;
        let mut lines = vec!["link set lo up".to_owned()];
        for (lan, cable) in seat.lans.iter().zip(self.cables_of(seat)) {
            let Cable {
                interface, port, ..
            } = &cable;
            self.all(
                &cable.hub,
                &[
                    format!(
                        "link add {port} type veth peer name {interface} address {} netns {machine}",
                        lan.hardware(seat.number)
                    ),
                    format!("link set {port} master bridge up"),
                ],
            )?;
            let (address, prefix) = (lan.address(seat.number), Lan::PREFIX);
            lines.push(format!(
                "address add {address}/{prefix} broadcast + dev {interface}"
            ));
            lines.push(format!("link set {interface} up"));
        }
        if let Some(lan) = seat.lans.first().filter(|_| default_route) {
            lines.push(format!("route add default via {}", lan.router()));
        }
        self.all(&machine, &lines)
    }

    /// Tells a machine where all others are. What it would find out by itself is
    /// forgotten as soon as the system's table is full.
    fn introduce(&self, seat: &Seat, all: &[Seat]) -> Result<()> {
        for (lan, cable) in seat.lans.iter().zip(self.cables_of(seat)) {
            let others = all
                .iter()
                .filter(|other| other.number != seat.number && other.lans.contains(lan));
            let lines: Vec<String> = others
                .flat_map(|other| {
                    let hardware = lan.hardware(other.number);
                    [
                        IpAddr::from(lan.address(other.number)),
                        IpAddr::from(lan.link_local(other.number)),
                    ]
                    .map(|address| neighbour(address, &hardware, &cable.interface))
                })
                .collect();
            self.all(&cable.machine, &lines)?;
        }
        Ok(())
    }

    /// Waits until the system has no more doubts about the addresses.
    fn settle(&self, number: u8) -> Result<()> {
        let began = Instant::now();
        let machine = self.machine(number);
        loop {
            let list = self.ask(&["-n", &machine, "-6", "address", "show", "tentative"])?;
            if !names(&list, "ifname").any(|_| true) {
                return Ok(());
            }
            if began.elapsed() > UNTIL_SETTLED {
                bail!("the addresses of {machine} did not become usable");
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// The numbers of the machines that exist.
    pub(super) fn numbers(&self) -> Result<Vec<u8>> {
        let mut numbers: Vec<u8> = self
            .namespaces()?
            .iter()
            .filter_map(|name| name.rsplit_once('-')?.1.parse().ok())
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Where a machine sits, from the ports of the hubs.
    pub(super) fn seat(&self, number: u8) -> Result<Seat> {
        let existing = self.namespaces()?;
        let mut lans = Vec::new();
        for lan in Lan::ALL {
            let hub = self.hub(lan);
            if !existing.contains(&hub) {
                continue;
            }
            let list = self.ask(&["-n", &hub, "link", "show"])?;
            if names(&list, "ifname").any(|name| name == port(number)) {
                lans.push(lan);
            }
        }
        Ok(Seat { number, lans })
    }

    pub(super) fn cables_of(&self, seat: &Seat) -> Vec<Cable> {
        (0..)
            .zip(&seat.lans)
            .map(|(index, lan)| Cable {
                machine: self.machine(seat.number),
                interface: format!("eth{index}"),
                hub: self.hub(*lan),
                port: port(seat.number),
            })
            .collect()
    }

    /// Ends what runs in the namespaces, then removes them and all that is in
    /// them.
    pub(super) fn remove(&self) -> Result<()> {
        let namespaces = self.namespaces()?;
        let mut running = self.processes_of(&namespaces)?;
        process::signal("TERM", &running);
        // One that was stopped hears only after this.
        process::signal("CONT", &running);
        let asked = Instant::now();
        while !running.is_empty() {
            if asked.elapsed() > UNTIL_ENDED {
                process::signal("KILL", &running);
            }
            thread::sleep(LOOK_AGAIN);
            running = self.processes_of(&namespaces)?;
        }
        for namespace in &namespaces {
            self.ip(&["netns", "delete", namespace])?;
        }
        Ok(())
    }

    pub(super) fn processes(&self, number: u8) -> Result<Vec<u32>> {
        self.processes_of(&[self.machine(number)])
    }

    fn processes_of(&self, namespaces: &[String]) -> Result<Vec<u32>> {
        let mut ids = Vec::new();
        for namespace in namespaces {
            let list =
                process::capture(command(self.tree, "ip").args(["netns", "pids", namespace]))?;
            ids.extend(list.lines().filter_map(|id| id.trim().parse::<u32>().ok()));
        }
        // One that ended and that nobody has asked about yet is shown too.
        ids.retain(|id| {
            std::fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|it| !it.is_empty())
        });
        Ok(ids)
    }

    fn namespaces(&self) -> Result<Vec<String>> {
        let list = process::capture(command(self.tree, "ip").args(["netns", "list"]))?;
        Ok(of_lab(self.lab, &list))
    }

    pub(super) fn ip(&self, arguments: &[&str]) -> Result<()> {
        process::capture(command(self.tree, "ip").args(arguments)).map(drop)
    }

    /// Several commands of `ip` in one namespace; the first that fails is told.
    pub(super) fn all(&self, namespace: &str, lines: &[impl AsRef<str>]) -> Result<()> {
        let lines: String = lines
            .iter()
            .map(|line| format!("{}\n", line.as_ref()))
            .collect();
        let mut ip = command(self.tree, "ip");
        process::feed(ip.args(["-n", namespace, "-batch", "-"]), &lines)
    }

    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Value> {
        let said = process::capture(command(self.tree, "ip").arg("-json").args(arguments))?;
        if said.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&said).context("ip answered with something unreadable")
    }

    pub(super) fn tree(&self) -> &'a Tree {
        self.tree
    }
}

/// A line for `ip` that says on which card an address is.
pub(super) fn neighbour(address: IpAddr, hardware: &str, interface: &str) -> String {
    format!("neighbour replace {address} lladdr {hardware} nud permanent dev {interface}")
}

fn port(number: u8) -> String {
    format!("port{number}")
}

/// What stands under `key` in a list of `ip`; it leaves empty entries where a
/// filter took something away.
fn names<'a>(list: &'a Value, key: &'a str) -> impl Iterator<Item = &'a str> {
    let entries = list.as_array().into_iter().flatten();
    entries.filter_map(move |entry| entry.get(key)?.as_str())
}

/// Machines and hubs of this lab, from lines such as `banyan-lab-1 (id: 0)`.
fn of_lab(lab: &str, list: &str) -> Vec<String> {
    let is_ours = |name: &&str| {
        let rest = name
            .strip_prefix(lab)
            .and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| rest.parse::<u8>().is_ok() || rest.starts_with("hub-"))
    };
    list.lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(is_ours)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn namespaces_are_read_with_and_without_a_number() {
        let list = "banyan-lab-2 (id: 1)\nbanyan-lab-hub-a\n";
        assert_eq!(
            of_lab("banyan-lab", list),
            ["banyan-lab-2", "banyan-lab-hub-a"]
        );
        assert!(of_lab("banyan-lab", "").is_empty());
    }

    #[test]
    fn what_belongs_to_others_is_left_alone() {
        let list = "banyan-lab-x\nbanyan-lab-bench-1\nbanyan-labour-1\nmine\nbanyan-lab\n";
        assert!(of_lab("banyan-lab", list).is_empty());
    }

    #[test]
    fn empty_entries_are_no_names() {
        let list = json!([{}, {"ifname": "eth0"}, {}]);
        assert_eq!(names(&list, "ifname").collect::<Vec<_>>(), ["eth0"]);
        assert_eq!(names(&Value::Null, "ifname").count(), 0);
    }
}
