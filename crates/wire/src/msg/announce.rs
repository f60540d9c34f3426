//! The announcement: a JSON packet under 1200 bytes that says "I am here".
//!
//! It carries the three documented fields (`message_type`, `has_llm`,
//! `timestamp`) and what makes it more than a rumour: who, which start of that
//! machine, a number that rises, the port to dial, and a signature over all of
//! it. It carries no name, no model and no address: the packet's source
//! address is the address, and the rest is said inside TLS to those who may
//! know.
//!
//! Even a valid announcement is only a hint to dial. It changes neither trust
//! nor a live session, and its timestamp is shown but never judged, because a
//! clock set a year wrong must harm nobody.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{DeviceId, Label, Signature, Signer, limits};

const VERSION: u8 = 1;

/// An `ONLINE` is filled up with spaces to at least this many bytes. A reply is
/// never larger than what it answers, and must fit whatever its numbers are.
const ONLINE_LENGTH: usize = 480;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    Online,
    Offline,
    Reply,
}

/// Lets the holders of one mesh key recognise each other; changes with every
/// start, so that nobody else can follow it. Made and checked by
/// [`crate::MeshKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetTag(pub [u8; Self::LENGTH]);

impl NetTag {
    pub const LENGTH: usize = 16;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub kind: Kind,
    pub device: DeviceId,
    /// Which start of the machine; rises from start to start.
    pub instance: u64,
    /// Rises within an instance.
    pub sequence: u64,
    /// Where it accepts links.
    pub tcp_port: u16,
    pub has_llm: bool,
    /// Milliseconds since 1970 by the sender's clock, for people only.
    pub timestamp: u64,
    pub net: Option<NetTag>,
}

/// An announcement whose signature nobody has looked at yet: parsing costs
/// microseconds, verifying costs fifty of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    announcement: Announcement,
    signature: Signature,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnnounceError {
    #[error("{length} bytes, where {} are allowed", limits::ANNOUNCEMENT)]
    TooLong { length: usize },
    #[error("not an announcement: {reason}")]
    Malformed { reason: String },
    #[error("version {version} of the announcement")]
    UnknownVersion { version: u8 },
    #[error("the signature does not fit")]
    Forged,
}

impl Announcement {
    pub fn encode(&self, signer: &dyn Signer) -> Vec<u8> {
        let packet = Packet {
            message_type: self.kind,
            v: VERSION,
            id: self.device,
            inst: self.instance,
            seq: self.sequence,
            tcp: self.tcp_port,
            has_llm: self.has_llm,
            timestamp: self.timestamp,
            net: self.net.map(|tag| hex(&tag.0)),
            sig: hex(signer.sign(Label::ANNOUNCE_V1, &self.fields()).as_bytes()),
        };
        // Plain fields of plain types: serialising them cannot fail.
        let mut bytes = serde_json::to_vec(&packet).unwrap_or_default();
        if self.kind == Kind::Online && bytes.len() < ONLINE_LENGTH {
            bytes.resize(ONLINE_LENGTH, b' ');
        }
        bytes
    }

    pub fn parse(bytes: &[u8]) -> Result<Unverified, AnnounceError> {
        if bytes.len() > limits::ANNOUNCEMENT {
            return Err(AnnounceError::TooLong {
                length: bytes.len(),
            });
        }
        let packet: Packet =
            serde_json::from_slice(bytes).map_err(|error| AnnounceError::Malformed {
                reason: error.to_string(),
            })?;
        if packet.v != VERSION {
            return Err(AnnounceError::UnknownVersion { version: packet.v });
        }
        let net = packet
            .net
            .as_deref()
            .map(|tag| unhex("net", tag).map(NetTag))
            .transpose()?;
        let signature = Signature::from_bytes(unhex("sig", &packet.sig)?);
        let announcement = Announcement {
            kind: packet.message_type,
            device: packet.id,
            instance: packet.inst,
            sequence: packet.seq,
            tcp_port: packet.tcp,
            has_llm: packet.has_llm,
            timestamp: packet.timestamp,
            net,
        };
        Ok(Unverified {
            announcement,
            signature,
        })
    }

    /// What the signature covers, in fixed widths.
    fn fields(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(96);
        bytes.push(match self.kind {
            Kind::Online => 1,
            Kind::Offline => 2,
            Kind::Reply => 3,
        });
        bytes.push(VERSION);
        bytes.extend(self.device.as_bytes());
        bytes.extend(self.instance.to_be_bytes());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.tcp_port.to_be_bytes());
        bytes.push(u8::from(self.has_llm));
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.push(u8::from(self.net.is_some()));
        bytes.extend(self.net.map_or([0; NetTag::LENGTH], |tag| tag.0));
        bytes
    }
}

impl Unverified {
    /// What it claims; enough to decide whether verifying is worth it.
    pub fn claim(&self) -> &Announcement {
        &self.announcement
    }

    pub fn verify(self) -> Result<Announcement, AnnounceError> {
        let fields = self.announcement.fields();
        self.announcement
            .device
            .verify(Label::ANNOUNCE_V1, &fields, &self.signature)
            .map_err(|_| AnnounceError::Forged)?;
        Ok(self.announcement)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Packet {
    message_type: Kind,
    v: u8,
    id: DeviceId,
    inst: u64,
    seq: u64,
    tcp: u16,
    has_llm: bool,
    timestamp: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    net: Option<String>,
    sig: String,
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn unhex<const N: usize>(field: &str, text: &str) -> Result<[u8; N], AnnounceError> {
    data_encoding::HEXLOWER
        .decode(text.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| AnnounceError::Malformed {
            reason: format!("{field} is not {N} bytes"),
        })
}
