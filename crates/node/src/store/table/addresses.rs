//! Where machines were reached before; dialled first at the next start.

use rusqlite::{Connection, params};
use wire::DeviceId;

use crate::store::{
    address::PeerAddress,
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 3,
    name: "addresses",
    older_builds: OlderBuilds::MayOpen,
    sql: "
        CREATE TABLE addresses (
            device BLOB NOT NULL REFERENCES peers (device) ON DELETE CASCADE,
            address TEXT NOT NULL,
            last_good INTEGER,
            PRIMARY KEY (device, address)
        ) STRICT, WITHOUT ROWID;",
}];

/// One address of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    pub address: PeerAddress,
    /// When the machine last answered there; never, for one that was only told.
    pub last_good: Option<Moment>,
}

/// Addresses of a kind this build does not know stay in the file for the build
/// that wrote them.
pub(in crate::store) fn all(
    connection: &Connection,
) -> rusqlite::Result<Vec<(DeviceId, Remembered)>> {
    let mut known = Vec::new();
    let mut statement = connection.prepare("SELECT * FROM addresses")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get("address")?;
        if let Ok(address) = text.parse() {
            let last_good = row.get("last_good")?;
            known.push((
                sql::device(row, "device")?,
                Remembered { address, last_good },
            ));
        }
    }
    Ok(known)
}

pub(in crate::store) fn put(
    connection: &Connection,
    device: DeviceId,
    remembered: &Remembered,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO addresses (device, address, last_good) VALUES (?1, ?2, ?3)
             ON CONFLICT (device, address) DO UPDATE SET last_good = ?3",
        )?
        .execute(params![
            device.as_bytes(),
            remembered.address.to_string(),
            remembered.last_good
        ])
        .map(drop)
}

pub(in crate::store) fn drop_row(
    connection: &Connection,
    device: DeviceId,
    address: &PeerAddress,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "DELETE FROM addresses WHERE device = ? AND address = ?",
            params![device.as_bytes(), address.to_string()],
        )
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        table::peers,
        testing::{connection, device, peer},
    };

    fn told(address: &str, last_good: Option<i64>) -> Remembered {
        Remembered {
            address: address.parse().unwrap(),
            last_good: last_good.map(Moment::from_millis),
        }
    }

    #[test]
    fn rows_come_back_and_go_with_their_machine() {
        let connection = connection();
        peers::put(&connection, &peer(1)).unwrap();
        let one = told("tcp:10.0.0.1:7878", None);
        put(&connection, device(1), &one).unwrap();
        assert_eq!(all(&connection).unwrap(), [(device(1), one)]);
        let one = told("tcp:10.0.0.1:7878", Some(9));
        let two = told("tcp:[fe80::1%2]:1", Some(3));
        put(&connection, device(1), &one).unwrap();
        put(&connection, device(1), &two).unwrap();
        drop_row(&connection, device(1), &two.address).unwrap();
        assert_eq!(all(&connection).unwrap(), [(device(1), one)]);

        peers::put(&connection, &peer(1)).unwrap();
        assert_eq!(all(&connection).unwrap().len(), 1, "renewed, not replaced");
        peers::drop_row(&connection, device(1)).unwrap();
        assert_eq!(all(&connection).unwrap(), []);
    }

    #[test]
    fn a_machine_nobody_knows_has_no_addresses() {
        let refused = put(&connection(), device(1), &told("tcp:10.0.0.1:1", None));
        assert!(refused.is_err());
    }

    #[test]
    fn an_address_of_a_newer_kind_is_left_alone() {
        let connection = connection();
        peers::put(&connection, &peer(1)).unwrap();
        connection
            .execute(
                "INSERT INTO addresses VALUES (?, 'relay:somewhere', 1)",
                [device(1).as_bytes()],
            )
            .unwrap();
        assert_eq!(all(&connection).unwrap(), []);
        let count: i64 = connection
            .query_row("SELECT count(*) FROM addresses", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 1);
    }
}
