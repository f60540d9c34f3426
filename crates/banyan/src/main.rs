//! `banyan`: the headless node, and the command line that speaks to a running
//! one through the gateway.
//!
//! A command answers with an [`Answer`] or an [`ApiError`]; here, and only
//! here, they become text on the terminal and an exit code.

mod answer;
mod cli;
mod config;
mod doctor;
mod documents;
mod joining;
mod language;
mod link;
mod machines;
mod models;
mod node_client;
mod notices;
mod serve;
mod settings;
mod signals;
mod status;
mod terminal;

use std::process::ExitCode;

use api::{ApiError, Code};
use node::figures;
use tokio::runtime;

use crate::{
    answer::{Answer, exit_code},
    cli::{Cli, Command},
};

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(problem) => return cli::tell(&problem),
    };
    let json = cli.json;
    match run(cli) {
        Ok(answer) => {
            let exit = answer.exit;
            terminal::print(answer.text(json));
            exit
        }
        Err(error) => {
            if json {
                terminal::print(answer::error_line(&error));
            } else {
                terminal::print_error(&answer::error_text(&error));
            }
            exit_code(&error)
        }
    }
}

fn run(cli: Cli) -> Result<Answer, ApiError> {
    match cli.command {
        Command::Serve(options) => serve::run(cli.data, &options, cli.json),
        Command::Status => wait_for(status::run(cli.data)),
        Command::Machines(command) => wait_for(machines::run(cli.data, command, cli.json)),
        Command::Ticket(options) => wait_for(joining::ticket(cli.data, options)),
        Command::Mesh { action } => wait_for(joining::mesh(cli.data, action)),
        Command::Models(command) => wait_for(models::run(cli.data, command, cli.json)),
        Command::Config { action } => wait_for(config::run(cli.data, action)),
        Command::Doctor { report: false } => wait_for(doctor::run(cli.data)),
        Command::Doctor { report: true } => wait_for(doctor::report(cli.data)),
        Command::Link { open } => wait_for(link::run(cli.data, open)),
        Command::Completions { shell } => Ok(documents::completions(shell)),
        Command::Man { command } => Ok(documents::manual(command.as_deref())),
    }
}

fn wait_for(command: impl Future<Output = Result<Answer, ApiError>>) -> Result<Answer, ApiError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ApiError::new(Code::Internal, [("reason", error.to_string())]))?;
    let outcome = runtime.block_on(command);
    // A thread that waits for what a person types may wait for ever.
    runtime.shutdown_background();
    outcome
}
