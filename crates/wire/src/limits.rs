//! How much a stranger, and how much a friend, may make us hold.

/// Before trust only a greeting and a pairing pass; both fit many times over.
pub const FRAME_BEFORE_TRUST: u64 = 4 * 1024;

/// A session carries control messages and batches of operations. Larger things
/// travel over connections of their own, so that they never wait in front of a
/// token; what is larger here is a fault or an attack.
pub const FRAME_IN_SESSION: u64 = 1024 * 1024;

/// An announcement stays below every common MTU, so that it is never split and
/// a lost fragment never loses the whole.
pub const ANNOUNCEMENT: usize = 1200;

/// Of one op, what is not content. The longest is a removal in a room with as
/// many devices as a room may have.
pub const OP_FIELDS: usize = 16 * 1024;

/// The content of one op: half of a frame, so that it always fits into a batch
/// with what belongs around it.
pub const OP_BODY: usize = 512 * 1024;

/// Ops under one signature. The proof that somebody wrote two chains shows a run
/// of each, and must fit into a frame too.
pub const RUN_OPS: usize = 256;
