//! One version for the whole product, written in Cargo.toml.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Finding, Snapshot};

pub(super) fn rule(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let packages = snapshot
        .metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("cargo metadata lists no packages")?;
    let mut versions: Vec<(String, String)> = packages
        .iter()
        .map(|package| (string(package, "name"), string(package, "version")))
        .collect();
    for file in ["tauri.conf.json", "package.json"] {
        let Some(text) = snapshot
            .files
            .iter()
            .any(|name| name == file)
            .then(|| snapshot.text(file))
        else {
            continue;
        };
        let value: Value = serde_json::from_str(&text?.unwrap_or_default())
            .with_context(|| format!("{file} is not valid JSON"))?;
        // Without one, the Tauri tools take the version of Cargo.toml.
        if let Some(version) = value.get("version").and_then(Value::as_str) {
            versions.push((file.to_owned(), version.to_owned()));
        }
    }
    let Some((_, ours)) = versions.first().cloned() else {
        return Ok(Vec::new());
    };
    Ok(versions
        .into_iter()
        .filter(|(_, version)| *version != ours)
        .map(|(place, version)| {
            Finding::law(
                place,
                format!("has version {version} where the others have {ours}"),
            )
        })
        .collect())
}

fn string(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tidy::test_tree::TestTree;

    #[test]
    fn another_version_anywhere_is_found() {
        let metadata = json!({"packages": [
            {"name": "a", "version": "0.2.0"},
            {"name": "b", "version": "0.2.0"},
        ]});
        let tree = TestTree::with(&[("tauri.conf.json", "{\"productName\": \"Banyan\"}")]);
        assert!(rule(&tree.snapshot(metadata.clone())).unwrap().is_empty());
        tree.write("package.json", "{\"version\": \"0.1.0\"}");
        let findings = rule(&tree.snapshot(metadata)).unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "package.json");
    }
}
