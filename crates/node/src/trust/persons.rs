//! Whose device a device is, as far as anybody here can know.
//!
//! A person is known by their key, and a device is theirs because that key says
//! so. What is pinned changes only by a move that the old key signed, or by two
//! people who compare codes. While a device is in doubt, its link stays and it
//! may do nothing.

use wire::{PersonId, Way};

use super::{refusal::Refusal, view::View};
use crate::store::{Doubt, Known, PeerState, Relation, Trusted};

/// What a person should know about whose device a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// It shows another person than the pinned one, and nobody signed a move.
    /// Nothing is granted for it, and nothing taken.
    Changed { to: PersonId },
    /// Its person moved to another key, and it has not come along.
    LeftBehind,
    /// Two different moves of its person were heard.
    Frozen,
    /// It was joined as one of mine, and is of another person than mine.
    NotMine,
}

impl Concern {
    pub fn code(self) -> &'static str {
        match self {
            Self::Changed { .. } => "person_changed",
            Self::LeftBehind => "person_left_behind",
            Self::Frozen => "person_frozen",
            Self::NotMine => "person_not_mine",
        }
    }

    /// The answer to everything a device in this doubt asks for.
    pub fn refusal(self) -> Option<Refusal> {
        match self {
            Self::Changed { .. } => None,
            Self::LeftBehind => Some(Refusal::PersonLeftBehind),
            Self::Frozen => Some(Refusal::PersonFrozen),
            Self::NotMine => Some(Refusal::PersonNotMine),
        }
    }
}

impl View {
    /// Whose device this is. Nobody's, and then no device is one of mine, before
    /// the identity was looked at for the first time.
    pub fn own_person(&self) -> Option<PersonId> {
        self.tables().own_person()
    }

    pub fn concern(&self, known: &Known) -> Option<Concern> {
        let peer = &known.peer;
        let PeerState::Trusted(stored) = peer.state else {
            return None;
        };
        match peer.doubt {
            Some(Doubt::Frozen) => Some(Concern::Frozen),
            Some(Doubt::LeftBehind) => Some(Concern::LeftBehind),
            None if self.relation(known, stored) != stored.relation => Some(Concern::NotMine),
            None => peer.offered_person.map(|to| Concern::Changed { to }),
        }
    }

    /// Why a device may do nothing although it is trusted.
    pub(super) fn doubt_of(&self, known: &Known) -> Option<Refusal> {
        self.concern(known).and_then(Concern::refusal)
    }

    /// The relation follows the person: a device is one of mine for as long as it
    /// is my person's without a doubt.
    pub(super) fn relation(&self, known: &Known, stored: Trusted) -> Relation {
        let own = self.own_person();
        if own.is_some() && known.peer.person == own && known.peer.doubt.is_none() {
            stored.relation
        } else {
            Relation::Other
        }
    }

    /// The moves that lead from one person to another, where nobody contradicted
    /// them and they are no more than one message carries.
    pub(super) fn way(&self, from: PersonId, to: PersonId) -> Option<Way> {
        let mut moves = Vec::new();
        let mut at = from;
        while at != to {
            if moves.len() == Way::MOST || self.is_frozen(at) {
                return None;
            }
            let one = self.tables().moves().get(&at)?;
            moves.push(*one);
            at = one.new_person();
        }
        Way::new(moves).ok()
    }

    /// Whether a person went on to another.
    pub(super) fn leads(&self, from: PersonId, to: PersonId) -> bool {
        let mut line = self.line(from).take_while(|at| !self.is_frozen(*at));
        from != to && line.any(|at| self.moved_to(at) == Some(to))
    }

    /// A person and those they went on to, believed or not.
    pub(super) fn line(&self, from: PersonId) -> impl Iterator<Item = PersonId> {
        std::iter::successors(Some(from), |at| self.moved_to(*at)).take(LONGEST_LINE)
    }

    pub(super) fn is_frozen(&self, person: PersonId) -> bool {
        self.tables().frozen().contains_key(&person)
    }

    /// Devices that are pinned to a person, whatever else is so.
    pub(super) fn devices_of(&self, person: PersonId) -> impl Iterator<Item = &Known> {
        self.tables()
            .all_known()
            .filter(move |known| known.peer.person == Some(person))
    }

    fn moved_to(&self, person: PersonId) -> Option<PersonId> {
        let moves = self.tables().moves();
        moves.get(&person).map(|one| one.new_person())
    }
}

/// Nobody makes so many new keys; a longer line is a circle.
const LONGEST_LINE: usize = 64;
