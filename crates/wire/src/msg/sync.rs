//! How two machines bring their rooms in step: `SYNC:` frames say what there is
//! and what is missing, `OPSB:` frames carry the ops.
//!
//! Equal [`Sync::Root`]s cost 32 bytes and end it. Else buckets say where the
//! rooms differ, rooms which, [`Sync::Heads`] by what, and [`Sync::Want`] fetches
//! it. What is written while a session is up is pushed without being asked for.
//! The first byte of either frame is the version of its bytes.

use crate::{
    frame::{Frame, Marker},
    id::DeviceId,
    limits,
    room::{BadBytes, OpHash, Reader, RoomId, Run, Writer},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sync {
    /// All rooms that the two share, in one number.
    Root { digest: [u8; 32] },
    /// The same for each first byte of a room's name.
    Buckets { digests: Box<[Digest; BUCKETS]> },
    /// The rooms of one bucket.
    Rooms {
        bucket: u8,
        rooms: Vec<(RoomId, Digest)>,
    },
    /// How far each chain of a room goes here.
    Heads {
        room: RoomId,
        heads: Vec<Head>,
        /// The other says its own in turn.
        answer: bool,
    },
    /// Asks for ops.
    Want { room: RoomId, ranges: Vec<Range> },
    /// Up to here everything is on the disk of the one who says it.
    Have {
        room: RoomId,
        stored: Vec<(DeviceId, u64)>,
    },
    /// Asks for the runs before and with this op, without their bodies: the two
    /// chains of one device differ.
    Trace {
        room: RoomId,
        author: DeviceId,
        seq: u64,
    },
    /// Two runs of one device that exclude each other.
    Forked {
        room: RoomId,
        one: Box<Run>,
        other: Box<Run>,
    },
    /// The hearer's person was added to a room. The title is for showing.
    Offer { room: RoomId, title: String },
}

pub type Digest = [u8; 16];

pub const BUCKETS: usize = 256;

/// The last op of a chain, and the number from which on the chain does not count
/// because its author wrote two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    pub author: DeviceId,
    pub seq: u64,
    pub hash: OpHash,
    pub frozen: bool,
}

/// Ops of one author, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    pub author: DeviceId,
    pub from: u64,
    pub to: u64,
}

/// Ops of one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub room: RoomId,
    pub reason: Reason,
    pub runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Just written.
    Pushed,
    /// An answer to [`Sync::Want`], and more of it follows.
    Wanted,
    /// The end of such an answer.
    WantedLast,
    /// An answer to [`Sync::Trace`].
    Traced,
}

/// Chains in one room, and ranges in one want: so many fit into a frame.
pub const CHAINS_MOST: usize = 4096;

/// Rooms in one bucket; a frame holds them.
pub const ROOMS_MOST: usize = 20_000;

pub const TITLE_BYTES: usize = 1024;

/// Runs in a batch, each at least a signature long.
const RUNS_MOST: usize = 8192;

const VERSION: u8 = 1;

impl Sync {
    pub fn to_frame(&self) -> Frame {
        let mut out = Writer::default();
        out.u8(VERSION).u8(self.number());
        match self {
            Self::Root { digest } => {
                out.raw(digest);
            }
            Self::Buckets { digests } => {
                for digest in digests.iter() {
                    out.raw(digest);
                }
            }
            Self::Rooms { bucket, rooms } => {
                out.u8(*bucket).count(rooms.len());
                for (room, digest) in rooms {
                    out.raw(room.as_bytes()).raw(digest);
                }
            }
            Self::Heads {
                room,
                heads,
                answer,
            } => {
                out.raw(room.as_bytes())
                    .u8(u8::from(*answer))
                    .count(heads.len());
                for head in heads {
                    out.raw(head.author.as_bytes())
                        .u64(head.seq)
                        .raw(head.hash.as_bytes())
                        .u8(u8::from(head.frozen));
                }
            }
            Self::Want { room, ranges } => {
                out.raw(room.as_bytes()).count(ranges.len());
                for range in ranges {
                    out.raw(range.author.as_bytes())
                        .u64(range.from)
                        .u64(range.to);
                }
            }
            Self::Have { room, stored } => {
                out.raw(room.as_bytes()).count(stored.len());
                for (author, seq) in stored {
                    out.raw(author.as_bytes()).u64(*seq);
                }
            }
            Self::Trace { room, author, seq } => {
                out.raw(room.as_bytes()).raw(author.as_bytes()).u64(*seq);
            }
            Self::Forked { room, one, other } => {
                out.raw(room.as_bytes());
                one.write(&mut out);
                other.write(&mut out);
            }
            Self::Offer { room, title } => {
                out.raw(room.as_bytes()).block(title.as_bytes());
            }
        }
        Frame::new(Marker::Sync, out.finish())
    }

    pub fn parse(payload: &[u8]) -> Result<Self, BadBytes> {
        let mut from = opened(payload)?;
        let message = match from.u8()? {
            1 => Self::Root {
                digest: from.array()?,
            },
            2 => {
                let mut digests = Box::new([Digest::default(); BUCKETS]);
                for digest in digests.iter_mut() {
                    *digest = from.array()?;
                }
                Self::Buckets { digests }
            }
            3 => Self::Rooms {
                bucket: from.u8()?,
                rooms: list(&mut from, "rooms", ROOMS_MOST, |from| {
                    Ok((RoomId::from_bytes(from.array()?), from.array()?))
                })?,
            },
            4 => Self::Heads {
                room: RoomId::from_bytes(from.array()?),
                answer: from.u8()? != 0,
                heads: list(&mut from, "heads", CHAINS_MOST, |from| {
                    Ok(Head {
                        author: from.device()?,
                        seq: from.u64()?,
                        hash: OpHash::from_bytes(from.array()?),
                        frozen: from.u8()? != 0,
                    })
                })?,
            },
            5 => Self::Want {
                room: RoomId::from_bytes(from.array()?),
                ranges: list(&mut from, "ranges", CHAINS_MOST, |from| {
                    Ok(Range {
                        author: from.device()?,
                        from: from.u64()?,
                        to: from.u64()?,
                    })
                })?,
            },
            6 => Self::Have {
                room: RoomId::from_bytes(from.array()?),
                stored: list(&mut from, "heads", CHAINS_MOST, |from| {
                    Ok((from.device()?, from.u64()?))
                })?,
            },
            7 => Self::Trace {
                room: RoomId::from_bytes(from.array()?),
                author: from.device()?,
                seq: from.u64()?,
            },
            8 => Self::Forked {
                room: RoomId::from_bytes(from.array()?),
                one: Box::new(Run::read(&mut from)?),
                other: Box::new(Run::read(&mut from)?),
            },
            9 => Self::Offer {
                room: RoomId::from_bytes(from.array()?),
                title: from.text("bytes of a title", TITLE_BYTES)?.to_owned(),
            },
            number => {
                return Err(BadBytes::Unknown {
                    what: "message of sync",
                    number,
                });
            }
        };
        from.end()?;
        Ok(message)
    }

    fn number(&self) -> u8 {
        match self {
            Self::Root { .. } => 1,
            Self::Buckets { .. } => 2,
            Self::Rooms { .. } => 3,
            Self::Heads { .. } => 4,
            Self::Want { .. } => 5,
            Self::Have { .. } => 6,
            Self::Trace { .. } => 7,
            Self::Forked { .. } => 8,
            Self::Offer { .. } => 9,
        }
    }
}

impl Batch {
    /// What the runs of one batch may take together.
    pub const ROOM_FOR_RUNS: usize = limits::FRAME_IN_SESSION as usize - AROUND_RUNS;

    pub fn to_frame(&self) -> Frame {
        let mut out = Writer::default();
        out.u8(VERSION)
            .u8(self.reason.number())
            .raw(self.room.as_bytes())
            .count(self.runs.len());
        for run in &self.runs {
            run.write(&mut out);
        }
        Frame::new(Marker::Operations, out.finish())
    }

    pub fn parse(payload: &[u8]) -> Result<Self, BadBytes> {
        let mut from = opened(payload)?;
        let reason = Reason::parse(from.u8()?)?;
        let room = RoomId::from_bytes(from.array()?);
        let runs = list(&mut from, "runs", RUNS_MOST, Run::read)?;
        from.end()?;
        Ok(Self { room, reason, runs })
    }
}

impl Reason {
    fn number(self) -> u8 {
        match self {
            Self::Pushed => 1,
            Self::Wanted => 2,
            Self::WantedLast => 3,
            Self::Traced => 4,
        }
    }

    fn parse(number: u8) -> Result<Self, BadBytes> {
        match number {
            1 => Ok(Self::Pushed),
            2 => Ok(Self::Wanted),
            3 => Ok(Self::WantedLast),
            4 => Ok(Self::Traced),
            number => Err(BadBytes::Unknown {
                what: "reason of a batch",
                number,
            }),
        }
    }
}

const AROUND_RUNS: usize = 1 + 1 + RoomId::LENGTH + 4;

fn opened(payload: &[u8]) -> Result<Reader<'_>, BadBytes> {
    let length = payload.len() as u64;
    if length > limits::FRAME_IN_SESSION {
        return Err(BadBytes::TooMany {
            what: "bytes",
            length,
            most: limits::FRAME_IN_SESSION,
        });
    }
    let mut from = Reader::new(payload);
    match from.u8()? {
        VERSION => Ok(from),
        number => Err(BadBytes::Unknown {
            what: "version of sync",
            number,
        }),
    }
}

/// Grows as the entries are read: a length that lies allocates nothing.
fn list<T>(
    from: &mut Reader<'_>,
    what: &'static str,
    most: usize,
    one: impl Fn(&mut Reader<'_>) -> Result<T, BadBytes>,
) -> Result<Vec<T>, BadBytes> {
    let mut entries = Vec::new();
    for _ in 0..from.count(what, most)? {
        entries.push(one(from)?);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
