//! How people name a machine, and where it is.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use tokio::{net::lookup_host, time::timeout};
use wire::DeviceId;

use super::{Known, Neighbour, NeighbourError};

/// Fewer characters of an id mean too many machines.
const LEAST_OF_ID: usize = 4;

/// As many as the short form of an id has: whoever writes these means the id.
const SURELY_AN_ID: usize = 8;

/// The longest name that DNS allows.
const HOST_CHARS: usize = 253;

/// A name on a LAN answers in milliseconds or not at all.
const LOOKUP_LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    #[error("no machine here is called {text:?}")]
    Unknown { text: String },
    #[error("{text:?} could be any of: {}", candidates.join(", "))]
    Ambiguous {
        text: String,
        /// Short ids.
        candidates: Vec<String>,
    },
}

/// Where a machine is, as a person says it: `host[:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    host: String,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPlace {
    #[error("{text:?} is not an address such as 192.168.1.20 or atlas.local:7878")]
    NoAddress { text: String },
    /// Every interface has a network of that prefix.
    #[error("{address} belongs to an interface, which has to be named: {address}%eth0")]
    NeedsInterface { address: Ipv6Addr },
}

pub(super) fn find(known: &Known, text: &str) -> Result<Arc<Neighbour>, FindError> {
    let text = text.trim();
    if let Ok(device) = DeviceId::from_str(text)
        && let Some(neighbour) = known.get(&device)
    {
        return Ok(Arc::clone(neighbour));
    }
    let letters = letters(text);
    let by_id = |neighbour: &Neighbour| {
        letters.len() >= LEAST_OF_ID
            && self::letters(&neighbour.device.to_string()).starts_with(&letters)
    };
    let by_name = |neighbour: &Neighbour| {
        let names = neighbour.name.iter().chain(&neighbour.offered_name);
        names
            .into_iter()
            .any(|name| name.to_lowercase() == text.to_lowercase())
    };
    let fitting = |fits: &dyn Fn(&Neighbour) -> bool| -> Vec<_> {
        known.values().filter(|neighbour| fits(neighbour)).collect()
    };
    // Machines choose their names themselves, and one may call itself like the id
    // of another.
    let mut found = fitting(&by_id);
    if found.is_empty() || letters.len() < SURELY_AN_ID {
        found = fitting(&|neighbour| by_id(neighbour) || by_name(neighbour));
    }
    match found.as_slice() {
        [one] => Ok(Arc::clone(one)),
        [] => Err(FindError::Unknown {
            text: text.to_owned(),
        }),
        several => Err(FindError::Ambiguous {
            text: text.to_owned(),
            candidates: several.iter().map(|one| one.device.short()).collect(),
        }),
    }
}

/// Every address that the places of a ticket may mean. One that cannot be found
/// now is left out as long as there are others.
pub(super) async fn addresses_of(
    places: &[wire::ticket::Place],
) -> Result<Vec<SocketAddr>, NeighbourError> {
    let mut addresses = Vec::new();
    let mut failed = None;
    for place in places {
        let host = match &place.host {
            wire::ticket::Host::Name(name) => name.as_str().to_owned(),
            wire::ticket::Host::Ip(ip) => ip.to_string(),
        };
        let place = Place {
            host,
            port: Some(place.port.get()),
        };
        match place.resolve(0).await {
            Ok(found) => addresses.extend(found),
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if addresses.is_empty() => Err(error),
        Some(_) | None => Ok(addresses),
    }
}

/// Ids are compared as they are read aloud.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|char| !matches!(char, '-' | ' '))
        .map(|char| char.to_ascii_uppercase())
        .collect()
}

impl Place {
    /// Every address it may mean; `port` is used where it names none.
    pub(super) async fn resolve(&self, port: u16) -> Result<Vec<SocketAddr>, NeighbourError> {
        let port = self.port.unwrap_or(port);
        if let Ok(ip) = self.host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let nobody = |reason: String| NeighbourError::NoSuchHost {
            host: self.host.clone(),
            reason,
        };
        match timeout(LOOKUP_LIMIT, lookup_host((self.host.as_str(), port))).await {
            Ok(Ok(addresses)) => Ok(addresses.collect()),
            Ok(Err(error)) => Err(nobody(crate::plain(&error))),
            Err(_) => Err(nobody("nobody answered in time".to_owned())),
        }
    }
}

impl FromStr for Place {
    type Err = BadPlace;

    fn from_str(text: &str) -> Result<Self, BadPlace> {
        let bad = || BadPlace::NoAddress {
            text: text.chars().take(HOST_CHARS).collect(),
        };
        let text = text.trim();
        let (host, port) = if is_v6(text) {
            (text, None)
        } else {
            match text.rsplit_once(':') {
                Some(_) if text.ends_with(']') => (text, None),
                Some((host, port)) => (host, Some(port.parse().map_err(|_| bad())?)),
                None => (text, None),
            }
        };
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let host = match bare {
            Some(v6) if is_v6(v6) => v6.to_owned(),
            Some(_) => return Err(bad()),
            // The names of interfaces may have capitals.
            None if host.contains('%') => host.to_owned(),
            None => host.to_ascii_lowercase(),
        };
        let is_name = |host: &str| {
            host.chars()
                .all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_'))
        };
        if let Ok(address) = host.parse::<Ipv6Addr>()
            && address.is_unicast_link_local()
        {
            return Err(BadPlace::NeedsInterface { address });
        }
        let is_address = host.parse::<IpAddr>().is_ok() || is_v6(&host);
        if host.is_empty()
            || host.len() > HOST_CHARS
            || port == Some(0)
            || !(is_address || is_name(&host))
        {
            return Err(bad());
        }
        Ok(Self { host, port })
    }
}

/// With the interface behind it, where it belongs to one: `fe80::1%eth0`.
fn is_v6(text: &str) -> bool {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    let named = |zone: &str| {
        !zone.is_empty()
            && zone
                .chars()
                .all(|char| char.is_ascii_graphic() && char != '%')
    };
    address
        .parse::<Ipv6Addr>()
        .is_ok_and(|address| zone.is_none_or(|zone| address.is_unicast_link_local() && named(zone)))
}

#[cfg(test)]
mod tests {
    use wire::{DeviceKey, msg::session::Form};

    use super::{super::Presence, *};
    use crate::trust::Standing;

    fn named(seed: u8, name: &str) -> Arc<Neighbour> {
        Arc::new(Neighbour {
            device: DeviceKey::from_seed(&[seed; 32]).id(),
            name: Some(name.to_owned()),
            offered_name: None,
            form: Form::Unknown,
            person: None,
            standing: Standing::Discovered,
            presence: Presence::Away,
            addresses: Vec::new(),
            has_llm: false,
            trusts_us: false,
            other_mesh: false,
            last_seen: None,
            clock_ahead: None,
            rights: Vec::new(),
            quota: None,
            pairing: None,
            trouble: None,
        })
    }

    #[test]
    fn an_address_of_one_interface_names_it() {
        let place: Place = "[fe80::1%eth0]:7878".parse().unwrap();
        assert_eq!(place.host, "fe80::1%eth0");
        assert_eq!(place.port, Some(7878));
        assert_eq!(
            "fe80::1%Ethernet_2".parse::<Place>().unwrap().host,
            "fe80::1%Ethernet_2"
        );
        let unnamed = BadPlace::NeedsInterface {
            address: "fe80::1".parse().unwrap(),
        };
        for text in ["fe80::1", "[fe80::1]", "[fe80::1]:7878"] {
            assert_eq!(text.parse::<Place>(), Err(unnamed.clone()), "{text}");
        }
        for wrong in [
            "fe80::1%",
            "[fe80::1%]:7878",
            "fd00::1%eth0",
            "atlas%eth0",
            "fe80::1%a%b",
        ] {
            assert!(
                matches!(wrong.parse::<Place>(), Err(BadPlace::NoAddress { .. })),
                "{wrong}"
            );
        }
    }

    #[test]
    fn who_calls_itself_like_the_id_of_another_is_not_taken_for_it() {
        let meant = named(1, "atlas");
        let id = meant.device.short();
        let beginning = id.chars().take(LEAST_OF_ID).collect::<String>();
        for pretended in [&id, &beginning] {
            let other = named(2, pretended);
            let known = Known::from([(meant.device, meant.clone()), (other.device, other)]);
            assert_eq!(find(&known, &id), Ok(meant.clone()));
            assert_eq!(find(&known, "Atlas"), Ok(meant.clone()));
            let short = find(&known, &beginning);
            let ambiguous = matches!(short, Err(FindError::Ambiguous { .. }));
            assert_eq!(ambiguous, *pretended == beginning, "{short:?}");
        }
    }

    #[test]
    fn places_are_read_as_people_write_them() {
        for (text, host, port) in [
            ("192.168.1.20", "192.168.1.20", None),
            (" 192.168.1.20:7878 ", "192.168.1.20", Some(7878)),
            ("Atlas.local:1", "atlas.local", Some(1)),
            ("atlas", "atlas", None),
            ("fd00::1", "fd00::1", None),
            ("[fd00::1]:7878", "fd00::1", Some(7878)),
            ("[::1]", "::1", None),
        ] {
            let place: Place = text.parse().unwrap();
            assert_eq!((place.host.as_str(), place.port), (host, port), "{text}");
        }
        for text in [
            "",
            ":1",
            "a b",
            "a:0",
            "a:65536",
            "a:b",
            "[atlas]:1",
            "http://a",
            "a/b",
        ] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
