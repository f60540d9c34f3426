//! Answers that come piece by piece, on their way to the page.
//!
//! What is there already goes in one message, so that a page that was busy is
//! not told word by word. Nobody listening ends the answer at its source.

use std::pin::pin;

use api::{ApiError, calls::Pieces};
use futures_util::StreamExt as _;
use serde::Serialize;
use serde_json::Value;
use tracing::debug;

/// It only bounds the size of one message.
const BATCH: usize = 128;

/// What a message to the page is made of.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    Piece(Value),
    /// It broke off.
    Error(ApiError),
    /// Always `true`: nothing follows.
    End(bool),
}

/// Ends when the answer does, or when nobody listens any more.
pub(crate) async fn send_pieces(pieces: Pieces, mut send: impl FnMut(Vec<Part>) -> bool) {
    let mut batches = pin!(pieces.ready_chunks(BATCH));
    while let Some(batch) = batches.next().await {
        if !send(batch.into_iter().map(Part::from).collect()) {
            debug!("the page stopped listening to an answer");
            return;
        }
    }
    send(vec![Part::End(true)]);
}

impl From<Result<Value, ApiError>> for Part {
    fn from(piece: Result<Value, ApiError>) -> Self {
        piece.map_or_else(Self::Error, Self::Piece)
    }
}

#[cfg(test)]
mod tests {
    use api::Code;
    use futures_util::stream;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn what_is_there_already_goes_in_one_message_and_the_end_is_told() {
        let pieces = stream::iter([Ok(json!("one")), Ok(json!("two"))]).boxed();
        let mut messages = Vec::new();
        send_pieces(pieces, |message| {
            messages.push(serde_json::to_value(message).unwrap());
            true
        })
        .await;
        let words = json!([{ "piece": "one" }, { "piece": "two" }]);
        assert_eq!(messages, [words, json!([{ "end": true }])]);
    }

    #[tokio::test]
    async fn a_failure_is_told_with_its_code() {
        let failure = ApiError::new(Code::Stopping, []);
        let pieces = stream::iter([Ok(json!("one")), Err(failure.clone())]).boxed();
        let mut parts = Vec::new();
        send_pieces(pieces, |message| {
            parts.extend(message);
            true
        })
        .await;
        let expected = [
            Part::Piece(json!("one")),
            Part::Error(failure),
            Part::End(true),
        ];
        assert_eq!(parts, expected);
    }

    #[tokio::test]
    async fn nothing_more_is_asked_for_once_nobody_listens() {
        // A stream that never ends: only the refusal to listen can end this.
        let pieces = stream::repeat_with(|| Ok(json!("word"))).boxed();
        let mut messages = 0;
        send_pieces(pieces, |_| {
            messages += 1;
            messages < 3
        })
        .await;
        assert_eq!(messages, 3);
    }
}
