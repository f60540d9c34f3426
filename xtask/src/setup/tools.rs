//! Cargo tools, each at one version, kept outside the checkout and built once.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    process::{self, cargo},
    tree::{self, Tree},
};

pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
    about: &'static str,
}

pub(crate) const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.151",
    about: "runs the Rust tests",
};
pub(crate) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    about: "checks licences and sources",
};

pub(crate) const TESTING: &[Tool] = &[NEXTEST, DENY];

/// The tool's binary, installed first where it is not there yet.
pub(crate) fn find_or_install(tree: &Tree, tool: &Tool) -> Result<PathBuf> {
    // One folder per version: being there means being the right one.
    let root = tree::cache()?
        .join("tools")
        .join(format!("{}-{}", tool.name, tool.version));
    let binary = root
        .join("bin")
        .join(format!("{}{}", tool.name, env::consts::EXE_SUFFIX));
    if binary.is_file() {
        return Ok(binary);
    }
    println!(
        "{} {} is not installed ({}); building it once.",
        tool.name, tool.version, tool.about
    );
    process::run(
        cargo(tree)
            .args([
                "install",
                "--locked",
                "--quiet",
                "--version",
                tool.version,
                tool.name,
                "--root",
            ])
            .arg(&root)
            // Its parts are nothing to this project: they go away with the build.
            .env_remove("CARGO_TARGET_DIR")
            // These tools wait for disks and compilers; compiling them fast matters more.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    )
    .with_context(|| format!("{} could not be installed", tool.name))?;
    Ok(binary)
}
