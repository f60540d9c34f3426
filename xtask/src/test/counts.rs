//! How many tests ran, read from what the test runners say.

use std::ops::Add;

use anyhow::{Context, Result, bail};
use serde_json::Value;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    /// A stage that is one check.
    pub(super) const ONE: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };

    /// Of the tests that passed, so many said that they could not run here.
    pub(super) fn skipping(self, tests: usize) -> Self {
        let tests = (tests as u64).min(self.passed);
        Self {
            passed: self.passed - tests,
            skipped: self.skipped + tests,
            ..self
        }
    }

    /// The last line of all: `3 passed, 0 failed`.
    pub(super) fn line(self) -> String {
        let mut line = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            line.push_str(&format!(", {} skipped", self.skipped));
        }
        line
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// From nextest's closing line. What a filter leaves out belongs to another
/// stage and is not counted as skipped.
pub(super) fn of_nextest(text: &str) -> Result<Counts> {
    let line = text
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["))
        .context("nextest wrote no summary")?;
    let (before, after) = line
        .split_once(" run:")
        .with_context(|| format!("nextest's summary has an unknown form: {line}"))?;
    let run = before.rsplit(' ').nth(1).and_then(|words| {
        // "7/12 tests" when it stopped early.
        words
            .split('/')
            .next_back()
            .and_then(|number| number.parse::<u64>().ok())
    });
    let passed = number_before(after, "passed").unwrap_or(0);
    let run = run.with_context(|| format!("nextest's summary has no number: {line}"))?;
    Ok(Counts {
        passed,
        failed: run.saturating_sub(passed),
        skipped: 0,
    })
}

/// From the closing lines of `cargo test`, one per binary.
pub(super) fn of_cargo_test(text: &str) -> Counts {
    text.lines()
        .filter(|line| line.starts_with("test result:"))
        .map(|line| Counts {
            passed: number_before(line, "passed").unwrap_or(0),
            failed: number_before(line, "failed").unwrap_or(0),
            skipped: number_before(line, "ignored").unwrap_or(0),
        })
        .fold(Counts::default(), Add::add)
}

/// From vitest's JSON report.
pub(super) fn of_vitest(report: &str) -> Result<Counts> {
    let report: Value = serde_json::from_str(report).context("vitest's report is not JSON")?;
    let number = |key: &str| report.get(key).and_then(Value::as_u64);
    let (Some(passed), Some(failed)) = (number("numPassedTests"), number("numFailedTests")) else {
        bail!("vitest's report has no counts");
    };
    // A file that does not load has no tests, yet it failed.
    let broken = number("numFailedTestSuites").unwrap_or(0);
    let skipped = number("numPendingTests").unwrap_or(0) + number("numTodoTests").unwrap_or(0);
    let failed = if failed == 0 { broken } else { failed };
    Ok(Counts {
        passed,
        failed,
        skipped,
    })
}

fn number_before(line: &str, word: &str) -> Option<u64> {
    let mut previous = "";
    for part in line
        .split([' ', ',', ';', '('])
        .filter(|part| !part.is_empty())
    {
        if part == word {
            return previous.parse().ok();
        }
        previous = part;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_run_did_not_pass() {
        let passed = |passed| Counts {
            passed,
            ..Counts::default()
        };
        assert_eq!(
            passed(5).skipping(2).line(),
            "3 passed, 0 failed, 2 skipped"
        );
        assert_eq!(
            passed(1).skipping(2).line(),
            "0 passed, 0 failed, 1 skipped"
        );
        assert_eq!(passed(5).skipping(0), passed(5));
    }

    #[test]
    fn nextest_summaries_are_read() {
        let counts = |line: &str| of_nextest(&format!("noise\n{line}\n")).unwrap();
        assert_eq!(
            counts("     Summary [   0.057s] 5 tests run: 5 passed, 2 skipped"),
            Counts {
                passed: 5,
                failed: 0,
                skipped: 0
            }
        );
        assert_eq!(
            counts(
                "     Summary [   1.200s] 7/12 tests run: 4 passed (1 slow), 2 failed, 1 timed out, 0 skipped"
            ),
            Counts {
                passed: 4,
                failed: 8,
                skipped: 0
            }
        );
        assert_eq!(
            counts("     Summary [   0.001s] 0 tests run: 0 passed, 9 skipped"),
            Counts::default()
        );
        assert_eq!(
            counts("     Summary [   0.001s] 1 test run: 1 passed, 0 skipped").passed,
            1
        );
        assert!(of_nextest("error: could not compile").is_err());
    }

    #[test]
    fn cargo_test_results_add_up() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\
                    test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured\n";
        assert_eq!(
            of_cargo_test(text),
            Counts {
                passed: 5,
                failed: 1,
                skipped: 1
            }
        );
    }

    #[test]
    fn a_test_file_that_does_not_load_is_a_failure() {
        let report = r#"{"numPassedTests": 4, "numFailedTests": 0, "numPendingTests": 1,
                         "numTodoTests": 0, "numFailedTestSuites": 1}"#;
        assert_eq!(
            of_vitest(report).unwrap(),
            Counts {
                passed: 4,
                failed: 1,
                skipped: 1
            }
        );
        assert!(of_vitest("{}").is_err());
    }

    #[test]
    fn skipped_tests_are_told_only_when_there_are_some() {
        assert_eq!(
            Counts {
                passed: 2,
                failed: 0,
                skipped: 0
            }
            .line(),
            "2 passed, 0 failed"
        );
        assert_eq!(
            Counts {
                passed: 2,
                failed: 1,
                skipped: 3
            }
            .line(),
            "2 passed, 1 failed, 3 skipped"
        );
    }
}
