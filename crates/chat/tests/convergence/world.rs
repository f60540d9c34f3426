//! A few machines, the cables between them, and somebody who means no good.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Instant,
};

use chat::{
    Before, Draft, Fresh, Message, RoomState, Store, StoreError, Text, Wall,
    sync::{Effect, Machine},
};
use wire::{
    DeviceCertificate, DeviceId, DeviceKey, Label, PersonId, PersonKey, Signature, Signer,
    frame::{Frame, Marker},
    msg::sync::{Batch, Reason, Sync},
    room::{Content, MessageBody, MessageId, MetaField, OpHash, Outcome, Rank, RoomId, Speaker},
};

use crate::reference::{self, Known, Said};

/// What a history contained.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    pub(crate) messages: u64,
    pub(crate) deletions: u64,
    pub(crate) removals: u64,
    pub(crate) forks: u64,
    pub(crate) forged: u64,
    pub(crate) apart: u64,
}

impl Seen {
    pub(crate) fn add(&mut self, other: &Self) {
        self.messages += other.messages;
        self.deletions += other.deletions;
        self.removals += other.removals;
        self.forks += other.forks;
        self.forged += other.forged;
        self.apart += other.apart;
    }
}

pub(crate) struct World {
    dice: fastrand::Rng,
    nodes: Vec<Node>,
    people: Vec<PersonId>,
    cables: BTreeSet<(usize, usize)>,
    under_way: BTreeMap<(usize, usize), VecDeque<Frame>>,
    rooms: Vec<RoomId>,
    /// Everything that honest machines ever sent, checked.
    heard: BTreeMap<RoomId, BTreeMap<(DeviceId, u64, OpHash), Known>>,
    forks: BTreeMap<(RoomId, DeviceId), u64>,
    acknowledged: Vec<Fresh>,
    seen: Seen,
}

struct Node {
    key: [u8; 32],
    device: DeviceId,
    person: PersonId,
    store: Store,
    machine: Machine,
    /// Milliseconds by which its clock is wrong.
    skew: i64,
    written: Vec<(RoomId, MessageId)>,
}

struct Hand(DeviceKey);

impl Signer for Hand {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

/// Whose the machines are: one person has two.
const OWNERS: [u8; 4] = [1, 1, 2, 3];

const YEAR: i64 = 365 * 24 * 3600 * 1000;

impl World {
    pub(crate) fn play(seed: u64) -> Seen {
        let mut world = Self::new(seed);
        world.begin();
        let steps = world.dice.usize(10..60);
        for _ in 0..steps {
            world.step();
        }
        world.heal();
        world.judge(seed);
        world.seen
    }

    fn new(seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut nodes = Vec::new();
        for (number, owner) in (1..).zip(OWNERS) {
            let key = [number; 32];
            let person = PersonKey::from_seed(&[100 + owner; 32]);
            let device = DeviceKey::from_seed(&key).id();
            let certificate = DeviceCertificate::issue(&person, device);
            nodes.push(Node {
                key,
                device,
                person: person.id(),
                store: open(key, certificate, seed),
                machine: Machine::default(),
                skew: dice.i64(-YEAR..YEAR),
                written: Vec::new(),
            });
        }
        let people = nodes.iter().map(|node| node.person).collect();
        Self {
            dice,
            nodes,
            people,
            cables: BTreeSet::new(),
            under_way: BTreeMap::new(),
            rooms: Vec::new(),
            heard: BTreeMap::new(),
            forks: BTreeMap::new(),
            acknowledged: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Somebody makes a room and shares it.
    fn begin(&mut self) {
        let maker = self.dice.usize(..self.nodes.len());
        let (room, fresh) = self.nodes[maker]
            .store
            .create_room("first", Wall(0))
            .unwrap();
        self.rooms.push(room);
        self.wrote(maker, Ok(fresh));
        for person in self.people.clone() {
            if person != self.nodes[maker].person && self.dice.u8(..) < 200 {
                self.add(maker, room, person);
            }
        }
        for _ in 0..4 {
            self.cable();
        }
    }

    fn step(&mut self) {
        let who = self.dice.usize(..self.nodes.len());
        let room = self.rooms[self.dice.usize(..self.rooms.len())];
        let wall = Wall(self.nodes[who].skew);
        match self.dice.u8(..100) {
            0..30 => self.post(who, room),
            30..36 => {
                if let Some(message) = self.one_of_theirs(who, room) {
                    let deleted = self.nodes[who].store.delete(room, message, wall);
                    self.seen.deletions += u64::from(deleted.is_ok());
                    self.wrote(who, deleted);
                }
            }
            36..40 => {
                if let Some(message) = self.one_of_theirs(who, room) {
                    let outcome = self
                        .dice
                        .choice([Outcome::Stopped, Outcome::Failed])
                        .unwrap();
                    let set = self.nodes[who]
                        .store
                        .set_outcome(room, message, outcome, wall);
                    self.wrote(who, set);
                }
            }
            40..44 => {
                let title = self.dice.u32(..).to_string();
                let set = self.nodes[who]
                    .store
                    .set_meta(room, MetaField::Title, &title, wall);
                self.wrote(who, set);
            }
            44..48 => {
                let person = self.people[self.dice.usize(..self.people.len())];
                self.add(who, room, person);
            }
            48..51 => {
                let person = self.people[self.dice.usize(..self.people.len())];
                let removed = self.nodes[who].store.remove(room, person, wall);
                self.seen.removals += u64::from(removed.is_ok());
                self.wrote(who, removed);
            }
            51..60 => self.cable(),
            60..66 => self.cut(),
            66..70 => self.forge(),
            70..73 => self.equivocate(who, room),
            73..76 => {
                let dice = self.dice.u64(..);
                let Node { store, machine, .. } = &mut self.nodes[who];
                machine.tick(Instant::now(), dice, store);
                self.collect(who);
            }
            _ => self.carry(),
        }
    }

    fn post(&mut self, who: usize, room: RoomId) {
        let text = format!("{} says {}", who, self.dice.u32(..));
        let Node {
            store,
            skew,
            written,
            ..
        } = &mut self.nodes[who];
        if store.room_state(room) != Some(RoomState::Joined) {
            return;
        }
        let (nonce, id) = store.new_message(room);
        let draft = Draft {
            nonce,
            parent: None,
            speaker: Speaker::Person,
            body: MessageBody {
                text,
                ..MessageBody::default()
            },
        };
        let posted = store.post(room, draft, Wall(*skew));
        if posted.is_ok() {
            written.push((room, id));
            self.seen.messages += 1;
        }
        self.wrote(who, posted);
    }

    fn add(&mut self, who: usize, room: RoomId, person: PersonId) {
        let rank = if self.dice.u8(..) < 80 {
            Rank::Admin
        } else {
            Rank::Member
        };
        let history = self.dice.u8(..) < 200;
        let Node { store, skew, .. } = &mut self.nodes[who];
        let added = store.add(room, person, rank, history, Wall(*skew));
        self.wrote(who, added);
    }

    fn one_of_theirs(&mut self, who: usize, room: RoomId) -> Option<MessageId> {
        let written = &self.nodes[who].written;
        let here: Vec<_> = written.iter().filter(|(place, _)| *place == room).collect();
        self.dice.choice(here).map(|(_, id)| *id)
    }

    fn wrote(&mut self, who: usize, written: Result<Fresh, StoreError>) {
        match written {
            Ok(fresh) => {
                self.acknowledged.push(fresh);
                let Node { store, machine, .. } = &mut self.nodes[who];
                machine.wrote(fresh, store).unwrap();
                let told = confess(store, fresh);
                self.collect(who);
                for frame in told {
                    self.note(&frame);
                }
            }
            Err(
                StoreError::NotAllowed
                | StoreError::NoRoom
                | StoreError::NoMessage
                | StoreError::OlderCopy,
            ) => {}
            Err(other) => panic!("{other}"),
        }
    }

    fn cable(&mut self) {
        let (a, b) = (
            self.dice.usize(..self.nodes.len()),
            self.dice.usize(..self.nodes.len()),
        );
        self.connect(a.min(b), a.max(b));
    }

    fn connect(&mut self, a: usize, b: usize) {
        if a == b || !self.cables.insert((a, b)) {
            return;
        }
        for (one, other) in [(a, b), (b, a)] {
            let (device, person) = (self.nodes[other].device, self.nodes[other].person);
            let Node { store, machine, .. } = &mut self.nodes[one];
            machine.up(device, person, store).unwrap();
            self.collect(one);
        }
    }

    fn cut(&mut self) {
        let cables: Vec<_> = self.cables.iter().copied().collect();
        let Some((a, b)) = self.dice.choice(cables) else {
            return;
        };
        self.cables.remove(&(a, b));
        for (one, other) in [(a, b), (b, a)] {
            let device = self.nodes[other].device;
            self.nodes[one].machine.down(device);
            self.under_way.remove(&(one, other));
        }
    }

    /// Frames arrive, some twice, some before the one in front of them.
    fn carry(&mut self) {
        for _ in 0..self.dice.usize(1..20) {
            let busy: Vec<_> = self
                .under_way
                .iter()
                .filter(|(_, frames)| !frames.is_empty())
                .map(|(place, _)| *place)
                .collect();
            let Some((from, to)) = self.dice.choice(busy) else {
                return;
            };
            let frames = self.under_way.get_mut(&(from, to)).unwrap();
            if frames.len() > 1 && self.dice.u8(..) < 20 {
                frames.swap(0, 1);
            }
            let frame = frames.pop_front().unwrap();
            if self.dice.u8(..) < 20 {
                frames.push_back(frame.clone());
            }
            self.deliver(from, to, &frame);
        }
    }

    fn deliver(&mut self, from: usize, to: usize, frame: &Frame) {
        let device = self.nodes[from].device;
        let Node { store, machine, .. } = &mut self.nodes[to];
        machine.heard(device, frame, store).unwrap();
        self.collect(to);
    }

    /// What a machine wants done.
    fn collect(&mut self, who: usize) {
        while let Some(effect) = self.nodes[who].machine.poll_effect() {
            match effect {
                Effect::Send { to, frame } => {
                    let to = self
                        .nodes
                        .iter()
                        .position(|node| node.device == to)
                        .unwrap();
                    self.note(&frame);
                    let cable = (who.min(to), who.max(to));
                    if self.cables.contains(&cable) {
                        self.under_way
                            .entry((who, to))
                            .or_default()
                            .push_back(frame);
                    }
                }
                Effect::Offered { room, .. } => {
                    let Node { store, machine, .. } = &mut self.nodes[who];
                    machine.entered(room, store).unwrap();
                }
                Effect::Changed { .. }
                | Effect::Forked { .. }
                | Effect::OlderCopy { .. }
                | Effect::Refused { .. } => {}
            }
        }
    }

    /// An honest machine sent this: it must be what somebody really wrote, or its
    /// signature does not fit.
    fn note(&mut self, frame: &Frame) {
        if frame.marker == Marker::Sync {
            if let Ok(Sync::Forked { room, one, .. }) = Sync::parse(&frame.payload) {
                let from = self.forks.entry((room, one.author)).or_insert(u64::MAX);
                *from = (*from).min(one.first);
            }
            return;
        }
        let batch = Batch::parse(&frame.payload).unwrap();
        if batch.reason == Reason::Traced {
            return;
        }
        for run in batch.runs {
            let chained = run.check(batch.room).unwrap();
            for (seq, hash, op) in chained.ops() {
                let author = chained.run().author;
                let known = Known {
                    author,
                    seq,
                    hash,
                    op: op.clone(),
                };
                let heard = self.heard.entry(batch.room).or_default();
                let place = heard
                    .entry((author, seq, hash))
                    .or_insert_with(|| known.clone());
                if matches!(place.op.content, Content::Gone { .. }) {
                    *place = known;
                }
            }
        }
    }

    /// Somebody on the way changes what passes by.
    fn forge(&mut self) {
        let batches: Vec<_> = self
            .under_way
            .iter()
            .flat_map(|(place, frames)| frames.iter().map(|frame| (*place, frame.clone())))
            .filter(|(_, frame)| frame.marker == Marker::Operations)
            .collect();
        let Some(((from, to), frame)) = self.dice.choice(batches) else {
            return;
        };
        let mut batch = Batch::parse(&frame.payload).unwrap();
        let Some(run) = batch.runs.first_mut() else {
            return;
        };
        let place = self.dice.usize(..run.ops.len());
        match self.dice.u8(..5) {
            0 => run.ops[place].lam += 1,
            1 => run.ops[place].content = Content::Here(b"0123456789abcdef forged".to_vec()),
            2 => run.author = self.nodes[self.dice.usize(..self.nodes.len())].device,
            3 => run.first += 1,
            _ => run.ops[place].wall ^= 1,
        }
        if run.clone().check(batch.room).is_ok() {
            return;
        }
        self.seen.forged += 1;
        let frame = batch.to_frame();
        self.deliver(from, to, &frame);
    }

    /// A copy of a machine, as from a backup, writes on its own.
    fn equivocate(&mut self, who: usize, room: RoomId) {
        let Some(heard) = self.heard.get(&room) else {
            return;
        };
        let device = self.nodes[who].device;
        let sign = DeviceKey::from_seed(&self.nodes[who].key);
        let mut chains: BTreeMap<DeviceId, Vec<&Known>> = BTreeMap::new();
        for known in heard.values() {
            chains.entry(known.author).or_default().push(known);
        }
        let Some(own) = chains.get(&device) else {
            return;
        };
        // The op before the one it writes again.
        let from = self.dice.usize(..own.len());
        let Some(before) = own.get(from) else {
            return;
        };
        let op = wire::room::Op {
            lam: before.op.lam + 1,
            wall: 0,
            act: wire::room::Act::Message {
                nonce: [self.dice.u8(..); 16],
                parent: None,
                speaker: Speaker::Person,
            },
            content: Content::Here(b"0123456789abcdef".to_vec()),
        };
        let run = wire::room::Run::sign(&Hand(sign), room, before.seq + 1, before.hash, vec![op]);
        let batch = Batch {
            room,
            reason: Reason::Pushed,
            runs: vec![run.unwrap().into_run()],
        };
        let targets: Vec<_> = self
            .cables
            .iter()
            .filter(|(a, b)| *a == who || *b == who)
            .map(|(a, b)| if *a == who { *b } else { *a })
            .collect();
        if let Some(target) = self.dice.choice(targets) {
            let frame = batch.to_frame();
            // Its own key signed it: it is as true as anything else it wrote.
            self.note(&frame);
            self.deliver(who, target, &frame);
        }
    }

    /// Every cable is plugged in, and everything arrives.
    fn heal(&mut self) {
        for a in 0..self.nodes.len() {
            for b in a + 1..self.nodes.len() {
                self.connect(a, b);
            }
        }
        for _ in 0..6 {
            self.carry_all();
            let pairs: Vec<_> = self.cables.iter().copied().collect();
            for (a, b) in pairs {
                for (one, other) in [(a, b), (b, a)] {
                    let device = self.nodes[other].device;
                    let person = self.nodes[other].person;
                    let Node { store, machine, .. } = &mut self.nodes[one];
                    machine.down(device);
                    machine.up(device, person, store).unwrap();
                    self.collect(one);
                }
                self.carry_all();
            }
        }
    }

    fn carry_all(&mut self) {
        for _ in 0..100_000 {
            let busy = self
                .under_way
                .iter_mut()
                .find(|(_, frames)| !frames.is_empty());
            let Some((place, frames)) = busy else {
                return;
            };
            let ((from, to), frame) = (*place, frames.pop_front().unwrap());
            self.deliver(from, to, &frame);
        }
        panic!("the machines never stop talking");
    }

    fn judge(&mut self, seed: u64) {
        for room in self.rooms.clone() {
            let heard = self.heard.get(&room).cloned().unwrap_or_default();
            let all: Vec<Known> = heard.into_values().collect();
            let forks: BTreeMap<_, _> = self
                .forks
                .iter()
                .filter(|((place, _), _)| *place == room)
                .map(|((_, device), from)| (*device, *from))
                .collect();
            self.seen.forks += forks.len() as u64;
            if is_contradicted(&all, &forks) {
                self.seen.apart += 1;
                continue;
            }
            let members = reference::read(room, &all, &forks).people;
            let there: Vec<usize> = (0..self.nodes.len())
                .filter(|who| members.contains_key(&self.nodes[*who].person))
                .collect();
            let Some(first) = there.first() else {
                continue;
            };
            // What only those know who were removed and have not heard of it, and tell
            // each other: it reaches nobody who is still there.
            let store = &mut self.nodes[*first].store;
            if store.room_state(room) != Some(RoomState::Joined) {
                assert!(
                    all.is_empty(),
                    "history {seed}: {first} never heard of the room"
                );
                continue;
            }
            let known_forks = store.standing(room).unwrap().frozen().clone();
            if known_forks != forks {
                self.seen.apart += 1;
                continue;
            }
            let heads = store.heads(room);
            let all: Vec<Known> = heads
                .iter()
                .flat_map(|head| chain(seed, room, head, &all))
                .collect();
            let expected = reference::read(room, &all, &forks);
            assert_eq!(
                expected.people, members,
                "history {seed}: the news of who is there"
            );
            // Whoever could see a text may have been removed; then it is lost to those
            // who came later.
            let mut here = BTreeSet::new();
            for who in &there {
                let store = &mut self.nodes[*who].store;
                let shown = store
                    .messages(room, Before::END, 10_000)
                    .unwrap_or_default();
                let shown = shown
                    .iter()
                    .filter(|message| matches!(message.text, Text::Here(_)));
                here.extend(shown.map(|message| message.id));
            }
            let mut heads = Vec::new();
            for who in 0..self.nodes.len() {
                let person = self.nodes[who].person;
                if !expected.people.contains_key(&person) || all.is_empty() {
                    continue;
                }
                self.compare(seed, who, room, &expected, &here);
                heads.push((who, self.nodes[who].store.heads(room)));
            }
            for pair in heads.windows(2) {
                assert_eq!(
                    pair[0].1, pair[1].1,
                    "history {seed}: {} and {}",
                    pair[0].0, pair[1].0
                );
            }
            for fresh in self.acknowledged.iter().filter(|fresh| fresh.room == room) {
                self.is_kept(seed, *fresh, &forks, &expected, &heads);
            }
        }
    }

    /// Everything that was acknowledged to somebody who is still there is with all.
    fn is_kept(
        &self,
        seed: u64,
        fresh: Fresh,
        forks: &BTreeMap<DeviceId, u64>,
        expected: &reference::State,
        heads: &[(usize, Vec<wire::msg::sync::Head>)],
    ) {
        let author = self
            .nodes
            .iter()
            .find(|node| node.device == fresh.author)
            .unwrap();
        let is_there = expected.people.contains_key(&author.person);
        if !is_there || forks.contains_key(&fresh.author) {
            return;
        }
        for (who, heads) in heads {
            let head = heads.iter().find(|head| head.author == fresh.author);
            assert!(
                head.is_some_and(|head| head.seq >= fresh.to),
                "history {seed}: {who} lacks {fresh:?}"
            );
        }
    }

    fn compare(
        &mut self,
        seed: u64,
        who: usize,
        room: RoomId,
        expected: &reference::State,
        here: &BTreeSet<MessageId>,
    ) {
        let store = &mut self.nodes[who].store;
        let person = store.person();
        let standing = store.standing(room).unwrap();
        let present = standing.present();
        let people: BTreeMap<_, _> = present
            .iter()
            .map(|(person, member)| (*person, member.rank()))
            .collect();
        assert_eq!(
            people, expected.people,
            "history {seed}: who is there, says {who}"
        );
        let title = standing.meta(MetaField::Title).unwrap_or_default();
        assert_eq!(
            title, expected.title,
            "history {seed}: the title, says {who}"
        );
        // What is not for the eyes of whoever was added without history.
        let sees_all = present.get(&person).is_some_and(|member| member.history);
        let messages = store.messages(room, Before::END, 10_000).unwrap();
        let shown: Vec<_> = messages.iter().map(|message| message.id).collect();
        let wanted: Vec<_> = expected.messages.iter().map(|said| said.id).collect();
        assert_eq!(shown, wanted, "history {seed}: which messages, says {who}");
        for (message, said) in messages.iter().zip(&expected.messages) {
            let lenient = !sees_all || !here.contains(&message.id);
            assert!(
                is_same(message, said, lenient),
                "history {seed}: {who} shows {message:?} for {said:?}"
            );
        }
    }
}

/// Whether two chains of a device were written that nobody has held against each
/// other: those who are still there can only have one of them.
fn is_contradicted(all: &[Known], forks: &BTreeMap<DeviceId, u64>) -> bool {
    let counts = |known: &&Known| {
        forks
            .get(&known.author)
            .is_none_or(|from| known.seq < *from)
    };
    let mut places = BTreeSet::new();
    let mut counted = all.iter().filter(counts);
    !counted.all(|known| places.insert((known.author, known.seq)))
}

/// The ops that lead to a head: there may be others of the same numbers, that
/// nobody who is still there has heard of.
fn chain(seed: u64, room: RoomId, head: &wire::msg::sync::Head, all: &[Known]) -> Vec<Known> {
    let (mut seq, mut hash) = (head.seq, head.hash);
    let mut chain = Vec::new();
    while seq > 0 {
        let here =
            |known: &&Known| (known.author, known.seq, known.hash) == (head.author, seq, hash);
        let last = all.iter().find(here);
        let last = last.unwrap_or_else(|| panic!("history {seed}: an op that nobody sent"));
        seq -= 1;
        let before = all
            .iter()
            .filter(|known| (known.author, known.seq) == (head.author, seq));
        let mut before = before.map(|known| known.hash).chain([OpHash::NONE]);
        hash = before
            .find(|before| last.op.hash(room, head.author, seq + 1, *before) == last.hash)
            .unwrap_or_else(|| panic!("history {seed}: an op without the one before it"));
        chain.push(last.clone());
    }
    chain
}

/// What a machine would tell another one of the same person.
fn confess(store: &mut Store, fresh: Fresh) -> Vec<Frame> {
    let mut machine = Machine::default();
    let nobody = DeviceKey::from_seed(&[99; 32]).id();
    machine.up(nobody, store.person(), store).unwrap();
    machine.wrote(fresh, store).unwrap();
    let effects = std::iter::from_fn(|| machine.poll_effect());
    let frames = effects.filter_map(|effect| match effect {
        Effect::Send { frame, .. } if frame.marker == Marker::Operations => Some(frame),
        _ => None,
    });
    frames.collect()
}

fn is_same(message: &Message, said: &Said, lenient: bool) -> bool {
    let text = match (&message.text, &said.text) {
        (Text::Here(body), Some(text)) => body.text == *text,
        (Text::Deleted, None) => true,
        (Text::Withheld, _) => lenient,
        _ => false,
    };
    text && message.person == said.person && message.outcome == said.outcome
}

fn open(key: [u8; 32], certificate: DeviceCertificate, seed: u64) -> Store {
    let own = chat::Own {
        signer: Arc::new(Hand(DeviceKey::from_seed(&key))),
        certificate,
    };
    let mut dice = key;
    dice[..8].copy_from_slice(&seed.to_be_bytes());
    Store::in_memory(own, &dice).unwrap()
}
