use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wire::{DeviceCertificate, Label, Signer};

use super::super::keyring::scripted::{Mood, ScriptedKeyring};
use super::*;

/// Longer than any answer of a scripted keyring takes, except when it waits.
const LIMIT: Duration = Duration::from_secs(20);
const SHORT_LIMIT: Duration = Duration::from_millis(50);

/// A data folder and a keyring, as one machine has them.
struct Machine {
    root: TempDir,
    keyring: Arc<ScriptedKeyring>,
}

impl Machine {
    fn new(mood: Mood) -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            keyring: Arc::new(ScriptedKeyring::new(mood)),
        }
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    fn open(&self) -> Result<Identity, IdentityError> {
        self.open_with(KeyringChoice::System, LIMIT)
    }

    fn open_with(&self, choice: KeyringChoice, limit: Duration) -> Result<Identity, IdentityError> {
        let keyring = Arc::clone(&self.keyring);
        open(&self.folder(), choice, &PatientKeyring::new(keyring, limit))
    }

    /// Every file of the data folder with its content.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.folder())
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    fn names(&self) -> Vec<String> {
        self.files().into_iter().map(|(name, _)| name).collect()
    }
}

/// Opening fails, and neither the folder nor the keyring is any different.
#[track_caller]
fn refused(machine: &Machine) -> IdentityError {
    let (files, entries) = (machine.files(), machine.keyring.entries());
    let error = machine.open().unwrap_err();
    assert_eq!(machine.files(), files);
    assert_eq!(machine.keyring.entries(), entries);
    error
}

#[track_caller]
fn damage(machine: &Machine, expected_place: &str) -> Damage {
    let error = refused(machine);
    let IdentityError::Damaged { place, damage } = error else {
        panic!("{error}");
    };
    assert!(place.contains(expected_place), "{place}");
    damage
}

mod first_start {
    use super::*;

    #[test]
    fn with_a_keyring_the_secret_goes_there() {
        let machine = Machine::new(Mood::Works);
        let identity = machine.open().unwrap();
        assert_eq!(identity.place(), &KeyPlace::Keyring);
        assert_eq!(identity.keyring_absent(), None);
        assert_eq!(machine.names(), ["identity.toml"]);
        assert_eq!(machine.keyring.entries().len(), 1);
    }

    #[test]
    fn without_a_keyring_it_goes_to_a_file_and_the_reason_is_told_once() {
        let machine = Machine::new(Mood::Unreachable);
        let identity = machine.open().unwrap();
        let place = KeyPlace::File(machine.path("identity.key"));
        assert_eq!(identity.place(), &place);
        assert_eq!(identity.keyring_absent(), Some("scripted"));
        assert_eq!(machine.names(), ["identity.key", "identity.toml"]);

        let again = machine.open().unwrap();
        assert_eq!(again.device_id(), identity.device_id());
        assert_eq!(again.keyring_absent(), None);
    }

    #[test]
    fn a_keyring_that_forgets_or_distorts_counts_as_none() {
        for mood in [Mood::Forgets, Mood::Distorts] {
            let machine = Machine::new(mood);
            let identity = machine.open().unwrap();
            assert!(matches!(identity.place(), KeyPlace::File(_)), "{mood:?}");
            assert!(machine.keyring.entries().is_empty(), "{mood:?}");
        }
    }

    #[test]
    fn a_locked_keyring_stops_it_and_nothing_is_made() {
        let machine = Machine::new(Mood::Locked);
        let error = machine.open().unwrap_err();
        assert!(matches!(error, IdentityError::KeyringLocked { .. }));
        assert!(error.is_retryable());
        assert!(machine.names().is_empty());

        machine.keyring.turn(Mood::Works);
        assert_eq!(machine.open().unwrap().place(), &KeyPlace::Keyring);
    }

    #[test]
    fn a_keyring_that_prompts_stops_it_and_nothing_is_made() {
        let machine = Machine::new(Mood::Waits);
        let error = machine
            .open_with(KeyringChoice::System, SHORT_LIMIT)
            .unwrap_err();
        assert!(matches!(error, IdentityError::KeyringLocked { .. }));
        assert!(machine.names().is_empty());

        machine.keyring.turn(Mood::Works);
        machine.keyring.wait_for_calls(3);
        assert!(machine.keyring.entries().is_empty());
    }

    #[test]
    fn file_only_does_not_ask_the_keyring() {
        let machine = Machine::new(Mood::Works);
        let identity = machine.open_with(KeyringChoice::FileOnly, LIMIT).unwrap();
        assert!(matches!(identity.place(), KeyPlace::File(_)));
        assert_eq!(identity.keyring_absent(), None);
        assert_eq!(machine.keyring.calls(), 0);
    }

    #[test]
    fn device_and_person_are_two_keys_joined_by_a_certificate() {
        let identity = Machine::new(Mood::Works).open().unwrap();
        assert_ne!(
            identity.device_id().as_bytes(),
            identity.person_id().as_bytes()
        );
        let bytes = identity.certificate().encode();
        let certificate = DeviceCertificate::decode(&bytes).unwrap();
        assert_eq!(certificate.device(), identity.device_id());
        assert_eq!(certificate.person(), identity.person_id());
    }

    #[test]
    fn signs_as_the_device() {
        let identity = Machine::new(Mood::Works).open().unwrap();
        let signer: &dyn Signer = &identity;
        let signature = signer.sign(Label::DEVICE_V1, b"fields");
        let device = signer.device_id();
        assert_eq!(device, identity.device_id());
        assert!(
            device
                .verify(Label::DEVICE_V1, b"fields", &signature)
                .is_ok()
        );
    }

    #[test]
    fn two_folders_of_one_user_are_two_devices() {
        let one = Machine::new(Mood::Works);
        let two = Machine {
            root: tempfile::tempdir().unwrap(),
            keyring: Arc::clone(&one.keyring),
        };
        let (first, second) = (one.open().unwrap(), two.open().unwrap());
        assert_ne!(first.device_id(), second.device_id());
        assert_ne!(first.person_id(), second.person_id());
        assert_eq!(one.keyring.entries().len(), 2);
        assert_eq!(one.open().unwrap().device_id(), first.device_id());
    }

    #[test]
    fn no_secret_shows_in_debug_or_in_the_record() {
        let machine = Machine::new(Mood::Works);
        let identity = machine.open().unwrap();
        let seed = *identity.device.seed();
        let shown = format!("{identity:?}");
        assert!(shown.contains("DeviceKey(secret)"), "{shown}");
        let record = fs::read(machine.path("identity.toml")).unwrap();
        assert!(!record.windows(seed.len()).any(|window| window == seed));
        let text = String::from_utf8(record).unwrap();
        let hex = data_encoding::HEXLOWER.encode(&seed);
        let base32 = data_encoding::BASE32_NOPAD.encode(&seed);
        assert!(!text.contains(&hex) && !text.replace('-', "").contains(&base32));
    }

    #[test]
    fn a_path_with_spaces_and_other_scripts_works() {
        let machine = Machine::new(Mood::Works);
        let folder = machine.root.path().join("خانهٔ من/my data 数据");
        let keyring: Arc<ScriptedKeyring> = Arc::clone(&machine.keyring);
        let keyring = PatientKeyring::new(keyring, LIMIT);
        let first = open(&folder, KeyringChoice::FileOnly, &keyring).unwrap();
        let again = open(&folder, KeyringChoice::FileOnly, &keyring).unwrap();
        assert_eq!(first.device_id(), again.device_id());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let machine = Machine::new(Mood::Works);
        fs::write(machine.folder(), "a file").unwrap();
        let error = machine.open().unwrap_err();
        let IdentityError::File { path, .. } = error else {
            panic!("{error}");
        };
        assert!(path.starts_with(machine.folder()));
    }
}

mod later_start {
    use super::*;

    fn machine_with_keyring() -> (Machine, Identity) {
        let machine = Machine::new(Mood::Works);
        let identity = machine.open().unwrap();
        (machine, identity)
    }

    fn machine_with_file() -> (Machine, Identity) {
        let machine = Machine::new(Mood::Unreachable);
        let identity = machine.open().unwrap();
        machine.keyring.turn(Mood::Works);
        (machine, identity)
    }

    #[test]
    fn is_the_same_device_and_person() {
        for (machine, identity) in [machine_with_keyring(), machine_with_file()] {
            let files = machine.files();
            for choice in [KeyringChoice::System, KeyringChoice::FileOnly] {
                let again = machine.open_with(choice, LIMIT).unwrap();
                assert_eq!(again.device_id(), identity.device_id());
                assert_eq!(again.person_id(), identity.person_id());
                assert_eq!(again.certificate(), identity.certificate());
                assert_eq!(again.place(), identity.place());
            }
            assert_eq!(machine.files(), files);
        }
    }

    #[test]
    fn a_key_in_a_file_needs_no_keyring() {
        let (machine, _) = machine_with_file();
        machine.keyring.turn(Mood::Locked);
        let calls = machine.keyring.calls();
        assert!(machine.open().is_ok());
        assert_eq!(machine.keyring.calls(), calls);
    }

    #[test]
    fn a_locked_keyring_stops_it() {
        let (machine, identity) = machine_with_keyring();
        machine.keyring.turn(Mood::Locked);
        assert!(matches!(
            refused(&machine),
            IdentityError::KeyringLocked { .. }
        ));
        machine.keyring.turn(Mood::Works);
        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
    }

    #[test]
    fn a_keyring_that_prompts_stops_it() {
        let (machine, identity) = machine_with_keyring();
        machine.keyring.turn(Mood::Waits);
        let error = machine
            .open_with(KeyringChoice::System, SHORT_LIMIT)
            .unwrap_err();
        assert!(matches!(error, IdentityError::KeyringLocked { .. }));
        machine.keyring.turn(Mood::Works);
        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
    }

    #[test]
    fn an_absent_keyring_stops_it_and_no_file_takes_its_place() {
        let (machine, _) = machine_with_keyring();
        machine.keyring.turn(Mood::Unreachable);
        let error = refused(&machine);
        assert!(matches!(error, IdentityError::KeyringUnreachable { .. }));
        assert!(error.is_retryable());
        assert_eq!(machine.names(), ["identity.toml"]);
    }

    #[test]
    fn a_lost_keyring_entry_is_told() {
        let (machine, _) = machine_with_keyring();
        machine.keyring.tamper(std::collections::BTreeMap::clear);
        assert_eq!(damage(&machine, "keyring entry banyan/"), Damage::Missing);
    }

    #[test]
    fn a_damaged_keyring_entry_is_told() {
        let (machine, _) = machine_with_keyring();
        machine
            .keyring
            .tamper(|entries| entries.values_mut().for_each(|secret| secret.truncate(5)));
        assert_eq!(damage(&machine, "keyring entry"), Damage::Length(5));
    }

    #[test]
    fn the_key_of_another_device_is_told() {
        let (machine, _) = machine_with_keyring();
        let other = Secret::generate().unwrap().encode().to_vec();
        machine.keyring.tamper(|entries| {
            for secret in entries.values_mut() {
                secret.clone_from(&other);
            }
        });
        assert_eq!(damage(&machine, "keyring entry"), Damage::OtherKey);
    }

    #[test]
    fn a_lost_key_file_is_told() {
        let (machine, _) = machine_with_file();
        fs::remove_file(machine.path("identity.key")).unwrap();
        assert_eq!(damage(&machine, "identity.key"), Damage::Missing);
    }

    #[test]
    fn a_damaged_key_file_is_told() {
        let (machine, _) = machine_with_file();
        let path = machine.path("identity.key");
        let mut bytes = fs::read(&path).unwrap();
        bytes[40] ^= 0x10;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(damage(&machine, "identity.key"), Damage::Mismatch);

        fs::write(&path, &bytes[..100]).unwrap();
        assert_eq!(damage(&machine, "identity.key"), Damage::Length(100));

        bytes.extend([0; 5000]);
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(
            damage(&machine, "identity.key"),
            Damage::Length(_)
        ));
    }

    #[test]
    fn the_key_file_of_another_device_is_told() {
        let (machine, _) = machine_with_file();
        let (other, _) = machine_with_file();
        fs::copy(other.path("identity.key"), machine.path("identity.key")).unwrap();
        assert_eq!(damage(&machine, "identity.key"), Damage::OtherKey);
    }

    #[test]
    fn a_damaged_record_is_told() {
        let (machine, _) = machine_with_keyring();
        let path = machine.path("identity.toml");
        let good = fs::read_to_string(&path).unwrap();
        let half = &good[..good.len() / 2];
        let unknown = format!("{good}colour = \"green\"\n");
        let no_device = good.replace("device = ", "devise = ");
        let bad_id = good.replace("device = \"", "device = \"1");
        for bad in ["", half, &unknown, &no_device, &bad_id, "\u{0}\u{1}"] {
            fs::write(&path, bad).unwrap();
            assert!(
                matches!(damage(&machine, "identity.toml"), Damage::Syntax(_)),
                "{bad}"
            );
        }
        fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
        assert!(matches!(
            damage(&machine, "identity.toml"),
            Damage::Syntax(_)
        ));
        fs::write(&path, &good).unwrap();
        assert!(machine.open().is_ok());
    }

    #[test]
    fn a_record_of_a_later_version_is_told_as_such() {
        let (machine, _) = machine_with_keyring();
        fs::write(machine.path("identity.toml"), "format = 3\nnew = true\n").unwrap();
        assert_eq!(damage(&machine, "identity.toml"), Damage::Format(3));
    }

    #[test]
    fn a_record_that_cannot_be_read_is_never_taken_for_none() {
        let (machine, _) = machine_with_keyring();
        fs::remove_file(machine.path("identity.toml")).unwrap();
        fs::create_dir(machine.path("identity.toml")).unwrap();
        let error = machine.open().unwrap_err();
        assert!(matches!(error, IdentityError::File { .. }), "{error}");
        assert_eq!(machine.keyring.entries().len(), 1);
    }

    #[test]
    fn a_key_file_beside_a_keyring_record_changes_nothing() {
        let (machine, identity) = machine_with_keyring();
        let (other, _) = machine_with_file();
        fs::copy(other.path("identity.key"), machine.path("identity.key")).unwrap();
        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
    }
}

/// A start that stops in the middle, at every point where it can.
mod interrupted {
    use super::*;

    /// Whatever a keyring does at whichever call: the next start with a good
    /// keyring works, stays itself, and never contradicts an identity that was
    /// handed out before.
    #[test]
    fn by_the_keyring_at_any_call() {
        // Probe: write, read, remove. Then the secret: write, read.
        for call in 0..5 {
            for mood in [
                Mood::Locked,
                Mood::Unreachable,
                Mood::Waits,
                Mood::Forgets,
                Mood::Distorts,
            ] {
                let case = format!("{mood:?} from call {call}");
                let machine = Machine::new(Mood::Works);
                machine.keyring.turn_after(call, mood);
                let limit = if mood == Mood::Waits {
                    SHORT_LIMIT
                } else {
                    LIMIT
                };
                let before = machine.open_with(KeyringChoice::System, limit);
                if before.is_err() {
                    assert!(machine.names().is_empty(), "{case}");
                }

                machine.keyring.turn(Mood::Works);
                let after = machine.open().unwrap();
                if let Ok(before) = before {
                    assert_eq!(after.device_id(), before.device_id(), "{case}");
                }
                let again = machine.open().unwrap();
                assert_eq!(again.device_id(), after.device_id(), "{case}");
            }
        }
    }

    #[test]
    fn after_the_probe_was_written() {
        let machine = Machine::new(Mood::Works);
        machine.keyring.tamper(|entries| {
            entries.insert("0123-probe".to_owned(), b"banyan probe".to_vec());
        });
        let identity = machine.open().unwrap();
        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
    }

    #[test]
    fn after_the_secret_went_to_the_keyring() {
        let machine = Machine::new(Mood::Works);
        machine.open().unwrap();
        fs::remove_file(machine.path("identity.toml")).unwrap();

        let identity = machine.open().unwrap();
        assert_eq!(machine.keyring.entries().len(), 2);
        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
    }

    #[test]
    fn by_a_disk_that_takes_no_record() {
        let machine = Machine::new(Mood::Works);
        // A folder where the record should be written first.
        let obstacle = machine.path("identity.toml.new");
        private_file::create_folder(&machine.folder()).unwrap();
        let secret = Secret::generate().unwrap();
        fs::create_dir(&obstacle).unwrap();
        let error = save_record(&machine.folder(), "id".to_owned(), Store::File, &secret);
        assert!(matches!(error, Err(IdentityError::File { .. })));
        let error = machine.open().unwrap_err();
        assert!(matches!(error, IdentityError::File { .. }));
        assert!(machine.keyring.entries().is_empty());

        fs::remove_dir(&obstacle).unwrap();
        let identity = machine.open().unwrap();
        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
    }

    #[test]
    fn while_the_key_file_was_written() {
        let machine = Machine::new(Mood::Unreachable);
        private_file::create_folder(&machine.folder()).unwrap();
        fs::write(machine.path("identity.key.new"), b"half").unwrap();
        let identity = machine.open().unwrap();
        assert_eq!(machine.names(), ["identity.key", "identity.toml"]);
        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
    }

    #[test]
    fn after_the_key_file_was_written() {
        // The keyring may have come up in between; the key file wins.
        for mood in [Mood::Unreachable, Mood::Locked, Mood::Works] {
            let machine = Machine::new(Mood::Unreachable);
            let identity = machine.open().unwrap();
            fs::remove_file(machine.path("identity.toml")).unwrap();
            machine.keyring.turn(mood);

            let adopted = machine.open().unwrap();
            assert_eq!(adopted.device_id(), identity.device_id());
            assert_eq!(adopted.person_id(), identity.person_id());
            assert_eq!(machine.names(), ["identity.key", "identity.toml"]);
            assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
        }
    }

    #[test]
    fn while_the_record_was_written() {
        let machine = Machine::new(Mood::Unreachable);
        let identity = machine.open().unwrap();
        let record = fs::read(machine.path("identity.toml")).unwrap();
        fs::remove_file(machine.path("identity.toml")).unwrap();
        fs::write(machine.path("identity.toml.new"), &record[..40]).unwrap();

        assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
        assert_eq!(machine.names(), ["identity.key", "identity.toml"]);
    }

    #[test]
    fn a_damaged_key_file_without_a_record_is_not_replaced() {
        let machine = Machine::new(Mood::Works);
        private_file::create_folder(&machine.folder()).unwrap();
        private_file::write(&machine.path("identity.key"), &[1, 2, 3, 4]).unwrap();
        assert_eq!(damage(&machine, "identity.key"), Damage::Length(4));
        assert_eq!(machine.keyring.calls(), 0);
    }
}

#[cfg(unix)]
mod permissions {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    #[track_caller]
    fn exposed(machine: &Machine) -> PathBuf {
        let error = refused(machine);
        let IdentityError::Exposed { path } = error else {
            panic!("{error}");
        };
        path
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_made_is_for_the_owner_only() {
        let machine = Machine::new(Mood::Unreachable);
        machine.open().unwrap();
        assert_eq!(mode(&machine.folder()), 0o700);
        assert_eq!(mode(&machine.path("identity.key")), 0o600);
        assert_eq!(mode(&machine.path("identity.toml")), 0o600);
    }

    #[test]
    fn a_key_file_open_to_others_is_refused() {
        let machine = Machine::new(Mood::Unreachable);
        let identity = machine.open().unwrap();
        let key = machine.path("identity.key");
        for open_mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666] {
            set_mode(&key, open_mode);
            assert_eq!(exposed(&machine), key);
        }
        for private_mode in [0o600, 0o400] {
            set_mode(&key, private_mode);
            assert_eq!(machine.open().unwrap().device_id(), identity.device_id());
        }
    }

    #[test]
    fn a_key_file_others_could_replace_is_refused() {
        let machine = Machine::new(Mood::Unreachable);
        machine.open().unwrap();
        set_mode(&machine.folder(), 0o720);
        assert_eq!(exposed(&machine), machine.folder());
    }

    #[test]
    fn no_key_is_put_where_others_could_replace_it() {
        let machine = Machine::new(Mood::Unreachable);
        fs::create_dir(machine.folder()).unwrap();
        set_mode(&machine.folder(), 0o777);
        assert_eq!(exposed(&machine), machine.folder());
        assert!(machine.names().is_empty());
    }

    #[test]
    fn an_exposed_key_file_without_a_record_is_refused_too() {
        let machine = Machine::new(Mood::Unreachable);
        machine.open().unwrap();
        fs::remove_file(machine.path("identity.toml")).unwrap();
        set_mode(&machine.path("identity.key"), 0o644);
        assert_eq!(exposed(&machine), machine.path("identity.key"));
    }

    #[test]
    fn a_link_in_the_way_is_replaced_and_its_target_left_alone() {
        let machine = Machine::new(Mood::Unreachable);
        private_file::create_folder(&machine.folder()).unwrap();
        let target = machine.root.path().join("target");
        fs::write(&target, "precious").unwrap();
        std::os::unix::fs::symlink(&target, machine.path("identity.key.new")).unwrap();
        machine.open().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"precious");
    }
}
