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
