//! Beacons on loopback, each with an address of its own.

mod services;
mod udp;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::Arc,
    time::Duration,
};

use tokio::time::timeout;
use wire::{
    DeviceId, DeviceKey, Label, Signature, Signer,
    msg::announce::{Announcement, Kind},
};

use super::{
    Beacon, BeaconOptions, Heard, InterfaceReport, UdpBeacon, mdns::Mdns, sleep::SleepWatch,
};
use crate::{
    interfaces::{Address, Interface, InterfaceKind},
    neighbourhood::Neighbourhood,
};

/// Whom mDNS is for in these tests.
const GROUP: u16 = 5000;

pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for this very packet; others may be about.
async fn packet(beacon: &mut UdpBeacon, expected: &[u8]) -> SocketAddr {
    timeout(PATIENCE, async {
        loop {
            if let Heard::Packet { bytes, source } = beacon.heard().await
                && bytes == expected
            {
                return source;
            }
        }
    })
    .await
    .unwrap()
}

/// Everything about its only interface.
fn only(beacon: &UdpBeacon) -> InterfaceReport {
    let report = beacon.report();
    let [interface] = report.interfaces.as_slice() else {
        panic!("{report:?}");
    };
    interface.clone()
}

fn beacon(port: u16, last: &[u8]) -> UdpBeacon {
    let interfaces = last.iter().map(|last| interface(*last)).collect();
    UdpBeacon::start(options(port, interfaces)).unwrap()
}

/// One that speaks mDNS too, on another port than the rest of the world.
fn beacon_with_mdns(port: u16, mdns: u16, last: u8) -> UdpBeacon {
    let options = options(port, vec![interface(last)]);
    UdpBeacon::with(options, Some(Mdns::at(mdns, GROUP)), SleepWatch::off()).unwrap()
}

pub(super) fn options(port: u16, interfaces: Vec<Interface>) -> BeaconOptions {
    BeaconOptions {
        port,
        interfaces: Arc::new(move || Ok(interfaces.clone())),
        neighbourhood: Neighbourhood::default(),
        mdns: false,
        watch_sleep: false,
    }
}

pub(super) fn interface(last: u8) -> Interface {
    interface_at(&format!("lo{last}"), ip(last), 8)
}

fn interface_at(name: &str, ip: IpAddr, prefix: u8) -> Interface {
    Interface {
        name: name.to_owned(),
        kind: InterfaceKind::Loopback,
        index: None,
        addresses: vec![Address { ip, prefix }],
        up: true,
        usable: true,
    }
}

fn ip(last: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, 7, last).into()
}

/// Nobody listens there now; the beacons share it.
pub(super) fn free_port() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    socket.local_addr().unwrap().port()
}

pub(super) fn announcement(seed: u8, kind: Kind) -> Vec<u8> {
    let key = Key(DeviceKey::from_seed(&[seed; 32]));
    Announcement {
        kind,
        device: key.device_id(),
        instance: 1,
        sequence: 1,
        tcp_port: 7878,
        has_llm: false,
        timestamp: 0,
        net: None,
    }
    .encode(&key)
}

struct Key(DeviceKey);

impl Signer for Key {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}
