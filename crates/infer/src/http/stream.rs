use std::{collections::VecDeque, pin::Pin};

use futures_util::stream::{self, BoxStream, StreamExt as _};
use reqwest::Response;

use super::broken_off;
use crate::{Failure, failure::Limit};

/// Everything that one answer may bring, its wrapping included: some million
/// tokens, each with a hundred bytes around it.
const LARGEST_ANSWER: u64 = 1024 * 1024 * 1024;

/// Makes sense of the bytes of an answer, however they are cut into pieces.
pub(crate) trait Decoder: Send + 'static {
    type Item: Send;

    /// Takes one piece and puts what it completes into `ready`.
    fn take(&mut self, piece: &[u8], ready: &mut VecDeque<Self::Item>) -> Result<(), Failure>;

    /// The server said nothing more. What may still be in the last line goes
    /// into `ready`.
    fn end(&mut self, ready: &mut VecDeque<Self::Item>) -> Result<(), Failure>;

    /// Whether this is the last thing that a whole answer has.
    fn is_last(item: &Self::Item) -> bool;
}

type Asked = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send>>;

/// Reads an answer as it is wanted: nothing is asked before the first look, and
/// only what the last piece brought waits here. Ends after the last item or the
/// first failure; an answer that simply ends broke off.
pub(crate) fn read<D: Decoder>(
    asked: impl Future<Output = Result<Response, Failure>> + Send + 'static,
    decoder: D,
) -> BoxStream<'static, Result<D::Item, Failure>> {
    let reading = Reading {
        source: Source::Asked(Box::pin(asked)),
        decoder,
        ready: VecDeque::new(),
        bytes: 0,
        failed: None,
    };
    stream::unfold(reading, |mut reading| async move {
        let item = reading.next().await?;
        Some((item, reading))
    })
    .boxed()
}

struct Reading<D: Decoder> {
    source: Source,
    decoder: D,
    ready: VecDeque<D::Item>,
    bytes: u64,
    /// Told after what came before it.
    failed: Option<Failure>,
}

enum Source {
    Asked(Asked),
    Answering(Box<Response>),
    /// Closed: the connection is gone.
    Over,
}

impl<D: Decoder> Reading<D> {
    async fn next(&mut self) -> Option<Result<D::Item, Failure>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                if D::is_last(&item) {
                    self.ready.clear();
                    self.failed = None;
                    self.source = Source::Over;
                }
                return Some(Ok(item));
            }
            if let Some(failure) = self.failed.take() {
                self.source = Source::Over;
                return Some(Err(failure));
            }
            match &mut self.source {
                Source::Over => return None,
                Source::Asked(asked) => match asked.await {
                    Ok(response) => self.source = Source::Answering(Box::new(response)),
                    Err(failure) => self.failed = Some(failure),
                },
                Source::Answering(response) => {
                    let piece = response.chunk().await;
                    if let Err(failure) = self.digest(piece) {
                        self.failed = Some(failure);
                    }
                }
            }
        }
    }

    fn digest(&mut self, piece: reqwest::Result<Option<bytes::Bytes>>) -> Result<(), Failure> {
        match piece {
            Ok(Some(piece)) => {
                self.bytes += piece.len() as u64;
                if self.bytes > LARGEST_ANSWER {
                    return Err(Failure::AnswerTooLong {
                        limit: Limit::Bytes,
                    });
                }
                self.decoder.take(&piece, &mut self.ready)
            }
            Ok(None) => {
                self.decoder.end(&mut self.ready)?;
                Err(Failure::BrokeOff {
                    reason: "it ended before it was done".to_owned(),
                })
            }
            Err(error) => Err(broken_off(&error)),
        }
    }
}
