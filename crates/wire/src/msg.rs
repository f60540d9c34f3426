//! What machines say to each other.

pub mod announce;
pub mod mdns;
pub mod pair;
pub mod person;
pub mod session;
