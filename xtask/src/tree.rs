//! Where things are: the folders of the checkout, of cargo's output and of the tools.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::process;

/// The checkout this tool was built from.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(crate) fn find() -> Result<Self> {
        // Set by `cargo run`; the compiled value serves a binary started by hand.
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .context("xtask has no folder above it")?
            .to_owned();
        if !root.join("tauri.conf.json").is_file() && !root.join("Cargo.toml").is_file() {
            bail!("{} is not the folder of this project", root.display());
        }
        Ok(Self { root })
    }

    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// What cargo knows of the members of this workspace. Needs no network.
    pub(crate) fn metadata(&self) -> Result<Value> {
        let text = process::capture(process::cargo(self).args([
            "metadata",
            "--format-version=1",
            "--no-deps",
        ]))?;
        serde_json::from_str(&text).context("cargo metadata answered with something unreadable")
    }

    /// Cargo's output folder, wherever the environment or its configuration puts it.
    pub(crate) fn target(&self) -> Result<PathBuf> {
        let metadata = self.metadata()?;
        let folder = metadata.get("target_directory").and_then(Value::as_str);
        Ok(PathBuf::from(
            folder.context("cargo names no output folder")?,
        ))
    }

    /// Every file that is committed or about to be, relative to the root, with `/`.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let text = process::capture(process::git(self).args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ]))?;
        let mut files: Vec<String> = text
            .split('\0')
            .filter(|name| !name.is_empty() && self.path(name).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }
}

/// Where the tools of this project live between checkouts.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = match (
        env::var_os("XDG_CACHE_HOME"),
        env::var_os("HOME"),
        env::var_os("LOCALAPPDATA"),
    ) {
        (Some(cache), _, _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home), _) if !home.is_empty() => PathBuf::from(home).join(".cache"),
        (_, _, Some(local)) if !local.is_empty() => PathBuf::from(local),
        _ => bail!("none of XDG_CACHE_HOME, HOME and LOCALAPPDATA says where tools may be kept"),
    };
    Ok(base.join("banyan"))
}

/// One hash over names and contents, so that a touched file is not a changed file.
pub(crate) fn fingerprint<'a>(
    root: &Path,
    files: impl IntoIterator<Item = &'a str>,
) -> Result<String> {
    let mut hash = Sha256::new();
    for name in files {
        let content =
            fs::read(root.join(name)).with_context(|| format!("{name} cannot be read"))?;
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(hex(&hash.finalize()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_follows_names_and_contents() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "one").unwrap();
        fs::write(folder.path().join("b"), "one").unwrap();
        let of =
            |names: &[&'static str]| fingerprint(folder.path(), names.iter().copied()).unwrap();

        let before = of(&["a"]);
        assert_ne!(
            before,
            of(&["b"]),
            "the same bytes under another name are another tree"
        );
        fs::write(folder.path().join("a"), "one").unwrap();
        assert_eq!(before, of(&["a"]), "writing the same bytes changes nothing");
        fs::write(folder.path().join("a"), "two").unwrap();
        assert_ne!(before, of(&["a"]));
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = fingerprint(folder.path(), ["gone.txt"]).unwrap_err();
        assert!(error.to_string().contains("gone.txt"));
    }
}
