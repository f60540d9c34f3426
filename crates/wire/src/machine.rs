//! The pure machines: events and the time go in, effects come out. Whoever
//! drives one feeds it what arrived, calls `handle_timeout` at the time that
//! `poll_timeout` names, and carries out what `poll_effect` hands over.

pub mod links;
pub mod pairing;
pub mod presence;
pub mod session;
pub mod vouch;
