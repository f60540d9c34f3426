use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wire::PersonId;

use super::*;
use crate::identity::keyring::{
    PatientKeyring,
    scripted::{Mood, ScriptedKeyring},
};
use crate::identity::{Identity, KeyringChoice};

const DUTY: i64 = 1_772_357_400_000;

/// Longer than any answer of a scripted keyring takes, except when it waits.
const LIMIT: Duration = Duration::from_secs(20);
const SHORT_LIMIT: Duration = Duration::from_millis(50);

struct Machine {
    folder: TempDir,
    keyring: Arc<ScriptedKeyring>,
    choice: KeyringChoice,
}

impl Machine {
    fn new(choice: KeyringChoice) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            keyring: Arc::new(ScriptedKeyring::new(Mood::Works)),
            choice,
        }
    }

    fn open(&self) -> Identity {
        self.open_within(LIMIT)
    }

    fn open_within(&self, limit: Duration) -> Identity {
        let keyring = PatientKeyring::new(self.keyring.clone(), limit);
        opening::open(self.folder.path(), self.choice, &keyring).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn both() -> [Machine; 2] {
    [KeyringChoice::FileOnly, KeyringChoice::System].map(Machine::new)
}

fn person(number: u8) -> PersonKey {
    PersonKey::from_seed(&[number; 32])
}

/// Each step from one person to another, as two persons and an age.
fn steps(identity: &Identity) -> Vec<(PersonId, PersonId, u64)> {
    let way = identity.person().arrival.way;
    let moves = way.moves().iter();
    moves
        .map(|one| (one.old(), one.new_person(), one.since()))
        .collect()
}

#[test]
fn joining_an_older_person_survives() {
    for machine in both() {
        let identity = machine.open();
        let (device, first) = (identity.device_id(), identity.person_id());
        assert_ne!(identity.person_since(), 0);
        assert_eq!(identity.person_key().unwrap().id(), first);
        assert_eq!(identity.person().arrival, Arrival::default());
        let entries = machine.keyring.entries().len();

        let certificate = identity
            .adopt_person(first, &person(9), 7, &Way::default())
            .unwrap();
        assert_eq!(certificate.person(), person(9).id());
        for identity in [identity, machine.open()] {
            assert_eq!(identity.device_id(), device);
            assert_eq!(identity.certificate(), certificate);
            assert_eq!(identity.person_since(), 7);
            assert_eq!(identity.person_key().unwrap().id(), person(9).id());
            assert_eq!(steps(&identity), [(first, person(9).id(), 7)]);
            assert_eq!(identity.person().arrival.how, Arrived::Joined);
        }
        assert_eq!(machine.keyring.entries().len(), entries, "the old one goes");
    }
}

#[test]
fn an_age_that_no_record_can_hold_becomes_the_youngest() {
    let machine = Machine::new(KeyringChoice::FileOnly);
    let identity = machine.open();
    identity
        .adopt_person(identity.person_id(), &person(9), u64::MAX, &Way::default())
        .unwrap();
    let identity = machine.open();
    assert_eq!(identity.person_since(), LATEST);
    assert_eq!(steps(&identity)[0].2, LATEST);
}

#[test]
fn a_new_key_is_older_than_the_one_it_replaces() {
    for machine in both() {
        let identity = machine.open();
        let (first, since) = (identity.person_id(), identity.person_since());
        let second = identity.renew_person(DUTY).unwrap().person();
        assert_ne!(second, first);
        assert_eq!(identity.person_since(), since - 1);
        assert_eq!(identity.person_key().unwrap().id(), second);
        assert_eq!(steps(&identity), [(first, second, since - 1)]);
        assert_eq!(identity.person().arrival.how, Arrived::Renewed(DUTY));
        assert_eq!(machine.open().person(), identity.person());

        // Once for each duty, whoever asks and whenever.
        assert_eq!(identity.renew_person(DUTY).unwrap().person(), second);
        assert_eq!(machine.open().renew_person(DUTY).unwrap().person(), second);
        let third = identity.renew_person(DUTY + 1).unwrap().person();
        assert_eq!(
            steps(&identity),
            [(first, second, since - 1), (second, third, since - 2)]
        );
    }
}

#[test]
fn a_key_that_was_given_up_is_not_taken_again() {
    let machine = Machine::new(KeyringChoice::FileOnly);
    let identity = machine.open();
    let first = identity.person_key().unwrap();
    identity.renew_person(DUTY).unwrap();
    let now = identity.person();
    let joined = identity.adopt_person(now.certificate.person(), &first, 0, &Way::default());
    assert!(matches!(joined, Err(PersonError::Left)), "{joined:?}");
    let back = PersonMove::issue(&identity.person_key().unwrap(), first.id(), 0).unwrap();
    let followed = identity.follow_person(&first, 0, &back.into());
    assert!(matches!(followed, Err(PersonError::Left)), "{followed:?}");
    assert_eq!(identity.person(), now);
    assert_eq!(machine.open().person(), now);
}

/// It settles with two others at a time, and the first of them was quicker.
#[test]
fn a_person_that_was_not_compared_is_not_given_up() {
    let machine = Machine::new(KeyringChoice::FileOnly);
    let identity = machine.open();
    let first = identity.person_id();
    let adopt = |number| identity.adopt_person(first, &person(number), 7, &Way::default());
    adopt(9).unwrap();
    let late = adopt(8);
    assert!(matches!(late, Err(PersonError::Changed)), "{late:?}");
    assert_eq!(identity.person_id(), person(9).id());
    adopt(9).unwrap();
}

/// Two devices of one person: one made new keys while the other was away.
#[test]
fn a_device_follows_the_way_of_another_and_tells_the_same_of_it() {
    for slow in both() {
        let quick = Machine::new(KeyringChoice::FileOnly);
        let (slow, quick) = (slow.open(), quick.open());
        let (shared, since) = (slow.person_key().unwrap(), slow.person_since());
        let alone = quick.person_id();
        quick
            .adopt_person(alone, &shared, since, &Way::default())
            .unwrap();
        quick.renew_person(DUTY).unwrap();
        quick.renew_person(DUTY + 1).unwrap();

        let there = quick.person();
        let key = quick.person_key().unwrap();
        slow.follow_person(&key, there.since, &there.arrival.way)
            .unwrap();
        assert_eq!(slow.person_id(), quick.person_id());
        assert_eq!(slow.person_since(), quick.person_since());
        let from_shared = there.arrival.way.starting_at(shared.id()).unwrap();
        assert_eq!(slow.person().arrival.way, from_shared);
        assert_eq!(slow.person().arrival.how, Arrived::Followed);
    }
}

#[test]
fn pairing_anew_goes_along_the_way_that_is_there() {
    let machines = both();
    let [slow, quick] = [machines[0].open(), machines[1].open()];
    let shared = slow.person_key().unwrap();
    let alone = quick.person_id();
    quick
        .adopt_person(alone, &shared, slow.person_since(), &Way::default())
        .unwrap();
    quick.renew_person(DUTY).unwrap();
    quick.renew_person(DUTY + 1).unwrap();
    let there = quick.person();
    slow.adopt_person(
        shared.id(),
        &quick.person_key().unwrap(),
        there.since,
        &there.arrival.way,
    )
    .unwrap();
    // Not one step from the first to the last: that would be a second move of the
    // first person.
    assert_eq!(slow.person().arrival.way.moves().len(), 2);
    assert_eq!(slow.person().arrival.how, Arrived::Followed);
}

#[test]
fn a_key_to_which_no_way_leads_is_not_followed() {
    let machine = Machine::new(KeyringChoice::FileOnly);
    let identity = machine.open();
    let own = identity.person_key().unwrap();
    let before = identity.person();
    let goes = |from: &PersonKey, to: &PersonKey| PersonMove::issue(from, to.id(), 7).unwrap();
    let ways: [Way; 3] = [
        Way::default(),
        goes(&person(1), &person(9)).into(),
        goes(&own, &person(8)).into(),
    ];
    for way in &ways {
        let followed = identity.follow_person(&person(9), 7, way);
        assert!(matches!(followed, Err(PersonError::NoWay)), "{way:?}");
    }
    // Of another age than the old key signed.
    let way = Way::from(goes(&own, &person(9)));
    let followed = identity.follow_person(&person(9), 6, &way);
    assert!(matches!(followed, Err(PersonError::NoWay)), "{followed:?}");
    assert_eq!(identity.person(), before);
    identity.follow_person(&person(9), 7, &way).unwrap();
}

#[test]
fn nothing_secret_shows_or_is_written_in_the_record() {
    let machine = Machine::new(KeyringChoice::System);
    let identity = machine.open();
    identity.renew_person(DUTY).unwrap();
    let seed = *identity.person_key().unwrap().seed();
    let hex = data_encoding::HEXLOWER.encode(&seed);
    let record = fs::read_to_string(machine.path("identity.toml")).unwrap();
    assert!(!record.contains(&hex));
    assert!(!format!("{identity:?}").contains(&format!("{:?}", &seed[..4])));
}

/// Whatever stops it, and wherever: the process goes on as what the next start
/// finds, asking again completes it, and there is one move from the first person.
mod interrupted {
    use super::*;

    fn completes(machine: &Machine, identity: &Identity, first: PersonId, case: &str) {
        assert_eq!(machine.open().person(), identity.person(), "{case}");
        let first_move = steps(identity).first().copied();
        identity.renew_person(DUTY).unwrap();
        assert_eq!(machine.open().person(), identity.person(), "{case}");
        let steps = steps(identity);
        assert_eq!(steps.len(), 1, "{case}");
        assert_eq!(steps[0].0, first, "{case}");
        assert_eq!(steps[0].1, identity.person_id(), "{case}");
        assert!(first_move.is_none_or(|step| step == steps[0]), "{case}");
        assert_eq!(
            identity.person_key().unwrap().id(),
            identity.person_id(),
            "{case}"
        );
    }

    #[test]
    fn by_the_keyring_at_any_call() {
        // Read; write, read; remove.
        for call in 0..4 {
            for mood in [
                Mood::Locked,
                Mood::Unreachable,
                Mood::Waits,
                Mood::Forgets,
                Mood::Distorts,
            ] {
                let case = format!("{mood:?} from call {call}");
                let machine = Machine::new(KeyringChoice::System);
                machine.open();
                let limit = if mood == Mood::Waits {
                    SHORT_LIMIT
                } else {
                    LIMIT
                };
                let identity = machine.open_within(limit);
                let first = identity.person_id();
                machine.keyring.turn_after(call, mood);
                let renewed = identity.renew_person(DUTY);
                // Only the removal of the old entry may fail without harm, and a
                // keyring that forgets is not asked to keep before the second call.
                let harmless = call == 3 || (mood == Mood::Forgets && call == 2);
                assert_eq!(renewed.is_ok(), harmless, "{case}");
                machine.keyring.turn(Mood::Works);
                completes(&machine, &identity, first, &case);
            }
        }
    }

    #[test]
    fn by_a_disk_that_takes_no_record() {
        for machine in both() {
            let identity = machine.open();
            let first = identity.person_id();
            let entries = machine.keyring.entries();
            let obstacle = machine.path("identity.toml.new");
            fs::create_dir(&obstacle).unwrap();
            identity.renew_person(DUTY).unwrap_err();
            assert_eq!(identity.person_id(), first);
            assert_eq!(machine.keyring.entries(), entries, "nothing is left behind");
            fs::remove_dir(&obstacle).unwrap();
            completes(&machine, &identity, first, "the record");
        }
    }

    #[test]
    fn by_a_disk_that_takes_no_key() {
        let machine = Machine::new(KeyringChoice::FileOnly);
        let identity = machine.open();
        let first = identity.person_id();
        let obstacle = machine.path("identity.key.new");
        fs::create_dir(&obstacle).unwrap();
        identity.renew_person(DUTY).unwrap_err();
        assert_eq!(identity.person_id(), first);
        let announced = Record::load(machine.folder.path()).unwrap().unwrap();
        assert!(announced.next.is_some());
        fs::remove_dir(&obstacle).unwrap();
        completes(&machine, &identity, first, "the key");
    }

    /// The end of the process, after the announcement and after the key.
    #[test]
    fn by_an_end_between_two_steps() {
        let machine = Machine::new(KeyringChoice::FileOnly);
        let identity = machine.open();
        let first = identity.person_id();
        let before = Record::load(machine.folder.path()).unwrap().unwrap();
        let old_key = fs::read(machine.path("identity.key")).unwrap();
        identity.renew_person(DUTY).unwrap();
        let renewed = identity.person();
        let after = Record::load(machine.folder.path()).unwrap().unwrap();
        let new_key = fs::read(machine.path("identity.key")).unwrap();
        drop(identity);

        let announced = Record {
            next: Some(NextPerson {
                person: after.person,
                since: after.person_since,
                arrival: after.arrival.clone(),
            }),
            ..before
        };
        for (key, expected) in [(old_key, first), (new_key, after.person)] {
            announced.save(machine.folder.path()).unwrap();
            fs::write(machine.path("identity.key"), key).unwrap();
            let identity = machine.open();
            assert_eq!(identity.person_id(), expected);
            let settled = Record::load(machine.folder.path()).unwrap().unwrap();
            assert_eq!(settled.next, None);
            if expected == after.person {
                assert_eq!(identity.person(), renewed, "with the move and the duty");
            }
            completes(&machine, &identity, first, "an end");
        }
    }

    /// A change after one that was stopped before its last step.
    #[test]
    fn and_changed_again_before_the_next_start() {
        let machine = Machine::new(KeyringChoice::FileOnly);
        let identity = machine.open();
        let first = Record::load(machine.folder.path()).unwrap().unwrap();
        identity.renew_person(DUTY).unwrap();
        let second = Record::load(machine.folder.path()).unwrap().unwrap();
        let announced = Record {
            next: Some(NextPerson {
                person: second.person,
                since: second.person_since,
                arrival: second.arrival.clone(),
            }),
            ..first.clone()
        };
        announced.save(machine.folder.path()).unwrap();

        // Stopped again, right after the next announcement.
        let obstacle = machine.path("identity.key.new");
        fs::create_dir(&obstacle).unwrap();
        identity.renew_person(DUTY + 1).unwrap_err();
        fs::remove_dir(&obstacle).unwrap();
        assert_eq!(machine.open().person_id(), second.person);
        assert_eq!(identity.person_id(), second.person);
        identity.renew_person(DUTY + 1).unwrap();
        assert_eq!(machine.open().person(), identity.person());
        assert_eq!(steps(&identity)[0].0, first.person);
        assert_eq!(steps(&identity).len(), 2);
    }
}
