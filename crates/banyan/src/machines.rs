//! The commands about other machines. What they mean is decided by the node;
//! here it is asked, and its answer put into words.

mod audit;
mod count;
mod decisions;
mod list;
mod pairing;
mod words;

use std::path::PathBuf;

use api::ApiError;

use self::pairing::Way;
pub(crate) use self::{
    count::{Count, count},
    words::to_the_minute,
};
use crate::{answer::Answer, cli::MachineCommand, node_client};

pub(crate) async fn run(
    data: Option<PathBuf>,
    command: MachineCommand,
    json: bool,
) -> Result<Answer, ApiError> {
    let client = node_client::connect(data)?;
    match command {
        MachineCommand::Peers => list::run(&client).await,
        MachineCommand::Pair(options) => pairing::run(client, options, Way::Ask, json).await,
        MachineCommand::Accept(options) => pairing::run(client, options, Way::Open, json).await,
        MachineCommand::Allow(options) => decisions::allow(&client, options).await,
        MachineCommand::Deny { peer, permission } => {
            decisions::deny(&client, peer.peer, permission.into()).await
        }
        MachineCommand::Block(peer) => decisions::block(&client, peer.peer).await,
        MachineCommand::Unblock(peer) => decisions::unblock(&client, peer.peer).await,
        MachineCommand::Forget(peer) => decisions::forget(&client, peer.peer).await,
        MachineCommand::AdoptName(peer) => decisions::adopt_name(&client, peer.peer).await,
        MachineCommand::Audit { peer, limit } => audit::run(&client, peer, limit).await,
    }
}
