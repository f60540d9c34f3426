//! What the doctor says of a network that misbehaves: two machines, each in a
//! network namespace of its own, joined by a cable. Making those needs root;
//! without it the tests are skipped with a sentence.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "every function here is part of a test"
)]

mod support;

use serde_json::Value;
use support::wait_until;
use testkit::{Cable, Daemon, Home};

#[test]
fn a_machine_that_is_heard_but_cannot_be_reached_is_named_with_what_to_do() {
    let Some(cable) = Cable::new() else { return };
    // Machine 2 takes no connection, and makes none.
    let strict = "table inet strict {
        chain input {
            type filter hook input priority 0
            ct state established accept
            tcp dport 7878 drop
        }
        chain output {
            type filter hook output priority 0
            tcp dport 7878 drop
        }
    }";
    if !cable.filter(2, strict) {
        return;
    }
    let (here, there) = (Machine::start(&cable, 1), Machine::start(&cable, 2));
    let found = here.until("machines_unreached");
    let machines = found["finding"]["params"]["machines"].as_str().unwrap();
    assert!(machines.ends_with("(10.77.0.2:7878)"), "{machines}");
    assert_eq!(
        (&found["id"], &found["outcome"]),
        (&"machines".into(), &"problem".into())
    );
    let text = here.examine(&["doctor"]).expect_code(1).stdout;
    assert!(
        text.contains("✗ A machine is heard but cannot be reached"),
        "{text}"
    );
    assert!(text.contains("10.77.0.1/24"), "{text}");

    // There the doctor names the rules, and its command opens them.
    let closed = there.until("nftables_closed");
    let command = closed["command"].as_str().unwrap();
    assert!(
        command.contains("nft insert rule inet strict input tcp dport 7878 accept"),
        "{command}"
    );
    for one in command.split(" && ") {
        cable.run(2, one.strip_prefix("sudo ").unwrap());
    }
    here.until("machines_good");
    there.until("incoming_good");
    there.until("firewall_absent");
}

#[test]
fn silence_is_told_where_announcements_are_dropped() {
    let Some(cable) = Cable::new() else { return };
    let deaf = "table inet deaf {
        chain input {
            type filter hook input priority 0
            meta l4proto udp drop
        }
    }";
    if !cable.filter(1, deaf) {
        return;
    }
    let (here, there) = (Machine::start(&cable, 1), Machine::start(&cable, 2));
    let nobody = here.until("nobody_heard");
    let command = nobody["command"].as_str().unwrap();
    assert!(command.contains("udp dport 5000 accept"), "{command}");
    let interface = here.interface("cable");
    assert!(interface["sent"].as_u64() > Some(0), "{interface}");
    assert_eq!(interface["heard"], 0, "{interface}");
    // The other side hears well.
    there.until("announcements_good");
    let interface = there.interface("cable");
    assert!(interface["heard"].as_u64() > Some(0), "{interface}");
    assert!(interface["last_heard"].is_string(), "{interface}");
}

#[test]
fn announcements_that_may_not_leave_are_a_problem_of_this_machine() {
    let Some(cable) = Cable::new() else { return };
    let mute = "table inet mute {
        chain output {
            type filter hook output priority 0
            udp dport 5000 drop
        }
    }";
    if !cable.filter(1, mute) {
        return;
    }
    let here = Machine::start(&cable, 1);
    let forbidden = here.until("sending_forbidden");
    assert_eq!(forbidden["finding"]["params"]["interfaces"], "cable");
    let interface = here.interface("cable");
    assert_eq!(
        interface["error"]["code"], "sending_forbidden",
        "{interface}"
    );
    assert!(interface["error_at"].is_string(), "{interface}");
}

/// A node on one side of the cable.
struct Machine<'a> {
    cable: &'a Cable,
    number: usize,
    home: Home,
    _daemon: Daemon,
}

impl<'a> Machine<'a> {
    fn start(cable: &'a Cable, number: usize) -> Self {
        let home = Home::new();
        let mut serve = home.command(["--json", "serve", "--no-keyring"]);
        serve
            .args(["--name", &format!("machine {number}")])
            .env("BANYAN_NETWORK_ANNOUNCE_INTERVAL", "5");
        Self {
            _daemon: Daemon::start(cable.inside(number, &serve)),
            cable,
            number,
            home,
        }
    }

    fn examine(&self, arguments: &[&str]) -> testkit::Output {
        let command = self.home.command(arguments);
        self.cable.run_inside(self.number, &command)
    }

    fn diagnostics(&self) -> Value {
        self.examine(&["doctor", "--json"]).json()
    }

    /// Examines until this is among what is found.
    fn until(&self, code: &str) -> Value {
        let found = std::cell::RefCell::new(None);
        wait_until(code, || {
            let checks = self.diagnostics()["checks"].as_array().unwrap().clone();
            let check = checks
                .into_iter()
                .find(|check| check["finding"]["code"] == code);
            found.replace(check);
            found.borrow().is_some()
        });
        found.into_inner().unwrap()
    }

    fn interface(&self, name: &str) -> Value {
        let interfaces = self.diagnostics()["network"]["interfaces"].clone();
        let interfaces = interfaces.as_array().unwrap();
        interfaces
            .iter()
            .find(|one| one["name"] == name)
            .unwrap()
            .clone()
    }
}
