//! Whole nodes, each on a folder of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]

mod access;
mod backends;
mod downloads;
mod life;
mod looks;
mod machine;
mod mishaps;
mod models;
mod neighbours;
mod place;
mod real;
mod settings;
mod sharing;
mod trouble;
