//! The laws of this tree that no compiler knows: who may depend on whom, which
//! dependencies are used, how long a file may be, what things may not be called,
//! that documents and what they describe go together.
//!
//! Every rule is a function from the tree to findings, and every finding is a
//! sentence that says what to do.

mod documents;
mod law;
mod names;
mod npm_lock;
mod sizes;
mod sources;
mod unused;
mod versions;
#[cfg(test)]
mod workflows;

use std::{fs, io::Write};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tree::Tree;

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    match arguments.next()? {
        None => check(tree, &mut std::io::stdout()),
        Some(lexopt::Arg::Long("stamp")) => documents::stamp(&Snapshot::of(tree)?),
        Some(other) => Err(other.unexpected().into()),
    }
}

/// Looks at everything and fails when anything must change.
pub(crate) fn check(tree: &Tree, out: &mut dyn Write) -> Result<()> {
    let snapshot = Snapshot::of(tree)?;
    let mut findings = Vec::new();
    for rule in RULES {
        findings.extend(rule(&snapshot)?);
    }
    for finding in &findings {
        writeln!(out, "{}", finding.sentence())?;
    }
    let wrong = findings
        .iter()
        .filter(|finding| finding.weight == Weight::Law)
        .count();
    if wrong > 0 {
        bail!("{wrong} thing(s) in the tree must change, see above");
    }
    writeln!(
        out,
        "The tree is tidy ({} files, {} rules).",
        snapshot.files.len(),
        RULES.len()
    )?;
    Ok(())
}

type Rule = fn(&Snapshot) -> Result<Vec<Finding>>;

const RULES: &[Rule] = &[
    law::rule,
    unused::rule,
    sizes::rule,
    names::rule,
    sources::module_documents,
    sources::marks,
    sources::places,
    versions::rule,
    npm_lock::rule,
    documents::pages,
    documents::links,
    documents::stamps,
];

/// The tree at one moment, read once for all rules.
struct Snapshot {
    tree: Tree,
    files: Vec<String>,
    metadata: Value,
}

impl Snapshot {
    fn of(tree: &Tree) -> Result<Self> {
        Ok(Self {
            tree: tree.clone(),
            files: tree.files()?,
            metadata: tree.metadata()?,
        })
    }

    /// The text of a file, or nothing where it is a picture or a font.
    fn text(&self, name: &str) -> Result<Option<String>> {
        let bytes =
            fs::read(self.tree.path(name)).with_context(|| format!("{name} cannot be read"))?;
        Ok(String::from_utf8(bytes).ok())
    }

    fn with_ending<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.files
            .iter()
            .map(String::as_str)
            .filter(|name| endings.iter().any(|ending| name.ends_with(ending)))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    weight: Weight,
    place: String,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Worth a look; fails nothing.
    Note,
    Law,
}

impl Finding {
    fn law(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            weight: Weight::Law,
            place: place.into(),
            says: says.into(),
        }
    }

    fn note(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            weight: Weight::Note,
            place: place.into(),
            says: says.into(),
        }
    }

    fn sentence(&self) -> String {
        let weight = match self.weight {
            Weight::Note => "note",
            Weight::Law => "wrong",
        };
        format!("{weight}: {}: {}", self.place, self.says)
    }
}

#[cfg(test)]
mod test_tree {
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    /// A checkout with the given files and nothing else.
    pub(super) struct TestTree {
        pub(super) folder: TempDir,
    }

    impl TestTree {
        pub(super) fn with(files: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let git = Command::new("git")
                .arg("init")
                .arg("-q")
                .current_dir(folder.path())
                .status();
            assert!(git.unwrap().success());
            let tree = Self { folder };
            for (name, text) in files {
                tree.write(name, text);
            }
            tree
        }

        pub(super) fn write(&self, name: &str, text: &str) {
            let path = self.folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        pub(super) fn snapshot(&self, metadata: Value) -> Snapshot {
            let tree = Tree::at(self.folder.path());
            Snapshot {
                files: tree.files().unwrap(),
                tree,
                metadata,
            }
        }
    }
}
