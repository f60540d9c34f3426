use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use futures_util::{Stream, stream};
use node::{
    config::{self, Decimal},
    models::{
        Answering, Chat, DoneReason, Ended, Image, Message, Options, Piece, Question, Role, Said,
        ServerModel, Statistics,
    },
    router::{
        Conversation, Where,
        why::{FailureReason, Fate, Problem},
    },
};

use crate::{
    Api, ApiError, Code,
    dto::{
        AnswerFigures, AnswerPlace, Candidate, Carry, ChatAsk, ChatOptions, ChatPiece,
        ChatReadiness, ChatRole, Estimate, Tried, Why,
    },
};

/// Characters of the name of a conversation: an id of any kind.
const MOST_NAME: usize = 128;

pub(crate) async fn readiness(api: &Api, (): ()) -> Result<ChatReadiness, ApiError> {
    let readiness = api.node.readiness().await;
    Ok(ChatReadiness {
        ready: readiness.ready,
        reasons: readiness.obstacles.iter().map(Into::into).collect(),
    })
}

pub(crate) async fn ask(
    api: &Api,
    wanted: ChatAsk,
) -> Result<impl Stream<Item = ChatPiece> + Send + 'static, ApiError> {
    let question = question(api, wanted)?;
    let answering = api
        .node
        .models()
        .ask(question)
        .await
        .map_err(|_| ApiError::new(Code::Stopping, []))?;
    let course = Course {
        api: api.clone(),
        answering: Some(answering),
        text: String::new(),
        asked: Instant::now(),
        first_word: None,
        from: None,
    };
    Ok(stream::unfold(course, |mut course| async {
        let piece = course.next().await?;
        Some((piece, course))
    }))
}

fn question(api: &Api, wanted: ChatAsk) -> Result<Question, ApiError> {
    let place = match wanted.place.as_str() {
        "auto" => Where::Auto,
        "here" | "local" => Where::Here,
        machine => {
            let found = api.node.neighbours().find(machine);
            let peer = found.map_err(node::neighbours::NeighbourError::Find)?;
            Where::On(peer.device)
        }
    };
    let named = |name: &String| {
        let wrong = || ApiError::new(Code::ModelNameWrong, [("name", name.clone())]);
        name.parse().map_err(|_| wrong())
    };
    let messages = wanted
        .messages
        .into_iter()
        .map(|message| -> Result<_, ApiError> {
            let role = match message.role {
                ChatRole::System => Role::System,
                ChatRole::User => Role::User,
                ChatRole::Assistant => Role::Assistant,
            };
            let images = message.images.into_iter().map(Image::parse);
            Ok(Message {
                images: images
                    .collect::<Result<_, _>>()
                    .map_err(|what| too_large(&what))?,
                ..Message::new(role, message.content)
            })
        });
    let conversation = wanted.conversation.as_deref();
    if conversation.is_some_and(|name| name.chars().count() > MOST_NAME) {
        return Err(too_large(&"the name of the conversation"));
    }
    // The place that answers puts its own name for the model here.
    let unnamed =
        ServerModel::parse("auto").map_err(|error| ApiError::internal(&error.to_string()))?;
    let mut chat = Chat::new(unnamed, messages.collect::<Result<_, _>>()?);
    chat.options = options(&wanted.options, &api.node.config().models);
    if chat.messages.is_empty() {
        return Err(ApiError::new(Code::NothingAsked, []));
    }
    chat.check().map_err(|what| too_large(&what))?;
    Ok(Question {
        chat,
        model: wanted.model.as_ref().map(named).transpose()?,
        place,
        conversation: conversation.map(Conversation::named),
        may_leave_lan: wanted.may_leave_lan,
    })
}

fn too_large(what: &impl std::fmt::Display) -> ApiError {
    ApiError::new(Code::QuestionTooLarge, [("what", what.to_string())])
}

/// What is not said goes by the settings, and what they leave open by the model.
fn options(wanted: &ChatOptions, usual: &config::Models) -> Options {
    let top_k = wanted.top_k.or(usual.top_k.map(NonZeroU32::get));
    Options {
        temperature: wanted.temperature.or(usual.temperature.map(Decimal::get)),
        top_k: top_k.map(i64::from),
        top_p: wanted.top_p.or(usual.top_p.map(Decimal::get)),
        num_ctx: wanted.context.or(usual.context.map(NonZeroU32::get)),
        num_predict: wanted.most_tokens.map(i64::from),
        ..Options::default()
    }
}

/// An answer on its way out.
struct Course {
    api: Api,
    /// Gone with the last piece.
    answering: Option<Answering>,
    text: String,
    asked: Instant,
    first_word: Option<Duration>,
    from: Option<AnswerPlace>,
}

impl Course {
    async fn next(&mut self) -> Option<ChatPiece> {
        loop {
            let piece = self.answering.as_mut()?.next().await;
            let Some(piece) = piece else {
                self.answering = None;
                let error = ApiError::new(Code::Stopping, []);
                let why = Why::default();
                return Some(ChatPiece::Failed { error, why });
            };
            if let Some(piece) = self.piece(piece) {
                return Some(piece);
            }
        }
    }

    fn piece(&mut self, piece: Piece) -> Option<ChatPiece> {
        Some(match piece {
            Piece::Waits(lines) => {
                let line = lines.first()?;
                ChatPiece::Waits {
                    machine: self.api.name_of(line.device),
                    ahead: u32::try_from(line.ahead).unwrap_or(u32::MAX),
                    eta_ms: millis(line.eta),
                }
            }
            Piece::Begins {
                device,
                model,
                carry,
                kept,
                why,
            } => {
                self.text.truncate(kept);
                let from = AnswerPlace {
                    machine: device.to_string(),
                    name: self.api.name_of(device),
                    this_machine: device == self.api.node.identity().device_id(),
                    model: model.as_str().to_owned(),
                };
                self.from = Some(from.clone());
                ChatPiece::Begins {
                    from,
                    carry: match carry {
                        node::router::Carry::Nothing => Carry::Nothing,
                        node::router::Carry::Continue => Carry::Continue,
                        node::router::Carry::Restart => Carry::Restart,
                    },
                    kept: self.text.clone(),
                    why: self.why(&why),
                }
            }
            Piece::Event(Said::Text { text }) => {
                self.first_word.get_or_insert_with(|| self.asked.elapsed());
                self.text.push_str(&text);
                ChatPiece::Text { text }
            }
            Piece::Event(Said::Thinking { text }) => {
                self.first_word.get_or_insert_with(|| self.asked.elapsed());
                ChatPiece::Thinking { text }
            }
            // No tools are offered over this call.
            Piece::Event(Said::ToolCall { .. } | Said::Done(_)) => return None,
            Piece::Ended(ended) => {
                self.answering = None;
                self.ended(ended)
            }
        })
    }

    fn ended(&mut self, ended: Ended) -> ChatPiece {
        match ended {
            Ended::Complete { done, why, device } => ChatPiece::Done {
                from: self.from.take().unwrap_or_else(|| AnswerPlace {
                    machine: device.to_string(),
                    name: self.api.name_of(device),
                    this_machine: false,
                    model: String::new(),
                }),
                cut: done.reason == DoneReason::Length,
                figures: self.figures(&done.statistics),
                why: self.why(&why),
            },
            Ended::Nobody(failure) => {
                let code = match failure.reason {
                    FailureReason::NobodyLeft => Code::NobodyAnswers,
                    FailureReason::WaitedTooLong => Code::WaitedTooLong,
                    FailureReason::TooManyHere => Code::TooManyQuestions,
                };
                ChatPiece::Failed {
                    error: ApiError::new(code, []),
                    why: self.why(&failure.why),
                }
            }
            Ended::Refused { device, failure } => ChatPiece::Failed {
                error: ApiError::new(
                    Code::AnswerRefused,
                    [
                        ("machine", self.api.name_of(device)),
                        ("reason", failure.to_string()),
                    ],
                ),
                why: Why::default(),
            },
        }
    }

    fn figures(&self, told: &Statistics) -> AnswerFigures {
        AnswerFigures {
            tokens: told.decode.map(|phase| phase.tokens),
            tokens_per_second: told.decode.and_then(|phase| phase.speed()),
            prompt_tokens: told.prompt.map(|phase| phase.tokens),
            load_ms: told.load.map(millis),
            first_word_ms: self.first_word.map(millis),
            total_ms: millis(self.asked.elapsed()),
        }
    }

    fn why(&self, why: &node::router::why::Why) -> Why {
        Why {
            model: why.model.as_ref().map(ToString::to_string),
            rule: why.rule.map(word),
            candidates: why
                .candidates
                .iter()
                .map(|candidate| {
                    let (estimate, dropped) = match &candidate.fate {
                        Fate::Scored { estimate, .. } => (Some(*estimate), None),
                        Fate::Dropped { reason } => (None, Some(tag(reason, "why"))),
                    };
                    Candidate {
                        machine: candidate.device.to_string(),
                        name: self.api.name_of(candidate.device),
                        model: candidate.model.as_ref().map(ToString::to_string),
                        chosen: why.chosen == Some(candidate.device),
                        estimate: estimate.map(|estimate| Estimate {
                            total: estimate.total,
                            wait: estimate.wait,
                            load: estimate.load,
                            prefill: estimate.prefill,
                            decode: estimate.decode,
                        }),
                        dropped,
                    }
                })
                .collect(),
            tried: why
                .tried
                .iter()
                .map(|tried| Tried {
                    machine: tried.device.to_string(),
                    name: self.api.name_of(tried.device),
                    problem: match &tried.problem {
                        Problem::Refused { refused } => word(refused),
                        problem @ (Problem::NoAnswer
                        | Problem::Silent
                        | Problem::Broken
                        | Problem::Backend { .. }
                        | Problem::Stopped) => tag(problem, "problem"),
                    },
                    words: match &tried.problem {
                        Problem::Backend { message } => Some(message.clone()),
                        Problem::NoAnswer
                        | Problem::Refused { .. }
                        | Problem::Silent
                        | Problem::Broken
                        | Problem::Stopped => None,
                    },
                })
                .collect(),
        }
    }
}

/// The word that a plain case is written as.
fn word(case: impl serde::Serialize) -> String {
    let value = serde_json::to_value(case).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The word that tells a case apart from others.
fn tag(case: &impl serde::Serialize, name: &str) -> String {
    let value = serde_json::to_value(case).unwrap_or_default();
    let word = value.get(name).and_then(|word| word.as_str());
    word.unwrap_or_default().to_owned()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
