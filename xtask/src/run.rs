//! Builds Banyan and opens it: the window where there is a screen, and the node
//! with its page's address where there is none.

use std::{env, ffi::OsString};

use anyhow::Result;

use crate::{
    process::{self, cargo, command},
    setup::{self, Purpose},
    tree::Tree,
    ui,
};

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    let mut release = false;
    let mut passed_on: Vec<OsString> = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("release") => release = true,
            // Everything after `--` belongs to the program.
            lexopt::Arg::Value(value) => {
                passed_on.push(value);
                passed_on.extend(arguments.raw_args()?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    println!("Preparing this machine.");
    setup::prepare(tree, Purpose::Build)?;
    ui::ensure_built_here(tree)?;

    let program = if has_screen() {
        "banyan-desktop"
    } else {
        "banyan"
    };
    if program == "banyan" {
        println!("There is no screen here, so the node runs without a window.");
    }
    let mut build = cargo(tree);
    build.args(["build", "--package", program, "--bin", program]);
    if program == "banyan-desktop" {
        // The page that is built in, not a developer's server.
        build.args(["--features", "tauri/custom-protocol"]);
    }
    if release {
        build.arg("--release");
    }
    process::run(&mut build)?;

    let folder = tree
        .target()?
        .join(if release { "release" } else { "debug" });
    let mut start = command(
        tree,
        folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)),
    );
    if program == "banyan" {
        passed_on = serving(passed_on);
    }
    process::run(start.args(passed_on))
}

/// What the window would be given are flags of `serve`; a command of its own
/// stays what it is.
fn serving(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_command = |first: &OsString| !first.to_string_lossy().starts_with('-');
    if !arguments.first().is_some_and(is_command) {
        arguments.insert(0, "serve".into());
    }
    arguments
}

fn has_screen() -> bool {
    let names = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || names("DISPLAY") || names("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_screen_the_flags_go_to_serve() {
        let serving = |arguments: &[&str]| serving(arguments.iter().map(Into::into).collect());
        assert_eq!(serving(&[]), ["serve"]);
        assert_eq!(serving(&["--data", "x"]), ["serve", "--data", "x"]);
        assert_eq!(serving(&["status", "--json"]), ["status", "--json"]);
    }
}
