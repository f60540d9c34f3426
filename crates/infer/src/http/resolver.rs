use std::{io, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use crate::Reach;

/// Finds addresses, and hides those that are farther away than agreed: a name
/// that moved since then leads nowhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Within(pub(super) Reach);

impl Resolve for Within {
    fn resolve(&self, name: Name) -> Resolving {
        let Self(within) = *self;
        Box::pin(async move {
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            let near = near_enough(found, within).ok_or_else(|| {
                io::Error::other("the name leads farther away than what was agreed to")
            })?;
            let near: Addrs = Box::new(near.into_iter());
            Ok(near)
        })
    }
}

fn near_enough(found: Vec<SocketAddr>, within: Reach) -> Option<Vec<SocketAddr>> {
    let near: Vec<_> = found
        .into_iter()
        .filter(|address| Reach::of(address.ip()) <= within)
        .collect();
    (!near.is_empty()).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_farther_than_agreed() {
        let addresses = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|text| text.parse().unwrap()).collect()
        };
        let both = addresses(&["8.8.8.8:0", "192.168.1.2:0", "[2001:db8::1]:0"]);
        assert_eq!(
            near_enough(both.clone(), Reach::Lan),
            Some(addresses(&["192.168.1.2:0"]))
        );
        assert_eq!(near_enough(both.clone(), Reach::Beyond), Some(both.clone()));
        assert_eq!(near_enough(both, Reach::ThisMachine), None);
        assert_eq!(near_enough(Vec::new(), Reach::Beyond), None);
    }
}
