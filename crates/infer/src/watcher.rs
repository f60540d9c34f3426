//! Keeps looking at backends: which are there, what they have, what is loaded.
//!
//! Each backend is looked at by a task of its own, so that one that does not
//! answer delays no other. What the tasks find goes to one keeper, which
//! publishes all of it as a value; looking at that value waits for nobody.
//!
//! A backend on this machine or this network is asked every [`NEAR`], with
//! [`PATIENCE`] for its answer: whatever happens to it is known within two
//! seconds. That costs two small requests over a kept connection. A place beyond
//! this network may count its questions, so it is asked every [`FAR`].

mod look;
mod view;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::{AbortHandle, JoinSet},
};

pub use view::{BackendId, NotAnId, Seen, Standing, View};

use crate::{Backend, Reach};

/// With [`PATIENCE`] it stays below the two seconds after which a person wonders.
pub const NEAR: Duration = Duration::from_millis(700);

/// Answers of a living server nearby take milliseconds, also while its
/// processors are busy with a model.
pub const PATIENCE: Duration = Duration::from_millis(1200);

pub const FAR: Duration = Duration::from_secs(60);

/// Orders and findings that wait for the keeper, which waits for nobody.
const WAITING: usize = 64;

/// Runs the looking. Dropping it ends it.
#[derive(Debug)]
pub struct Watcher {
    handle: WatcherHandle,
    keeper: JoinSet<()>,
}

/// Adds and removes backends, and tells what is seen. Clones are the same.
#[derive(Debug, Clone)]
pub struct WatcherHandle {
    orders: mpsc::Sender<Order>,
    seen: watch::Receiver<Seen>,
}

enum Order {
    Add(BackendId, Arc<dyn Backend>, Reach),
    Remove(BackendId),
    Look(BackendId),
}

impl Watcher {
    pub fn start() -> Self {
        let (orders, ordered) = mpsc::channel(WAITING);
        let (publish, seen) = watch::channel(Seen::default());
        let mut keeper = JoinSet::new();
        keeper.spawn(Keeper::run(publish, ordered));
        Self {
            handle: WatcherHandle { orders, seen },
            keeper,
        }
    }

    pub fn handle(&self) -> WatcherHandle {
        self.handle.clone()
    }

    /// Ends all looking.
    pub async fn stop(mut self) {
        self.keeper.shutdown().await;
    }
}

impl WatcherHandle {
    /// Looks at a backend from now on; another one of that name is replaced.
    /// `reach` says how far away it is, and so how often it may be asked.
    pub async fn add(&self, id: BackendId, backend: Arc<dyn Backend>, reach: Reach) {
        self.order(Order::Add(id, backend, reach)).await;
    }

    pub async fn remove(&self, id: BackendId) {
        self.order(Order::Remove(id)).await;
    }

    /// Looks at once, because something happened to it.
    pub async fn look(&self, id: BackendId) {
        self.order(Order::Look(id)).await;
    }

    /// What is seen, and a way to wait for it to change.
    pub fn watch(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }

    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    async fn order(&self, order: Order) {
        // A watcher that has ended looks at nothing, whatever it is told.
        let _ = self.orders.send(order).await;
    }
}

/// The owner of what is seen.
struct Keeper {
    publish: watch::Sender<Seen>,
    looking: BTreeMap<BackendId, Looking>,
    /// How many were ever added, which tells apart those of one name.
    added: u64,
    lookers: JoinSet<()>,
    /// For those who look.
    tell: mpsc::Sender<Found>,
}

/// What a looker found.
struct Found {
    id: BackendId,
    number: u64,
    view: View,
}

/// Ends the task when it is dropped.
struct Looking {
    number: u64,
    task: AbortHandle,
    nudge: mpsc::Sender<()>,
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Keeper {
    async fn run(publish: watch::Sender<Seen>, mut ordered: mpsc::Receiver<Order>) {
        let (tell, mut found) = mpsc::channel(WAITING);
        let mut keeper = Self {
            publish,
            looking: BTreeMap::new(),
            added: 0,
            lookers: JoinSet::new(),
            tell,
        };
        loop {
            tokio::select! {
                order = ordered.recv() => match order {
                    None => return,
                    Some(order) => keeper.carry_out(order),
                },
                // There always is a sender: the keeper's own.
                Some(found) = found.recv() => keeper.put(found),
            }
        }
    }

    fn carry_out(&mut self, order: Order) {
        match order {
            Order::Add(id, backend, reach) => self.add(id, backend, reach),
            Order::Remove(id) => self.remove(&id),
            Order::Look(id) => {
                if let Some(looking) = self.looking.get(&id) {
                    // One that was told already looks soon.
                    let _ = looking.nudge.try_send(());
                }
            }
        }
    }

    fn add(&mut self, id: BackendId, backend: Arc<dyn Backend>, reach: Reach) {
        self.looking.remove(&id);
        self.added += 1;
        let (nudge, nudged) = mpsc::channel(1);
        let view = View::new(backend, reach);
        self.publish
            .send_if_modified(|seen| seen.put(id.clone(), view.clone()));
        let tell = {
            let (tell, id, number) = (self.tell.clone(), id.clone(), self.added);
            async move |view| {
                let id = id.clone();
                // The keeper outlives those who look.
                let _ = tell.send(Found { id, number, view }).await;
            }
        };
        let task = self.lookers.spawn(look::forever(view, tell, nudged));
        let looking = Looking {
            number: self.added,
            task,
            nudge,
        };
        self.looking.insert(id, looking);
    }

    fn remove(&mut self, id: &BackendId) {
        self.looking.remove(id);
        self.publish.send_if_modified(|seen| seen.remove(id));
        // What has ended is not kept.
        while self.lookers.try_join_next().is_some() {}
    }

    fn put(&mut self, found: Found) {
        let Found { id, number, view } = found;
        // What one saw that was replaced or removed meanwhile says nothing.
        let current = self.looking.get(&id).map(|looking| looking.number);
        if current == Some(number) {
            self.publish.send_if_modified(|seen| seen.put(id, view));
        }
    }
}
