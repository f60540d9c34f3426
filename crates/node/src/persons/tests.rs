//! Real identities and stores, and links that only carry frames.

mod going;
mod lying;
mod stopping;

use std::{
    collections::{BTreeSet, VecDeque},
    sync::atomic::{AtomicI64, Ordering},
};

use mesh::{Arrived, KeyringChoice};
use tempfile::TempDir;
use wire::{PersonId, PersonMove};

use super::*;
use crate::{
    folder::Folder,
    store::{
        self, AuditKind, FileLimits, Form, Grant, Keeper, Page, Permission, Relation, Scope, Term,
    },
    trust::{Clock, Concern, Introduction, Policy, Standing, Verdict},
};

const START: i64 = 1_772_357_400_000;

/// Machines by their place, and which sessions are up.
struct World {
    clock: Arc<AtomicI64>,
    machines: Vec<Machine>,
    up: BTreeSet<(usize, usize)>,
    /// Every frame that was ever sent, for those who keep what they should not.
    sent: Vec<(usize, DeviceId, Frame)>,
}

struct Machine {
    folder: TempDir,
    identity: Arc<Identity>,
    trust: Trust,
    persons: Persons,
    keeper: Keeper,
}

impl Machine {
    fn start(folder: TempDir, clock: &Arc<AtomicI64>) -> Self {
        let (root, lock) = Folder::open(folder.path().to_owned()).unwrap();
        let opened = store::open(&root, lock, std::time::SystemTime::now()).unwrap();
        let identity = Identity::open(folder.path(), KeyringChoice::FileOnly).unwrap();
        let identity = Arc::new(identity);
        let clock = Arc::clone(clock);
        let clock = Clock::of(move || Moment::from_millis(clock.load(Ordering::SeqCst)));
        let trust = Trust::new(opened.store, Policy::default(), clock);
        let persons = Persons::new(Arc::clone(&identity), trust.clone());
        Self {
            folder,
            identity,
            trust,
            persons,
            keeper: opened.keeper,
        }
    }

    fn device(&self) -> DeviceId {
        self.identity.device_id()
    }

    fn person(&self) -> PersonId {
        self.identity.person_id()
    }

    fn way(&self) -> Vec<PersonMove> {
        self.identity.person().arrival.way.moves().to_vec()
    }
}

impl World {
    async fn of(machines: usize) -> Self {
        let mut world = Self {
            clock: Arc::new(AtomicI64::new(START)),
            machines: Vec::new(),
            up: BTreeSet::new(),
            sent: Vec::new(),
        };
        for place in 0..machines {
            let folder = tempfile::tempdir().unwrap();
            let machine = Machine::start(folder, &world.clock);
            world.machines.push(machine);
            world.in_step(place).await;
        }
        world
    }

    /// Two people compare codes. The age of a person decides whose key both have
    /// afterwards, as in the pairing of the mesh.
    async fn pair(&mut self, one: usize, other: usize, relation: Relation) {
        let rank = |machine: &Machine| (machine.identity.person_since(), machine.person());
        let (first, second) = (&self.machines[one], &self.machines[other]);
        if relation == Relation::Mine && first.person() != second.person() {
            let (older, younger) = if rank(first) < rank(second) {
                (first, second)
            } else {
                (second, first)
            };
            let own = older.identity.person();
            let key = older.identity.person_key().unwrap();
            let (since, way) = (own.since, own.arrival.way);
            let compared = younger.person();
            younger
                .identity
                .adopt_person(compared, &key, since, &way)
                .unwrap();
        }
        for (here, there) in [(one, other), (other, one)] {
            self.in_step(here).await;
            let there = &self.machines[there];
            let who = Introduction {
                name: "machine".to_owned(),
                form: Form::Desktop,
                instance: 1,
                person: Some(there.person()),
            };
            let paired = self.machines[here]
                .trust
                .paired(there.device(), who, relation);
            let effects = paired.await.unwrap();
            self.carry_out(here, effects).await;
        }
        self.connect(one, other).await;
    }

    async fn connect(&mut self, one: usize, other: usize) {
        self.up.extend([(one, other), (other, one)]);
        for (here, there) in [(one, other), (other, one)] {
            let there = self.machines[there].device();
            let frames = self.machines[here].persons.on_up(there);
            self.send(here, frames).await;
        }
    }

    fn disconnect(&mut self, one: usize) {
        self.up
            .retain(|(here, there)| *here != one && *there != one);
    }

    async fn forget(&mut self, here: usize, there: usize) {
        let effects = self.forgotten(here, there).await;
        self.carry_out(here, effects).await;
    }

    /// Decided, and nothing carried out yet.
    async fn forgotten(&mut self, here: usize, there: usize) -> Vec<Effect> {
        self.clock.fetch_add(1000, Ordering::SeqCst);
        let device = self.machines[there].device();
        self.up.remove(&(here, there));
        self.up.remove(&(there, here));
        self.machines[here].trust.forget(device).await.unwrap()
    }

    async fn restart(&mut self, place: usize) {
        self.disconnect(place);
        let Machine { folder, keeper, .. } = self.machines.remove(place);
        keeper.close().await.unwrap();
        let machine = Machine::start(folder, &self.clock);
        self.machines.insert(place, machine);
        self.in_step(place).await;
        let duties = self.machines[place].trust.duties();
        self.carry_out(place, duties).await;
    }

    async fn in_step(&mut self, place: usize) {
        let outcome = self.machines[place].persons.in_step().await.unwrap();
        self.follow_up(place, outcome).await;
    }

    async fn follow_up(&mut self, place: usize, outcome: Outcome) {
        let frames = outcome.frames;
        Box::pin(self.carry_out(place, outcome.effects)).await;
        Box::pin(self.send(place, frames)).await;
    }

    async fn carry_out(&mut self, place: usize, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::NewPersonKey { since, .. } = effect {
                let outcome = self.machines[place].persons.renew(since).await.unwrap();
                self.follow_up(place, outcome).await;
            }
        }
    }

    /// Delivers where a session is up, and what follows from it.
    async fn send(&mut self, from: usize, frames: Vec<(DeviceId, Frame)>) {
        let mut waiting: VecDeque<_> = frames
            .into_iter()
            .map(|(to, frame)| (from, to, frame))
            .collect();
        while let Some((from, to, frame)) = waiting.pop_front() {
            self.sent.push((from, to, frame.clone()));
            let mut places = 0..self.machines.len();
            let to = places.find(|place| self.machines[*place].device() == to);
            let to = to.unwrap();
            if !self.up.contains(&(from, to)) {
                continue;
            }
            let sender = self.machines[from].device();
            let heard = self.machines[to].persons.on_frame(sender, &frame).await;
            let outcome = heard.unwrap();
            let frames = outcome.frames.into_iter();
            waiting.extend(frames.map(|(next, frame)| (to, next, frame)));
        }
    }

    /// Something is said in a session, whoever said it first.
    async fn say(&mut self, from: usize, to: usize, frame: Frame) {
        let device = self.machines[to].device();
        self.send(from, vec![(device, frame)]).await;
    }

    fn relation(&self, here: usize, there: usize) -> Option<Relation> {
        match self.machines[here]
            .trust
            .standing(self.machines[there].device())
        {
            Standing::Trusted(trusted) => Some(trusted.relation),
            Standing::Discovered | Standing::Pending | Standing::Blocked => None,
        }
    }

    fn concern(&self, here: usize, there: usize) -> Option<Concern> {
        let view = self.machines[here].trust.view();
        let known = view.tables().known(self.machines[there].device())?;
        view.concern(known)
    }

    fn pinned(&self, here: usize, there: usize) -> Option<PersonId> {
        let view = self.machines[here].trust.view();
        let known = view.tables().known(self.machines[there].device());
        known.and_then(|known| known.peer.person)
    }

    async fn allow(&self, here: usize, there: usize) {
        let grant = Grant::FilesRead(FileLimits {
            folders: Scope::All,
        });
        let device = self.machines[there].device();
        let allowed = self.machines[here].trust.allow(device, grant, Term::Always);
        allowed.await.unwrap();
    }

    fn may(&self, here: usize, there: usize, permission: Permission) -> bool {
        let device = self.machines[there].device();
        let verdict = self.machines[here].trust.may(device, permission);
        matches!(verdict, Verdict::Allowed { .. })
    }

    async fn logged(&self, here: usize, kind: AuditKind) -> usize {
        let page = Page {
            most: 500,
            ..Page::default()
        };
        let log = self.machines[here].trust.audit(page).await.unwrap();
        log.iter().filter(|row| row.entry.kind == kind).count()
    }
}

/// One person with three machines, 0 to 2, and a friend, 3, who lets each of them
/// read files.
async fn household() -> World {
    let mut world = World::of(4).await;
    world.pair(0, 1, Relation::Mine).await;
    world.pair(0, 2, Relation::Mine).await;
    world.pair(1, 2, Relation::Mine).await;
    for place in [0, 1, 2] {
        world.pair(3, place, Relation::Other).await;
        world.allow(3, place).await;
    }
    for (here, there) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        assert_eq!(world.relation(here, there), Some(Relation::Mine));
        assert_eq!(world.concern(here, there), None);
        assert!(world.may(here, there, Permission::Admin));
    }
    world
}
