//! Taking in ops of others, and what must be true of them.
//!
//! A run is taken whole or not at all: its signature fits, it continues the chain
//! that is here, its lams rise and do not leap, and its author was added by an op
//! that is here. Whether that addition still counts is another question, answered
//! by [`Standing`] for all ops together, so that the log is the same everywhere
//! whatever came first.
//!
//! A run that contradicts the chain here is the end of its author in this room:
//! two signed runs that begin behind the same op are the proof.

use std::{collections::BTreeMap, sync::Arc};

use rusqlite::{Connection, TransactionBehavior, params};
use wire::{
    DeviceId, PersonId, limits,
    msg::sync::Sync,
    room::{Act, Chained, Content, OpHash, Rank, RoomId, Run, RunError},
};

use super::{
    Fresh, Promise, RoomState, Store, StoreError,
    apply::{self, Logged, View},
    held::{Authors, Held, NOTHING, Tip, column},
    log,
};
use crate::members::Standing;

/// What became of runs that were handed in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admitted {
    pub fresh: Vec<Fresh>,
    pub refused: Vec<Refused>,
    /// Devices that were found to have written two chains, with the proof.
    pub forks: Vec<(DeviceId, Sync)>,
    /// Who is in the room, or what it is called, changed.
    pub rules_changed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    pub author: DeviceId,
    pub why: Refusal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Run(#[from] RunError),
    /// Ops before these are missing; the number of the last one here.
    #[error("the chain goes on after {have}")]
    Gap { have: u64 },
    /// The chains differ somewhere before this op.
    #[error("another chain of the same device, before {seq}")]
    Differs { seq: u64 },
    #[error("nothing here says that this device's person was added")]
    NotAdded,
    #[error("its author wrote two chains")]
    Frozen,
    #[error("the order of these ops does not rise, or leaps")]
    Order,
    #[error("an op that cannot stand in this room, or not at this place")]
    Misplaced,
}

/// More than any honest clockless order rises between two ops of one device; who
/// leaps on could use up all numbers there are.
const LEAP: u64 = 1 << 32;

/// What a device may attach to a message.
pub(super) const BLOB_BYTES: u64 = 8 * 1024 * 1024;

impl Store {
    /// Takes in what is true of these runs. What is reported as fresh is on the
    /// disk.
    pub fn admit(&mut self, room: RoomId, runs: Vec<Run>) -> Result<Admitted, StoreError> {
        self.joined(room)?;
        let admitted = self.run_through(room, runs, Taking::All);
        admitted.map_err(|error| self.told(&error))
    }

    /// Holds runs against the chains that are here, and takes nothing in.
    pub(crate) fn compare(&mut self, room: RoomId, runs: Vec<Run>) -> Result<Admitted, StoreError> {
        self.joined(room)?;
        let compared = self.run_through(room, runs, Taking::Nothing);
        compared.map_err(|error| self.told(&error))
    }

    /// Two runs of one device that exclude each other. Whether that was news.
    pub fn freeze(&mut self, room: RoomId, one: Run, other: Run) -> Result<bool, StoreError> {
        self.joined(room)?;
        let Some((author, first, proof)) = proven(room, one, other) else {
            return Ok(false);
        };
        let frozen = self.put_fork(room, author, first, &proof);
        frozen.map_err(|error| self.told(&error))
    }

    fn run_through(
        &mut self,
        room: RoomId,
        runs: Vec<Run>,
        taking: Taking,
    ) -> rusqlite::Result<Admitted> {
        let mut admitted = Admitted::default();
        let mut left = runs;
        self.promise(Promise::Relayed)?;
        // Who was added by a run further back comes in on the next turn.
        loop {
            let standing = self.judge(room)?;
            let Some(held) = self.rooms.get(&room) else {
                return Ok(admitted);
            };
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut intake = Intake {
                connection: &transaction,
                authors: &mut self.authors,
                room,
                held: held.clone(),
                standing,
                admitted: &mut admitted,
                rules: false,
                messages: 0,
                wall: i64::MIN,
                waiting: Vec::new(),
                taking,
            };
            for run in left {
                intake.run(run)?;
            }
            let waiting = std::mem::take(&mut intake.waiting);
            let (held, standing, rules) = intake.settle()?;
            transaction.commit()?;
            self.rooms.insert(room, held);
            self.standings.insert(room, standing);
            admitted.rules_changed |= rules;
            if !rules || waiting.is_empty() {
                let not_added = waiting.iter().map(|run| Refused {
                    author: run.author,
                    why: Refusal::NotAdded,
                });
                admitted.refused.extend(not_added);
                break;
            }
            left = waiting;
        }
        for (author, proof) in admitted.forks.clone() {
            if let Sync::Forked { one, .. } = &proof {
                self.put_fork(room, author, one.first, &proof)?;
                admitted.rules_changed = true;
            }
        }
        Ok(admitted)
    }

    fn put_fork(
        &mut self,
        room: RoomId,
        author: DeviceId,
        first: u64,
        proof: &Sync,
    ) -> rusqlite::Result<bool> {
        let (Some(held), Sync::Forked { one, .. }) = (self.rooms.get(&room), proof) else {
            return Ok(false);
        };
        let mut held = held.clone();
        let tip = held.tips.entry(author).or_insert(NOTHING);
        if tip.frozen.is_some_and(|(from, _)| from <= first) {
            return Ok(false);
        }
        tip.frozen = Some((first, one.before));
        self.promise(Promise::Own)?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let number = self.authors.number_for(&transaction, author)?;
        self.authors.write(&transaction, author, number)?;
        transaction.execute(
            "INSERT OR REPLACE INTO fork (room, author, seq, evidence) VALUES (?, ?, ?, ?)",
            params![
                held.no,
                number,
                column(first),
                proof.to_frame().payload.as_ref()
            ],
        )?;
        let standing = log::standing(&transaction, &self.authors, room, &held)?;
        let messages = apply::rebuild(&transaction, &self.authors, room, &held, &standing, false)?;
        show(&transaction, room, &mut held, &standing)?;
        transaction.execute(
            "UPDATE shown SET messages = ? WHERE room = ?",
            params![column(messages), held.no],
        )?;
        transaction.commit()?;
        held.sum_up();
        self.rooms.insert(room, held);
        self.standings.insert(room, Arc::new(standing));
        Ok(true)
    }
}

/// One transaction of taking in.
#[derive(Debug)]
pub(super) struct Intake<'a> {
    pub(super) connection: &'a Connection,
    pub(super) authors: &'a mut Authors,
    pub(super) room: RoomId,
    pub(super) held: Held,
    pub(super) standing: Arc<Standing>,
    pub(super) admitted: &'a mut Admitted,
    pub(super) rules: bool,
    pub(super) messages: u64,
    pub(super) wall: i64,
    pub(super) waiting: Vec<Run>,
    pub(super) taking: Taking,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taking {
    All,
    /// Only to see whether they contradict what is here.
    Nothing,
}

impl Intake<'_> {
    fn run(&mut self, run: Run) -> rusqlite::Result<()> {
        let author = run.author;
        let refused = match run.check(self.room) {
            Err(error) => Some(error.into()),
            Ok(chained) => self.chained(chained)?,
        };
        let refused = refused.map(|why| Refused { author, why });
        self.admitted.refused.extend(refused);
        Ok(())
    }

    fn chained(&mut self, chained: Chained) -> rusqlite::Result<Option<Refusal>> {
        let run = chained.run();
        let (author, first, last) = (run.author, run.first, run.last());
        let tip = self.held.tips.get(&author).copied().unwrap_or(NOTHING);
        if first > tip.seq + 1 {
            return Ok(Some(Refusal::Gap { have: tip.seq }));
        }
        let number = self.authors.number_for(self.connection, author)?;
        // Of a frozen chain, only what stands before the fork is compared.
        let end = tip.frozen.map_or(u64::MAX, |(from, _)| from - 1);
        let common = tip.seq.min(last).min(end);
        if chained.hash_at(common) != self.hash(number, &tip, common)? {
            return self.forked(&chained, number, &tip);
        }
        if self.taking == Taking::Nothing {
            return Ok(None);
        }
        self.fill(&chained, number, common)?;
        if last <= tip.seq {
            return Ok(None);
        }
        if tip.frozen.is_some_and(|(from, _)| tip.seq + 1 >= from) {
            return Ok(Some(Refusal::Frozen));
        }
        if let Some(why) = self.objection(&chained, &tip) {
            if why == Refusal::NotAdded {
                self.waiting.push(chained.into_run());
                return Ok(None);
            }
            return Ok(Some(why));
        }
        self.put(&chained, number, &tip)?;
        Ok(None)
    }

    fn hash(&self, author: i64, tip: &Tip, seq: u64) -> rusqlite::Result<Option<OpHash>> {
        if seq == tip.seq {
            return Ok(Some(tip.hash));
        }
        log::hash_at(self.connection, self.held.no, author, seq)
    }

    /// Why new ops must not be in the log; nobody needs to be asked twice.
    fn objection(&self, chained: &Chained, tip: &Tip) -> Option<Refusal> {
        let author = chained.run().author;
        let mut lam = tip.lam;
        for (seq, _, op) in chained.ops().filter(|(seq, ..)| *seq > tip.seq) {
            let fits = op.lam > lam && op.lam - lam <= LEAP && op.lam <= i64::MAX.unsigned_abs();
            if !fits {
                return Some(Refusal::Order);
            }
            lam = op.lam;
            let is_join = matches!(op.act, Act::Create { .. } | Act::Join { .. });
            if (seq == 1 && !is_join) || !self.may_stand(author, seq, &op.act, &op.content) {
                return Some(Refusal::Misplaced);
            }
            if let Act::Join {
                member,
                certificate,
            } = &op.act
                && !self.is_added(*member, certificate.person())
            {
                return Some(Refusal::NotAdded);
            }
        }
        None
    }

    fn may_stand(&self, author: DeviceId, seq: u64, act: &Act, content: &Content) -> bool {
        let is_personal = |person: PersonId| RoomId::personal(person) == self.room;
        let fits = match act {
            Act::Create { nonce, certificate } => {
                let made = RoomId::made_by(certificate.person(), author, nonce);
                seq == 1 && certificate.device() == author && made == self.room
            }
            Act::Join {
                member,
                certificate,
            } => {
                let in_own = *member == OpHash::NONE && is_personal(certificate.person());
                certificate.device() == author && (*member != OpHash::NONE || in_own)
            }
            Act::Attach { size, .. } => *size <= BLOB_BYTES,
            Act::Meta
            | Act::Add { .. }
            | Act::Promote { .. }
            | Act::Remove { .. }
            | Act::Message { .. }
            | Act::Status { .. }
            | Act::Delete { .. }
            | Act::Note
            | Act::Unknown { .. } => true,
        };
        // What can be erased or withheld; without the rest nobody could judge.
        let may_be_gone = matches!(act, Act::Message { .. } | Act::Attach { .. });
        let is_short = content.length() as usize <= limits::OP_BODY;
        fits && is_short && (may_be_gone || content.bytes().is_some())
    }

    fn is_added(&self, member: OpHash, person: PersonId) -> bool {
        let is_own = member == OpHash::NONE && RoomId::personal(person) == self.room;
        // Who wrote two chains may have added somebody in the one that is not here.
        // They count nowhere, but their chain must be the same everywhere.
        let may_be_lost = !self.standing.frozen().is_empty();
        is_own || may_be_lost || self.standing.names(member, person)
    }

    /// Bodies that were missing here, of ops that are the same.
    fn fill(&self, chained: &Chained, author: i64, to: u64) -> rusqlite::Result<()> {
        let run = chained.run();
        let sql = "SELECT o.no, o.seq FROM op o LEFT JOIN message m ON m.op = o.no
            WHERE o.room = ? AND o.author = ? AND o.seq BETWEEN ? AND ?
            AND o.body IS NULL AND o.length > 0 AND coalesce(m.gone, 0) = 0
            AND NOT EXISTS (SELECT 1 FROM attachment a JOIN gone g ON g.room = a.room
                AND g.id = a.id AND g.person = a.person WHERE a.op = o.no)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let place = params![self.held.no, author, column(run.first), column(to)];
        let rows = statement.query_map(place, |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        let missing: BTreeMap<u64, i64> = rows
            .map(|row| row.map(|(no, seq)| (seq, no)))
            .collect::<rusqlite::Result<_>>()?;
        for (seq, _, op) in chained.ops() {
            let (Some(no), Some(body)) = (missing.get(&seq), op.content.bytes()) else {
                continue;
            };
            self.connection
                .prepare_cached("UPDATE op SET body = ?, body_hash = NULL WHERE no = ?")?
                .execute(params![body, no])?;
            if matches!(op.act, Act::Message { .. }) {
                apply::index(self.connection, *no, Some(body))?;
            }
        }
        Ok(())
    }

    /// Writes the new ops of a run whose place was checked.
    pub(super) fn put(
        &mut self,
        chained: &Chained,
        number: i64,
        tip: &Tip,
    ) -> rusqlite::Result<()> {
        let run = chained.run();
        self.authors.write(self.connection, run.author, number)?;
        let frozen_from = tip.frozen.map_or(u64::MAX, |(from, _)| from);
        let mut end = *tip;
        let new = || chained.ops().filter(|(seq, ..)| *seq > tip.seq);
        let rules = new().any(|(_, _, op)| is_rule(&op.act));
        for (seq, hash, op) in new() {
            let signature = (seq == run.last()).then_some(&run.signature);
            let no = self.log(number, seq, hash, op, signature)?;
            (end.seq, end.hash, end.lam) = (seq, hash, op.lam);
            self.wall = self.wall.max(op.wall);
            if seq < frozen_from && !rules {
                let logged = Logged {
                    no,
                    author: run.author,
                    number,
                    seq,
                    hash,
                    op,
                };
                self.messages += u64::from(self.view(true).apply(logged)?);
            }
        }
        if rules {
            self.rules = true;
            self.follow_rules()?;
            // They waited for the rules that came with them.
            self.apply_later(
                run.author,
                number,
                tip.seq + 1,
                end.seq.min(frozen_from - 1),
            )?;
        }
        self.held.tips.insert(run.author, end);
        self.admitted.fresh.push(Fresh {
            room: self.room,
            author: run.author,
            from: tip.seq + 1,
            to: end.seq,
        });
        Ok(())
    }

    fn log(
        &self,
        author: i64,
        seq: u64,
        hash: OpHash,
        op: &wire::room::Op,
        signature: Option<&wire::Signature>,
    ) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO op (room, author, seq, hash, lam, wall, act, fields, length,
            body_hash, body, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let gone = matches!(op.content, Content::Gone { .. }).then(|| op.content.hash());
        self.connection.prepare_cached(sql)?.execute(params![
            self.held.no,
            author,
            column(seq),
            hash.as_bytes(),
            column(op.lam),
            op.wall,
            op.act.number(),
            op.act.fields(),
            op.content.length(),
            gone.as_ref().map(|hash| hash.as_bytes()),
            op.content.bytes(),
            signature.map(|signature| signature.as_bytes()),
        ])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn view(&self, index: bool) -> View<'_> {
        View {
            connection: self.connection,
            authors: self.authors,
            room: self.room,
            no: self.held.no,
            standing: &self.standing,
            index,
        }
    }

    /// New rules may change what counted before.
    fn follow_rules(&mut self) -> rusqlite::Result<()> {
        let before = Arc::clone(&self.standing);
        let after = log::standing(self.connection, self.authors, self.room, &self.held)?;
        self.standing = Arc::new(after);
        let changed = self.held.tips.keys().any(|author| {
            let old = before.spans(*author);
            !is_continued(&old, &self.standing.spans(*author))
        });
        if changed {
            self.messages = 0;
            let messages = apply::rebuild(
                self.connection,
                self.authors,
                self.room,
                &self.held,
                &self.standing,
                false,
            )?;
            self.connection.execute(
                "UPDATE shown SET messages = ? WHERE room = ?",
                params![column(messages), self.held.no],
            )?;
        }
        Ok(())
    }

    fn apply_later(
        &mut self,
        author: DeviceId,
        number: i64,
        from: u64,
        to: u64,
    ) -> rusqlite::Result<()> {
        let sql = format!(
            "SELECT {} FROM op WHERE room = ? AND author = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            log::COLUMNS
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let place = params![self.held.no, number, column(from), column(to)];
        let rows = statement.query_map(place, |row| log::read(row, self.authors))?;
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        for row in &rows {
            let logged = Logged {
                no: row.no,
                author,
                number,
                seq: row.seq,
                hash: row.hash,
                op: &row.op,
            };
            self.messages += u64::from(self.view(true).apply(logged)?);
        }
        Ok(())
    }

    /// The last writes of the transaction, and what memory holds once it is through.
    pub(super) fn settle(mut self) -> rusqlite::Result<(Held, Arc<Standing>, bool)> {
        if self.rules {
            show(self.connection, self.room, &mut self.held, &self.standing)?;
        }
        if self.messages > 0 || self.wall > i64::MIN {
            let sql = "UPDATE shown SET messages = messages + ?2, last_wall = max(last_wall, ?3)
                WHERE room = ?1";
            self.connection.prepare_cached(sql)?.execute(params![
                self.held.no,
                column(self.messages),
                self.wall
            ])?;
        }
        let sql = "INSERT INTO head (room, author, seq, hash, lam) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET seq = ?3, hash = ?4, lam = ?5 WHERE seq < ?3";
        let mut written: Vec<DeviceId> = self.admitted.fresh.iter().map(|one| one.author).collect();
        written.dedup();
        for author in written {
            let (Some(tip), Some(number)) =
                (self.held.tips.get(&author), self.authors.number(author))
            else {
                continue;
            };
            self.connection.prepare_cached(sql)?.execute(params![
                self.held.no,
                number,
                column(tip.seq),
                tip.hash.as_bytes(),
                column(tip.lam),
            ])?;
        }
        self.held.sum_up();
        Ok((self.held, self.standing, self.rules))
    }

    fn forked(
        &mut self,
        chained: &Chained,
        number: i64,
        tip: &Tip,
    ) -> rusqlite::Result<Option<Refusal>> {
        let run = chained.run();
        let before = run.first - 1;
        if Some(run.before) != self.hash(number, tip, before)? {
            return Ok(Some(Refusal::Differs { seq: before }));
        }
        // The fork is in this run: its first op that is another one here.
        for (seq, hash, _) in chained.ops() {
            let here = self.hash(number, tip, seq)?;
            if here == Some(hash) {
                continue;
            }
            let place = (self.held.no, run.author);
            let form = |row: &log::LogRow| row.op.content.gone();
            let authors = &*self.authors;
            let own = log::run_from(
                self.connection,
                authors,
                place,
                seq,
                form,
                (limits::RUN_OPS, HALF_FRAME),
            )?;
            let theirs = tail(chained, seq);
            if let Some((own, theirs)) = own.zip(theirs) {
                let proof = Sync::Forked {
                    room: self.room,
                    one: Box::new(own),
                    other: Box::new(theirs),
                };
                self.admitted.forks.push((run.author, proof));
            }
            return Ok(Some(Refusal::Frozen));
        }
        Ok(Some(Refusal::Differs { seq: before }))
    }
}

/// Two runs without bodies must fit into one frame.
const HALF_FRAME: usize = (limits::FRAME_IN_SESSION as usize - 256) / 2;

/// The part of a run from this op on, without bodies.
fn tail(chained: &Chained, from: u64) -> Option<Run> {
    let before = chained.hash_at(from.checked_sub(1)?)?;
    let run = chained.run();
    let ops = chained.ops().filter(|(seq, ..)| *seq >= from);
    let ops = ops.map(|(_, _, op)| wire::room::Op {
        content: op.content.gone(),
        ..op.clone()
    });
    Some(Run {
        author: run.author,
        first: from,
        before,
        ops: ops.collect(),
        signature: run.signature,
    })
}

/// Whether two runs prove that their author wrote two chains, and from where on.
fn proven(room: RoomId, one: Run, other: Run) -> Option<(DeviceId, u64, Sync)> {
    let (one, other) = (one.check(room).ok()?, other.check(room).ok()?);
    let (left, right) = (one.run(), other.run());
    let same_place =
        (left.author, left.first, left.before) == (right.author, right.first, right.before);
    let (author, first) = (left.author, left.first);
    if !same_place || one.hashes().first() == other.hashes().first() {
        return None;
    }
    let proof = Sync::Forked {
        room,
        one: Box::new(one.into_run()),
        other: Box::new(other.into_run()),
    };
    Some((author, first, proof))
}

fn is_rule(act: &Act) -> bool {
    matches!(
        act,
        Act::Create { .. }
            | Act::Join { .. }
            | Act::Meta
            | Act::Add { .. }
            | Act::Promote { .. }
            | Act::Remove { .. }
    )
}

/// Whether everything that counted still does, and what is new lies after it. A
/// device that joins again ends its earlier span where it was: nothing changed.
fn is_continued(old: &[(u64, u64)], new: &[(u64, u64)]) -> bool {
    let Some((last, earlier)) = old.split_last() else {
        return new.is_empty();
    };
    let (Some(new_last), Some(new_earlier)) = (new.get(earlier.len()), new.get(..earlier.len()))
    else {
        return false;
    };
    let next = new.get(old.len());
    let goes_over = next.is_some_and(|(from, _)| new_last.1 + 1 == *from);
    new_earlier == earlier && new_last.0 == last.0 && (new_last.1 == last.1 || goes_over)
}

/// Writes down who is there and how the room is called.
pub(super) fn show(
    connection: &Connection,
    room: RoomId,
    held: &mut Held,
    standing: &Standing,
) -> rusqlite::Result<()> {
    let present = standing.present();
    connection
        .prepare_cached("DELETE FROM present WHERE room = ?")?
        .execute([held.no])?;
    held.present.clear();
    for (person, member) in &present {
        let from_lam = if member.history { 0 } else { member.since.lam };
        held.present.insert(*person, from_lam);
        let rank = match member.rank() {
            Rank::Member => 1,
            Rank::Admin => 2,
        };
        connection
            .prepare_cached(
                "INSERT INTO present (room, person, rank, from_lam) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![held.no, person.as_bytes(), rank, column(from_lam)])?;
    }
    let is_personal = present
        .keys()
        .any(|person| RoomId::personal(*person) == room);
    let title = standing.meta(wire::room::MetaField::Title);
    let sql = "INSERT INTO shown (room, title, personal, last_wall, messages)
        VALUES (?1, ?2, ?3, 0, 0) ON CONFLICT DO UPDATE SET title = ?2, personal = ?3";
    connection.prepare_cached(sql)?.execute(params![
        held.no,
        title.unwrap_or_default(),
        is_personal
    ])?;
    held.state = RoomState::Joined;
    Ok(())
}
