//! One session's task: carries what its machine decides.
//!
//! Reading, writing, the hub's orders and the clock are waited for together, so
//! a side that does not read never keeps this one from hearing, and the other
//! way round. What is under way is bounded in both directions: beyond it the
//! sender here waits, or TCP makes the sender there wait.

use std::{collections::VecDeque, io, time::Duration};

use bytes::{Buf, BytesMut};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf},
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use wire::{
    frame::{Decoder, Frame, Trust},
    machine::session::{Down, Effect, Session},
    msg::session::{ByeReason, Hello},
};

use super::{
    desk::{Desk, Order, Report},
    meter::Meter,
};
use crate::{framed::Framed, transport::BoxedStream};

/// Frames that wait on their way in or out.
const QUEUE: usize = 64;

/// Bytes that wait to be written; one of the longest frames fits beside others.
const UNWRITTEN: usize = 256 * 1024;

/// Somebody who reads nothing for so long is not there.
const STALLED: Duration = Duration::from_secs(20);

/// The last words.
const GOODBYE: Duration = Duration::from_secs(1);

const READ: usize = 8 * 1024;

/// The clock of the machines of `wire`.
pub(super) fn now() -> std::time::Instant {
    Instant::now().into_std()
}

/// Runs a session to its end. `first`: what the other has said already.
pub(super) async fn run(
    framed: Framed,
    hello: &Hello,
    first: Option<Frame>,
    meter: Meter,
    desk: &mut Desk,
) -> Down {
    let (reader, writer) = tokio::io::split(framed.stream);
    let mut session = Running {
        machine: Session::new(hello, now()),
        decoder: framed.decoder,
        writer,
        unwritten: BytesMut::new(),
        unflushed: false,
        silent: false,
        progress: Instant::now(),
        undelivered: VecDeque::new(),
        upper: None,
        outgoing: None,
        doubted: false,
        meter,
    };
    if let Some(frame) = first {
        session.machine.receive(frame, now());
    }
    session.talk(reader, desk).await
}

struct Running {
    machine: Session,
    decoder: Decoder,
    writer: WriteHalf<BoxedStream>,
    unwritten: BytesMut,
    unflushed: bool,
    /// Nothing can be written any more.
    silent: bool,
    /// When something was last written, or there was nothing to write.
    progress: Instant,
    undelivered: VecDeque<Frame>,
    /// To the layers above, once the session is up.
    upper: Option<mpsc::Sender<Frame>>,
    outgoing: Option<mpsc::Receiver<Frame>>,
    doubted: bool,
    meter: Meter,
}

impl Running {
    async fn talk(mut self, mut reader: ReadHalf<BoxedStream>, desk: &mut Desk) -> Down {
        let mut arrived = BytesMut::new();
        // What came together with the greeting is in the decoder already.
        self.take_frames(desk).await;
        loop {
            if let Some(down) = self.carry_out(desk).await {
                self.last_words(down, reader).await;
                return down;
            }
            let caught_up = self.undelivered.is_empty();
            self.machine.set_hearing(caught_up, now());
            let wakes = self
                .machine
                .poll_timeout()
                .map_or_else(Instant::now, Instant::from_std);
            let writing = !self.unwritten.is_empty() || self.unflushed;
            let stalled = self.progress + STALLED;
            let has_room = self.unwritten.len() < UNWRITTEN;
            arrived.reserve(READ);
            tokio::select! {
                order = desk.order() => match order {
                    Order::Probe(patience) => {
                        self.doubted = true;
                        self.machine.probe(patience, now());
                    }
                    Order::Close(reason) => self.machine.close(reason),
                    Order::OpenPairing | Order::Confirm { .. } | Order::CancelPairing => {}
                },
                read = reader.read_buf(&mut arrived), if caught_up => match read {
                    Ok(0) | Err(_) => self.machine.lost(),
                    Ok(_) => {
                        self.decoder.push(&arrived);
                        arrived.clear();
                        self.take_frames(desk).await;
                    }
                },
                wrote = write(&mut self.writer, &mut self.unwritten), if writing => match wrote {
                    Ok(Wrote::Some) => {
                        self.unflushed = true;
                        self.progress = Instant::now();
                    }
                    Ok(Wrote::Everything) => self.unflushed = false,
                    Err(_) => self.fall_silent(),
                },
                frame = next(&mut self.outgoing), if has_room => self.say(&frame),
                delivered = deliver(self.upper.as_ref(), &mut self.undelivered), if !caught_up => {
                    if !delivered {
                        // Nobody above listens any more: the mesh is ending.
                        self.undelivered.clear();
                    }
                }
                () = sleep_until(wakes) => self.machine.handle_timeout(now()),
                () = sleep_until(stalled), if writing => self.machine.close(ByeReason::Silent),
            }
        }
    }

    /// Every whole frame that has arrived. What a frame changes (the cap after
    /// the greeting) holds for the next one already.
    async fn take_frames(&mut self, desk: &Desk) {
        loop {
            if self.machine.is_up() {
                self.decoder.set_trust(Trust::Trusted);
            }
            match self.decoder.next_frame() {
                Ok(Some(frame)) if self.meter.admits(frame.marker) => {
                    self.machine.receive(frame, now());
                }
                Ok(Some(_)) => return self.machine.close(ByeReason::TooLoud),
                Ok(None) => return,
                Err(_) => return self.machine.close(ByeReason::Broken),
            }
            if self.doubted {
                self.doubted = false;
                desk.report(Report::Alive(desk.connection)).await;
            }
        }
    }

    async fn carry_out(&mut self, desk: &Desk) -> Option<Down> {
        let connection = desk.connection;
        while let Some(effect) = self.machine.poll_effect() {
            match effect {
                Effect::Send(frame) => self.say(&frame),
                Effect::Deliver(frame) => self.undelivered.push_back(frame),
                Effect::Met(hello) => desk.report(Report::Met { connection, hello }).await,
                Effect::Up { version } => {
                    let (outbox, outgoing) = mpsc::channel(QUEUE);
                    let (upper, inbox) = mpsc::channel(QUEUE);
                    self.outgoing = Some(outgoing);
                    self.upper = Some(upper);
                    desk.report(Report::Up {
                        connection,
                        version,
                        outbox,
                        inbox,
                    })
                    .await;
                }
                Effect::RoundTrip(trip) => desk.report(Report::RoundTrip(connection, trip)).await,
                Effect::Down(down) => return Some(down),
            }
        }
        None
    }

    /// Writing failed. What the other said before it closed, and why, may
    /// still be on its way in; reading tells how this ends.
    fn fall_silent(&mut self) {
        self.silent = true;
        self.unwritten.clear();
        self.unflushed = false;
    }

    fn say(&mut self, frame: &Frame) {
        if self.silent {
            return;
        }
        if self.unwritten.is_empty() {
            self.progress = Instant::now();
        }
        frame.write(&mut self.unwritten);
    }

    /// A connection that is closed while something unread has arrived is reset,
    /// and a reset overtakes the goodbye. So whoever says it waits a moment for
    /// the other to close.
    async fn last_words(mut self, down: Down, mut reader: ReadHalf<BoxedStream>) {
        let speak = async {
            self.writer.write_all_buf(&mut self.unwritten).await?;
            self.writer.shutdown().await
        };
        let waits = match down {
            Down::Lost => return,
            Down::There(_) | Down::Here(ByeReason::Silent) => false,
            Down::Here(_) => true,
        };
        let _ = timeout(GOODBYE, async {
            speak.await?;
            if waits {
                tokio::io::copy(&mut reader, &mut tokio::io::sink()).await?;
            }
            io::Result::Ok(())
        })
        .await;
    }
}

enum Wrote {
    Some,
    Everything,
}

/// Writes a piece, or flushes what was written. Nothing is lost when the wait
/// is given up.
async fn write(writer: &mut WriteHalf<BoxedStream>, unwritten: &mut BytesMut) -> io::Result<Wrote> {
    if unwritten.has_remaining() {
        match writer.write_buf(unwritten).await? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            _ => Ok(Wrote::Some),
        }
    } else {
        writer.flush().await?;
        Ok(Wrote::Everything)
    }
}

async fn next(outgoing: &mut Option<mpsc::Receiver<Frame>>) -> Frame {
    match outgoing {
        Some(outgoing) => match outgoing.recv().await {
            Some(frame) => frame,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// Hands one frame up; false when nobody is there.
async fn deliver(upper: Option<&mpsc::Sender<Frame>>, frames: &mut VecDeque<Frame>) -> bool {
    let Some(upper) = upper else {
        return false;
    };
    match upper.reserve().await {
        Ok(place) => {
            if let Some(frame) = frames.pop_front() {
                place.send(frame);
            }
            true
        }
        Err(_) => false,
    }
}
