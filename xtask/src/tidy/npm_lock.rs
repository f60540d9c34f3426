//! package-lock.json knows the packages of every system. npm forgets those of
//! other systems when it makes the file where a registry does not offer them, and
//! from then on `npm ci` refuses to work anywhere.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Finding, Snapshot};

const FILE: &str = "package-lock.json";

pub(super) fn rule(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    if !snapshot.files.iter().any(|name| name == FILE) {
        return Ok(Vec::new());
    }
    let text = snapshot.text(FILE)?.unwrap_or_default();
    let lock: Value =
        serde_json::from_str(&text).with_context(|| format!("{FILE} is not valid JSON"))?;
    Ok(forgotten(&lock)
        .into_iter()
        .map(|name| {
            Finding::law(
                FILE,
                format!("lacks {name}; put its entry back, with os and cpu"),
            )
        })
        .collect())
}

fn forgotten(lock: &Value) -> Vec<&str> {
    let Some(packages) = lock.get("packages").and_then(Value::as_object) else {
        return Vec::new();
    };
    packages
        .iter()
        .flat_map(|(place, package)| {
            let optional = package
                .get("optionalDependencies")
                .and_then(Value::as_object);
            optional
                .into_iter()
                .flatten()
                .map(move |(name, _)| (place, name))
        })
        .filter(|(place, name)| {
            let nested = format!("{place}/node_modules/{name}");
            !packages.contains_key(&nested)
                && !packages.contains_key(&format!("node_modules/{name}"))
        })
        .map(|(_, name)| name.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_system_that_npm_forgot_is_named() {
        let lock = json!({"packages": {
            "node_modules/tool": {"optionalDependencies": {"tool-linux": "1.0.0", "tool-darwin": "1.0.0"}},
            "node_modules/tool-linux": {"version": "1.0.0"},
            "node_modules/old": {"optionalDependencies": {"old-linux": "0.9.0"}},
            "node_modules/old/node_modules/old-linux": {"version": "0.9.0"},
        }});
        assert_eq!(forgotten(&lock), ["tool-darwin"]);
    }
}
