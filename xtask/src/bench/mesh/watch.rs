//! What many nodes say about each other, with the time at which they said it.

use std::{
    collections::BTreeMap,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::lab::{Ender, Events, Gateway, Peer};

/// One thread reads each node; their streams end with this value.
pub(super) struct Watch {
    sights: Receiver<Sight>,
    tell: Sender<Sight>,
    enders: BTreeMap<u8, Ender>,
    seen: Seen,
}

/// A node (by the number of its machine) said something about a peer (by id).
struct Sight {
    node: u8,
    at: Instant,
    peer: Peer,
}

/// The latest that was said by each node about each peer.
#[derive(Debug, Default)]
pub(super) struct Seen {
    views: BTreeMap<(u8, String), View>,
}

#[derive(Debug, Clone)]
struct View {
    known: Instant,
    peer: Peer,
    /// When the latest session was told of, while it lasts.
    session: Option<Instant>,
}

impl Watch {
    pub(super) fn new() -> Self {
        let (tell, sights) = channel();
        Self {
            sights,
            tell,
            enders: BTreeMap::new(),
            seen: Seen::default(),
        }
    }

    /// Listens to a node from now on.
    pub(super) fn listen(&mut self, node: u8, gateway: Gateway) -> Result<()> {
        let mut events = gateway.events()?;
        self.enders.insert(node, events.ender()?);
        let tell = self.tell.clone();
        thread::spawn(move || {
            // Ends when the node or this measurement does; either is no failure
            // here, because whoever waits has a limit.
            let _ = follow(node, &gateway, &mut events, &tell);
        });
        Ok(())
    }

    /// A node is gone; what it said is forgotten.
    pub(super) fn forget(&mut self, node: u8) {
        self.enders.remove(&node);
        self.catch_up();
        self.seen.views.retain(|(by, _), _| *by != node);
    }

    /// Takes what was said until now.
    pub(super) fn catch_up(&mut self) -> &Seen {
        while let Ok(sight) = self.sights.try_recv() {
            self.seen.take(sight);
        }
        &self.seen
    }

    /// Reads until `done` has an answer.
    pub(super) fn until<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut done: impl FnMut(&Seen) -> Option<T>,
    ) -> Result<T> {
        let began = Instant::now();
        loop {
            if let Some(answer) = done(self.catch_up()) {
                return Ok(answer);
            }
            let left = limit.saturating_sub(began.elapsed());
            match self.sights.recv_timeout(left) {
                Ok(sight) => self.seen.take(sight),
                Err(_) => bail!("{} seconds passed without {what}", limit.as_secs()),
            }
        }
    }
}

fn follow(node: u8, gateway: &Gateway, events: &mut Events, tell: &Sender<Sight>) -> Result<()> {
    while let Some((at, event)) = events.next() {
        match event.get("kind").and_then(Value::as_str) {
            // The first of all, and whenever some were missed.
            Some("resync") => {
                let list = gateway.call("peers.list", &Value::Null)?;
                let at = Instant::now();
                for peer in list.as_array().into_iter().flatten() {
                    let peer = Peer::read(peer)?;
                    tell.send(Sight { node, at, peer })?;
                }
            }
            Some("peer_changed") => {
                let peer = Peer::read(event.get("peer").context("an event without peer")?)?;
                tell.send(Sight { node, at, peer })?;
            }
            _ => {}
        }
    }
    Ok(())
}

impl Seen {
    /// When `node` first knew of `peer`.
    pub(super) fn known(&self, node: u8, peer: &str) -> Option<Instant> {
        self.view(node, peer).map(|view| view.known)
    }

    /// When `node` told of the session with `peer` that it has now.
    pub(super) fn session(&self, node: u8, peer: &str) -> Option<Instant> {
        self.view(node, peer)?.session
    }

    /// What names that session: no other of these two began at that time.
    pub(super) fn since(&self, node: u8, peer: &str) -> Option<&str> {
        self.view(node, peer)?.peer.session_since.as_deref()
    }

    fn view(&self, node: u8, peer: &str) -> Option<&View> {
        self.views.get(&(node, peer.to_owned()))
    }

    fn take(&mut self, Sight { node, at, peer }: Sight) {
        let view = self
            .views
            .entry((node, peer.id.clone()))
            .or_insert_with(|| View {
                known: at,
                peer: Peer {
                    session_since: None,
                    ..peer.clone()
                },
                session: None,
            });
        if view.peer.session_since != peer.session_since {
            view.session = peer.has_session().then_some(at);
        }
        view.peer = peer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(at: Instant, since: Option<&str>) -> Sight {
        let peer = Peer {
            id: "other".to_owned(),
            name: None,
            addresses: Vec::new(),
            session_since: since.map(str::to_owned),
            session_address: None,
        };
        Sight { node: 1, at, peer }
    }

    #[test]
    fn the_first_word_counts_for_knowledge_and_the_latest_session_for_the_other() {
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        let mut seen = Seen::default();
        seen.take(sight(start, None));
        assert_eq!(seen.session(1, "other"), None);
        seen.take(sight(later(1), Some("noon")));
        // Something else about it changed.
        seen.take(sight(later(2), Some("noon")));
        assert_eq!(seen.session(1, "other"), Some(later(1)));
        // Replaced, without a moment in between.
        seen.take(sight(later(3), Some("one")));
        assert_eq!(seen.session(1, "other"), Some(later(3)));
        assert_eq!(seen.since(1, "other"), Some("one"));
        seen.take(sight(later(4), None));
        assert_eq!(seen.session(1, "other"), None);
        assert_eq!(seen.known(1, "other"), Some(start));
        assert_eq!(seen.known(2, "other"), None);
    }

    #[test]
    fn a_session_in_the_first_word_is_one() {
        let start = Instant::now();
        let mut seen = Seen::default();
        seen.take(sight(start, Some("noon")));
        assert_eq!(seen.session(1, "other"), Some(start));
    }

    #[test]
    fn who_waits_in_vain_is_told_for_what() {
        let mut watch = Watch::new();
        let error = watch
            .until("a miracle", Duration::ZERO, |_| None::<()>)
            .unwrap_err()
            .to_string();
        assert!(error.contains("a miracle"), "{error}");
    }
}
