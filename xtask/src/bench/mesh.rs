//! `cargo xtask bench mesh`: how fast machines find each other and come back to
//! each other, and what that costs.
//!
//! Real nodes of the release build, each in a namespace of a lab. Times are
//! taken where a page would notice: when the event arrives on the stream of
//! events of the node that is asked, so reading it is part of the figure. Every
//! run of a join begins with nodes that have never run before.

mod crowd;
mod handshakes;
mod idle;
mod joining;
mod returning;
mod town;
mod watch;

use std::time::Duration;

use anyhow::{Result, bail};

use super::{figures::Figures, release::Bench};
use crate::tree::Tree;

/// A hang, on a machine however busy.
const LIMIT: Duration = Duration::from_secs(180);

/// What to measure, and how often.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    parts: Vec<Part>,
    quick: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Joining,
    Returning,
    Idle,
    Announcers,
    Sessions,
    Handshakes,
}

impl Order {
    /// No names are all parts.
    pub(super) fn new(names: &[String], quick: bool) -> Result<Self> {
        let mut parts = Vec::new();
        for name in names {
            match Part::ALL.iter().find(|(known, _)| known == name) {
                Some((_, part)) => parts.push(*part),
                None => {
                    let known: Vec<&str> = Part::ALL.iter().map(|(name, _)| *name).collect();
                    bail!(
                        "there is no part named {name}; there are {}",
                        known.join(", ")
                    );
                }
            }
        }
        if parts.is_empty() {
            parts = Part::ALL.iter().map(|(_, part)| *part).collect();
        }
        Ok(Self { parts, quick })
    }
}

impl Part {
    const ALL: &[(&'static str, Self)] = &[
        ("joining", Self::Joining),
        ("returning", Self::Returning),
        ("idle", Self::Idle),
        ("announcers", Self::Announcers),
        ("sessions", Self::Sessions),
        ("handshakes", Self::Handshakes),
    ];
}

pub(super) fn measure(tree: &Tree, order: &Order, figures: &mut Figures) -> Result<()> {
    let bench = Bench::build(tree, &["crowd", "handshakes"], order.quick)?;
    for part in &order.parts {
        match part {
            Part::Joining => joining::measure(&bench, figures)?,
            Part::Returning => returning::measure(&bench, figures)?,
            Part::Idle => idle::measure(&bench, figures)?,
            Part::Announcers => crowd::announcers(&bench, figures)?,
            Part::Sessions => crowd::sessions(&bench, figures)?,
            Part::Handshakes => handshakes::measure(&bench, figures)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_chosen_by_name() {
        let all = Order::new(&[], false).unwrap();
        assert_eq!(all.parts.len(), Part::ALL.len());
        let one = Order::new(&["handshakes".to_owned()], true).unwrap();
        assert_eq!(one.parts, [Part::Handshakes]);
        let error = Order::new(&["sprint".to_owned()], false)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("sprint") && error.contains("joining"),
            "{error}"
        );
    }
}
