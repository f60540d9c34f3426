//! The life of the file itself: whether it was closed in order, and the number
//! of the last start.

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "life",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE schema_history (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            older_builds_may_open INTEGER NOT NULL CHECK (older_builds_may_open IN (0, 1)),
            taken_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE life (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            closed_in_order INTEGER NOT NULL CHECK (closed_in_order IN (0, 1)),
            instance INTEGER NOT NULL
        ) STRICT;
        INSERT INTO life VALUES (1, 1, 0);",
}];

/// Whether the last process that wrote here also closed the file. A file
/// without the table was never written.
pub(in crate::store) fn closed_in_order(connection: &Connection) -> rusqlite::Result<bool> {
    if !connection.table_exists(None, "life")? {
        return Ok(true);
    }
    connection
        .query_row("SELECT closed_in_order FROM life", [], |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}

/// Begins a start: its number is above every earlier one, whatever the clock says.
pub(in crate::store) fn begin(connection: &Connection, now: Moment) -> rusqlite::Result<u64> {
    let instance: i64 = connection.query_row(
        "UPDATE life SET closed_in_order = 0, instance = max(instance + 1, ?)
         RETURNING instance",
        [now],
        |row| row.get(0),
    )?;
    Ok(instance.unsigned_abs())
}

pub(in crate::store) fn end(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute("UPDATE life SET closed_in_order = 1", [])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_numbered_upwards_even_when_the_clock_goes_back() {
        let connection = Connection::open_in_memory().unwrap();
        assert!(closed_in_order(&connection).unwrap());
        connection.execute_batch(MIGRATIONS[0].sql).unwrap();
        let begin = |at| begin(&connection, Moment::from_millis(at)).unwrap();
        assert_eq!(begin(1000), 1000);
        assert!(!closed_in_order(&connection).unwrap());
        assert_eq!(begin(5), 1001);
        assert_eq!(begin(5000), 5000);
        end(&connection).unwrap();
        assert!(closed_in_order(&connection).unwrap());
    }
}
