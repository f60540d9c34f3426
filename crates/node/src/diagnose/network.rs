//! Each interface of this machine, whether it is used and what went over it;
//! and the ports.

use std::time::SystemTime;

use mesh::beacon::{BeaconReport, ChannelReport};

use super::{
    Check, CheckId, announcements,
    surroundings::{MovedPort, Surroundings},
};
use crate::{
    config::Key,
    finding::Finding,
    firewall::Ports,
    network::{self, Address, Interface, Reach, Skipped},
};

/// What is open towards the network, and what went over it.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkReport {
    /// In use.
    pub ports: Ports,
    /// Announcements go through mDNS too.
    pub mdns: bool,
    /// Those in use first.
    pub interfaces: Vec<InterfaceReport>,
    /// Packets and connections that came from elsewhere and were not looked at.
    pub refused: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct InterfaceReport {
    pub name: String,
    pub addresses: Vec<Address>,
    /// Why it is not used, where it is not.
    pub skipped: Option<Skipped>,
    pub announcements: Traffic,
    /// None while it is off, or the interface is not used.
    pub mdns: Option<Traffic>,
}

/// What went over an interface since the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traffic {
    pub sent: u64,
    /// Of other machines.
    pub heard: u64,
    pub last_heard: Option<SystemTime>,
    /// The latest failure, until something is sent again.
    pub failure: Option<(Finding, SystemTime)>,
}

pub(super) fn examine(around: &Surroundings) -> Vec<Check> {
    let mut checks = vec![Check::new(CheckId::Network, reach(around))];
    let moved = around.moved.iter().map(moved);
    checks.extend(moved.map(|finding| Check::new(CheckId::Ports, finding)));
    if around.moved.is_empty() && around.mesh.is_some() {
        let Ports { tcp, udp } = around.ports;
        checks.push(Check::new(CheckId::Ports, Finding::PortsGood { tcp, udp }));
    }
    checks
}

fn reach(around: &Surroundings) -> Finding {
    let interfaces = match &around.interfaces {
        Ok(interfaces) => interfaces,
        Err(reason) => {
            let reason = reason.clone();
            return Finding::NetworkUnknown { reason };
        }
    };
    match network::reach(interfaces) {
        Reach::Nothing if around.chosen.is_empty() => Finding::NetworkAbsent {},
        Reach::Nothing => Finding::NetworkChosenAbsent {
            interfaces: around.chosen.join(", "),
        },
        Reach::Ipv6Only => Finding::NetworkIpv6Only {},
        Reach::Lan => {
            let usable = interfaces.iter().filter(|interface| interface.usable);
            let addresses: Vec<_> = usable
                .flat_map(|interface| &interface.addresses)
                .filter(|address| address.ip.is_ipv4())
                .map(ToString::to_string)
                .collect();
            Finding::NetworkGood {
                addresses: addresses.join(", "),
            }
        }
    }
}

/// Nobody is heard on another port for announcements; where links are accepted
/// is announced.
fn moved(port: &MovedPort) -> Finding {
    let MovedPort {
        key,
        wanted,
        got,
        program,
    } = port.clone();
    if key == Key::NetworkUdpPort {
        Finding::UdpPortMoved {
            wanted,
            got,
            program,
        }
    } else {
        Finding::TcpPortMoved {
            wanted,
            got,
            program,
        }
    }
}

impl NetworkReport {
    pub(super) fn of(around: &Surroundings) -> Self {
        let beacon = around.mesh.as_ref().map(|mesh| &mesh.beacon);
        let refused = around
            .mesh
            .as_ref()
            .map_or(0, |mesh| mesh.refused_sources + mesh.beacon.from_elsewhere);
        let mut interfaces: Vec<_> = around
            .listed()
            .iter()
            .map(|interface| InterfaceReport::of(interface, around, beacon))
            .collect();
        interfaces.sort_by_key(|interface| interface.skipped.is_some());
        Self {
            ports: around.ports,
            mdns: beacon.is_some_and(|beacon| beacon.mdns),
            interfaces,
            refused,
        }
    }
}

impl InterfaceReport {
    fn of(interface: &Interface, around: &Surroundings, beacon: Option<&BeaconReport>) -> Self {
        let name = &interface.name;
        let used = beacon.and_then(|beacon| beacon.interfaces.iter().find(|one| one.name == *name));
        let left_out =
            beacon.and_then(|beacon| beacon.skipped.iter().find(|one| one.name == *name));
        let traffic = |report: &ChannelReport| Traffic::of(report, name, around.ports.udp);
        let has_mdns = beacon.is_some_and(|beacon| beacon.mdns);
        Self {
            name: name.clone(),
            addresses: interface.addresses.clone(),
            skipped: left_out.map_or_else(|| interface.skipped(), |one| Some(one.reason)),
            announcements: used.map(|one| traffic(&one.udp)).unwrap_or_default(),
            mdns: used.filter(|_| has_mdns).map(|one| traffic(&one.mdns)),
        }
    }
}

impl Traffic {
    fn of(report: &ChannelReport, interface: &str, port: u16) -> Self {
        let failure = report.failure.as_ref().map(|failure| {
            let finding = announcements::failure(&failure.kind, interface.to_owned(), port);
            (finding, failure.at)
        });
        Self {
            sent: report.sent,
            heard: report.heard,
            last_heard: report.last_heard,
            failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh::{
        beacon::{ChannelFailure, FailureKind, SkippedInterface},
        hub::MeshReport,
    };

    use super::*;
    use crate::{
        diagnose::{
            Outcome,
            testing::{around, interface},
        },
        network::InterfaceKind,
    };

    fn code(interfaces: &[Interface], chosen: &[&str]) -> &'static str {
        let mut around = around();
        around.interfaces = Ok(interfaces.to_vec());
        around.chosen = chosen.iter().map(|name| (*name).to_owned()).collect();
        examine(&around)[0].finding.code()
    }

    #[test]
    fn the_network_is_judged_by_what_is_usable() {
        let lan = interface("eth0", "192.168.1.5", true);
        assert_eq!(code(&[lan], &[]), "network_good");
        let modern = interface("eth0", "fe80::5", true);
        assert_eq!(code(&[modern], &[]), "network_ipv6_only");
        let down = interface("eth0", "192.168.1.5", false);
        assert_eq!(code(std::slice::from_ref(&down), &[]), "network_absent");
        assert_eq!(code(&[down], &["wlan0"]), "network_chosen_absent");
        let mut blind = around();
        blind.interfaces = Err("permission is denied".to_owned());
        assert_eq!(examine(&blind)[0].finding.code(), "network_unknown");
    }

    #[test]
    fn a_port_that_moved_matters_where_others_must_know_it() {
        let mut around = around();
        assert_eq!(
            examine(&around)[1].finding,
            Finding::PortsGood {
                tcp: 7878,
                udp: 5000
            }
        );
        let moved = |key| MovedPort {
            key,
            wanted: 5000,
            got: 5001,
            program: "flask (99)".to_owned(),
        };
        around.moved = vec![moved(Key::NetworkUdpPort), moved(Key::NetworkTcpPort)];
        let [_, udp, tcp] = &examine(&around)[..] else {
            panic!("two ports moved");
        };
        assert_eq!(udp.outcome, Outcome::Problem);
        assert_eq!(
            (udp.finding.code(), &*udp.finding.params()["program"]),
            ("udp_port_moved", "flask (99)")
        );
        assert_eq!(tcp.outcome, Outcome::Good);
        assert_eq!(tcp.finding.code(), "tcp_port_moved");
    }

    #[test]
    fn every_interface_has_a_row() {
        let mut around = around();
        let mut bridge = interface("docker0", "172.17.0.1", false);
        bridge.kind = InterfaceKind::Container;
        bridge.up = true;
        let far = interface("eth1", "203.0.113.5", true);
        around.interfaces = Ok(vec![bridge, far, interface("eth0", "192.168.1.5", true)]);
        let at = SystemTime::now();
        around.mesh = Some(MeshReport {
            beacon: BeaconReport {
                mdns: true,
                interfaces: vec![mesh::beacon::InterfaceReport {
                    name: "eth0".to_owned(),
                    addresses: Vec::new(),
                    udp: ChannelReport {
                        sent: 4,
                        heard: 2,
                        last_heard: Some(at),
                        failure: None,
                    },
                    mdns: ChannelReport {
                        failure: Some(ChannelFailure {
                            kind: FailureKind::PortTaken,
                            at,
                        }),
                        ..ChannelReport::default()
                    },
                }],
                skipped: vec![SkippedInterface {
                    name: "eth1".to_owned(),
                    reason: Skipped::Public,
                }],
                from_elsewhere: 2,
                ..BeaconReport::default()
            },
            refused_sources: 3,
            ..MeshReport::default()
        });
        let report = NetworkReport::of(&around);
        assert_eq!(report.refused, 5);
        let [used, bridge, far] = &report.interfaces[..] else {
            panic!("{report:?}");
        };
        assert_eq!((&*used.name, used.skipped), ("eth0", None));
        assert_eq!(used.announcements.last_heard, Some(at));
        let mdns = used.mdns.as_ref().unwrap();
        assert_eq!(mdns.failure.as_ref().unwrap().0.code(), "mdns_port_taken");
        assert_eq!(
            (&*bridge.name, bridge.skipped),
            ("docker0", Some(Skipped::Container))
        );
        assert_eq!((&*far.name, far.skipped), ("eth1", Some(Skipped::Public)));
        assert_eq!(far.mdns, None);
    }
}
