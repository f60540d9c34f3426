//! One way to lay out Rust: rustfmt with the settings of this project.

use anyhow::Result;

use crate::{
    process::{self, cargo},
    tree::Tree,
};

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    let mut command = cargo(tree);
    command.args(["fmt", "--all"]);
    if let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("check") => command.arg("--check"),
            other => return Err(other.unexpected().into()),
        };
    }
    process::run(&mut command)
}
