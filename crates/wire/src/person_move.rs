//! How a person goes on under another key.
//!
//! Whoever knows the old key signs that it is over and which one follows; the
//! old key is then of no more use than to follow this one statement. Somebody
//! who knows the old key and should not can sign another. So who hears two
//! different moves of one person believes neither.
//!
//! A [`Way`] is the moves that led a device to its present person, oldest first.
//!
//! Invariant: a [`PersonMove`] in memory carries a signature that was made here
//! or checked here, and a [`Way`] is one unbroken line that never comes back to
//! where it was.
//!
//! Bytes of a move (136): old person 32, new person 32, since 8 (big endian),
//! signature of the old key 64.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    id::{PersonId, PersonKey},
    key::InvalidKey,
    sign::{BadSignature, Label, Signature},
};

/// Why bytes are no move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    #[error("a move has 136 bytes, this has {0}")]
    Length(usize),
    #[error("the old key in the move: {0}")]
    Old(#[source] InvalidKey),
    #[error("the new key in the move: {0}")]
    New(#[source] InvalidKey),
    #[error("the move leads nowhere")]
    Nowhere,
    #[error("the old key did not sign this move")]
    Signature(#[from] BadSignature),
}

/// Why moves are no way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WayError {
    #[error("a way has {} moves at most", Way::MOST)]
    TooLong,
    #[error("a move begins elsewhere than the one before ended")]
    Broken,
    #[error("the way comes back to where it was")]
    Circle,
}

/// A person's signed statement that another key is theirs from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonMove {
    old: PersonId,
    new: PersonId,
    since: u64,
    signature: Signature,
}

/// The moves that led to a person, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Way(Vec<PersonMove>);

impl PersonMove {
    pub const LENGTH: usize = SIGNED + Signature::LENGTH;

    /// `since`: the age of the new person, as pairing compares it. Nothing where
    /// the new key is the old one.
    pub fn issue(old: &PersonKey, new: PersonId, since: u64) -> Option<Self> {
        let id = old.id();
        (id != new).then(|| Self {
            old: id,
            new,
            since,
            signature: old.sign(Label::MOVE_V1, &signed_fields(&id, &new, since)),
        })
    }

    pub fn old(&self) -> PersonId {
        self.old
    }

    pub fn new_person(&self) -> PersonId {
        self.new
    }

    pub fn since(&self) -> u64 {
        self.since
    }

    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        let signed = signed_fields(&self.old, &self.new, self.since);
        let parts = [signed.as_slice(), self.signature.as_bytes()];
        for (place, byte) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *place = *byte;
        }
        bytes
    }

    /// Reads a move and checks its signature.
    pub fn decode(bytes: &[u8]) -> Result<Self, MoveError> {
        let wrong_length = || MoveError::Length(bytes.len());
        let (old, rest) = bytes
            .split_first_chunk::<{ PersonId::LENGTH }>()
            .ok_or_else(wrong_length)?;
        let (new, rest) = rest
            .split_first_chunk::<{ PersonId::LENGTH }>()
            .ok_or_else(wrong_length)?;
        let (since, rest) = rest
            .split_first_chunk::<{ size_of::<u64>() }>()
            .ok_or_else(wrong_length)?;
        let signature: [u8; Signature::LENGTH] = rest.try_into().map_err(|_| wrong_length())?;

        let old = PersonId::from_bytes(old).map_err(MoveError::Old)?;
        let new = PersonId::from_bytes(new).map_err(MoveError::New)?;
        if old == new {
            return Err(MoveError::Nowhere);
        }
        let since = u64::from_be_bytes(*since);
        let signature = Signature::from_bytes(signature);
        old.verify(
            Label::MOVE_V1,
            &signed_fields(&old, &new, since),
            &signature,
        )?;
        Ok(Self {
            old,
            new,
            since,
            signature,
        })
    }
}

impl Way {
    /// Who slept through more renewals than this compares codes again; so many
    /// moves fit into one frame before trust.
    pub const MOST: usize = 8;

    pub fn new(moves: Vec<PersonMove>) -> Result<Self, WayError> {
        if moves.len() > Self::MOST {
            return Err(WayError::TooLong);
        }
        let mut passed: Vec<PersonId> = Vec::new();
        for one in &moves {
            match passed.last() {
                None => passed.push(one.old),
                Some(end) if *end == one.old => {}
                Some(_) => return Err(WayError::Broken),
            }
            if passed.contains(&one.new) {
                return Err(WayError::Circle);
            }
            passed.push(one.new);
        }
        Ok(Self(moves))
    }

    pub fn moves(&self) -> &[PersonMove] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn last(&self) -> Option<&PersonMove> {
        self.0.last()
    }

    /// Whether a device that went this way was of that person before.
    pub fn left(&self, person: PersonId) -> bool {
        self.0.iter().any(|one| one.old == person)
    }

    /// The part that begins at a person; nothing where the way does not pass it.
    pub fn starting_at(&self, person: PersonId) -> Option<Self> {
        let start = self.0.iter().position(|one| one.old == person)?;
        Some(Self(self.0.iter().skip(start).copied().collect()))
    }

    /// Goes on. The oldest moves are let go of, and all of them where the next
    /// one begins elsewhere.
    pub fn then(&self, next: &Self) -> Self {
        let mut moves = [self.0.as_slice(), &next.0].concat();
        moves.drain(..moves.len().saturating_sub(Self::MOST));
        Self::new(moves).unwrap_or_else(|_| next.clone())
    }
}

impl From<PersonMove> for Way {
    fn from(one: PersonMove) -> Self {
        Self(vec![one])
    }
}

const SIGNED: usize = 2 * PersonId::LENGTH + size_of::<u64>();

fn signed_fields(old: &PersonId, new: &PersonId, since: u64) -> Vec<u8> {
    let since = since.to_be_bytes();
    [old.as_bytes().as_slice(), new.as_bytes(), &since].concat()
}

impl Serialize for PersonMove {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&data_encoding::HEXLOWER.encode(&self.encode()))
    }
}

impl<'de> Deserialize<'de> for PersonMove {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .map_err(de::Error::custom)?;
        Self::decode(&bytes).map_err(de::Error::custom)
    }
}

impl Serialize for Way {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Way {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(WayVisitor)
    }
}

struct WayVisitor;

impl<'de> de::Visitor<'de> for WayVisitor {
    type Value = Way;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "at most {} moves", Way::MOST)
    }

    /// Counts before the next signature is checked.
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut listed: A) -> Result<Way, A::Error> {
        let mut moves = Vec::new();
        while moves.len() < Way::MOST {
            match listed.next_element()? {
                Some(one) => moves.push(one),
                None => return Way::new(moves).map_err(de::Error::custom),
            }
        }
        match listed.next_element::<de::IgnoredAny>()? {
            Some(_) => Err(de::Error::custom(WayError::TooLong)),
            None => Way::new(moves).map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests;
