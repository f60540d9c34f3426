//! Which mesh keys a machine is known to hold: it proved so, or was given them
//! from here. Whatever else its trust rests on, it takes that knowledge along.

use rusqlite::{Connection, params};
use wire::DeviceId;

use crate::store::{
    schema::{Migration, OlderBuilds},
    sql,
    table::mesh_keys::MeshKeyId,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 14,
    name: "held_keys",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE held_keys (
            device BLOB NOT NULL REFERENCES peers (device) ON DELETE CASCADE,
            mesh_key BLOB NOT NULL REFERENCES mesh_keys (id) ON DELETE CASCADE,
            PRIMARY KEY (device, mesh_key)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO held_keys (device, mesh_key)
            SELECT peers.device, mesh_keys.id
            FROM peers JOIN mesh_keys ON peers.origin_id = mesh_keys.id
            WHERE peers.origin = 'mesh_key';",
}];

pub(in crate::store) fn all(
    connection: &Connection,
) -> rusqlite::Result<Vec<(DeviceId, MeshKeyId)>> {
    connection
        .prepare("SELECT * FROM held_keys")?
        .query_map([], |row| {
            Ok((sql::device(row, "device")?, row.get("mesh_key")?))
        })?
        .collect()
}

pub(in crate::store) fn put(
    connection: &Connection,
    device: DeviceId,
    key: MeshKeyId,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO held_keys (device, mesh_key) VALUES (?1, ?2)
             ON CONFLICT (device, mesh_key) DO NOTHING",
            params![device.as_bytes(), key],
        )
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        moment::Moment,
        table::{
            mesh_keys::{self, MeshKey, MeshKeyKind},
            peers,
        },
        testing::{connection, device, peer},
    };

    #[test]
    fn rows_go_with_their_machine_and_with_their_key() {
        let connection = connection();
        let [one, two] = [1, 2].map(|number| MeshKeyId::from_bytes([number; 32]));
        for id in [one, two] {
            let key = MeshKey {
                id,
                kind: MeshKeyKind::Team,
                created: Moment::from_millis(1),
                retired: None,
            };
            mesh_keys::put(&connection, &key).unwrap();
        }
        for number in [1, 2] {
            peers::put(&connection, &peer(number)).unwrap();
            put(&connection, device(number), one).unwrap();
            put(&connection, device(number), two).unwrap();
        }
        put(&connection, device(1), one).unwrap();
        assert_eq!(all(&connection).unwrap().len(), 4, "each once");
        mesh_keys::drop_row(&connection, two).unwrap();
        peers::drop_row(&connection, device(2)).unwrap();
        assert_eq!(all(&connection).unwrap(), [(device(1), one)]);
        put(&connection, device(3), one).unwrap_err();
    }
}
