use crate::{Api, ApiError, dto::ChatReadiness};

pub(crate) async fn readiness(api: &Api, (): ()) -> Result<ChatReadiness, ApiError> {
    let readiness = api.node.readiness().await;
    Ok(ChatReadiness {
        ready: readiness.ready,
        reasons: readiness.obstacles.iter().map(Into::into).collect(),
    })
}
