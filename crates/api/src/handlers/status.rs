use crate::{
    Api, ApiError,
    dto::{Http, Status},
};

pub(crate) async fn get(api: &Api, (): ()) -> Result<Status, ApiError> {
    let node = &api.node;
    // Looking at the interfaces settles the notices about them, so it comes first.
    let interfaces = node.interfaces().await?;
    let resources = node.resources().await?;
    let folder = node.folder();
    Ok(Status {
        version: node.version().to_owned(),
        commit: node.commit().to_owned(),
        state: node.state().into(),
        machine: node.machine().into(),
        started_at: node::clock::rfc3339(node.started_at()),
        uptime_seconds: node.uptime().as_secs(),
        data_folder: folder.root().display().to_string(),
        config_file: folder.config_file().display().to_string(),
        log_folder: folder.logs().display().to_string(),
        http: node.http().map(|listening| Http {
            address: listening.address.to_string(),
            page: listening.page,
        }),
        ports: node.ports_in_use().await.into(),
        interfaces: interfaces.iter().map(Into::into).collect(),
        resources: resources.into(),
        notices: node.notices().iter().map(Into::into).collect(),
    })
}
