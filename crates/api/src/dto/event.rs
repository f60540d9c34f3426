use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Machine, NodeState, Notice, Peer, Pull, Setting};

/// Something that happened. `seq` rises by one; after a break a listener asks
/// for what came after the last it saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Event {
    #[ts(type = "number")]
    pub seq: u64,
    #[serde(flatten)]
    pub happening: Happening,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// Events were missed and are gone: ask for everything again.
    Resync,
    NodeState {
        state: NodeState,
    },
    MachineChanged {
        machine: Machine,
    },
    SettingChanged {
        setting: Setting,
    },
    /// The notices of the status, all of them.
    NoticesChanged {
        notices: Vec<Notice>,
    },
    /// Another machine is new, or what is known of it changed.
    PeerChanged {
        peer: Box<Peer>,
    },
    /// A machine is neither near nor known any more.
    PeerGone {
        id: String,
    },
    /// A person may want to know of a machine now.
    PeerNoticed {
        peer: Box<Peer>,
        occasion: PeerOccasion,
    },
    /// What could be asked, here or elsewhere, or who is answered.
    ModelsChanged,
    /// Requests to use models changed, those of others or our own.
    AccessChanged,
    /// A download began, went on or ended; at most four times a second.
    PullChanged {
        pull: Box<Pull>,
    },
    /// A download was cancelled, or put away after its end.
    PullGone {
        id: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeerOccasion {
    /// It is new on this network; at most once a day.
    Nearby,
    /// It asks for pairing; at most once a day.
    PairingRequest,
    /// Its person asks for the use of the models here.
    AccessRequest,
    /// Its person answered what was asked there.
    AccessAnswer,
    /// It began to share models with this one; at most once a day.
    Models,
    /// It does so no more; at most once a day.
    ModelsGone,
}
