//! One session: from the greeting to the goodbye of one connection.
//!
//! TLS has proven who the other is before the first byte arrives here. Both
//! ends greet; they agree on a version; where both trust each other the session
//! is up, and only then do frames of the layers above pass. From then on each
//! end knows within 45 seconds, or within two when it asks, that the other is
//! gone.
//!
//! Invariant: [`Effect::Up`] comes at most once, [`Effect::Down`] exactly once
//! and last.

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::{
    frame::{Frame, Marker},
    msg::session::{Bye, ByeReason, Hello, Ping, Purpose, encode, parse},
    version::SPOKEN,
};

/// An idle session costs four small packets a minute.
const PING_EVERY: Duration = Duration::from_secs(15);

/// Three pings lost in a row are no accident.
const SILENCE: Duration = Duration::from_secs(45);

/// A greeting that takes longer comes from nobody who means it.
const GREETING: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Send(Frame),
    /// The other's greeting, before anything is decided: who stands there.
    Met(Hello),
    /// Both trust each other; frames pass from now on.
    Up {
        version: u16,
    },
    /// A frame for the layers above.
    Deliver(Frame),
    /// How long a ping took.
    RoundTrip(Duration),
    /// Close the connection.
    Down(Down),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Down {
    /// We closed it, for this reason.
    Here(ByeReason),
    /// The other said goodbye.
    There(ByeReason),
    /// The connection broke.
    Lost,
}

#[derive(Debug)]
pub struct Session {
    trusted_here: bool,
    state: State,
    last_heard: Instant,
    next_ping: Instant,
    /// The ping that waits for its pong.
    pinged: Option<(u64, Instant)>,
    /// A shorter patience, while somebody doubts that the other is there.
    probe_until: Option<Instant>,
    /// Nothing is read meanwhile, so nobody can tell who is silent.
    deaf_since: Option<Instant>,
    pings: u64,
    effects: VecDeque<Effect>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Greeting { until: Instant },
    Up,
    Down,
}

impl Session {
    /// `hello.trusted` says whether this side trusts the other.
    pub fn new(hello: &Hello, now: Instant) -> Self {
        Self {
            trusted_here: hello.trusted,
            state: State::Greeting {
                until: now + GREETING,
            },
            last_heard: now,
            next_ping: now + PING_EVERY,
            pinged: None,
            probe_until: None,
            deaf_since: None,
            pings: 0,
            effects: [Effect::Send(Frame::new(Marker::Hello, encode(hello)))].into(),
        }
    }

    pub fn is_up(&self) -> bool {
        self.state == State::Up
    }

    pub fn receive(&mut self, frame: Frame, now: Instant) {
        if self.state == State::Down {
            return;
        }
        self.last_heard = now;
        self.probe_until = None;
        match (self.state, frame.marker) {
            (_, Marker::Bye) => match parse::<Bye>(&frame.payload) {
                Ok(bye) => self.down(Down::There(bye.reason)),
                Err(_) => self.down(Down::There(ByeReason::Unknown)),
            },
            (State::Greeting { .. }, Marker::Hello) => self.greeted(&frame),
            (State::Up, Marker::Ping) => self.pinged(&frame, now),
            (State::Up, marker) if marker != Marker::Hello => {
                self.effects.push_back(Effect::Deliver(frame));
            }
            (State::Greeting { .. } | State::Up | State::Down, _) => self.close(ByeReason::Broken),
        }
    }

    /// Is the other still there? It has `patience` to show it.
    pub fn probe(&mut self, patience: Duration, now: Instant) {
        if self.state == State::Up {
            let until = now + patience;
            self.probe_until = Some(self.probe_until.map_or(until, |earlier| earlier.min(until)));
            self.ping(now);
        }
    }

    /// Whether frames are read at present. While the layers above take none, the
    /// other may talk as much as it likes, and its silence is not counted.
    pub fn set_hearing(&mut self, hears: bool, now: Instant) {
        if !hears {
            self.deaf_since.get_or_insert(now);
        } else if let Some(since) = self.deaf_since.take() {
            let deaf = now.saturating_duration_since(since);
            self.last_heard += deaf;
            self.probe_until = self.probe_until.map(|until| until + deaf);
        }
    }

    /// Says goodbye and ends.
    pub fn close(&mut self, reason: ByeReason) {
        if self.state != State::Down {
            self.effects.push_back(Effect::Send(Frame::new(
                Marker::Bye,
                encode(&Bye { reason }),
            )));
            self.down(Down::Here(reason));
        }
    }

    /// The connection broke.
    pub fn lost(&mut self) {
        self.down(Down::Lost);
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Greeting { until } => Some(until),
            State::Up if self.deaf_since.is_some() => Some(self.next_ping),
            State::Up => {
                let silent = self.last_heard + SILENCE;
                Some(
                    self.probe_until
                        .map_or(silent, |until| silent.min(until))
                        .min(self.next_ping),
                )
            }
            State::Down => None,
        }
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        match self.state {
            State::Greeting { until } if now >= until => self.close(ByeReason::Silent),
            State::Up => {
                let hears = self.deaf_since.is_none();
                let doubted = self.probe_until.is_some_and(|until| now >= until);
                if hears && (doubted || now >= self.last_heard + SILENCE) {
                    self.close(ByeReason::Silent);
                } else if now >= self.next_ping {
                    self.ping(now);
                }
            }
            State::Greeting { .. } | State::Down => {}
        }
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn greeted(&mut self, frame: &Frame) {
        let Ok(hello) = Hello::parse(&frame.payload) else {
            return self.close(ByeReason::Broken);
        };
        let version = SPOKEN.common(hello.versions);
        let (trusted, purpose) = (hello.trusted && self.trusted_here, hello.purpose.clone());
        self.effects.push_back(Effect::Met(hello));
        match (version, purpose) {
            (None, _) => self.close(ByeReason::Version),
            (
                Some(_),
                Purpose::Pairing | Purpose::Vouch | Purpose::Invitation | Purpose::Stream { .. },
            ) => self.close(ByeReason::Broken),
            (Some(_), Purpose::Session) if !trusted => self.close(ByeReason::NotTrusted),
            (Some(version), Purpose::Session) => {
                self.state = State::Up;
                self.effects.push_back(Effect::Up { version });
            }
        }
    }

    fn pinged(&mut self, frame: &Frame, now: Instant) {
        match parse::<Ping>(&frame.payload) {
            Ok(Ping::Ping { number }) => self.send_ping(Ping::Pong { number }),
            Ok(Ping::Pong { number }) => {
                if let Some((expected, sent)) = self.pinged
                    && expected == number
                {
                    self.pinged = None;
                    let trip = now.saturating_duration_since(sent);
                    self.effects.push_back(Effect::RoundTrip(trip));
                }
            }
            Err(_) => self.close(ByeReason::Broken),
        }
    }

    fn ping(&mut self, now: Instant) {
        self.pings += 1;
        self.pinged = Some((self.pings, now));
        self.next_ping = now + PING_EVERY;
        self.send_ping(Ping::Ping { number: self.pings });
    }

    fn send_ping(&mut self, ping: Ping) {
        self.effects
            .push_back(Effect::Send(Frame::new(Marker::Ping, encode(&ping))));
    }

    fn down(&mut self, down: Down) {
        if self.state != State::Down {
            self.state = State::Down;
            self.effects.push_back(Effect::Down(down));
        }
    }
}
