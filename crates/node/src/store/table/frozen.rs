//! Persons of whom two different moves were heard. Which of the two is theirs
//! only a person can find out, by comparing codes.

use rusqlite::{Connection, params};
use wire::PersonId;

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 12,
    name: "frozen",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE frozen (
            person BLOB PRIMARY KEY CHECK (length(person) = 32),
            since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;",
}];

pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<(PersonId, Moment)>> {
    connection
        .prepare("SELECT * FROM frozen")?
        .query_map([], |row| {
            Ok((sql::person(row, "person")?, row.get("since")?))
        })?
        .collect()
}

pub(in crate::store) fn put(
    connection: &Connection,
    person: PersonId,
    since: Moment,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO frozen (person, since) VALUES (?1, ?2)
             ON CONFLICT (person) DO UPDATE SET since = ?2",
            params![person.as_bytes(), since],
        )
        .map(drop)
}

pub(in crate::store) fn drop_row(
    connection: &Connection,
    person: PersonId,
) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM frozen WHERE person = ?", [person.as_bytes()])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{connection, person};

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        let at = Moment::from_millis;
        put(&connection, person(1), at(1)).unwrap();
        put(&connection, person(2), at(2)).unwrap();
        put(&connection, person(2), at(3)).unwrap();
        drop_row(&connection, person(1)).unwrap();
        assert_eq!(all(&connection).unwrap(), [(person(2), at(3))]);
    }
}
