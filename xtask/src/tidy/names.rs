//! What files and folders may not be called: names that say nothing collect
//! everything.

use anyhow::Result;

use super::{Finding, Snapshot};

const SAY_NOTHING: &[&str] = &[
    "utils", "util", "common", "helpers", "helper", "manager", "types", "misc",
];

pub(super) fn rule(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    Ok(snapshot
        .with_ending(&[".rs", ".ts", ".tsx", ".mjs", ".css"])
        .filter_map(judge)
        .collect())
}

fn judge(name: &str) -> Option<Finding> {
    // Beside integration tests, name.rs would be a test of its own.
    if name.ends_with("/mod.rs") && !name.contains("/tests/") {
        return Some(Finding::law(
            name,
            "a module lives in name.rs beside its folder name/, not in mod.rs",
        ));
    }
    name.split('/')
        .map(|part| part.split('.').next().unwrap_or(part))
        .find(|part| SAY_NOTHING.contains(part))
        .map(|part| {
            Finding::law(
                name,
                format!("\"{part}\" says nothing; name it after what it does"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_found_as_file_and_as_folder() {
        assert!(judge("crates/node/src/utils.rs").is_some());
        assert!(judge("ui/src/common/button.tsx").is_some());
        assert!(judge("ui/src/types.ts").is_some());
        assert!(judge("crates/node/src/config/mod.rs").is_some());
        assert!(judge("crates/node/tests/support/mod.rs").is_none());
        assert!(judge("crates/node/src/config.rs").is_none());
        assert!(judge("ui/src/features/peers/peer-types.tsx").is_none());
    }
}
