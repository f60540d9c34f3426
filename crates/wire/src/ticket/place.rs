//! Where a machine is, as it is written down: `host:port`.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU16,
    str::FromStr,
};

/// The longest name, and the longest piece of one, that DNS allows.
const NAME: usize = 253;
const LABEL: usize = 63;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub host: Host,
    pub port: NonZeroU16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    Ip(IpAddr),
    Name(HostName),
}

/// A name that can be looked up, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no name of a machine")]
pub struct NotAHostName;

/// Why text is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    #[error("after the machine comes a colon and a port from 1 to 65535")]
    Port,
    #[error("between brackets stands an IPv6 address")]
    Address,
    #[error(transparent)]
    Name(#[from] NotAHostName),
}

impl HostName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = NotAHostName;

    fn from_str(text: &str) -> Result<Self, NotAHostName> {
        let good = |label: &str| {
            (1..=LABEL).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        // A mistyped address is looked up by nobody.
        let number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
        let last = text.rsplit('.').next().unwrap_or_default();
        if text.len() > NAME || !text.split('.').all(good) || number(last) {
            return Err(NotAHostName);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let (host, port) = text.rsplit_once(':').ok_or(PlaceError::Port)?;
        // `u16` would also take a sign.
        let digits = port.bytes().all(|b| b.is_ascii_digit());
        let port = port.parse().ok().filter(|_| digits);
        let port = port.ok_or(PlaceError::Port)?;
        let host = match host.strip_prefix('[') {
            Some(host) => {
                let host = host.strip_suffix(']').ok_or(PlaceError::Address)?;
                let ip: Ipv6Addr = host.parse().map_err(|_| PlaceError::Address)?;
                Host::Ip(ip.into())
            }
            None => match host.parse() {
                Ok(ip) => Host::Ip(IpAddr::V4(ip)),
                Err(_) => Host::Name(host.parse()?),
            },
        };
        Ok(Self { host, port })
    }
}

/// Without what only the machine itself can know: through which interface an
/// address is reached.
impl TryFrom<SocketAddr> for Place {
    type Error = PlaceError;

    fn try_from(address: SocketAddr) -> Result<Self, PlaceError> {
        let port = NonZeroU16::new(address.port()).ok_or(PlaceError::Port)?;
        let host = Host::Ip(address.ip());
        Ok(Self { host, port })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]")?,
            Host::Ip(IpAddr::V4(ip)) => write!(f, "{ip}")?,
            Host::Name(name) => f.write_str(name.as_str())?,
        }
        write!(f, ":{}", self.port)
    }
}
