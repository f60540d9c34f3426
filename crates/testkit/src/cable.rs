use std::{
    io::Write as _,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{Output, program, skip};

/// Two machines with a cable between them: network namespaces at 10.77.0.1 and
/// 10.77.0.2, with no way to anywhere else. They are gone when this is dropped.
#[derive(Debug)]
pub struct Cable {
    names: [String; 2],
}

impl Cable {
    /// Nothing, after saying why, where that is not allowed.
    pub fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = |side| format!("banyan-{}-{number}-{side}", std::process::id());
        let cable = Self {
            names: [name(1), name(2)],
        };
        for name in &cable.names {
            if !succeeds(ip(&["netns", "add", name])) {
                skip("this test must be allowed to make network namespaces");
                return None;
            }
        }
        let [one, two] = &cable.names;
        let link = ["link", "add", "cable", "netns", one, "type", "veth"];
        let peer = ["peer", "name", "cable", "netns", two];
        assert!(succeeds(ip(&[&link[..], &peer].concat())), "a cable");
        for (machine, address) in [(1, "10.77.0.1/24"), (2, "10.77.0.2/24")] {
            cable.run(machine, &format!("ip addr add {address} dev cable"));
            cable.run(machine, "ip link set lo up");
            cable.run(machine, "ip link set cable up");
        }
        Some(cable)
    }

    /// Adds rules of nftables; false, after saying why, where there is no such
    /// thing. Rules that it does not take are the test's own mistake.
    #[track_caller]
    pub fn filter(&self, machine: usize, rules: &str) -> bool {
        let mut looks = self.command(machine);
        looks.args(["nft", "list", "ruleset"]);
        if !succeeds(looks) {
            skip("this test needs `nft` (Debian package nftables)");
            return false;
        }
        let mut nft = self
            .command(machine)
            .args(["nft", "-f", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("nft starts");
        let mut input = nft.stdin.take().expect("it reads");
        input
            .write_all(rules.as_bytes())
            .expect("it goes on reading");
        drop(input);
        let status = nft.wait().expect("it ends");
        assert!(status.success(), "nft does not take {rules}");
        true
    }

    /// Runs a command on a machine, which must succeed; says what it wrote.
    #[track_caller]
    pub fn run(&self, machine: usize, command: &str) -> String {
        let mut words = self.command(machine);
        words.args(command.split(' '));
        program::run(&mut words).expect_code(0).stdout
    }

    /// The command, on a machine: the first is number 1.
    pub fn inside(&self, machine: usize, command: &Command) -> Command {
        let mut inside = self.command(machine);
        inside
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear();
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                inside.env(name, value);
            }
        }
        inside
    }

    /// The same, run to its end.
    pub fn run_inside(&self, machine: usize, command: &Command) -> Output {
        program::run(self.inside(machine, command).stdin(Stdio::null()))
    }

    /// A command that begins with what is given to it next.
    pub fn command(&self, machine: usize) -> Command {
        let name = self.names.get(machine.wrapping_sub(1));
        ip(&["netns", "exec", name.expect("machine 1 or 2")])
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for name in &self.names {
            succeeds(ip(&["netns", "del", name]));
        }
    }
}

fn ip(arguments: &[&str]) -> Command {
    let mut ip = Command::new("ip");
    ip.args(arguments);
    ip
}

fn succeeds(mut command: Command) -> bool {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
