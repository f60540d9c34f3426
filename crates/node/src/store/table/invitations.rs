//! Invitations this machine gave out: single-use, for one machine, for a time.
//! The secret lies in the ticket alone; here stands its hash.

use rusqlite::{Connection, params};
use wire::DeviceId;

use crate::store::{
    digest::digest,
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
    table::mesh_keys::MeshKeyKind,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 7,
    name: "invitations",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE invitations (
            secret_hash BLOB PRIMARY KEY CHECK (length(secret_hash) = 32),
            kind TEXT NOT NULL CHECK (kind IN ('mine', 'team')),
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            used_by BLOB CHECK (length(used_by) = 32),
            used_at INTEGER,
            CHECK ((used_by IS NULL) = (used_at IS NULL))
        ) STRICT, WITHOUT ROWID;",
}];

digest! {
    /// The hash of an invitation's secret.
    InvitationId
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    /// What the invited machine becomes, as if it held such a mesh key.
    pub kind: MeshKeyKind,
    pub created: Moment,
    pub expires: Moment,
    pub redeemed: Option<Redeemed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redeemed {
    pub by: DeviceId,
    pub at: Moment,
}

pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<Invitation>> {
    connection
        .prepare("SELECT * FROM invitations")?
        .query_map([], |row| {
            let by = sql::optional_device(row, "used_by")?;
            let at: Option<Moment> = row.get("used_at")?;
            Ok(Invitation {
                id: row.get("secret_hash")?,
                kind: row.get("kind")?,
                created: row.get("created")?,
                expires: row.get("expires")?,
                redeemed: by.zip(at).map(|(by, at)| Redeemed { by, at }),
            })
        })?
        .collect()
}

pub(in crate::store) fn put(
    connection: &Connection,
    invitation: &Invitation,
) -> rusqlite::Result<()> {
    let Invitation {
        id,
        kind,
        created,
        expires,
        redeemed,
    } = invitation;
    connection
        .execute(
            "INSERT INTO invitations (secret_hash, kind, created, expires, used_by, used_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (secret_hash) DO UPDATE SET
                kind = ?2, created = ?3, expires = ?4, used_by = ?5, used_at = ?6",
            params![
                id,
                kind,
                created,
                expires,
                redeemed.as_ref().map(|redeemed| redeemed.by.as_bytes()),
                redeemed.as_ref().map(|redeemed| redeemed.at),
            ],
        )
        .map(drop)
}

pub(in crate::store) fn drop_row(
    connection: &Connection,
    id: InvitationId,
) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM invitations WHERE secret_hash = ?", [id])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{connection, device};

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        let mut invitation = Invitation {
            id: InvitationId::from_bytes([1; 32]),
            kind: MeshKeyKind::Team,
            created: Moment::from_millis(1),
            expires: Moment::from_millis(2),
            redeemed: None,
        };
        put(&connection, &invitation).unwrap();
        assert_eq!(all(&connection).unwrap(), [invitation]);
        invitation.redeemed = Some(Redeemed {
            by: device(1),
            at: Moment::from_millis(2),
        });
        put(&connection, &invitation).unwrap();
        assert_eq!(all(&connection).unwrap(), [invitation]);
        drop_row(&connection, invitation.id).unwrap();
        assert_eq!(all(&connection).unwrap(), []);
    }
}
