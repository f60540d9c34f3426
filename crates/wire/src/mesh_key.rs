//! The key of a mesh: whoever holds it is trusted without a click.
//!
//! It is 256 random bits and never a word that a person chose: what machines
//! say under it can be heard by everybody, and a word could be guessed from
//! that at leisure. Its kind says what holding it means and is part of
//! everything made with it, so a key handed over as one kind is worth nothing
//! as the other.
//!
//! What is made with it, each HMAC-SHA256 under a label of its own:
//!
//! - its id, which names it and tells nothing about it
//! - the tag in an announcement, by which holders recognise each other
//! - the proofs of [`crate::machine::vouch`]
//!
//! People and files hold it as text: `banyan-mine-` or `banyan-team-`, then the
//! 32 bytes and a checksum of 3 in base32, in groups of four.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    DeviceId,
    msg::{announce::NetTag, pair::Relation},
    secret::Secret,
};

/// Keys that one machine holds at a time. A rotation needs two, and a machine
/// may be of a person and of a team; more is a mistake.
pub const MOST: usize = 8;

const ID_LABEL: &str = "banyan mesh key id v1";
const TAG_LABEL: &str = "banyan net tag v1";
const CHECKSUM_LABEL: &str = "banyan mesh key checksum v1";

/// The block of SHA-256: a shorter key is filled up with zeros by definition.
const BLOCK: usize = 64;

/// A typing error stays unnoticed once in sixteen million. With it the text has
/// no bit too many, so a key has one spelling.
const CHECKSUM: usize = 3;

/// 35 bytes in base32, five bits to a character.
const BODY: usize = (MeshKey::LENGTH + CHECKSUM) * 8 / 5;

const NAME: &str = "banyan";
const GROUP: usize = 4;

/// What holding a key, or being invited, means.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum MeshKind {
    /// The machines of one person: every permission, everything in step.
    Mine,
    /// Machines of several people: use of shared models.
    Team,
}

/// Generated, never chosen. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct MeshKey {
    kind: MeshKind,
    secret: Secret<{ Self::LENGTH }>,
}

/// Names a key without telling anything about it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeshKeyId([u8; 32]);

/// Why text is no mesh key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeshKeyError {
    #[error("a mesh key begins with {NAME}-mine- or {NAME}-team-")]
    NotAKey,
    #[error("a mesh key is written with the letters A to Z and the digits 2 to 7, not with {0:?}")]
    Character(char),
    #[error("after its first words a mesh key has {BODY} letters and digits, this has {0}")]
    Length(usize),
    #[error("a letter or digit of this mesh key is wrong")]
    Checksum,
}

impl MeshKind {
    pub const ALL: [Self; 2] = [Self::Mine, Self::Team];

    pub fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Team => "team",
        }
    }

    /// What the holders of such a key are to each other.
    pub fn relation(self) -> Relation {
        match self {
            Self::Mine => Relation::Mine,
            Self::Team => Relation::Other,
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Mine => 1,
            Self::Team => 2,
        }
    }
}

impl MeshKey {
    pub const LENGTH: usize = 32;

    /// The bytes must come from a source nobody can guess.
    pub fn new(kind: MeshKind, secret: &[u8; Self::LENGTH]) -> Self {
        Self {
            kind,
            secret: Secret::new(secret),
        }
    }

    pub fn kind(&self) -> MeshKind {
        self.kind
    }

    pub fn id(&self) -> MeshKeyId {
        MeshKeyId(self.mac(ID_LABEL, &[]).finalize().into_bytes().into())
    }

    /// What this device announces during this start.
    pub fn tag(&self, device: &DeviceId, instance: u64) -> NetTag {
        let mut tag = NetTag([0; NetTag::LENGTH]);
        let mac = self.tag_mac(device, instance).finalize().into_bytes();
        for (place, byte) in tag.0.iter_mut().zip(mac) {
            *place = byte;
        }
        tag
    }

    /// Whether that device could make this tag, and so holds the key.
    pub fn made(&self, tag: &NetTag, device: &DeviceId, instance: u64) -> bool {
        let mac = self.tag_mac(device, instance);
        mac.verify_truncated_left(&tag.0).is_ok()
    }

    /// The key as people and files hold it.
    pub fn text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH + CHECKSUM]);
        let checksum = self.checksum();
        let parts = self.secret.expose().iter().chain(&checksum);
        for (place, byte) in bytes.iter_mut().zip(parts) {
            *place = *byte;
        }
        let body = Zeroizing::new(BASE32_NOPAD.encode(&*bytes));
        // The exact capacity matters: a string that grows leaves copies behind.
        let head = NAME.len() + 1 + self.kind.word().len();
        let mut text = Zeroizing::new(String::with_capacity(head + BODY + BODY / GROUP));
        text.push_str(NAME);
        text.push('-');
        text.push_str(self.kind.word());
        for (index, letter) in body.chars().enumerate() {
            if index % GROUP == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// Begins what is made with this key: its kind and the label come first, and
    /// all fields have fixed widths.
    pub(crate) fn mac(&self, label: &str, fields: &[&[u8]]) -> Hmac<Sha256> {
        let mut block = Zeroizing::new([0; BLOCK]);
        for (place, byte) in block.iter_mut().zip(self.secret.expose()) {
            *place = *byte;
        }
        let mut mac = Hmac::new((&*block).into());
        mac.update(label.as_bytes());
        mac.update(&[self.kind.byte()]);
        for field in fields {
            mac.update(field);
        }
        mac
    }

    fn tag_mac(&self, device: &DeviceId, instance: u64) -> Hmac<Sha256> {
        self.mac(TAG_LABEL, &[device.as_bytes(), &instance.to_be_bytes()])
    }

    fn checksum(&self) -> [u8; CHECKSUM] {
        let mac: [u8; 32] = self.mac(CHECKSUM_LABEL, &[]).finalize().into_bytes().into();
        let [first, second, third, ..] = mac;
        [first, second, third]
    }
}

impl FromStr for MeshKey {
    type Err = MeshKeyError;

    /// Case, dashes and white space do not matter, as with ids.
    fn from_str(text: &str) -> Result<Self, MeshKeyError> {
        let mut letters = text
            .chars()
            .filter(|letter| *letter != '-' && !letter.is_whitespace());
        let mut head = String::new();
        let kind = loop {
            let letter = letters.next().ok_or(MeshKeyError::NotAKey)?;
            head.push(letter.to_ascii_lowercase());
            let words = |kind: &MeshKind| head.strip_prefix(NAME) == Some(kind.word());
            if let Some(kind) = MeshKind::ALL.into_iter().find(words) {
                break kind;
            }
            if head.len() >= NAME.len() + MeshKind::Mine.word().len() {
                return Err(MeshKeyError::NotAKey);
            }
        };
        let mut body = Zeroizing::new([0_u8; BODY]);
        let mut count = 0_usize;
        for character in letters {
            let letter = match character.to_ascii_uppercase() {
                letter @ ('A'..='Z' | '2'..='7') => u8::try_from(letter).unwrap_or_default(),
                _ => return Err(MeshKeyError::Character(character)),
            };
            if let Some(place) = body.get_mut(count) {
                *place = letter;
            }
            count += 1;
        }
        if count != BODY {
            return Err(MeshKeyError::Length(count));
        }
        let bytes = BASE32_NOPAD.decode(&*body).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| MeshKeyError::Checksum)?;
        let (secret, checksum) = bytes
            .split_first_chunk::<{ Self::LENGTH }>()
            .ok_or(MeshKeyError::Length(count))?;
        let key = Self::new(kind, secret);
        if key.checksum() == *checksum {
            Ok(key)
        } else {
            Err(MeshKeyError::Checksum)
        }
    }
}

impl fmt::Debug for MeshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MeshKey({}, secret)", self.kind.word())
    }
}

impl MeshKeyId {
    /// As it was written down before.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for MeshKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, fourth, ..] = self.0;
        let short = data_encoding::HEXLOWER.encode(&[first, second, third, fourth]);
        write!(f, "MeshKeyId({short})")
    }
}

#[cfg(test)]
mod tests;
