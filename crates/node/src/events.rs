//! What happened, in order, for everybody who listens.
//!
//! The latest events lie in one bounded ring behind a `watch`. A listener holds
//! the number of the last event it saw and copies what came after; nothing is
//! queued per listener, so a slow one costs nothing and blocks nobody. Where
//! events it has not seen already left the ring, it is told to ask for
//! everything again ([`Happening::Resync`]).
//!
//! Numbers rise by one and start at the milliseconds since 1970 at which the
//! ring was made: a listener that comes back after a restart holds a number
//! that is either too old or too new, never one that fits by chance.
//!
//! Invariant: events name what changed and carry no state of their own, so a
//! listener that reads the state after an event never sees an older one.

use std::{
    collections::VecDeque,
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::sync::watch;

use wire::DeviceId;

use crate::{NodeState, store::Occasion};

/// Enough for a page that sleeps for minutes; a few kilobytes.
const RING: usize = 1024;

/// Something that happened, with its place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub seq: u64,
    pub happening: Happening,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Events were missed and are gone.
    Resync,
    NodeState(NodeState),
    /// What is known about this machine changed, such as its name.
    MachineChanged,
    /// The setting of this key changed.
    SettingChanged(String),
    NoticesChanged,
    /// What is known of another machine changed.
    NeighbourChanged(DeviceId),
    /// Another machine is neither near nor known any more.
    NeighbourGone(DeviceId),
    /// A person may want to know of another machine now.
    MachineNoticed(DeviceId, Noticed),
    /// Requests to use models changed, those of others or our own.
    AccessChanged,
    /// What could be asked, here or elsewhere, or who is answered.
    ModelsChanged,
    /// The download of this model went on, ended or was put away.
    DownloadChanged(String),
}

/// What a person may want to know of another machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticed {
    /// It is new on this network.
    Nearby,
    PairingRequest,
    /// Its person asks for the use of models here.
    AccessRequest,
    /// Its person answered what was asked there.
    AccessAnswer,
    /// It began to share models with this one.
    Models,
    /// It does so no more.
    ModelsGone,
}

impl From<Occasion> for Noticed {
    fn from(occasion: Occasion) -> Self {
        match occasion {
            Occasion::Nearby => Self::Nearby,
            Occasion::PairingRequest => Self::PairingRequest,
            Occasion::Models => Self::Models,
            Occasion::ModelsGone => Self::ModelsGone,
        }
    }
}

/// A listener's place in the stream of events.
#[derive(Debug)]
pub struct Events {
    ring: watch::Receiver<Ring>,
    seen: u64,
    waiting: VecDeque<Event>,
}

impl Events {
    /// The next event; `None` once the node stopped and everything was read.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let closed = {
                let ring = self.ring.borrow_and_update();
                self.waiting = ring.after(self.seen);
                self.seen = ring.newest;
                ring.closed
            };
            if self.waiting.is_empty() && (closed || self.ring.changed().await.is_err()) {
                return None;
            }
        }
    }
}

/// The end where events are written.
#[derive(Debug)]
pub(crate) struct EventLog {
    ring: watch::Sender<Ring>,
}

impl EventLog {
    pub(crate) fn new(now: SystemTime) -> Self {
        Self::with_capacity(now, RING)
    }

    pub(crate) fn publish(&self, happening: Happening) {
        self.ring.send_modify(|ring| ring.push(happening));
    }

    /// Listens to what comes after the event `after`, or from now on.
    pub(crate) fn subscribe(&self, after: Option<u64>) -> Events {
        let ring = self.ring.subscribe();
        let seen = after.unwrap_or(ring.borrow().newest);
        Events {
            ring,
            seen,
            waiting: VecDeque::new(),
        }
    }

    /// Ends every listener's stream once it has read what is there.
    pub(crate) fn close(&self) {
        self.ring.send_modify(|ring| ring.closed = true);
    }

    fn with_capacity(now: SystemTime, capacity: usize) -> Self {
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let start = u64::try_from(since_epoch.as_millis()).unwrap_or_default();
        let ring = Ring {
            events: VecDeque::new(),
            capacity,
            newest: start,
            closed: false,
        };
        Self {
            ring: watch::Sender::new(ring),
        }
    }
}

#[derive(Debug)]
struct Ring {
    events: VecDeque<Event>,
    capacity: usize,
    /// The number of the latest event, or of the start where there is none yet.
    newest: u64,
    closed: bool,
}

impl Ring {
    fn push(&mut self, happening: Happening) {
        if self.closed {
            return;
        }
        self.newest += 1;
        if self.events.len() == self.capacity {
            self.events.pop_front();
        }
        self.events.push_back(Event {
            seq: self.newest,
            happening,
        });
    }

    fn after(&self, seen: u64) -> VecDeque<Event> {
        let gone = self.newest - self.events.len() as u64;
        if seen < gone || seen > self.newest {
            return [Event {
                seq: self.newest,
                happening: Happening::Resync,
            }]
            .into();
        }
        self.events
            .iter()
            .filter(|event| event.seq > seen)
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_000_000;

    fn log(capacity: usize) -> EventLog {
        EventLog::with_capacity(
            UNIX_EPOCH + std::time::Duration::from_millis(START),
            capacity,
        )
    }

    fn setting(key: &str) -> Happening {
        Happening::SettingChanged(key.to_owned())
    }

    async fn rest(events: &mut Events) -> Vec<(u64, Happening)> {
        let mut rest = Vec::new();
        while let Some(event) = events.next().await {
            rest.push((event.seq - START, event.happening));
        }
        rest
    }

    #[tokio::test]
    async fn numbers_rise_by_one_and_nothing_is_repeated() {
        let log = log(8);
        let mut events = log.subscribe(None);
        log.publish(setting("a"));
        assert_eq!(events.next().await.unwrap().seq, START + 1);
        log.publish(setting("b"));
        log.publish(setting("c"));
        log.close();
        assert_eq!(
            rest(&mut events).await,
            [(2, setting("b")), (3, setting("c"))]
        );
    }

    #[tokio::test]
    async fn a_listener_that_comes_back_gets_what_it_missed() {
        let log = log(8);
        for key in ["a", "b", "c"] {
            log.publish(setting(key));
        }
        log.close();
        let mut events = log.subscribe(Some(START + 1));
        assert_eq!(
            rest(&mut events).await,
            [(2, setting("b")), (3, setting("c"))]
        );
        assert_eq!(rest(&mut log.subscribe(Some(START + 3))).await, []);
    }

    #[tokio::test]
    async fn a_gap_that_is_gone_means_resync() {
        let log = log(2);
        for key in ["a", "b", "c", "d"] {
            log.publish(setting(key));
        }
        log.close();
        let fits = rest(&mut log.subscribe(Some(START + 2))).await;
        assert_eq!(fits, [(3, setting("c")), (4, setting("d"))]);
        for unknown in [START + 1, START, 7, START + 5] {
            let told = rest(&mut log.subscribe(Some(unknown))).await;
            assert_eq!(told, [(4, Happening::Resync)], "after {unknown}");
        }
    }

    #[tokio::test]
    async fn a_slow_listener_blocks_nobody_and_is_told() {
        let log = log(2);
        let mut slow = log.subscribe(None);
        let mut quick = log.subscribe(None);
        for key in ["a", "b", "c", "d"] {
            log.publish(setting(key));
            assert_eq!(quick.next().await.unwrap().happening, setting(key));
        }
        assert_eq!(slow.next().await.unwrap().happening, Happening::Resync);
        log.publish(setting("e"));
        assert_eq!(slow.next().await.unwrap().happening, setting("e"));
    }

    #[tokio::test]
    async fn the_stream_ends_when_the_log_closes_or_goes() {
        let log = log(2);
        let mut events = log.subscribe(None);
        let mut other = log.subscribe(None);
        log.publish(setting("a"));
        log.close();
        log.publish(setting("late"));
        assert_eq!(rest(&mut events).await, [(1, setting("a"))]);
        drop(log);
        assert_eq!(rest(&mut other).await, [(1, setting("a"))]);
    }
}
