//! The commands that let machines in without comparing codes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TicketOptions {
    #[command(flatten)]
    pub(crate) kind: TicketKind,

    #[command(subcommand)]
    pub(crate) action: Option<TicketAction>,
}

#[derive(Debug, Args)]
pub(crate) struct TicketKind {
    /// The other machine is yours too: every permission, everything in step
    #[arg(long)]
    pub(crate) mine: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TicketAction {
    /// Show the invitations that were made here
    List,
    /// Withdraw an invitation
    Withdraw {
        /// The beginning of its id, as `banyan ticket list` shows it
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MeshAction {
    /// Print a new mesh key, and nothing else; no node is needed, nothing is kept
    New(MeshKind),
    /// Show the mesh keys that this machine holds
    List,
    /// Hold a mesh key: machines that hold the same trust each other
    Add {
        /// The file with the key; - is standard input
        file: PathBuf,
    },
    /// Replace a mesh key by a new one
    ///
    /// Machines that are connected get the new key at once, the others when
    /// they come. Trust that rests on the old key ends after a while.
    Rotate {
        /// The beginning of its id; not needed where only one is held
        id: Option<String>,
    },
    /// Give up a mesh key: trust that rests on it ends at once
    Remove {
        /// The beginning of its id, as `banyan mesh list` shows it
        id: String,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct MeshKind {
    /// For machines of one person: every permission, everything in step
    #[arg(long)]
    pub(crate) mine: bool,

    /// For machines of several people: use of shared models
    #[arg(long)]
    pub(crate) team: bool,
}
