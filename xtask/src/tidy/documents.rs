//! Documents that cannot rot unseen: the pages exist, their links lead somewhere,
//! and a page that describes source files carries their hash.
//!
//! A described page holds a line `<!-- describes: FILE FILE... @ HASH -->`. When
//! one of the files changes, its author reads the page, corrects it, and renews
//! the hash with `cargo xtask tidy --stamp`.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use super::{Finding, Snapshot};
use crate::tree;

/// What a newcomer is promised.
const PAGES: &[&str] = &[
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "docs/architecture.md",
    "docs/benchmarks.md",
    "docs/configuration.md",
    "docs/desktop-behaviour.md",
    "docs/development.md",
    "docs/security.md",
    "docs/style.md",
    "docs/troubleshooting.md",
];

const MARK: &str = "<!-- describes: ";
/// Enough of a hash to see a change, short enough to read.
const HASH_LENGTH: usize = 16;

pub(super) fn pages(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    Ok(PAGES
        .iter()
        .filter(|page| !snapshot.tree.path(page).is_file())
        .map(|page| Finding::law(*page, "is missing"))
        .collect())
}

/// Links to files of this tree; the web is not asked.
pub(super) fn links(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in snapshot.with_ending(&[".md"]) {
        let folder = Path::new(name).parent().unwrap_or(Path::new(""));
        for target in link_targets(&snapshot.text(name)?.unwrap_or_default()) {
            let file = target.split('#').next().unwrap_or_default();
            let elsewhere = file.is_empty() || file.contains("://") || file.starts_with("mailto:");
            if !elsewhere && !snapshot.tree.root().join(folder).join(file).exists() {
                findings.push(Finding::law(
                    name,
                    format!("links to {target}, which is not there"),
                ));
            }
        }
    }
    Ok(findings)
}

/// The protocol pages carry a hash, and every hash is that of today's sources.
pub(super) fn stamps(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in snapshot.with_ending(&[".md"]) {
        let text = snapshot.text(name)?.unwrap_or_default();
        let Some(stamp) = Stamp::find(&text) else {
            if name.starts_with("docs/protocol/") {
                findings.push(Finding::law(
                    name,
                    "does not say which sources it describes; add `<!-- describes: FILE @ - -->` \
                     and run `cargo xtask tidy --stamp`",
                ));
            }
            continue;
        };
        match stamp.hash_now(snapshot) {
            Ok(hash) if hash == stamp.hash => {}
            Ok(_) => findings.push(Finding::law(
                name,
                "describes sources that changed since; read the page, correct it, then run \
                 `cargo xtask tidy --stamp`",
            )),
            Err(error) => findings.push(Finding::law(name, format!("{error:#}"))),
        }
    }
    Ok(findings)
}

/// Writes today's hash into every page that has one.
pub(super) fn stamp(snapshot: &Snapshot) -> Result<()> {
    for name in snapshot.with_ending(&[".md"]) {
        let text = snapshot.text(name)?.unwrap_or_default();
        let Some(stamp) = Stamp::find(&text) else {
            continue;
        };
        let hash = stamp.hash_now(snapshot)?;
        if hash != stamp.hash {
            let path = snapshot.tree.path(name);
            fs::write(
                &path,
                text.replace(&stamp.line(&stamp.hash), &stamp.line(&hash)),
            )
            .with_context(|| format!("{name} cannot be written"))?;
            println!(
                "{name} now describes {} as they are.",
                stamp.files.join(" ")
            );
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    files: Vec<String>,
    hash: String,
}

impl Stamp {
    fn find(text: &str) -> Option<Self> {
        let line = text.lines().find(|line| line.starts_with(MARK))?;
        let (files, hash) = line
            .strip_prefix(MARK)?
            .strip_suffix(" -->")?
            .split_once(" @ ")?;
        Some(Self {
            files: files.split(' ').map(str::to_owned).collect(),
            hash: hash.to_owned(),
        })
    }

    fn line(&self, hash: &str) -> String {
        format!("{MARK}{} @ {hash} -->", self.files.join(" "))
    }

    fn hash_now(&self, snapshot: &Snapshot) -> Result<String> {
        let mut hash =
            tree::fingerprint(snapshot.tree.root(), self.files.iter().map(String::as_str))?;
        hash.truncate(HASH_LENGTH);
        Ok(hash)
    }
}

/// `[text](target)` outside of code.
fn link_targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                let target = target.split(' ').next().unwrap_or_default();
                targets.push(target.trim_matches(['<', '>']).to_owned());
            }
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tidy::test_tree::TestTree;

    #[test]
    fn a_link_to_nowhere_is_found() {
        let tree = TestTree::with(&[
            (
                "docs/a.md",
                "[b](b.md) [up](../README.md#start) [web](https://example.org) [here](#x)\n\
                 ```\n[code](gone.md)\n```\n![picture](gone.png)\n",
            ),
            ("docs/b.md", "fine\n"),
            ("README.md", "fine\n"),
        ]);
        let findings = links(&tree.snapshot(json!({}))).unwrap();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].says.contains("gone.png"));
    }

    #[test]
    fn a_page_falls_behind_when_its_source_changes_and_a_stamp_renews_it() {
        let tree = TestTree::with(&[
            (
                "docs/protocol/id.md",
                "# Ids\n\n<!-- describes: src/id.rs @ - -->\n\nText.\n",
            ),
            ("src/id.rs", "const VERSION: u8 = 1;\n"),
        ]);
        let behind = || stamps(&tree.snapshot(json!({}))).unwrap().len();
        assert_eq!(behind(), 1);
        stamp(&tree.snapshot(json!({}))).unwrap();
        assert_eq!(behind(), 0);
        tree.write("src/id.rs", "const VERSION: u8 = 2;\n");
        assert_eq!(behind(), 1);
    }

    #[test]
    fn a_protocol_page_must_name_its_sources() {
        let tree = TestTree::with(&[
            ("docs/protocol/id.md", "# Ids\n"),
            ("docs/other.md", "# Other\n"),
        ]);
        let findings = stamps(&tree.snapshot(json!({}))).unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "docs/protocol/id.md");
    }

    #[test]
    fn a_stamp_that_names_a_missing_file_says_so() {
        let tree = TestTree::with(&[("docs/a.md", "<!-- describes: src/gone.rs @ - -->\n")]);
        let findings = stamps(&tree.snapshot(json!({}))).unwrap();
        assert!(findings[0].says.contains("src/gone.rs"), "{findings:?}");
    }
}
