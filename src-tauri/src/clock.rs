use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tracing::info;

/// How long it takes until a person sees the page: from the first line of the
/// program on, and later from the opening of the window on.
#[derive(Debug)]
pub(crate) struct PaintClock {
    since: Mutex<Option<Instant>>,
}

impl PaintClock {
    pub(crate) fn start() -> Self {
        Self {
            since: Mutex::new(Some(Instant::now())),
        }
    }

    /// The window opens. At the start of the program the clock runs already.
    pub(crate) fn opening(&self) {
        self.lock().get_or_insert_with(Instant::now);
    }

    /// The page was drawn; `cargo xtask bench start` reads the line.
    pub(crate) fn painted(&self) {
        if let Some(since) = self.lock().take() {
            let elapsed_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            info!(elapsed_ms, "window painted");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
