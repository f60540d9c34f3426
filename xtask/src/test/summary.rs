//! How the stages ended, and the table that says so.

use std::{fs, path::Path, time::Duration};

use anyhow::Result;

use super::counts::Counts;

/// Enough of a failed stage's log to see the reason.
const TAIL: usize = 60;

#[derive(Debug)]
pub(super) struct Outcome {
    counts: Counts,
    took: Duration,
    /// Why it did not go well, where more is to be said than the counts do.
    why: Option<String>,
}

impl Outcome {
    pub(super) fn of(result: Result<Counts>, took: Duration) -> Self {
        match result {
            Ok(counts) if counts == Counts::default() => Self {
                counts: Counts {
                    failed: 1,
                    ..counts
                },
                took,
                why: Some("no test ran".to_owned()),
            },
            Ok(counts) => Self {
                counts,
                took,
                why: None,
            },
            Err(error) => Self {
                counts: Counts {
                    failed: 1,
                    ..Counts::default()
                },
                took,
                why: Some(format!("{error:#}")),
            },
        }
    }

    pub(super) fn not_run(why: String) -> Self {
        let counts = Counts {
            failed: 1,
            ..Counts::default()
        };
        Self {
            counts,
            took: Duration::ZERO,
            why: Some(why),
        }
    }

    pub(super) fn is_success(&self) -> bool {
        self.counts.failed == 0
    }

    pub(super) fn line(&self) -> String {
        let verdict = if self.is_success() { "ok" } else { "FAILED" };
        let mut line = format!(
            "{verdict:<7} {:>7.1} s   {}",
            self.took.as_secs_f64(),
            self.counts.line()
        );
        if let Some(why) = &self.why {
            line.push_str(" - ");
            line.push_str(why.lines().next().unwrap_or_default());
        }
        line
    }
}

pub(super) struct Summary {
    stages: Vec<(&'static str, Outcome)>,
}

impl Summary {
    /// In the order of the plan, whatever the order of their ends.
    pub(super) fn new(
        order: impl Iterator<Item = &'static str>,
        mut ended: Vec<(&'static str, Outcome)>,
    ) -> Self {
        let stages = order
            .filter_map(|name| {
                let position = ended.iter().position(|(other, _)| *other == name)?;
                Some(ended.swap_remove(position))
            })
            .collect();
        Self { stages }
    }

    pub(super) fn is_success(&self) -> bool {
        let total = self.total();
        total.failed == 0 && total.passed > 0
    }

    fn total(&self) -> Counts {
        self.stages
            .iter()
            .fold(Counts::default(), |sum, (_, outcome)| sum + outcome.counts)
    }

    pub(super) fn print(&self, prepared: Duration, total: Duration, logs: &Path) -> Result<()> {
        for (name, outcome) in self
            .stages
            .iter()
            .filter(|(_, outcome)| !outcome.is_success())
        {
            let log = logs.join(format!("{name}.log"));
            println!("\n--- {name}: the end of {} ---", log.display());
            if let Some(why) = &outcome.why {
                println!("{why}");
            }
            println!("{}", tail(&fs::read_to_string(&log).unwrap_or_default()));
        }
        println!("\n{:<10} {:<7} {:>9}", "Stage", "Result", "Time");
        println!(
            "{:<10} {:<7} {:>7.1} s",
            "setup",
            "ok",
            prepared.as_secs_f64()
        );
        for (name, outcome) in &self.stages {
            println!("{name:<10} {}", outcome.line());
        }
        println!(
            "{:<10} {:<7} {:>7.1} s\n",
            "in all",
            "",
            total.as_secs_f64()
        );
        println!("{}", self.total().line());
        Ok(())
    }
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(TAIL)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn outcome(passed: u64, failed: u64) -> Outcome {
        Outcome::of(
            Ok(Counts {
                passed,
                failed,
                skipped: 0,
            }),
            Duration::ZERO,
        )
    }

    fn summary(stages: Vec<(&'static str, Outcome)>) -> Summary {
        let order: Vec<&'static str> = stages.iter().map(|(name, _)| *name).collect();
        Summary::new(order.into_iter(), stages)
    }

    #[test]
    fn a_stage_without_tests_is_a_failure() {
        let nothing = outcome(0, 0);
        assert!(!nothing.is_success());
        assert!(nothing.line().contains("no test ran"));
        // To know that nothing can be tried here is an answer.
        let skipped = Counts {
            skipped: 3,
            ..Counts::default()
        };
        assert!(Outcome::of(Ok(skipped), Duration::ZERO).is_success());
    }

    #[test]
    fn an_error_counts_as_one_failure() {
        let broken = Outcome::of(Err(anyhow!("it does not compile")), Duration::ZERO);
        let summary = summary(vec![("a", outcome(3, 0)), ("b", broken)]);
        assert_eq!(
            summary.total(),
            Counts {
                passed: 3,
                failed: 1,
                skipped: 0
            }
        );
        assert!(!summary.is_success());
    }

    #[test]
    fn all_well_is_a_success_and_nothing_at_all_is_not() {
        assert!(summary(vec![("a", outcome(3, 0)), ("b", outcome(1, 0))]).is_success());
        assert!(!summary(vec![("a", outcome(3, 1))]).is_success());
        assert!(!summary(vec![]).is_success());
    }

    #[test]
    fn the_table_follows_the_plan() {
        let ended = vec![("late", outcome(1, 0)), ("early", outcome(2, 0))];
        let summary = Summary::new(["early", "late", "never"].into_iter(), ended);
        let names: Vec<&str> = summary.stages.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["early", "late"]);
    }

    #[test]
    fn the_tail_is_the_end() {
        let text: String = (0..100).map(|number| format!("{number}\n")).collect();
        assert!(tail(&text).starts_with("40\n") && tail(&text).ends_with("99"));
        assert_eq!(tail("short"), "short");
    }
}
