use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Notice, Status};

/// The outcome of an examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Diagnostics {
    pub status: Status,
    pub checks: Vec<Check>,
    pub firewall: Firewall,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Check {
    pub id: CheckId,
    pub outcome: Outcome,
    /// What was found, as a code with parameters; the interface makes the sentence.
    pub finding: Notice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckId {
    DataFolder,
    DiskSpace,
    Configuration,
    Identity,
    Network,
    Http,
    Clock,
    Firewall,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Good,
    Warning,
    Problem,
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

impl From<&node::diagnose::Check> for Check {
    fn from(check: &node::diagnose::Check) -> Self {
        Self {
            id: check.id.into(),
            outcome: check.outcome.into(),
            finding: (&check.finding).into(),
        }
    }
}

impl From<node::diagnose::CheckId> for CheckId {
    fn from(id: node::diagnose::CheckId) -> Self {
        match id {
            node::diagnose::CheckId::DataFolder => Self::DataFolder,
            node::diagnose::CheckId::DiskSpace => Self::DiskSpace,
            node::diagnose::CheckId::Configuration => Self::Configuration,
            node::diagnose::CheckId::Identity => Self::Identity,
            node::diagnose::CheckId::Network => Self::Network,
            node::diagnose::CheckId::Http => Self::Http,
            node::diagnose::CheckId::Clock => Self::Clock,
            node::diagnose::CheckId::Firewall => Self::Firewall,
        }
    }
}

impl From<node::diagnose::Outcome> for Outcome {
    fn from(outcome: node::diagnose::Outcome) -> Self {
        match outcome {
            node::diagnose::Outcome::Good => Self::Good,
            node::diagnose::Outcome::Warning => Self::Warning,
            node::diagnose::Outcome::Problem => Self::Problem,
        }
    }
}

impl From<&node::network::Interface> for Interface {
    fn from(interface: &node::network::Interface) -> Self {
        Self {
            name: interface.name.clone(),
            kind: interface.kind.into(),
            addresses: interface
                .addresses
                .iter()
                .map(ToString::to_string)
                .collect(),
            usable: interface.usable,
        }
    }
}

impl From<node::network::InterfaceKind> for InterfaceKind {
    fn from(kind: node::network::InterfaceKind) -> Self {
        match kind {
            node::network::InterfaceKind::Lan => Self::Lan,
            node::network::InterfaceKind::Loopback => Self::Loopback,
            node::network::InterfaceKind::PointToPoint => Self::PointToPoint,
            node::network::InterfaceKind::Container => Self::Container,
        }
    }
}

impl From<node::journal::Line> for LogLine {
    fn from(line: node::journal::Line) -> Self {
        Self {
            at: node::clock::rfc3339(line.at),
            level: line.level.into(),
            target: line.target,
            message: line.message,
            fields: line.fields,
            count: line.count,
        }
    }
}

impl From<node::firewall::Firewall> for Firewall {
    fn from(firewall: node::firewall::Firewall) -> Self {
        Self {
            kind: firewall.kind.into(),
            open: firewall.open,
            command: firewall.command,
            can_open: firewall.can_open,
        }
    }
}

impl From<node::firewall::FirewallKind> for FirewallKind {
    fn from(kind: node::firewall::FirewallKind) -> Self {
        use node::firewall::FirewallKind as Inner;
        match kind {
            Inner::None => Self::None,
            Inner::Ufw => Self::Ufw,
            Inner::Firewalld => Self::Firewalld,
            Inner::Windows => Self::Windows,
            Inner::Macos => Self::Macos,
            Inner::Unknown => Self::Unknown,
        }
    }
}

impl From<LogLevel> for tracing::Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Info => Self::INFO,
            LogLevel::Warn => Self::WARN,
            LogLevel::Error => Self::ERROR,
        }
    }
}

impl From<tracing::Level> for LogLevel {
    fn from(level: tracing::Level) -> Self {
        match level {
            tracing::Level::ERROR => Self::Error,
            tracing::Level::WARN => Self::Warn,
            tracing::Level::INFO => Self::Info,
            tracing::Level::DEBUG | tracing::Level::TRACE => Self::Debug,
        }
    }
}
