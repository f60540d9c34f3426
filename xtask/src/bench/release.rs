//! What measurements run: the release build, in a lab.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{
    lab::{self, Lab, Plan},
    process::{self, cargo},
    tree::Tree,
    ui,
};

/// What every part of a measurement in a lab needs.
pub(super) struct Bench<'a> {
    pub(super) tree: &'a Tree,
    pub(super) banyan: PathBuf,
    /// Where the programs are that stand for something else.
    pub(super) examples: PathBuf,
    quick: bool,
}

impl<'a> Bench<'a> {
    /// Builds the release, and those examples of the testkit.
    pub(super) fn build(tree: &'a Tree, examples: &[&str], quick: bool) -> Result<Self> {
        if let Some(obstacle) = lab::obstacle(tree) {
            bail!(obstacle);
        }
        ui::ensure_built(tree, process::aside)?;
        let mut banyan = cargo(tree);
        process::aside(banyan.args(["build", "--release", "--package", "banyan"]))?;
        let mut others = cargo(tree);
        others.args(["build", "--release", "--package", "testkit"]);
        for example in examples {
            others.args(["--example", example]);
        }
        process::aside(&mut others)?;
        let release = tree.target()?.join("release");
        Ok(Self {
            tree,
            banyan: release.join("banyan"),
            examples: release.join("examples"),
            quick,
        })
    }

    /// A lab of that many machines, all with one mesh key.
    pub(super) fn lab(&self, machines: u8) -> Result<Lab<'_>> {
        Lab::passing(
            self.tree,
            lab::BENCH,
            self.banyan.clone(),
            &Plan::trusted(machines),
        )
    }

    /// How often something is repeated, or for how long.
    pub(super) fn choose<T>(&self, usually: T, quickly: T) -> T {
        if self.quick { quickly } else { usually }
    }
}
