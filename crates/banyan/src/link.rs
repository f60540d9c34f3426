use std::path::PathBuf;

use api::{ApiError, Code};
use serde_json::json;

use crate::{answer::Answer, node_client};

/// The link goes to standard output alone, so that it can be handed on.
pub(crate) async fn run(data: Option<PathBuf>, open: bool) -> Result<Answer, ApiError> {
    let link = node_client::connect(data)?.link().await?;
    if open {
        open::that_detached(&link)
            .map_err(|error| ApiError::new(Code::DesktopFailed, [("reason", error.to_string())]))?;
    }
    let human = if open {
        String::new()
    } else {
        format!("{link}\n")
    };
    Ok(Answer::new(human, &json!({ "link": link })))
}
