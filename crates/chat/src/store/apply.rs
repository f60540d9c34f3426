//! What an op changes in what is shown.
//!
//! Every change is written so that the order of ops of different authors makes no
//! difference: a deletion may come before its message, and the greater of two
//! outcomes wins whichever comes first.

use rusqlite::{Connection, OptionalExtension as _, params};
use wire::{
    DeviceId, PersonId,
    room::{Act, Body as _, BodyHash, MessageBody, MessageId, NoteBody, Op, OpHash, RoomId},
};

use super::{
    held::{Authors, Held, column},
    log::{self, COLUMNS, LogRow},
};
use crate::{fold, members::Standing};

/// An op in the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Logged<'a> {
    pub(super) no: i64,
    pub(super) author: DeviceId,
    pub(super) number: i64,
    pub(super) seq: u64,
    pub(super) hash: OpHash,
    pub(super) op: &'a Op,
}

/// Where ops are applied, and by which rules.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) connection: &'a Connection,
    pub(super) authors: &'a Authors,
    pub(super) room: RoomId,
    pub(super) no: i64,
    pub(super) standing: &'a Standing,
    /// The words are not in the index yet.
    pub(super) index: bool,
}

impl View<'_> {
    /// Whether it was a new message.
    pub(super) fn apply(&self, logged: Logged<'_>) -> rusqlite::Result<bool> {
        let Some(person) = self.standing.person_of(logged.author, logged.seq) else {
            return Ok(false);
        };
        match &logged.op.act {
            Act::Message { nonce, .. } => {
                let id = MessageId::written_by(self.room, logged.author, nonce);
                return self.message(logged, id, person);
            }
            Act::Delete { message } => self.delete(logged, *message, person)?,
            Act::Status { message, outcome } => {
                let sql = "INSERT INTO outcome (room, id, person, lam, hash, outcome)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                    ON CONFLICT DO UPDATE SET lam = ?4, hash = ?5, outcome = ?6
                    WHERE (?4, ?5) > (lam, hash)";
                self.connection.prepare_cached(sql)?.execute(params![
                    self.no,
                    message.as_bytes(),
                    person.as_bytes(),
                    column(logged.op.lam),
                    logged.hash.as_bytes(),
                    outcome.number(),
                ])?;
            }
            Act::Attach {
                message,
                blob,
                size,
            } => {
                let sql = "INSERT OR IGNORE INTO attachment
                    (op, room, id, person, author, seq, blob, size)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
                self.connection.prepare_cached(sql)?.execute(params![
                    logged.no,
                    self.no,
                    message.as_bytes(),
                    person.as_bytes(),
                    logged.number,
                    column(logged.seq),
                    blob.as_bytes(),
                    column(*size),
                ])?;
                if self.is_gone(*message, person)? {
                    self.erase_attachments(*message, person)?;
                }
            }
            Act::Note if self.standing.counts(logged.author, logged.seq) => self.note(logged)?,
            Act::Create { .. }
            | Act::Join { .. }
            | Act::Meta
            | Act::Add { .. }
            | Act::Promote { .. }
            | Act::Remove { .. }
            | Act::Note
            | Act::Unknown { .. } => {}
        }
        Ok(false)
    }

    fn message(
        &self,
        logged: Logged<'_>,
        id: MessageId,
        person: PersonId,
    ) -> rusqlite::Result<bool> {
        let gone = self.is_gone(id, person)?;
        let sql = "INSERT OR IGNORE INTO message
            (op, room, id, author, seq, lam, tie, counts, gone)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let new = self.connection.prepare_cached(sql)?.execute(params![
            logged.no,
            self.no,
            id.as_bytes(),
            logged.number,
            column(logged.seq),
            column(logged.op.lam),
            tie(logged.hash),
            self.standing.counts(logged.author, logged.seq),
            gone,
        ])?;
        if gone {
            erase_body(self.connection, logged.no)?;
        } else if self.index && new > 0 {
            index(self.connection, logged.no, logged.op.content.bytes())?;
        }
        Ok(new > 0)
    }

    fn delete(
        &self,
        logged: Logged<'_>,
        message: MessageId,
        person: PersonId,
    ) -> rusqlite::Result<()> {
        let sql = "INSERT OR IGNORE INTO gone (room, id, person, author, seq)
            VALUES (?, ?, ?, ?, ?)";
        self.connection.prepare_cached(sql)?.execute(params![
            self.no,
            message.as_bytes(),
            person.as_bytes(),
            logged.number,
            column(logged.seq),
        ])?;
        let sql = "SELECT op, author, seq FROM message WHERE room = ? AND id = ? AND gone = 0";
        let found: Option<(i64, i64, i64)> = self
            .connection
            .prepare_cached(sql)?
            .query_row(params![self.no, message.as_bytes()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((op, author, seq)) = found else {
            return self.erase_attachments(message, person);
        };
        let author = self.authors.id(author)?;
        if self.standing.person_of(author, seq.unsigned_abs()) == Some(person) {
            self.connection
                .prepare_cached("UPDATE message SET gone = 1 WHERE op = ?")?
                .execute([op])?;
            erase_body(self.connection, op)?;
        }
        self.erase_attachments(message, person)
    }

    fn is_gone(&self, message: MessageId, person: PersonId) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM gone WHERE room = ? AND id = ? AND person = ?)";
        self.connection.prepare_cached(sql)?.query_row(
            params![self.no, message.as_bytes(), person.as_bytes()],
            |row| row.get(0),
        )
    }

    /// What a person attached to a message that they deleted. The bytes go where
    /// nothing else shows them.
    fn erase_attachments(&self, message: MessageId, person: PersonId) -> rusqlite::Result<()> {
        let sql = "SELECT op, blob FROM attachment WHERE room = ? AND id = ? AND person = ?";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(
            params![self.no, message.as_bytes(), person.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let attached: Vec<(i64, [u8; 32])> = rows.collect::<rusqlite::Result<_>>()?;
        for (op, blob) in attached {
            erase_body(self.connection, op)?;
            drop_unused_blob(self.connection, &blob)?;
        }
        Ok(())
    }

    fn note(&self, logged: Logged<'_>) -> rusqlite::Result<()> {
        let Some(note) = logged.op.content.bytes().map(NoteBody::parse) else {
            return Ok(());
        };
        // A note that cannot be read sets nothing.
        let Ok(note) = note else {
            return Ok(());
        };
        let sql = "INSERT INTO note (room, topic, subject, lam, hash, value)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET lam = ?4, hash = ?5, value = ?6
            WHERE (?4, ?5) > (lam, hash)";
        self.connection
            .prepare_cached(sql)?
            .execute(params![
                self.no,
                note.topic.number(),
                note.subject,
                column(logged.op.lam),
                logged.hash.as_bytes(),
                note.value,
            ])
            .map(drop)
    }
}

/// Makes a room's view again from its log.
pub(super) fn rebuild(
    connection: &Connection,
    authors: &Authors,
    room: RoomId,
    held: &Held,
    standing: &Standing,
    index: bool,
) -> rusqlite::Result<u64> {
    for table in ["message", "gone", "outcome", "attachment", "note"] {
        connection.execute(&format!("DELETE FROM {table} WHERE room = ?"), [held.no])?;
    }
    let view = View {
        connection,
        authors,
        room,
        no: held.no,
        standing,
        index,
    };
    let frozen = standing.frozen();
    let mut messages = 0;
    for (author, tip) in &held.tips {
        let Some(number) = authors.number(*author) else {
            continue;
        };
        // What its author wrote twice counts nowhere.
        let end = frozen.get(author).map_or(tip.seq, |from| from - 1);
        let mut after = 0;
        while after < end {
            let rows = chunk(connection, authors, (held.no, number), (after, end))?;
            let Some(last) = rows.last() else {
                break;
            };
            after = last.seq;
            for row in &rows {
                let logged = Logged {
                    no: row.no,
                    author: *author,
                    number,
                    seq: row.seq,
                    hash: row.hash,
                    op: &row.op,
                };
                messages += u64::from(view.apply(logged)?);
            }
        }
    }
    Ok(messages)
}

/// Some ops of a chain.
fn chunk(
    connection: &Connection,
    authors: &Authors,
    (room, author): (i64, i64),
    (after, end): (u64, u64),
) -> rusqlite::Result<Vec<LogRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM op WHERE room = ? AND author = ? AND seq > ? AND seq <= ?
         ORDER BY seq LIMIT {CHUNK}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let place = params![room, author, column(after), column(end)];
    let rows = statement.query_map(place, |row| log::read(row, authors))?;
    rows.collect()
}

/// Enough that a statement is started rarely, few enough to lie in memory.
const CHUNK: usize = 512;

/// Puts the words of a message into the index.
pub(super) fn index(connection: &Connection, op: i64, body: Option<&[u8]>) -> rusqlite::Result<()> {
    let Some(words) = words_of(body) else {
        return Ok(());
    };
    connection
        .prepare_cached("INSERT INTO words (rowid, text) VALUES (?, ?)")?
        .execute(params![op, words])
        .map(drop)
}

/// Takes a body out of the log, and its words out of the index where they are in it.
pub(super) fn erase_body(connection: &Connection, op: i64) -> rusqlite::Result<()> {
    let body: Option<Vec<u8>> = connection
        .prepare_cached("SELECT body FROM op WHERE no = ?")?
        .query_row([op], |row| row.get(0))?;
    let Some(body) = body.filter(|body| !body.is_empty()) else {
        return Ok(());
    };
    // What was never in the index must not be taken out of it.
    let is_indexed: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM words_docsize WHERE id = ?)")?
        .query_row([op], |row| row.get(0))?;
    if is_indexed && let Some(words) = words_of(Some(&body)) {
        connection
            .prepare_cached("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)")?
            .execute(params![op, words])?;
    }
    connection
        .prepare_cached("UPDATE op SET body = NULL, body_hash = ? WHERE no = ?")?
        .execute(params![BodyHash::of(&body).as_bytes(), op])
        .map(drop)
}

pub(super) fn drop_unused_blob(connection: &Connection, blob: &[u8; 32]) -> rusqlite::Result<()> {
    let sql = "DELETE FROM blob WHERE hash = ?1 AND NOT EXISTS (
        SELECT 1 FROM attachment a WHERE a.blob = ?1 AND NOT EXISTS (
            SELECT 1 FROM gone g WHERE g.room = a.room AND g.id = a.id AND g.person = a.person))";
    connection.prepare_cached(sql)?.execute([blob]).map(drop)
}

fn words_of(body: Option<&[u8]>) -> Option<String> {
    let message = MessageBody::parse(body?).ok()?;
    let words = fold::folded(&message.text);
    (!words.is_empty()).then_some(words)
}

/// The first bytes of a hash, as a number of the same order.
pub(super) fn tie(hash: OpHash) -> i64 {
    let (first, _) = hash
        .as_bytes()
        .split_first_chunk()
        .unwrap_or((&[0; 8], &[]));
    // The order of unsigned numbers, kept in signed ones.
    i64::from_be_bytes(*first) ^ i64::MIN
}
