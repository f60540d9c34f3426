use std::{fmt, net::Ipv6Addr, str::FromStr};

/// Where a machine can be reached: `tcp:host:port`, with brackets around IPv6.
/// The word in front leaves room for other ways than TCP.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerAddress {
    host: String,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an address such as tcp:192.168.1.20:7878")]
pub struct BadAddress;

/// The longest name that DNS allows.
const HOST_CHARS: usize = 253;

impl PeerAddress {
    /// `host` is a name, an IPv4 address, or an IPv6 address without brackets.
    pub fn tcp(host: &str, port: u16) -> Result<Self, BadAddress> {
        let (bare, zone) = host.split_once('%').unwrap_or((host, "1"));
        let is_v6 = bare.parse::<Ipv6Addr>().is_ok() && is_name(zone);
        if port == 0 || host.len() > HOST_CHARS || !(is_v6 || is_name(host)) {
            return Err(BadAddress);
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(formatter, "tcp:[{host}]:{port}")
        } else {
            write!(formatter, "tcp:{host}:{port}")
        }
    }
}

impl FromStr for PeerAddress {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let (host, port) = text
            .strip_prefix("tcp:")
            .and_then(|rest| rest.rsplit_once(':'))
            .ok_or(BadAddress)?;
        let port = port.parse().map_err(|_| BadAddress)?;
        match host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
        {
            Some(v6) if v6.contains(':') => Self::tcp(v6, port),
            Some(_) => Err(BadAddress),
            None if host.contains(':') => Err(BadAddress),
            None => Self::tcp(host, port),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_alike() {
        for text in [
            "tcp:192.168.1.20:7878",
            "tcp:atlas.local:1",
            "tcp:[fe80::1%eth0]:7878",
            "tcp:[::1]:65535",
        ] {
            let address: PeerAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
        }
        let upper: PeerAddress = "tcp:Atlas.Local:1".parse().unwrap();
        assert_eq!(upper.host(), "atlas.local");
    }

    #[test]
    fn what_cannot_be_dialled_is_refused() {
        for text in [
            "",
            "atlas:7878",
            "udp:atlas:7878",
            "tcp:atlas",
            "tcp:atlas:0",
            "tcp:atlas:65536",
            "tcp::7878",
            "tcp:fe80::1:7878",
            "tcp:[atlas]:7878",
            "tcp:[fe80::1%]:7878",
            "tcp:a b:7878",
            "tcp:a/b:7878",
        ] {
            assert_eq!(text.parse::<PeerAddress>(), Err(BadAddress), "{text}");
        }
        assert!(PeerAddress::tcp(&"a".repeat(254), 1).is_err());
    }
}
