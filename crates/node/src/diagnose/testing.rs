//! Surroundings that are made up.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use mesh::hub::{DialFailure, Failure, MeshReport};
use wire::msg::session::Form;

use super::surroundings::Surroundings;
use crate::{
    firewall::{Firewall, FirewallKind, Ports},
    neighbours::{Neighbour, Presence},
    network::{Address, Interface, InterfaceKind},
    store::testing::device,
    trust::Standing,
};

/// A machine alone at 192.168.1.5 that has run for a while.
pub(super) fn around() -> Surroundings {
    Surroundings {
        interfaces: Ok(vec![interface("eth0", "192.168.1.5", true)]),
        chosen: Vec::new(),
        mesh: Some(MeshReport::default()),
        others: Vec::new(),
        ports: Ports {
            tcp: 7878,
            udp: 5000,
        },
        moved: Vec::new(),
        holds_mesh_key: false,
        uptime: Duration::from_secs(60),
        firewall: Firewall {
            kind: FirewallKind::None,
            open: None,
            command: String::new(),
            can_open: false,
        },
    }
}

pub(super) fn interface(name: &str, ip: &str, usable: bool) -> Interface {
    Interface {
        name: name.to_owned(),
        kind: InterfaceKind::Lan,
        index: None,
        addresses: vec![Address {
            ip: ip.parse().unwrap(),
            prefix: 24,
        }],
        up: usable,
        usable,
    }
}

/// A stranger that was heard this moment.
pub(super) fn nearby(name: &str) -> Neighbour {
    Neighbour {
        device: device(name.bytes().fold(0, u8::wrapping_add)),
        name: Some(name.to_owned()),
        offered_name: None,
        form: Form::Unknown,
        person: None,
        standing: Standing::Discovered,
        presence: Presence::Nearby,
        addresses: Vec::new(),
        has_llm: false,
        trusts_us: false,
        other_mesh: false,
        last_seen: Some(SystemTime::now()),
        clock_ahead: Some(0),
        rights: Vec::new(),
        quota: None,
        pairing: None,
        trouble: None,
    }
}

pub(super) fn connected(name: &str, address: &str) -> Neighbour {
    Neighbour {
        presence: Presence::Connected {
            since: SystemTime::now(),
            address: address.parse().unwrap(),
            round_trip: None,
            version: 1,
        },
        ..nearby(name)
    }
}

/// An attempt that just failed.
pub(super) fn failed(address: &str, failure: Failure) -> DialFailure {
    DialFailure {
        address: address.parse::<SocketAddr>().unwrap(),
        failure,
        at: SystemTime::now(),
    }
}
