//! Arbitrary histories, beside a model that knows no tables: it says in the
//! words of the specification what each device has, and what follows.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use rules::{keys, permitting, removing, tidying};

const DEVICES: u8 = 3;
const KEYS: [MeshKeyId; 2] = [MINE, TEAM];

/// Keys by their place in [`KEYS`], times in hours.
#[derive(Debug, Clone)]
enum Event {
    Pair(u8, Relation),
    Prove(u8, usize),
    ComeOpenly(u8),
    Forget(u8),
    Block(u8),
    Unblock(u8),
    Allow(u8, Permission, Option<u8>),
    Deny(u8, Permission),
    RemoveKey(usize),
    OpenNetwork(bool),
    Pass(u8),
    Tidy,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let device = 1..=DEVICES;
    let key = 0..KEYS.len();
    let permission = prop::sample::select(Permission::ALL);
    let relation = prop::sample::select(vec![Relation::Mine, Relation::Other]);
    let hours = prop::option::of(1..9_u8);
    let one = prop_oneof![
        3 => (device.clone(), relation).prop_map(|(device, relation)| Event::Pair(device, relation)),
        4 => (device.clone(), key.clone()).prop_map(|(device, key)| Event::Prove(device, key)),
        3 => device.clone().prop_map(Event::ComeOpenly),
        1 => device.clone().prop_map(Event::Forget),
        1 => device.clone().prop_map(Event::Block),
        1 => device.clone().prop_map(Event::Unblock),
        4 => (device.clone(), permission.clone(), hours)
            .prop_map(|(device, permission, hours)| Event::Allow(device, permission, hours)),
        2 => (device, permission).prop_map(|(device, permission)| Event::Deny(device, permission)),
        1 => key.prop_map(Event::RemoveKey),
        2 => any::<bool>().prop_map(Event::OpenNetwork),
        2 => (1..200_u8).prop_map(Event::Pass),
        1 => Just(Event::Tidy),
    ];
    prop::collection::vec(one, 0..40)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Paired(Relation),
    Key(usize),
    Open,
}

#[derive(Debug, Clone, Copy)]
enum Said {
    AllowedUntil(u64),
    Denied,
}

#[derive(Debug, Clone)]
enum Life {
    Blocked,
    Trusted {
        ground: Ground,
        said: BTreeMap<Permission, Said>,
    },
}

#[derive(Debug, Default)]
struct Model {
    lives: BTreeMap<u8, Life>,
    hour: u64,
    network_open: bool,
    /// The hour in which a retired key ends.
    retired: BTreeMap<usize, u64>,
    gone: BTreeSet<usize>,
    /// Who proved which key while there was something to keep about it.
    held: BTreeSet<(u8, usize)>,
}

impl Model {
    fn is_blocked(&self, number: u8) -> bool {
        matches!(self.lives.get(&number), Some(Life::Blocked))
    }

    /// What trust rests on, while it does.
    fn ground(&self, number: u8) -> Option<Ground> {
        let Some(Life::Trusted { ground, .. }) = self.lives.get(&number) else {
            return None;
        };
        let holds = match *ground {
            Ground::Paired(_) => true,
            Ground::Key(key) => self.holds(key),
            Ground::Open => self.network_open,
        };
        holds.then_some(*ground)
    }

    fn may(&self, number: u8, permission: Permission) -> bool {
        let Some(ground) = self.ground(number) else {
            return false;
        };
        let Some(Life::Trusted { said, .. }) = self.lives.get(&number) else {
            return false;
        };
        let is_use = permission == Permission::LlmUse;
        if ground == Ground::Open && !is_use {
            return false;
        }
        match said.get(&permission) {
            Some(Said::Denied) => return false,
            Some(Said::AllowedUntil(end)) if self.hour < *end => return true,
            Some(Said::AllowedUntil(_)) | None => {}
        }
        match ground {
            Ground::Paired(Relation::Mine) | Ground::Key(0) => true,
            Ground::Paired(Relation::Other) => false,
            Ground::Key(_) | Ground::Open => is_use,
        }
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Pair(number, relation) => self.rest_on(number, Ground::Paired(relation)),
            Event::Prove(number, key) => {
                let further = match self.ground(number) {
                    None | Some(Ground::Open) => true,
                    Some(Ground::Key(held)) => held == 1 && key == 0,
                    Some(Ground::Paired(_)) => false,
                };
                if further && self.opens(key) {
                    self.rest_on(number, Ground::Key(key));
                }
                let is_kept = matches!(self.lives.get(&number), Some(Life::Trusted { .. }));
                if is_kept && !self.gone.contains(&key) {
                    self.held.insert((number, key));
                }
            }
            Event::ComeOpenly(number) => {
                if self.network_open && self.ground(number).is_none() {
                    self.rest_on(number, Ground::Open);
                }
            }
            Event::Forget(number) => {
                if !self.is_blocked(number) {
                    self.leave(number);
                }
            }
            Event::Block(number) => {
                self.leave(number);
                self.lives.insert(number, Life::Blocked);
            }
            Event::Unblock(number) => {
                if self.is_blocked(number) {
                    self.lives.remove(&number);
                }
            }
            Event::Allow(number, permission, hours) => {
                let end = hours.map_or(u64::MAX, |hours| self.hour + u64::from(hours));
                let only_use = self.ground(number) == Some(Ground::Open);
                if !only_use || permission == Permission::LlmUse {
                    self.say(number, permission, Said::AllowedUntil(end));
                }
            }
            Event::Deny(number, permission) => self.say(number, permission, Said::Denied),
            Event::RemoveKey(key) => {
                if self.gone.insert(key) {
                    self.lives.retain(|_, life| {
                        !matches!(life, Life::Trusted { ground, .. } if *ground == Ground::Key(key))
                    });
                    self.forget_what_nobody_holds();
                }
            }
            Event::OpenNetwork(open) => self.network_open = open,
            Event::Pass(hours) => self.hour += u64::from(hours),
            Event::Tidy => {
                for number in 1..=DEVICES {
                    if !self.is_blocked(number) && self.ground(number).is_none() {
                        self.lives.remove(&number);
                    }
                }
                self.forget_what_nobody_holds();
                let over = (0..KEYS.len()).filter(|key| !self.holds(*key));
                self.gone.extend(over.collect::<Vec<_>>());
            }
        }
    }

    /// Whether a key carries the trust it made.
    fn holds(&self, key: usize) -> bool {
        let in_time = self.retired.get(&key).is_none_or(|end| self.hour < *end);
        in_time && !self.gone.contains(&key)
    }

    /// Whether a key makes new trust.
    fn opens(&self, key: usize) -> bool {
        !self.retired.contains_key(&key) && !self.gone.contains(&key)
    }

    fn rest_on(&mut self, number: u8, ground: Ground) {
        if self.is_blocked(number) {
            return;
        }
        let before = self.ground(number);
        let as_before = before.is_some_and(|before| is_mine(before) == is_mine(ground));
        if before.is_some_and(is_mine) && !is_mine(ground) {
            self.retire(0);
        }
        let said = match self.lives.remove(&number) {
            Some(Life::Trusted { said, .. }) if as_before => said,
            _ => BTreeMap::new(),
        };
        self.lives.insert(number, Life::Trusted { ground, said });
    }

    /// Whoever leaves knows keys, and those make no new trust for anybody.
    fn leave(&mut self, number: u8) {
        let Some(Life::Trusted { ground, .. }) = self.lives.remove(&number) else {
            return;
        };
        for key in 0..KEYS.len() {
            if is_mine(ground) || self.held.contains(&(number, key)) {
                self.retire(key);
            }
        }
        self.held.retain(|(holder, _)| *holder != number);
    }

    fn forget_what_nobody_holds(&mut self) {
        let lives = &self.lives;
        self.held.retain(|(holder, _)| lives.contains_key(holder));
    }

    fn retire(&mut self, key: usize) {
        if self.opens(key) {
            self.retired.insert(key, self.hour + 7 * 24);
        }
    }

    fn say(&mut self, number: u8, permission: Permission, what: Said) {
        if self.ground(number).is_some()
            && let Some(Life::Trusted { said, .. }) = self.lives.get_mut(&number)
        {
            said.insert(permission, what);
        }
    }
}

fn is_mine(ground: Ground) -> bool {
    matches!(ground, Ground::Paired(Relation::Mine) | Ground::Key(0))
}

/// Whether something is refused shows in what is so afterwards.
fn apply(desk: &mut Desk, event: &Event) {
    match *event {
        Event::Pair(number, relation) => desk.pair(number, relation),
        Event::Prove(number, key) => {
            let _ = desk.prove(number, KEYS[key]);
        }
        Event::ComeOpenly(number) => {
            let _ = desk.come(number);
        }
        Event::Forget(number) => {
            drop(desk.decide(|view| removing::forget(view, device(number))));
        }
        Event::Block(number) => drop(desk.block(number)),
        Event::Unblock(number) => {
            drop(desk.decide(|view| removing::unblock(view, device(number))));
        }
        Event::Allow(number, permission, hours) => {
            let until = |hours: u8| Term::Until(desk.now.after(HOUR * hours.into()));
            let term = hours.map_or(Term::Always, until);
            let _ = desk.allow(number, grant(permission), term);
        }
        Event::Deny(number, permission) => {
            drop(desk.decide(|view| permitting::deny(view, device(number), permission)));
        }
        Event::RemoveKey(key) => drop(desk.decide(|view| keys::remove(view, KEYS[key]))),
        Event::OpenNetwork(open) => desk.policy.open = open,
        Event::Pass(hours) => desk.pass(HOUR * hours.into()),
        Event::Tidy => drop(desk.decide(tidying::tidy)),
    }
}

fn grant(permission: Permission) -> Grant {
    match permission {
        Permission::LlmUse => llm(Scope::All),
        Permission::FilesRead => files(),
        Permission::ModelsCopy => Grant::ModelsCopy,
        Permission::Admin => Grant::Admin,
    }
}

fn verdicts(desk: &Desk) -> Vec<Verdict> {
    let view = desk.view();
    (1..=DEVICES)
        .flat_map(|number| Permission::ALL.iter().map(move |one| (number, *one)))
        .map(|(number, permission)| view.may(device(number), permission))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_rules_agree_with_the_model(events in events()) {
        let mut desk = Desk::with_keys();
        let mut model = Model::default();
        for event in &events {
            apply(&mut desk, event);
            model.happen(event);
            let view = desk.view();
            for number in 1..=DEVICES {
                let blocked = view.standing(device(number)) == Standing::Blocked;
                prop_assert_eq!(blocked, model.is_blocked(number), "{:?} {}", event, number);
                let ground = view.trusted(device(number)).map(|trusted| match trusted.origin {
                    Origin::Pairing => Ground::Paired(trusted.relation),
                    Origin::MeshKey(id) => Ground::Key(usize::from(id == TEAM)),
                    Origin::OpenPolicy => Ground::Open,
                    Origin::Invitation(_) => unreachable!("nobody is invited here"),
                });
                prop_assert_eq!(ground, model.ground(number), "{:?} {}", event, number);
                for permission in Permission::ALL {
                    let verdict = view.may(device(number), *permission);
                    prop_assert_eq!(
                        matches!(verdict, Verdict::Allowed { .. }),
                        model.may(number, *permission),
                        "{:?} {} {:?}", event, number, permission
                    );
                }
            }
        }
    }

    /// Tidying up removes what has ended, and changes no answer.
    #[test]
    fn tidying_changes_no_answer(events in events()) {
        let mut desk = Desk::with_keys();
        for event in &events {
            apply(&mut desk, event);
        }
        let before = verdicts(&desk);
        desk.decide(tidying::tidy).unwrap();
        prop_assert_eq!(verdicts(&desk), before);
        let tidied = desk.tables.clone();
        desk.decide(tidying::tidy).unwrap();
        prop_assert_eq!(desk.tables, tidied, "once is enough");
    }
}
