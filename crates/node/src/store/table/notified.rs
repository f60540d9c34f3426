//! What the person was already told about which machine, so that no
//! notification comes twice within a day.

use rusqlite::{Connection, params};
use wire::DeviceId;

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
    words::words,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 8,
    name: "notified",
    older_builds: OlderBuilds::MayOpen,
    sql: "
        CREATE TABLE notified (
            device BLOB NOT NULL CHECK (length(device) = 32),
            occasion TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (device, occasion)
        ) STRICT, WITHOUT ROWID;",
}];

words! {
    /// What a notification is shown for.
    Occasion {
        Nearby = "nearby",
        PairingRequest = "pairing_request",
        /// It began to share models.
        Models = "models",
        /// It does so no more.
        ModelsGone = "models_gone",
    }
}

pub(in crate::store) fn all(
    connection: &Connection,
) -> rusqlite::Result<Vec<(DeviceId, Occasion, Moment)>> {
    connection
        .prepare("SELECT * FROM notified")?
        .query_map([], |row| {
            let occasion = row.get("occasion")?;
            Ok((sql::device(row, "device")?, occasion, row.get("at")?))
        })?
        .collect()
}

pub(in crate::store) fn put(
    connection: &Connection,
    device: DeviceId,
    occasion: Occasion,
    at: Moment,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO notified (device, occasion, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (device, occasion) DO UPDATE SET at = ?3",
            params![device.as_bytes(), occasion, at],
        )
        .map(drop)
}

pub(in crate::store) fn drop_row(
    connection: &Connection,
    device: DeviceId,
    occasion: Occasion,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "DELETE FROM notified WHERE device = ? AND occasion = ?",
            params![device.as_bytes(), occasion],
        )
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{connection, device};

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        let at = Moment::from_millis;
        put(&connection, device(1), Occasion::Nearby, at(1)).unwrap();
        put(&connection, device(1), Occasion::PairingRequest, at(2)).unwrap();
        put(&connection, device(1), Occasion::Nearby, at(3)).unwrap();
        let nearby = (device(1), Occasion::Nearby, at(3));
        let request = (device(1), Occasion::PairingRequest, at(2));
        assert_eq!(all(&connection).unwrap(), [nearby, request]);
        drop_row(&connection, device(1), Occasion::PairingRequest).unwrap();
        assert_eq!(all(&connection).unwrap(), [nearby]);
    }
}
