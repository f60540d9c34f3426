//! What can be typed. The manual page and the completions follow from this.

mod access;
mod joining;
mod machines;
mod models;

use std::{path::PathBuf, process::ExitCode};

use clap::{
    Args, Parser, Subcommand,
    builder::{Styles, styling::AnsiColor},
    error::ErrorKind,
};
use clap_complete::Shell;
use serde_json::json;

pub(crate) use self::{
    access::{AccessAction, AccessAllow},
    joining::{MeshAction, MeshKind, TicketAction, TicketOptions},
    machines::{AllowOptions, MachineCommand, PairOptions},
    models::{
        BackendAction, BackendOptions, ChatOptions, ModelCommand, ModelOptions, ModelsAction,
        ShareAction,
    },
};
use crate::{answer, terminal};

pub(crate) const PACKAGE_VERSION: &str = env!("CARGO_PKG_VERSION");
/// What it was built from, or "unknown".
pub(crate) const COMMIT: &str = env!("BANYAN_COMMIT");
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BANYAN_COMMIT"), ")");

/// The commands that have a manual page of their own.
pub(crate) const COMMANDS: [&str; 25] = [
    "serve",
    "status",
    "peers",
    "pair",
    "accept",
    "allow",
    "deny",
    "block",
    "unblock",
    "forget",
    "adopt-name",
    "audit",
    "ticket",
    "mesh",
    "models",
    "backends",
    "chat",
    "share",
    "access",
    "requests",
    "config",
    "doctor",
    "link",
    "completions",
    "man",
];

/// What the exit codes mean, for the help and the manual.
pub(crate) const EXIT_CODES: &[(u8, &str)] = &[
    (
        0,
        "It worked; with doctor: nothing is broken; with pair and accept: paired, or the code waits for your answer; with chat: the answer is complete; with models pull: the model is there.",
    ),
    (
        1,
        "It failed; with doctor: something is broken; with pair and accept: not paired.",
    ),
    (2, "The command line was not understood."),
    (3, "The configuration is wrong, or a setting was refused."),
    (4, "No node is running on this data folder."),
];

const EVERYWHERE: &str = "Options of every command";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default());

/// A private network of language models on your own machines.
///
/// `banyan serve` runs a node without a window. Every other command speaks to
/// the node that runs on the same data folder, be it headless or the desktop
/// application.
#[derive(Debug, Parser)]
#[command(name = "banyan", version = VERSION, styles = STYLES, after_long_help = exit_code_help())]
pub(crate) struct Cli {
    /// The data folder [default: BANYAN_DATA, or the system's place for data]
    #[arg(long, value_name = "FOLDER", global = true, help_heading = EVERYWHERE)]
    pub(crate) data: Option<PathBuf>,

    /// Print one JSON document instead of text, errors included
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a node without a window until it is told to stop
    Serve(ServeOptions),
    /// Show what the running node is and how it is doing
    Status,
    #[command(flatten)]
    Machines(MachineCommand),
    /// Invite one machine, once, within a day
    ///
    /// The ticket says where this machine is and lets its holder in. Hand it
    /// only to the person it is for; `banyan pair TICKET` uses it there.
    Ticket(TicketOptions),
    /// Mesh keys: machines that hold the same trust each other
    Mesh {
        #[command(subcommand)]
        action: MeshAction,
    },
    #[command(flatten)]
    Models(ModelCommand),
    /// Show and change settings
    Config {
        #[command(subcommand)]
        action: Option<ConfigAction>,
    },
    /// Examine the node and its surroundings, and say what to mend
    Doctor {
        /// Print a report for somebody who helps: no content, no secrets
        #[arg(long)]
        report: bool,
    },
    /// Make a link that opens the node's page in a browser, once
    Link {
        /// Open it in the browser of this machine
        #[arg(long)]
        open: bool,
    },
    /// Print completions for a shell
    Completions { shell: Shell },
    /// Print the manual page, or that of a command
    Man {
        #[arg(value_parser = COMMANDS)]
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// The name of this machine, as other machines show it (machine.name)
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Where the page and the api are served on this machine (http.address)
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) http: Option<String>,

    /// The port for links between machines (network.tcp_port)
    #[arg(long, value_name = "PORT")]
    pub(crate) tcp: Option<String>,

    /// The port for finding other machines (network.udp_port)
    #[arg(long, value_name = "PORT")]
    pub(crate) udp: Option<String>,

    /// A network interface to use; may be given several times (network.interfaces)
    #[arg(long, value_name = "NAME")]
    pub(crate) interface: Vec<String>,

    /// A file with a mesh key: machines that hold the same trust each other (BANYAN_MESH_KEY)
    #[arg(long, value_name = "FILE")]
    pub(crate) mesh_key_file: Option<PathBuf>,

    /// Keep the secret key in a file of the data folder, readable by you only
    #[arg(long)]
    pub(crate) no_keyring: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// Show every setting, its value and where that comes from
    List,
    /// Print the value of one setting
    Get {
        /// Its name, such as network.tcp_port; `banyan config` lists all
        key: String,
    },
    /// Write one setting to the configuration file
    Set {
        /// Its name, such as network.tcp_port; `banyan config` lists all
        key: String,
        /// For a list, the entries with commas between them
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Remove one setting from the configuration file, back to its default
    Reset {
        /// Its name, such as network.tcp_port; `banyan config` lists all
        key: String,
    },
    /// Print where the configuration file is
    Path,
}

impl Cli {
    /// What the arguments of this process say.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let cli = Self::try_parse()?;
        if let Command::Machines(MachineCommand::Allow(options)) = &cli.command {
            options.check()?;
        }
        Ok(cli)
    }
}

/// Help and version go to standard output, mistakes to standard error; with
/// `--json` a mistake is a JSON document like every other error.
pub(crate) fn tell(problem: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if problem.use_stderr() && wants_json {
        let text = problem.to_string();
        terminal::print(answer::line(&json!({ "error": {
            "code": "usage",
            "retryable": false,
            "text": text.trim_start_matches("error: ").trim_end(),
        }})));
    } else if problem.kind() == ErrorKind::DisplayVersion || !problem.use_stderr() {
        terminal::print(problem.render().ansi().to_string());
    } else {
        terminal::print_error(&problem.render().ansi().to_string());
    }
    ExitCode::from(if problem.use_stderr() { 2 } else { 0 })
}

fn exit_code_help() -> String {
    let lines: Vec<String> = EXIT_CODES
        .iter()
        .map(|(code, meaning)| format!("  {code}  {meaning}"))
        .collect();
    format!("Exit codes:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_anywhere() {
        let before = Cli::try_parse_from(["banyan", "--data", "/d", "--json", "status"]).unwrap();
        let after = Cli::try_parse_from(["banyan", "status", "--json", "--data", "/d"]).unwrap();
        assert_eq!(before.data, after.data);
        assert!(before.json && after.json);
    }
}
