//! Everything that can be done in a room.
//!
//! The number of an act is never used again for another. A build that does not
//! know a number keeps the op as it is and hands it on: the chain goes through
//! it, and a newer build will know what it means.

use std::collections::BTreeMap;

use super::{
    bytes::{BadBytes, Reader, Writer},
    name::{BlobHash, MessageId, OpHash},
};
use crate::{
    cert::DeviceCertificate,
    id::{DeviceId, PersonId},
    limits,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Makes a room. Only as the first op of whoever made its name.
    Create {
        nonce: [u8; 16],
        certificate: DeviceCertificate,
    },
    /// From here on this device writes as a machine of the person that was added
    /// by that op; [`OpHash::NONE`] in a personal room.
    Join {
        member: OpHash,
        certificate: DeviceCertificate,
    },
    /// Sets one field of the room; which and to what is in the body.
    Meta,
    /// A person may read and write here from now on.
    Add {
        person: PersonId,
        rank: Rank,
        /// Whether they also see what was written before.
        history: bool,
    },
    /// What was added by that op has another rank, from after the cut.
    Promote {
        member: OpHash,
        rank: Rank,
        cut: Cut,
    },
    /// Of what was added by that op, nothing counts after the cut.
    Remove { member: OpHash, cut: Cut },
    /// A message; its text is in the body. An edit or another answer is a new
    /// message with the same parent.
    Message {
        nonce: [u8; 16],
        parent: Option<MessageId>,
        speaker: Speaker,
    },
    /// How the writing of a message ended.
    Status {
        message: MessageId,
        outcome: Outcome,
    },
    /// The message is gone, and its body with it, for ever.
    Delete { message: MessageId },
    /// A file that belongs to a message; its name is in the body.
    Attach {
        message: MessageId,
        blob: BlobHash,
        size: u64,
    },
    /// Sets one personal value; which and to what is in the body.
    Note,
    /// Of a newer build.
    Unknown { number: u8, fields: Vec<u8> },
}

/// How far somebody's part in a room goes: the number of the last op of each
/// device that still counts. Of devices that are not named, none does.
pub type Cut = BTreeMap<DeviceId, u64>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Reads and writes.
    Member,
    /// Also changes the room and who is in it.
    Admin,
}

/// Whose words a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Speaker {
    Person,
    Model,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Complete,
    /// The machine that was writing ended before the message did.
    Interrupted,
    /// A person stopped it.
    Stopped,
    Failed,
    /// Of a newer build.
    Unknown(u8),
}

/// More devices in one room than this, and a removal no longer fits.
pub const CUT_MOST: usize = 256;

impl Act {
    pub fn number(&self) -> u8 {
        match self {
            Self::Create { .. } => 1,
            Self::Join { .. } => 2,
            Self::Meta => 3,
            Self::Add { .. } => 4,
            Self::Promote { .. } => 5,
            Self::Remove { .. } => 6,
            Self::Message { .. } => 7,
            Self::Status { .. } => 8,
            Self::Delete { .. } => 9,
            Self::Attach { .. } => 10,
            Self::Note => 11,
            Self::Unknown { number, .. } => *number,
        }
    }

    pub fn fields(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Create { nonce, certificate } => {
                out.raw(nonce).raw(&certificate.encode());
            }
            Self::Join {
                member,
                certificate,
            } => {
                out.raw(member.as_bytes()).raw(&certificate.encode());
            }
            Self::Meta | Self::Note => {}
            Self::Add {
                person,
                rank,
                history,
            } => {
                out.raw(person.as_bytes())
                    .u8(rank.number())
                    .u8(u8::from(*history));
            }
            Self::Promote { member, rank, cut } => {
                out.raw(member.as_bytes()).u8(rank.number());
                write_cut(&mut out, cut);
            }
            Self::Remove { member, cut } => {
                out.raw(member.as_bytes());
                write_cut(&mut out, cut);
            }
            Self::Message {
                nonce,
                parent,
                speaker,
            } => {
                out.raw(nonce).u8(speaker.number());
                if let Some(parent) = parent {
                    out.raw(parent.as_bytes());
                }
            }
            Self::Status { message, outcome } => {
                out.raw(message.as_bytes()).u8(outcome.number());
            }
            Self::Delete { message } => {
                out.raw(message.as_bytes());
            }
            Self::Attach {
                message,
                blob,
                size,
            } => {
                out.raw(message.as_bytes()).raw(blob.as_bytes()).u64(*size);
            }
            Self::Unknown { fields, .. } => {
                out.raw(fields);
            }
        }
        out.finish()
    }

    pub fn parse(number: u8, fields: &[u8]) -> Result<Self, BadBytes> {
        let most = limits::OP_FIELDS;
        if fields.len() > most {
            return Err(BadBytes::TooMany {
                what: "bytes of fields",
                length: fields.len() as u64,
                most: most as u64,
            });
        }
        let mut from = Reader::new(fields);
        let act = match number {
            1 => Self::Create {
                nonce: from.array()?,
                certificate: from.certificate()?,
            },
            2 => Self::Join {
                member: OpHash::from_bytes(from.array()?),
                certificate: from.certificate()?,
            },
            3 => Self::Meta,
            4 => Self::Add {
                person: from.person()?,
                rank: Rank::parse(from.u8()?)?,
                history: flag(from.u8()?)?,
            },
            5 => Self::Promote {
                member: OpHash::from_bytes(from.array()?),
                rank: Rank::parse(from.u8()?)?,
                cut: read_cut(&mut from)?,
            },
            6 => Self::Remove {
                member: OpHash::from_bytes(from.array()?),
                cut: read_cut(&mut from)?,
            },
            7 => Self::Message {
                nonce: from.array()?,
                speaker: Speaker::parse(from.u8()?)?,
                parent: if from.is_empty() {
                    None
                } else {
                    Some(MessageId::from_bytes(from.array()?))
                },
            },
            8 => Self::Status {
                message: MessageId::from_bytes(from.array()?),
                outcome: Outcome::of(from.u8()?),
            },
            9 => Self::Delete {
                message: MessageId::from_bytes(from.array()?),
            },
            10 => Self::Attach {
                message: MessageId::from_bytes(from.array()?),
                blob: BlobHash::from_bytes(from.array()?),
                size: from.u64()?,
            },
            11 => Self::Note,
            number => Self::Unknown {
                number,
                fields: from.rest().to_vec(),
            },
        };
        from.end()?;
        Ok(act)
    }
}

impl Rank {
    pub fn number(self) -> u8 {
        match self {
            Self::Member => 1,
            Self::Admin => 2,
        }
    }

    fn parse(number: u8) -> Result<Self, BadBytes> {
        match number {
            1 => Ok(Self::Member),
            2 => Ok(Self::Admin),
            number => Err(BadBytes::Unknown {
                what: "rank",
                number,
            }),
        }
    }
}

impl Speaker {
    pub fn number(self) -> u8 {
        match self {
            Self::Person => 1,
            Self::Model => 2,
        }
    }

    pub fn parse(number: u8) -> Result<Self, BadBytes> {
        match number {
            1 => Ok(Self::Person),
            2 => Ok(Self::Model),
            number => Err(BadBytes::Unknown {
                what: "speaker",
                number,
            }),
        }
    }
}

impl Outcome {
    pub fn number(self) -> u8 {
        match self {
            Self::Complete => 1,
            Self::Interrupted => 2,
            Self::Stopped => 3,
            Self::Failed => 4,
            Self::Unknown(number) => number,
        }
    }

    pub fn of(number: u8) -> Self {
        match number {
            1 => Self::Complete,
            2 => Self::Interrupted,
            3 => Self::Stopped,
            4 => Self::Failed,
            number => Self::Unknown(number),
        }
    }
}

fn flag(number: u8) -> Result<bool, BadBytes> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        number => Err(BadBytes::Unknown {
            what: "yes or no",
            number,
        }),
    }
}

fn write_cut(out: &mut Writer, cut: &Cut) {
    out.count(cut.len());
    for (device, seq) in cut {
        out.raw(device.as_bytes()).u64(*seq);
    }
}

/// In rising order, so that one cut has one spelling.
fn read_cut(from: &mut Reader<'_>) -> Result<Cut, BadBytes> {
    let mut cut = Cut::new();
    for _ in 0..from.count("devices in a cut", CUT_MOST)? {
        let device = from.device()?;
        if cut
            .last_key_value()
            .is_some_and(|(last, _)| *last >= device)
        {
            return Err(BadBytes::Order);
        }
        cut.insert(device, from.u64()?);
    }
    Ok(cut)
}
