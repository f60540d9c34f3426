//! The firewall of this machine: which one is on, whether it lets Banyan's
//! ports in, and opening them with the system's consent.
//!
//! Looking needs no rights and changes nothing. Opening runs the firewall's own
//! tool through whatever the system uses to ask a person (polkit, UAC, the
//! macOS password dialog); Banyan itself never gains rights.

mod linux;
mod macos;
mod nftables;
mod windows;

use std::{fmt, time::Duration};

use tokio::sync::{Mutex, watch};

use crate::host::{Host, Ran, RunError, System};

/// What is known about the firewall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firewall {
    pub kind: FirewallKind,
    /// Whether it lets Banyan's ports in; unknown where it cannot be asked.
    pub open: Option<bool>,
    /// What a person would type to open it; empty where nothing needs opening.
    pub command: String,
    /// Whether the system can be asked to open it from here.
    pub can_open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirewallKind {
    /// None that is known to us is switched on.
    None,
    Ufw,
    Firewalld,
    /// Rules set with nftables or iptables, and no program above them.
    Nftables,
    Windows,
    Macos,
    /// This system's firewalls are not known to us.
    Unknown,
}

/// The ports that other machines must reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    pub tcp: u16,
    pub udp: u16,
}

/// The firewall is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the firewall was not changed: {refusal}")]
pub struct Unchanged {
    pub refusal: Refusal,
    /// What a person could type instead.
    pub command: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("permission was not given")]
    NotPermitted,
    #[error("nobody answered the question for permission")]
    NoAnswer,
    #[error("the question for permission is open already")]
    AlreadyAsking,
    #[error("this system offers no way to ask for permission")]
    CannotAsk,
    #[error("{0}")]
    Failed(String),
}

/// The firewall of one machine, seen by one node.
#[derive(Debug)]
pub(crate) struct Guard {
    host: Host,
    /// What we opened ourselves, for firewalls that cannot be asked without rights.
    opened: watch::Sender<Option<Ports>>,
    /// Held while a person is being asked: one question at a time.
    asking: Mutex<()>,
}

impl Guard {
    pub(crate) fn new(host: Host) -> Self {
        Self {
            host,
            opened: watch::Sender::new(None),
            asking: Mutex::new(()),
        }
    }

    pub(crate) async fn look(&self, ports: Ports) -> Firewall {
        let found = look(&self.host, ports).await;
        if found.open.is_none() && *self.opened.borrow() == Some(ports) {
            return Firewall::opened(found.kind);
        }
        found
    }

    pub(crate) async fn open(&self, ports: Ports) -> Result<Firewall, Unchanged> {
        let Ok(_asking) = self.asking.try_lock() else {
            let command = self.look(ports).await.command;
            return Err(Unchanged {
                refusal: Refusal::AlreadyAsking,
                command,
            });
        };
        let opened = open(&self.host, ports).await?;
        self.opened.send_replace(Some(ports));
        Ok(opened)
    }
}

/// Looks at the firewall.
async fn look(host: &Host, ports: Ports) -> Firewall {
    match host.system() {
        System::Linux => linux::look(host, ports).await,
        System::Windows => windows::look(host, ports).await,
        System::Macos => macos::look(host).await,
        System::Other => Firewall::without_advice(FirewallKind::Unknown),
    }
}

/// Opens the firewall for `ports`, after the person agreed.
async fn open(host: &Host, ports: Ports) -> Result<Firewall, Unchanged> {
    let found = look(host, ports).await;
    if found.open == Some(true) || found.command.is_empty() {
        return Ok(found);
    }
    let refused = |refusal| Unchanged {
        refusal,
        command: found.command.clone(),
    };
    if !found.can_open {
        return Err(refused(Refusal::CannotAsk));
    }
    let ran = match found.kind {
        FirewallKind::Ufw => linux::with_consent(host, &linux::ufw_commands(host, ports)).await,
        FirewallKind::Firewalld => {
            linux::with_consent(host, &linux::firewalld_commands(host, ports)).await
        }
        FirewallKind::Windows => windows::open(host, ports).await,
        FirewallKind::Macos => macos::open(host).await,
        FirewallKind::None | FirewallKind::Nftables | FirewallKind::Unknown => {
            return Err(refused(Refusal::CannotAsk));
        }
    };
    match ran {
        Ok(ran) if ran.code == 0 => {
            // Where the firewall cannot be asked without rights, the tool's word counts.
            let now = look(host, ports).await;
            Ok(if now.open.is_none() {
                Firewall::opened(now.kind)
            } else {
                now
            })
        }
        Ok(ran) => Err(refused(ran.refusal())),
        Err(RunError::TimedOut) => Err(refused(Refusal::NoAnswer)),
        Err(RunError::Missing) => Err(refused(Refusal::CannotAsk)),
        Err(RunError::Failed(reason)) => Err(refused(Refusal::Failed(reason))),
    }
}

/// How long a tool may take to say how things are.
const LOOK_LIMIT: Duration = Duration::from_secs(5);

/// How long a person may take to find their password.
const CONSENT_LIMIT: Duration = Duration::from_secs(180);

impl Firewall {
    fn opened(kind: FirewallKind) -> Self {
        Self {
            kind,
            open: Some(true),
            command: String::new(),
            can_open: false,
        }
    }

    fn without_advice(kind: FirewallKind) -> Self {
        let open = (kind == FirewallKind::None).then_some(true);
        Self {
            kind,
            open,
            command: String::new(),
            can_open: false,
        }
    }
}

impl Ran {
    fn refusal(&self) -> Refusal {
        // pkexec: 126 means that the person declined, 127 that nobody could be asked.
        if self.code == 126 || self.stderr.contains("User canceled") {
            return Refusal::NotPermitted;
        }
        let reason = self
            .stderr
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty());
        Refusal::Failed(match reason {
            Some(reason) => reason.trim().to_owned(),
            None => format!("the tool ended with code {}", self.code),
        })
    }
}

impl fmt::Display for FirewallKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Ufw => "ufw",
            Self::Firewalld => "firewalld",
            Self::Nftables => "nftables",
            Self::Windows => "Windows",
            Self::Macos => "macOS",
            Self::Unknown => "unknown",
        })
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
