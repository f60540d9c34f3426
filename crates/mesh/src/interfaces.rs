//! The network interfaces of this machine and which of them the mesh uses.
//!
//! Looked at when somebody asks; nothing polls.

use std::{
    collections::BTreeMap,
    fmt, io,
    net::{IpAddr, Ipv4Addr},
};

use if_addrs::{IfAddr, IfOperStatus};

/// An interface with its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    pub kind: InterfaceKind,
    /// By which the system knows it; IPv6 cannot do without.
    pub index: Option<u32>,
    pub addresses: Vec<Address>,
    /// It works at this moment.
    pub up: bool,
    /// The mesh uses it.
    pub usable: bool,
}

/// Why an interface is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    Down,
    Loopback,
    PointToPoint,
    Container,
    /// A person chose others.
    NotChosen,
    /// Its addresses are not of a local network.
    Public,
    /// Its network has no room for neighbours.
    Alone,
}

/// What an interface leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterfaceKind {
    Lan,
    Loopback,
    /// A tunnel or a modem: one machine at the other end, no neighbours.
    PointToPoint,
    /// A bridge to containers or virtual machines on this machine.
    Container,
}

/// An address with the length of its network's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    pub ip: IpAddr,
    pub prefix: u8,
}

/// What the usable interfaces are good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Neighbours can be found and reached.
    Lan,
    /// Only over IPv6.
    Ipv6Only,
    Nothing,
}

/// The interfaces that are there. `chosen` are the names that a person chose;
/// none means all that suit.
pub fn interfaces(chosen: &[&str]) -> io::Result<Vec<Interface>> {
    Ok(arrange(if_addrs::get_if_addrs()?, chosen))
}

/// The chosen names that no interface of this machine has.
pub fn missing<'a>(interfaces: &[Interface], chosen: &'a [String]) -> Vec<&'a str> {
    let is_there = |name: &str| interfaces.iter().any(|interface| interface.name == name);
    let names = chosen.iter().map(String::as_str);
    names.filter(|name| !is_there(name)).collect()
}

/// What a mesh could do on `interfaces`.
pub fn reach(interfaces: &[Interface]) -> Reach {
    let mut addresses = interfaces
        .iter()
        .filter(|i| i.usable)
        .flat_map(|i| &i.addresses)
        .peekable();
    if addresses.peek().is_none() {
        Reach::Nothing
    } else if addresses.any(|address| address.ip.is_ipv4()) {
        Reach::Lan
    } else {
        Reach::Ipv6Only
    }
}

impl Interface {
    /// Why it is left out, where it is.
    pub fn skipped(&self) -> Option<Skipped> {
        match (self.usable, self.up, self.kind) {
            (true, _, _) => None,
            (false, false, _) => Some(Skipped::Down),
            (false, true, InterfaceKind::Loopback) => Some(Skipped::Loopback),
            (false, true, InterfaceKind::PointToPoint) => Some(Skipped::PointToPoint),
            (false, true, InterfaceKind::Container) => Some(Skipped::Container),
            (false, true, InterfaceKind::Lan) => Some(Skipped::NotChosen),
        }
    }
}

impl Address {
    /// Where all machines of this network listen; IPv6 has no such address, and
    /// a network of one or two machines needs none.
    pub fn broadcast(&self) -> Option<Ipv4Addr> {
        let IpAddr::V4(ip) = self.ip else {
            return None;
        };
        if self.prefix > 30 {
            return None;
        }
        let machines = u32::MAX.checked_shr(self.prefix.into()).unwrap_or_default();
        Some(Ipv4Addr::from_bits(ip.to_bits() | machines))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ip, self.prefix)
    }
}

impl fmt::Display for InterfaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lan => "lan",
            Self::Loopback => "loopback",
            Self::PointToPoint => "point-to-point",
            Self::Container => "container",
        })
    }
}

/// The system lists every address by itself; here they are gathered by name.
fn arrange(listed: Vec<if_addrs::Interface>, chosen: &[&str]) -> Vec<Interface> {
    let mut interfaces = BTreeMap::new();
    for entry in listed {
        let kind = kind(&entry);
        let fits = match chosen {
            [] => kind == InterfaceKind::Lan,
            names => names.contains(&entry.name.as_str()),
        };
        let up = entry.oper_status == IfOperStatus::Up;
        let interface = interfaces
            .entry(entry.name.clone())
            .or_insert_with(|| Interface {
                name: entry.name.clone(),
                kind,
                index: entry.index,
                addresses: Vec::new(),
                up,
                usable: fits && up,
            });
        interface.addresses.push(address(&entry.addr));
    }
    let mut interfaces: Vec<_> = interfaces.into_values().collect();
    for interface in &mut interfaces {
        interface.addresses.sort();
    }
    interfaces.sort_by_key(|interface| !interface.usable);
    interfaces
}

fn address(listed: &IfAddr) -> Address {
    match listed {
        IfAddr::V4(v4) => Address {
            ip: v4.ip.into(),
            prefix: v4.prefixlen,
        },
        IfAddr::V6(v6) => Address {
            ip: v6.ip.into(),
            prefix: v6.prefixlen,
        },
    }
}

fn kind(entry: &if_addrs::Interface) -> InterfaceKind {
    let name = entry.name.as_str();
    if entry.is_loopback() {
        InterfaceKind::Loopback
    } else if leads_to_containers(name) {
        InterfaceKind::Container
    } else if entry.is_p2p || begins_with(name, TUNNELS) {
        InterfaceKind::PointToPoint
    } else {
        InterfaceKind::Lan
    }
}

/// Names that container and virtual machine programs give to their bridges.
const BRIDGES: &[&str] = &[
    "docker",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "cni",
    "flannel",
    "cali",
    "podman",
    "lxcbr",
    "lxdbr",
    "incusbr",
    "kube-",
    "nerdctl",
    "waydroid",
    "bridge1",
    "vEthernet (",
    "VMware Network",
    "VirtualBox",
];

/// Names of tunnels on systems that do not mark them, and of Apple's links
/// between two devices.
const TUNNELS: &[&str] = &[
    "tun",
    "utun",
    "wg",
    "ppp",
    "tailscale",
    "awdl",
    "llw",
    "ipsec",
];

fn leads_to_containers(name: &str) -> bool {
    begins_with(name, BRIDGES) || name.strip_prefix("br-").is_some_and(is_docker_network)
}

/// Docker names a network's bridge by twelve hexadecimal digits; routers call
/// their real bridge `br-lan`.
fn is_docker_network(rest: &str) -> bool {
    rest.len() == 12 && rest.chars().all(|digit| digit.is_ascii_hexdigit())
}

fn begins_with(name: &str, beginnings: &[&str]) -> bool {
    beginnings
        .iter()
        .any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use if_addrs::{Ifv4Addr, Ifv6Addr};

    use super::*;

    fn entry(name: &str, ip: &str, prefix: u8, p2p: bool, up: bool) -> if_addrs::Interface {
        let addr = match ip.parse().unwrap() {
            IpAddr::V4(ip) => IfAddr::V4(Ifv4Addr {
                ip,
                netmask: [255, 255, 255, 0].into(),
                prefixlen: prefix,
                broadcast: None,
            }),
            IpAddr::V6(ip) => {
                let netmask = std::net::Ipv6Addr::UNSPECIFIED;
                IfAddr::V6(Ifv6Addr {
                    ip,
                    netmask,
                    prefixlen: prefix,
                    broadcast: None,
                })
            }
        };
        if_addrs::Interface {
            name: name.to_owned(),
            addr,
            index: None,
            oper_status: if up {
                IfOperStatus::Up
            } else {
                IfOperStatus::Down
            },
            is_p2p: p2p,
            #[cfg(windows)]
            adapter_name: String::new(),
        }
    }

    fn laptop() -> Vec<if_addrs::Interface> {
        vec![
            entry("lo", "127.0.0.1", 8, false, true),
            entry("lo", "::1", 128, false, true),
            entry("docker0", "172.17.0.1", 16, false, true),
            entry("br-0123456789ab", "172.18.0.1", 16, false, true),
            entry("wg0", "10.8.0.2", 24, true, true),
            entry("eth0", "10.0.0.7", 24, false, false),
            entry("wlan0", "fe80::1", 64, false, true),
            entry("wlan0", "192.168.1.20", 24, false, true),
        ]
    }

    fn usable(interfaces: &[Interface]) -> Vec<&str> {
        interfaces
            .iter()
            .filter(|i| i.usable)
            .map(|i| i.name.as_str())
            .collect()
    }

    #[test]
    fn the_lan_is_used_and_listed_first() {
        let interfaces = arrange(laptop(), &[]);
        assert_eq!(usable(&interfaces), ["wlan0"]);
        let first = &interfaces[0];
        let addresses: Vec<_> = first.addresses.iter().map(Address::to_string).collect();
        assert_eq!(addresses, ["192.168.1.20/24", "fe80::1/64"]);
        let kinds: BTreeMap<_, _> = interfaces
            .iter()
            .map(|i| (i.name.as_str(), i.kind))
            .collect();
        assert_eq!(kinds["lo"], InterfaceKind::Loopback);
        assert_eq!(kinds["docker0"], InterfaceKind::Container);
        assert_eq!(kinds["br-0123456789ab"], InterfaceKind::Container);
        assert_eq!(kinds["wg0"], InterfaceKind::PointToPoint);
        assert_eq!(kinds["eth0"], InterfaceKind::Lan);
        assert_eq!(reach(&interfaces), Reach::Lan);
    }

    #[test]
    fn what_is_left_out_has_a_reason() {
        let skipped = |chosen: &[&str]| -> BTreeMap<String, Skipped> {
            arrange(laptop(), chosen)
                .into_iter()
                .filter_map(|i| i.skipped().map(|reason| (i.name, reason)))
                .collect()
        };
        let reasons = skipped(&[]);
        assert_eq!(reasons["lo"], Skipped::Loopback);
        assert_eq!(reasons["docker0"], Skipped::Container);
        assert_eq!(reasons["wg0"], Skipped::PointToPoint);
        assert_eq!(reasons["eth0"], Skipped::Down);
        assert!(!reasons.contains_key("wlan0"));
        assert_eq!(skipped(&["wg0"])["wlan0"], Skipped::NotChosen);
    }

    #[test]
    fn a_choice_beats_what_suits() {
        let interfaces = arrange(laptop(), &["wg0", "eth0", "missing"]);
        assert_eq!(usable(&interfaces), ["wg0"]);
        assert_eq!(reach(&arrange(laptop(), &["missing"])), Reach::Nothing);
    }

    #[test]
    fn no_network_and_ipv6_only_are_told_apart() {
        let alone = laptop()
            .into_iter()
            .filter(|entry| entry.name != "wlan0")
            .collect();
        assert_eq!(reach(&arrange(alone, &[])), Reach::Nothing);
        let modern = vec![entry("eth0", "fd00::7", 64, false, true)];
        assert_eq!(reach(&arrange(modern, &[])), Reach::Ipv6Only);
    }

    #[test]
    fn a_router_bridge_is_no_container() {
        let interfaces = arrange(vec![entry("br-lan", "192.168.1.1", 24, false, true)], &[]);
        assert_eq!(interfaces[0].kind, InterfaceKind::Lan);
    }

    #[test]
    fn the_broadcast_address_is_the_last_of_the_network() {
        let broadcast = |ip: &str, prefix| {
            let ip = ip.parse().unwrap();
            Address { ip, prefix }.broadcast().map(|ip| ip.to_string())
        };
        assert_eq!(broadcast("192.168.1.20", 24).unwrap(), "192.168.1.255");
        assert_eq!(broadcast("10.1.2.3", 8).unwrap(), "10.255.255.255");
        assert_eq!(broadcast("10.1.2.3", 22).unwrap(), "10.1.3.255");
        assert_eq!(broadcast("10.1.2.3", 32), None);
        assert_eq!(broadcast("fe80::1", 64), None);
    }

    #[test]
    fn this_machine_can_be_asked() {
        let interfaces = interfaces(&[]).unwrap();
        assert!(
            interfaces.iter().any(|i| i.kind == InterfaceKind::Loopback),
            "{interfaces:?}"
        );
    }
}
