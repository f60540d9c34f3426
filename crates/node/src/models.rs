//! The models of all machines: what is offered where, who is answered here, and
//! how a question finds its answer.
//!
//! One task owns the line in front of the models of this machine
//! ([`infer::queue`]), what others offer, and where each question of this
//! machine goes ([`crate::router`]). It carries messages and waits for nobody:
//! every answer that is written, here for others or from others for us, has a
//! task of its own.
//!
//! - `actor`: what happens, and what follows from it
//! - `offer`: what this machine tells others about itself
//! - `asking`: one question of this machine until it is answered
//! - `serving`: one question of another machine, answered here
//! - `power`: whether this machine runs on its battery
//! - `tally`: how much went between machines
//! - `passage`: questions and answers as frames of a stream
//!
//! Invariants: nothing is answered for another machine without a grant, which
//! only a machine gets that may use the models here, at that moment; what people
//! write and models answer is logged nowhere.

mod actor;
mod asking;
mod class;
mod offer;
mod passage;
mod power;
mod serving;
mod tally;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use infer::watcher::{Watcher, WatcherHandle};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use wire::{DeviceId, PersonId};

pub use asking::{Ended, Piece};
pub use tally::{Answers, Tallies, Tally};
// What is asked and answered, for the layers above.
pub use infer::{
    Chat, Done, DoneReason, Event as Said, Failure as ServerFailure, Image, Message,
    ModelName as ServerModel, Options, Reach, Role, Statistics,
    queue::{Shown, Shows},
    watcher::{Seen, Standing, View as BackendView},
};

use crate::{
    Handle,
    neighbours::Overheard,
    router::{Capability, Conversation, Where, model::ModelName},
    supervise::TaskResult,
};
use actor::{Actor, Wish};

/// Questions that are handed in at a time.
const WISHES: usize = 16;

/// Pieces of an answer that wait to be read; beyond it the model waits.
const PIECES: usize = 64;

/// Asks, and looks at what there is. Clones share it.
#[derive(Debug, Clone)]
pub struct Models {
    wishes: mpsc::Sender<Wish>,
    view: watch::Receiver<Arc<View>>,
}

/// All that is known about models at one moment.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// What serves models on this machine.
    pub backends: Seen,
    /// What this machine offers itself, whether others may use it or not.
    pub own: Option<Capability>,
    /// What connected machines offer to this one.
    pub offers: BTreeMap<DeviceId, Capability>,
    /// Who is answered here and who waits.
    pub line: Vec<Shown<Payer, DeviceId>>,
    /// What went between machines since the start.
    pub tallies: Tallies,
    /// Models of this machine that write an answer now.
    pub answering: BTreeSet<ModelName>,
}

impl View {
    fn shows_the_same(&self, other: &Self) -> bool {
        let of = |view: &Self| {
            let states = view
                .backends
                .iter()
                .map(|(id, one)| (id.clone(), one.since));
            states.collect::<Vec<_>>()
        };
        // Messages come all the time; nobody is told of each.
        let answers = |view: &Self| {
            let tallies = view.tallies.iter();
            let answers = tallies.map(|(device, one)| (*device, one.asked, one.served));
            answers.collect::<Vec<_>>()
        };
        self.own == other.own
            && self.offers == other.offers
            && self.line == other.line
            && answers(self) == answers(other)
            && of(self) == of(other)
    }

    /// Whether a question would find somebody to answer it.
    pub fn can_chat(&self) -> bool {
        let own = self.own.iter();
        let others = self.offers.values().filter(|offer| offer.permitted);
        own.chain(others)
            .any(|offer| offer.models.iter().any(|model| model.chats))
    }
}

/// Between whom slots go round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payer {
    Person(PersonId),
    /// One whose person nobody knows.
    Device(DeviceId),
}

/// A question of this machine.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its model is replaced by what the place calls it.
    pub chat: Chat,
    /// None: the best there is.
    pub model: Option<ModelName>,
    pub place: Where,
    pub conversation: Option<Conversation>,
    pub may_leave_lan: bool,
}

/// An answer on its way. Dropping it ends it, wherever it is written.
#[derive(Debug)]
pub struct Answering {
    pieces: mpsc::Receiver<Piece>,
}

impl Answering {
    /// Nothing after [`Piece::Ended`].
    pub async fn next(&mut self) -> Option<Piece> {
        self.pieces.recv().await
    }
}

/// Why nobody can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the node is stopping")]
pub struct Stopping;

impl Models {
    pub fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.borrow())
    }

    pub fn watch(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    pub async fn ask(&self, question: Question) -> Result<Answering, Stopping> {
        let (into_pieces, pieces) = mpsc::channel(PIECES);
        self.wishes
            .send(Wish::Ask(Box::new(question), into_pieces))
            .await
            .map_err(|_| Stopping)?;
        Ok(Answering { pieces })
    }
}

/// The side of the task; outlives it, so that it can be started again.
#[derive(Debug)]
pub(crate) struct Keeper {
    wishes: tokio::sync::Mutex<mpsc::Receiver<Wish>>,
    overheard: tokio::sync::Mutex<mpsc::Receiver<Overheard>>,
    view: watch::Sender<Arc<View>>,
    watcher: Watcher,
}

pub(crate) fn new(overheard: mpsc::Receiver<Overheard>) -> (Models, Keeper) {
    let (wishes, wished) = mpsc::channel(WISHES);
    let (publish, view) = watch::channel(Arc::default());
    let watcher = Watcher::start();
    let models = Models { wishes, view };
    let keeper = Keeper {
        wishes: tokio::sync::Mutex::new(wished),
        overheard: tokio::sync::Mutex::new(overheard),
        view: publish,
        watcher,
    };
    (models, keeper)
}

impl Keeper {
    pub(crate) fn watcher(&self) -> WatcherHandle {
        self.watcher.handle()
    }

    pub(crate) async fn run(&self, node: Handle, end: CancellationToken) -> TaskResult {
        let mut wishes = self.wishes.lock().await;
        let mut overheard = self.overheard.lock().await;
        let actor = Actor::new(node, self.watcher.handle(), &self.view);
        actor.run(&mut wishes, &mut overheard, end).await;
        Ok(())
    }
}
