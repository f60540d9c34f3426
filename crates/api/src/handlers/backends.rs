use std::time::Duration;

use node::backends::{ApiKey, NewServer, Probed};

use crate::{
    Api, ApiError, Code,
    dto::{
        Backend, BackendAnswer, BackendChange, BackendLook, BackendLooked, BackendNew, BackendRef,
        BackendTry, KeyText,
    },
};

pub(crate) async fn list(api: &Api, (): ()) -> Result<Vec<Backend>, ApiError> {
    Ok(api.backends())
}

pub(crate) async fn add(api: &Api, new: BackendNew) -> Result<Backend, ApiError> {
    let server = server_of(new.address, new.name, new.key, new.leaves_lan)?;
    let id = api.node.backends().add(server).await?.to_string();
    api.backend(id)
}

pub(crate) async fn try_out(api: &Api, wanted: BackendTry) -> Result<BackendLooked, ApiError> {
    let id = wanted.address.clone();
    let server = server_of(wanted.address, None, wanted.key, wanted.leaves_lan)?;
    let backends = api.node.backends();
    let instead_of = wanted.instead_of.as_deref();
    Ok(looked(id, backends.try_out(server, instead_of).await?))
}

pub(crate) async fn change(api: &Api, wanted: BackendChange) -> Result<Backend, ApiError> {
    let server = server_of(wanted.address, wanted.name, wanted.key, wanted.leaves_lan)?;
    let backends = api.node.backends();
    let keeps_key = !wanted.forget_key;
    let id = backends.change(&wanted.id, server, keeps_key).await?;
    api.backend(id.to_string())
}

pub(crate) async fn remove(api: &Api, wanted: BackendRef) -> Result<(), ApiError> {
    Ok(api.node.backends().remove(&wanted.id).await?)
}

pub(crate) async fn probe(api: &Api, wanted: BackendLook) -> Result<BackendLooked, ApiError> {
    let probed = api.node.backends().probe(&wanted.id, wanted.ask).await?;
    Ok(looked(wanted.id, probed))
}

fn server_of(
    address: String,
    name: Option<String>,
    key: Option<KeyText>,
    leaves_lan: bool,
) -> Result<NewServer, ApiError> {
    let key = key.map(|key| ApiKey::parse(&key.0)).transpose();
    Ok(NewServer {
        address,
        name: name.filter(|name| !name.trim().is_empty()),
        key: key.map_err(|_| ApiError::new(Code::BackendKeyWrong, []))?,
        leaves_lan,
    })
}

fn looked(id: String, probed: Probed) -> BackendLooked {
    let Probed {
        version,
        took,
        models,
        failure,
        answered,
    } = probed;
    BackendLooked {
        id,
        took_ms: took.map(millis),
        version,
        models: u32::try_from(models).unwrap_or(u32::MAX),
        trouble: failure.map(|failure| failure.to_string()),
        answer: answered.map(|answered| BackendAnswer {
            model: answered.model.as_str().to_owned(),
            took_ms: millis(answered.took),
            trouble: answered.failure.map(|failure| failure.to_string()),
        }),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Api {
    fn backend(&self, id: String) -> Result<Backend, ApiError> {
        let known = self.backends().into_iter().find(|one| one.id == id);
        // Somebody else may have removed it meanwhile.
        known.ok_or_else(|| ApiError::new(Code::BackendUnknown, [("name", id)]))
    }

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
