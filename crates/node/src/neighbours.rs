//! The other machines: who is near, who is trusted, which pairing runs.
//!
//! One task stands between the mesh, which knows sockets and sessions, and the
//! rules of trust, which know decisions. It hears what happens on the network,
//! tells the rules, carries out what they decide, and keeps one [`Neighbour`]
//! for each machine that everybody reads. What a person wants comes in through
//! [`Neighbours`].
//!
//! - [`Neighbour`]: all that is known of one machine, put together
//! - `actor`: what happens, and what follows from it
//! - `opening`: the sockets, and what the mesh is started with
//! - `reference`: how people name a machine
//! - `tickets`: how a machine is invited, and how it comes
//!
//! Invariants: nothing is trusted by the mesh that the rules do not trust, and
//! what the rules end, the mesh closes before the answer is given. A decision is
//! on the disk before the mesh hears of it.

mod actor;
mod carrier;
mod neighbour;
mod opening;
mod pairing;
mod reference;
mod tickets;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use mesh::hub::{Failure, MeshReport, PeerStream, ReachError, Stopped};
use tokio::sync::{mpsc, watch};
use wire::{
    DeviceId,
    frame::Frame,
    msg::{llm::Words, pair::Relation},
    ticket::TicketError,
};

pub(crate) use actor::policy;
pub use neighbour::{Neighbour, Pinned, Presence, Rights, Trouble};
pub use opening::MeshError;
pub(crate) use opening::{Open, Opening, own_form};
pub use pairing::{Asker, Outcome, Pairing, Step};
pub use reference::{BadPlace, FindError, Place};
pub use tickets::Made;

use crate::{
    Handle,
    mesh_keys::{KeyError, MeshKeys, Rotated},
    persons::Persons,
    store::{self, Access, Grant, Page, Permission, Quota, Recorded, StoreError, Term},
    supervise::TaskResult,
    trust::{Say, Trust, TrustError},
};
use actor::{Actor, Wish};
use carrier::Carrier;

/// What a person wants that waits at a time.
const WISHES: usize = 16;

/// Why something with another machine was not done.
#[derive(Debug, thiserror::Error)]
pub enum NeighbourError {
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Place(#[from] BadPlace),
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// No address of that name.
    #[error("{host} is not known on this network: {reason}")]
    NoSuchHost { host: String, reason: String },
    #[error("a pairing with this machine is under way")]
    UnderWay,
    /// Nobody asked, or it is over.
    #[error("no pairing with this machine is under way")]
    NoPairing,
    #[error("not reached: {0:?}")]
    NotReached(Failure),
    /// It makes both machines one person's, and the person here did not say so.
    #[error("the ticket is for machines of one person")]
    TicketIsMine,
    #[error("the ticket is for machines of several people")]
    TicketIsTeam,
    /// Its issuer says that it means something else.
    #[error("the ticket and its issuer disagree on what it means")]
    OtherKind,
    #[error("its issuer does not let this machine in")]
    NotWelcome,
    #[error("the key of the person was not kept: {0}")]
    NotKept(String),
    #[error(transparent)]
    Ticket(TicketError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("no secret could be drawn: {0}")]
    Randomness(String),
    #[error("the node is stopping")]
    Stopping,
}

/// Where machines are looked up and decided about. Clones share it.
#[derive(Debug, Clone)]
pub struct Neighbours {
    carrier: Carrier,
    known: watch::Receiver<Known>,
    wishes: mpsc::Sender<Wish>,
}

pub(crate) type Known = BTreeMap<DeviceId, Arc<Neighbour>>;

/// Said about models; what follows from it is decided elsewhere.
#[derive(Debug)]
pub(crate) enum Overheard {
    /// By a trusted machine in its session.
    Said(DeviceId, Frame),
    /// A connection that a trusted machine opened with what it was granted.
    Stream(PeerStream),
}

/// The side of the task; outlives it, so that it can be started again.
#[derive(Debug)]
pub(crate) struct Keeper {
    carrier: Carrier,
    overheard: mpsc::Sender<Overheard>,
    mesh: watch::Sender<Option<mesh::MeshHandle>>,
    known: watch::Sender<Known>,
    wishes: tokio::sync::Mutex<mpsc::Receiver<Wish>>,
}

/// `overheard`: for whoever answers with models.
pub(crate) fn new(
    trust: Trust,
    persons: Persons,
    keys: MeshKeys,
    overheard: mpsc::Sender<Overheard>,
) -> (Neighbours, Keeper) {
    let (mesh, running) = watch::channel(None);
    let (publish, known) = watch::channel(Known::new());
    let (wishes, wished) = mpsc::channel(WISHES);
    let carrier = Carrier::new(trust, persons, keys, running);
    let neighbours = Neighbours {
        carrier: carrier.clone(),
        known,
        wishes,
    };
    let keeper = Keeper {
        carrier,
        overheard,
        mesh,
        known: publish,
        wishes: tokio::sync::Mutex::new(wished),
    };
    (neighbours, keeper)
}

impl Keeper {
    /// From now on the mesh can be asked.
    pub(crate) fn announce(&self, opened: &Open) {
        self.mesh.send_replace(Some(opened.mesh.handle()));
    }

    /// Runs until the end, or until the mesh fails.
    pub(crate) async fn run(
        &self,
        node: Handle,
        opened: Open,
        end: tokio_util::sync::CancellationToken,
    ) -> TaskResult {
        let mut wishes = self.wishes.lock().await;
        self.announce(&opened);
        let overheard = self.overheard.clone();
        let actor = Actor::new(node, self.carrier.clone(), &self.known, overheard, opened);
        let outcome = actor.run(&mut wishes, end).await;
        self.mesh.send_replace(None);
        outcome
    }
}

/// Looking.
impl Neighbours {
    /// Every machine that is near or known.
    pub async fn list(&self) -> Vec<Neighbour> {
        let mut listed: Vec<_> = self
            .known
            .borrow()
            .values()
            .map(|neighbour| Neighbour::clone(neighbour))
            .collect();
        if let Ok(mesh) = self.carrier.mesh() {
            neighbour::refresh(&mut listed, &mesh).await;
        }
        listed
    }

    pub fn get(&self, device: DeviceId) -> Option<Arc<Neighbour>> {
        self.known.borrow().get(&device).cloned()
    }

    /// Tells when anything about any machine changes.
    pub(crate) fn watch(&self) -> watch::Receiver<Known> {
        self.known.clone()
    }

    /// The mesh, while it runs.
    pub(crate) fn mesh(&self) -> Option<mesh::MeshHandle> {
        self.carrier.mesh().ok()
    }

    /// How many sessions are up.
    pub fn connected(&self) -> usize {
        let known = self.known.borrow();
        let connected = known.values().filter(|one| one.presence.is_connected());
        connected.count()
    }

    /// The machine that a person means.
    pub fn find(&self, text: &str) -> Result<Arc<Neighbour>, FindError> {
        reference::find(&self.known.borrow(), text)
    }

    pub fn trust(&self) -> &Trust {
        &self.carrier.trust
    }

    /// What the mesh saw, for the doctor.
    pub async fn report(&self) -> Result<MeshReport, NeighbourError> {
        Ok(self.carrier.mesh()?.report().await?)
    }

    /// Where links are accepted, while the mesh runs.
    pub fn port(&self) -> Option<u16> {
        self.carrier.mesh().ok().map(|mesh| mesh.port())
    }

    pub async fn audit(&self, page: Page) -> Result<Vec<Recorded>, StoreError> {
        self.carrier.trust.audit(page).await
    }
}

/// Pairing.
impl Neighbours {
    /// Goes to an address that a person gave, and says who is there.
    pub async fn add(&self, place: &Place) -> Result<DeviceId, NeighbourError> {
        self.dial_any(place.resolve(opening::usual_port()).await?)
            .await
    }

    async fn dial_any(&self, addresses: Vec<SocketAddr>) -> Result<DeviceId, NeighbourError> {
        let mesh = self.carrier.mesh()?;
        let mut failure = None;
        for address in addresses {
            match mesh.dial(address).await {
                Ok((device, card)) => {
                    self.wish(Wish::Found(device, card, address)).await?;
                    return Ok(device);
                }
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.map_or(
            NeighbourError::NotReached(Failure::NoAddress),
            NeighbourError::from,
        ))
    }

    /// The person here wants to pair. Where the other has asked already, this
    /// opens its request.
    pub async fn pair(&self, device: DeviceId) -> Result<(), NeighbourError> {
        let mesh = self.carrier.mesh()?;
        let asked_there = self
            .get(device)
            .and_then(|neighbour| neighbour.pairing.clone())
            .is_some_and(|pairing| {
                pairing.asked_by == Asker::There && !matches!(pairing.step, Step::Ended(_))
            });
        if asked_there {
            return self.open(device).await;
        }
        mesh.ask_pairing(device).await?;
        self.wish(Wish::Asked(device)).await
    }

    /// The person here opened the request.
    pub async fn open(&self, device: DeviceId) -> Result<(), NeighbourError> {
        self.under_way(device)?;
        self.carrier.mesh()?.open_pairing(device).await?;
        self.wish(Wish::Opened(device)).await
    }

    /// The person here compared the codes.
    pub async fn confirm(
        &self,
        device: DeviceId,
        same: bool,
        relation: Relation,
    ) -> Result<(), NeighbourError> {
        self.under_way(device)?;
        let mesh = self.carrier.mesh()?;
        if same {
            self.wish(Wish::Confirmed(device)).await?;
        }
        mesh.confirm_pairing(device, same, relation).await?;
        Ok(())
    }

    /// Ends a pairing, or dismisses how the latest one ended.
    pub async fn cancel(&self, device: DeviceId) -> Result<(), NeighbourError> {
        self.carrier.mesh()?.cancel_pairing(device).await?;
        self.wish(Wish::Dismissed(device)).await
    }

    fn under_way(&self, device: DeviceId) -> Result<(), NeighbourError> {
        self.get(device)
            .and_then(|neighbour| neighbour.pairing.clone())
            .filter(|pairing| !matches!(pairing.step, Step::Ended(_)))
            .map(drop)
            .ok_or(NeighbourError::NoPairing)
    }
}

/// Mesh keys.
impl Neighbours {
    pub(crate) async fn active_keys(&self) -> Vec<wire::MeshKey> {
        self.carrier.keys.active().await
    }

    /// Holds a key that a person handed over.
    pub async fn hold_key(&self, text: &str) -> Result<store::MeshKeyId, NeighbourError> {
        let key: wire::MeshKey = text.parse().map_err(KeyError::Text)?;
        let id = crate::mesh_keys::stored(key.id());
        self.carrier.keys.hold(key).await?;
        self.carrier.keys_changed().await;
        Ok(id)
    }

    /// Replaces a key by a new one. Machines that are connected get it now, the
    /// others when they come, within the grace.
    pub async fn rotate_key(&self, id: store::MeshKeyId) -> Result<Rotated, NeighbourError> {
        let mut rotated = self.carrier.keys.replace(id, None).await?;
        self.carrier.keys_changed().await;
        self.carrier
            .hand_over(id, &rotated.key, &rotated.devices)
            .await;
        let effects = std::mem::take(&mut rotated.effects);
        self.follow(effects).await?;
        Ok(rotated)
    }

    /// Ends the trust that rests on a key at once.
    pub async fn remove_key(&self, id: store::MeshKeyId) -> Result<(), NeighbourError> {
        let effects = self.carrier.keys.remove(id).await?;
        self.carrier.keys_changed().await;
        self.follow(effects).await
    }
}

/// Asking others.
impl Neighbours {
    /// Asks the person of a machine for the use of its models. Where it is away,
    /// it hears of it when it is back.
    pub async fn ask_access(&self, device: DeviceId, reason: Words) -> Result<(), NeighbourError> {
        self.carrier.trust.ask_access(device, reason).await?;
        self.wish(Wish::Look(device)).await
    }

    pub async fn withdraw_access(&self, device: DeviceId) -> Result<(), NeighbourError> {
        self.carrier.trust.withdraw_access(device).await?;
        self.wish(Wish::Look(device)).await
    }

    /// Every request that is remembered, the latest first.
    pub fn access(&self) -> Vec<(DeviceId, Access)> {
        let view = self.carrier.trust.view();
        let known = view.tables().all_known();
        let mut all: Vec<_> = known
            .flat_map(|known| {
                let requests = known.access.values().cloned();
                requests.map(|access| (known.peer.device, access))
            })
            .collect();
        all.sort_by_key(|(_, access)| std::cmp::Reverse(access.asked));
        all
    }
}

/// Deciding.
impl Neighbours {
    pub async fn forget(&self, device: DeviceId) -> Result<(), NeighbourError> {
        let effects = self.carrier.trust.forget(device).await?;
        self.follow(effects).await
    }

    pub async fn block(&self, device: DeviceId) -> Result<(), NeighbourError> {
        let name = self
            .get(device)
            .and_then(|neighbour| neighbour.name.clone());
        let effects = self.carrier.trust.block(device, name).await?;
        self.follow(effects).await
    }

    pub async fn unblock(&self, device: DeviceId) -> Result<(), NeighbourError> {
        self.carrier.trust.unblock(device).await?;
        self.carrier.mesh()?.unblock(device).await?;
        self.wish(Wish::Look(device)).await
    }

    pub async fn allow(
        &self,
        device: DeviceId,
        grant: Grant,
        term: Term,
    ) -> Result<(), NeighbourError> {
        let effects = self.carrier.trust.allow(device, grant, term).await?;
        self.follow(effects).await?;
        self.wish(Wish::Look(device)).await
    }

    pub async fn deny(
        &self,
        device: DeviceId,
        permission: Permission,
    ) -> Result<(), NeighbourError> {
        let effects = self.carrier.trust.deny(device, permission).await?;
        self.follow(effects).await?;
        self.wish(Wish::Look(device)).await
    }

    /// Answers the open request of a machine to use the models here.
    pub async fn answer_access(
        &self,
        device: DeviceId,
        say: Say,
        words: Words,
    ) -> Result<(), NeighbourError> {
        let effects = self.carrier.trust.answer_access(device, say, words).await?;
        self.follow(effects).await?;
        self.wish(Wish::Look(device)).await
    }

    pub async fn set_quota(
        &self,
        device: DeviceId,
        quota: Option<Quota>,
    ) -> Result<(), NeighbourError> {
        self.carrier.trust.set_quota(device, quota).await?;
        self.wish(Wish::Look(device)).await
    }

    pub async fn adopt_name(&self, device: DeviceId) -> Result<(), NeighbourError> {
        self.carrier.trust.adopt_name(device).await?;
        self.wish(Wish::Look(device)).await
    }

    async fn follow(&self, effects: Vec<crate::trust::Effect>) -> Result<(), NeighbourError> {
        let devices = self.carrier.carry_out(effects).await;
        for device in devices {
            self.wish(Wish::Look(device)).await?;
        }
        Ok(())
    }

    /// Returns once the task has taken it in, so that whoever looks afterwards
    /// sees it.
    async fn wish(&self, wish: Wish) -> Result<(), NeighbourError> {
        let (taken_in, waits) = tokio::sync::oneshot::channel();
        let stopping = |_| NeighbourError::Stopping;
        self.wishes
            .send(Wish::Then(Box::new(wish), taken_in))
            .await
            .map_err(|_| NeighbourError::Stopping)?;
        waits.await.map_err(stopping)
    }
}

impl From<Stopped> for NeighbourError {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopping
    }
}

impl From<ReachError> for NeighbourError {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Stopped => Self::Stopping,
            ReachError::Blocked => Self::Trust(crate::trust::Refusal::Blocked.into()),
            ReachError::NotTrusted => Self::Trust(crate::trust::Refusal::NotTrusted.into()),
            ReachError::UnderWay => Self::UnderWay,
            ReachError::Failed(failure) => Self::NotReached(failure),
        }
    }
}

/// An address as a store keeps it.
fn kept(address: SocketAddr) -> Option<store::PeerAddress> {
    let host = match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        SocketAddr::V4(_) | SocketAddr::V6(_) => address.ip().to_string(),
    };
    store::PeerAddress::tcp(&host, address.port()).ok()
}
