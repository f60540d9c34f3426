//! The commands about language models.

mod access;
mod backends;
mod chat;
mod list;
mod pull;
mod requests;
mod share;
mod show;

use std::path::PathBuf;

use api::ApiError;

use crate::{answer::Answer, cli::ModelCommand, node_client};

pub(crate) async fn run(
    data: Option<PathBuf>,
    command: ModelCommand,
    json: bool,
) -> Result<Answer, ApiError> {
    let client = node_client::connect(data)?;
    match command {
        ModelCommand::Models { action: None } => list::run(&client).await,
        ModelCommand::Models {
            action: Some(action),
        } => pull::run(&client, action, json).await,
        ModelCommand::Backends { action } => backends::run(&client, action).await,
        ModelCommand::Chat(options) => chat::run(&client, options, json).await,
        ModelCommand::Share { action } => share::run(&client, action).await,
        ModelCommand::Access { action } => access::run(&client, action).await,
        ModelCommand::Requests => requests::run(&client).await,
    }
}
