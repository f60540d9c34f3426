//! What machines say to each other.

pub mod announce;
pub mod handover;
pub mod llm;
pub mod mdns;
pub mod pair;
pub mod person;
pub mod session;
pub mod sync;
