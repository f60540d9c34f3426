//! Nodes that answer with scripted servers, and one that asks them.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Gateway, Machine, Running};
use crate::process::command;

pub(crate) const MODEL: &str = "tiny:latest";

/// Where the usual server of models listens, as every node expects it.
const PORT: u16 = 11434;

const PATIENCE: Duration = Duration::from_secs(60);

/// How a server of models behaves, as words of `scripted_server`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Tokens a second of each answer; nothing is as fast as they are taken.
    pub(crate) speed: Option<u32>,
    /// Tokens of an answer that nobody limits.
    pub(crate) tokens: u32,
    /// Answers at the same time.
    pub(crate) slots: u32,
}

/// A node that shares what its server of models has.
pub(crate) struct Worker<'a> {
    pub(crate) machine: &'a Machine<'a>,
    pub(crate) running: Running,
    pub(crate) id: String,
    server: Child,
}

/// A node without a server of models.
pub(crate) struct Asker<'a> {
    pub(crate) running: Running,
    pub(crate) gateway: Gateway,
    pub(crate) machine: &'a Machine<'a>,
}

impl<'a> Worker<'a> {
    pub(crate) fn hired(machine: &'a Machine<'a>, pace: Pace) -> Result<Self> {
        let server = serving(machine, pace)?;
        let node = machine.node()?;
        node.forget_everything()?;
        let slots = pace.slots.to_string();
        for (key, value) in [
            ("sharing.on", "true"),
            ("sharing.slots", slots.as_str()),
            ("models.slots", slots.as_str()),
        ] {
            node.says(&["config", "set", key, value])?;
        }
        let running = node.start()?;
        let status = node.gateway()?.call("status", &Value::Null)?;
        let id = status.pointer("/machine/id").and_then(Value::as_str);
        Ok(Self {
            id: id.context("a node without id")?.to_owned(),
            machine,
            running,
            server,
        })
    }

    /// Where its server of models can be asked past all nodes.
    pub(crate) fn server(&self) -> (std::net::Ipv4Addr, u16) {
        (self.machine.address(), PORT)
    }

    /// Its server of models ends in the middle of what it does.
    pub(crate) fn stop_serving(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// Whoever asks may, and as much as there are slots.
    pub(crate) fn permits(&self, asker: &Asker<'_>, pace: Pace) -> Result<()> {
        let name = asker.machine.node()?.name().to_owned();
        let node = self.machine.node()?;
        until("the asking machine is trusted", || {
            let peers = node.peers()?;
            Ok(peers
                .iter()
                .any(|peer| peer.name.as_deref() == Some(&name) && peer.has_session()))
        })?;
        let parallel = pace.slots.to_string();
        node.says(&[
            "allow",
            &name,
            "llm.use",
            "--rate",
            "100000",
            "--parallel",
            &parallel,
        ])?;
        Ok(())
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl<'a> Asker<'a> {
    pub(crate) fn come(machine: &'a Machine<'a>) -> Result<Self> {
        let node = machine.node()?;
        node.forget_everything()?;
        let running = node.start()?;
        Ok(Self {
            gateway: node.gateway()?,
            running,
            machine,
        })
    }

    /// Waits until so many others offer the model.
    pub(crate) fn knows(&self, workers: usize) -> Result<()> {
        until("the others offer their models", || {
            let view = self.gateway.call("models.view", &Value::Null)?;
            Ok(offers(&view) >= workers)
        })
    }
}

/// Machines in the view of models that may be asked and have one.
fn offers(view: &Value) -> usize {
    let machines = view.get("elsewhere").and_then(Value::as_array);
    machines
        .into_iter()
        .flatten()
        .filter(|machine| {
            let permitted = machine.get("permitted").and_then(Value::as_bool);
            let models = machine.get("models").and_then(Value::as_array);
            permitted == Some(true) && models.is_some_and(|list| !list.is_empty())
        })
        .count()
}

/// The program lies beside the `banyan` that the lab runs.
fn serving(machine: &Machine<'_>, pace: Pace) -> Result<Child> {
    let lab = machine.lab();
    let examples = lab.banyan().with_file_name("examples");
    let mut program = command(lab.tree, examples.join("scripted_server"));
    program.args([
        format!("models={MODEL}"),
        format!("tokens={}", pace.tokens),
        format!("slots={}", pace.slots),
        format!("address=0.0.0.0:{PORT}"),
    ]);
    if let Some(speed) = pace.speed {
        program.arg(format!("speed={speed}"));
    }
    let mut child = machine.spawn(program.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    let out = child.stdout.take().context("the server has no output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    if !line.contains("ready") {
        let _ = child.kill();
        bail!("the scripted server did not start: {line:?}");
    }
    Ok(child)
}

pub(crate) fn until(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !done()? {
        if began.elapsed() > PATIENCE {
            bail!("{} seconds passed before {what}", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
