//! The commands about language models.

use clap::{Args, Subcommand};

use super::access::AccessAction;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// List the models of this machine and of those that share theirs
    Models,
    /// Ask a model, and print its answer as it is written
    ///
    /// With --json every piece is a line of JSON; the last one says why the
    /// answer came from where it came, and how long it took. The exit code is 0
    /// only where the answer is complete.
    Chat(ChatOptions),
    /// Share the models of this machine, or no longer
    Share {
        #[command(subcommand)]
        action: Option<ShareAction>,
    },
    /// Ask others for the use of their models, and answer those who ask
    Access {
        #[command(subcommand)]
        action: AccessAction,
    },
    /// Show whose questions this machine answers, and who waits
    Requests,
}

#[derive(Debug, Args)]
pub(crate) struct ChatOptions {
    /// The question; without it, what standard input holds
    pub(crate) prompt: Option<String>,

    /// The model [default: the best one in reach]
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,

    /// Where: auto, local, or a machine by its name or id
    #[arg(long, value_name = "PLACE", default_value = "auto")]
    pub(crate) on: String,

    /// What the model is to keep in mind
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,

    /// How freely it writes
    #[arg(long, value_name = "NUMBER")]
    pub(crate) temperature: Option<f64>,

    /// The longest answer, in tokens
    #[arg(long, value_name = "N")]
    pub(crate) max_tokens: Option<u32>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ShareAction {
    /// Let other machines use the models of this one, as far as each is allowed to
    On,
    /// Let nobody use them any more, your own machines included
    Off,
    /// Say which it is
    Status,
}
