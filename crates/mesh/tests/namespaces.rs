//! The beacon on real interfaces: two machines, each in a network namespace of
//! its own, joined by a cable.
//!
//! Each machine is this test binary again, started inside its namespace and
//! asked for `speaks_and_tells`; it is told what to do line by line and says
//! what it hears the same way. Making namespaces needs root; without it the
//! scenarios are skipped with a sentence.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "every function here is part of a test"
)]

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use mesh::{
    beacon::{Beacon, BeaconOptions, Heard, UdpBeacon},
    interfaces,
    neighbourhood::Neighbourhood,
};
use testkit::Cable;
use wire::{
    DeviceId, DeviceKey, Label, Signature, Signer,
    msg::announce::{Announcement, Kind},
};

/// Which machine the child is, as a number. Absent in the parent.
const MACHINE: &str = "BANYAN_TEST_MACHINE";

const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at something that cannot be waited for.
const PAUSE: Duration = Duration::from_millis(20);
const UDP: u16 = 5000;

#[test]
fn without_a_default_route_neighbours_hear_each_other() {
    let Some(cable) = Cable::new() else { return };
    let (mut one, mut two) = machines(&cable);
    assert_eq!(cable.run(1, "ip route show default"), "");
    one.tell("say");
    two.until("heard 1 over udp from 10.77.0.1");
    two.tell("say");
    one.until("heard 2 over udp from 10.77.0.2");
}

#[test]
fn a_bridge_to_containers_is_left_out() {
    let Some(cable) = Cable::new() else { return };
    for command in [
        "ip link add docker0 type bridge",
        "ip link add inside type veth peer name outside",
        "ip link set outside master docker0",
        "ip addr add 172.17.0.1/16 dev docker0",
        "ip link set inside up",
        "ip link set outside up",
        "ip link set docker0 up",
    ] {
        cable.run(1, command);
    }
    let (mut one, mut two) = machines(&cable);
    one.until_reported("skipped docker0 Container");
    one.tell("say");
    two.until("heard 1 over udp from 10.77.0.1");
    let used = |line: &&String| line.starts_with("used");
    let report = one.report();
    let used: Vec<_> = report.iter().filter(used).collect();
    assert_eq!(used, ["used cable 10.77.0.1/24"]);
}

#[test]
fn an_interface_that_goes_down_and_comes_back_is_used_again() {
    let Some(cable) = Cable::new() else { return };
    let (mut one, mut two) = machines(&cable);
    one.tell("say");
    two.until("heard 1 over udp from 10.77.0.1");

    cable.run(2, "ip link set cable down");
    // The other end is without a cable as well.
    for machine in [&mut one, &mut two] {
        machine.until("changed");
        machine.until_reported("skipped cable Down");
    }
    cable.run(2, "ip link set cable up");
    for machine in [&mut one, &mut two] {
        machine.until("changed");
        machine.until_reported("used cable");
    }
    one.tell("say");
    two.until("heard 1 over udp from 10.77.0.1");
    two.tell("say");
    one.until("heard 2 over udp from 10.77.0.2");
}

#[test]
fn where_broadcasts_are_dropped_mdns_connects() {
    let Some(cable) = Cable::new() else { return };
    if !drops(&cable, UDP) {
        return;
    }
    let (mut one, mut two) = machines(&cable);
    one.tell("say");
    two.until("heard 1 over mdns from 10.77.0.1");
    two.tell("answer");
    one.until("heard 2 over mdns from 10.77.0.2");
    assert!(!one.said("heard 2 over udp") && !two.said("heard 1 over udp"));
}

#[test]
fn where_mdns_is_dropped_broadcasts_connect() {
    let Some(cable) = Cable::new() else { return };
    if !drops(&cable, wire::msg::mdns::PORT) {
        return;
    }
    let (mut one, mut two) = machines(&cable);
    one.tell("say");
    two.until("heard 1 over udp from 10.77.0.1");
    two.tell("answer");
    one.until("heard 2 over udp from 10.77.0.2");
}

/// What a machine of a scenario runs: a beacon on all interfaces that suit, for
/// as long as somebody tells it what to do. Run by itself it has none, and
/// nobody does.
#[test]
fn speaks_and_tells() {
    let machine = std::env::var(MACHINE).ok().and_then(|n| n.parse().ok());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        match machine {
            Some(number) => live(number).await,
            None => {
                let none = UdpBeacon::start(options(Arc::new(|| Ok(Vec::new()))));
                assert_eq!(none.unwrap().report().interfaces, []);
            }
        }
    });
}

async fn live(number: u8) {
    let (tells, mut told) = tokio::sync::mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if tells.send(line).is_err() {
                break;
            }
        }
    });
    let mut beacon = UdpBeacon::start(options(Arc::new(|| interfaces::interfaces(&[])))).unwrap();
    let (mut sequence, mut asked) = (0, None);
    println!("\nready");
    loop {
        tokio::select! {
            heard = beacon.heard() => match heard {
                Heard::Packet { bytes, source } => {
                    let said = Announcement::parse(&bytes).unwrap().verify().unwrap();
                    let channel = if source.port() == wire::msg::mdns::PORT { "mdns" } else { "udp" };
                    let who = (1..=2).find(|n| key(*n).device_id() == said.device).unwrap();
                    if who != number {
                        asked = Some(source);
                        println!("heard {who} over {channel} from {}", source.ip());
                    }
                }
                Heard::NetworkChanged => println!("changed"),
                Heard::WillSleep | Heard::Woke => {}
            },
            line = told.recv() => {
                sequence += 1;
                match line.as_deref() {
                    Some("say") => beacon.broadcast(&announcement(number, sequence, Kind::Online)),
                    Some("answer") => {
                        let said = announcement(number, sequence, Kind::Reply);
                        beacon.reply(asked.unwrap(), &said);
                    }
                    Some("report") => report(&beacon),
                    Some(other) => panic!("what is {other:?}?"),
                    None => return,
                }
            }
        }
    }
}

fn report(beacon: &UdpBeacon) {
    let report = beacon.report();
    for interface in report.interfaces {
        let v4 = interface.addresses.iter().find(|one| one.ip.is_ipv4());
        println!("used {} {}", interface.name, v4.unwrap());
    }
    for skipped in report.skipped {
        println!("skipped {} {:?}", skipped.name, skipped.reason);
    }
    println!("done");
}

fn options(interfaces: mesh::beacon::InterfaceSource) -> BeaconOptions {
    BeaconOptions {
        port: UDP,
        interfaces,
        neighbourhood: Neighbourhood::default(),
        mdns: true,
        watch_sleep: false,
    }
}

fn announcement(machine: u8, sequence: u64, kind: Kind) -> Vec<u8> {
    let key = key(machine);
    Announcement {
        kind,
        device: key.device_id(),
        instance: 1,
        sequence,
        tcp_port: 7878,
        has_llm: false,
        timestamp: 0,
        net: None,
    }
    .encode(&key)
}

fn key(machine: u8) -> Key {
    Key(DeviceKey::from_seed(&[machine; 32]))
}

struct Key(DeviceKey);

impl Signer for Key {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

/// Two beacons that use the cable.
fn machines(cable: &Cable) -> (Machine, Machine) {
    let mut machines = [1, 2].map(|number| Machine::start(cable, number));
    for machine in &mut machines {
        machine.until_reported("used cable");
    }
    machines.into()
}

/// Packets to this port are dropped on the way; false, after saying why, where
/// that cannot be done.
fn drops(cable: &Cable, port: u16) -> bool {
    let rules = format!(
        "table inet weather {{\n chain input {{\n type filter hook input priority 0\n \
         udp dport {port} drop\n }}\n}}\n"
    );
    [1, 2].iter().all(|machine| cable.filter(*machine, &rules))
}

/// A running beacon.
struct Machine {
    child: Child,
    tells: Option<ChildStdin>,
    says: mpsc::Receiver<String>,
    said: VecDeque<String>,
}

impl Machine {
    fn start(cable: &Cable, number: usize) -> Self {
        let mut child = cable
            .command(number)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "speaks_and_tells", "--nocapture"])
            .env(MACHINE, number.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (line, says) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for said in output.lines().map_while(Result::ok) {
                if line.send(said).is_err() {
                    break;
                }
            }
        });
        let mut machine = Self {
            tells: child.stdin.take(),
            child,
            says,
            said: VecDeque::new(),
        };
        machine.until("ready");
        machine
    }

    fn tell(&mut self, what: &str) {
        writeln!(self.tells.as_mut().unwrap(), "{what}").unwrap();
    }

    fn report(&mut self) -> Vec<String> {
        self.tell("report");
        self.until("done");
        self.said.iter().cloned().collect()
    }

    /// Waits until its report has a line that begins so: not every change is
    /// one that it tells.
    fn until_reported(&mut self, beginning: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let report = self.report();
            if report.iter().any(|line| line.starts_with(beginning)) {
                return;
            }
            assert!(Instant::now() < deadline, "no {beginning:?} in {report:?}");
            thread::sleep(PAUSE);
        }
    }

    /// Waits for a line that begins so, and forgets all before it.
    fn until(&mut self, beginning: &str) -> String {
        self.said.clear();
        loop {
            let said = self.says.recv_timeout(PATIENCE);
            let said = said.unwrap_or_else(|_| panic!("never said: {beginning}; {:?}", self.said));
            if said.starts_with(beginning) {
                return said;
            }
            self.said.push_back(said);
        }
    }

    /// Whether it said so since the line before the last that was waited for.
    fn said(&self, beginning: &str) -> bool {
        self.said.iter().any(|said| said.starts_with(beginning))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It ends when nobody tells it anything more.
        self.tells = None;
        let _ = self.child.wait();
    }
}
