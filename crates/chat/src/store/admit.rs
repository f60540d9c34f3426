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

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{TransactionBehavior, params};
use wire::{
    DeviceId, PersonId, limits,
    msg::sync::Sync,
    room::{Act, Chained, Content, OpHash, RoomId, Run, RunError},
};

use super::{
    Fresh, Promise, Store, StoreError, apply,
    held::{NOTHING, Tip, column},
    intake::{Intake, Taking},
    log,
};

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

    pub(super) fn hash(
        &self,
        author: i64,
        tip: &Tip,
        seq: u64,
    ) -> rusqlite::Result<Option<OpHash>> {
        if seq == tip.seq {
            return Ok(Some(tip.hash));
        }
        log::hash_at(self.connection, self.held.no, author, seq)
    }

    /// Why new ops must not be in the log; nobody needs to be asked twice.
    fn objection(&self, chained: &Chained, tip: &Tip) -> Option<Refusal> {
        let author = chained.run().author;
        let mut lam = tip.lam;
        // Who adds themselves anew joins by an op that may be in the same run.
        let mut added = BTreeSet::new();
        for (seq, hash, op) in chained.ops().filter(|(seq, ..)| *seq > tip.seq) {
            if let Act::Add { person, .. } = &op.act {
                added.insert((hash, *person));
            }
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
                && !added.contains(&(*member, certificate.person()))
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
}
