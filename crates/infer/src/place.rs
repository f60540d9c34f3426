//! Where a server is: its address, and whether asking it leaves this machine or
//! this network.
//!
//! What an address is called proves nothing, so the addresses that it resolves
//! to decide; and because those may be others a moment later, a client connects
//! to none that lies farther away than what was agreed (see `http::resolver`).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
    time::Duration,
};

use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::{net::lookup_host, time::timeout};

/// More is no address that anyone typed.
const LONGEST: usize = 2048;

/// Names are resolved by the system, which may ask a server that is gone.
const RESOLVING: Duration = Duration::from_secs(3);

/// The base address of a server. Holds no name and no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Url);

/// How far away something is. The order is that of distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    ThisMachine,
    /// Addresses that no router of the internet carries.
    Lan,
    /// Everything else, and whatever is in doubt.
    Beyond,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no http or https address")]
pub struct NotAPlace;

impl Place {
    /// Reads a whole address, such as `http://127.0.0.1:1234/v1`. Where a server
    /// would listen everywhere, a client goes to the machine itself.
    pub fn parse(text: &str) -> Result<Self, NotAPlace> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(NotAPlace);
        }
        let mut url = Url::parse(text).map_err(|_| NotAPlace)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain || url.host_str().is_none() {
            return Err(NotAPlace);
        }
        let here = match literal(&url) {
            Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            Some(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            Some(_) | None => None,
        };
        if let Some(here) = here {
            url.set_ip_host(here).map_err(|()| NotAPlace)?;
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address of something there.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let base = url.path().trim_end_matches('/');
        let path = format!("{base}/{path}");
        url.set_path(&path);
        url
    }

    /// The same server, at `path` where the address itself names none.
    pub(crate) fn or_at(mut self, path: &str) -> Self {
        if self.0.path() == "/" {
            self.0.set_path(path);
        }
        self
    }

    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// How far away it is, where the address alone tells.
    pub fn literal_reach(&self) -> Option<Reach> {
        literal(&self.0).map(Reach::of)
    }

    /// How far away the nearest of its addresses is, beyond where that cannot be
    /// known. Clients that were made for this distance use no farther one.
    pub async fn reach(&self) -> Reach {
        self.resolve().await.unwrap_or(Reach::Beyond)
    }

    /// As [`Self::reach`]; nothing where nobody knows the name.
    pub async fn resolve(&self) -> Option<Reach> {
        if let Some(reach) = self.literal_reach() {
            return Some(reach);
        }
        let looked_up = timeout(RESOLVING, lookup_host((self.host(), 0))).await;
        let addresses = looked_up.ok()?.ok()?;
        addresses.map(|address| Reach::of(address.ip())).min()
    }

    /// The name or the address of the machine.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// With the one that its kind of address implies.
    pub fn port(&self) -> Option<u16> {
        self.0.port_or_known_default()
    }
}

impl Reach {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            ip if ip.is_loopback() => Self::ThisMachine,
            IpAddr::V4(ip) if ip.is_private() || ip.is_link_local() => Self::Lan,
            IpAddr::V6(ip) if ip.is_unique_local() || ip.is_unicast_link_local() => Self::Lan,
            IpAddr::V4(_) | IpAddr::V6(_) => Self::Beyond,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        Self::parse(text)
    }
}

fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_judged_by_address() {
        use Reach::{Beyond, Lan, ThisMachine};
        for (address, reach) in [
            ("127.0.0.1", ThisMachine),
            ("127.8.9.1", ThisMachine),
            ("::1", ThisMachine),
            ("::ffff:127.0.0.1", ThisMachine),
            ("10.1.2.3", Lan),
            ("172.16.0.1", Lan),
            ("172.31.255.255", Lan),
            ("192.168.1.9", Lan),
            ("169.254.3.4", Lan),
            ("fd00::1", Lan),
            ("fe80::1", Lan),
            ("::ffff:192.168.1.9", Lan),
            ("172.32.0.1", Beyond),
            ("192.169.0.1", Beyond),
            ("100.64.0.1", Beyond),
            ("8.8.8.8", Beyond),
            ("2001:db8::1", Beyond),
            ("::ffff:8.8.8.8", Beyond),
            ("64:ff9b::a00:1", Beyond),
            ("0.0.0.0", Beyond),
            ("255.255.255.255", Beyond),
        ] {
            assert_eq!(Reach::of(address.parse().unwrap()), reach, "{address}");
        }
    }

    #[test]
    fn a_place_is_an_address_and_nothing_else() {
        for (text, shown) in [
            ("http://127.0.0.1:11434/", "http://127.0.0.1:11434"),
            ("https://models.lan/ollama/", "https://models.lan/ollama"),
            ("http://0.0.0.0:9999", "http://127.0.0.1:9999"),
            ("http://[::]:9999", "http://[::1]:9999"),
            // Other spellings of loopback are read as what they are.
            ("http://2130706433:1", "http://127.0.0.1:1"),
            ("http://0x7f.1:1", "http://127.0.0.1:1"),
        ] {
            assert_eq!(Place::parse(text).unwrap().to_string(), shown, "{text}");
        }
        let long = format!("http://{}", "a".repeat(3000));
        for text in [
            "",
            "http://",
            "ftp://host",
            "file:///etc/passwd",
            "http://anna:secret@host:1",
            "http://host/?q=1",
            "http://host/#x",
            "127.0.0.1:11434",
            long.as_str(),
        ] {
            assert_eq!(Place::parse(text), Err(NotAPlace), "{text}");
        }
    }

    #[test]
    fn what_lies_there_is_found_below_its_path() {
        let at = |base: &str| Place::parse(base).unwrap().at("api/tags").to_string();
        assert_eq!(at("http://h:1"), "http://h:1/api/tags");
        assert_eq!(at("http://h:1/a/b/"), "http://h:1/a/b/api/tags");
    }

    #[tokio::test]
    async fn names_are_judged_by_their_addresses() {
        let reach = async |text: &str| Place::parse(text).unwrap().reach().await;
        assert_eq!(reach("http://localhost:1").await, Reach::ThisMachine);
        assert_eq!(reach("http://127.0.0.1:1").await, Reach::ThisMachine);
        assert_eq!(reach("http://192.168.3.4:1").await, Reach::Lan);
        // In doubt it is far away.
        assert_eq!(reach("http://nobody.invalid").await, Reach::Beyond);
        let nobody = Place::parse("http://nobody.invalid").unwrap();
        assert_eq!(nobody.resolve().await, None);
    }
}
