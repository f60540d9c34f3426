//! `cargo xtask TASK`: everything one does with this project, in one place.
//!
//! A task says what it does while it does it, and ends with a sentence when it
//! cannot go on. Nothing here is part of the product.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for the terminal speaks there"
)]
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "an argument nobody expects is every other argument"
)]

mod bench;
mod bundle;
mod fmt;
mod generate;
mod lab;
mod lint;
mod process;
mod run;
mod screen;
mod setup;
mod test;
mod tidy;
mod tree;
mod trial;
mod ui;

use std::process::ExitCode;

use anyhow::{Result, bail};

use tree::Tree;

struct Task {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&Tree, lexopt::Parser) -> Result<()>,
}

const TASKS: &[Task] = &[
    Task {
        name: "run",
        arguments: "[--release] [-- ARGUMENT...]",
        about: "install what is missing, build, and open the application",
        run: run::task,
    },
    Task {
        name: "test",
        arguments: "[--list] [STAGE...]",
        about: "every check of the project, with one summary at the end",
        run: test::task,
    },
    Task {
        name: "setup",
        arguments: "[build|test]",
        about: "install what the system lacks, without building anything",
        run: setup::task,
    },
    Task {
        name: "fmt",
        arguments: "[--check]",
        about: "format the Rust sources",
        run: fmt::task,
    },
    Task {
        name: "lint",
        arguments: "",
        about: "clippy, tidy and the linters of the page",
        run: lint::task,
    },
    Task {
        name: "gen",
        arguments: "",
        about: "write the generated files again",
        run: generate::task,
    },
    Task {
        name: "tidy",
        arguments: "[--stamp]",
        about: "the laws of the tree: dependencies, sizes, names, documents",
        run: tidy::task,
    },
    Task {
        name: "bench",
        arguments: "start|mesh [--json] [--quick]",
        about: "how fast and how small the release build is, alone and among others",
        run: bench::task,
    },
    Task {
        name: "lab",
        arguments: "up [N] | list | down | --help",
        about: "real nodes on networks of their own (Linux, root)",
        run: lab::task,
    },
    Task {
        name: "bundle",
        arguments: "[--target TRIPLE] [KIND...]",
        about: "build the installers and archives of this system",
        run: bundle::task,
    },
];

/// A failure that the task has shown in full; nothing more is to be said.
#[derive(Debug)]
struct AlreadyTold;

impl std::fmt::Display for AlreadyTold {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text.write_str("told above")
    }
}

impl std::error::Error for AlreadyTold {}

fn main() -> ExitCode {
    match try_main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<AlreadyTold>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn try_main() -> Result<()> {
    let mut arguments = lexopt::Parser::from_env();
    let name = match arguments.next()? {
        Some(lexopt::Arg::Value(name)) => name.to_string_lossy().into_owned(),
        None | Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) => {
            print!("{}", help());
            return Ok(());
        }
        Some(other) => return Err(other.unexpected().into()),
    };
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        bail!("there is no task named {name}.\n\n{}", help());
    };
    (task.run)(&Tree::find()?, arguments)
}

fn help() -> String {
    let mut text = String::from("Usage: cargo xtask TASK\n\nTasks:\n");
    for task in TASKS {
        let call = format!("{} {}", task.name, task.arguments);
        text.push_str(&format!("  {call:<36} {}\n", task.about));
    }
    text
}
