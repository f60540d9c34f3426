//! Building the page, when its sources are not the ones it was built from.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    process::{self, npm},
    tree::{self, Tree},
};

/// What the built page is made from.
const SOURCES: &[&str] = &["ui/", "package.json", "package-lock.json"];
/// Beside Vite's own notes, ignored by git and not packed into the page.
const STAMP: &str = "ui/.cache/built-from";

/// Builds the page where that is needed, running the command as `start` does it.
pub(crate) fn ensure_built(
    tree: &Tree,
    start: impl FnOnce(&mut Command) -> Result<()>,
) -> Result<()> {
    let now = sources(tree)?;
    let stamp = tree.path(STAMP);
    if tree.path("ui/dist/index.html").is_file()
        && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == now)
    {
        return Ok(());
    }
    start(npm(tree).args(["run", "build"]))?;
    let folder = stamp
        .parent()
        .context("the stamp of the page has no folder")?;
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&stamp, now))
        .with_context(|| format!("{} cannot be written", stamp.display()))
}

/// On this terminal.
pub(crate) fn ensure_built_here(tree: &Tree) -> Result<()> {
    ensure_built(tree, process::run)
}

fn sources(tree: &Tree) -> Result<String> {
    let files = tree.files()?;
    tree::fingerprint(
        tree.root(),
        files
            .iter()
            .map(String::as_str)
            .filter(|name| is_source(name)),
    )
}

fn is_source(name: &str) -> bool {
    SOURCES.iter().any(|prefix| name.starts_with(prefix))
        && !name.contains(".test.")
        && !name.starts_with("ui/e2e/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_of_the_page_are_no_reason_to_build_it() {
        assert!(is_source("ui/src/main.tsx"));
        assert!(is_source("package-lock.json"));
        assert!(!is_source("ui/src/app/palette.test.tsx"));
        assert!(!is_source("ui/e2e/chat.mjs"));
        assert!(!is_source("crates/api/src/lib.rs"));
    }
}
