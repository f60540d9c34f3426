//! One op: what was done, when its author believed it was, and its content.
//!
//! The hash of an op: BLAKE3 derive-key `banyan op v1` over room 32, author 32,
//! number 8, hash of the op before 32, lam 8, wall 8, act 1, length of the fields
//! 4, fields, length of the body 4, hash of the body 32.

use super::{
    act::Act,
    bytes::{BadBytes, Reader, Writer},
    name::{BodyHash, OpHash, RoomId},
};
use crate::{id::DeviceId, limits};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// One more than the greatest its author had seen in the room: the order of
    /// ops. No clock has a say in it.
    pub lam: u64,
    /// What the author's clock showed, in milliseconds since 1970. Only shown.
    pub wall: i64,
    pub act: Act,
    pub content: Content,
}

/// The part that can be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Empty where the act has none.
    Here(Vec<u8>),
    /// Erased, or not for the eyes of whoever got this op.
    Gone { length: u32, hash: BodyHash },
}

impl Content {
    pub const NONE: Self = Self::Here(Vec::new());

    pub fn hash(&self) -> BodyHash {
        match self {
            Self::Here(bytes) => BodyHash::of(bytes),
            Self::Gone { hash, .. } => *hash,
        }
    }

    pub fn length(&self) -> u32 {
        match self {
            // Longer ones are refused before they become a content.
            Self::Here(bytes) => u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            Self::Gone { length, .. } => *length,
        }
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Here(bytes) => Some(bytes),
            Self::Gone { .. } => None,
        }
    }

    /// The same without the bytes; an empty one stays.
    #[must_use]
    pub fn gone(&self) -> Self {
        match self {
            Self::Here(bytes) if bytes.is_empty() => Self::NONE,
            Self::Here(_) | Self::Gone { .. } => Self::Gone {
                length: self.length(),
                hash: self.hash(),
            },
        }
    }
}

impl Op {
    pub fn hash(&self, room: RoomId, author: DeviceId, seq: u64, before: OpHash) -> OpHash {
        let fields = self.act.fields();
        let mut head = Writer::default();
        head.raw(room.as_bytes())
            .raw(author.as_bytes())
            .u64(seq)
            .raw(before.as_bytes())
            .u64(self.lam)
            .i64(self.wall)
            .u8(self.act.number())
            .block(&fields)
            .raw(&self.content.length().to_be_bytes())
            .raw(self.content.hash().as_bytes());
        OpHash::from_bytes(blake3::derive_key("banyan op v1", &head.finish()))
    }

    /// How many bytes it takes in a run.
    pub fn encoded_len(&self) -> usize {
        let content = match &self.content {
            Content::Here(bytes) => bytes.len(),
            Content::Gone { .. } => BodyHash::LENGTH,
        };
        FRAME + self.act.fields().len() + content
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u64(self.lam)
            .i64(self.wall)
            .u8(self.act.number())
            .block(&self.act.fields());
        match &self.content {
            Content::Here(bytes) => out.u8(HERE).block(bytes),
            Content::Gone { length, hash } => {
                out.u8(GONE).raw(&length.to_be_bytes()).raw(hash.as_bytes())
            }
        };
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, BadBytes> {
        let (lam, wall, number) = (from.u64()?, from.i64()?, from.u8()?);
        let act = Act::parse(number, from.block("bytes of fields", limits::OP_FIELDS)?)?;
        let content = match from.u8()? {
            HERE => Content::Here(from.block("bytes of a body", limits::OP_BODY)?.to_vec()),
            GONE => Content::Gone {
                length: from.u32()?,
                hash: BodyHash::from_bytes(from.array()?),
            },
            number => {
                return Err(BadBytes::Unknown {
                    what: "form of content",
                    number,
                });
            }
        };
        Ok(Self {
            lam,
            wall,
            act,
            content,
        })
    }
}

const HERE: u8 = 1;
const GONE: u8 = 0;

/// Everything of an op but fields and content.
const FRAME: usize = 8 + 8 + 1 + 4 + 1 + 4;
