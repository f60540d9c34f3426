//! What was decided, refused, handed out and deleted, in the order in which it
//! happened. Rows are added and never changed; the oldest fall out when there
//! are too many. The clock has no say in that: setting it a year ahead must not
//! empty the log.

use std::{collections::BTreeMap, time::Duration};

use rusqlite::{Connection, Row, params};
use wire::{DeviceId, PersonId};

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
    words::words,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 5,
    name: "audit",
    older_builds: OlderBuilds::MayOpen,
    sql: "
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            device BLOB CHECK (length(device) = 32),
            person BLOB CHECK (length(person) = 32),
            details TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_of_device ON audit (device, id);
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;",
}];

/// Years of a busy machine; about ten megabytes.
const MOST_ROWS: i64 = 50_000;

/// The most one page carries, whatever was asked for.
const MOST_PER_PAGE: u32 = 500;

words! {
    /// What an entry is about.
    AuditKind {
        Paired = "paired",
        /// Whoever compared the codes said that they are not the same.
        CodesDiffered = "codes_differed",
        Trusted = "trusted",
        TrustRefused = "trust_refused",
        TrustEnded = "trust_ended",
        NameAdopted = "name_adopted",
        /// My person has a new key, made here because a device went.
        PersonRenewed = "person_renewed",
        /// This device is another person's now: joined by pairing, or along with
        /// another of my devices.
        PersonJoined = "person_joined",
        /// A device came along with its person to another key.
        PersonMoved = "person_moved",
        /// A person moved, and a device of theirs has not come along.
        PersonLeftBehind = "person_left_behind",
        /// A device shows another person, and nobody signed a move.
        PersonChanged = "person_changed",
        /// Two different moves of a device's person were heard.
        PersonFrozen = "person_frozen",
        /// Codes were compared again, and the person is believed again.
        PersonConfirmed = "person_confirmed",
        /// A device handed over a key that was not taken.
        PersonKeyRefused = "person_key_refused",
        Forgotten = "forgotten",
        Blocked = "blocked",
        Unblocked = "unblocked",
        Allowed = "allowed",
        Denied = "denied",
        /// A grant for a single use was used.
        Spent = "spent",
        /// A temporary grant ended.
        Expired = "expired",
        /// A machine asked for what it may not.
        Refused = "refused",
        /// Somebody asked for the use of models, here or there.
        AccessAsked = "access_asked",
        AccessAnswered = "access_answered",
        QuotaSet = "quota_set",
        MeshKeyAdded = "mesh_key_added",
        MeshKeyRetired = "mesh_key_retired",
        MeshKeyRemoved = "mesh_key_removed",
        InvitationMade = "invitation_made",
        InvitationRedeemed = "invitation_redeemed",
        InvitationWithdrawn = "invitation_withdrawn",
        Exported = "exported",
        Deleted = "deleted",
        /// Something a newer build wrote down.
        Unknown = "unknown",
    }
}

/// Details are codes and numbers: no text of conversations, no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Moment,
    pub kind: AuditKind,
    pub device: Option<DeviceId>,
    pub person: Option<PersonId>,
    pub details: BTreeMap<String, String>,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub id: i64,
    pub entry: Entry,
}

/// Which entries to read, newest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page {
    /// The last entry of the page before.
    pub before: Option<i64>,
    pub device: Option<DeviceId>,
    pub most: u32,
}

impl Entry {
    pub fn new(at: Moment, kind: AuditKind) -> Self {
        Self {
            at,
            kind,
            device: None,
            person: None,
            details: BTreeMap::new(),
        }
    }

    pub fn device(mut self, device: DeviceId) -> Self {
        self.device = Some(device);
        self
    }

    pub fn person(mut self, person: Option<PersonId>) -> Self {
        self.person = person;
        self
    }

    pub fn detail(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

pub(in crate::store) fn page(
    connection: &Connection,
    page: &Page,
) -> rusqlite::Result<Vec<Recorded>> {
    connection
        .prepare_cached(
            "SELECT * FROM audit WHERE id < ?1 AND (?2 IS NULL OR device = ?2)
             ORDER BY id DESC LIMIT ?3",
        )?
        .query_map(
            params![
                page.before.unwrap_or(i64::MAX),
                page.device.as_ref().map(DeviceId::as_bytes),
                page.most.min(MOST_PER_PAGE),
            ],
            read,
        )?
        .collect()
}

pub(in crate::store) fn record(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    record_and_keep(connection, entry, MOST_ROWS)
}

/// Records what has not just been recorded: a machine that keeps asking must not
/// wash everything else out of the log.
pub(in crate::store) fn record_unless_recent(
    connection: &Connection,
    entry: &Entry,
    within: Duration,
) -> rusqlite::Result<()> {
    let recent = connection
        .prepare_cached(
            "SELECT at FROM audit
             WHERE device IS ?1 AND kind = ?2 AND details = ?3 ORDER BY id DESC LIMIT 1",
        )?
        .query_map(
            params![
                entry.device.as_ref().map(DeviceId::as_bytes),
                entry.kind,
                written(entry)?
            ],
            |row| row.get::<_, Moment>("at"),
        )?
        .next()
        .transpose()?;
    match recent {
        Some(at) if at.distance(entry.at) < within => Ok(()),
        Some(_) | None => record(connection, entry),
    }
}

fn record_and_keep(connection: &Connection, entry: &Entry, most: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO audit (at, kind, device, person, details) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![
            entry.at,
            entry.kind,
            entry.device.as_ref().map(DeviceId::as_bytes),
            entry.person.as_ref().map(PersonId::as_bytes),
            written(entry)?,
        ])?;
    connection
        .prepare_cached("DELETE FROM audit WHERE id <= ?")?
        .execute([connection.last_insert_rowid() - most])
        .map(drop)
}

fn written(entry: &Entry) -> rusqlite::Result<String> {
    serde_json::to_string(&entry.details).map_err(sql::nonsense)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    let kind: String = row.get("kind")?;
    let details: String = row.get("details")?;
    Ok(Recorded {
        id: row.get("id")?,
        entry: Entry {
            at: row.get("at")?,
            kind: AuditKind::of_word(&kind).unwrap_or(AuditKind::Unknown),
            device: sql::optional_device(row, "device")?,
            person: sql::optional_person(row, "person")?,
            details: serde_json::from_str(&details).map_err(sql::nonsense)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{connection, device, person};

    fn entry(number: u8) -> Entry {
        Entry::new(Moment::from_millis(number.into()), AuditKind::Allowed)
            .device(device(number))
            .person(Some(person(number)))
            .detail("permission", "llm.use")
    }

    fn all(connection: &Connection) -> Vec<Recorded> {
        let everything = Page {
            most: u32::MAX,
            ..Page::default()
        };
        page(connection, &everything).unwrap()
    }

    #[test]
    fn pages_go_back_from_the_newest() {
        let connection = connection();
        for number in 1..=5 {
            record(&connection, &entry(number)).unwrap();
        }
        let ids = |page: &[Recorded]| page.iter().map(|row| row.id).collect::<Vec<_>>();
        let first = Page {
            most: 2,
            ..Page::default()
        };
        let newest = page(&connection, &first).unwrap();
        assert_eq!(ids(&newest), [5, 4]);
        assert_eq!(newest[0].entry, entry(5));
        let next = Page {
            before: Some(4),
            ..first
        };
        assert_eq!(ids(&page(&connection, &next).unwrap()), [3, 2]);
        let of_one = Page {
            device: Some(device(2)),
            ..first
        };
        assert_eq!(ids(&page(&connection, &of_one).unwrap()), [2]);
    }

    #[test]
    fn entries_are_never_changed_and_numbers_never_used_again() {
        let connection = connection();
        record(&connection, &entry(1)).unwrap();
        assert!(connection.execute("UPDATE audit SET at = 0", []).is_err());
        connection.execute("DELETE FROM audit", []).unwrap();
        record(&connection, &entry(2)).unwrap();
        assert_eq!(all(&connection)[0].id, 2);
    }

    #[test]
    fn the_oldest_fall_out() {
        let connection = connection();
        for number in 1..=9 {
            record_and_keep(&connection, &entry(number), 3).unwrap();
        }
        let kept: Vec<_> = all(&connection).iter().map(|row| row.id).collect();
        assert_eq!(kept, [9, 8, 7]);
    }

    #[test]
    fn what_repeats_is_recorded_once_in_a_while() {
        let connection = connection();
        let minute = Duration::from_secs(60);
        let at = |seconds: i64, device_number: u8| Entry {
            at: Moment::from_millis(seconds * 1000),
            ..entry(device_number)
        };
        for (seconds, number, expected) in
            [(0, 1, 1), (59, 1, 1), (59, 2, 2), (60, 1, 3), (-9, 1, 4)]
        {
            record_unless_recent(&connection, &at(seconds, number), minute).unwrap();
            assert_eq!(all(&connection).len(), expected, "{seconds} {number}");
        }
        let other = at(-9, 1).detail("permission", "admin");
        record_unless_recent(&connection, &other, minute).unwrap();
        assert_eq!(all(&connection).len(), 5);
    }

    #[test]
    fn an_entry_of_a_newer_build_is_shown_as_such() {
        let connection = connection();
        connection
            .execute(
                "INSERT INTO audit (at, kind, details) VALUES (1, 'danced', '{}')",
                [],
            )
            .unwrap();
        assert_eq!(all(&connection)[0].entry.kind, AuditKind::Unknown);
    }
}
