use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::identity::keyring::{
    PatientKeyring,
    scripted::{Mood, ScriptedKeyring},
};
use crate::identity::{Identity, KeyringChoice};

fn older() -> PersonKey {
    PersonKey::from_seed(&[9; 32])
}

#[test]
fn in_a_file_it_survives() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Identity::open(folder.path(), KeyringChoice::FileOnly).unwrap();
    let identity = open();
    let device = identity.device_id();
    assert_ne!(identity.person_since(), 0);
    assert_eq!(identity.person_key().unwrap().id(), identity.person_id());

    let certificate = identity.adopt_person(&older(), 7).unwrap();
    assert_eq!(certificate.person(), older().id());
    for identity in [identity, open()] {
        assert_eq!(identity.device_id(), device);
        assert_eq!(identity.certificate(), certificate);
        assert_eq!(identity.person_since(), 7);
        assert_eq!(identity.person_key().unwrap().id(), older().id());
    }
}

#[test]
fn whichever_person_the_secret_belongs_to_counts() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Identity::open(folder.path(), KeyringChoice::FileOnly).unwrap();
    let identity = open();
    let (device, person) = (identity.device_id(), identity.person_id());
    let old_key = fs::read(key_file::path_in(folder.path())).unwrap();
    identity.adopt_person(&older(), 7).unwrap();
    let new_key = fs::read(key_file::path_in(folder.path())).unwrap();
    let new_record = Record::load(folder.path()).unwrap().unwrap();

    // Stopped before or after the secret was replaced.
    for (key, expected) in [(old_key, person), (new_key, older().id())] {
        let announced = Record {
            person,
            person_since: 3,
            next: Some(NextPerson {
                person: older().id(),
                since: 7,
            }),
            ..new_record.clone()
        };
        announced.save(folder.path()).unwrap();
        fs::write(key_file::path_in(folder.path()), key).unwrap();
        let identity = open();
        assert_eq!(
            (identity.device_id(), identity.person_id()),
            (device, expected)
        );
        assert_eq!(Record::load(folder.path()).unwrap().unwrap().next, None);
    }
}

#[test]
fn in_a_keyring_it_survives_and_the_old_entry_goes() {
    let folder = tempfile::tempdir().unwrap();
    let scripted = Arc::new(ScriptedKeyring::new(Mood::Works));
    let keyring = PatientKeyring::new(scripted.clone(), Duration::from_secs(5));
    let open = || opening::open(folder.path(), KeyringChoice::System, &keyring).unwrap();
    let identity = open();
    let entries = scripted.entries().len();
    identity.adopt_person(&older(), 7).unwrap();
    assert_eq!(scripted.entries().len(), entries);
    assert_eq!(open().person_id(), older().id());
    assert_eq!(open().person_since(), 7);
}
