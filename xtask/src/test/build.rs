//! The cargo commands of the tests. All name the same packages, profile and
//! features, so that everything is compiled once.
//!
//! This tool stays apart: what it depends on would switch on features of crates
//! that the product shares, and have those compiled a second time. Besides,
//! Windows cannot replace a program that runs.

use std::process::Command;

use crate::{process::cargo, tree::Tree};

const PRODUCT: [&str; 3] = ["--workspace", "--exclude", "xtask"];
/// The window shows the page that is built in, not a developer's server.
const FEATURES: [&str; 2] = ["--features", "tauri/custom-protocol"];
const TOOL: [&str; 2] = ["--package", "xtask"];

/// The product's, then this tool's.
pub(crate) fn clippy(tree: &Tree) -> [Command; 2] {
    [[&PRODUCT[..], &FEATURES[..]].concat(), TOOL.to_vec()].map(|packages| {
        let mut command = cargo(tree);
        command
            // A crate with findings must not hide those of the others.
            .args(["clippy", "--all-targets", "--keep-going"])
            .args(packages)
            .args(["--", "--deny", "warnings"]);
        command
    })
}

/// All binaries and all tests in one go: the tests start the binaries.
pub(super) fn everything(tree: &Tree) -> Command {
    let mut command = cargo(tree);
    command
        .args(["build", "--all-targets"])
        .args(PRODUCT)
        .args(FEATURES);
    command
}

pub(super) fn doc_tests(tree: &Tree) -> Command {
    let mut command = cargo(tree);
    command.args(["test", "--doc"]).args(PRODUCT).args(FEATURES);
    command
}

/// What nextest must be told to find the tests already built.
pub(super) fn as_built() -> impl Iterator<Item = &'static str> {
    PRODUCT.into_iter().chain(FEATURES)
}

pub(super) fn of_this_tool() -> impl Iterator<Item = &'static str> {
    TOOL.into_iter()
}
