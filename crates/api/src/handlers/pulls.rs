use node::models::ServerModel;

use crate::{
    Api, ApiError, Code,
    dto::{ModelRef, ModelShown, Pull},
};

pub(crate) async fn list(api: &Api, (): ()) -> Result<Vec<Pull>, ApiError> {
    let list = api.node.downloads().list();
    Ok(list.iter().map(Into::into).collect())
}

pub(crate) async fn begin(api: &Api, wanted: ModelRef) -> Result<Pull, ApiError> {
    let model = named(&wanted.model)?;
    let begun = api.node.downloads().begin(model, wanted.backend).await?;
    Ok((&begun).into())
}

pub(crate) async fn cancel(api: &Api, wanted: ModelRef) -> Result<(), ApiError> {
    let model = named(&wanted.model)?;
    Ok(api.node.downloads().end(model).await?)
}

pub(crate) async fn delete(api: &Api, wanted: ModelRef) -> Result<(), ApiError> {
    let model = named(&wanted.model)?;
    let pulled = api.node.downloads().get(&model);
    if pulled.is_some_and(|pull| pull.is_under_way()) {
        let model = wanted.model;
        return Err(ApiError::new(Code::ModelBeingPulled, [("model", model)]));
    }
    let answering = &api.node.models().view().answering;
    if answering
        .iter()
        .any(|one| wanted.model.parse().as_ref() == Ok(one))
    {
        let model = wanted.model;
        return Err(ApiError::new(Code::ModelAnswering, [("model", model)]));
    }
    let backend = wanted.backend.as_deref();
    api.node.backends().delete(&model, backend).await?;
    Ok(())
}

pub(crate) async fn show(api: &Api, wanted: ModelRef) -> Result<ModelShown, ApiError> {
    let model = named(&wanted.model)?;
    let backend = wanted.backend.as_deref();
    let (server, told) = api.node.backends().describe(&model, backend).await?;
    Ok(ModelShown::of(wanted.model, server.to_string(), told))
}

fn named(name: &str) -> Result<ServerModel, ApiError> {
    let wrong = |_| ApiError::new(Code::ModelNameWrong, [("name", name.to_owned())]);
    ServerModel::parse(name).map_err(wrong)
}
