//! A dependency that no source file names is not one, and one that only tests
//! name belongs under `[dev-dependencies]`.
//!
//! Names are looked for as words, which is imprecise and quick. A dependency that
//! is there for a feature alone is listed, with its reason, as
//! `[package.metadata.tidy] unnamed = ["it"]`.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::{Finding, Snapshot, sizes::before_tests};

pub(super) fn rule(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for package in list(&snapshot.metadata, "packages") {
        let sources = Sources::of(snapshot, package)?;
        let unnamed: Vec<&str> = package
            .pointer("/metadata/tidy/unnamed")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for dependency in list(package, "dependencies") {
            let name = text(dependency, "rename").unwrap_or(text(dependency, "name").unwrap_or(""));
            if !unnamed.contains(&name) {
                let kind = text(dependency, "kind").unwrap_or("normal");
                findings.extend(sources.verdict(&name.replace('-', "_"), kind).map(|says| {
                    Finding::law(
                        text(package, "name").unwrap_or(""),
                        format!("{name} {says}"),
                    )
                }));
            }
        }
    }
    Ok(findings)
}

/// The text of a package, by the part of the manifest that serves it.
#[derive(Default)]
struct Sources {
    program: String,
    tests: String,
    build: String,
}

impl Sources {
    fn of(snapshot: &Snapshot, package: &Value) -> Result<Self> {
        let mut sources = Self::default();
        for target in list(package, "targets") {
            let path = Path::new(text(target, "src_path").unwrap_or(""));
            let Ok(path) = path.strip_prefix(snapshot.tree.root()) else {
                continue;
            };
            let kind = target
                .pointer("/kind/0")
                .and_then(Value::as_str)
                .unwrap_or("");
            let is_beside = |name: &str| match kind {
                "custom-build" => Path::new(name) == path,
                _ => path
                    .parent()
                    .is_some_and(|folder| Path::new(name).starts_with(folder)),
            };
            for name in snapshot
                .with_ending(&[".rs"])
                .filter(|name| is_beside(name))
            {
                let text = snapshot.text(name)?.unwrap_or_default();
                let (program, tests) = before_tests(&text);
                match kind {
                    "custom-build" => sources.build.push_str(&text),
                    "test" | "bench" | "example" => sources.tests.push_str(&text),
                    _ if name.ends_with("/tests.rs") || name.contains("/tests/") => {
                        sources.tests.push_str(&text);
                    }
                    _ => {
                        sources.program.push_str(program);
                        sources.tests.push_str(tests);
                    }
                }
            }
        }
        Ok(sources)
    }

    fn verdict(&self, word: &str, kind: &str) -> Option<&'static str> {
        match kind {
            "build" => (!names(&self.build, word)).then_some("is not used by the build script"),
            "dev" if names(&self.program, word) || names(&self.tests, word) => None,
            "dev" => Some("is not used by any test"),
            _ if names(&self.program, word) => None,
            _ if names(&self.tests, word) => {
                Some("is used by tests only and belongs under [dev-dependencies]")
            }
            _ => Some("is not used"),
        }
    }
}

/// Whether `word` stands in the text as a word, comments aside.
fn names(text: &str, word: &str) -> bool {
    let part_of_a_word = |character: char| character.is_alphanumeric() || character == '_';
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .any(|line| {
            line.match_indices(word).any(|(start, _)| {
                let before = line.get(..start).and_then(|text| text.chars().next_back());
                let after = line
                    .get(start + word.len()..)
                    .and_then(|text| text.chars().next());
                !before.is_some_and(part_of_a_word) && !after.is_some_and(part_of_a_word)
            })
        })
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tidy::test_tree::TestTree;

    fn says(dependencies: &Value, metadata: &Value) -> Vec<String> {
        let tree = TestTree::with(&[
            (
                "a/src/lib.rs",
                "// gone is only spoken of\nuse used_here::Thing;\n\n#[cfg(test)]\nmod tests {\n    use only_tested::T;\n}\n",
            ),
            ("a/build.rs", "fn main() { built_with::go() }\n"),
        ]);
        let path = |name: &str| tree.folder.path().join(name).to_string_lossy().into_owned();
        let metadata = json!({"packages": [{
            "name": "a",
            "metadata": metadata,
            "dependencies": dependencies,
            "targets": [
                {"kind": ["lib"], "src_path": path("a/src/lib.rs")},
                {"kind": ["custom-build"], "src_path": path("a/build.rs")},
            ],
        }]});
        rule(&tree.snapshot(metadata))
            .unwrap()
            .iter()
            .map(Finding::sentence)
            .collect()
    }

    #[test]
    fn what_is_named_is_used() {
        let dependencies = json!([
            {"name": "used-here"},
            {"name": "some-crate", "rename": "used_here"},
            {"name": "only-tested", "kind": "dev"},
            {"name": "built-with", "kind": "build"},
        ]);
        assert_eq!(says(&dependencies, &json!(null)), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_named_is_not() {
        let dependencies = json!([
            {"name": "gone"},
            {"name": "used"},
            {"name": "only-tested"},
            {"name": "used-here", "kind": "build"},
        ]);
        assert_eq!(
            says(&dependencies, &json!(null)),
            [
                "wrong: a: gone is not used",
                "wrong: a: used is not used",
                "wrong: a: only-tested is used by tests only and belongs under [dev-dependencies]",
                "wrong: a: used-here is not used by the build script",
            ]
        );
        let excused = json!({"tidy": {"unnamed": ["gone"]}});
        assert!(says(&json!([{"name": "gone"}]), &excused).is_empty());
    }
}
