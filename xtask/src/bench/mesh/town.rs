//! Nodes that run side by side and are watched.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    LIMIT,
    watch::{Seen, Watch},
};
use crate::lab::{Machine, Node, Running};

pub(super) struct Town<'a> {
    pub(super) residents: Vec<Resident<'a>>,
    pub(super) watch: Watch,
}

pub(super) struct Resident<'a> {
    pub(super) number: u8,
    /// The device id, as others name it.
    pub(super) id: String,
    pub(super) machine: &'a Machine<'a>,
    pub(super) running: Running,
}

/// How long something took: for both of a pair to know each other, and for both
/// to have told of the session between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Met {
    pub(super) known: Instant,
    pub(super) session: Instant,
}

impl<'a> Town<'a> {
    pub(super) fn new() -> Self {
        Self {
            residents: Vec::new(),
            watch: Watch::new(),
        }
    }

    /// New nodes on these machines, each with a session with each other.
    pub(super) fn settled(machines: &'a [Machine<'a>]) -> Result<Self> {
        let mut town = Self::new();
        for machine in machines {
            town.move_in(machine)?;
        }
        town.all_met()?;
        Ok(town)
    }

    /// A node that never ran before.
    pub(super) fn move_in(&mut self, machine: &'a Machine<'a>) -> Result<&Resident<'a>> {
        let node = machine.node()?;
        node.forget_everything()?;
        let running = node.start()?;
        self.welcome(machine, &node, running)
    }

    /// A node that has just become ready.
    pub(super) fn welcome(
        &mut self,
        machine: &'a Machine<'a>,
        node: &Node<'_>,
        running: Running,
    ) -> Result<&Resident<'a>> {
        let gateway = node.gateway()?;
        self.watch.listen(machine.number(), gateway.clone())?;
        let status = gateway.call("status", &Value::Null)?;
        let id = status.pointer("/machine/id").and_then(Value::as_str);
        self.residents.push(Resident {
            number: machine.number(),
            id: id.context("a node without id")?.to_owned(),
            machine,
            running,
        });
        self.residents.last().context("somebody moved in")
    }

    /// Takes a node out of the list; it runs on until the answer is dropped.
    pub(super) fn move_out(&mut self) -> Option<Resident<'a>> {
        let leaving = self.residents.pop()?;
        self.watch.forget(leaving.number);
        Some(leaving)
    }

    /// Waits until each has a session with each other.
    pub(super) fn all_met(&mut self) -> Result<Instant> {
        let residents = &self.residents;
        let began = Instant::now();
        let latest = self.watch.until("sessions among all", LIMIT, |seen| {
            pairs(residents)
                .map(|(one, other)| Some(met(seen, one, other)?.session))
                .try_fold(None, |latest, session| Some(latest.max(Some(session?))))
                // One node alone has met everybody.
                .map(|latest| latest.unwrap_or(began))
        });
        latest.with_context(|| self.strangers())
    }

    /// Who has no session with whom.
    fn strangers(&mut self) -> String {
        let seen = self.watch.catch_up();
        let strangers: Vec<String> = pairs(&self.residents)
            .filter(|(one, other)| met(seen, one, other).is_none())
            .map(|(one, other)| format!("{} and {}", one.number, other.number))
            .collect();
        let some = strangers.get(..10).unwrap_or(&strangers).join(", ");
        format!("{} pairs have not met, such as {some}", strangers.len())
    }

    /// Waits until the latest to move in has met each of the others, and says
    /// when that was for each.
    pub(super) fn newest_met(&mut self) -> Result<Vec<Met>> {
        let (newest, others) = self.residents.split_last().context("an empty town")?;
        self.watch.until("sessions of the newcomer", LIMIT, |seen| {
            others
                .iter()
                .map(|other| met(seen, newest, other))
                .collect()
        })
    }
}

fn pairs<'t, 'a>(
    residents: &'t [Resident<'a>],
) -> impl Iterator<Item = (&'t Resident<'a>, &'t Resident<'a>)> {
    residents.iter().enumerate().flat_map(|(index, one)| {
        residents
            .iter()
            .skip(index + 1)
            .map(move |other| (one, other))
    })
}

/// When both knew each other, and both told of a session.
fn met(seen: &Seen, one: &Resident<'_>, other: &Resident<'_>) -> Option<Met> {
    let here = (one.number, other.id.as_str());
    let there = (other.number, one.id.as_str());
    Some(Met {
        known: seen
            .known(here.0, here.1)?
            .max(seen.known(there.0, there.1)?),
        session: seen
            .session(here.0, here.1)?
            .max(seen.session(there.0, there.1)?),
    })
}

/// From `start` until the last of `moments`. What was told before the start
/// took no time.
pub(super) fn until_last(start: Instant, moments: impl Iterator<Item = Instant>) -> Duration {
    moments
        .max()
        .map_or(Duration::ZERO, |last| last.saturating_duration_since(start))
}
