//! People at their machines: each has a node of their own and types commands.

use std::process::{Child, Command, Stdio};

use serde_json::Value;
use testkit::{Daemon, Home, Output, free_tcp_port};

use super::wait_until;

const LOOPBACK: &str = if cfg!(target_os = "macos") {
    "lo0"
} else {
    "lo"
};

/// One person at one machine.
pub(crate) struct Person {
    pub(crate) home: Home,
    pub(crate) daemon: Daemon,
    pub(crate) tcp: u16,
    udp: u16,
}

impl Person {
    pub(crate) fn start(name: &str, udp: u16) -> Self {
        Self::start_with(name, udp, &[])
    }

    /// With further arguments of `serve`.
    pub(crate) fn start_with(name: &str, udp: u16, arguments: &[&str]) -> Self {
        let home = Home::new();
        // Not by a flag, which nobody could change while it runs.
        home.run(["config", "set", "machine.name", name])
            .expect_code(0);
        let tcp = free_tcp_port();
        let daemon = Self::serve(&home, tcp, udp, arguments);
        Self {
            home,
            daemon,
            tcp,
            udp,
        }
    }

    /// The machine is switched off and on again.
    #[cfg(unix)]
    pub(crate) fn restart(self) -> Self {
        self.daemon.stop();
        Self {
            daemon: Self::serve(&self.home, self.tcp, self.udp, &[]),
            ..self
        }
    }

    fn serve(home: &Home, tcp: u16, udp: u16, arguments: &[&str]) -> Daemon {
        let mut command = home.command(["--json", "serve", "--no-keyring"]);
        command
            .args(["--http", &format!("127.0.0.1:{}", free_tcp_port())])
            .args(["--tcp", &tcp.to_string(), "--udp", &udp.to_string()])
            .args(["--interface", LOOPBACK])
            .args(arguments);
        Daemon::start(command)
    }

    pub(crate) fn id(&self) -> String {
        self.daemon.ready()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.home.run(arguments)
    }

    /// A command that goes on while others are typed.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Begun {
        Begun::start(self.home.command(arguments))
    }

    /// What this machine says of another, in any way it can be named.
    pub(crate) fn sees(&self, other: &Self) -> Option<Value> {
        let id = other.id();
        let listed = self.run(&["peers", "--json"]).expect_code(0).json();
        let mut peers = listed.as_array().unwrap().iter();
        peers.find(|peer| peer["short_id"] == id).cloned()
    }

    pub(crate) fn wait_until_sees(
        &self,
        other: &Self,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Value {
        wait_until(what, || self.sees(other).is_some_and(|peer| fits(&peer)));
        self.sees(other).unwrap()
    }

    pub(crate) fn wait_for_request_of(&self, other: &Self) {
        self.wait_until_sees(other, "a request for pairing", |peer| {
            peer["pairing"]["step"] == "requested"
        });
    }

    pub(crate) fn permission(&self, other: &Self, permission: &str) -> Value {
        let peer = self.sees(other).unwrap();
        let mut all = peer["permissions"].as_array().unwrap().iter();
        all.find(|one| one["permission"] == permission)
            .unwrap()
            .clone()
    }
}

pub(crate) struct Begun {
    pub(crate) child: Child,
}

impl Begun {
    pub(crate) fn start(mut command: Command) -> Self {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child }
    }

    pub(crate) fn end(self) -> Output {
        let output = self.child.wait_with_output().unwrap();
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
