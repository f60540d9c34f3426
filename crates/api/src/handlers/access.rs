use node::{DeviceId, Words, neighbours::NeighbourError, store::AskedBy};

use crate::{
    Api, ApiError, Code,
    dto::{Access, AccessAnswer, AccessAsk, PeerRef},
};

pub(crate) async fn list(api: &Api, (): ()) -> Result<Vec<Access>, ApiError> {
    let requests = api.node.neighbours().access();
    Ok(requests
        .iter()
        .map(|(device, row)| Access::of(device.to_string(), api.name_of(*device), row))
        .collect())
}

pub(crate) async fn ask(api: &Api, wanted: AccessAsk) -> Result<Access, ApiError> {
    let device = named(api, &wanted.peer)?;
    let reason = words(&wanted.reason)?;
    api.node.neighbours().ask_access(device, reason).await?;
    now(api, device, AskedBy::Us)
}

pub(crate) async fn withdraw(api: &Api, wanted: PeerRef) -> Result<Access, ApiError> {
    let device = named(api, &wanted.peer)?;
    api.node.neighbours().withdraw_access(device).await?;
    now(api, device, AskedBy::Us)
}

pub(crate) async fn answer(api: &Api, wanted: AccessAnswer) -> Result<Access, ApiError> {
    let device = named(api, &wanted.peer)?;
    let words = words(&wanted.words)?;
    let say = wanted.answer.into();
    let neighbours = api.node.neighbours();
    neighbours.answer_access(device, say, words).await?;
    now(api, device, AskedBy::Them)
}

fn named(api: &Api, peer: &str) -> Result<DeviceId, ApiError> {
    let found = api.node.neighbours().find(peer);
    Ok(found.map_err(NeighbourError::Find)?.device)
}

fn words(typed: &str) -> Result<Words, ApiError> {
    let most = Words::MOST_CHARS.to_string();
    Words::typed(typed).map_err(|_| ApiError::new(Code::WordsWrong, [("most", most)]))
}

fn now(api: &Api, device: DeviceId, by: AskedBy) -> Result<Access, ApiError> {
    let requests = api.node.neighbours().access();
    let request = requests
        .iter()
        .find(|(of, row)| *of == device && row.by == by);
    request
        .map(|(_, row)| Access::of(device.to_string(), api.name_of(device), row))
        // Forgotten meanwhile, and everything about it with it.
        .ok_or_else(|| ApiError::new(Code::NotKnown, []))
}
