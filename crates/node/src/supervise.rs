//! Tasks that are never lost silently, and the order in which they end.
//!
//! Every task has a name, belongs to a [`Stage`] and is made by a function that
//! can make it again. A task that panics or returns an error is logged, told
//! to the person and started again after a pause that doubles; one that keeps
//! failing is given up, which [`Supervisor::given_up`] tells the process.
//!
//! The order of shutdown, which [`Supervisor::stop`] follows:
//!
//! 1. [`Stage::Errands`]: what works *with* the node's state, such as checks.
//! 2. [`Stage::Keepers`]: the owners of state, which errands may still call
//!    while they end.
//!
//! Each stage is asked to end, given [`GRACE`], and what is left then is
//! aborted and named in the log. Only then does the next stage begin, so an
//! owner never disappears before those who use it.
//!
//! Invariant: nothing runs outside a stage, and a stage that was asked to end
//! starts nothing again.

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::watch,
    task::{JoinError, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, error, info_span, warn};

/// How long a stage may take to end. A keeper finishes one file write in this
/// time even on a tired disk, and a person does not yet think that it hangs.
pub const GRACE: Duration = Duration::from_secs(3);

/// What a task ends with: an error is a reason to start it again.
pub type TaskResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// When a task ends, relative to others. In the order of shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Errands,
    Keepers,
}

/// How often a failing task is started again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The pause after the first failure; it doubles with each further one.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// After this many failures in a row the task is given up.
    pub failures: u32,
    /// A task that ran this long has recovered, and counting starts anew.
    pub recovered_after: Duration,
}

impl Default for Patience {
    /// Quick enough that a person notices nothing the first time; five attempts
    /// take about three seconds, after which trying on only fills the log.
    fn default() -> Self {
        Self {
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(10),
            failures: 6,
            recovered_after: Duration::from_secs(60),
        }
    }
}

/// What happens to tasks, told to whoever made the supervisor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The task failed and runs again.
    Restarted { task: &'static str },
    /// The task has run long enough since to be trusted again.
    Recovered { task: &'static str },
    /// The task failed too often and stays off.
    GivenUp { task: &'static str },
}

/// A task that stays off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the task {task} failed too often: {reason}")]
pub struct GivenUp {
    pub task: &'static str,
    pub reason: String,
}

/// Starts tasks and ends them. Clones share the same tasks.
#[derive(Clone)]
pub struct Supervisor {
    errands: Crew,
    keepers: Crew,
    patience: Patience,
    given_up: watch::Sender<Option<GivenUp>>,
    tell: Arc<dyn Fn(Trouble) + Send + Sync>,
}

impl Supervisor {
    pub fn new(patience: Patience, tell: impl Fn(Trouble) + Send + Sync + 'static) -> Self {
        Self {
            errands: Crew::default(),
            keepers: Crew::default(),
            patience,
            given_up: watch::Sender::new(None),
            tell: Arc::new(tell),
        }
    }

    /// Runs what `make` makes until it ends well, and makes it again when it
    /// does not. The token given to `make` says when to end.
    pub fn start<F, T>(&self, stage: Stage, task: &'static str, mut make: F)
    where
        F: FnMut(CancellationToken) -> T + Send + 'static,
        T: Future<Output = TaskResult> + Send + 'static,
    {
        let crew = self.crew(stage).clone();
        if crew.end.is_cancelled() {
            return;
        }
        let mut make = move |end: CancellationToken| -> Run { Box::pin(make(end)) };
        let supervisor = self.clone();
        self.crew(stage).tasks.spawn(async move {
            tokio::select! {
                () = supervisor.watch_over(task, &crew.end, &mut make) => {}
                () = crew.abort.cancelled() => warn!(task, "a task was aborted"),
            }
        });
    }

    /// Ends everything in the written order.
    pub async fn stop(&self) {
        for stage in [Stage::Errands, Stage::Keepers] {
            self.crew(stage).stop(GRACE).await;
        }
    }

    /// Ends everything at once; for when nobody can wait.
    pub fn abort(&self) {
        for stage in [Stage::Errands, Stage::Keepers] {
            let crew = self.crew(stage);
            crew.end.cancel();
            crew.abort.cancel();
        }
    }

    /// Waits until a task was given up; never ends where none is.
    pub async fn given_up(&self) -> GivenUp {
        let mut given_up = self.given_up.subscribe();
        match given_up
            .wait_for(Option::is_some)
            .await
            .map(|found| found.clone())
        {
            Ok(Some(given_up)) => given_up,
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    async fn watch_over(
        &self,
        task: &'static str,
        end: &CancellationToken,
        make: &mut (dyn FnMut(CancellationToken) -> Run + Send),
    ) {
        let mut failures = 0;
        loop {
            let mut run = pin!(run_once(task, make(end.clone())));
            let mut ended = None;
            if failures > 0 {
                ended = timeout(self.patience.recovered_after, &mut run).await.ok();
                if ended.is_none() {
                    failures = 0;
                    (self.tell)(Trouble::Recovered { task });
                }
            }
            let ended = match ended {
                Some(ended) => ended,
                None => run.await,
            };
            let Err(reason) = ended else { return };
            error!(task, reason, "a task failed");
            if end.is_cancelled() {
                return;
            }
            failures += 1;
            if failures >= self.patience.failures {
                error!(task, failures, "a task failed too often and stays off");
                (self.tell)(Trouble::GivenUp { task });
                self.given_up.send_replace(Some(GivenUp { task, reason }));
                return;
            }
            tokio::select! {
                () = sleep(self.patience.pause(failures)) => {}
                () = end.cancelled() => return,
            }
            (self.tell)(Trouble::Restarted { task });
        }
    }

    fn crew(&self, stage: Stage) -> &Crew {
        match stage {
            Stage::Errands => &self.errands,
            Stage::Keepers => &self.keepers,
        }
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervisor")
            .field("errands", &self.errands.tasks.len())
            .field("keepers", &self.keepers.tasks.len())
            .finish_non_exhaustive()
    }
}

impl Patience {
    fn pause(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        self.first_pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause)
    }
}

/// One run of a task.
type Run = Pin<Box<dyn Future<Output = TaskResult> + Send>>;

/// The tasks of one stage.
#[derive(Debug, Clone, Default)]
struct Crew {
    tasks: TaskTracker,
    end: CancellationToken,
    abort: CancellationToken,
}

impl Crew {
    async fn stop(&self, grace: Duration) {
        self.tasks.close();
        self.end.cancel();
        if timeout(grace, self.tasks.wait()).await.is_err() {
            self.abort.cancel();
            self.tasks.wait().await;
        }
    }
}

/// Runs a task to its end in a task of its own, so that a panic ends only it.
/// Dropping this future aborts the task.
async fn run_once(task: &'static str, future: Run) -> Result<(), String> {
    let mut running = JoinSet::new();
    running.spawn(future.instrument(info_span!("task", name = task)));
    match running.join_next().await {
        Some(Ok(Ok(()))) | None => Ok(()),
        Some(Ok(Err(error))) => Err(error.to_string()),
        Some(Err(failure)) => Err(describe(failure)),
    }
}

fn describe(failure: JoinError) -> String {
    let Ok(panic) = failure.try_into_panic() else {
        return "it was aborted".to_owned();
    };
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.map_or_else(
        || "it panicked".to_owned(),
        |text| format!("it panicked: {text}"),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::{
        sync::{mpsc, oneshot},
        time::Instant,
    };

    use super::*;

    /// A supervisor and what it tells.
    fn supervisor() -> (Supervisor, mpsc::UnboundedReceiver<Trouble>) {
        let (told, heard) = mpsc::unbounded_channel();
        (
            Supervisor::new(Patience::default(), move |trouble| drop(told.send(trouble))),
            heard,
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_panicking_task_is_told_and_restarted() {
        let (supervisor, mut troubles) = supervisor();
        let runs = Arc::new(AtomicU32::new(0));
        let (reached, mut third_run) = mpsc::unbounded_channel();
        supervisor.start(Stage::Errands, "shaky", move |end| {
            let run = runs.fetch_add(1, Ordering::SeqCst);
            let reached = reached.clone();
            async move {
                match run {
                    0 => panic!("first run"),
                    1 => return Err("second run".into()),
                    _ => {}
                }
                reached.send(()).unwrap();
                end.cancelled().await;
                Ok(())
            }
        });
        third_run.recv().await.unwrap();
        let told = [
            troubles.recv().await.unwrap(),
            troubles.recv().await.unwrap(),
        ];
        assert_eq!(
            told,
            [
                Trouble::Restarted { task: "shaky" },
                Trouble::Restarted { task: "shaky" }
            ]
        );
        supervisor.stop().await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_keeps_failing_is_given_up_and_told() {
        let (supervisor, mut troubles) = supervisor();
        let runs = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&runs);
        supervisor.start(Stage::Keepers, "hopeless", move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            async { Err("no luck".into()) }
        });
        let given_up = supervisor.given_up().await;
        assert_eq!(
            given_up,
            GivenUp {
                task: "hopeless",
                reason: "no luck".to_owned()
            }
        );
        assert_eq!(runs.load(Ordering::SeqCst), Patience::default().failures);
        let mut last = None;
        while let Ok(trouble) = troubles.try_recv() {
            last = Some(trouble);
        }
        assert_eq!(last, Some(Trouble::GivenUp { task: "hopeless" }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_ran_long_enough_is_forgiven() {
        let (supervisor, mut troubles) = supervisor();
        supervisor.start(Stage::Errands, "weekly", move |_| async {
            sleep(Patience::default().recovered_after * 2).await;
            Err("again".into())
        });
        for _ in 0..2 * Patience::default().failures {
            assert_eq!(
                troubles.recv().await,
                Some(Trouble::Restarted { task: "weekly" })
            );
            assert_eq!(
                troubles.recv().await,
                Some(Trouble::Recovered { task: "weekly" })
            );
        }
        supervisor.stop().await;
    }

    #[tokio::test(start_paused = true)]
    async fn errands_end_before_keepers_and_the_slow_are_aborted() {
        let (supervisor, _troubles) = supervisor();
        let (ended, mut order) = mpsc::unbounded_channel();

        let keeper_ended = ended.clone();
        supervisor.start(Stage::Keepers, "keeper", move |end| {
            let ended = keeper_ended.clone();
            async move {
                end.cancelled().await;
                ended.send("keeper").unwrap();
                Ok(())
            }
        });
        let errand_ended = ended.clone();
        supervisor.start(Stage::Errands, "errand", move |end| {
            let ended = errand_ended.clone();
            async move {
                end.cancelled().await;
                sleep(GRACE / 2).await;
                ended.send("errand").unwrap();
                Ok(())
            }
        });
        supervisor.start(Stage::Errands, "stubborn", move |_| {
            let told_when_dropped = TellWhenDropped(ended.clone(), "stubborn");
            async move {
                std::future::pending::<()>().await;
                drop(told_when_dropped);
                Ok(())
            }
        });
        // Tasks that never ran would not show an order.
        tokio::task::yield_now().await;

        let before = Instant::now();
        supervisor.stop().await;
        assert_eq!(before.elapsed(), GRACE);
        let mut seen = Vec::new();
        while let Some(name) = order.recv().await {
            seen.push(name);
        }
        assert_eq!(seen, ["errand", "stubborn", "keeper"]);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_starts_after_the_end() {
        let (supervisor, _troubles) = supervisor();
        supervisor.stop().await;
        let (ran, mut runs) = mpsc::unbounded_channel();
        supervisor.start(Stage::Errands, "late", move |_| {
            ran.send(()).unwrap();
            async { Ok(()) }
        });
        assert_eq!(runs.recv().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_restarted_once_the_end_began() {
        let (supervisor, mut troubles) = supervisor();
        supervisor.start(Stage::Errands, "sore loser", |end| async move {
            end.cancelled().await;
            Err("ended in anger".into())
        });
        let (begun, has_begun) = oneshot::channel();
        let mut begun = Some(begun);
        supervisor.start(Stage::Errands, "witness", move |_| {
            begun.take().map(|begun| begun.send(()));
            async { Ok(()) }
        });
        has_begun.await.unwrap();
        supervisor.stop().await;
        assert!(troubles.try_recv().is_err());
    }

    struct TellWhenDropped(mpsc::UnboundedSender<&'static str>, &'static str);

    impl Drop for TellWhenDropped {
        fn drop(&mut self) {
            let _ = self.0.send(self.1);
        }
    }
}
