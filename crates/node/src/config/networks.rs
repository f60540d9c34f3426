use std::collections::BTreeSet;
use std::fmt;

use mesh::neighbourhood::Network;

use super::kind::{Item, Kind};
use super::value::{RawValue, Value};

/// A network whose machines are answered although it is not a private one, such as that of a VPN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllowedNetwork(Network);

impl AllowedNetwork {
    /// The longest is an IPv6 network; nobody has more than a handful.
    pub(super) const KIND: Kind = Kind::List {
        of: Item::Network,
        max_items: 32,
        max_chars: 43,
    };

    pub fn get(self) -> Network {
        self.0
    }
}

impl fmt::Display for AllowedNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Value for Vec<AllowedNetwork> {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        let Kind::List { max_items, .. } = kind else {
            return None;
        };
        let networks: Vec<_> = raw
            .list()?
            .iter()
            .map(|text| text.parse().ok().map(AllowedNetwork))
            .collect::<Option<_>>()?;
        let different: BTreeSet<_> = networks.iter().collect();
        (networks.len() <= max_items && different.len() == networks.len()).then_some(networks)
    }

    fn raw(&self) -> RawValue {
        RawValue::List(self.iter().map(ToString::to_string).collect())
    }
}
