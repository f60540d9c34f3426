//! Logging of a whole program. Called once, by the binaries; everything else
//! is handed the [`Journal`] that this returns.

use std::io::{self, IsTerminal as _};

use tracing::subscriber::SetGlobalDefaultError;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::journal::Journal;

/// Sends every event of this process to a new journal that writes to the
/// terminal; a node adds its files. `directives` is the content of `RUST_LOG`.
pub fn init(directives: Option<&str>) -> Result<Journal, SetGlobalDefaultError> {
    let journal = Journal::new(directives);
    let terminal = io::stderr();
    let colours = terminal.is_terminal();
    journal.to_terminal(terminal, colours);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(journal.layer()))?;
    Ok(journal)
}
