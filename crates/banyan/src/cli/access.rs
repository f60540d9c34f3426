//! The commands about asking for the use of models.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum AccessAction {
    /// Show who asked whom, and what became of it
    List,
    /// Ask the person of a machine for the use of its models
    Ask {
        /// The machine: its name, an address or the beginning of its id
        peer: String,
        /// A line for its person
        reason: Option<String>,
    },
    /// Take back what was asked
    Withdraw {
        /// The machine: its name, an address or the beginning of its id
        peer: String,
    },
    /// Say yes to a machine that asked
    Allow(AccessAllow),
    /// Say no to a machine that asked; it may ask again after an hour
    Deny {
        /// The machine: its name, an address or the beginning of its id
        peer: String,
        /// A line for its person
        #[arg(long, value_name = "WORDS")]
        say: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AccessAllow {
    /// The machine: its name, an address or the beginning of its id
    pub(crate) peer: String,
    /// Until midnight
    #[arg(long)]
    pub(crate) today: bool,
    /// For one question
    #[arg(long, conflicts_with = "today")]
    pub(crate) once: bool,
    /// A line for its person
    #[arg(long, value_name = "WORDS")]
    pub(crate) say: Option<String>,
}
