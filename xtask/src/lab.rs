//! `cargo xtask lab`: several machines in one, each a network namespace with an
//! address of its own on one bridge, and a real node in each.
//!
//! The bridge lives in a namespace too, so nothing of the host's network is
//! touched. What is up is what `ip netns list` shows under our prefix; no other
//! record is kept.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    process::{self, cargo, command},
    tree::Tree,
    trial::{Home, Trial},
    ui,
};

const PREFIX: &str = "banyan-lab-";
const HUB: &str = "banyan-lab-hub";
/// In a range that nobody routes; the namespaces see only each other.
const NETWORK: &str = "10.77.0";
const MOST: u8 = 50;
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    let mut words = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Value(word) => words.push(word.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let lab = Lab::new(tree)?;
    match words.as_slice() {
        ["up"] => lab.up(3),
        ["up", count] => lab.up(count_of(count)?),
        ["down"] => lab.down(),
        [] | ["list"] => lab.list(),
        _ => bail!("lab knows: up [COUNT], list, down"),
    }
}

fn count_of(word: &str) -> Result<u8> {
    match word.parse() {
        Ok(count @ 1..=MOST) => Ok(count),
        _ => bail!("a lab has 1 to {MOST} machines, not {word}"),
    }
}

struct Lab<'a> {
    tree: &'a Tree,
    folder: PathBuf,
    banyan: PathBuf,
}

impl<'a> Lab<'a> {
    fn new(tree: &'a Tree) -> Result<Self> {
        let is_root =
            || process::capture(command(tree, "id").arg("-u")).is_ok_and(|id| id.trim() == "0");
        if !cfg!(target_os = "linux") || !is_root() {
            bail!("a lab is made of network namespaces, which only root on Linux can make");
        }
        let target = tree.target()?;
        Ok(Self {
            tree,
            folder: target.join("lab"),
            banyan: target.join("debug/banyan"),
        })
    }

    fn up(&self, count: u8) -> Result<()> {
        if !self.machines()?.is_empty() {
            bail!("a lab is up already; `cargo xtask lab down` ends it");
        }
        ui::ensure_built_here(self.tree)?;
        process::run(cargo(self.tree).args(["build", "--package", "banyan"]))?;
        println!("Making {count} machines on one network, {NETWORK}.0/24.");
        self.ip(&["netns", "add", HUB])?;
        self.ip(&["-n", HUB, "link", "add", "bridge", "type", "bridge"])?;
        self.ip(&["-n", HUB, "link", "set", "bridge", "up"])?;
        for number in 1..=count {
            self.plug_in(number)?;
            self.start(number)?;
        }
        self.list()
    }

    /// A namespace with a cable to the hub.
    fn plug_in(&self, number: u8) -> Result<()> {
        let machine = format!("{PREFIX}{number}");
        let socket = format!("port{number}");
        let address = format!("{NETWORK}.{number}/24");
        self.ip(&["netns", "add", &machine])?;
        self.ip(&["-n", &machine, "link", "set", "lo", "up"])?;
        let cable = [
            "-n", HUB, "link", "add", &socket, "type", "veth", "peer", "name", "eth0",
        ];
        self.ip(&[&cable[..], &["netns", &machine]].concat())?;
        self.ip(&["-n", HUB, "link", "set", &socket, "master", "bridge", "up"])?;
        self.ip(&[
            "-n",
            &machine,
            "address",
            "add",
            &address,
            "broadcast",
            "+",
            "dev",
            "eth0",
        ])?;
        self.ip(&["-n", &machine, "link", "set", "eth0", "up"])
    }

    /// A node that outlives this command; `down` ends it.
    fn start(&self, number: u8) -> Result<()> {
        let machine = format!("{PREFIX}{number}");
        let home = Home::kept(self.folder.join(&machine))?;
        // A session of its own, so that the end of this terminal is not its end.
        let mut serve = self.inside(&home, &machine, "setsid");
        serve.args(["serve", "--no-keyring", "--name", &format!("lab {number}")]);
        let mut node = Trial::start(&mut serve, &self.folder.join(format!("{machine}.log")))?;
        let ready = || home.data().join("node.json").is_file().then_some(());
        node.wait_for("the node was ready", LIMIT, ready)?;
        node.leave_running();
        Ok(())
    }

    fn list(&self) -> Result<()> {
        let machines = self.machines()?;
        if machines.is_empty() {
            println!("No lab is up; `cargo xtask lab up 3` makes one.");
        }
        for machine in machines {
            let home = Home::kept(self.folder.join(&machine))?;
            println!("\n{machine}");
            let mut link = self.inside(&home, &machine, "env");
            let link = process::capture(link.arg("link").stderr(Stdio::null()))
                .unwrap_or_else(|_| "no node answers here".to_owned());
            println!("  page:     {}", link.trim());
            println!(
                "  command:  ip netns exec {machine} {} --data {} status",
                self.banyan.display(),
                home.data().display()
            );
        }
        Ok(())
    }

    fn down(&self) -> Result<()> {
        let mut namespaces = self.machines()?;
        for machine in &namespaces {
            let pids = process::capture(command(self.tree, "ip").args(["netns", "pids", machine]))?;
            for pid in pids.lines().filter_map(|line| line.trim().parse().ok()) {
                process::ask_to_end(pid);
            }
        }
        if self.namespaces()?.iter().any(|name| name == HUB) {
            namespaces.push(HUB.to_owned());
        }
        for namespace in &namespaces {
            self.ip(&["netns", "delete", namespace])?;
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)
                .with_context(|| format!("{} cannot be removed", self.folder.display()))?;
        }
        println!("The lab is gone.");
        Ok(())
    }

    /// `banyan --data DIR` on that machine, without its command.
    fn inside(&self, home: &Home, machine: &str, starter: &str) -> Command {
        let mut command = home.command(self.tree, Path::new(starter));
        command
            .args(["ip", "netns", "exec", machine])
            .arg(&self.banyan)
            .arg("--data")
            .arg(home.data());
        command
    }

    fn machines(&self) -> Result<Vec<String>> {
        let mut machines = self.namespaces()?;
        machines.retain(|name| name.starts_with(PREFIX) && name != HUB);
        machines.sort_by_key(|name| {
            name.trim_start_matches(PREFIX)
                .parse::<u32>()
                .unwrap_or(u32::MAX)
        });
        Ok(machines)
    }

    fn namespaces(&self) -> Result<Vec<String>> {
        Ok(names(&process::capture(
            command(self.tree, "ip").args(["netns", "list"]),
        )?))
    }

    fn ip(&self, arguments: &[&str]) -> Result<()> {
        process::capture(command(self.tree, "ip").args(arguments)).map(drop)
    }
}

/// From lines such as `banyan-lab-1 (id: 0)`.
fn names(list: &str) -> Vec<String> {
    list.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_has_a_sensible_size() {
        assert_eq!(count_of("3").unwrap(), 3);
        for nonsense in ["0", "51", "many", "-1"] {
            assert!(count_of(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn namespaces_are_read_with_and_without_a_number() {
        assert_eq!(
            names("banyan-lab-2 (id: 1)\nbanyan-lab-hub\n"),
            ["banyan-lab-2", "banyan-lab-hub"]
        );
        assert!(names("").is_empty());
    }
}
