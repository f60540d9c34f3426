use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use wire::{
    DeviceId, PersonId,
    frame::{Frame, Marker},
    msg::sync::{Batch, Range, Reason, Sync},
    room::{MetaField, RoomId},
};

use super::{Effect, SyncError};
use crate::{
    Fresh, Store, StoreError,
    store::log_digests::{root, title_for_wire},
};

/// Between two comparisons with somebody, give or take [`SPREAD`]: pushes may get
/// lost with a connection, and then nobody notices a gap until the next one.
const EVERY: Duration = Duration::from_secs(20);
const SPREAD: Duration = Duration::from_secs(20);

/// What is going on between this machine and all others.
#[derive(Debug, Default)]
pub struct Machine {
    pub(super) peers: BTreeMap<DeviceId, Peer>,
    pub(super) effects: VecDeque<Effect>,
    next: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Peer {
    pub(super) person: PersonId,
    /// How far it said to be, or was sent.
    pub(super) known: BTreeMap<(RoomId, DeviceId), u64>,
    /// Rooms it was told of in this session.
    pub(super) introduced: BTreeSet<RoomId>,
    /// Rooms of which it was asked for bodies that are missing here.
    pub(super) asked: BTreeSet<RoomId>,
}

impl Machine {
    /// A session with a trusted machine of this person is up.
    pub fn up(
        &mut self,
        peer: DeviceId,
        person: PersonId,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let fresh = Peer {
            person,
            known: BTreeMap::new(),
            introduced: BTreeSet::new(),
            asked: BTreeSet::new(),
        };
        self.peers.insert(peer, fresh);
        if store.device() > peer {
            self.say_root(peer, store);
        }
        self.ask_for_all_bodies(peer, store)
    }

    pub fn down(&mut self, peer: DeviceId) {
        self.peers.remove(&peer);
    }

    /// A frame of a session arrived. One with another marker is none of this
    /// machine's business.
    pub fn heard(
        &mut self,
        peer: DeviceId,
        frame: &Frame,
        store: &mut Store,
    ) -> Result<(), SyncError> {
        if !self.peers.contains_key(&peer) {
            return Ok(());
        }
        match frame.marker {
            Marker::Sync => self.hear(peer, Sync::parse(&frame.payload)?, store)?,
            Marker::Operations => self.take(peer, Batch::parse(&frame.payload)?, store)?,
            Marker::Hello
            | Marker::Pair
            | Marker::Capability
            | Marker::AccessRequest
            | Marker::AccessResponse
            | Marker::AdmissionRequest
            | Marker::AdmissionResponse
            | Marker::Question
            | Marker::Answer
            | Marker::Draft
            | Marker::File
            | Marker::Person
            | Marker::MeshKey
            | Marker::Ping
            | Marker::Bye => {}
        }
        Ok(())
    }

    /// Something was written here.
    pub fn wrote(&mut self, fresh: Fresh, store: &mut Store) -> Result<(), StoreError> {
        self.spread(fresh, None, store)?;
        self.introduce_to_all(fresh.room, store)
    }

    /// A person accepted an offer.
    pub fn entered(&mut self, room: RoomId, store: &mut Store) -> Result<(), StoreError> {
        store.enter(room)?;
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for peer in peers {
            self.say_heads(peer, room, true, store);
        }
        Ok(())
    }

    /// Compares with somebody now and then. `dice` is random; returns when to call
    /// again.
    pub fn tick(&mut self, now: Instant, dice: u64, store: &mut Store) -> Instant {
        let spread = SPREAD.mul_f64((dice >> 32) as f64 / f64::from(u32::MAX));
        if self.next.is_none_or(|next| next <= now) {
            self.next = Some(now + EVERY + spread);
            let count = self.peers.len() as u64;
            let chosen = dice.checked_rem(count).unwrap_or(0);
            let chosen = usize::try_from(chosen).unwrap_or(0);
            if let Some(peer) = self.peers.keys().nth(chosen).copied() {
                self.say_root(peer, store);
            }
        }
        self.next.unwrap_or(now + EVERY)
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(super) fn send(&mut self, to: DeviceId, message: &Sync) {
        let frame = message.to_frame();
        self.effects.push_back(Effect::Send { to, frame });
    }

    pub(super) fn say_root(&mut self, peer: DeviceId, store: &Store) {
        let Some(person) = self.person(peer) else {
            return;
        };
        let digest = root(&store.shared_with(person));
        self.send(peer, &Sync::Root { digest });
    }

    /// Whoever is not in the room, as far as is known here, only learns that this
    /// machine asks for it.
    pub(super) fn say_heads(&mut self, peer: DeviceId, room: RoomId, answer: bool, store: &Store) {
        let Some(person) = self.person(peer) else {
            return;
        };
        let heads = if store.is_shared(room, person) {
            store.heads(room)
        } else {
            Vec::new()
        };
        let heads = Sync::Heads {
            room,
            heads,
            answer,
        };
        self.send(peer, &heads);
    }

    /// Tells a member of a room it does not seem to know.
    pub(super) fn introduce(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let Some(state) = self.peers.get_mut(&peer) else {
            return Ok(());
        };
        let person = state.person;
        if !state.introduced.insert(room) || !store.is_shared(room, person) {
            return Ok(());
        }
        if person == store.person() {
            self.say_heads(peer, room, true, store);
        } else {
            let standing = store.standing(room)?;
            let title = standing.meta(MetaField::Title).unwrap_or_default();
            let title = title_for_wire(title);
            self.send(peer, &Sync::Offer { room, title });
        }
        Ok(())
    }

    pub(super) fn introduce_to_all(
        &mut self,
        room: RoomId,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for peer in peers {
            self.introduce(peer, room, store)?;
        }
        Ok(())
    }

    /// Hands new ops on to everybody who is in the room and does not have them.
    pub(super) fn spread(
        &mut self,
        fresh: Fresh,
        except: Option<DeviceId>,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for peer in peers.into_iter().filter(|peer| Some(*peer) != except) {
            let Some(state) = self.peers.get_mut(&peer) else {
                continue;
            };
            let person = state.person;
            let known = state.known.get(&(fresh.room, fresh.author)).copied();
            if known.is_some_and(|known| known >= fresh.to) || !store.is_shared(fresh.room, person)
            {
                continue;
            }
            let range = Range {
                author: fresh.author,
                from: fresh.from,
                to: fresh.to,
            };
            let share = store.share(fresh.room, &[range], person)?;
            let sent = share.runs.last().map(wire::room::Run::last);
            if let Some(state) = self.peers.get_mut(&peer)
                && let Some(sent) = sent
            {
                state.known.insert((fresh.room, fresh.author), sent);
            }
            if !share.runs.is_empty() {
                let batch = Batch {
                    room: fresh.room,
                    reason: Reason::Pushed,
                    runs: share.runs,
                };
                let frame = batch.to_frame();
                self.effects.push_back(Effect::Send { to: peer, frame });
            }
            if sent.is_none_or(|sent| sent < fresh.to) {
                // Too much to push: the other asks for what it wants.
                self.say_heads(peer, fresh.room, true, store);
            }
        }
        Ok(())
    }

    pub(super) fn person(&self, peer: DeviceId) -> Option<PersonId> {
        self.peers.get(&peer).map(|peer| peer.person)
    }
}
