//! The manual and the completions, made from the command line's own description.

use std::fmt::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;
use serde_json::json;

use crate::{
    answer::Answer,
    cli::{Cli, EXIT_CODES},
};

pub(crate) fn completions(shell: Shell) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "banyan", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Answer::new(
        script.clone(),
        &json!({ "shell": shell.to_string(), "script": script }),
    )
}

pub(crate) fn manual(command: Option<&str>) -> Answer {
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let page = match command.and_then(|name| all.find_subcommand(name)) {
        Some(command) => page(command.clone()),
        None => page(all.after_long_help("")),
    };
    Answer::new(page.clone(), &json!({ "page": page }))
}

fn page(command: clap::Command) -> String {
    let mut roff = Vec::new();
    // Writing to memory does not fail.
    let _ = clap_mangen::Man::new(command).render(&mut roff);
    let mut page = String::from_utf8_lossy(&roff).into_owned();
    page.push_str(".SH \"EXIT STATUS\"\n");
    for (code, meaning) in EXIT_CODES {
        let _ = write!(page, ".TP\n\\fB{code}\\fR\n{meaning}\n");
    }
    page.push_str(ENVIRONMENT);
    page
}

const ENVIRONMENT: &str = "\
.SH ENVIRONMENT
.TP
\\fBBANYAN_DATA\\fR
The data folder, where \\-\\-data does not name one.
.TP
\\fBBANYAN_\\fISECTION\\fB_\\fINAME\\fR
Overrules the setting \\fIsection\\fR.\\fIname\\fR of the configuration file, such as
BANYAN_NETWORK_UDP_PORT.
.TP
\\fBNO_COLOR\\fR
No colour, whatever the terminal can show.
.SH FILES
.TP
\\fIFOLDER\\fR/config.toml
The configuration; `banyan config path` prints where it is.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::COMMANDS;

    #[test]
    fn every_command_has_a_page() {
        let commands = Cli::command();
        let names: Vec<_> = commands
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(names, COMMANDS);
        for name in COMMANDS {
            let page = manual(Some(name)).human;
            let title = format!("banyan-{name}").replace('-', "\\-");
            assert!(page.contains(&title), "{page}");
        }
    }
}
