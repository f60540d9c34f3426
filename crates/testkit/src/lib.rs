//! Real nodes for tests: the program that is shipped, as a process with a data
//! folder, a home and ports of its own.
//!
//! Nothing here stands in for a part of the product. A test that needs a node
//! starts one, waits until it says that it is ready, and ends it; what it wrote
//! is shown when the test fails. Only what serves models is [`scripted`]: no test
//! can wait for a real one to fail in the right moment.
#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a test that cannot set up its world ends there, with the reason"
)]

#[cfg(target_os = "linux")]
mod cable;
mod daemon;
#[cfg(target_os = "linux")]
pub mod desktop;
mod home;
mod ports;
mod program;
pub mod real;
pub mod scripted;
mod skip;

#[cfg(target_os = "linux")]
pub use cable::Cable;
pub use daemon::{Daemon, Ended};
pub use home::Home;
pub use ports::{TakenPort, free_tcp_port, free_udp_port};
pub use program::{Output, binary};
pub use skip::skip;
