mod from_node;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Notice, Ports, Status};

/// The outcome of an examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Diagnostics {
    pub status: Status,
    pub checks: Vec<Check>,
    pub firewall: Firewall,
    pub network: NetworkReport,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Check {
    pub id: CheckId,
    pub outcome: Outcome,
    /// What was found, as a code with parameters; the interface makes the sentence.
    pub finding: Notice,
    /// What a person could type to mend it.
    pub command: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckId {
    DataFolder,
    DiskSpace,
    Configuration,
    Identity,
    Http,
    Clock,
    Network,
    Ports,
    Announcements,
    Machines,
    Incoming,
    MeshKeys,
    Clocks,
    Firewall,
    Backends,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Good,
    Warning,
    Problem,
}

/// What is open towards the network, and what went over it since the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NetworkReport {
    /// In use.
    pub ports: Ports,
    /// Announcements go through mDNS too.
    pub mdns: bool,
    /// Those in use first.
    pub interfaces: Vec<InterfaceReport>,
    /// Packets and connections that came from outside the local network.
    #[ts(type = "number")]
    pub refused: u64,
}

/// What went over one interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InterfaceReport {
    pub name: String,
    /// With prefix length, such as `192.168.1.20/24`.
    pub addresses: Vec<String>,
    pub used: bool,
    pub skipped_because: Option<SkippedBecause>,
    /// Announcements to everybody.
    #[serde(flatten)]
    #[ts(flatten)]
    pub announcements: Traffic,
    /// The same through mDNS; nothing while that is off.
    pub mdns: Option<Traffic>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SkippedBecause {
    Down,
    Loopback,
    /// A tunnel or a modem: no neighbours.
    PointToPoint,
    /// It leads to containers or virtual machines of this machine.
    Container,
    /// `network.interfaces` names others.
    NotChosen,
    /// Its addresses are not of a local network.
    Public,
    /// Its network has no room for neighbours.
    Alone,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Traffic {
    #[ts(type = "number")]
    pub sent: u64,
    /// Of other machines.
    #[ts(type = "number")]
    pub heard: u64,
    /// RFC 3339.
    pub last_heard: Option<String>,
    /// The latest failure, until something is sent again.
    pub error: Option<Notice>,
    /// RFC 3339.
    pub error_at: Option<String>,
}

/// A network interface of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Interface {
    pub name: String,
    pub kind: InterfaceKind,
    /// With prefix length, such as `192.168.1.20/24`.
    pub addresses: Vec<String>,
    /// The mesh would use it.
    pub usable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InterfaceKind {
    Lan,
    Loopback,
    PointToPoint,
    Container,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Firewall {
    pub kind: FirewallKind,
    /// Whether it lets Banyan's ports in; unknown where it cannot be asked.
    pub open: Option<bool>,
    /// What a person would type to open it; empty where nothing needs opening.
    pub command: String,
    /// Whether `firewall.open` can do it from here.
    pub can_open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FirewallKind {
    None,
    Ufw,
    Firewalld,
    /// Rules set with nftables or iptables, and no program above them.
    Nftables,
    Windows,
    Macos,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FirewallChange {
    pub firewall: Firewall,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Report {
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogQuery {
    pub level: LogLevel,
    pub limit: u32,
}

/// One line of the log; repetitions are counted, not repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogLine {
    /// RFC 3339, UTC; of the latest repetition.
    pub at: String,
    pub level: LogLevel,
    pub target: String,
    pub message: String,
    pub fields: BTreeMap<String, String>,
    #[ts(type = "number")]
    pub count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}
