//! The commands about language models.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::access::AccessAction;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// List the models of this machine and of those that share theirs
    Models {
        #[command(subcommand)]
        action: Option<ModelsAction>,
    },
    /// The servers of models that this machine asks
    ///
    /// Ollama is looked for by itself, where models.ollama_address says. Any
    /// server that speaks as OpenAI does can be added: llama-server, LM Studio,
    /// vLLM.
    Backends {
        #[command(subcommand)]
        action: Option<BackendAction>,
    },
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

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsAction {
    /// Download a model, and show how that goes
    ///
    /// Interrupting this leaves the download to the node, which also goes on with
    /// it after a restart; `models cancel` ends it. With --json every step is a
    /// line of JSON.
    Pull(ModelOptions),
    /// End a download; what has arrived stays for a later attempt
    Cancel { model: String },
    /// List the downloads under way, and those that ended
    Pulls,
    /// Delete a model from the disk of this machine
    Delete(ModelOptions),
    /// Show what its server tells of a model
    Show(ModelOptions),
}

#[derive(Debug, Args)]
pub(crate) struct ModelOptions {
    pub(crate) model: String,

    /// The server that has it or is to have it [default: the one that can]
    #[arg(long, value_name = "NAME")]
    pub(crate) backend: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackendAction {
    /// List them, and how each is doing
    List,
    /// Ask one more server from now on
    Add(BackendOptions),
    /// Forget a server that was added, and its key
    Remove { name: String },
    /// Look at one or all of them now
    Probe {
        name: Option<String>,
        /// Also ask a question of one token; elsewhere that may cost money
        #[arg(long)]
        ask: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BackendOptions {
    /// Such as http://127.0.0.1:1234/v1
    #[arg(value_name = "URL")]
    pub(crate) address: String,

    /// What to call it [default: as its address]
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// A file with the key it wants, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    /// Agree that what is asked of it leaves the local network
    #[arg(long)]
    pub(crate) leaves_lan: bool,
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

    /// Let the question leave the local network, for a model that is named
    #[arg(long)]
    pub(crate) leaves_lan: bool,

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
