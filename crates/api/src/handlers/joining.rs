use node::{
    clock, mesh_keys as keys,
    store::{self, InvitationId, MeshKeyId},
    tickets,
    trust::Refusal,
};

use crate::{
    Api, ApiError,
    dto::{
        Invitation, JoinKind, JoinRef, MeshKey, MeshKeyMade, MeshKeyRotated, MeshKeyText,
        MeshKeyWish, Peer, Ticket, TicketUse, TicketWish,
    },
};

/// Fewer characters could mean several.
const LEAST_OF_ID: usize = 4;

pub(crate) async fn make_ticket(api: &Api, wish: TicketWish) -> Result<Ticket, ApiError> {
    let interfaces = api.node.interfaces().await?;
    let neighbours = api.node.neighbours();
    let made = neighbours.invite(wish.kind.into(), &interfaces).await?;
    let text = made.ticket.to_string();
    let view = neighbours.trust().view();
    let row = view.tables().invitation(made.id);
    Ok(Ticket {
        id: made.id.short(),
        kind: wish.kind,
        qr: tickets::qr(&text),
        text,
        expires_at: row.map_or_else(String::new, |row| clock::rfc3339(row.expires.into())),
    })
}

pub(crate) async fn tickets(api: &Api, (): ()) -> Result<Vec<Invitation>, ApiError> {
    let view = api.node.neighbours().trust().view();
    let mut listed: Vec<_> = view.tables().invitations().copied().collect();
    listed.sort_by_key(|one| std::cmp::Reverse(one.created));
    Ok(listed.iter().map(Into::into).collect())
}

pub(crate) async fn withdraw_ticket(api: &Api, wanted: JoinRef) -> Result<(), ApiError> {
    let neighbours = api.node.neighbours();
    let view = neighbours.trust().view();
    let ids = view.tables().invitations().map(|one| one.id);
    let id = one_of(ids, InvitationId::short, &wanted.id)
        .ok_or(ApiError::from(Refusal::InvitationUnknown))?;
    Ok(neighbours.withdraw(id).await?)
}

pub(crate) async fn redeem_ticket(api: &Api, wanted: TicketUse) -> Result<Peer, ApiError> {
    let neighbours = api.node.neighbours();
    let ticket = tickets::parse(&wanted.ticket)?;
    let device = neighbours.redeem(&ticket, wanted.mine).await?;
    let found = neighbours.get(device);
    found
        .as_deref()
        .map(Into::into)
        .ok_or_else(|| ApiError::new(crate::Code::Stopping, []))
}

pub(crate) async fn mesh_keys(api: &Api, (): ()) -> Result<Vec<MeshKey>, ApiError> {
    let view = api.node.neighbours().trust().view();
    let mut keys: Vec<_> = view.tables().mesh_keys().copied().collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.created));
    let resting_on = |id: MeshKeyId| -> Vec<String> {
        view.all_trusted()
            .filter(|(_, trusted)| trusted.origin == store::Origin::MeshKey(id))
            .map(|(known, _)| known.peer.device.short())
            .collect()
    };
    Ok(keys
        .iter()
        .map(|key| MeshKey {
            id: key.id.short(),
            kind: key.kind.into(),
            created_at: clock::rfc3339(key.created.into()),
            retired_at: key.retired.map(|it| clock::rfc3339(it.at.into())),
            grace_until: key.retired.map(|it| clock::rfc3339(it.grace_until.into())),
            devices: resting_on(key.id),
        })
        .collect())
}

pub(crate) async fn make_mesh_key(api: &Api, wish: MeshKeyWish) -> Result<MeshKeyMade, ApiError> {
    let made = keys::mint(wish.kind.into())?.text();
    let id = api.node.neighbours().hold_key(&made).await?;
    Ok(MeshKeyMade {
        id: id.short(),
        kind: wish.kind,
        key: made.to_string(),
    })
}

pub(crate) async fn add_mesh_key(api: &Api, wanted: MeshKeyText) -> Result<Vec<MeshKey>, ApiError> {
    api.node.neighbours().hold_key(&wanted.key).await?;
    mesh_keys(api, ()).await
}

pub(crate) async fn rotate_mesh_key(
    api: &Api,
    wanted: JoinRef,
) -> Result<MeshKeyRotated, ApiError> {
    let id = key_of(api, &wanted.id)?;
    let rotated = api.node.neighbours().rotate_key(id).await?;
    let view = api.node.neighbours().trust().view();
    let retired = view.tables().mesh_key(id).and_then(|key| key.retired);
    Ok(MeshKeyRotated {
        id: rotated.id().short(),
        key: rotated.key.text().to_string(),
        devices: rotated.devices.iter().map(|one| one.short()).collect(),
        grace_until: retired.map(|it| clock::rfc3339(it.grace_until.into())),
    })
}

pub(crate) async fn remove_mesh_key(api: &Api, wanted: JoinRef) -> Result<(), ApiError> {
    let id = key_of(api, &wanted.id)?;
    Ok(api.node.neighbours().remove_key(id).await?)
}

fn key_of(api: &Api, text: &str) -> Result<MeshKeyId, ApiError> {
    let view = api.node.neighbours().trust().view();
    let ids = view.tables().mesh_keys().map(|key| key.id);
    one_of(ids, MeshKeyId::short, text).ok_or_else(|| Refusal::MeshKeyUnknown.into())
}

/// The one whose id begins so.
fn one_of<I: Copy>(
    ids: impl Iterator<Item = I>,
    short: impl Fn(&I) -> String,
    text: &str,
) -> Option<I> {
    let text = text.trim().to_uppercase();
    let mut fitting = ids.filter(|id| {
        let short = short(id).to_uppercase();
        text.len() >= LEAST_OF_ID && short.starts_with(&text)
    });
    let one = fitting.next()?;
    fitting.next().is_none().then_some(one)
}

impl From<&store::Invitation> for Invitation {
    fn from(one: &store::Invitation) -> Self {
        Self {
            id: one.id.short(),
            kind: one.kind.into(),
            created_at: clock::rfc3339(one.created.into()),
            expires_at: clock::rfc3339(one.expires.into()),
            redeemed_by: one.redeemed.map(|it| it.by.short()),
            redeemed_at: one.redeemed.map(|it| clock::rfc3339(it.at.into())),
        }
    }
}

impl From<store::MeshKeyKind> for JoinKind {
    fn from(kind: store::MeshKeyKind) -> Self {
        match kind {
            store::MeshKeyKind::Mine => Self::Mine,
            store::MeshKeyKind::Team => Self::Team,
        }
    }
}

impl From<JoinKind> for tickets::MeshKind {
    fn from(kind: JoinKind) -> Self {
        match kind {
            JoinKind::Mine => Self::Mine,
            JoinKind::Team => Self::Team,
        }
    }
}
