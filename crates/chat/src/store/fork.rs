//! Devices that wrote two chains: finding it, proving it, and living with it.

use std::sync::Arc;

use rusqlite::{TransactionBehavior, params};
use wire::{
    DeviceId, limits,
    msg::sync::Sync,
    room::{Chained, RoomId, Run},
};

use super::{
    Promise, Refusal, Store, StoreError, apply,
    held::{NOTHING, Tip, column},
    intake::{Intake, show},
    log,
};

impl Store {
    /// Two runs of one device that exclude each other. Whether that was news.
    pub fn freeze(&mut self, room: RoomId, one: Run, other: Run) -> Result<bool, StoreError> {
        self.joined(room)?;
        let Some((author, first, proof)) = proven(room, one, other) else {
            return Ok(false);
        };
        let frozen = self.put_fork(room, author, first, &proof);
        frozen.map_err(|error| self.told(&error))
    }

    pub(super) fn put_fork(
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

impl Intake<'_> {
    pub(super) fn forked(
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
