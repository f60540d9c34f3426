//! What a mesh tells, and what can be asked of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime},
};

use tokio::sync::{mpsc, oneshot};
use wire::{
    DeviceCertificate, DeviceId, InvitationId, MeshKeyId, MeshKind, PersonId,
    frame::Frame,
    machine::{
        pairing::Code,
        presence::{Ignored, Sighting},
        session::Down,
    },
    msg::{
        pair::Relation,
        session::{ByeReason, Form},
    },
};

use crate::{beacon::BeaconReport, framed::Framed, transport::OpenError};

/// Everything that a mesh tells, in the order in which it happened.
#[derive(Debug)]
pub enum Event {
    /// A machine is new here, moved, or says something else about itself.
    Sighted(Sighting),
    /// A machine that was only heard has fallen silent.
    Gone {
        device: DeviceId,
    },
    /// A machine introduced itself, or changed its name.
    Met {
        device: DeviceId,
        card: Card,
    },
    /// A session is up. One that was up before is replaced by it.
    Up {
        session: SessionInfo,
        /// What the other says, until the session ends.
        inbox: mpsc::Receiver<Frame>,
    },
    /// No session is left; it is dialled again by itself as long as the machine
    /// is trusted.
    Down {
        device: DeviceId,
        why: Down,
    },
    /// A trusted machine could not be reached at one of its addresses. Comes
    /// once for each kind of failure, until it is reached.
    NotReached {
        device: DeviceId,
        failure: DialFailure,
    },
    /// Somebody at another machine wants to pair.
    PairingRequested {
        device: DeviceId,
        card: Card,
        address: SocketAddr,
    },
    /// Both screens can be compared now.
    PairingCode {
        device: DeviceId,
        code: Code,
    },
    PairingEnded {
        device: DeviceId,
        end: PairingEnd,
    },
    /// A machine has shown a mesh key, or an invitation made here. Whoever hears
    /// this decides, and writes it down, before any key of a person is handed
    /// over. Once the answer is yes, the machine is trusted, whatever becomes of
    /// the connection; a no lasts until it starts anew.
    TrustClaimed {
        device: DeviceId,
        card: Card,
        address: SocketAddr,
        ground: Ground,
        /// What holding the key means; of an invitation, what the other was told.
        kind: MeshKind,
        /// Whose machine it will be.
        person: PersonId,
        answer: oneshot::Sender<Result<(), ClaimRefusal>>,
    },
    /// After a claim was granted, there or here: both have settled whose machines
    /// they are, and the other is trusted. Comes again for one that is trusted
    /// already and has shown another ground.
    Vouched {
        device: DeviceId,
        ground: Ground,
        relation: Relation,
        /// Whose machine it is.
        certificate: DeviceCertificate,
        card: Card,
        /// Where it was met.
        addresses: Vec<SocketAddr>,
    },
    /// A trusted machine opened a stream with a grant that it says it has.
    Stream(PeerStream),
}

/// What a machine says about itself when it is greeted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    pub form: Form,
    /// Which start of the machine.
    pub instance: u64,
    /// It says that it trusts this one.
    pub trusts_us: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    pub device: DeviceId,
    pub address: SocketAddr,
    /// The other side dialled.
    pub incoming: bool,
    pub card: Card,
    pub version: u16,
    pub since: SystemTime,
    pub round_trip: Option<Duration>,
}

/// What trust without a click rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Both hold it.
    MeshKey(MeshKeyId),
    Invitation {
        id: InvitationId,
        /// Made by this machine; otherwise redeemed by it.
        issued_here: bool,
    },
}

/// Why what a machine shows does not let it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// Never made, or withdrawn.
    #[error("the invitation is not known there")]
    Unknown,
    #[error("the invitation is over")]
    Expired,
    #[error("the invitation was used by another machine")]
    Used,
    /// It means something else than the ticket says.
    #[error("the invitation is of another kind")]
    OtherKind,
    /// Blocked, no room for one more, or a key that makes no new trust.
    #[error("this machine is not let in there")]
    NotWelcome,
}

/// How a pairing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairingEnd {
    /// From now on the machine is trusted here.
    Paired {
        relation: Relation,
        /// Whose machine it is.
        certificate: DeviceCertificate,
        card: Card,
        /// Where it was met.
        addresses: Vec<SocketAddr>,
    },
    CodesDiffer,
    CodesDifferThere,
    Cancelled,
    TimedOut,
    /// The other side broke the rules, or the connection broke.
    Broken,
    /// It was not answered.
    NotReached(Failure),
    /// Both confirmed, but the key of the person could not be kept.
    NotKept(String),
}

/// A connection of its own for one generation or transfer.
#[derive(Debug)]
pub struct PeerStream {
    pub device: DeviceId,
    pub grant: String,
    pub frames: Framed,
}

/// Why a machine was not reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nobody listens there.
    Refused,
    /// Switched off, another network, or a firewall.
    NoAnswer,
    /// The system knows no way there; on macOS also a denied local network.
    Unreachable,
    /// Not an address of the local network.
    Far,
    /// Another machine answered.
    OtherDevice(DeviceId),
    /// It is this machine itself.
    Ourselves,
    /// It said goodbye before anything began.
    TurnedAway(ByeReason),
    /// The handshake or the greeting failed.
    Broken(String),
    /// No address of it is known.
    NoAddress,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialFailure {
    pub address: SocketAddr,
    pub failure: Failure,
    pub at: SystemTime,
}

/// For the doctor.
#[derive(Debug, Clone, Default)]
pub struct MeshReport {
    pub beacon: BeaconReport,
    /// Packets that were not believed.
    pub ignored: BTreeMap<Ignored, u64>,
    /// The latest attempt to reach a machine, where it failed.
    pub failures: BTreeMap<DeviceId, DialFailure>,
    /// Machines nearby that should hold a mesh key of ours, and why it was not
    /// shown so far.
    pub not_vouched: BTreeMap<DeviceId, DialFailure>,
    /// Where announcements of ours were answered from while nothing was open
    /// between the two; whoever answers dials as well. The first few.
    pub answered: BTreeSet<IpAddr>,
    /// Where connections came from, the first few.
    pub visitors: BTreeSet<IpAddr>,
    /// Packets and connections from addresses that are not near.
    pub refused_sources: u64,
    /// Connections that nobody has decided about yet.
    pub strangers: usize,
    /// How many of those had to make room for others.
    pub made_room: u64,
}

impl From<ClaimRefusal> for ByeReason {
    fn from(refusal: ClaimRefusal) -> Self {
        match refusal {
            ClaimRefusal::Unknown => Self::InvitationUnknown,
            ClaimRefusal::Expired => Self::InvitationExpired,
            ClaimRefusal::Used => Self::InvitationUsed,
            ClaimRefusal::OtherKind => Self::InvitationKind,
            ClaimRefusal::NotWelcome => Self::NotTrusted,
        }
    }
}

impl ClaimRefusal {
    /// What a goodbye says about it; nothing if it is about something else.
    pub(super) fn of(reason: ByeReason) -> Option<Self> {
        match reason {
            ByeReason::InvitationUnknown => Some(Self::Unknown),
            ByeReason::InvitationExpired => Some(Self::Expired),
            ByeReason::InvitationUsed => Some(Self::Used),
            ByeReason::InvitationKind => Some(Self::OtherKind),
            ByeReason::NotTrusted => Some(Self::NotWelcome),
            ByeReason::Stopping
            | ByeReason::Version
            | ByeReason::Duplicate
            | ByeReason::Broken
            | ByeReason::Silent
            | ByeReason::Removed
            | ByeReason::TooLoud
            | ByeReason::NoKey
            | ByeReason::WrongProof
            | ByeReason::Unknown => None,
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Refused => Self::Refused,
            OpenError::NoAnswer => Self::NoAnswer,
            OpenError::Unreachable => Self::Unreachable,
            OpenError::NotProven(error) => Self::Broken(error.to_string()),
            OpenError::Other(error) => Self::Broken(error.to_string()),
        }
    }
}
