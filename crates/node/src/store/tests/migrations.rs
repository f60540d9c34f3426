//! Older and newer files.

use super::*;
use crate::store::schema::{Migration, OlderBuilds, Schema, version};

/// A file as the first release wrote it. Never changed: later shapes add files.
const GOLDEN: &str = include_str!("golden-9.sql");

/// The last step of this build, and two of builds to come.
const NEWEST: u32 = 15;

const COLOUR: Migration = Migration {
    number: NEWEST + 1,
    name: "colour",
    older_builds: OlderBuilds::MayOpen,
    sql: "ALTER TABLE notified ADD COLUMN colour TEXT;",
};

const VETO: Migration = Migration {
    number: NEWEST + 2,
    name: "veto",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "CREATE TABLE vetoes (device BLOB PRIMARY KEY) STRICT;",
};

#[test]
fn a_file_of_the_first_release_is_read() {
    let place = Place::new();
    let old = Connection::open(place.file()).unwrap();
    old.execute_batch(GOLDEN).unwrap();
    assert_eq!(version(&old).unwrap(), 9);
    drop(old);

    let (database, contents) = place.opening().open().unwrap();
    assert_eq!(contents.set_aside, None);
    let mut expected = samples_of_the_first_release();
    // What trust rests on was proved.
    expected.push(Write::PutHeldKey(device(1), MeshKeyId::from_bytes([1; 32])));
    assert_eq!(contents.tables, tables_of(expected));
    assert_eq!(
        version(database.connection()).unwrap(),
        Schema::current().newest()
    );
    let kept: i64 = database
        .connection()
        .query_row("SELECT count(*) FROM audit", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 1);
}

#[test]
fn the_steps_of_the_first_release_are_as_they_were() {
    let golden = Connection::open_in_memory().unwrap();
    golden.execute_batch(GOLDEN).unwrap();
    let today = Connection::open_in_memory().unwrap();
    let mut today_connection = today;
    Schema::of(Schema::current().up_to(9))
        .migrate(&mut today_connection, at(1))
        .unwrap();
    assert_eq!(shape(&golden), shape(&today_connection));
}

#[test]
fn every_older_file_becomes_todays() {
    for number in 1..Schema::current().newest() {
        let place = Place::new();
        let mut old = Connection::open(place.file()).unwrap();
        Schema::of(Schema::current().up_to(number))
            .migrate(&mut old, at(1))
            .unwrap();
        let has_peers = old.table_exists(None, "peers").unwrap();
        if has_peers {
            old.execute(
                "INSERT INTO peers (device, name, form, instance, state, since, first_seen, last_seen)
                 VALUES (?, 'machine 1', 'desktop', 1, 'pending', 1, 1, 2)",
                [device(1).as_bytes()],
            )
            .unwrap();
        }
        drop(old);
        let (database, contents) = place.opening().open().unwrap();
        assert_eq!(contents.set_aside, None, "{number}");
        let known = contents.tables.known(device(1));
        assert_eq!(
            known.map(|known| &known.peer),
            has_peers.then_some(&peer(1))
        );
        assert_eq!(shape(database.connection()), shape(&connection()));
    }
}

#[test]
fn a_newer_file_is_opened_where_its_steps_allow_it() {
    let place = Place::new();
    let mut newer = place.opening();
    newer.schema = extended(&[COLOUR]);
    let (mut database, _) = newer.open().unwrap();
    database.write(&samples(), Durability::Decision).unwrap();
    database.close().unwrap();

    let (mut database, contents) = place.opening().open().unwrap();
    assert_eq!(contents.tables, sample_tables());
    database.write(&samples(), Durability::Decision).unwrap();
    assert_eq!(
        version(database.connection()).unwrap(),
        NEWEST + 1,
        "not taken back"
    );
    database.close().unwrap();
    newer.open().unwrap();
}

#[test]
fn a_newer_file_is_refused_where_a_step_forbids_it() {
    let place = Place::new();
    let mut newer = place.opening();
    newer.schema = extended(&[COLOUR, VETO]);
    let (database, _) = newer.open().unwrap();
    database.close().unwrap();
    let bytes = std::fs::read(place.file()).unwrap();

    let refused = place.opening().open().unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Newer { version, known: NEWEST, .. } if version == NEWEST + 2
        ),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("is of version 17"));
    assert_eq!(place.names(), ["state.db"], "nothing was set aside");
    assert_eq!(std::fs::read(place.file()).unwrap(), bytes);
}

#[test]
fn a_step_that_fails_leaves_the_file_as_it_was() {
    let place = Place::new();
    place.opening().open().unwrap().0.close().unwrap();
    let mut broken = place.opening();
    broken.schema = extended(&[Migration {
        sql: "CREATE TABLE half (a); CREATE TABLE half (b);",
        ..COLOUR
    }]);
    let failed = broken.open();
    assert!(
        matches!(failed, Err(StoreError::Fault { .. })),
        "{failed:?}"
    );
    let (database, contents) = place.opening().open().unwrap();
    assert_eq!(contents.set_aside, None);
    assert_eq!(version(database.connection()).unwrap(), NEWEST);
    assert!(!database.connection().table_exists(None, "half").unwrap());
}

fn extended(steps: &[Migration]) -> Schema {
    assert_eq!(Schema::current().newest(), NEWEST);
    Schema::of([Schema::current().up_to(NEWEST), steps.to_vec()].concat())
}

/// What makes the tables, without the way in which it was typed.
fn shape(connection: &Connection) -> Vec<String> {
    connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence' ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .map(|sql| sql.unwrap().split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}
