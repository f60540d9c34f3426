//! Vouching: two machines show each other that they hold one mesh key.
//!
//! It runs inside TLS, where both ids are proven but neither is trusted. The
//! side that dialled shows its tag for each key it holds; the other takes the
//! first that it holds too and proves that, then the first proves the same. The
//! tag depends on the id and the start of who shows it, so nobody shows another
//! machine's; whoever holds no common key learns no more than that.
//!
//! Why it holds: a proof covers what TLS exported for this very connection, both
//! ids and which side made it, so none is good on another connection, in the
//! mouth of another machine or sent back; and nothing is proven to anybody who
//! did not show a tag of the same key.
//!
//! Invariant: [`Outcome::Proven`] needs a proof of the other side.

mod failures;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, sync::Arc};

use hmac::{Hmac, Mac};
use sha2::Sha256;

pub use failures::Failures;

use super::pairing::ChannelBinding;
use crate::{
    DeviceId, MeshKey, MeshKeyId, mesh_key,
    msg::{
        announce::NetTag,
        pair::{KeyProof, PairMessage},
    },
};

const LABEL: &str = "banyan vouch v1";

/// The two ends of one connection.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    pub me: DeviceId,
    /// Which start of this machine, as it announces and greets.
    pub my_instance: u64,
    pub other: DeviceId,
    /// As the other greeted.
    pub their_instance: u64,
    pub binding: ChannelBinding,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Send(PairMessage),
    Ended(Outcome),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Both hold it.
    Proven(MeshKeyId),
    /// None of the keys is held by both.
    NoKey,
    /// The other side claims a key and does not hold it, or somebody stands in
    /// the middle.
    WrongProof,
    /// The other side broke the order.
    Broken,
}

#[derive(Debug)]
pub struct Vouch {
    role: Role,
    ends: Ends,
    /// Newest first.
    keys: Arc<[MeshKey]>,
    state: State,
    effects: VecDeque<Effect>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Dialling,
    Answering,
}

#[derive(Debug, Clone)]
enum State {
    /// Answering: which keys does the other hold?
    Listening,
    /// Dialling: which of mine, and is it true?
    Offered,
    /// Answering: this one; now it is their turn.
    Shown {
        key: MeshKey,
        tag: NetTag,
    },
    Ended,
}

impl Vouch {
    pub fn dialling(ends: Ends, keys: Arc<[MeshKey]>) -> Self {
        let tags = keys
            .iter()
            .take(mesh_key::MOST)
            .map(|key| key.tag(&ends.me, ends.my_instance));
        let offer = PairMessage::Keys {
            tags: tags.collect(),
        };
        Self {
            role: Role::Dialling,
            ends,
            keys,
            state: State::Offered,
            effects: [Effect::Send(offer)].into(),
        }
    }

    pub fn answering(ends: Ends, keys: Arc<[MeshKey]>) -> Self {
        Self {
            role: Role::Answering,
            ends,
            keys,
            state: State::Listening,
            effects: VecDeque::new(),
        }
    }

    pub fn receive(&mut self, message: &PairMessage) {
        match (&self.state, message) {
            (State::Ended, _) => {}
            (State::Listening, PairMessage::Keys { tags }) => self.offered(tags),
            (State::Offered, PairMessage::Proof { tag, proof }) => self.answered(*tag, proof),
            (State::Shown { key, tag }, PairMessage::Proof { tag: theirs, proof }) => {
                let outcome = if theirs == tag && self.proves(key, Role::Dialling, proof) {
                    Outcome::Proven(key.id())
                } else {
                    Outcome::WrongProof
                };
                self.end(outcome);
            }
            (State::Listening | State::Offered | State::Shown { .. }, _) => {
                self.end(Outcome::Broken);
            }
        }
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// The other holds the keys of these tags, or was told the tags by somebody
    /// who does.
    fn offered(&mut self, tags: &[NetTag]) {
        if tags.len() > mesh_key::MOST {
            return self.end(Outcome::Broken);
        }
        let Ends {
            other,
            their_instance,
            ..
        } = self.ends;
        let common = tags.iter().find_map(|tag| {
            let mut keys = self.keys.iter().take(mesh_key::MOST);
            let key = keys.find(|key| key.made(tag, &other, their_instance));
            key.map(|key| (key.clone(), *tag))
        });
        let Some((key, tag)) = common else {
            return self.end(Outcome::NoKey);
        };
        self.show(&key, tag);
        self.state = State::Shown { key, tag };
    }

    /// The other chose one of my keys, and says that it holds it.
    fn answered(&mut self, tag: NetTag, proof: &KeyProof) {
        let Ends {
            me, my_instance, ..
        } = self.ends;
        let mut keys = self.keys.iter().take(mesh_key::MOST);
        let chosen = keys.find(|key| key.made(&tag, &me, my_instance)).cloned();
        match chosen {
            Some(key) if self.proves(&key, Role::Answering, proof) => {
                self.show(&key, tag);
                self.end(Outcome::Proven(key.id()));
            }
            Some(_) | None => self.end(Outcome::WrongProof),
        }
    }

    fn show(&mut self, key: &MeshKey, tag: NetTag) {
        let mac = self.mac(key, self.role).finalize().into_bytes();
        let proof = KeyProof(mac.into());
        self.effects
            .push_back(Effect::Send(PairMessage::Proof { tag, proof }));
    }

    fn proves(&self, key: &MeshKey, role: Role, proof: &KeyProof) -> bool {
        self.mac(key, role).verify_slice(&proof.0).is_ok()
    }

    fn mac(&self, key: &MeshKey, role: Role) -> Hmac<Sha256> {
        let (dialling, answering) = match self.role {
            Role::Dialling => (&self.ends.me, &self.ends.other),
            Role::Answering => (&self.ends.other, &self.ends.me),
        };
        let role = match role {
            Role::Dialling => 1,
            Role::Answering => 2,
        };
        key.mac(
            LABEL,
            &[
                &self.ends.binding.0,
                &[role],
                dialling.as_bytes(),
                answering.as_bytes(),
                key.id().as_bytes(),
            ],
        )
    }

    fn end(&mut self, outcome: Outcome) {
        self.state = State::Ended;
        self.effects.push_back(Effect::Ended(outcome));
    }
}
