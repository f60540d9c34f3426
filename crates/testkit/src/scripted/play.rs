//! Plays an answer, step by step, into the body of a response.

use std::{collections::VecDeque, io, time::Duration};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use tokio::{
    task::yield_now,
    time::{Instant, sleep, sleep_until},
};

use super::{
    Answer, Pace, Step,
    answer::{Steps, words},
    hand::Reported,
    scene::{Scene, Slot},
};

/// Writes steps in the words of one kind of server.
pub(super) trait Writer: Send + 'static {
    fn text(&mut self, text: &str) -> Bytes;
    fn thinking(&mut self, text: &str) -> Bytes;
    fn call(&mut self, name: &str, arguments: &serde_json::Map<String, serde_json::Value>)
    -> Bytes;
    fn done(&mut self, length: bool, measured: Measured) -> Bytes;
    /// In the middle of an answer.
    fn error(&mut self, words: &str) -> Bytes;
    /// Instead of an answer.
    fn refusal(&mut self, words: &str) -> String;
}

/// What the end of an answer tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    pub(super) load: Duration,
    pub(super) prompt_tokens: u32,
    pub(super) prompt: Duration,
    pub(super) tokens: u32,
    pub(super) decode: Duration,
}

/// What is known before the first step.
#[derive(Debug)]
pub(super) struct Occasion {
    pub(super) last_words: String,
    pub(super) prompt_tokens: u32,
    pub(super) most_tokens: usize,
    pub(super) load: Duration,
    /// Where the answer has no pace of its own.
    pub(super) pace: Pace,
}

/// What is sent back.
pub(super) enum Response {
    Stream(BoxStream<'static, io::Result<Bytes>>),
    Refused(u16, String),
    HangUp,
}

/// Waits until the first step says something: the status depends on it.
pub(super) async fn play(
    scene: Scene,
    slot: Option<Slot>,
    answer: Answer,
    writer: impl Writer,
    occasion: Occasion,
) -> Response {
    let Answer {
        steps,
        pieces,
        pace,
    } = answer;
    let pace = if pace == Pace::default() {
        occasion.pace
    } else {
        pace
    };
    let (source, report) = Source::new(steps, &occasion);
    let mut player = Player {
        source,
        writer,
        pieces,
        pace,
        occasion,
        next_token: None,
        tokens: 0,
        ready: VecDeque::new(),
        begun: false,
        over: false,
        presence: Presence {
            scene,
            report,
            whole: false,
        },
        _slot: slot,
    };
    match player.next().await {
        None => {
            player.presence.ends();
            Response::Stream(stream::empty().boxed())
        }
        Some(Said::Bytes(first)) => {
            let rest = stream::unfold(player, |mut player| async move {
                match player.next().await {
                    Some(Said::Bytes(bytes)) => Some((Ok(bytes), player)),
                    Some(Said::HangUp | Said::Refused(..)) => {
                        // What was said before is sent while nothing more is there.
                        yield_now().await;
                        Some((Err(io::ErrorKind::ConnectionReset.into()), player))
                    }
                    None => {
                        player.presence.ends();
                        None
                    }
                }
            });
            Response::Stream(stream::once(async { Ok(first) }).chain(rest).boxed())
        }
        Some(Said::Refused(status, body)) => {
            player.presence.ends();
            Response::Refused(status, body)
        }
        Some(Said::HangUp) => {
            player.presence.ends();
            Response::HangUp
        }
    }
}

struct Player<W> {
    source: Source,
    writer: W,
    pieces: Option<usize>,
    pace: Pace,
    occasion: Occasion,
    /// When the next token is due.
    next_token: Option<Instant>,
    tokens: u32,
    ready: VecDeque<Bytes>,
    begun: bool,
    over: bool,
    presence: Presence,
    _slot: Option<Slot>,
}

enum Said {
    Bytes(Bytes),
    Refused(u16, String),
    HangUp,
}

enum Source {
    Script(VecDeque<Step>),
    Hand(tokio::sync::mpsc::Receiver<Step>),
}

/// Tells when the client went away before the answer was whole.
struct Presence {
    scene: Scene,
    report: Option<Reported>,
    whole: bool,
}

impl<W: Writer> Player<W> {
    async fn next(&mut self) -> Option<Said> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                self.begun = true;
                return Some(Said::Bytes(bytes));
            }
            if self.over {
                return None;
            }
            let bytes = match self.source.next().await {
                Some(Step::Wait(gate)) => {
                    gate.pass().await;
                    continue;
                }
                Some(Step::Text(text)) => {
                    self.token().await;
                    self.writer.text(&text)
                }
                Some(Step::Thinking(text)) => {
                    self.token().await;
                    self.writer.thinking(&text)
                }
                Some(Step::Call { name, arguments }) => {
                    self.token().await;
                    self.writer.call(&name, &arguments)
                }
                Some(Step::Raw(bytes)) => Bytes::from(bytes),
                Some(Step::Error(words)) if self.begun => {
                    self.over = true;
                    self.writer.error(&words)
                }
                Some(Step::Error(words)) => {
                    return Some(Said::Refused(500, self.writer.refusal(&words)));
                }
                Some(Step::Refuse(status, body)) => return Some(Said::Refused(status, body)),
                Some(Step::HangUp) => return Some(Said::HangUp),
                Some(Step::End) => return None,
                Some(Step::Length) => self.finish(true).await,
                Some(Step::Done) => self.finish(false).await,
                None => match self.source {
                    Source::Script(_) => self.finish(false).await,
                    Source::Hand(_) => return None,
                },
            };
            self.cut(bytes);
        }
    }

    fn cut(&mut self, mut bytes: Bytes) {
        if let Some(pieces) = self.pieces {
            while bytes.len() > pieces {
                self.ready.push_back(bytes.split_to(pieces));
            }
        }
        self.ready.push_back(bytes);
    }

    /// Waits until the next token is due. What comes late does not delay the rest.
    async fn token(&mut self) {
        self.tokens += 1;
        if self.pace.tokens_per_second <= 0.0 && self.pace.prompt_tokens_per_second <= 0.0 {
            return;
        }
        let due = match self.next_token {
            Some(due) => due,
            None => Instant::now() + self.prompt(),
        };
        sleep_until(due).await;
        self.next_token = Some(due + per_token(self.pace.tokens_per_second, Duration::ZERO));
    }

    async fn finish(&mut self, length: bool) -> Bytes {
        self.over = true;
        if self.tokens == 0 {
            sleep(self.prompt()).await;
        }
        // Where nothing takes time, as a small machine would have measured it.
        let nominal = Duration::from_millis(5);
        let measured = Measured {
            load: self.occasion.load,
            prompt_tokens: self.occasion.prompt_tokens,
            prompt: match self.prompt() {
                Duration::ZERO => Duration::from_micros(100) * self.occasion.prompt_tokens,
                time => time,
            },
            tokens: self.tokens,
            decode: per_token(self.pace.tokens_per_second, nominal) * self.tokens,
        };
        self.writer.done(length, measured)
    }

    fn prompt(&self) -> Duration {
        per_token(self.pace.prompt_tokens_per_second, Duration::ZERO) * self.occasion.prompt_tokens
    }
}

fn per_token(speed: f64, otherwise: Duration) -> Duration {
    if speed > 0.0 {
        Duration::from_secs_f64(1.0 / speed)
    } else {
        otherwise
    }
}

impl Source {
    fn new(steps: Steps, occasion: &Occasion) -> (Self, Option<Reported>) {
        let most = occasion.most_tokens;
        let tokens = |words: Vec<String>| {
            let cut = words.len() > most;
            let end = if cut { Step::Length } else { Step::Done };
            let texts = words.into_iter().take(most).map(Step::Text);
            Self::Script(texts.chain([end]).collect())
        };
        match steps {
            Steps::Echo => (tokens(words(&occasion.last_words).collect()), None),
            Steps::Tokens(count) => {
                let words = (1..=count).map(|number| format!(" {number}"));
                (tokens(words.collect()), None)
            }
            Steps::Script(steps) => (Self::Script(steps.into()), None),
            Steps::Hand { steps, report } => (Self::Hand(steps), Some(report)),
        }
    }

    async fn next(&mut self) -> Option<Step> {
        match self {
            Self::Script(steps) => steps.pop_front(),
            Self::Hand(steps) => steps.recv().await,
        }
    }
}

impl Presence {
    fn ends(&mut self) {
        self.whole = true;
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let whole = self.whole;
        self.scene.count(|counts| {
            if whole {
                counts.written += 1;
            } else {
                counts.gone += 1;
            }
        });
        if let Some(report) = &self.report {
            report.send_modify(|state| state.gone = !whole);
        }
    }
}
