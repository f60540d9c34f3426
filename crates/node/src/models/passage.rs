//! Questions and answers as frames of a stream between two machines.
//!
//! A question is JSON in `GENQ:` frames, ended by an empty one. The answer is
//! `GENA:` frames, each a JSON list of what was said meanwhile; an empty frame
//! says that somebody is there. The last one holds [`Event::Done`] or a
//! [`Failure`]; a stream that ends without it broke off, and closing it ends the
//! answer.

use std::time::Duration;

use bytes::Bytes;
use infer::{Chat, Event, Failure, largest};
use mesh::{Framed, FramedError};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use wire::{
    frame::{Frame, Marker},
    limits::FRAME_IN_SESSION,
    msg::llm::MOST_PIECES,
};

/// One piece at a time is written while others are read, so pieces stay well
/// below what a frame may hold.
const PIECE: usize = 256 * 1024;

/// The whole question must arrive in this time: it lies ready where it comes from.
const QUESTION_TIME: Duration = Duration::from_secs(60);

/// What is asked over a stream. Newer builds may ask for more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asked {
    Chat(Box<Chat>),
}

/// What is said over a stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Said {
    Event(Event),
    Failure(Failure),
    Stopped { stopped: Stopped },
}

/// Who ended an answer that could have gone on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stopped {
    ByOwner,
    /// A newer build's reason.
    #[serde(other)]
    Unknown,
}

/// Why a question could not be read, or an answer not.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(transparent)]
    Stream(#[from] FramedError),
    #[error("it did not arrive in time")]
    Late,
    #[error("larger than allowed")]
    TooLarge,
    #[error("not understood: {0}")]
    Nonsense(String),
}

pub(super) async fn write_question(frames: &mut Framed, asked: &Asked) -> Result<(), Unreadable> {
    let text = serde_json::to_vec(asked).map_err(|error| nonsense(&error))?;
    if text.len() > largest::BODY {
        return Err(Unreadable::TooLarge);
    }
    let mut text = Bytes::from(text);
    while !text.is_empty() {
        let piece = text.split_to(PIECE.min(text.len()));
        frames.write(&Frame::new(Marker::Question, piece)).await?;
    }
    frames
        .write(&Frame::new(Marker::Question, Bytes::new()))
        .await?;
    Ok(())
}

pub(super) async fn read_question(frames: &mut Framed) -> Result<Asked, Unreadable> {
    let whole = async {
        let mut text = Vec::new();
        let most = usize::try_from(FRAME_IN_SESSION).unwrap_or(usize::MAX);
        let most = largest::BODY.min(most.saturating_mul(MOST_PIECES));
        loop {
            let frame = frames.read().await?;
            if frame.marker != Marker::Question {
                continue;
            }
            if frame.payload.is_empty() {
                return Ok(text);
            }
            if text.len() + frame.payload.len() > most {
                return Err(Unreadable::TooLarge);
            }
            text.extend_from_slice(&frame.payload);
        }
    };
    let text = timeout(QUESTION_TIME, whole)
        .await
        .unwrap_or(Err(Unreadable::Late))?;
    let asked: Asked = serde_json::from_slice(&text).map_err(|error| nonsense(&error))?;
    let Asked::Chat(chat) = &asked;
    chat.check().map_err(|_| Unreadable::TooLarge)?;
    Ok(asked)
}

/// Nothing said is a sign of life.
pub(super) fn answer_frame(said: &[Said]) -> Result<Frame, Unreadable> {
    let text = if said.is_empty() {
        Vec::new()
    } else {
        serde_json::to_vec(said).map_err(|error| nonsense(&error))?
    };
    Ok(Frame::new(Marker::Answer, text))
}

/// What the next frame says.
pub(super) async fn read_answer(frames: &mut Framed) -> Result<Vec<Said>, Unreadable> {
    loop {
        let frame = frames.read().await?;
        if frame.marker != Marker::Answer {
            continue;
        }
        if frame.payload.is_empty() {
            return Ok(Vec::new());
        }
        return serde_json::from_slice(&frame.payload).map_err(|error| nonsense(&error));
    }
}

/// Joins what belongs together, so that a frame says it once.
pub(super) fn add(said: &mut Vec<Said>, event: Event) {
    match (said.last_mut(), event) {
        (Some(Said::Event(Event::Text { text })), Event::Text { text: more })
        | (Some(Said::Event(Event::Thinking { text })), Event::Thinking { text: more }) => {
            text.push_str(&more);
        }
        (_, event) => said.push(Said::Event(event)),
    }
}

fn nonsense(error: &serde_json::Error) -> Unreadable {
    Unreadable::Nonsense(error.to_string())
}

#[cfg(test)]
mod tests {
    use infer::{Done, DoneReason, Limit, Statistics};

    use super::*;

    fn text(text: &str) -> Event {
        Event::Text {
            text: text.to_owned(),
        }
    }

    #[test]
    fn what_belongs_together_is_said_once() {
        let mut said = Vec::new();
        let thinking = Event::Thinking {
            text: "hm".to_owned(),
        };
        for event in [thinking.clone(), thinking, text("a"), text("b")] {
            add(&mut said, event);
        }
        let frame = answer_frame(&said).unwrap();
        let written = str::from_utf8(&frame.payload).unwrap();
        assert_eq!(
            written,
            r#"[{"event":"thinking","text":"hmhm"},{"event":"text","text":"ab"}]"#
        );
    }

    #[test]
    fn an_end_is_read_as_what_it_is() {
        let done = Said::Event(Event::Done(Done {
            reason: DoneReason::Stop,
            statistics: Statistics::default(),
        }));
        let failed = Said::Failure(Failure::AnswerTooLong { limit: Limit::Time });
        for said in [done, failed] {
            let written = serde_json::to_string(&said).unwrap();
            let read: Said = serde_json::from_str(&written).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), written);
            assert_eq!(
                matches!(read, Said::Failure(_)),
                matches!(said, Said::Failure(_))
            );
        }
    }
}
