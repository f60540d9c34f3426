//! Consecutive ops of one device, and the signature that covers them.
//!
//! Invariant: a [`Chained`] holds a run whose last hash its author signed; there
//! is no other way to make one.

use super::{
    bytes::{BadBytes, Reader, Writer},
    name::{OpHash, RoomId},
    op::Op,
};
use crate::{
    id::DeviceId,
    limits,
    sign::{BadSignature, Label, Signature, Signer},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub author: DeviceId,
    /// The number of the first op; a chain begins with 1.
    pub first: u64,
    /// The hash of the op before the first.
    pub before: OpHash,
    pub ops: Vec<Op>,
    /// Of the author, over the hash of the last op.
    pub signature: Signature,
}

/// A run that its author really wrote, into this room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chained {
    room: RoomId,
    run: Run,
    hashes: Vec<OpHash>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    #[error("a run has between 1 and {} ops", limits::RUN_OPS)]
    Length,
    #[error("the numbers of the ops go beyond what a number can say")]
    Number,
    #[error("the author did not sign this run")]
    Signature(#[from] BadSignature),
}

impl Run {
    /// Writes ops behind a chain and signs them.
    pub fn sign(
        signer: &dyn Signer,
        room: RoomId,
        first: u64,
        before: OpHash,
        ops: Vec<Op>,
    ) -> Result<Chained, RunError> {
        let author = signer.device_id();
        let hashes = hashes(room, author, first, before, &ops)?;
        let last = hashes.last().ok_or(RunError::Length)?;
        let signature = signer.sign(Label::OP_V1, last.as_bytes());
        Ok(Chained {
            room,
            run: Self {
                author,
                first,
                before,
                ops,
                signature,
            },
            hashes,
        })
    }

    /// Follows the chain and checks the signature under it.
    pub fn check(self, room: RoomId) -> Result<Chained, RunError> {
        let hashes = hashes(room, self.author, self.first, self.before, &self.ops)?;
        let last = hashes.last().ok_or(RunError::Length)?;
        self.author
            .verify(Label::OP_V1, last.as_bytes(), &self.signature)?;
        Ok(Chained {
            room,
            run: self,
            hashes,
        })
    }

    /// The number of the last op.
    pub fn last(&self) -> u64 {
        self.first
            .saturating_add(self.ops.len() as u64)
            .saturating_sub(1)
    }

    pub fn encoded_len(&self) -> usize {
        FRAME + self.ops.iter().map(Op::encoded_len).sum::<usize>()
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.raw(self.author.as_bytes())
            .u64(self.first)
            .raw(self.before.as_bytes())
            .count(self.ops.len());
        for op in &self.ops {
            op.write(out);
        }
        out.raw(self.signature.as_bytes());
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, BadBytes> {
        let author = from.device()?;
        let first = from.u64()?;
        let before = OpHash::from_bytes(from.array()?);
        let count = from.count("ops in a run", limits::RUN_OPS)?;
        let mut ops = Vec::new();
        for _ in 0..count {
            ops.push(Op::read(from)?);
        }
        Ok(Self {
            author,
            first,
            before,
            ops,
            signature: from.signature()?,
        })
    }
}

impl Chained {
    pub fn room(&self) -> RoomId {
        self.room
    }

    pub fn run(&self) -> &Run {
        &self.run
    }

    pub fn into_run(self) -> Run {
        self.run
    }

    /// The hash of each op, in order.
    pub fn hashes(&self) -> &[OpHash] {
        &self.hashes
    }

    /// The ops with their numbers and hashes.
    pub fn ops(&self) -> impl Iterator<Item = (u64, OpHash, &Op)> {
        let numbers = self.run.first..;
        numbers
            .zip(&self.hashes)
            .zip(&self.run.ops)
            .map(|((seq, hash), op)| (seq, *hash, op))
    }

    /// The hash of the op with this number, or of the one before the first.
    pub fn hash_at(&self, seq: u64) -> Option<OpHash> {
        if seq.checked_add(1) == Some(self.run.first) {
            return Some(self.run.before);
        }
        let place = usize::try_from(seq.checked_sub(self.run.first)?).ok()?;
        self.hashes.get(place).copied()
    }
}

fn hashes(
    room: RoomId,
    author: DeviceId,
    first: u64,
    before: OpHash,
    ops: &[Op],
) -> Result<Vec<OpHash>, RunError> {
    if ops.is_empty() || ops.len() > limits::RUN_OPS {
        return Err(RunError::Length);
    }
    // The number goes into a column of 63 bits.
    let last = first.checked_add(ops.len() as u64);
    if first == 0 || last.is_none_or(|last| last > i64::MAX.unsigned_abs()) {
        return Err(RunError::Number);
    }
    let mut hash = before;
    Ok((first..)
        .zip(ops)
        .map(|(seq, op)| {
            hash = op.hash(room, author, seq, hash);
            hash
        })
        .collect())
}

/// Everything of a run but its ops.
const FRAME: usize = DeviceId::LENGTH + 8 + OpHash::LENGTH + 4 + Signature::LENGTH;
