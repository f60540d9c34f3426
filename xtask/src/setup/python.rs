//! Programs from Python packages, each at one version in an environment of its
//! own outside the checkout.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    process::{self, command},
    tree::{self, Tree},
};

pub(crate) struct Package {
    name: &'static str,
    version: &'static str,
    about: &'static str,
}

/// llama.cpp with its HTTP server, as one file: a server of models that others
/// wrote, for the tests to ask.
pub(crate) const LLAMA: Package = Package {
    name: "xllamacpp",
    version: "2026.10.11549",
    about: "a real server of models",
};

/// The Python that has the package, installed first where it is not there yet.
pub(crate) fn find_or_install(tree: &Tree, package: &Package) -> Result<PathBuf> {
    let Package {
        name,
        version,
        about,
    } = package;
    // One folder per version: being whole means being the right one.
    let root = tree::cache()?
        .join("tools")
        .join(format!("{name}-{version}"));
    let python = root.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let whole = root.join("whole");
    if whole.is_file() {
        return Ok(python);
    }
    println!("{name} {version} is not installed ({about}); fetching it once.");
    let system = if cfg!(windows) { "python" } else { "python3" };
    let fetched = process::run(
        command(tree, system)
            .args(["-m", "venv", "--clear"])
            .arg(&root),
    )
    .and_then(|()| {
        process::run(command(tree, &python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            &format!("{name}=={version}"),
        ]))
    });
    fetched.with_context(|| format!("{name} could not be installed"))?;
    // Written last: what was interrupted is made anew.
    fs::write(&whole, "").with_context(|| format!("{} cannot be written", whole.display()))?;
    Ok(python)
}
