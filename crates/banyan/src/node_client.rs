use std::{env, path::PathBuf};

use api::ApiError;
use gateway::client::Client;

/// The folder that `--data`, the environment or the system names.
pub(crate) fn folder(data: Option<PathBuf>) -> Result<PathBuf, ApiError> {
    let variable = env::var_os("BANYAN_DATA");
    Ok(node::folder::choose(
        data,
        variable,
        node::folder::system_place(),
    )?)
}

/// The node that runs on that folder.
pub(crate) fn connect(data: Option<PathBuf>) -> Result<Client, ApiError> {
    Ok(Client::from_folder(&folder(data)?)?)
}
