//! Frames over a channel, one after the other: for greetings, pairing, and
//! streams that carry one thing.

use std::io;

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::OwnedSemaphorePermit,
};
use wire::frame::{Decoder, Frame, FrameError, Trust};

use crate::transport::BoxedStream;

/// A greeting fits, and a stream of bulk data is not slowed down much.
const READ: usize = 8 * 1024;

/// Reads and writes whole frames.
pub struct Framed {
    pub(crate) stream: BoxedStream,
    pub(crate) decoder: Decoder,
    buffer: BytesMut,
    /// Given back when this ends.
    place: Option<OwnedSemaphorePermit>,
}

#[derive(Debug, thiserror::Error)]
pub enum FramedError {
    #[error("the connection ended")]
    Ended,
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    #[error("the other side broke the protocol: {0}")]
    Frame(#[from] FrameError),
}

impl Framed {
    pub(crate) fn new(stream: BoxedStream) -> Self {
        Self {
            stream,
            decoder: Decoder::new(Trust::Stranger),
            buffer: BytesMut::new(),
            place: None,
        }
    }

    /// Takes up a place for as long as it lasts.
    pub(crate) fn occupy(&mut self, place: Option<OwnedSemaphorePermit>) {
        self.place = place;
    }

    pub(crate) fn trust(&mut self) {
        self.decoder.set_trust(Trust::Trusted);
    }

    /// The next frame. Nothing is lost when the wait is given up.
    pub async fn read(&mut self) -> Result<Frame, FramedError> {
        loop {
            if let Some(frame) = self.decoder.next_frame()? {
                return Ok(frame);
            }
            self.buffer.reserve(READ);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(FramedError::Ended);
            }
            self.decoder.push(&self.buffer);
            self.buffer.clear();
        }
    }

    /// Writes a frame and waits until the system has it.
    pub async fn write(&mut self, frame: &Frame) -> Result<(), FramedError> {
        let mut bytes = BytesMut::new();
        frame.write(&mut bytes);
        self.stream.write_all(&bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    /// Tells the other side that nothing follows.
    pub async fn finish(&mut self) -> Result<(), FramedError> {
        self.stream.shutdown().await?;
        Ok(())
    }
}

impl std::fmt::Debug for Framed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Framed")
    }
}
