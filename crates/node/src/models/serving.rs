//! One question of another machine, answered here.

use std::{sync::Arc, time::Duration};

use infer::{
    Backend, Event, Failure, KeepAlive, ModelCard, ModelName, Reach, Statistics,
    turn::{Limits, Turn},
    watcher::{Seen, View},
};
use mesh::{Framed, hub::PeerStream};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::debug;
use wire::{DeviceId, msg::llm::SIGN_OF_LIFE_MS};

use super::passage::{self, Asked, Said, Stopped, Unreadable};
use crate::store::Scope;

/// Ticket of the line in front of this machine's models.
pub(super) type Ticket = infer::queue::Ticket<DeviceId>;

/// Words that come faster are said together: nobody reads sooner than this.
const TOGETHER: Duration = Duration::from_millis(30);

const SIGN_OF_LIFE: Duration = Duration::from_millis(SIGN_OF_LIFE_MS);

/// Whoever does not take its answer for longer does not want it.
const TAKES: Duration = Duration::from_secs(30);

/// What is answered, and within which limits.
pub(super) struct Serving {
    pub(super) ticket: Ticket,
    pub(super) stream: PeerStream,
    pub(super) seen: Seen,
    pub(super) models: Scope,
    pub(super) most_tokens: u32,
    /// How long a model stays in memory is for its owner to say.
    pub(super) keep: Option<KeepAlive>,
    pub(super) reports: mpsc::Sender<Report>,
    /// The owner ends it.
    pub(super) stop: CancellationToken,
}

/// What is told of an answer that is written here, for whomever.
#[derive(Debug)]
pub(super) enum Report {
    /// The question was read, and goes to this model.
    Began {
        ticket: Ticket,
        model: crate::router::model::ModelName,
    },
    Wrote {
        ticket: Ticket,
        tokens: u64,
    },
    Ended {
        ticket: Ticket,
        tokens: u64,
        measured: Option<Measured>,
    },
}

/// What the model server said of its own speed.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) model: crate::router::model::ModelName,
    pub(super) statistics: Statistics,
}

/// A model of this machine, and who serves it.
pub(super) struct Found {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) name: ModelName,
    pub(super) bytes: u64,
}

/// How far a question may go from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// Not out of this network, whatever a server is called.
    Lan,
    /// Whoever asked agreed to more.
    Anywhere,
}

/// The model that is meant by a name, where it can be asked for now. The same
/// model may be at several servers: the nearest is asked.
pub(super) fn find(
    seen: &Seen,
    name: &crate::router::model::ModelName,
    within: Within,
) -> Option<Found> {
    let having = seen.iter().filter_map(|(_, view)| {
        let is_meant = |card: &&ModelCard| {
            card.name.as_str().parse().as_ref() == Ok(name) && view.model(&card.name).is_some()
        };
        let card = view.models.iter().find(is_meant)?;
        Some((leaves_lan(view, card), view, card))
    });
    let allowed = having.filter(|(leaves, ..)| within == Within::Anywhere || !leaves);
    let (_, view, card) = allowed.min_by_key(|(leaves, view, _)| (*leaves, view.reach))?;
    Some(Found {
        backend: Arc::clone(&view.backend),
        name: card.name.clone(),
        bytes: card.size.unwrap_or_default(),
    })
}

/// Whether what is asked of a model there leaves the local network.
pub(super) fn leaves_lan(view: &View, card: &ModelCard) -> bool {
    view.reach == Reach::Beyond || card.elsewhere.is_some()
}

pub(super) async fn serve(serving: Serving) {
    let Serving {
        ticket,
        stream,
        seen,
        models,
        most_tokens,
        keep,
        reports,
        stop,
    } = serving;
    let mut answer = Answer {
        frames: stream.frames,
        said: Vec::new(),
        last: Instant::now(),
        tokens: 0,
        counted: (ticket, reports.clone()),
    };
    let asked = async {
        let Asked::Chat(mut chat) = passage::read_question(&mut answer.frames).await?;
        let meant = chat.model.as_str().parse().ok();
        let found = meant
            .filter(|name| is_allowed(&models, name))
            .and_then(|name| Some((find(&seen, &name, Within::Lan)?, name)));
        let Some((found, model)) = found else {
            let words = chat.model.as_str().to_owned();
            answer
                .end(Said::Failure(Failure::ModelUnknown { words }))
                .await?;
            return Ok(None);
        };
        chat.model = found.name;
        let began = Report::Began {
            ticket,
            model: model.clone(),
        };
        // Whoever counts is gone only at the end of the node.
        let _ = reports.send(began).await;
        chat.options.cap_tokens(most_tokens);
        chat.keep_alive = keep;
        let limits = Limits {
            tokens: most_tokens,
            ..Limits::default()
        };
        let turn = Turn::new(found.backend.chat(*chat), limits);
        let statistics = answer.write(turn, &stop).await?;
        Ok::<_, Unreadable>(statistics.map(|statistics| Measured { model, statistics }))
    };
    let measured = asked.await.unwrap_or_else(|error| {
        debug!(%error, "an answer for another machine was not finished");
        None
    });
    let ended = Report::Ended {
        ticket,
        tokens: answer.tokens,
        measured,
    };
    // Whoever counted is gone only at the end of the node.
    let _ = reports.send(ended).await;
}

/// An answer on its way to another machine.
struct Answer {
    frames: Framed,
    /// What waits to be said.
    said: Vec<Said>,
    /// When something was said last.
    last: Instant,
    tokens: u64,
    counted: (Ticket, mpsc::Sender<Report>),
}

impl Answer {
    /// Until it is complete, the other goes away or the owner ends it. Answers
    /// what the model server measured.
    async fn write(
        &mut self,
        mut turn: Turn,
        stop: &CancellationToken,
    ) -> Result<Option<Statistics>, Unreadable> {
        loop {
            let due = if self.said.is_empty() {
                self.last + SIGN_OF_LIFE
            } else {
                self.last + TOGETHER
            };
            tokio::select! {
                () = stop.cancelled() => {
                    self.end(Said::Stopped { stopped: Stopped::ByOwner }).await?;
                    return Ok(None);
                }
                event = turn.next() => match event {
                    Some(Ok(Event::Done(done))) => {
                        self.end(Said::Event(Event::Done(done))).await?;
                        return Ok(turn.report().statistics);
                    }
                    Some(Ok(event)) => {
                        self.tokens += 1;
                        passage::add(&mut self.said, event);
                    }
                    Some(Err(failure)) => {
                        self.end(Said::Failure(failure)).await?;
                        return Ok(None);
                    }
                    None => return Ok(None),
                },
                () = sleep_until(due) => self.flush().await?,
                // Nothing more is asked over this stream; it is read to hear its end.
                heard = self.frames.read() => drop(heard?),
            }
        }
    }

    async fn flush(&mut self) -> Result<(), Unreadable> {
        let frame = passage::answer_frame(&self.said)?;
        self.said.clear();
        timeout(TAKES, self.frames.write(&frame))
            .await
            .map_err(|_| Unreadable::Late)??;
        self.last = Instant::now();
        let (ticket, reports) = &self.counted;
        // Counting is not worth waiting for.
        let _ = reports.try_send(Report::Wrote {
            ticket: *ticket,
            tokens: self.tokens,
        });
        Ok(())
    }

    async fn end(&mut self, last: Said) -> Result<(), Unreadable> {
        self.said.push(last);
        self.flush().await?;
        self.frames.finish().await?;
        Ok(())
    }
}

pub(super) fn is_allowed(models: &Scope, name: &crate::router::model::ModelName) -> bool {
    match models {
        Scope::All => true,
        Scope::Only(names) => names
            .iter()
            .any(|allowed| allowed.parse().as_ref() == Ok(name)),
    }
}

#[cfg(test)]
mod tests {
    use infer::{
        Place,
        ollama::Ollama,
        watcher::{BackendId, Watcher},
    };
    use testkit::scripted::{Model, Server};

    use super::*;

    #[tokio::test]
    async fn what_may_not_leave_the_network_is_never_asked_beyond_it() {
        let (far, near) = (Server::start(), Server::start());
        let watcher = Watcher::start();
        let id = |name| BackendId::parse(name).unwrap();
        // The far one comes first in every list.
        for (name, server, reach) in [("a", &far, Reach::Beyond), ("b", &near, Reach::Lan)] {
            server.add(Model::new("tiny:latest").size(1, "1M"));
            let place = Place::parse(&server.url()).unwrap();
            let ollama = Ollama::new(place, Reach::ThisMachine).unwrap();
            watcher
                .handle()
                .add(id(name), Arc::new(ollama), reach)
                .await;
        }
        far.add(Model::new("huge:latest"));
        near.add(Model::new("cloud:latest").runs_at("https://ollama.com:443"));
        let mut seen = watcher.handle().watch();
        let models = |seen: &Seen| {
            seen.iter()
                .map(|(_, view)| view.models.len())
                .sum::<usize>()
        };
        let seen = seen
            .wait_for(|seen| models(seen) == 4)
            .await
            .unwrap()
            .clone();
        let place = |name: &str, within| {
            let found = find(&seen, &name.parse().unwrap(), within)?;
            found.backend.address()
        };
        for within in [Within::Lan, Within::Anywhere] {
            assert_eq!(
                place("tiny", within),
                Some(near.url()),
                "the nearest is asked"
            );
        }
        for (model, server) in [("huge", &far), ("cloud", &near)] {
            assert_eq!(place(model, Within::Lan), None, "{model}");
            assert_eq!(place(model, Within::Anywhere), Some(server.url()));
        }
    }
}
