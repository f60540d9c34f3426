//! Hears that the machine is about to sleep, early enough to say goodbye.
//!
//! systemd-logind tells so over the system bus, and waits for those who asked
//! it to (`Inhibit` with `delay`), five seconds at most. Where there is no
//! system bus nobody tells; the wake is noticed all the same.

mod logind;
#[cfg(test)]
mod tests;

use tokio::{sync::mpsc, task::JoinSet};
use zbus::zvariant::OwnedFd;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sleep {
    /// The machine sleeps as soon as [`SleepWatch::let_go`] is called.
    Near,
    /// It is awake again, and nobody has noticed yet.
    Over,
}

pub(super) struct SleepWatch {
    news: mpsc::Receiver<News>,
    lock: Option<Lock>,
    asleep: bool,
    _listening: JoinSet<()>,
}

#[derive(Debug)]
enum News {
    WillSleep(Option<Lock>),
    Awake,
}

/// As long as it is held, the system waits.
type Lock = OwnedFd;

impl SleepWatch {
    /// Hears nothing, ever.
    pub(super) fn off() -> Self {
        let (_, news) = mpsc::channel(1);
        Self::hearing(news, JoinSet::new())
    }

    /// Listens to the system.
    pub(super) fn of_the_system() -> Self {
        Self::on_bus(None)
    }

    /// Listens on the bus with this address, or on the system's.
    fn on_bus(address: Option<String>) -> Self {
        let (tells, news) = mpsc::channel(1);
        let mut listening = JoinSet::new();
        listening.spawn(async move {
            if let Err(error) = logind::listen(address, tells).await {
                tracing::debug!(%error, "nobody tells when this machine goes to sleep");
            }
        });
        Self::hearing(news, listening)
    }

    fn hearing(news: mpsc::Receiver<News>, listening: JoinSet<()>) -> Self {
        Self {
            news,
            lock: None,
            asleep: false,
            _listening: listening,
        }
    }

    /// Nothing is lost when the wait is given up.
    pub(super) async fn next(&mut self) -> Sleep {
        loop {
            match self.news.recv().await {
                Some(News::WillSleep(lock)) => {
                    self.lock = lock;
                    self.asleep = true;
                    return Sleep::Near;
                }
                Some(News::Awake) if self.asleep => {
                    self.asleep = false;
                    return Sleep::Over;
                }
                Some(News::Awake) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// All is said that was to be said.
    pub(super) fn let_go(&mut self) {
        self.lock = None;
    }

    /// The wake was noticed otherwise.
    pub(super) fn woke(&mut self) {
        self.asleep = false;
    }
}
