use std::time::Duration;

use node::backends::{ApiKey, NewServer, Probed};

use crate::{
    Api, ApiError, Code,
    dto::{Backend, BackendAnswer, BackendLook, BackendLooked, BackendNew, BackendRef},
};

pub(crate) async fn list(api: &Api, (): ()) -> Result<Vec<Backend>, ApiError> {
    Ok(api.backends())
}

pub(crate) async fn add(api: &Api, new: BackendNew) -> Result<Backend, ApiError> {
    let key = new.key.map(|key| ApiKey::parse(&key.0)).transpose();
    let key = key.map_err(|_| ApiError::new(Code::BackendKeyWrong, []))?;
    let server = NewServer {
        address: new.address,
        name: new.name.filter(|name| !name.trim().is_empty()),
        key,
        leaves_lan: new.leaves_lan,
    };
    let id = api.node.backends().add(server).await?.to_string();
    let added = api.backends().into_iter().find(|one| one.id == id);
    // Somebody else may have removed it meanwhile.
    added.ok_or_else(|| ApiError::new(Code::BackendUnknown, [("name", id)]))
}

pub(crate) async fn remove(api: &Api, wanted: BackendRef) -> Result<(), ApiError> {
    Ok(api.node.backends().remove(&wanted.id).await?)
}

pub(crate) async fn probe(api: &Api, wanted: BackendLook) -> Result<BackendLooked, ApiError> {
    let probed = api.node.backends().probe(&wanted.id, wanted.ask).await?;
    let Probed {
        version,
        took,
        models,
        failure,
        answered,
    } = probed;
    Ok(BackendLooked {
        id: wanted.id,
        took_ms: took.map(millis),
        version,
        models: u32::try_from(models).unwrap_or(u32::MAX),
        trouble: failure.map(|failure| failure.to_string()),
        answer: answered.map(|answered| BackendAnswer {
            model: answered.model.as_str().to_owned(),
            took_ms: millis(answered.took),
            trouble: answered.failure.map(|failure| failure.to_string()),
        }),
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Api {
    /// Every server of models that this machine asks, in the order of their names.
    pub(crate) fn backends(&self) -> Vec<Backend> {
        let backends = self.node.backends();
        let (seen, servers) = (backends.seen(), backends.servers());
        let all = seen.iter().map(|(id, view)| {
            let by_hand = servers.iter().find(|server| server.id == *id);
            Backend::of(id.to_string(), view, by_hand)
        });
        all.collect()
    }
}
