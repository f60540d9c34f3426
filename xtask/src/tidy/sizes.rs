//! How long a file may be. What cannot be read in one sitting is two files.

use anyhow::Result;

use super::{Finding, Snapshot};

/// From here on a file is worth a look.
const SOFT: usize = 600;
/// No file grows beyond this.
const HARD: usize = 1000;

pub(super) fn rule(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in snapshot.with_ending(&[".rs", ".ts", ".tsx", ".mjs", ".css"]) {
        if is_test(name) || name.contains(".gen.") {
            continue;
        }
        let lines = snapshot
            .text(name)?
            .map_or(0, |text| before_tests(&text).0.lines().count());
        findings.extend(judge(name, lines));
    }
    Ok(findings)
}

fn judge(name: &str, lines: usize) -> Option<Finding> {
    if lines > HARD {
        Some(Finding::law(
            name,
            format!("{lines} lines without its tests; {HARD} is the limit"),
        ))
    } else if lines > SOFT {
        Some(Finding::note(
            name,
            format!("{lines} lines without its tests; {SOFT} is a good end"),
        ))
    } else {
        None
    }
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/")
        || name.contains("/e2e/")
        || name.contains(".test.")
        || name.ends_with("/tests.rs")
}

/// A Rust file in two: what it is for, and the tests at its end.
pub(super) fn before_tests(text: &str) -> (&str, &str) {
    let marks = text
        .match_indices("#[cfg(test)]\nmod ")
        .map(|(start, _)| start);
    marks
        .filter(|start| {
            *start == 0
                || text
                    .get(..*start)
                    .is_some_and(|before| before.ends_with('\n'))
        })
        // A `mod tests;` at the top only names another file.
        .find(|start| {
            let declaration = text.get(*start..).and_then(|rest| rest.lines().nth(1));
            declaration.is_some_and(|line| line.ends_with('{'))
        })
        .and_then(|start| text.split_at_checked(start))
        .unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Weight;

    #[test]
    fn the_limits_are_inclusive() {
        assert_eq!(judge("a.rs", SOFT), None);
        assert_eq!(judge("a.rs", SOFT + 1).unwrap().weight, Weight::Note);
        assert_eq!(judge("a.rs", HARD).unwrap().weight, Weight::Note);
        assert_eq!(judge("a.rs", HARD + 1).unwrap().weight, Weight::Law);
    }

    #[test]
    fn tests_at_the_end_are_free() {
        let text = "fn one() {}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n";
        assert_eq!(before_tests(text).0.lines().count(), 2);
        let only_declared = "#[cfg(test)]\nmod tests;\nfn one() {}\n";
        assert_eq!(before_tests(only_declared).0.lines().count(), 3);
    }

    #[test]
    fn test_files_are_free() {
        assert!(is_test("crates/node/tests/shutdown.rs"));
        assert!(is_test("ui/src/app/palette.test.tsx"));
        assert!(!is_test("crates/testkit/src/lib.rs"));
    }
}
