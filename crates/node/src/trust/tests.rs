mod asking;
mod handle;
mod model;
mod permissions;
mod persons;
mod standing;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use wire::DeviceId;

use super::*;
use crate::{
    folder::Folder,
    store::{
        self, FileLimits, Form, Keeper, LlmLimits, Origin, Scope, Store, Trusted, Write,
        testing::{device, person},
    },
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const START: i64 = 1_772_357_400_000;

const MINE: MeshKeyId = MeshKeyId::from_bytes([1; 32]);
const TEAM: MeshKeyId = MeshKeyId::from_bytes([2; 32]);

/// The rules on tables that nobody writes down.
struct Desk {
    tables: Tables,
    policy: Policy,
    now: Moment,
    log: Vec<Entry>,
}

impl Desk {
    fn new() -> Self {
        let mut tables = Tables::default();
        tables.apply(Write::PutOwnPerson(me()));
        Self {
            tables,
            policy: Policy::default(),
            now: Moment::from_millis(START),
            log: Vec::new(),
        }
    }

    fn view(&self) -> View {
        View::new(Arc::new(self.tables.clone()), self.policy, self.now)
    }

    fn decide<T>(&mut self, rule: impl FnOnce(&View) -> Decision<T>) -> Result<Done<T>, Refusal> {
        let (writes, outcome) = rule(&self.view()).split();
        for write in writes {
            if let Write::Record(entry) | Write::RecordOnceIn(_, entry) = &write {
                self.log.push(entry.clone());
            }
            self.tables.apply(write);
        }
        outcome
    }

    fn pass(&mut self, duration: Duration) {
        self.now = self.now.after(duration);
    }

    fn ask(&mut self, number: u8) {
        self.decide(|view| rules::trusting::pairing_asked(view, device(number), &who(number)))
            .unwrap();
    }

    /// Unless the device is blocked.
    fn pair(&mut self, number: u8, relation: Relation) {
        let who = who_as(number, relation);
        let paired =
            self.decide(|view| rules::trusting::paired(view, device(number), &who, relation));
        assert!(
            matches!(paired, Ok(_) | Err(Refusal::Blocked)),
            "{paired:?}"
        );
    }

    fn come(&mut self, number: u8) -> Result<(), Refusal> {
        self.decide(|view| rules::trusting::came_openly(view, device(number), &who(number)))
            .map(drop)
    }

    fn invite(&mut self, card: InvitationId, kind: MeshKeyKind) {
        self.decide(|view| rules::keys::invite(view, card, kind, DAY))
            .unwrap();
    }

    fn rotate(&mut self, old: MeshKeyId, new: MeshKeyId, grace: Duration) -> Done<Vec<DeviceId>> {
        self.decide(|view| rules::keys::rotate(view, old, new, grace))
            .unwrap()
    }

    fn block(&mut self, number: u8) -> Vec<Effect> {
        self.effects(|view| rules::removing::block(view, device(number), None))
    }

    fn forget(&mut self, number: u8) -> Vec<Effect> {
        self.effects(|view| rules::removing::forget(view, device(number)))
    }

    fn deny(&mut self, number: u8, permission: Permission) {
        self.decide(|view| rules::permitting::deny(view, device(number), permission))
            .unwrap();
    }

    fn prove(&mut self, number: u8, key: MeshKeyId) -> Result<(), Refusal> {
        let kind = self.tables.mesh_key(key).map(|key| key.kind);
        let who = match kind {
            Some(MeshKeyKind::Mine) => who_as(number, Relation::Mine),
            Some(MeshKeyKind::Team) | None => who(number),
        };
        self.decide(|view| rules::trusting::mesh_key_proved(view, device(number), &who, key))
            .map(drop)
    }

    fn with_keys() -> Self {
        let mut desk = Self::new();
        for (id, kind) in [(MINE, MeshKeyKind::Mine), (TEAM, MeshKeyKind::Team)] {
            desk.decide(|view| rules::keys::add(view, id, kind))
                .unwrap();
        }
        desk
    }

    fn effects<T>(&mut self, rule: impl FnOnce(&View) -> Decision<T>) -> Vec<Effect> {
        self.decide(rule).map(|done| done.effects).unwrap()
    }

    fn allow(&mut self, number: u8, grant: Grant, term: Term) -> Result<(), Refusal> {
        self.decide(|view| rules::permitting::allow(view, device(number), grant, term))
            .map(drop)
    }

    fn allowed(&self, number: u8) -> Vec<Permission> {
        let view = self.view();
        Permission::ALL
            .iter()
            .copied()
            .filter(|permission| {
                matches!(
                    view.may(device(number), *permission),
                    Verdict::Allowed { .. }
                )
            })
            .collect()
    }

    fn refusal(&self, number: u8, permission: Permission) -> Refusal {
        match self.view().may(device(number), permission) {
            Verdict::Refused(refusal) => refusal,
            Verdict::Allowed { .. } => panic!("{permission:?} is allowed"),
        }
    }

    fn relation_and_origin(&self, number: u8) -> Option<(Relation, Origin)> {
        let trusted = self.view().trusted(device(number))?;
        Some((trusted.relation, trusted.origin))
    }
}

fn me() -> PersonId {
    person(0)
}

/// Machines become mine only after their persons have become one.
fn who_as(number: u8, relation: Relation) -> Introduction {
    let person = match relation {
        Relation::Mine => me(),
        Relation::Other => person(number),
    };
    Introduction {
        person: Some(person),
        ..who(number)
    }
}

fn who(number: u8) -> Introduction {
    Introduction {
        name: format!("machine {number}"),
        form: Form::Desktop,
        instance: 1,
        person: Some(person(number)),
    }
}

fn llm(models: Scope) -> Grant {
    Grant::LlmUse(LlmLimits {
        models,
        max_tokens: Some(100),
        requests_per_minute: 5,
        concurrency: 1,
    })
}

fn files() -> Grant {
    Grant::FilesRead(FileLimits {
        folders: Scope::only(["papers"]),
    })
}

/// A real store with a clock that is moved by hand.
struct House {
    place: TempDir,
    clock: Arc<AtomicI64>,
}

impl House {
    fn new() -> Self {
        Self {
            place: tempfile::tempdir().unwrap(),
            clock: Arc::new(AtomicI64::new(START)),
        }
    }

    async fn open(&self) -> (Trust, Keeper) {
        let (store, keeper) = self.store();
        let clock = Arc::clone(&self.clock);
        let clock = Clock::of(move || Moment::from_millis(clock.load(Ordering::SeqCst)));
        let trust = Trust::new(store, Policy::default(), clock);
        trust
            .person_is(me(), Way::default(), Arrived::First)
            .await
            .unwrap();
        (trust, keeper)
    }

    fn store(&self) -> (Store, Keeper) {
        let (folder, lock) = Folder::open(self.place.path().to_owned()).unwrap();
        let opened = store::open(&folder, lock, std::time::SystemTime::now()).unwrap();
        (opened.store, opened.keeper)
    }

    fn pass(&self, duration: Duration) {
        let millis = i64::try_from(duration.as_millis()).unwrap();
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }
}

fn numbered(number: u32) -> DeviceId {
    let mut seed = [0xee; 32];
    seed[..4].copy_from_slice(&number.to_le_bytes());
    wire::DeviceKey::from_seed(&seed).id()
}

fn ended(number: u8, ended: Ended) -> Effect {
    Effect::EndSession {
        device: device(number),
        ended,
    }
}
