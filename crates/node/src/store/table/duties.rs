//! What a decision obliges this machine to do and is not done yet. A duty is
//! written with the decision it comes from, so that the end of the process in
//! between leaves no removed machine with a key that still opens doors.

use rusqlite::{Connection, params};

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
    table::mesh_keys::MeshKeyId,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 9,
    name: "duties",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE duties (
            duty TEXT NOT NULL CHECK (duty IN ('new_person_key', 'new_mesh_key')),
            mesh_key BLOB NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (duty, mesh_key),
            CHECK (length(mesh_key) = CASE duty WHEN 'new_mesh_key' THEN 32 ELSE 0 END)
        ) STRICT, WITHOUT ROWID;",
}];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// Somebody who left knows my person's key.
    NewPersonKey,
    /// Somebody who left knows this mesh key.
    NewMeshKey(MeshKeyId),
}

pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<(Duty, Moment)>> {
    connection
        .prepare("SELECT * FROM duties")?
        .query_map([], |row| {
            let duty = match row.get::<_, String>("duty")?.as_str() {
                "new_person_key" => Duty::NewPersonKey,
                "new_mesh_key" => Duty::NewMeshKey(row.get("mesh_key")?),
                unknown => return Err(sql::nonsense(format!("the duty {unknown:?}"))),
            };
            Ok((duty, row.get("since")?))
        })?
        .collect()
}

pub(in crate::store) fn put(
    connection: &Connection,
    duty: Duty,
    since: Moment,
) -> rusqlite::Result<()> {
    let (word, key) = columns(&duty);
    connection
        .execute(
            "INSERT INTO duties (duty, mesh_key, since) VALUES (?1, ?2, ?3)
             ON CONFLICT (duty, mesh_key) DO UPDATE SET since = ?3",
            params![word, key, since],
        )
        .map(drop)
}

pub(in crate::store) fn drop_row(connection: &Connection, duty: Duty) -> rusqlite::Result<()> {
    let (word, key) = columns(&duty);
    connection
        .execute(
            "DELETE FROM duties WHERE duty = ? AND mesh_key = ?",
            params![word, key],
        )
        .map(drop)
}

fn columns(duty: &Duty) -> (&'static str, &[u8]) {
    match duty {
        Duty::NewPersonKey => ("new_person_key", &[]),
        Duty::NewMeshKey(id) => ("new_mesh_key", id.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::connection;

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        let at = Moment::from_millis;
        let key = Duty::NewMeshKey(MeshKeyId::from_bytes([1; 32]));
        put(&connection, key, at(1)).unwrap();
        put(&connection, Duty::NewPersonKey, at(2)).unwrap();
        put(&connection, Duty::NewPersonKey, at(3)).unwrap();
        let person = (Duty::NewPersonKey, at(3));
        assert_eq!(all(&connection).unwrap(), [(key, at(1)), person]);
        drop_row(&connection, key).unwrap();
        assert_eq!(all(&connection).unwrap(), [person]);
    }
}
