use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Interface, Machine};

/// What this node is and how it is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Status {
    pub version: String,
    /// The commit it was built from, or "unknown".
    pub commit: String,
    pub state: NodeState,
    pub machine: Machine,
    /// RFC 3339, UTC.
    pub started_at: String,
    #[ts(type = "number")]
    pub uptime_seconds: u64,
    pub data_folder: String,
    pub config_file: String,
    pub log_folder: String,
    /// The page and the api for other programs; absent where it is switched off.
    pub http: Option<Http>,
    pub ports: Ports,
    pub interfaces: Vec<Interface>,
    pub resources: Resources,
    /// What a person should know, most important first.
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    Starting,
    Ready,
    Stopping,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Http {
    /// Where it listens, as `host:port`.
    pub address: String,
    /// The address of the page.
    pub page: String,
}

/// The ports of the mesh that are in use now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ports {
    pub tcp: u16,
    pub udp: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Resources {
    #[ts(type = "number")]
    pub memory_bytes: u64,
    #[ts(type = "number")]
    pub machine_memory_bytes: u64,
    #[ts(type = "number")]
    pub machine_memory_free_bytes: u64,
    /// Of one core, over the last interval of measurement.
    pub cpu_percent: f32,
    pub cores: u32,
    /// Of the disk that holds the data folder, where it can be told.
    #[ts(type = "number | null")]
    pub disk_free_bytes: Option<u64>,
    /// Calls that failed, of all calls of the last hour, in percent.
    pub error_percent: f32,
    #[ts(type = "number")]
    pub calls_last_hour: u64,
    #[ts(type = "number")]
    pub errors_last_hour: u64,
}

/// Something a person should know. The sentence is made by the interface from
/// `code` and `params`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    pub code: String,
    pub level: Level,
    pub params: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Info,
    Warning,
    Problem,
}

impl From<node::firewall::Ports> for Ports {
    fn from(ports: node::firewall::Ports) -> Self {
        Self {
            tcp: ports.tcp,
            udp: ports.udp,
        }
    }
}

impl From<&node::finding::Notice> for Notice {
    fn from(notice: &node::finding::Notice) -> Self {
        Self {
            code: notice.code().to_owned(),
            level: notice.level().into(),
            params: notice.params(),
        }
    }
}

impl From<&node::finding::Obstacle> for Notice {
    fn from(obstacle: &node::finding::Obstacle) -> Self {
        Self {
            code: obstacle.code().to_owned(),
            level: obstacle.level().into(),
            params: obstacle.params(),
        }
    }
}

impl From<&node::finding::Finding> for Notice {
    fn from(finding: &node::finding::Finding) -> Self {
        Self {
            code: finding.code().to_owned(),
            level: finding.level().into(),
            params: finding.params(),
        }
    }
}

impl From<node::finding::Level> for Level {
    fn from(level: node::finding::Level) -> Self {
        match level {
            node::finding::Level::Info => Self::Info,
            node::finding::Level::Warning => Self::Warning,
            node::finding::Level::Problem => Self::Problem,
        }
    }
}

impl From<node::NodeState> for NodeState {
    fn from(state: node::NodeState) -> Self {
        match state {
            node::NodeState::Starting => Self::Starting,
            node::NodeState::Ready => Self::Ready,
            node::NodeState::Stopping => Self::Stopping,
        }
    }
}

impl From<node::health::Resources> for Resources {
    fn from(resources: node::health::Resources) -> Self {
        Self {
            memory_bytes: resources.memory_bytes,
            machine_memory_bytes: resources.machine_memory_bytes,
            machine_memory_free_bytes: resources.machine_memory_free_bytes,
            cpu_percent: resources.cpu_percent,
            cores: resources.cores,
            disk_free_bytes: resources.disk_free_bytes,
            error_percent: resources.error_percent(),
            calls_last_hour: resources.calls_last_hour,
            errors_last_hour: resources.failed_calls_last_hour,
        }
    }
}
