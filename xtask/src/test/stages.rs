//! The stages of `cargo xtask test`, in order.

use std::{fs, ops::Add, process::Command};

use anyhow::{Context, Result};

use super::{
    build,
    counts::{self, Counts},
    log::Log,
    packages,
};
use crate::{
    lab::check::{self, Verdict},
    process::{self, cargo, npm},
    setup::{
        python,
        tools::{self, find_or_install},
    },
    tidy,
    tree::Tree,
    ui,
};

#[derive(Debug)]
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) row: Row,
    /// Stages without which this one proves nothing.
    pub(super) needs: &'static [&'static str],
    pub(super) run: fn(&Tree, &mut Log) -> Result<Counts>,
}

/// When a stage runs: before all, in one of two rows side by side, or after both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    First,
    Page,
    Rust,
    Last,
}

pub(super) const STAGES: &[Stage] = &[
    Stage {
        name: "page",
        about: "the page is built",
        row: Row::First,
        needs: &[],
        run: page,
    },
    Stage {
        name: "ui-types",
        about: "the page's types are right",
        row: Row::Page,
        needs: &[],
        run: |tree, log| npm_check(tree, log, "check"),
    },
    Stage {
        name: "ui-lint",
        about: "the page's linters find nothing",
        row: Row::Page,
        needs: &[],
        run: |tree, log| npm_check(tree, log, "lint"),
    },
    Stage {
        name: "ui-unit",
        about: "the page's modules and components",
        row: Row::Page,
        needs: &[],
        run: |tree, log| vitest(tree, log, "test"),
    },
    Stage {
        name: "ui-budget",
        about: "the page is small enough to start at once",
        row: Row::Page,
        needs: &["page"],
        run: |tree, log| npm_check(tree, log, "budget"),
    },
    Stage {
        name: "fmt",
        about: "Rust is laid out by rustfmt",
        row: Row::Rust,
        needs: &[],
        run: fmt,
    },
    Stage {
        name: "tidy",
        about: "the laws of the tree hold, no dependency is unused",
        row: Row::Rust,
        needs: &[],
        run: tidy,
    },
    Stage {
        name: "deny",
        about: "licences, sources and bans of dependencies",
        row: Row::Rust,
        needs: &[],
        run: deny,
    },
    Stage {
        name: "xtask",
        about: "this tool itself",
        row: Row::Rust,
        needs: &[],
        run: |tree, log| nextest(tree, log, build::of_this_tool(), "all()"),
    },
    Stage {
        name: "clippy",
        about: "clippy finds nothing",
        row: Row::Rust,
        needs: &["page"],
        run: clippy,
    },
    Stage {
        name: "build",
        about: "all binaries and tests compile",
        row: Row::Rust,
        needs: &["page"],
        run: build,
    },
    Stage {
        name: "generated",
        about: "generated files are those of today's sources",
        row: Row::Rust,
        needs: &["build"],
        run: |tree, log| nextest(tree, log, build::as_built(), GENERATED),
    },
    Stage {
        name: "rust",
        about: "the Rust tests, the binaries and the examples in documents among them",
        row: Row::Rust,
        needs: &["build"],
        run: rust,
    },
    Stage {
        name: "pages",
        about: "the page in Chromium and in the window's engine",
        row: Row::Last,
        needs: &["page"],
        run: |tree, log| vitest(tree, log, "test:pages"),
    },
    Stage {
        name: "e2e",
        about: "the page against a real daemon",
        row: Row::Last,
        needs: &["build"],
        run: |tree, log| vitest(tree, log, "test:e2e"),
    },
    Stage {
        name: "desktop",
        about: "the real application on a screen of its own",
        row: Row::Last,
        needs: &["build"],
        run: |tree, log| nextest(tree, log, build::as_built(), DESKTOP),
    },
    Stage {
        name: "lab",
        about: "real nodes on networks of their own, on good days and bad",
        row: Row::Last,
        needs: &["build"],
        run: lab,
    },
    Stage {
        name: "deb",
        about: "the package is built, unpacked and started",
        row: Row::Last,
        needs: &["build"],
        run: packages::deb,
    },
    Stage {
        name: "packaging",
        about: "store page and scripts are well formed",
        row: Row::Last,
        needs: &[],
        run: packages::files,
    },
];

/// Tests that open windows: one at a time, on an otherwise idle machine.
const DESKTOP: &str = "binary(/^desktop$/)";
const GENERATED: &str = "binary(/^generated$/)";

fn page(tree: &Tree, log: &mut Log) -> Result<Counts> {
    ui::ensure_built(tree, |command| log.run(command))?;
    Ok(Counts::ONE)
}

fn npm_check(tree: &Tree, log: &mut Log, script: &str) -> Result<Counts> {
    log.run(npm(tree).args(["run", script]))?;
    Ok(Counts::ONE)
}

fn vitest(tree: &Tree, log: &mut Log, script: &str) -> Result<Counts> {
    let report = log.report();
    // An old report must not speak for this run.
    let _ = fs::remove_file(&report);
    let mut command = npm(tree);
    command
        .args(["run", script, "--", "--reporter=default", "--reporter=json"])
        .arg(format!("--outputFile.json={}", report.display()));
    binaries(tree, &mut command)?;
    let well = log.ends_well(&mut command)?;
    let text = fs::read_to_string(&report)
        .with_context(|| format!("npm run {script} ended before it wrote its report"))?;
    Ok(truthful(well, counts::of_vitest(&text)?))
}

fn fmt(tree: &Tree, log: &mut Log) -> Result<Counts> {
    log.run(cargo(tree).args(["fmt", "--all", "--check"]))?;
    Ok(Counts::ONE)
}

fn tidy(tree: &Tree, log: &mut Log) -> Result<Counts> {
    let mut says = Vec::new();
    let result = tidy::check(tree, &mut says);
    log.say(&String::from_utf8_lossy(&says))?;
    result.map(|()| Counts::ONE)
}

fn deny(tree: &Tree, log: &mut Log) -> Result<Counts> {
    let tool = find_or_install(tree, &tools::DENY)?;
    // Advisories need the network and change by themselves; hosted CI asks for them.
    log.run(process::command(tree, tool).args(["check", "bans", "licenses", "sources"]))?;
    Ok(Counts::ONE)
}

fn clippy(tree: &Tree, log: &mut Log) -> Result<Counts> {
    // Both are looked through, whatever the first finds.
    let results = build::clippy(tree).map(|mut command| log.run(&mut command));
    results.into_iter().collect::<Result<()>>()?;
    Ok(Counts::ONE)
}

fn build(tree: &Tree, log: &mut Log) -> Result<Counts> {
    log.run(&mut build::everything(tree))?;
    Ok(Counts::ONE)
}

fn nextest(
    tree: &Tree,
    log: &mut Log,
    packages: impl Iterator<Item = &'static str>,
    filter: &str,
) -> Result<Counts> {
    let tool = find_or_install(tree, &tools::NEXTEST)?;
    let mut command = process::command(tree, tool);
    command.args(["nextest", "run", "--no-fail-fast", "--color=never"]);
    command.args(packages).args(["--filterset", filter]);
    binaries(tree, &mut command)?;
    let list = log.beside("skipped");
    // An old list must not speak for this run.
    let _ = fs::remove_file(&list);
    command.env("BANYAN_SKIPPED", &list);
    let well = log.ends_well(&mut command)?;
    let skipped = fs::read_to_string(&list).unwrap_or_default();
    let counts = counts::of_nextest(&log.text()?)?.skipping(skipped.lines().count());
    Ok(truthful(well, counts))
}

fn rust(tree: &Tree, log: &mut Log) -> Result<Counts> {
    let filter = format!("not ({GENERATED} or {DESKTOP})");
    let tests = nextest(tree, log, build::as_built(), &filter)?;
    // A failed test showed its own result line, which is counted already.
    let counted = log.text()?.len();
    let well = log.ends_well(&mut build::doc_tests(tree))?;
    let examples = counts::of_cargo_test(log.text()?.get(counted..).unwrap_or_default());
    Ok(tests + truthful(well, examples))
}

fn lab(tree: &Tree, log: &mut Log) -> Result<Counts> {
    let mut written = Ok(());
    let verdicts = check::quick(tree, |line| {
        if written.is_ok() {
            written = log.say(line);
        }
    });
    written?;
    let why = verdicts.iter().find_map(|verdict| match verdict {
        Ok(Verdict::Skipped(why)) => Some(*why),
        Ok(Verdict::Held) | Err(_) => None,
    });
    if let Some(why) = why {
        println!("          {:<10} skipped: {why}", "lab");
    }
    Ok(verdicts.iter().map(count).fold(Counts::default(), Add::add))
}

fn count(verdict: &Result<Verdict>) -> Counts {
    let (passed, failed, skipped) = match verdict {
        Ok(Verdict::Held) => (1, 0, 0),
        Ok(Verdict::Skipped(_)) => (0, 0, 1),
        Err(_) => (0, 1, 0),
    };
    Counts {
        passed,
        failed,
        skipped,
    }
}

/// A runner that fails while all its tests passed has failed all the same.
fn truthful(well: bool, counts: Counts) -> Counts {
    if well || counts.failed > 0 {
        counts
    } else {
        Counts {
            failed: 1,
            ..counts
        }
    }
}

/// Tells tests where the binaries of this build are, and that this machine has
/// all they need: what cannot run here is a failure and not a silent success.
fn binaries(tree: &Tree, command: &mut Command) -> Result<()> {
    let folder = tree.target()?.join("debug");
    command
        .env("BANYAN_BIN", folder.join("banyan"))
        .env(
            "BANYAN_LLAMA_PYTHON",
            python::find_or_install(tree, &python::LLAMA)?,
        )
        .env("BANYAN_DESKTOP_BIN", folder.join("banyan-desktop"))
        .env("BANYAN_REQUIRE_DESKTOP", "1");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_that_fails_silently_is_a_failure() {
        let all_passed = Counts {
            passed: 5,
            failed: 0,
            skipped: 0,
        };
        assert_eq!(truthful(true, all_passed).failed, 0);
        assert_eq!(truthful(false, all_passed).failed, 1);
        assert_eq!(
            truthful(
                false,
                Counts {
                    failed: 3,
                    ..all_passed
                }
            )
            .failed,
            3
        );
    }

    #[test]
    fn a_check_that_could_not_be_tried_did_not_pass() {
        let verdicts = [
            Ok(Verdict::Held),
            Ok(Verdict::Skipped("no root")),
            Err(anyhow::anyhow!("waited in vain")),
        ];
        let counts = verdicts.iter().map(count).fold(Counts::default(), Add::add);
        assert_eq!(counts.line(), "1 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn names_are_unique_and_short() {
        for stage in STAGES {
            assert_eq!(
                STAGES
                    .iter()
                    .filter(|other| other.name == stage.name)
                    .count(),
                1
            );
            assert!(stage.name.len() <= 10, "{} breaks the table", stage.name);
        }
    }
}
