//! Events on their way to the page.
//!
//! Each subscription is a task that reads the api's stream and sends what is
//! there in one batch: a page that was busy gets one message, not hundreds.
//! Where the node is started anew, the subscription goes on with the new one,
//! whose numbers tell the page to ask for everything again.
//!
//! Invariant: a subscription ends with its window at the latest.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use api::{Api, calls::Pieces, dto::Event};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tauri::{async_runtime, ipc::Channel};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::debug;

use crate::{
    backend::Backend,
    streams::{self, Part},
};

/// More than a page can use at once; it only bounds the size of one message.
const BATCH: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SubscriptionId(u32);

/// The subscriptions of the window.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    backend: Backend,
    tasks: TaskTracker,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    latest: u32,
    by_id: BTreeMap<SubscriptionId, CancellationToken>,
}

impl Subscriptions {
    pub(crate) fn new(backend: Backend, tasks: TaskTracker) -> Self {
        Self {
            backend,
            tasks,
            open: Mutex::default(),
        }
    }

    pub(crate) fn open(&self, after: Option<u64>, channel: Channel<Vec<Event>>) -> SubscriptionId {
        let backend = self.backend.clone();
        self.begin(async move {
            send_events(backend, after, |batch| channel.send(batch).is_ok()).await;
        })
    }

    /// Hands over an answer that comes piece by piece. Closing it ends the
    /// answer; the page closes those that came to their end too.
    pub(crate) fn stream(&self, pieces: Pieces, channel: Channel<Vec<Part>>) -> SubscriptionId {
        self.begin(async move {
            streams::send_pieces(pieces, |batch| channel.send(batch).is_ok()).await;
        })
    }

    fn begin(&self, sending: impl Future<Output = ()> + Send + 'static) -> SubscriptionId {
        let end = CancellationToken::new();
        let id = self.entries().add(end.clone());
        let runtime = async_runtime::handle();
        self.tasks.spawn_on(
            async move {
                end.run_until_cancelled(sending).await;
            },
            runtime.inner(),
        );
        id
    }

    pub(crate) fn close(&self, id: SubscriptionId) {
        if let Some(end) = self.entries().by_id.remove(&id) {
            end.cancel();
        }
    }

    /// The window is gone or shows another page.
    pub(crate) fn close_all(&self) {
        for end in std::mem::take(&mut self.entries().by_id).into_values() {
            end.cancel();
        }
    }

    fn entries(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn add(&mut self, end: CancellationToken) -> SubscriptionId {
        self.latest = self.latest.wrapping_add(1);
        let id = SubscriptionId(self.latest);
        self.by_id.insert(id, end);
        id
    }
}

/// Ends when nobody listens any more or the application ends.
pub(crate) async fn send_events(
    backend: Backend,
    mut after: Option<u64>,
    mut send: impl FnMut(Vec<Event>) -> bool,
) {
    while let Some(api) = backend.next_api().await {
        if !send_events_of(&api, &mut after, &mut send).await {
            return;
        }
        // The node stopped; the next one is waited for.
        backend.wait_until_gone().await;
    }
}

/// Whether somebody still listens.
async fn send_events_of(
    api: &Api,
    after: &mut Option<u64>,
    send: &mut impl FnMut(Vec<Event>) -> bool,
) -> bool {
    let mut batches = pin!(api.events(*after).ready_chunks(BATCH));
    while let Some(batch) = batches.next().await {
        *after = batch.last().map(|event| event.seq).or(*after);
        if !send(batch) {
            debug!("the page stopped listening");
            return false;
        }
    }
    true
}
