//! A real node on a machine of a lab.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{gateway::Gateway, machine::Machine};
use crate::{
    process,
    trial::{Home, Trial},
};

/// A debug build on a busy machine is slow; a hang is longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node, running or not: what it is called, where it keeps its data, and its
/// ports.
pub(crate) struct Node<'a> {
    machine: &'a Machine<'a>,
    home: Home,
    name: String,
    log: PathBuf,
    http: u16,
    tcp: u16,
}

/// A node that this process started, and that ends with this value.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    pub(crate) began: Instant,
    /// When its word arrived here that it is ready.
    pub(crate) ready: Instant,
}

/// A node that was started and has not yet said that it is ready.
pub(crate) struct Launch {
    running: Running,
    first_line: mpsc::Receiver<Instant>,
    log: PathBuf,
}

/// Another machine, as a node sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Peer {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) addresses: Vec<String>,
    pub(crate) session_since: Option<String>,
    pub(crate) session_address: Option<String>,
}

impl<'a> Node<'a> {
    pub(super) fn first(machine: &'a Machine<'a>) -> Result<Self> {
        let name = format!("lab {}", machine.number());
        Self::new(machine, name, "", 8080, 7878)
    }

    /// Only the port of the announcements is the same as that of the first.
    pub(super) fn second(machine: &'a Machine<'a>) -> Result<Self> {
        let name = format!("lab {}, second", machine.number());
        Self::new(machine, name, "-second", 8081, 7879)
    }

    fn new(
        machine: &'a Machine<'a>,
        name: String,
        suffix: &str,
        http: u16,
        tcp: u16,
    ) -> Result<Self> {
        let folder = machine.lab().folder();
        let place = format!("{}{suffix}", machine.number());
        Ok(Self {
            machine,
            home: Home::kept(folder.join(&place))?,
            name,
            log: folder.join(format!("{place}.log")),
            http,
            tcp,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// `banyan --data DIR`, without its command.
    pub(crate) fn banyan(&self) -> Command {
        let lab = self.machine.lab();
        let mut command = self.home.command(lab.tree, lab.banyan());
        command.arg("--data").arg(self.home.data());
        command
    }

    /// The beginning of a command that a person types to speak to it.
    pub(crate) fn as_typed(&self) -> String {
        format!(
            "ip netns exec {} {} --data {}",
            self.machine.namespace(),
            self.machine.lab().banyan().display(),
            self.home.data().display()
        )
    }

    /// What starts it.
    pub(crate) fn serve(&self) -> Command {
        let mut command = self.banyan();
        command.args(["--json", "serve", "--no-keyring", "--name", &self.name]);
        command.args(["--http", &format!("127.0.0.1:{}", self.http)]);
        command.args(["--tcp", &self.tcp.to_string(), "--udp", "5000"]);
        let key = self.machine.lab().mesh_key();
        if key.is_file() {
            command.arg("--mesh-key-file").arg(key);
        }
        command
    }

    /// Starts it and waits until it is ready.
    pub(crate) fn start(&self) -> Result<Running> {
        self.start_with(self.serve())
    }

    /// `serve` is what starts it, changed as the case may need.
    pub(crate) fn start_with(&self, serve: Command) -> Result<Running> {
        self.launch(serve)?.until_ready()
    }

    /// Starts it and waits for nothing.
    pub(crate) fn launch(&self, mut serve: Command) -> Result<Launch> {
        let errors = process::append(&self.log)?;
        serve.stdout(Stdio::piped()).stderr(errors);
        let began = Instant::now();
        let mut child = self.machine.spawn(&mut serve)?;
        let out = child.stdout.take();
        let running = Running {
            child,
            began,
            ready: began,
        };
        let out = out.context("a node has no output")?;
        let mut rest = process::append(&self.log)?;
        let (on_line, first_line) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // Nobody listens after the first line, and a log that cannot be
                // written is no reason to hold the node up.
                let _ = on_line.send(Instant::now());
                let _ = writeln!(rest, "{line}");
            }
        });
        Ok(Launch {
            running,
            first_line,
            log: self.log.clone(),
        })
    }

    /// Starts it so that it outlives this command; `lab down` ends it.
    pub(crate) fn start_for_good(&self) -> Result<()> {
        let serve = self.serve();
        // A session of its own, so that the end of this terminal is not its end.
        let mut session = Command::new("setsid");
        session.args(["ip", "netns", "exec", &self.machine.namespace()]);
        session.arg(serve.get_program()).args(serve.get_args());
        session.env_clear();
        for (key, value) in serve.get_envs() {
            value.map(|value| session.env(key, value));
        }
        let mut trial = Trial::start(&mut session, &self.log)?;
        let ready = || self.home.data().join("node.json").is_file().then_some(());
        trial.wait_for("the node was ready", PATIENCE, ready)?;
        trial.leave_running();
        Ok(())
    }

    /// Makes it one that never ran before.
    pub(crate) fn forget_everything(&self) -> Result<()> {
        let data = self.home.data();
        if data.exists() {
            fs::remove_dir_all(&data)
                .with_context(|| format!("{} cannot be removed", data.display()))?;
        }
        Ok(())
    }

    /// How to speak to it while it runs.
    pub(crate) fn gateway(&self) -> Result<Gateway> {
        let card = self.home.data().join("node.json");
        let card =
            fs::read_to_string(&card).with_context(|| format!("{} does not run", self.name))?;
        Gateway::new(self.machine, &card)
    }

    /// The process of this node and of no other.
    pub(crate) fn process(&self) -> Result<Option<u32>> {
        let lab = self.machine.lab();
        let data = self.home.data();
        let is_this = |id: &u32| {
            fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| serves(&line, &data))
        };
        let ids = lab.network.processes(self.machine.number())?;
        Ok(ids.into_iter().find(is_this))
    }

    /// Sends a signal to it, which may be `KILL`, `STOP` or `CONT`.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        match self.process()? {
            Some(id) => {
                process::signal(name, &[id]);
                Ok(())
            }
            None => bail!("no node runs on machine {}", self.machine.number()),
        }
    }

    /// The machines it knows.
    pub(crate) fn peers(&self) -> Result<Vec<Peer>> {
        let list = self.gateway()?.call("peers.list", &Value::Null)?;
        let list = list.as_array().context("the machines are no list")?;
        list.iter().map(Peer::read).collect()
    }

    /// Another node as this one sees it; nothing while it was never heard.
    pub(crate) fn peer(&self, other: &Self) -> Result<Option<Peer>> {
        let peers = self.peers()?;
        Ok(peers
            .into_iter()
            .find(|peer| peer.name.as_ref() == Some(&other.name)))
    }

    /// What a command of `banyan` on this machine writes.
    pub(crate) fn says(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.banyan();
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = self.machine.spawn(&mut command)?;
        let output = child.wait_with_output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        ensure!(
            output.status.success(),
            "{} failed ({}): {}{}",
            process::shown(&command),
            output.status,
            text(&output.stdout),
            text(&output.stderr)
        );
        Ok(text(&output.stdout))
    }
}

impl Launch {
    pub(crate) fn until_ready(mut self) -> Result<Running> {
        match self.first_line.recv_timeout(PATIENCE) {
            Ok(at) => self.running.ready = at,
            Err(_) => bail!(
                "a node did not become ready; {} ends with:\n{}",
                self.log.display(),
                last_lines(&self.log)
            ),
        }
        Ok(self.running)
    }
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        process::signal(name, &[self.child.id()]);
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.signal("TERM");
        let status = self.child.wait()?;
        ensure!(status.success(), "a node ended badly ({status})");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; either way it is gone after this.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// From the list of all, or from an event about one.
    pub(crate) fn read(value: &Value) -> Result<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let addresses = value.get("addresses").and_then(Value::as_array);
        let addresses = addresses.into_iter().flatten().filter_map(Value::as_str);
        Ok(Self {
            id: text("id").with_context(|| format!("a machine without id: {value}"))?,
            name: text("name"),
            addresses: addresses.map(str::to_owned).collect(),
            session_since: text("session_since"),
            session_address: text("session_address"),
        })
    }

    pub(crate) fn has_session(&self) -> bool {
        self.session_since.is_some()
    }
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(10);
    lines.get(start..).unwrap_or_default().join("\n")
}

/// Whether a command line, as the kernel keeps it, is that of the node on this
/// data folder.
fn serves(line: &[u8], data: &Path) -> bool {
    let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
    let data = data.as_os_str().as_encoded_bytes();
    words.contains(&&b"serve"[..])
        && words
            .windows(2)
            .any(|pair| matches!(pair, [flag, value] if *flag == b"--data" && *value == data))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_node_is_told_from_other_programs_of_its_machine() {
        let data = Path::new("/lab/1/data");
        assert!(serves(
            b"/b/banyan\0--data\0/lab/1/data\0--json\0serve\0",
            data
        ));
        for other in [
            &b"/b/banyan\0--data\0/lab/1/data\0peers\0"[..],
            b"/b/banyan\0--data\0/lab/1-second/data\0serve\0",
            b"sh\0-c\0banyan --data /lab/1/data serve\0",
            b"",
        ] {
            assert!(!serves(other, data), "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn a_machine_in_a_list_is_read() {
        let peer = Peer::read(&json!({
            "id": "abcd", "name": null, "addresses": ["10.77.0.2:7878"],
            "session_since": "2026-01-01T00:00:00Z", "state": "trusted",
        }))
        .unwrap();
        assert!(peer.has_session() && peer.name.is_none());
        assert_eq!(peer.addresses, ["10.77.0.2:7878"]);
        assert!(Peer::read(&json!({"name": "no id"})).is_err());
    }
}
