use crate::{
    Api, ApiError,
    dto::{Setting, SettingChange, SettingKey},
};

pub(crate) async fn list(api: &Api, (): ()) -> Result<Vec<Setting>, ApiError> {
    Ok(api.node.settings().into_iter().map(Into::into).collect())
}

pub(crate) async fn set(api: &Api, change: SettingChange) -> Result<Setting, ApiError> {
    Ok(api
        .node
        .set_setting(&change.key, change.value.into())
        .await?
        .into())
}

pub(crate) async fn reset(api: &Api, setting: SettingKey) -> Result<Setting, ApiError> {
    Ok(api.node.reset_setting(&setting.key).await?.into())
}
