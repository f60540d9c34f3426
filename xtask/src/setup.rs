//! Brings a machine to the point where this project builds, or can be tested.
//!
//! Everything asks first what is there already, so that a prepared machine
//! spends no time here, and says what it installs before it does.

pub(crate) mod node_packages;
pub(crate) mod python;
mod system;
pub(crate) mod tools;

use anyhow::{Result, bail};

use crate::tree::Tree;

/// What the machine is to be prepared for; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    Build,
    Test,
}

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    let purpose = match arguments.next()? {
        None => Purpose::Test,
        Some(lexopt::Arg::Value(value)) if value == "build" => Purpose::Build,
        Some(lexopt::Arg::Value(value)) if value == "test" => Purpose::Test,
        Some(lexopt::Arg::Value(value)) => {
            bail!(
                "setup knows build and test, not {}",
                value.to_string_lossy()
            )
        }
        Some(other) => return Err(other.unexpected().into()),
    };
    prepare(tree, purpose)?;
    if purpose == Purpose::Test {
        for tool in tools::TESTING {
            tools::find_or_install(tree, tool)?;
        }
    }
    println!("This machine is ready.");
    Ok(())
}

/// System packages, the packages of the page, and what only tests need.
pub(crate) fn prepare(tree: &Tree, purpose: Purpose) -> Result<()> {
    system::prepare(tree, purpose)?;
    node_packages::prepare(tree)?;
    if purpose == Purpose::Test {
        python::find_or_install(tree, &python::LLAMA)?;
    }
    Ok(())
}
