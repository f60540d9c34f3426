//! The npm packages of the page: installed exactly as locked, and only when what
//! is there differs from what is locked.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::{
    process::{self, command, npm},
    tree::Tree,
};

/// What package.json asks for in `engines`.
const OLDEST_NODE: (u32, u32) = (20, 19);

pub(crate) fn prepare(tree: &Tree) -> Result<()> {
    check_node(tree)?;
    if is_installed(tree)? {
        return Ok(());
    }
    println!("The page's packages are missing or differ from package-lock.json.");
    process::run(npm(tree).args(["ci", "--no-audit", "--no-fund"]))
}

fn check_node(tree: &Tree) -> Result<()> {
    let (major, minor) = OLDEST_NODE;
    let version = process::capture(command(tree, "node").arg("--version")).with_context(|| {
        format!("Node.js {major}.{minor} or newer must be installed (https://nodejs.org)")
    })?;
    if parse_version(&version).is_none_or(|found| found < OLDEST_NODE) {
        bail!(
            "Node.js {major}.{minor} or newer is needed, this one is {}",
            version.trim()
        );
    }
    Ok(())
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn is_installed(tree: &Tree) -> Result<bool> {
    let wanted = packages(&tree.path("package-lock.json"))?;
    // npm keeps a copy of the lock beside what it installed.
    let copy = tree.path("node_modules/.package-lock.json");
    Ok(copy.is_file() && agree(&wanted, &packages(&copy)?))
}

fn packages(lock: &Path) -> Result<Map<String, Value>> {
    let text =
        fs::read_to_string(lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    let mut lock: Value = serde_json::from_str(&text)
        .with_context(|| format!("{} is not valid JSON", lock.display()))?;
    match lock.get_mut("packages").map(Value::take) {
        Some(Value::Object(mut packages)) => {
            // The empty name is the project itself.
            packages.remove("");
            Ok(packages)
        }
        _ => Ok(Map::new()),
    }
}

/// Whether what is installed is what is wanted. Packages for other systems are
/// optional and stay away.
fn agree(wanted: &Map<String, Value>, installed: &Map<String, Value>) -> bool {
    let version = |package: &Value| package.get("version").cloned();
    wanted
        .iter()
        .all(|(name, package)| match installed.get(name) {
            Some(found) => version(found) == version(package),
            None => package.get("optional") == Some(&Value::Bool(true)),
        })
        && installed.keys().all(|name| wanted.contains_key(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn another_version_a_missing_and_a_surplus_package_are_differences() {
        let wanted = map(&json!({
            "node_modules/a": {"version": "1.0.0"},
            "node_modules/for-windows": {"version": "2.0.0", "optional": true},
        }));
        assert!(agree(
            &wanted,
            &map(&json!({"node_modules/a": {"version": "1.0.0"}}))
        ));
        assert!(!agree(
            &wanted,
            &map(&json!({"node_modules/a": {"version": "1.0.1"}}))
        ));
        assert!(!agree(&wanted, &Map::new()));
        assert!(!agree(
            &wanted,
            &map(
                &json!({"node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "1.0.0"}})
            )
        ));
    }

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        assert_eq!(parse_version("v20.9.1\n"), Some((20, 9)));
        assert!(parse_version("v20.9.1").unwrap() < OLDEST_NODE);
        assert!(parse_version("v22.0.0").unwrap() > OLDEST_NODE);
        assert_eq!(parse_version("unknown"), None);
    }
}
