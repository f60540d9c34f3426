//! Reading the log: the facts that rules are made of, and runs for others.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use wire::{
    DeviceId, PersonId, Signature, limits,
    msg::sync::{BUCKETS, Batch, Digest, Head, Range, Sync, TITLE_BYTES},
    room::{Act, Body as _, BodyHash, Content, MetaBody, Op, OpHash, RoomId, Run},
};

use super::{
    RoomState, Store, StoreError,
    held::{self, Authors, Held, column, nonsense},
};
use crate::members::{Fact, Order, Standing};

/// Runs that answer a want, and whether they are all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) runs: Vec<Run>,
    pub(crate) complete: bool,
}

/// One row of the log.
#[derive(Debug)]
pub(super) struct LogRow {
    pub(super) no: i64,
    pub(super) author: DeviceId,
    pub(super) seq: u64,
    pub(super) hash: OpHash,
    pub(super) op: Op,
    pub(super) signature: Option<Signature>,
}

pub(super) const COLUMNS: &str =
    "no, author, seq, hash, lam, wall, act, fields, length, body_hash, body, signature";

pub(super) fn read(row: &Row<'_>, authors: &Authors) -> rusqlite::Result<LogRow> {
    let act = Act::parse(row.get(6)?, row.get_ref(7)?.as_blob()?).map_err(nonsense)?;
    let content = match row.get::<_, Option<[u8; 32]>>(9)? {
        Some(hash) => Content::Gone {
            length: row.get(8)?,
            hash: BodyHash::from_bytes(hash),
        },
        None => Content::Here(row.get::<_, Option<Vec<u8>>>(10)?.unwrap_or_default()),
    };
    Ok(LogRow {
        no: row.get(0)?,
        author: authors.id(row.get(1)?)?,
        seq: row.get::<_, i64>(2)?.unsigned_abs(),
        hash: OpHash::from_bytes(row.get(3)?),
        op: Op {
            lam: row.get::<_, i64>(4)?.unsigned_abs(),
            wall: row.get(5)?,
            act,
            content,
        },
        signature: row
            .get::<_, Option<[u8; 64]>>(11)?
            .map(Signature::from_bytes),
    })
}

/// The rules of a room, from the ops that make them.
pub(super) fn standing(
    connection: &Connection,
    authors: &Authors,
    room: RoomId,
    held: &Held,
) -> rusqlite::Result<Standing> {
    let sql = format!("SELECT {COLUMNS} FROM op WHERE room = ? AND act <= 6");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([held.no])?;
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        let LogRow {
            author,
            seq,
            hash,
            op,
            ..
        } = read(row, authors)?;
        // A field that cannot be read sets nothing.
        let meta = match (&op.act, op.content.bytes()) {
            (Act::Meta, Some(body)) => MetaBody::parse(body).ok(),
            _ => None,
        };
        facts.push(Fact {
            order: Order { lam: op.lam, hash },
            author,
            seq,
            act: op.act,
            meta,
        });
    }
    Ok(Standing::of(room, facts, held.frozen()))
}

pub(super) fn hash_at(
    connection: &Connection,
    room: i64,
    author: i64,
    seq: u64,
) -> rusqlite::Result<Option<OpHash>> {
    if seq == 0 {
        return Ok(Some(OpHash::NONE));
    }
    connection
        .prepare_cached("SELECT hash FROM op WHERE room = ? AND author = ? AND seq = ?")?
        .query_row(params![room, author, column(seq)], |row| {
            row.get(0).map(OpHash::from_bytes)
        })
        .optional()
}

/// The ops of one chain, signed at the end, and not more than fit.
pub(super) fn run_from(
    connection: &Connection,
    authors: &Authors,
    place: (i64, DeviceId),
    from: u64,
    form: impl Fn(&LogRow) -> Content,
    (most_ops, most_bytes): (usize, usize),
) -> rusqlite::Result<Option<Run>> {
    let (room, author) = place;
    let Some(number) = authors.number(author) else {
        return Ok(None);
    };
    let Some(before) = hash_at(connection, room, number, from.saturating_sub(1))? else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM op WHERE room = ? AND author = ? AND seq >= ? ORDER BY seq LIMIT ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![room, number, column(from), held::rows(most_ops)])?;
    let mut ops = Vec::new();
    let mut signed = None;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let mut row = read(row, authors)?;
        row.op.content = form(&row);
        bytes += row.op.encoded_len();
        if bytes + AROUND_OPS > most_bytes {
            break;
        }
        ops.push(row.op);
        if let Some(signature) = row.signature {
            signed = Some((ops.len(), signature));
        }
    }
    Ok(signed.map(|(count, signature)| {
        ops.truncate(count);
        Run {
            author,
            first: from,
            before,
            ops,
            signature,
        }
    }))
}

/// What a run takes besides its ops.
const AROUND_OPS: usize = 160;

impl Store {
    /// The name of everything that is shared with a person.
    pub(crate) fn shared_with(&self, person: PersonId) -> BTreeMap<RoomId, Digest> {
        self.rooms
            .iter()
            .filter(|(_, held)| held.state == RoomState::Joined)
            .filter(|(_, held)| self.seen_from(held, person).is_some())
            .map(|(room, held)| (*room, held.digest()))
            .collect()
    }

    pub(crate) fn is_shared(&self, room: RoomId, person: PersonId) -> bool {
        self.joined(room)
            .is_ok_and(|held| self.seen_from(held, person).is_some())
    }

    /// From which lam on a person sees bodies; nothing where they see nothing. What
    /// is on one machine of a person may be on all, also of rooms that they left.
    fn seen_from(&self, held: &Held, person: PersonId) -> Option<u64> {
        let present = held.present.get(&person).copied();
        present.or((person == self.person() && held.state == RoomState::Joined).then_some(0))
    }

    /// Where the chains of a room end here.
    pub fn heads(&self, room: RoomId) -> Vec<Head> {
        let held = self.rooms.get(&room);
        held.map(|held| held.heads().collect()).unwrap_or_default()
    }

    /// Who is in a room.
    pub fn present(&self, room: RoomId) -> Vec<PersonId> {
        let held = self.rooms.get(&room);
        held.map(|held| held.present.keys().copied().collect())
            .unwrap_or_default()
    }

    pub(crate) fn hash_of(
        &mut self,
        room: RoomId,
        author: DeviceId,
        seq: u64,
    ) -> Result<Option<OpHash>, StoreError> {
        let (Ok(held), Some(number)) = (self.joined(room), self.authors.number(author)) else {
            return Ok(None);
        };
        let hash = hash_at(&self.connection, held.no, number, seq);
        hash.map_err(|error| self.told(&error))
    }

    /// Ops for a member, as many as fit into one batch. Bodies from before a
    /// member was added are left out where they were added without history. What is
    /// missing here is left out too, and asked of others by whoever got it so.
    pub(crate) fn share(
        &mut self,
        room: RoomId,
        ranges: &[Range],
        reader: PersonId,
    ) -> Result<Share, StoreError> {
        let shared = self.gather(room, ranges, reader);
        shared.map_err(|error| self.told(&error))
    }

    fn gather(&self, room: RoomId, ranges: &[Range], reader: PersonId) -> rusqlite::Result<Share> {
        let mut share = Share {
            runs: Vec::new(),
            complete: true,
        };
        let Ok(held) = self.joined(room) else {
            return Ok(share);
        };
        let Some(from_lam) = self.seen_from(held, reader) else {
            return Ok(share);
        };
        let mut left = Batch::ROOM_FOR_RUNS;
        for range in ranges {
            let last = held.tips.get(&range.author).map_or(0, |tip| tip.seq);
            let mut from = range.from.max(1);
            while from <= range.to.min(last) {
                let place = (held.no, range.author);
                let form = |row: &LogRow| for_eyes(row, from_lam);
                let run = run_from(
                    &self.connection,
                    &self.authors,
                    place,
                    from,
                    form,
                    (limits::RUN_OPS, left),
                )?;
                let Some(run) = run else {
                    // The frame is full; the rest comes in the next one.
                    share.complete = false;
                    break;
                };
                left -= run.encoded_len();
                from = run.last() + 1;
                share.runs.push(run);
            }
        }
        Ok(share)
    }

    /// Rooms in which bodies are not here, for whatever reason.
    pub(crate) fn lacking(&mut self) -> Result<Vec<RoomId>, StoreError> {
        let sql = "SELECT id FROM room WHERE EXISTS (
            SELECT 1 FROM op WHERE op.room = room.no AND body IS NULL AND length > 0)";
        self.list(sql, |row| row.get(0).map(RoomId::from_bytes))
    }

    /// Ops whose bodies this person should have and that are not here.
    pub(crate) fn missing(&mut self, room: RoomId) -> Result<Vec<Range>, StoreError> {
        let own = self.person();
        let held = self.joined(room)?;
        let Some(from_lam) = held.present.get(&own).copied() else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT o.author, o.seq FROM op o LEFT JOIN message m ON m.op = o.no
             WHERE o.room = {} AND o.body IS NULL AND o.length > 0 AND o.lam >= {}
             AND coalesce(m.gone, 0) = 0 AND NOT EXISTS (SELECT 1 FROM attachment a
                JOIN gone g ON g.room = a.room AND g.id = a.id AND g.person = a.person
                WHERE a.op = o.no)
             ORDER BY o.author, o.seq LIMIT {MISSING}",
            held.no,
            column(from_lam)
        );
        let rows: Vec<(i64, i64)> = self.list(&sql, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut ranges: Vec<Range> = Vec::new();
        for (author, seq) in rows {
            let author = self.authors.id(author).map_err(|error| self.told(&error))?;
            let seq = seq.unsigned_abs();
            match ranges.last_mut() {
                Some(last) if last.author == author && last.to + 1 == seq => last.to = seq,
                _ => ranges.push(Range {
                    author,
                    from: seq,
                    to: seq,
                }),
            }
        }
        Ok(ranges)
    }

    /// Runs with this op and before it, without bodies.
    pub(crate) fn trace(
        &mut self,
        room: RoomId,
        author: DeviceId,
        seq: u64,
    ) -> Result<Vec<Run>, StoreError> {
        let traced = self.trace_back(room, author, seq);
        traced.map_err(|error| self.told(&error))
    }

    fn trace_back(&self, room: RoomId, author: DeviceId, seq: u64) -> rusqlite::Result<Vec<Run>> {
        let mut runs = Vec::new();
        let Ok(held) = self.joined(room) else {
            return Ok(runs);
        };
        let mut left = Batch::ROOM_FOR_RUNS;
        let mut from = seq.saturating_sub(TRACED).max(1);
        while from <= seq {
            let form = |row: &LogRow| row.op.content.gone();
            let place = (held.no, author);
            let Some(run) = run_from(
                &self.connection,
                &self.authors,
                place,
                from,
                form,
                (limits::RUN_OPS, left),
            )?
            else {
                break;
            };
            left -= run.encoded_len();
            from = run.last() + 1;
            runs.push(run);
        }
        Ok(runs)
    }

    /// The proof that a device wrote two chains in a room.
    pub(crate) fn evidence(
        &mut self,
        room: RoomId,
        author: DeviceId,
    ) -> Result<Option<Sync>, StoreError> {
        let (Ok(held), Some(number)) = (self.joined(room), self.authors.number(author)) else {
            return Ok(None);
        };
        let bytes = self
            .connection
            .prepare_cached("SELECT evidence FROM fork WHERE room = ? AND author = ?")
            .and_then(|mut statement| {
                statement
                    .query_row([held.no, number], |row| row.get::<_, Vec<u8>>(0))
                    .optional()
            })
            .map_err(|error| self.told(&error))?;
        bytes
            .map(|bytes| {
                Sync::parse(&bytes).map_err(|error| StoreError::nonsense(&self.file, &error))
            })
            .transpose()
    }
}

/// The content of an op for somebody who sees bodies from this lam on.
fn for_eyes(row: &LogRow, from_lam: u64) -> Content {
    let is_words = matches!(row.op.act, Act::Message { .. } | Act::Attach { .. });
    if is_words && row.op.lam < from_lam {
        row.op.content.gone()
    } else {
        row.op.content.clone()
    }
}

/// Missing bodies that are asked for at once.
const MISSING: usize = 1024;

/// How far a trace goes back in one step.
const TRACED: u64 = 1024;

/// One number for all rooms that are shared.
pub(crate) fn root(rooms: &BTreeMap<RoomId, Digest>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("banyan root digest v1");
    for (room, digest) in rooms {
        hasher.update(room.as_bytes());
        hasher.update(digest);
    }
    *hasher.finalize().as_bytes()
}

/// One number for the rooms with each first byte.
pub(crate) fn buckets(rooms: &BTreeMap<RoomId, Digest>) -> Box<[Digest; BUCKETS]> {
    let mut buckets = Box::new([Digest::default(); BUCKETS]);
    for (first, bucket) in (0..=u8::MAX).zip(buckets.iter_mut()) {
        let mut hasher = blake3::Hasher::new_derive_key("banyan bucket digest v1");
        for (room, digest) in in_bucket(rooms, first) {
            hasher.update(room.as_bytes());
            hasher.update(digest);
        }
        hasher.finalize_xof().fill(bucket);
    }
    buckets
}

/// A title as far as it fits into a message, whole letters only.
pub(crate) fn title_for_wire(title: &str) -> String {
    title[..title.floor_char_boundary(TITLE_BYTES)].to_owned()
}

pub(crate) fn in_bucket(
    rooms: &BTreeMap<RoomId, Digest>,
    first: u8,
) -> impl Iterator<Item = (&RoomId, &Digest)> {
    let (mut low, mut high) = ([0; 32], [u8::MAX; 32]);
    (low[0], high[0]) = (first, first);
    rooms.range(RoomId::from_bytes(low)..=RoomId::from_bytes(high))
}
