//! One question of this machine until it is answered.
//!
//! The task holds the question and the words that came so far, and does as the
//! router says: it reads an answer here or from another machine, hands it on,
//! and tells how that goes. Whoever asked reads slowly or not at all without
//! anybody taking the machine that answers for dead.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use infer::{
    Backend, Chat, Done, Event, Failure, KeepAlive, Message, ModelName, Statistics,
    turn::{Limits, Turn},
};
use mesh::{Framed, MeshHandle};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, timeout},
};
use wire::{DeviceId, msg::llm::Grant};

use super::passage::{self, Asked, Said};
use crate::router::{
    Carry, InLine, RequestId,
    stitch::{Seam, whole_words},
    why::{Failure as NobodyAnswers, Problem, Why},
};

/// How often the router hears that all is well.
const WELL: Duration = Duration::from_secs(1);

/// A machine of the local network that grants a slot and takes no connection is
/// in trouble.
const CONNECTS: Duration = Duration::from_secs(2);

/// What whoever asked gets to hear.
#[derive(Debug, Clone)]
pub enum Piece {
    /// It stands in line, the best place first.
    Waits(Vec<InLine>),
    /// From here on it comes from this machine.
    Begins {
        device: DeviceId,
        model: ModelName,
        carry: Carry,
        /// How many bytes of the words so far stay.
        kept: usize,
        why: Box<Why>,
    },
    /// Never [`Event::Done`].
    Event(Event),
    Ended(Ended),
}

#[derive(Debug, Clone)]
pub enum Ended {
    Complete {
        device: DeviceId,
        done: Done,
        why: Box<Why>,
    },
    /// Nobody answered, or nobody to the end.
    Nobody(Box<NobodyAnswers>),
    /// The question itself is at fault, and would be everywhere.
    Refused { device: DeviceId, failure: Failure },
}

/// What the router wants of a task.
pub(super) enum Order {
    Open(Box<Open>),
    Waits(Vec<InLine>),
    Failed(Box<NobodyAnswers>),
    /// The place that answers is of no further use.
    Close,
}

pub(super) struct Open {
    pub(super) device: DeviceId,
    pub(super) place: OpenAt,
    /// As that place calls it.
    pub(super) model: ModelName,
    pub(super) carry: Carry,
    pub(super) why: Why,
}

pub(super) enum OpenAt {
    /// And how long the model stays in memory, where that is set.
    Here(Arc<dyn Backend>, Option<KeepAlive>),
    There(MeshHandle, Grant),
}

/// What a task tells.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) request: RequestId,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Well {
        device: DeviceId,
        has_text: bool,
    },
    Lost {
        device: DeviceId,
        problem: Problem,
    },
    Finished {
        device: DeviceId,
        tokens: u64,
        statistics: Statistics,
        model: Option<crate::router::model::ModelName>,
    },
    /// Nobody wants it any more, or nobody could do better.
    Over,
}

pub(super) struct Asking {
    pub(super) request: RequestId,
    pub(super) chat: Chat,
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) pieces: mpsc::Sender<Piece>,
    pub(super) told: mpsc::Sender<Told>,
}

pub(super) async fn ask(asking: Asking) {
    let mut task = Task {
        asking,
        written: String::new(),
    };
    let last = loop {
        let piece = tokio::select! {
            () = task.asking.pieces.closed() => break What::Over,
            order = task.asking.orders.recv() => match order {
                None => break What::Over,
                Some(Order::Close) => continue,
                Some(Order::Waits(lines)) => Piece::Waits(lines),
                Some(Order::Failed(failure)) => Piece::Ended(Ended::Nobody(failure)),
                Some(Order::Open(open)) => match task.relay(*open).await {
                    Relayed::Ended(piece, what) => {
                        task.say(*piece).await;
                        break what;
                    }
                    Relayed::Over => break What::Over,
                    Relayed::Closed => continue,
                    Relayed::Lost(device, problem) => {
                        task.tell(What::Lost { device, problem }).await;
                        continue;
                    }
                },
            },
        };
        let is_last = matches!(piece, Piece::Ended(_));
        task.say(piece).await;
        if is_last {
            break What::Over;
        }
    };
    task.tell(last).await;
}

struct Task {
    asking: Asking,
    /// The words so far.
    written: String,
}

/// How an attempt ended.
enum Relayed {
    Ended(Box<Piece>, What),
    Lost(DeviceId, Problem),
    /// The router closed it and looks for another place.
    Closed,
    /// Nobody reads it any more.
    Over,
}

impl Task {
    async fn relay(&mut self, open: Open) -> Relayed {
        let Open {
            device,
            place,
            model,
            carry,
            why,
        } = open;
        let kept = match carry {
            Carry::Nothing | Carry::Restart => "",
            Carry::Continue => whole_words(&self.written),
        }
        .to_owned();
        let mut chat = self.asking.chat.clone();
        chat.model = model.clone();
        if !kept.is_empty() {
            chat.messages.push(Message::assistant(kept.trim_end()));
        }
        let meant = why.model.clone().or_else(|| model.as_str().parse().ok());
        let mut seam = Seam::new(&kept);
        let mut tokens = 0;
        let begins = Piece::Begins {
            device,
            model,
            carry,
            kept: kept.len(),
            why: Box::new(why.clone()),
        };
        self.written = kept;
        let mut waiting = VecDeque::from([begins]);
        let mut source = match Source::open(place, chat, device).await {
            Ok(source) => source,
            Err(problem) => return Relayed::Lost(device, problem),
        };
        let mut well = interval(WELL);
        well.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut heard, mut has_text) = (true, false);
        let pieces = self.asking.pieces.clone();
        loop {
            tokio::select! {
                permit = pieces.reserve(), if !waiting.is_empty() => {
                    let Ok(permit) = permit else { return Relayed::Over };
                    if let Some(piece) = waiting.pop_front() {
                        permit.send(piece);
                    }
                }
                step = source.next(), if waiting.is_empty() => {
                    heard = true;
                    match step {
                        Step::Sign => {}
                        Step::Event(Event::Done(done)) => {
                            self.add(&mut waiting, seam.end());
                            let told = done.statistics.decode.map(|phase| phase.tokens.into());
                            let what = What::Finished {
                                device,
                                tokens: told.unwrap_or(tokens),
                                statistics: done.statistics,
                                model: meant,
                            };
                            for piece in waiting {
                                self.say(piece).await;
                            }
                            let why = Box::new(why);
                            let ended = Ended::Complete { device, done, why };
                            return Relayed::Ended(Box::new(Piece::Ended(ended)), what);
                        }
                        Step::Event(event) => {
                            tokens += 1;
                            if !has_text {
                                has_text = true;
                                self.tell(What::Well { device, has_text }).await;
                            }
                            match event {
                                Event::Text { text } => {
                                    let text = seam.push(&text);
                                    self.add(&mut waiting, text);
                                }
                                event @ (Event::Thinking { .. } | Event::ToolCall { .. } | Event::Done(_)) => {
                                    waiting.push_back(Piece::Event(event));
                                }
                            }
                        }
                        Step::Failed(failure) if failure.elsewhere() => {
                            let message = failure.to_string();
                            return Relayed::Lost(device, Problem::Backend { message });
                        }
                        Step::Failed(failure) => {
                            let refused = Ended::Refused { device, failure };
                            return Relayed::Ended(Box::new(Piece::Ended(refused)), What::Over);
                        }
                        Step::Stopped => return Relayed::Lost(device, Problem::Stopped),
                        Step::Broke => return Relayed::Lost(device, Problem::Broken),
                    }
                }
                _ = well.tick() => if std::mem::take(&mut heard) || !waiting.is_empty() {
                    self.tell(What::Well { device, has_text: false }).await;
                },
                order = self.asking.orders.recv() => match order {
                    Some(Order::Close) => return Relayed::Closed,
                    // It is answered: nothing else is to be done about it.
                    Some(Order::Waits(_) | Order::Failed(_) | Order::Open(_)) => {}
                    None => return Relayed::Over,
                },
                () = pieces.closed() => return Relayed::Over,
            }
        }
    }

    fn add(&mut self, waiting: &mut VecDeque<Piece>, text: String) {
        if !text.is_empty() {
            self.written.push_str(&text);
            waiting.push_back(Piece::Event(Event::Text { text }));
        }
    }

    async fn say(&self, piece: Piece) {
        // Whoever stopped reading wants to hear nothing.
        let _ = self.asking.pieces.send(piece).await;
    }

    async fn tell(&self, what: What) {
        let request = self.asking.request;
        // The actor ends only with the node, and this with it.
        let _ = self.asking.told.send(Told { request, what }).await;
    }
}

/// Where an answer is read from.
enum Source {
    Here(Box<Turn>),
    There {
        frames: Framed,
        said: VecDeque<Said>,
    },
}

/// What comes next.
enum Step {
    Event(Event),
    /// Somebody is there.
    Sign,
    Failed(Failure),
    Stopped,
    Broke,
}

impl Source {
    async fn open(place: OpenAt, mut chat: Chat, device: DeviceId) -> Result<Self, Problem> {
        match place {
            OpenAt::Here(backend, keep) => {
                chat.keep_alive = keep;
                let turn = Turn::new(backend.chat(chat), Limits::default());
                Ok(Self::Here(Box::new(turn)))
            }
            OpenAt::There(mesh, grant) => {
                let opened = timeout(CONNECTS, mesh.open_stream(device, grant.text())).await;
                let Ok(Ok(stream)) = opened else {
                    return Err(Problem::Broken);
                };
                let mut frames = stream.frames;
                let asked = Asked::Chat(Box::new(chat));
                passage::write_question(&mut frames, &asked)
                    .await
                    .map_err(|_| Problem::Broken)?;
                let said = VecDeque::new();
                Ok(Self::There { frames, said })
            }
        }
    }

    async fn next(&mut self) -> Step {
        match self {
            // The model may take its time; the server here is watched by itself.
            Self::Here(turn) => match timeout(WELL, turn.next()).await {
                Err(_) => Step::Sign,
                Ok(Some(Ok(event))) => Step::Event(event),
                Ok(Some(Err(failure))) => Step::Failed(failure),
                Ok(None) => Step::Broke,
            },
            Self::There { frames, said } => {
                if said.is_empty() {
                    match passage::read_answer(frames).await {
                        Ok(more) => said.extend(more),
                        Err(_) => return Step::Broke,
                    }
                }
                match said.pop_front() {
                    None => Step::Sign,
                    Some(Said::Event(event)) => Step::Event(event),
                    Some(Said::Failure(failure)) => Step::Failed(failure),
                    Some(Said::Stopped { .. }) => Step::Stopped,
                }
            }
        }
    }
}
