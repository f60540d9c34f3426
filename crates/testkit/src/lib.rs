//! Real nodes for tests: the program that is shipped, as a process with a data
//! folder, a home and ports of its own.
//!
//! Nothing here is a stand-in. A test that needs a node starts one, waits until
//! it says that it is ready, and ends it; what it wrote is shown when the test
//! fails.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a test that cannot set up its world ends there, with the reason"
)]

mod daemon;
#[cfg(target_os = "linux")]
pub mod desktop;
mod home;
mod ports;
mod program;
mod skip;

pub use daemon::{Daemon, Ended};
pub use home::Home;
pub use ports::{TakenPort, free_tcp_port, free_udp_port};
pub use program::{Output, binary};
pub use skip::skip;
