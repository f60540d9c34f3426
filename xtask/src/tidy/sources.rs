//! What every source file owes its reader, and what must not be left in one.

use anyhow::Result;
use serde_json::Value;

use super::{Finding, Snapshot};

/// Every crate opens with a few lines on what it is for.
pub(super) fn module_documents(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let packages = snapshot.metadata.get("packages").and_then(Value::as_array);
    for target in packages
        .into_iter()
        .flatten()
        .filter_map(|package| package.get("targets").and_then(Value::as_array))
        .flatten()
    {
        let kind = target
            .pointer("/kind/0")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let path = target
            .get("src_path")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if kind == "custom-build" || path.is_empty() {
            continue;
        }
        let name = relative(snapshot, path);
        if snapshot
            .text(&name)?
            .is_some_and(|text| !text.starts_with("//!"))
        {
            findings.push(Finding::law(
                name,
                "begins without `//!` lines that say what it is for",
            ));
        }
    }
    Ok(findings)
}

/// Unfinished work and tests that do not run.
pub(super) fn marks(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in snapshot.with_ending(&[".rs", ".ts", ".tsx", ".mjs", ".sh", ".yml", ".toml"]) {
        let Some(text) = snapshot.text(name)? else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if let Some(says) = mark(line) {
                findings.push(Finding::law(format!("{name}:{}", number + 1), says));
            }
        }
    }
    Ok(findings)
}

fn mark(line: &str) -> Option<&'static str> {
    // Put together here so that this file does not accuse itself.
    let unfinished = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("HACK", ":"),
    ];
    let asleep = [
        concat!("#[", "ignore"),
        concat!("it.", "skip("),
        concat!("test.", "skip("),
        concat!("describe.", "skip("),
    ];
    let alone = [
        concat!("it.", "only("),
        concat!("test.", "only("),
        concat!("describe.", "only("),
    ];
    let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
    // A test that starts itself as another process, to kill it.
    let is_child = line.contains("\"the child of another test\"");
    if has(&unfinished) {
        Some("unfinished work belongs in an issue, not in a comment")
    } else if has(&asleep) && !is_child {
        Some("a test that does not run proves nothing; make it run or remove it")
    } else if has(&alone) {
        Some("with this line only one test runs")
    } else {
        None
    }
}

/// Traces of one machine: absolute home folders, and the registry a lock file was made with.
pub(super) fn places(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in &snapshot.files {
        let Some(text) = snapshot.text(name)? else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if let Some(says) = place(name, line) {
                findings.push(Finding::law(format!("{name}:{}", number + 1), says));
            }
        }
    }
    Ok(findings)
}

fn place(name: &str, line: &str) -> Option<&'static str> {
    let homes = [
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("C:\\Us", "ers\\"),
    ];
    if homes.iter().any(|home| line.contains(home)) {
        return Some("names a folder of one machine");
    }
    let lock = name == "package-lock.json" && line.contains("\"resolved\": \"http");
    let cargo = name == "Cargo.lock"
        && line.starts_with("source = ")
        && !line.contains("registry+https://github.com/rust-lang/crates.io-index");
    (lock || cargo).then_some("names the registry this lock file was made with")
}

fn relative(snapshot: &Snapshot, path: &str) -> String {
    let path = std::path::Path::new(path);
    path.strip_prefix(snapshot.tree.root())
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tidy::test_tree::TestTree;

    #[test]
    fn a_crate_without_a_first_word_is_named() {
        let tree = TestTree::with(&[
            ("a/src/lib.rs", "//! The first room.\n"),
            ("b/src/lib.rs", "pub fn silent() {}\n"),
        ]);
        let path = |name: &str| tree.folder.path().join(name).to_string_lossy().into_owned();
        let metadata = json!({"packages": [{"targets": [
            {"kind": ["lib"], "src_path": path("a/src/lib.rs")},
            {"kind": ["lib"], "src_path": path("b/src/lib.rs")},
        ]}]});
        let findings = module_documents(&tree.snapshot(metadata)).unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "b/src/lib.rs");
    }

    #[test]
    fn marks_are_found_with_their_line() {
        let left = format!(
            "fn a() {{}}\n// {}: later\n#[{}]\n",
            concat!("TO", "DO"),
            "ignore = \"slow\""
        );
        let tree = TestTree::with(&[("a.rs", &left)]);
        assert_eq!(
            mark(concat!("#[", "ignore = \"the child of another test\"]")),
            None
        );
        let places: Vec<String> = marks(&tree.snapshot(json!({})))
            .unwrap()
            .into_iter()
            .map(|f| f.place)
            .collect();
        assert_eq!(places, ["a.rs:2", "a.rs:3"]);
    }

    #[test]
    fn traces_of_one_machine_are_found() {
        assert!(place("docs/a.md", concat!("cd /ro", "ot/banyan")).is_some());
        assert!(
            place(
                "package-lock.json",
                "\"resolved\": \"https://registry.example/a.tgz\""
            )
            .is_some()
        );
        assert!(place("Cargo.lock", "source = \"git+https://example.org/a\"").is_some());
        assert!(
            place(
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\""
            )
            .is_none()
        );
        assert!(place("docs/a.md", "the root folder /").is_none());
    }
}
