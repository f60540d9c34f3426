//! The application; see the library for what it does.

// A window of its own, and no console beside it.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    banyan_desktop::run()
}
