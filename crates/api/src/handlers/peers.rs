use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use node::{
    neighbours::{Neighbour, NeighbourError, Neighbours, Place},
    store::{FileLimits, Grant, Moment, Page, Relation, Scope, Term},
};

use crate::{
    Api, ApiError, Code,
    dto::{
        AuditEntry, AuditQuery, PairingAnswer, Peer, PeerAddress, PeerRef, Permission,
        PermissionGrant, PermissionRef, QuotaChange, Term as TermWord,
    },
};

/// Entries of a page of the audit log unless somebody says how many.
const ENTRIES: u32 = 100;

pub(crate) async fn list(api: &Api, (): ()) -> Result<Vec<Peer>, ApiError> {
    let listed = api.node.neighbours().list().await;
    Ok(listed.iter().map(Into::into).collect())
}

pub(crate) async fn add(api: &Api, wanted: PeerAddress) -> Result<Peer, ApiError> {
    let place: Place = wanted.address.parse().map_err(NeighbourError::Place)?;
    let neighbours = api.node.neighbours();
    let device = neighbours.add(&place).await?;
    let found = neighbours.get(device);
    found.as_deref().map(Into::into).ok_or_else(stopping)
}

pub(crate) async fn pair(api: &Api, wanted: PeerRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours.pair(peer.device).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn open(api: &Api, wanted: PeerRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours.open(peer.device).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn confirm(api: &Api, answer: PairingAnswer) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &answer.peer)?;
    let relation = if answer.mine {
        Relation::Mine
    } else {
        Relation::Other
    };
    neighbours
        .confirm(peer.device, answer.same, relation)
        .await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn cancel(api: &Api, wanted: PeerRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours.cancel(peer.device).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn block(api: &Api, wanted: PeerRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours.block(peer.device).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn unblock(api: &Api, wanted: PeerRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours.unblock(peer.device).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn forget(api: &Api, wanted: PeerRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours.forget(peer.device).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn allow(api: &Api, wanted: PermissionGrant) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    let term = term(&wanted)?;
    let grant = grant(neighbours, wanted);
    neighbours.allow(peer.device, grant, term).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn deny(api: &Api, wanted: PermissionRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours
        .deny(peer.device, wanted.permission.into())
        .await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn set_quota(api: &Api, wanted: QuotaChange) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    let quota = wanted.quota.map(Into::into);
    neighbours.set_quota(peer.device, quota).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn adopt_name(api: &Api, wanted: PeerRef) -> Result<Peer, ApiError> {
    let (neighbours, peer) = named(api, &wanted.peer)?;
    neighbours.adopt_name(peer.device).await?;
    Ok(again(neighbours, &peer))
}

pub(crate) async fn audit(api: &Api, query: AuditQuery) -> Result<Vec<AuditEntry>, ApiError> {
    let neighbours = api.node.neighbours();
    let device = match &query.peer {
        Some(peer) => Some(named(api, peer)?.1.device),
        None => None,
    };
    let page = Page {
        before: query.before,
        device,
        most: query.limit.unwrap_or(ENTRIES),
    };
    let entries = neighbours.audit(page).await?;
    Ok(entries
        .iter()
        .map(|recorded| AuditEntry::of(recorded, neighbours))
        .collect())
}

/// The machine that somebody means.
fn named<'a>(api: &'a Api, peer: &str) -> Result<(&'a Neighbours, Arc<Neighbour>), ApiError> {
    let neighbours = api.node.neighbours();
    let found = neighbours.find(peer).map_err(NeighbourError::Find)?;
    Ok((neighbours, found))
}

/// As it is after something was done; where it is gone by now, as it was.
fn again(neighbours: &Neighbours, before: &Arc<Neighbour>) -> Peer {
    let now = neighbours.get(before.device);
    Peer::from(now.as_deref().unwrap_or(before))
}

/// Whoever was found is there until the mesh ends.
fn stopping() -> ApiError {
    ApiError::new(Code::Stopping, [])
}

fn term(wanted: &PermissionGrant) -> Result<Term, ApiError> {
    match (wanted.term, wanted.minutes) {
        (TermWord::Always, None) => Ok(Term::Always),
        (TermWord::Once, None) => Ok(Term::Once),
        (TermWord::Until, Some(minutes)) => {
            let lasts = Duration::from_secs(u64::from(minutes) * 60);
            Ok(Term::Until(Moment::from(SystemTime::now()).after(lasts)))
        }
        (TermWord::Until, None) => Err(bad_term("minutes is missing")),
        (TermWord::Always | TermWord::Once, Some(_)) => {
            Err(bad_term("minutes stands only with the term until"))
        }
    }
}

fn bad_term(reason: &str) -> ApiError {
    let call = "peers.allow".to_owned();
    ApiError::new(
        Code::BadParams,
        [("call", call), ("reason", reason.to_owned())],
    )
}

fn grant(neighbours: &Neighbours, wanted: PermissionGrant) -> Grant {
    match wanted.permission {
        Permission::LlmUse => {
            let usual = neighbours.trust().view().usual_limits();
            Grant::LlmUse(wanted.llm.unwrap_or_default().over(usual))
        }
        Permission::FilesRead => Grant::FilesRead(FileLimits {
            folders: wanted.folders.map_or(Scope::All, |folders| {
                Scope::Only(folders.into_iter().collect())
            }),
        }),
        Permission::ModelsCopy => Grant::ModelsCopy,
        Permission::Admin => Grant::Admin,
    }
}
