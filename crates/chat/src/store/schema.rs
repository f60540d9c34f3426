//! The shape of the file, as the steps that lead to it.
//!
//! `PRAGMA user_version` holds the number of the last step taken, and the table
//! `schema_history` what each step says about older builds. A build opens a newer
//! file only where every step it does not know allows it.
//!
//! `op` is the log, and with `head`, `fork` and `blob` the truth. What
//! stands below it is made of the log, and can be made again.

use rusqlite::{Connection, TransactionBehavior, params};

/// Whether a build that does not know a step may open a file after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OlderBuilds {
    /// What they do not know, they neither need nor break.
    MayOpen,
    /// They would overlook something, or write what cannot be understood.
    MustNotOpen,
}

/// One step. Once released it never changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) number: u32,
    pub(super) name: &'static str,
    pub(super) older_builds: OlderBuilds,
    pub(super) sql: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Open,
    /// Another program's.
    Foreign,
    /// Closed to this build by a newer one.
    Newer {
        version: u32,
    },
}

pub(super) const STEPS: &[Step] = &[
    Step {
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
            -- Which build of the views below the log, and which folding, filled them.
            views INTEGER NOT NULL
        ) STRICT;
        INSERT INTO life VALUES (1, 1, 0);",
    },
    Step {
        number: 2,
        name: "log",
        older_builds: OlderBuilds::MustNotOpen,
        sql: "
        CREATE TABLE author (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
        CREATE TABLE room (
            no INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            -- 1 joined, 2 offered, 3 let go of
            state INTEGER NOT NULL,
            offered_by BLOB,
            offered_title TEXT
        ) STRICT;
        CREATE TABLE head (
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            author INTEGER NOT NULL REFERENCES author,
            seq INTEGER NOT NULL,
            hash BLOB NOT NULL,
            lam INTEGER NOT NULL,
            PRIMARY KEY (room, author)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE op (
            no INTEGER PRIMARY KEY,
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            author INTEGER NOT NULL REFERENCES author,
            seq INTEGER NOT NULL,
            hash BLOB NOT NULL,
            lam INTEGER NOT NULL,
            wall INTEGER NOT NULL,
            act INTEGER NOT NULL,
            fields BLOB NOT NULL,
            -- Of the body, and its hash where the body is not here.
            length INTEGER NOT NULL,
            body_hash BLOB,
            body BLOB,
            signature BLOB
        ) STRICT;
        CREATE UNIQUE INDEX op_chain ON op (room, author, seq);
        CREATE INDEX op_facts ON op (room) WHERE act <= 6;
        CREATE INDEX op_missing ON op (room, author, seq) WHERE body IS NULL AND length > 0;
        CREATE TABLE fork (
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            author INTEGER NOT NULL REFERENCES author,
            seq INTEGER NOT NULL,
            evidence BLOB NOT NULL,
            PRIMARY KEY (room, author)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE blob (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE have (
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            device INTEGER NOT NULL REFERENCES author,
            author INTEGER NOT NULL REFERENCES author,
            seq INTEGER NOT NULL,
            PRIMARY KEY (room, device, author)
        ) STRICT, WITHOUT ROWID;",
    },
    Step {
        number: 3,
        name: "views",
        older_builds: OlderBuilds::MustNotOpen,
        sql: "
        CREATE TABLE shown (
            room INTEGER PRIMARY KEY REFERENCES room ON DELETE CASCADE,
            title TEXT NOT NULL,
            personal INTEGER NOT NULL,
            last_wall INTEGER NOT NULL,
            messages INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE present (
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            person BLOB NOT NULL,
            -- 1 member, 2 admin
            rank INTEGER NOT NULL,
            -- Lower lams are not for their eyes.
            from_lam INTEGER NOT NULL,
            PRIMARY KEY (room, person)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE message (
            op INTEGER PRIMARY KEY REFERENCES op ON DELETE CASCADE,
            room INTEGER NOT NULL,
            id BLOB NOT NULL,
            author INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            lam INTEGER NOT NULL,
            -- The first bytes of the hash: the order among equal lams.
            tie INTEGER NOT NULL,
            counts INTEGER NOT NULL,
            gone INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX message_id ON message (room, id);
        CREATE INDEX message_order ON message (room, lam, tie);
        CREATE TABLE gone (
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            id BLOB NOT NULL,
            person BLOB NOT NULL,
            author INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            PRIMARY KEY (room, id, person)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE outcome (
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            id BLOB NOT NULL,
            person BLOB NOT NULL,
            lam INTEGER NOT NULL,
            hash BLOB NOT NULL,
            outcome INTEGER NOT NULL,
            PRIMARY KEY (room, id, person)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE attachment (
            op INTEGER PRIMARY KEY REFERENCES op ON DELETE CASCADE,
            room INTEGER NOT NULL,
            id BLOB NOT NULL,
            person BLOB NOT NULL,
            author INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            blob BLOB NOT NULL,
            size INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX attachment_message ON attachment (room, id);
        CREATE INDEX attachment_blob ON attachment (blob);
        CREATE TABLE note (
            room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
            topic INTEGER NOT NULL,
            subject BLOB NOT NULL,
            lam INTEGER NOT NULL,
            hash BLOB NOT NULL,
            value BLOB,
            PRIMARY KEY (room, topic, subject)
        ) STRICT, WITHOUT ROWID;
        -- The words only: the text stays in the log, and is erased there.
        CREATE VIRTUAL TABLE words USING fts5(
            text, content = '', detail = full, tokenize = 'unicode61 remove_diacritics 2'
        );
        -- What is taken out leaves no trace in the index.
        INSERT INTO words (words, rank) VALUES ('secure-delete', 1);",
    },
];

pub(super) fn newest() -> u32 {
    STEPS.last().map_or(0, |step| step.number)
}

/// Whether a build that knows these steps may open the file.
pub(super) fn admit(connection: &Connection, newest: u32) -> rusqlite::Result<Admission> {
    let version = version(connection)?;
    if version == 0 {
        let count = "SELECT count(*) FROM sqlite_schema";
        let tables: i64 = connection.query_row(count, [], |row| row.get(0))?;
        return Ok(if tables == 0 {
            Admission::Open
        } else {
            Admission::Foreign
        });
    }
    let closed: bool = connection.query_row(
        "SELECT EXISTS (
            SELECT 1 FROM schema_history WHERE number > ? AND older_builds_may_open = 0
         )",
        [newest],
        |row| row.get(0),
    )?;
    Ok(if closed {
        Admission::Newer { version }
    } else {
        Admission::Open
    })
}

/// Takes the steps that are missing; each is taken whole or not at all.
pub(super) fn migrate(
    connection: &mut Connection,
    steps: &[Step],
    now: i64,
) -> rusqlite::Result<()> {
    let version = version(connection)?;
    for step in steps.iter().filter(|step| step.number > version) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step.sql)?;
        transaction.execute(
            "INSERT INTO schema_history (number, name, older_builds_may_open, taken_at)
             VALUES (?, ?, ?, ?)",
            params![
                step.number,
                step.name,
                step.older_builds == OlderBuilds::MayOpen,
                now
            ],
        )?;
        transaction.pragma_update(None, "user_version", step.number)?;
        transaction.commit()?;
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
