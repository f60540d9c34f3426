//! Who my person is, as the decisions in this file took it. The identity says
//! who it is now; where the two differ, what follows from that is still to be
//! written here.

use rusqlite::{Connection, OptionalExtension as _};
use wire::PersonId;

use crate::store::{
    schema::{Migration, OlderBuilds},
    sql,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 13,
    name: "own_person",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE own_person (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            person BLOB NOT NULL CHECK (length(person) = 32)
        ) STRICT;",
}];

pub(in crate::store) fn get(connection: &Connection) -> rusqlite::Result<Option<PersonId>> {
    connection
        .query_row("SELECT person FROM own_person", [], |row| {
            sql::person(row, "person")
        })
        .optional()
}

pub(in crate::store) fn put(connection: &Connection, person: PersonId) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO own_person (only, person) VALUES (1, ?1)
             ON CONFLICT (only) DO UPDATE SET person = ?1",
            [person.as_bytes()],
        )
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{connection, person};

    #[test]
    fn there_is_one_at_most() {
        let connection = connection();
        assert_eq!(get(&connection).unwrap(), None);
        put(&connection, person(1)).unwrap();
        put(&connection, person(2)).unwrap();
        assert_eq!(get(&connection).unwrap(), Some(person(2)));
    }
}
