use super::{
    Check, CheckId, Firewall, FirewallKind, Interface, InterfaceKind, InterfaceReport, LogLevel,
    LogLine, NetworkReport, Outcome, SkippedBecause, Traffic,
};

impl From<&node::diagnose::Check> for Check {
    fn from(check: &node::diagnose::Check) -> Self {
        Self {
            id: check.id.into(),
            outcome: check.outcome.into(),
            finding: (&check.finding).into(),
            command: check.command.clone(),
        }
    }
}

impl From<node::diagnose::NetworkReport> for NetworkReport {
    fn from(report: node::diagnose::NetworkReport) -> Self {
        Self {
            ports: report.ports.into(),
            mdns: report.mdns,
            interfaces: report.interfaces.into_iter().map(Into::into).collect(),
            refused: report.refused,
        }
    }
}

impl From<node::diagnose::InterfaceReport> for InterfaceReport {
    fn from(report: node::diagnose::InterfaceReport) -> Self {
        Self {
            name: report.name,
            addresses: report.addresses.iter().map(ToString::to_string).collect(),
            used: report.skipped.is_none(),
            skipped_because: report.skipped.map(Into::into),
            announcements: report.announcements.into(),
            mdns: report.mdns.map(Into::into),
        }
    }
}

impl From<node::network::Skipped> for SkippedBecause {
    fn from(skipped: node::network::Skipped) -> Self {
        use node::network::Skipped;
        match skipped {
            Skipped::Down => Self::Down,
            Skipped::Loopback => Self::Loopback,
            Skipped::PointToPoint => Self::PointToPoint,
            Skipped::Container => Self::Container,
            Skipped::NotChosen => Self::NotChosen,
            Skipped::Public => Self::Public,
            Skipped::Alone => Self::Alone,
        }
    }
}

impl From<node::diagnose::Traffic> for Traffic {
    fn from(traffic: node::diagnose::Traffic) -> Self {
        let (error, error_at) = traffic.failure.unzip();
        Self {
            sent: traffic.sent,
            heard: traffic.heard,
            last_heard: traffic.last_heard.map(node::clock::rfc3339),
            error: error.as_ref().map(Into::into),
            error_at: error_at.map(node::clock::rfc3339),
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
            node::diagnose::CheckId::Http => Self::Http,
            node::diagnose::CheckId::Clock => Self::Clock,
            node::diagnose::CheckId::Network => Self::Network,
            node::diagnose::CheckId::Ports => Self::Ports,
            node::diagnose::CheckId::Announcements => Self::Announcements,
            node::diagnose::CheckId::Machines => Self::Machines,
            node::diagnose::CheckId::Incoming => Self::Incoming,
            node::diagnose::CheckId::MeshKeys => Self::MeshKeys,
            node::diagnose::CheckId::Clocks => Self::Clocks,
            node::diagnose::CheckId::Firewall => Self::Firewall,
            node::diagnose::CheckId::Backends => Self::Backends,
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
            Inner::Nftables => Self::Nftables,
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
