//! Mesh keys this machine was given or made. The keys themselves lie in the
//! keyring or in a file of their own; here stands a reference to each.

use rusqlite::{Connection, params};

use crate::store::{
    digest::digest,
    moment::Moment,
    schema::{Migration, OlderBuilds},
    words::words,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 6,
    name: "mesh_keys",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE mesh_keys (
            id BLOB PRIMARY KEY CHECK (length(id) = 32),
            kind TEXT NOT NULL CHECK (kind IN ('mine', 'team')),
            created INTEGER NOT NULL,
            retired INTEGER,
            grace_until INTEGER,
            CHECK ((retired IS NULL) = (grace_until IS NULL))
        ) STRICT, WITHOUT ROWID;",
}];

digest! {
    /// Names a mesh key without giving it away.
    MeshKeyId
}

words! {
    /// What holding a mesh key means.
    MeshKeyKind {
        /// My own machines: every permission, everything in step.
        Mine = "mine",
        /// Other people's machines: use of shared models.
        Team = "team",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeshKey {
    pub id: MeshKeyId,
    pub kind: MeshKeyKind,
    pub created: Moment,
    /// A retired key makes no new trust.
    pub retired: Option<Retired>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    pub at: Moment,
    /// Trust that rests on the key ends here.
    pub grace_until: Moment,
}

pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<MeshKey>> {
    connection
        .prepare("SELECT * FROM mesh_keys")?
        .query_map([], |row| {
            let retired: Option<Moment> = row.get("retired")?;
            let grace_until: Option<Moment> = row.get("grace_until")?;
            Ok(MeshKey {
                id: row.get("id")?,
                kind: row.get("kind")?,
                created: row.get("created")?,
                retired: retired
                    .zip(grace_until)
                    .map(|(at, grace_until)| Retired { at, grace_until }),
            })
        })?
        .collect()
}

pub(in crate::store) fn put(connection: &Connection, key: &MeshKey) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO mesh_keys (id, kind, created, retired, grace_until)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET
                kind = ?2, created = ?3, retired = ?4, grace_until = ?5",
            params![
                key.id,
                key.kind,
                key.created,
                key.retired.map(|retired| retired.at),
                key.retired.map(|retired| retired.grace_until),
            ],
        )
        .map(drop)
}

pub(in crate::store) fn drop_row(connection: &Connection, id: MeshKeyId) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM mesh_keys WHERE id = ?", [id])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::connection;

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        let mut mine = MeshKey {
            id: MeshKeyId::from_bytes([1; 32]),
            kind: MeshKeyKind::Mine,
            created: Moment::from_millis(1),
            retired: None,
        };
        let team = MeshKey {
            id: MeshKeyId::from_bytes([2; 32]),
            kind: MeshKeyKind::Team,
            ..mine
        };
        put(&connection, &mine).unwrap();
        put(&connection, &team).unwrap();
        assert_eq!(all(&connection).unwrap(), [mine, team]);
        mine.retired = Some(Retired {
            at: Moment::from_millis(2),
            grace_until: Moment::from_millis(3),
        });
        put(&connection, &mine).unwrap();
        drop_row(&connection, team.id).unwrap();
        assert_eq!(all(&connection).unwrap(), [mine]);
    }

    #[test]
    fn an_id_does_not_print_itself_whole() {
        let id = MeshKeyId::from_bytes([0xab; 32]);
        assert_eq!(format!("{id:?}"), "MeshKeyId(abababab)");
    }
}
