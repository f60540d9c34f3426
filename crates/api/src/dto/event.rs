use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Machine, NodeState, Notice, Setting};

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
}
