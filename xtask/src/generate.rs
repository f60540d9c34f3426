//! Writes the files that are generated from Rust and committed.
//!
//! The crate that owns a file also owns the test that compares it with its
//! source; told to write, that test writes instead of comparing. So drift fails
//! in a plain `cargo test` too, and this task is only the convenient way out.

use std::process::Command;

use anyhow::Result;

use crate::{
    process::{self, cargo},
    tree::Tree,
};

/// Crates with a `tests/generated.rs`.
pub(crate) const OWNERS: &[&str] = &["api", "node"];

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    process::run(writer(tree).env("BANYAN_GENERATE", "write"))?;
    process::run(process::git(tree).args(["status", "--short"]))
}

fn writer(tree: &Tree) -> Command {
    let mut command = cargo(tree);
    command.args(["test", "--quiet", "--test", "generated"]);
    for owner in OWNERS {
        command.args(["--package", owner]);
    }
    command
}
