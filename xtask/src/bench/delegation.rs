//! `cargo xtask bench delegation`: what it costs that another machine answers,
//! and what is lost when one goes.
//!
//! Real nodes of the release build, each in a namespace of a lab, in front of
//! scripted servers of models that keep to a set speed. What goes through the
//! mesh is held against the same question to the same server, one after the
//! other in one run.

mod breaking;
mod mixed;
mod reaching;
mod streaming;

use anyhow::{Result, bail};

use super::{figures::Figures, release::Bench};
use crate::tree::Tree;

/// What to measure, and how often.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    parts: Vec<Part>,
    quick: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Reaching,
    Streaming,
    Gaps,
    Mixed,
    Killed,
    Churn,
}

impl Part {
    const ALL: &[(&'static str, Self)] = &[
        ("reaching", Self::Reaching),
        ("streaming", Self::Streaming),
        ("gaps", Self::Gaps),
        ("mixed", Self::Mixed),
        ("killed", Self::Killed),
        ("churn", Self::Churn),
    ];
}

impl Order {
    /// No names are all parts.
    pub(super) fn new(names: &[String], quick: bool) -> Result<Self> {
        let mut parts = Vec::new();
        for name in names {
            match Part::ALL.iter().find(|(known, _)| known == name) {
                Some((_, part)) => parts.push(*part),
                None => bail!("there is no part named {name}"),
            }
        }
        if parts.is_empty() {
            parts = Part::ALL.iter().map(|(_, part)| *part).collect();
        }
        Ok(Self { parts, quick })
    }
}

pub(super) fn measure(tree: &Tree, order: &Order, figures: &mut Figures) -> Result<()> {
    let bench = Bench::build(tree, &["scripted_server"], order.quick)?;
    for part in &order.parts {
        match part {
            Part::Reaching => reaching::measure(&bench, figures)?,
            Part::Streaming => streaming::throughput(&bench, figures)?,
            Part::Gaps => streaming::gaps(&bench, figures)?,
            Part::Mixed => mixed::measure(&bench, figures)?,
            Part::Killed => breaking::killed(&bench, figures)?,
            Part::Churn => breaking::churn(&bench, figures)?,
        }
    }
    Ok(())
}
