//! The backends against servers that a test scripts, and against a real one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests too"
)]

mod client;
mod ollama;
mod openai;
mod real;
mod watcher;
