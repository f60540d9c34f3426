use crate::{
    Api, ApiError,
    dto::{Machine, Rename},
};

pub(crate) async fn list(api: &Api, (): ()) -> Result<Vec<Machine>, ApiError> {
    Ok(vec![api.node.machine().into()])
}

pub(crate) async fn rename(api: &Api, rename: Rename) -> Result<Machine, ApiError> {
    Ok(api.node.rename(&rename.name).await?.into())
}
