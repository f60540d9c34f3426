//! Where persons went: for each that moved to another key the one move that was
//! believed. A second one of the same person would contradict it.

use rusqlite::{Connection, params};
use wire::{PersonId, PersonMove};

use crate::store::{
    schema::{Migration, OlderBuilds},
    sql,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 11,
    name: "moves",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE moves (
            old BLOB PRIMARY KEY CHECK (length(old) = 32),
            signed BLOB NOT NULL CHECK (length(signed) = 136),
            CHECK (substr(signed, 1, 32) = old)
        ) STRICT, WITHOUT ROWID;",
}];

/// Checks their signatures again: a move in memory is always one.
pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<PersonMove>> {
    connection
        .prepare("SELECT signed FROM moves")?
        .query_map([], |row| {
            let signed: [u8; PersonMove::LENGTH] = row.get("signed")?;
            PersonMove::decode(&signed).map_err(sql::nonsense)
        })?
        .collect()
}

pub(in crate::store) fn put(connection: &Connection, one: &PersonMove) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO moves (old, signed) VALUES (?1, ?2)
             ON CONFLICT (old) DO UPDATE SET signed = ?2",
            params![one.old().as_bytes(), one.encode()],
        )
        .map(drop)
}

pub(in crate::store) fn drop_row(connection: &Connection, old: PersonId) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM moves WHERE old = ?", [old.as_bytes()])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{connection, person, person_move};

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        put(&connection, &person_move(1, 2)).unwrap();
        put(&connection, &person_move(1, 3)).unwrap();
        assert_eq!(all(&connection).unwrap(), [person_move(1, 3)]);
        drop_row(&connection, person(1)).unwrap();
        assert_eq!(all(&connection).unwrap(), []);
    }

    #[test]
    fn a_move_that_nobody_signed_is_damage() {
        let connection = connection();
        put(&connection, &person_move(1, 2)).unwrap();
        let mut forged = person_move(1, 2).encode();
        forged[135] ^= 1;
        connection
            .execute("UPDATE moves SET signed = ?", [forged])
            .unwrap();
        assert!(all(&connection).is_err());
    }
}
