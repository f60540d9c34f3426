//! An examination of the node and its surroundings. It changes nothing but a
//! probe file that it removes again.
//!
//! - `own`: this machine by itself
//! - `surroundings`: what the network looks like from here, looked up once; all
//!   that is judged about the network follows from it, as functions of data
//! - `network`: each interface, used or not, and the ports
//! - `announcements`: whether they go out and others are heard
//! - `machines`: whether those that are heard can be reached, and reach this one
//! - `companions`: mesh keys and clocks of the others
//! - `firewall`: whether it lets others in
//! - `backends`: what serves models here, or why nothing does

mod announcements;
mod backends;
mod companions;
mod firewall;
mod machines;
mod network;
mod own;
mod surroundings;
#[cfg(test)]
mod testing;

use crate::{
    Handle,
    finding::{Finding, Level},
    firewall::Firewall,
};
pub use network::{InterfaceReport, NetworkReport, Traffic};
use surroundings::Surroundings;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub id: CheckId,
    pub outcome: Outcome,
    pub finding: Finding,
    /// What a person could type to mend it.
    pub command: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Good,
    Warning,
    Problem,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    pub checks: Vec<Check>,
    pub firewall: Firewall,
    pub network: NetworkReport,
}

/// Looks at everything.
pub(crate) async fn examine(node: &Handle) -> Diagnosis {
    let around = Surroundings::look(node).await;
    let mut checks = own::examine(node).await;
    checks.extend(network::examine(&around));
    checks.extend(announcements::examine(&around));
    checks.extend(machines::examine(&around));
    checks.extend(companions::examine(&around));
    checks.push(firewall::examine(&around.firewall));
    checks.extend(backends::examine(node).await);
    Diagnosis {
        checks,
        network: NetworkReport::of(&around),
        firewall: around.firewall,
    }
}

impl Check {
    fn new(id: CheckId, finding: Finding) -> Self {
        let outcome = match finding.level() {
            Level::Info => Outcome::Good,
            Level::Warning => Outcome::Warning,
            Level::Problem => Outcome::Problem,
        };
        Self {
            id,
            outcome,
            finding,
            command: None,
        }
    }

    /// Nothing where the command is empty.
    fn with_command(mut self, command: &str) -> Self {
        self.command = (!command.is_empty()).then(|| command.to_owned());
        self
    }
}
