//! Machines about which something was decided, or is being decided. A machine
//! that is only heard has no row.

use rusqlite::{Connection, Row, params};
pub use wire::msg::{pair::Relation, session::Form};
use wire::{DeviceId, PersonId};

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
    table::{invitations::InvitationId, mesh_keys::MeshKeyId},
    words::words,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[PEERS, PERSONS];

const PEERS: Migration = Migration {
    number: 2,
    name: "peers",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE peers (
            device BLOB PRIMARY KEY CHECK (length(device) = 32),
            person BLOB CHECK (length(person) = 32),
            name TEXT NOT NULL,
            offered_name TEXT,
            form TEXT NOT NULL,
            instance INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'trusted', 'blocked')),
            relation TEXT CHECK (relation IN ('mine', 'other')),
            origin TEXT CHECK (origin IN ('pairing', 'mesh_key', 'invitation', 'open_policy')),
            origin_id BLOB CHECK (length(origin_id) = 32),
            since INTEGER NOT NULL,
            messages_per_minute INTEGER,
            storage_bytes INTEGER,
            first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            CHECK ((state = 'trusted') = (relation IS NOT NULL)),
            CHECK ((state = 'trusted') = (origin IS NOT NULL)),
            CHECK (coalesce(origin IN ('mesh_key', 'invitation'), 0) = (origin_id IS NOT NULL)),
            CHECK ((messages_per_minute IS NULL) = (storage_bytes IS NULL))
        ) STRICT, WITHOUT ROWID;",
};

const PERSONS: Migration = Migration {
    number: 10,
    name: "persons of peers",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        ALTER TABLE peers ADD COLUMN offered_person BLOB CHECK (length(offered_person) = 32);
        ALTER TABLE peers ADD COLUMN doubt TEXT CHECK (doubt IN ('left_behind', 'frozen'));
        ALTER TABLE peers ADD COLUMN awaits_key INTEGER NOT NULL DEFAULT 0
            CHECK (awaits_key IN (0, 1));",
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub device: DeviceId,
    /// Whose device it is; unknown before it could say so. Pinned: only pairing, or
    /// a move that the person signed, makes it another's.
    pub person: Option<PersonId>,
    /// Whose device it says it is now, where that is somebody else and nobody
    /// signed a move.
    pub offered_person: Option<PersonId>,
    /// Why its person is not believed at present.
    pub doubt: Option<Doubt>,
    /// One of my devices that is to be handed my person's new key.
    pub awaits_key: bool,
    /// As it was when somebody here decided about the machine.
    pub name: String,
    /// What it calls itself now, where that is something else.
    pub offered_name: Option<String>,
    pub form: Form,
    /// The latest of its starts that was met.
    pub instance: u64,
    pub state: PeerState,
    /// Set by a person; otherwise the relation says how much is usual.
    pub quota: Option<Quota>,
    pub first_seen: Moment,
    pub last_seen: Moment,
}

words! {
    /// Why nothing rests on the person of a device any more.
    Doubt {
        /// The person moved to another key, and the device has not shown that it
        /// came along.
        LeftBehind = "left_behind",
        /// Two different moves of the person were heard.
        Frozen = "frozen",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerState {
    /// Somebody asked, here or there, and not both said yes.
    Pending {
        since: Moment,
    },
    Trusted(Trusted),
    Blocked {
        since: Moment,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trusted {
    pub relation: Relation,
    pub origin: Origin,
    pub since: Moment,
}

/// What trust rests on; it falls with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Two people compared a code.
    Pairing,
    MeshKey(MeshKeyId),
    Invitation(InvitationId),
    /// Everybody on this network may use shared models.
    OpenPolicy,
}

/// How much a machine may cost us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub messages_per_minute: u32,
    pub storage_bytes: u64,
}

pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<Peer>> {
    connection
        .prepare("SELECT * FROM peers")?
        .query_map([], read)?
        .collect()
}

pub(in crate::store) fn put(connection: &Connection, peer: &Peer) -> rusqlite::Result<()> {
    let state = Columns::of(peer.state);
    // Not "INSERT OR REPLACE": replacing a row deletes it first, and with it
    // every row that belongs to it.
    connection
        .prepare_cached(
            "INSERT INTO peers (
                device, person, name, offered_name, form, instance, state, relation, origin,
                origin_id, since, messages_per_minute, storage_bytes, first_seen, last_seen,
                offered_person, doubt, awaits_key
             ) VALUES (
                ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18
             )
             ON CONFLICT (device) DO UPDATE SET
                person = ?2, name = ?3, offered_name = ?4, form = ?5, instance = ?6, state = ?7,
                relation = ?8, origin = ?9, origin_id = ?10, since = ?11,
                messages_per_minute = ?12, storage_bytes = ?13, first_seen = ?14, last_seen = ?15,
                offered_person = ?16, doubt = ?17, awaits_key = ?18",
        )?
        .execute(params![
            peer.device.as_bytes(),
            peer.person.as_ref().map(PersonId::as_bytes),
            peer.name,
            peer.offered_name,
            form_word(peer.form),
            peer.instance.cast_signed(),
            state.state,
            state.relation,
            state.origin,
            state.origin_id,
            state.since,
            peer.quota.map(|quota| quota.messages_per_minute),
            peer.quota.map(|quota| quota.storage_bytes.cast_signed()),
            peer.first_seen,
            peer.last_seen,
            peer.offered_person.as_ref().map(PersonId::as_bytes),
            peer.doubt,
            peer.awaits_key,
        ])
        .map(drop)
}

/// Takes addresses and permissions along.
pub(in crate::store) fn drop_row(
    connection: &Connection,
    device: DeviceId,
) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM peers WHERE device = ?", [device.as_bytes()])
        .map(drop)
}

#[derive(Debug, Default)]
struct Columns {
    state: &'static str,
    relation: Option<&'static str>,
    origin: Option<&'static str>,
    origin_id: Option<[u8; 32]>,
    since: Moment,
}

impl Columns {
    fn of(state: PeerState) -> Self {
        match state {
            PeerState::Pending { since } => Self {
                state: "pending",
                since,
                ..Self::default()
            },
            PeerState::Blocked { since } => Self {
                state: "blocked",
                since,
                ..Self::default()
            },
            PeerState::Trusted(trusted) => {
                let (origin, origin_id) = match trusted.origin {
                    Origin::Pairing => ("pairing", None),
                    Origin::MeshKey(id) => ("mesh_key", Some(*id.as_bytes())),
                    Origin::Invitation(id) => ("invitation", Some(*id.as_bytes())),
                    Origin::OpenPolicy => ("open_policy", None),
                };
                Self {
                    state: "trusted",
                    relation: Some(match trusted.relation {
                        Relation::Mine => "mine",
                        Relation::Other => "other",
                    }),
                    origin: Some(origin),
                    origin_id,
                    since: trusted.since,
                }
            }
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Peer> {
    let rate: Option<u32> = row.get("messages_per_minute")?;
    let bytes: Option<i64> = row.get("storage_bytes")?;
    Ok(Peer {
        device: sql::device(row, "device")?,
        person: sql::optional_person(row, "person")?,
        offered_person: sql::optional_person(row, "offered_person")?,
        doubt: row.get("doubt")?,
        awaits_key: row.get("awaits_key")?,
        name: row.get("name")?,
        offered_name: row.get("offered_name")?,
        form: form_of_word(&row.get::<_, String>("form")?),
        instance: row.get::<_, i64>("instance")?.cast_unsigned(),
        state: read_state(row)?,
        quota: rate.zip(bytes).map(|(messages_per_minute, bytes)| Quota {
            messages_per_minute,
            storage_bytes: bytes.cast_unsigned(),
        }),
        first_seen: row.get("first_seen")?,
        last_seen: row.get("last_seen")?,
    })
}

fn read_state(row: &Row<'_>) -> rusqlite::Result<PeerState> {
    let since = row.get("since")?;
    match row.get::<_, String>("state")?.as_str() {
        "pending" => Ok(PeerState::Pending { since }),
        "blocked" => Ok(PeerState::Blocked { since }),
        "trusted" => Ok(PeerState::Trusted(Trusted {
            relation: match row.get::<_, String>("relation")?.as_str() {
                "mine" => Relation::Mine,
                "other" => Relation::Other,
                unknown => return Err(sql::nonsense(format!("the relation {unknown:?}"))),
            },
            origin: match row.get::<_, String>("origin")?.as_str() {
                "pairing" => Origin::Pairing,
                "mesh_key" => Origin::MeshKey(row.get("origin_id")?),
                "invitation" => Origin::Invitation(row.get("origin_id")?),
                "open_policy" => Origin::OpenPolicy,
                unknown => return Err(sql::nonsense(format!("the origin {unknown:?}"))),
            },
            since,
        })),
        unknown => Err(sql::nonsense(format!("the state {unknown:?}"))),
    }
}

fn form_word(form: Form) -> &'static str {
    match form {
        Form::Desktop => "desktop",
        Form::Laptop => "laptop",
        Form::Server => "server",
        Form::Unknown => "unknown",
    }
}

/// A picture is no reason to refuse a row.
fn form_of_word(word: &str) -> Form {
    match word {
        "desktop" => Form::Desktop,
        "laptop" => Form::Laptop,
        "server" => Form::Server,
        _ => Form::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{connection, device, peer, person};

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        let since = Moment::from_millis(7);
        let key = MeshKeyId::from_bytes([5; 32]);
        let trusted = |relation, origin| {
            PeerState::Trusted(Trusted {
                relation,
                origin,
                since,
            })
        };
        let states = [
            PeerState::Pending { since },
            PeerState::Blocked { since },
            trusted(Relation::Mine, Origin::Pairing),
            trusted(Relation::Mine, Origin::MeshKey(key)),
            trusted(
                Relation::Other,
                Origin::Invitation(InvitationId::from_bytes([6; 32])),
            ),
            trusted(Relation::Other, Origin::OpenPolicy),
        ];
        let mut written = Vec::new();
        for (number, state) in (1..).zip(states) {
            let mut peer = peer(number);
            peer.state = state;
            peer.form =
                [Form::Desktop, Form::Laptop, Form::Server, Form::Unknown][usize::from(number) % 4];
            if number % 2 == 0 {
                peer.person = Some(person(number));
                peer.offered_person = Some(person(number + 100));
                peer.doubt = Some(Doubt::ALL[usize::from(number) / 2 % 2]);
                peer.awaits_key = true;
                peer.offered_name = Some("تازه".to_owned());
                peer.instance = u64::MAX;
                peer.quota = Some(Quota {
                    messages_per_minute: u32::MAX,
                    storage_bytes: u64::MAX,
                });
            }
            put(&connection, &peer).unwrap();
            written.push(peer);
        }
        written.sort_by_key(|peer| peer.device);
        assert_eq!(all(&connection).unwrap(), written);
    }

    #[test]
    fn a_row_is_replaced_and_dropped() {
        let connection = connection();
        let mut first = peer(1);
        put(&connection, &first).unwrap();
        first.name = "renamed".to_owned();
        put(&connection, &first).unwrap();
        assert_eq!(all(&connection).unwrap(), [first]);
        drop_row(&connection, device(1)).unwrap();
        assert_eq!(all(&connection).unwrap(), []);
    }

    #[test]
    fn trust_without_a_ground_cannot_be_written() {
        let connection = connection();
        put(&connection, &peer(1)).unwrap();
        for nonsense in [
            "UPDATE peers SET state = 'trusted', relation = NULL, origin = NULL",
            "UPDATE peers SET state = 'friend'",
            "UPDATE peers SET state = 'trusted', relation = 'mine', origin = 'mesh_key', origin_id = NULL",
            "UPDATE peers SET state = 'blocked', relation = 'mine', origin = 'pairing'",
            "UPDATE peers SET device = x'00'",
            "UPDATE peers SET doubt = 'perhaps'",
        ] {
            assert!(connection.execute(nonsense, []).is_err(), "{nonsense}");
        }
    }
}
