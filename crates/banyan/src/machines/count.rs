use std::fmt;

use api::dto::{Peer, PeerPresence, PeerState};
use serde::Serialize;

/// How many other machines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    pub(crate) connected: usize,
    pub(crate) trusted: usize,
    /// Near, and nothing was decided about them.
    pub(crate) new: usize,
}

pub(crate) fn count(peers: &[Peer]) -> Count {
    let count = |fits: fn(&Peer) -> bool| peers.iter().filter(|peer| fits(peer)).count();
    Count {
        connected: count(|peer| peer.presence == PeerPresence::Connected),
        trusted: count(|peer| peer.state == PeerState::Trusted),
        new: count(|peer| {
            matches!(peer.state, PeerState::Discovered | PeerState::Pending)
                && peer.presence != PeerPresence::Away
        }),
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            connected,
            trusted,
            new,
        } = self;
        write!(
            f,
            "{connected} connected, {trusted} trusted, {new} new nearby"
        )
    }
}
