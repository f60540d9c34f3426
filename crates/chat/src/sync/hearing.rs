//! What follows from what another machine says.

use wire::{
    DeviceId,
    msg::sync::{Batch, CHAINS_MOST, Digest, Head, Range, Reason, Sync},
    room::RoomId,
};

use super::{Effect, Machine};
use crate::{
    Admitted, Fresh, Refusal, Refused, RoomState, Store, StoreError,
    store::log_digests::{buckets, in_bucket, root},
};

/// Frames that answer one want before the other asks for more: enough that the
/// connection is never idle, few enough that it may change its mind.
const WINDOW: usize = 8;

impl Machine {
    pub(super) fn hear(
        &mut self,
        peer: DeviceId,
        message: Sync,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        match message {
            Sync::Root { digest } => return self.hear_root(peer, digest, store),
            Sync::Buckets { digests } => self.hear_buckets(peer, digests.as_slice(), store),
            Sync::Rooms { bucket, rooms } => return self.hear_rooms(peer, bucket, &rooms, store),
            Sync::Heads {
                room,
                heads,
                answer,
            } => return self.hear_heads(peer, room, &heads, answer, store),
            Sync::Want { room, ranges } => return self.serve(peer, room, ranges, store),
            Sync::Have { room, stored } => return self.hear_have(peer, room, &stored, store),
            Sync::Trace { room, author, seq } => {
                if self.is_member(peer, room, store) {
                    let batch = Batch {
                        room,
                        reason: Reason::Traced,
                        runs: store.trace(room, author, seq)?,
                    };
                    let frame = batch.to_frame();
                    self.effects.push_back(Effect::Send { to: peer, frame });
                }
            }
            Sync::Forked { room, one, other } => {
                let device = one.author;
                if store.room_state(room) == Some(RoomState::Joined)
                    && store.freeze(room, *one, *other)?
                {
                    self.forked(room, device, Some(peer), store)?;
                }
            }
            Sync::Offer { room, title } => return self.hear_offer(peer, room, &title, store),
        }
        Ok(())
    }

    /// The greater id says its root, the lesser says where they differ.
    fn hear_root(
        &mut self,
        peer: DeviceId,
        digest: [u8; 32],
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let Some(person) = self.person(peer) else {
            return Ok(());
        };
        let shared = store.shared_with(person);
        self.ask_for_all_bodies(peer, store)?;
        if root(&shared) == digest {
            return Ok(());
        }
        if store.device() > peer {
            self.say_root(peer, store);
        } else {
            let digests = buckets(&shared);
            self.send(peer, &Sync::Buckets { digests });
        }
        Ok(())
    }

    fn hear_buckets(&mut self, peer: DeviceId, theirs: &[Digest], store: &Store) {
        let Some(person) = self.person(peer) else {
            return;
        };
        let shared = store.shared_with(person);
        for ((bucket, ours), theirs) in (0..=u8::MAX).zip(buckets(&shared).iter()).zip(theirs) {
            if ours != theirs {
                self.say_rooms(peer, bucket, store);
            }
        }
    }

    fn say_rooms(&mut self, peer: DeviceId, bucket: u8, store: &Store) {
        let Some(person) = self.person(peer) else {
            return;
        };
        let shared = store.shared_with(person);
        let rooms = in_bucket(&shared, bucket).map(|(room, digest)| (*room, *digest));
        let rooms = rooms.take(wire::msg::sync::ROOMS_MOST).collect();
        self.send(peer, &Sync::Rooms { bucket, rooms });
    }

    fn hear_rooms(
        &mut self,
        peer: DeviceId,
        bucket: u8,
        theirs: &[(RoomId, Digest)],
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let Some(person) = self.person(peer) else {
            return Ok(());
        };
        let shared = store.shared_with(person);
        let ours: Vec<_> = in_bucket(&shared, bucket)
            .map(|(room, digest)| (*room, *digest))
            .collect();
        let is_comparing = store.device() < peer;
        for (room, _) in &ours {
            if !theirs.iter().any(|(other, _)| other == room) {
                self.introduce(peer, *room, store)?;
            }
        }
        if !is_comparing {
            return Ok(());
        }
        let mut asks_back = false;
        for (room, digest) in theirs {
            if ours.contains(&(*room, *digest)) {
                continue;
            }
            match store.room_state(*room) {
                Some(RoomState::Joined) => self.say_heads(peer, *room, true, store),
                Some(RoomState::Offered | RoomState::LetGo) => {}
                None if person == store.person() => {
                    store.enter(*room)?;
                    self.say_heads(peer, *room, true, store);
                }
                // They may say what it is.
                None => asks_back = true,
            }
        }
        if asks_back {
            self.say_rooms(peer, bucket, store);
        }
        Ok(())
    }

    fn hear_offer(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        title: &str,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let Some(by) = self.person(peer) else {
            return Ok(());
        };
        if store.room_state(room) == Some(RoomState::Joined) {
            self.say_heads(peer, room, true, store);
        } else if store.offered(room, by, title)? {
            self.effects.push_back(Effect::Offered { room, by });
        }
        Ok(())
    }

    fn hear_heads(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        theirs: &[Head],
        answer: bool,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let Some(state) = self.peers.get_mut(&peer) else {
            return Ok(());
        };
        match store.room_state(room) {
            Some(RoomState::Joined) => {}
            None if state.person == store.person() => store.enter(room)?,
            Some(RoomState::Offered | RoomState::LetGo) | None => return Ok(()),
        }
        state.introduced.insert(room);
        for head in theirs {
            state.known.insert((room, head.author), head.seq);
        }
        let ours = store.heads(room);
        let mut wanted = Vec::new();
        for head in theirs {
            if !self.may_tell(peer, room, head.author, store)? {
                continue;
            }
            let own = ours.iter().find(|own| own.author == head.author).copied();
            self.compare(peer, room, *head, own, &mut wanted, store)?;
        }
        if wanted
            .iter()
            .any(|range: &Range| range.author == store.device())
        {
            self.effects.push_back(Effect::OlderCopy { room });
        }
        self.want(peer, room, wanted);
        self.ask_for_bodies(peer, room, store)?;
        let lack = |own: &Head| {
            let their = theirs.iter().find(|head| head.author == own.author);
            their.is_none_or(|their| their.seq < own.seq || their.frozen != own.frozen)
        };
        if answer && ours.iter().any(lack) && self.is_member(peer, room, store) {
            self.say_heads(peer, room, false, store);
        }
        Ok(())
    }

    /// Where nothing else is missing, bodies may be.
    pub(super) fn ask_for_all_bodies(
        &mut self,
        peer: DeviceId,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        for room in store.lacking()? {
            if self.is_member(peer, room, store) {
                self.ask_for_bodies(peer, room, store)?;
            }
        }
        Ok(())
    }

    /// Once in a session: whoever lacks them too has nothing new to say.
    fn ask_for_bodies(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let Some(state) = self.peers.get_mut(&peer) else {
            return Ok(());
        };
        if !state.asked.contains(&room) {
            let missing = store.missing(room)?;
            if !missing.is_empty() {
                state.asked.insert(room);
                self.want(peer, room, missing);
            }
        }
        Ok(())
    }

    fn compare(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        theirs: Head,
        own: Option<Head>,
        wanted: &mut Vec<Range>,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let author = theirs.author;
        let have = own.map_or(0, |own| own.seq);
        let frozen_here = own.is_some_and(|own| own.frozen);
        if frozen_here && (!theirs.frozen || theirs.seq != have) {
            // Where both know of a fork, the lower one counts.
            self.say_fork(peer, room, author, store)?;
        }
        if theirs.seq > have {
            // Of a frozen chain, what both of its ends begin with is still wanted.
            if !frozen_here || theirs.frozen {
                wanted.push(Range {
                    author,
                    from: have + 1,
                    to: theirs.seq,
                });
            }
        } else if !frozen_here && store.hash_of(room, author, theirs.seq)? != Some(theirs.hash) {
            let seq = theirs.seq;
            self.send(peer, &Sync::Trace { room, author, seq });
        }
        Ok(())
    }

    fn want(&mut self, peer: DeviceId, room: RoomId, mut ranges: Vec<Range>) {
        ranges.truncate(CHAINS_MOST);
        if !ranges.is_empty() {
            self.send(peer, &Sync::Want { room, ranges });
        }
    }

    fn serve(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        mut ranges: Vec<Range>,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        if !self.is_member(peer, room, store) {
            return Ok(());
        }
        let Some(person) = self.person(peer) else {
            return Ok(());
        };
        for turn in 1..=WINDOW {
            let share = store.share(room, &ranges, person)?;
            for run in &share.runs {
                for range in ranges.iter_mut().filter(|range| range.author == run.author) {
                    range.from = range.from.max(run.last().saturating_add(1));
                }
            }
            let is_last = share.complete || share.runs.is_empty() || turn == WINDOW;
            let batch = Batch {
                room,
                reason: if is_last {
                    Reason::WantedLast
                } else {
                    Reason::Wanted
                },
                runs: share.runs,
            };
            let frame = batch.to_frame();
            self.effects.push_back(Effect::Send { to: peer, frame });
            if is_last {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn take(
        &mut self,
        peer: DeviceId,
        batch: Batch,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        let room = batch.room;
        if store.room_state(room) != Some(RoomState::Joined) {
            return Ok(());
        }
        let mut batch = batch;
        let mut runs = Vec::new();
        for run in batch.runs {
            if self.may_tell(peer, room, run.author, store)? {
                runs.push(run);
            }
        }
        batch.runs = runs;
        if batch.reason == Reason::Traced {
            let compared = store.compare(room, batch.runs)?;
            return self.found(peer, room, &compared, store);
        }
        let admitted = store.admit(room, batch.runs)?;
        self.spread_all(peer, room, &admitted, store)?;
        self.found(peer, room, &admitted, store)?;
        // What was asked for and still lacks something before it is not asked again:
        // the other has no more.
        let lacks =
            |refused: &Refused| matches!(refused.why, Refusal::Gap { .. } | Refusal::NotAdded);
        if batch.reason == Reason::Pushed && admitted.refused.iter().any(lacks) {
            self.say_heads(peer, room, true, store);
        }
        if batch.reason == Reason::WantedLast && !admitted.fresh.is_empty() {
            self.ask_on(peer, room, store);
        }
        Ok(())
    }

    fn spread_all(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        admitted: &Admitted,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        if admitted.fresh.is_empty() && !admitted.rules_changed {
            return Ok(());
        }
        if let Some(state) = self.peers.get_mut(&peer) {
            for Fresh { author, to, .. } in &admitted.fresh {
                let known = state.known.entry((room, *author)).or_insert(0);
                *known = (*known).max(*to);
            }
        }
        self.effects.push_back(Effect::Changed {
            room,
            fresh: admitted.fresh.clone(),
            rules_changed: admitted.rules_changed,
        });
        if self.is_member(peer, room, store) {
            let stored = admitted.fresh.iter().map(|fresh| (fresh.author, fresh.to));
            let stored = stored.take(CHAINS_MOST).collect();
            self.send(peer, &Sync::Have { room, stored });
        }
        for fresh in &admitted.fresh {
            self.spread(*fresh, Some(peer), store)?;
        }
        if admitted.rules_changed {
            self.introduce_to_all(room, store)?;
        }
        Ok(())
    }

    /// What taking in brought to light.
    fn found(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        admitted: &Admitted,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        for (device, _) in &admitted.forks {
            self.forked(room, *device, None, store)?;
        }
        let mut wanted = Vec::new();
        for Refused { author, why } in &admitted.refused {
            match why {
                Refusal::Gap { .. } | Refusal::NotAdded => {}
                Refusal::Differs { seq } => {
                    let (author, seq) = (*author, *seq);
                    self.send(peer, &Sync::Trace { room, author, seq });
                }
                Refusal::Frozen => self.say_fork(peer, room, *author, store)?,
                Refusal::Run(_) | Refusal::Order | Refusal::Misplaced => wanted.push(Refused {
                    author: *author,
                    why: *why,
                }),
            }
        }
        if !wanted.is_empty() {
            self.effects.push_back(Effect::Refused {
                from: peer,
                room,
                refused: wanted,
            });
        }
        Ok(())
    }

    /// A window is through: is there more that the other has?
    fn ask_on(&mut self, peer: DeviceId, room: RoomId, store: &Store) {
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        let ours = store.heads(room);
        let known = state.known.iter().filter(|((known, _), _)| *known == room);
        let ranges = known.filter_map(|((_, author), seq)| {
            let own = ours.iter().find(|own| own.author == *author);
            let have = own.map_or(0, |own| own.seq);
            let is_frozen = own.is_some_and(|own| own.frozen);
            (*seq > have && !is_frozen).then_some(Range {
                author: *author,
                from: have + 1,
                to: *seq,
            })
        });
        let ranges = ranges.collect();
        self.want(peer, room, ranges);
    }

    fn hear_have(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        stored: &[(DeviceId, u64)],
        store: &mut Store,
    ) -> Result<(), StoreError> {
        if !self.is_member(peer, room, store) {
            return Ok(());
        }
        let Some(state) = self.peers.get_mut(&peer) else {
            return Ok(());
        };
        for (author, seq) in stored {
            let known = state.known.entry((room, *author)).or_insert(0);
            *known = (*known).max(*seq);
            // Others' ops are theirs to count.
            if *author == store.device() {
                store.confirmed(room, peer, *author, *seq)?;
            }
        }
        Ok(())
    }

    fn forked(
        &mut self,
        room: RoomId,
        device: DeviceId,
        except: Option<DeviceId>,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        self.effects.push_back(Effect::Forked { room, device });
        if device == store.device() {
            self.effects.push_back(Effect::OlderCopy { room });
        }
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for peer in peers.into_iter().filter(|peer| Some(*peer) != except) {
            if self.is_member(peer, room, store) {
                self.say_fork(peer, room, device, store)?;
            }
        }
        Ok(())
    }

    fn say_fork(
        &mut self,
        peer: DeviceId,
        room: RoomId,
        author: DeviceId,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        if let Some(proof) = store.evidence(room, author)? {
            self.send(peer, &proof);
        }
        Ok(())
    }

    fn is_member(&self, peer: DeviceId, room: RoomId, store: &Store) -> bool {
        let person = self.person(peer);
        person.is_some_and(|person| store.is_shared(room, person))
    }

    /// From a member everything is taken; so is everything where nothing is here
    /// yet. Who is none as far as is known here may bring the news that they are:
    /// what others wrote is taken from them, and their own only once they are.
    fn may_tell(
        &self,
        peer: DeviceId,
        room: RoomId,
        author: DeviceId,
        store: &mut Store,
    ) -> Result<bool, StoreError> {
        let is_own = self.person(peer) == Some(store.person());
        if is_own || self.is_member(peer, room, store) || store.present(room).is_empty() {
            return Ok(true);
        }
        let standing = store.standing(room)?;
        let person = standing.person_of(author, u64::MAX);
        Ok(person.is_none() || person != self.person(peer))
    }
}
