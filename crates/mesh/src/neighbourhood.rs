//! Which addresses are near: Banyan is for the local network, and answers
//! nobody else unless a person says so.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// Private, link-local, unique-local and loopback addresses, and the networks
/// that a person added (a VPN, a public network of their own).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbourhood {
    pub also: Vec<Network>,
}

/// A network as people write it, `100.64.0.0/10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a network is written like 10.0.0.0/8, not {0:?}")]
pub struct NotANetwork(String);

impl Neighbourhood {
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        is_near(ip) || self.also.iter().any(|network| network.contains(ip))
    }
}

impl Network {
    fn contains(self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let host = u32::MAX.checked_shr(self.prefix.into()).unwrap_or_default();
                (network.to_bits() | host) == (ip.to_bits() | host)
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let host = u128::MAX
                    .checked_shr(self.prefix.into())
                    .unwrap_or_default();
                (network.to_bits() | host) == (ip.to_bits() | host)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl std::str::FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, prefix) = text.trim().split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let prefix: u8 = prefix.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        if prefix > most {
            return Err(wrong());
        }
        Ok(Self { address, prefix })
    }
}

fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        IpAddr::V6(ip) => {
            ip.is_unique_local() || ip.is_unicast_link_local() || ip == Ipv6Addr::LOCALHOST
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internet_is_far() {
        let plain = Neighbourhood::default();
        for near in [
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.9",
            "169.254.3.4",
            "127.0.0.1",
            "::1",
            "fe80::1",
            "fd12::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(plain.contains(near.parse().unwrap()), "{near}");
        }
        for far in [
            "8.8.8.8",
            "172.32.0.1",
            "100.64.0.1",
            "0.0.0.0",
            "2001:db8::1",
            "::ffff:8.8.8.8",
            "224.0.0.1",
        ] {
            assert!(!plain.contains(far.parse().unwrap()), "{far}");
        }
    }

    #[test]
    fn a_person_can_add_networks() {
        let also = vec![
            "100.64.0.0/10".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ];
        let wider = Neighbourhood { also };
        assert!(wider.contains("100.100.0.1".parse().unwrap()));
        assert!(wider.contains("2001:db8:7::1".parse().unwrap()));
        assert!(!wider.contains("100.128.0.1".parse().unwrap()));
        for wrong in ["", "10.0.0.0", "10.0.0.0/33", "x/8", "::/129"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let everything = vec!["0.0.0.0/0".parse().unwrap()];
        assert!(Neighbourhood { also: everything }.contains("8.8.8.8".parse().unwrap()));
    }
}
