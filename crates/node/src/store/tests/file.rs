//! What becomes of files: private, damaged, foreign, closed and not closed.

use std::fs;

use super::*;
use crate::store::database::Database;

#[test]
fn a_file_is_made_and_found_again() {
    let place = Place::new();
    let (mut database, contents) = place.opening().open().unwrap();
    assert_eq!(contents.tables, Tables::default());
    assert_eq!(contents.set_aside, None);
    assert_eq!(contents.instance, 1_772_357_400_250);
    database.write(&samples(), Durability::Decision).unwrap();
    database.close().unwrap();

    let (database, contents) = place.opening().open().unwrap();
    assert_eq!(contents.tables, sample_tables());
    assert_eq!(
        contents.instance, 1_772_357_400_251,
        "rises within a moment"
    );
    drop(database);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::new();
    fs::write(place.file(), "").unwrap();
    fs::set_permissions(place.file(), fs::Permissions::from_mode(0o644)).unwrap();
    let (mut database, _) = place.opening().open().unwrap();
    database.write(&samples(), Durability::Decision).unwrap();
    let names = place.names();
    assert_eq!(names, ["state.db", "state.db-wal"]);
    for name in names {
        let mode = fs::metadata(place.folder.path().join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn what_was_removed_is_not_left_in_the_file() {
    let place = Place::new();
    let (mut database, _) = place.opening().open().unwrap();
    let mut secretive = peer(1);
    secretive.name = "a name nobody shall find".to_owned();
    let writes = [Write::PutPeer(secretive), Write::DropPeer(device(1))];
    for write in writes {
        database.write(&[write], Durability::Decision).unwrap();
    }
    database.close().unwrap();
    let bytes = fs::read(place.file()).unwrap();
    let name = b"nobody shall find";
    assert!(!bytes.windows(name.len()).any(|window| window == name));
    assert_eq!(place.names(), ["state.db"], "and there is no log");
}

#[test]
fn a_file_that_is_no_database_is_set_aside() {
    let place = Place::new();
    let precious = vec![b'x'; 5000];
    fs::write(place.file(), &precious).unwrap();
    let (database, contents) = place.opening().open().unwrap();
    let aside = contents.set_aside.unwrap();
    assert_eq!(
        aside.file_name().unwrap(),
        "state.db.damaged-2026-03-01T09-30-00.250Z"
    );
    assert_eq!(fs::read(&aside).unwrap(), precious);
    database.close().unwrap();

    fs::write(place.file(), "again").unwrap();
    let (_, contents) = place.opening().open().unwrap();
    let second = contents.set_aside.unwrap();
    assert_ne!(second, aside);
    assert_eq!(fs::read(&aside).unwrap(), precious, "kept");
    assert_eq!(fs::read(second).unwrap(), b"again");
}

#[test]
fn a_database_of_another_program_is_set_aside() {
    let place = Place::new();
    let foreign = Connection::open(place.file()).unwrap();
    foreign.execute_batch("CREATE TABLE songs (title)").unwrap();
    drop(foreign);
    let (_, contents) = place.opening().open().unwrap();
    let songs = Connection::open(contents.set_aside.unwrap()).unwrap();
    assert!(songs.table_exists(None, "songs").unwrap());
}

#[test]
fn a_missing_table_is_damage() {
    let place = Place::new();
    filled(&place).close().unwrap();
    edit(&place, "DROP TABLE permissions");
    let (_, contents) = place.opening().open().unwrap();
    assert!(contents.set_aside.is_some());
}

#[test]
fn nonsense_in_a_row_is_damage() {
    let place = Place::new();
    filled(&place).close().unwrap();
    // All zeros is a point of the curve that no key may be.
    edit(&place, "UPDATE peers SET person = zeroblob(32)");
    let (_, contents) = place.opening().open().unwrap();
    assert!(contents.set_aside.is_some());
    assert_eq!(contents.tables, Tables::default());
}

#[test]
fn the_log_goes_with_its_damaged_file() {
    let place = Place::new();
    // Closed in between, so that the log is only a part.
    filled(&place).close().unwrap();
    filled(&place).abandon();
    assert_eq!(place.names(), ["state.db", "state.db-wal"]);
    fs::write(place.file(), vec![b'x'; 5000]).unwrap();
    let (_, contents) = place.opening().open().unwrap();
    let aside = contents.set_aside.unwrap();
    assert!(with_log(&aside).exists());
    assert_eq!(
        contents.tables,
        Tables::default(),
        "an old log met no new file"
    );
}

/// Damage where the tables are not read at the start shows whether everything
/// was looked at.
#[test]
fn everything_is_checked_only_after_an_end_without_order() {
    for (in_order, found) in [(true, false), (false, true)] {
        let place = Place::new();
        let mut database = filled(&place);
        for _ in 0..100 {
            let entry = Entry::new(at(1), AuditKind::Exported).detail("size", "x".repeat(200));
            database
                .write(&[Write::Record(entry)], Durability::Note)
                .unwrap();
        }
        let page = root_page(&database, "audit");
        database.close().unwrap();
        if !in_order {
            edit(&place, "UPDATE life SET closed_in_order = 0");
        }
        damage(&place, page);
        let (mut database, contents) = place.opening().open().unwrap();
        assert_eq!(contents.set_aside.is_some(), found, "in order: {in_order}");
        if !found {
            // What is met later is told, and looked at closely next time.
            let read = database.audit(&Page {
                most: 10,
                ..Page::default()
            });
            assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
            database.close().unwrap();
            let (_, contents) = place.opening().open().unwrap();
            assert!(contents.set_aside.is_some());
        }
    }
}

#[test]
fn an_end_without_order_loses_nothing() {
    let place = Place::new();
    filled(&place).abandon();
    let (_, contents) = place.opening().open().unwrap();
    assert_eq!(contents.tables, sample_tables());
    assert_eq!(contents.set_aside, None);
}

fn filled(place: &Place) -> Database {
    let (mut database, _) = place.opening().open().unwrap();
    database.write(&samples(), Durability::Decision).unwrap();
    database
}

fn edit(place: &Place, sql: &str) {
    let connection = Connection::open(place.file()).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn root_page(database: &Database, table: &str) -> u64 {
    let (page, size): (u64, u64) = (
        database
            .connection()
            .query_row(
                "SELECT rootpage FROM sqlite_schema WHERE name = ?",
                [table],
                |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
            )
            .unwrap(),
        database
            .connection()
            .pragma_query_value(None, "page_size", |row| {
                row.get::<_, i64>(0).map(i64::unsigned_abs)
            })
            .unwrap(),
    );
    (page - 1) * size
}

fn damage(place: &Place, offset: u64) {
    use std::io::{Seek as _, SeekFrom, Write as _};

    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(place.file())
        .unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(&[0xff; 64]).unwrap();
}

fn with_log(file: &std::path::Path) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
