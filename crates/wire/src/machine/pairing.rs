//! Pairing: two people look at two screens and say that six digits are equal.
//!
//! It runs inside TLS, where both ids are proven but neither is trusted. The
//! asking side commits to a nonce, the asked side answers with its own once its
//! person opened the request, then the nonce is revealed. Both compute the code
//! from what TLS exported for this very connection, both ids and both nonces.
//!
//! Why it holds: somebody in the middle has two connections with two exports,
//! so the codes differ; the commitment keeps either side from trying nonces
//! until they match; the ids are hashed in because what TLS 1.3 exports does
//! not cover the client's certificate. One guess in a million is left, and the
//! number of attempts is bounded ([`Attempts`]).
//!
//! Invariant: [`Outcome::Paired`] needs both people's confirmation.

mod attempts;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt,
    time::{Duration, Instant},
};

pub use attempts::Attempts;

use crate::{
    DeviceId,
    msg::pair::{Commitment, Nonce, PairMessage, Relation},
};

const CODE_LABEL: &str = "banyan sas v1";
const COMMIT_LABEL: &str = "banyan sas commitment v1";

/// Long enough to walk to the other screen and back, short enough that a
/// forgotten request does not linger.
pub const WINDOW: Duration = Duration::from_secs(60);

/// What TLS exported for this connection, equal on both ends of it and on no
/// other.
#[derive(Clone, Copy)]
pub struct ChannelBinding(pub [u8; 32]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Asking,
    Asked,
}

/// Six digits, shown in two groups of three.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(u32);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Send(PairMessage),
    /// A person at the other machine wants to pair; nothing happens until the
    /// person here opens it.
    Requested,
    /// Both screens can be compared now.
    Show(Code),
    Ended(Outcome),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Paired(Relation),
    /// The person here said that the codes differ.
    CodesDiffer,
    /// The person there did.
    CodesDifferThere,
    /// Somebody closed it before both confirmed.
    Cancelled,
    TimedOut,
    /// The other side broke the order, or revealed another nonce than promised.
    Broken,
}

#[derive(Debug)]
pub struct Pairing {
    role: Role,
    me: DeviceId,
    other: DeviceId,
    binding: ChannelBinding,
    nonce: Nonce,
    state: State,
    deadline: Instant,
    effects: VecDeque<Effect>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Asking: committed, the other person has not opened it yet.
    Committed,
    /// Asked: a promise arrived; our person has not opened it yet.
    Waiting(Commitment),
    /// Asked: opened, our nonce is out, theirs is not.
    Opened(Commitment),
    Comparing {
        code: Code,
        here: Option<Relation>,
        there: Option<Relation>,
    },
    Ended,
}

impl Pairing {
    /// This machine's person asked for it.
    pub fn ask(
        me: DeviceId,
        other: DeviceId,
        binding: ChannelBinding,
        nonce: Nonce,
        now: Instant,
    ) -> Self {
        let effects = [Effect::Send(PairMessage::Commit {
            commitment: commit(nonce),
        })]
        .into();
        Self {
            role: Role::Asking,
            me,
            other,
            binding,
            nonce,
            state: State::Committed,
            deadline: now + WINDOW,
            effects,
        }
    }

    /// The other machine's commitment arrived.
    pub fn asked(
        me: DeviceId,
        other: DeviceId,
        binding: ChannelBinding,
        nonce: Nonce,
        commitment: Commitment,
        now: Instant,
    ) -> Self {
        Self {
            role: Role::Asked,
            me,
            other,
            binding,
            nonce,
            state: State::Waiting(commitment),
            deadline: now + WINDOW,
            effects: [Effect::Requested].into(),
        }
    }

    /// When both asked at once, the smaller id keeps asking.
    pub fn keeps_asking(me: &DeviceId, other: &DeviceId) -> bool {
        me < other
    }

    pub fn role(&self) -> Role {
        self.role
    }

    pub fn code(&self) -> Option<Code> {
        match self.state {
            State::Comparing { code, .. } => Some(code),
            State::Committed | State::Waiting(_) | State::Opened(_) | State::Ended => None,
        }
    }

    /// The person here opened the request.
    pub fn open(&mut self, now: Instant) {
        if let State::Waiting(commitment) = self.state {
            self.state = State::Opened(commitment);
            self.deadline = now + WINDOW;
            self.send(PairMessage::Nonce { nonce: self.nonce });
        }
    }

    /// The person here compared the codes.
    pub fn confirm(&mut self, same: bool, relation: Relation) {
        let State::Comparing { code, there, .. } = self.state else {
            return;
        };
        self.send(PairMessage::Confirm { same, relation });
        if !same {
            return self.end(Outcome::CodesDiffer);
        }
        self.state = State::Comparing {
            code,
            here: Some(relation),
            there,
        };
        self.conclude();
    }

    pub fn cancel(&mut self) {
        if self.state != State::Ended {
            self.send(PairMessage::Cancel);
            self.end(Outcome::Cancelled);
        }
    }

    pub fn receive(&mut self, message: &PairMessage, now: Instant) {
        match (self.state, message) {
            (State::Ended, _) => {}
            (_, PairMessage::Cancel) => self.end(Outcome::Cancelled),
            (State::Committed, PairMessage::Nonce { nonce }) => {
                self.send(PairMessage::Reveal { nonce: self.nonce });
                self.compare(self.nonce, *nonce, now);
            }
            (State::Opened(commitment), PairMessage::Reveal { nonce }) => {
                if commit(*nonce) == commitment {
                    self.compare(*nonce, self.nonce, now);
                } else {
                    self.end(Outcome::Broken);
                }
            }
            (State::Comparing { .. }, PairMessage::Confirm { same: false, .. }) => {
                self.end(Outcome::CodesDifferThere);
            }
            (
                State::Comparing {
                    code,
                    here,
                    there: None,
                },
                PairMessage::Confirm { relation, .. },
            ) => {
                self.state = State::Comparing {
                    code,
                    here,
                    there: Some(*relation),
                };
                self.conclude();
            }
            (
                State::Committed | State::Waiting(_) | State::Opened(_) | State::Comparing { .. },
                PairMessage::Commit { .. }
                | PairMessage::Nonce { .. }
                | PairMessage::Reveal { .. }
                | PairMessage::Confirm { .. }
                | PairMessage::Keys { .. }
                | PairMessage::Proof { .. }
                | PairMessage::Redeem { .. }
                | PairMessage::Person { .. }
                | PairMessage::Key { .. }
                | PairMessage::Settled,
            ) => self.end(Outcome::Broken),
        }
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        (self.state != State::Ended).then_some(self.deadline)
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        if self.state != State::Ended && now >= self.deadline {
            self.send(PairMessage::Cancel);
            self.end(Outcome::TimedOut);
        }
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn compare(&mut self, asking: Nonce, asked: Nonce, now: Instant) {
        let (first, second) = match self.role {
            Role::Asking => (self.me, self.other),
            Role::Asked => (self.other, self.me),
        };
        let code = code(self.binding, &first, &second, asking, asked);
        self.state = State::Comparing {
            code,
            here: None,
            there: None,
        };
        self.deadline = now + WINDOW;
        self.effects.push_back(Effect::Show(code));
    }

    /// One person's machine only where both said so.
    fn conclude(&mut self) {
        if let State::Comparing {
            here: Some(here),
            there: Some(there),
            ..
        } = self.state
        {
            let both_mine = here == Relation::Mine && there == Relation::Mine;
            let relation = if both_mine {
                Relation::Mine
            } else {
                Relation::Other
            };
            self.end(Outcome::Paired(relation));
        }
    }

    fn send(&mut self, message: PairMessage) {
        self.effects.push_back(Effect::Send(message));
    }

    fn end(&mut self, outcome: Outcome) {
        self.state = State::Ended;
        self.effects.push_back(Effect::Ended(outcome));
    }
}

fn commit(nonce: Nonce) -> Commitment {
    Commitment(blake3::derive_key(COMMIT_LABEL, &nonce.0))
}

fn code(
    binding: ChannelBinding,
    asking: &DeviceId,
    asked: &DeviceId,
    nonce_asking: Nonce,
    nonce_asked: Nonce,
) -> Code {
    let mut hasher = blake3::Hasher::new_derive_key(CODE_LABEL);
    hasher.update(&binding.0);
    hasher.update(asking.as_bytes());
    hasher.update(asked.as_bytes());
    hasher.update(&nonce_asking.0);
    hasher.update(&nonce_asked.0);
    let mut number = [0; 8];
    hasher.finalize_xof().fill(&mut number);
    // Of 2^64 values, so the bias of the remainder is nowhere near visible.
    Code(u32::try_from(u64::from_be_bytes(number) % 1_000_000).unwrap_or_default())
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:06}", self.0)
    }
}

/// The code is for two pairs of eyes, not for a log.
impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Code(…)")
    }
}

impl fmt::Debug for ChannelBinding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ChannelBinding(…)")
    }
}
