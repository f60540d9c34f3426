//! What others hold of a mesh: small, cheap to clone, owns nothing.

use std::{collections::BTreeMap, net::SocketAddr};

use tokio::sync::{mpsc, oneshot, watch};
use wire::{
    DeviceId, Invitation, MeshKey, frame::Frame, machine::presence::Sighting, msg::pair::Relation,
};

use super::{
    event::{Card, ClaimRefusal, Failure, MeshReport, PeerStream, SessionInfo},
    meter::Rate,
};

#[derive(Debug, Clone)]
pub struct MeshHandle {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) sessions: watch::Receiver<Sessions>,
    pub(super) device: DeviceId,
    pub(super) port: u16,
}

pub(super) type Sessions = BTreeMap<DeviceId, LiveSession>;

/// A session that is up, and the way into it.
#[derive(Debug, Clone)]
pub(super) struct LiveSession {
    pub(super) info: SessionInfo,
    pub(super) outbox: mpsc::Sender<Frame>,
}

/// The mesh has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mesh has ended")]
pub struct Stopped;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("no session with this machine is up")]
    NoSession,
    /// More waits to be sent than it takes.
    #[error("the session with this machine is slow")]
    Slow,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReachError {
    #[error("the mesh has ended")]
    Stopped,
    #[error("the machine is blocked here")]
    Blocked,
    #[error("this machine is not trusted here")]
    NotTrusted,
    /// A pairing with it is under way.
    #[error("a pairing with this machine is under way")]
    UnderWay,
    #[error("not reached: {0:?}")]
    Failed(Failure),
}

/// Why an invitation was not redeemed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedeemError {
    #[error("the mesh has ended")]
    Stopped,
    #[error("the machine is blocked here")]
    Blocked,
    /// An invitation is being redeemed with it.
    #[error("an invitation of this machine is being redeemed")]
    UnderWay,
    /// Its issuer does not take it.
    #[error(transparent)]
    Refused(ClaimRefusal),
    /// Nothing is lost: it can be redeemed again.
    #[error("not reached: {0:?}")]
    NotReached(Failure),
    /// The key of the person could not be kept here.
    #[error("the key of the person was not kept: {0}")]
    NotKept(String),
}

/// What is asked of the hub. Answers come back on the channel inside.
#[derive(Debug)]
pub(super) enum Command {
    Trust {
        device: DeviceId,
        addresses: Vec<SocketAddr>,
    },
    Forget {
        device: DeviceId,
    },
    Block {
        device: DeviceId,
    },
    Unblock {
        device: DeviceId,
    },
    SetName {
        name: String,
        for_strangers: String,
    },
    SetRates(BTreeMap<DeviceId, Rate>),
    SetHasLlm(bool),
    SetMeshKeys(Vec<MeshKey>),
    Redeem {
        device: DeviceId,
        addresses: Vec<SocketAddr>,
        invitation: Invitation,
        answer: oneshot::Sender<Result<(), RedeemError>>,
    },
    Dial {
        address: SocketAddr,
        answer: Answer<(DeviceId, Card)>,
    },
    AskPairing {
        device: DeviceId,
        answer: oneshot::Sender<Result<(), ReachError>>,
    },
    OpenPairing(DeviceId),
    ConfirmPairing {
        device: DeviceId,
        same: bool,
        relation: Relation,
    },
    CancelPairing(DeviceId),
    DialAhead(DeviceId),
    OpenStream {
        device: DeviceId,
        grant: String,
        answer: Answer<PeerStream>,
    },
    Sightings(oneshot::Sender<Vec<(Sighting, Option<Card>)>>),
    Report(oneshot::Sender<MeshReport>),
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, ReachError>>;

impl MeshHandle {
    pub fn device_id(&self) -> DeviceId {
        self.device
    }

    /// Where links are accepted.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on there shall be a session with this machine. The addresses
    /// are dialled before any announcement arrives.
    pub async fn trust(&self, device: DeviceId, addresses: Vec<SocketAddr>) -> Result<(), Stopped> {
        self.tell(Command::Trust { device, addresses }).await
    }

    /// The machine is a stranger again; what is open is closed.
    pub async fn forget(&self, device: DeviceId) -> Result<(), Stopped> {
        self.tell(Command::Forget { device }).await
    }

    /// The machine is neither dialled nor answered any more.
    pub async fn block(&self, device: DeviceId) -> Result<(), Stopped> {
        self.tell(Command::Block { device }).await
    }

    pub async fn unblock(&self, device: DeviceId) -> Result<(), Stopped> {
        self.tell(Command::Unblock { device }).await
    }

    /// What this machine is called to those it trusts, and to all others.
    pub async fn set_name(&self, name: String, for_strangers: String) -> Result<(), Stopped> {
        self.tell(Command::SetName {
            name,
            for_strangers,
        })
        .await
    }

    /// How much each trusted machine may say from now on. What one has used up
    /// stays used up.
    pub async fn set_rates(&self, rates: BTreeMap<DeviceId, Rate>) -> Result<(), Stopped> {
        self.tell(Command::SetRates(rates)).await
    }

    /// Announced at once when it changes.
    pub async fn set_has_llm(&self, has_llm: bool) -> Result<(), Stopped> {
        self.tell(Command::SetHasLlm(has_llm)).await
    }

    /// The mesh keys held from now on, newest first. The newest is announced at
    /// once; trust that rests on others is not touched.
    pub async fn set_mesh_keys(&self, keys: Vec<MeshKey>) -> Result<(), Stopped> {
        self.tell(Command::SetMeshKeys(keys)).await
    }

    /// Redeems an invitation with the machine that made it. When this returns,
    /// the two trust each other.
    pub async fn redeem(
        &self,
        device: DeviceId,
        addresses: Vec<SocketAddr>,
        invitation: Invitation,
    ) -> Result<(), RedeemError> {
        let (answer, answered) = oneshot::channel();
        let command = Command::Redeem {
            device,
            addresses,
            invitation,
            answer,
        };
        let stopped = |Stopped| RedeemError::Stopped;
        self.tell(command).await.map_err(stopped)?;
        answered.await.map_err(|_| RedeemError::Stopped)?
    }

    /// Goes to an address that a person gave, and says who is there. A trusted
    /// machine is remembered there.
    pub async fn dial(&self, address: SocketAddr) -> Result<(DeviceId, Card), ReachError> {
        self.ask(|answer| Command::Dial { address, answer }).await
    }

    /// The person here wants to pair. Where the other has asked already, this
    /// opens its request.
    pub async fn ask_pairing(&self, device: DeviceId) -> Result<(), ReachError> {
        self.ask(|answer| Command::AskPairing { device, answer })
            .await
    }

    /// The person here opened the request.
    pub async fn open_pairing(&self, device: DeviceId) -> Result<(), Stopped> {
        self.tell(Command::OpenPairing(device)).await
    }

    /// The person here compared the codes.
    pub async fn confirm_pairing(
        &self,
        device: DeviceId,
        same: bool,
        relation: Relation,
    ) -> Result<(), Stopped> {
        self.tell(Command::ConfirmPairing {
            device,
            same,
            relation,
        })
        .await
    }

    pub async fn cancel_pairing(&self, device: DeviceId) -> Result<(), Stopped> {
        self.tell(Command::CancelPairing(device)).await
    }

    /// Says something in the session with a machine. Waits while the other is
    /// slower than this side speaks.
    pub async fn send(&self, device: DeviceId, frame: Frame) -> Result<(), SendError> {
        let outbox = self
            .sessions
            .borrow()
            .get(&device)
            .map(|session| session.outbox.clone())
            .ok_or(SendError::NoSession)?;
        outbox.send(frame).await.map_err(|_| SendError::NoSession)
    }

    /// Says something that is of no use later; waits for nobody.
    pub fn try_send(&self, device: DeviceId, frame: Frame) -> Result<(), SendError> {
        let sessions = self.sessions.borrow();
        let session = sessions.get(&device).ok_or(SendError::NoSession)?;
        session.outbox.try_send(frame).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Slow,
            mpsc::error::TrySendError::Closed(_) => SendError::NoSession,
        })
    }

    /// Gets a connection ready for a stream that will probably be granted in a
    /// moment. Nothing is said in it, and it ends by itself when nobody takes it.
    pub fn dial_ahead(&self, device: DeviceId) {
        // Without it the stream only begins a little later.
        let _ = self.commands.try_send(Command::DialAhead(device));
    }

    /// Opens a connection of its own for what was granted in a session.
    pub async fn open_stream(
        &self,
        device: DeviceId,
        grant: String,
    ) -> Result<PeerStream, ReachError> {
        self.ask(|answer| Command::OpenStream {
            device,
            grant,
            answer,
        })
        .await
    }

    /// The sessions that are up.
    pub fn sessions(&self) -> Vec<SessionInfo> {
        let sessions = self.sessions.borrow();
        sessions
            .values()
            .map(|session| session.info.clone())
            .collect()
    }

    /// Who was heard, and what those who were greeted said about themselves.
    pub async fn sightings(&self) -> Result<Vec<(Sighting, Option<Card>)>, Stopped> {
        let (answer, answered) = oneshot::channel();
        self.tell(Command::Sightings(answer)).await?;
        answered.await.map_err(|_| Stopped)
    }

    pub async fn report(&self) -> Result<MeshReport, Stopped> {
        let (answer, answered) = oneshot::channel();
        self.tell(Command::Report(answer)).await?;
        answered.await.map_err(|_| Stopped)
    }

    async fn tell(&self, command: Command) -> Result<(), Stopped> {
        self.commands.send(command).await.map_err(|_| Stopped)
    }

    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, ReachError> {
        let (answer, answered) = oneshot::channel();
        self.tell(command(answer))
            .await
            .map_err(|Stopped| ReachError::Stopped)?;
        answered.await.map_err(|_| ReachError::Stopped)?
    }
}
