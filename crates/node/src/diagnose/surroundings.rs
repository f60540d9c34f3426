//! What the network looks like from here.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use mesh::hub::MeshReport;

use crate::{
    Handle,
    config::Key,
    finding::Notice,
    firewall::{Firewall, Ports},
    neighbours::{Neighbour, Presence},
    network::{Address, Interface},
    plain::reason,
};

/// Settings about ports of the mesh.
const PORTS: [Key; 2] = [Key::NetworkTcpPort, Key::NetworkUdpPort];

/// Looked up at one moment; everything that is judged follows from it.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// Or why the system does not list them.
    pub(super) interfaces: Result<Vec<Interface>, String>,
    /// The names a person chose; none means all that suit.
    pub(super) chosen: Vec<String>,
    /// None while the mesh does not run.
    pub(super) mesh: Option<MeshReport>,
    pub(super) others: Vec<Neighbour>,
    /// In use.
    pub(super) ports: Ports,
    pub(super) moved: Vec<MovedPort>,
    pub(super) holds_mesh_key: bool,
    pub(super) uptime: Duration,
    pub(super) firewall: Firewall,
}

/// A default port that another program has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MovedPort {
    pub(super) key: Key,
    pub(super) wanted: u16,
    pub(super) got: u16,
    /// Who has it now.
    pub(super) program: String,
}

impl Surroundings {
    pub(super) async fn look(node: &Handle) -> Self {
        let neighbours = node.neighbours();
        Self {
            interfaces: node.interfaces().await.map_err(|error| reason(&error)),
            chosen: node.chosen_interfaces(),
            mesh: neighbours.report().await.ok(),
            others: neighbours.list().await,
            ports: node.ports_in_use().await,
            moved: moved_ports(node).await,
            holds_mesh_key: !neighbours.active_keys().await.is_empty(),
            uptime: node.uptime(),
            firewall: node.firewall().await,
        }
    }

    /// This machine itself, on whichever interface.
    pub(super) fn is_own(&self, ip: IpAddr) -> bool {
        let mut own = self.listed().iter().flat_map(|one| &one.addresses);
        ip.is_loopback() || own.any(|address| address.ip == ip)
    }

    /// On the network of an interface in use, where announcements arrive.
    pub(super) fn is_near(&self, ip: IpAddr) -> bool {
        let used = self.listed().iter().filter(|one| one.usable);
        !self.is_own(ip)
            && used
                .flat_map(|one| &one.addresses)
                .any(|address| holds(*address, ip))
    }

    /// Machines with a session over a network where announcements arrive.
    pub(super) fn connected_near(&self) -> usize {
        let near = self.others.iter().filter(|other| match other.presence {
            Presence::Connected { address, .. } => self.is_near(address.ip()),
            Presence::Nearby | Presence::Away => false,
        });
        near.count()
    }

    pub(super) fn listed(&self) -> &[Interface] {
        self.interfaces.as_deref().unwrap_or_default()
    }
}

/// Whether the network of this address holds the other.
fn holds(network: Address, ip: IpAddr) -> bool {
    match (network.ip, ip) {
        (IpAddr::V4(here), IpAddr::V4(there)) => {
            let differing = here.to_bits() ^ there.to_bits();
            differing.leading_zeros() >= network.prefix.into()
        }
        (IpAddr::V6(here), IpAddr::V6(there)) => {
            let differing = here.to_bits() ^ there.to_bits();
            differing.leading_zeros() >= network.prefix.into()
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

async fn moved_ports(node: &Handle) -> Vec<MovedPort> {
    let mut moved = Vec::new();
    for notice in node.notices() {
        if let Notice::PortMoved {
            key, wanted, got, ..
        } = notice
            && let Some(key) = PORTS.into_iter().find(|known| known.name() == key)
        {
            moved.push(MovedPort {
                key,
                wanted,
                got,
                program: node.port_holder(key, wanted).await,
            });
        }
    }
    moved
}

/// Machines as a person tells them apart; more than a few help nobody.
pub(super) fn names<'a>(
    machines: impl IntoIterator<Item = (&'a Neighbour, Option<SocketAddr>)>,
) -> String {
    const MOST: usize = 5;
    let mut machines = machines.into_iter();
    let mut named: Vec<_> = machines
        .by_ref()
        .take(MOST)
        .map(|(machine, address)| {
            let name = machine.name.clone();
            let name = name.unwrap_or_else(|| machine.device.short());
            match address {
                Some(address) => format!("{name} ({address})"),
                None => name,
            }
        })
        .collect();
    let more = machines.count();
    if more > 0 {
        named.push(format!("+{more}"));
    }
    named.join(", ")
}
