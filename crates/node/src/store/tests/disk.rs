//! A disk that is full, cannot be written, or is held by another program.

use super::*;
use crate::store::database::Database;

fn entry() -> Write {
    Write::Record(Entry::new(at(1), AuditKind::Exported).detail("size", "x".repeat(2000)))
}

fn fill(database: &mut Database) -> StoreError {
    for _ in 0..100_000 {
        if let Err(error) = database.write(&[entry()], Durability::Decision) {
            return error;
        }
    }
    panic!("the disk took everything");
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let place = Place::new();
    let (mut database, _) = place.opening().open().unwrap();
    database.write(&samples(), Durability::Decision).unwrap();
    let limit = |database: &Database, pages: i64| {
        database
            .connection()
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
    };
    limit(&database, 40);
    let error = fill(&mut database);
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(!error.is_retryable());
    limit(&database, 10_000);
    database
        .write(&[Write::PutPeer(peer(9))], Durability::Decision)
        .unwrap();
    database.close().unwrap();
    let (_, contents) = place.opening().open().unwrap();
    assert!(contents.tables.known(device(9)).is_some());
    assert!(contents.tables.known(device(1)).is_some());
}

#[test]
fn a_disk_that_cannot_be_written_is_told() {
    let place = Place::new();
    let (mut database, _) = place.opening().open().unwrap();
    database
        .connection()
        .pragma_update(None, "query_only", true)
        .unwrap();
    let refused = database.write(&samples(), Durability::Decision);
    assert!(
        matches!(refused, Err(StoreError::Unwritable { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_folder_in_place_of_the_file_is_told() {
    let place = Place::new();
    std::fs::create_dir(place.file()).unwrap();
    let refused = place.opening().open();
    assert!(
        matches!(refused, Err(StoreError::Unwritable { .. })),
        "{refused:?}"
    );
}

#[test]
fn another_program_that_holds_the_file_is_told() {
    let place = Place::new();
    let (mut database, _) = place.opening().open().unwrap();
    database.write(&samples(), Durability::Decision).unwrap();
    database.close().unwrap();
    let other = Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = place.opening().open().unwrap_err();
    assert!(matches!(refused, StoreError::Busy { .. }), "{refused:?}");
    assert!(refused.is_retryable());
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    let (_, contents) = place.opening().open().unwrap();
    assert_eq!(contents.tables, sample_tables());
    assert_eq!(contents.set_aside, None);
}

#[test]
fn while_the_store_is_open_nobody_else_writes() {
    let place = Place::new();
    let (_database, _) = place.opening().open().unwrap();
    let other = Connection::open(place.file()).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    assert!(other.execute_batch("DELETE FROM peers").is_err());
}

#[cfg(target_os = "linux")]
mod mounted {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_small_disk_fills_up_and_recovers() {
        let Some(disk) = SmallDisk::mount() else {
            return;
        };
        let opening = disk.opening();
        let (mut database, _) = opening.open().unwrap();
        database.write(&samples(), Durability::Decision).unwrap();
        let error = fill(&mut database);
        assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
        // Even closing fails for want of space, and nothing is lost.
        drop(database.close());
        let reopened = opening.open();
        if let Err(error) = &reopened {
            assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
        }
        drop(reopened);
        disk.grow();
        let (_, contents) = opening.open().unwrap();
        assert_eq!(contents.tables, sample_tables());
        assert_eq!(contents.set_aside, None);
    }

    #[test]
    fn a_disk_that_turns_read_only_is_told() {
        let Some(disk) = SmallDisk::mount() else {
            return;
        };
        let opening = disk.opening();
        let (mut database, _) = opening.open().unwrap();
        database.write(&samples(), Durability::Decision).unwrap();
        database.close().unwrap();
        assert!(disk.remount("ro"));
        let refused = opening.open();
        assert!(
            matches!(refused, Err(StoreError::Unwritable { .. })),
            "{refused:?}"
        );
        assert!(disk.remount("rw"));
        let (_, contents) = opening.open().unwrap();
        assert_eq!(contents.tables, sample_tables());
    }

    struct SmallDisk {
        place: Place,
    }

    impl SmallDisk {
        fn mount() -> Option<Self> {
            let place = Place::new();
            let mounted = Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
                .arg(place.folder.path())
                .stderr(Stdio::null())
                .status();
            if mounted.is_ok_and(|status| status.success()) {
                return Some(Self { place });
            }
            testkit::skip("this test must be allowed to mount a small file system");
            None
        }

        fn opening(&self) -> Opening {
            self.place.opening()
        }

        fn grow(&self) {
            assert!(self.remount("size=8m"));
        }

        fn remount(&self, option: &str) -> bool {
            Command::new("mount")
                .args(["-o", &format!("remount,{option}")])
                .arg(self.place.folder.path())
                .status()
                .is_ok_and(|status| status.success())
        }
    }

    impl Drop for SmallDisk {
        fn drop(&mut self) {
            let unmounted = Command::new("umount")
                .arg(self.place.folder.path())
                .status();
            drop(unmounted);
        }
    }
}
