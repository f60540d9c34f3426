//! How many strangers may stand at the door: connections that nobody has
//! decided about yet.
//!
//! Silent ones must lock nobody out, so a full house makes room instead of
//! refusing: of the address with the most, the one that has waited longest
//! goes. How long one may wait is a matter of its own task.

use std::{collections::BTreeMap, net::IpAddr};

use wire::machine::links::Connection;

/// More than come at once in a network of a thousand that wakes up.
const IN_ALL: usize = 256;

/// Several nodes of one machine, several times each.
const PER_ADDRESS: usize = 8;

/// Programs of this machine: it may run many nodes, and could do worse things
/// to itself.
const PER_OWN_ADDRESS: usize = 128;

/// Where a trusted machine is, which opens a stream for each question and may ask
/// many at once.
const PER_FRIEND: usize = 72;

/// Whose address it is that somebody comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Nobodys,
    /// Of a machine with a session.
    Friends,
}

/// Connections are numbered in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Doorman {
    strangers: BTreeMap<Connection, IpAddr>,
}

impl Doorman {
    /// Lets a stranger in; says who has to go for that.
    pub(super) fn admit(
        &mut self,
        connection: Connection,
        from: IpAddr,
        whose: Whose,
    ) -> Option<Connection> {
        let mut counts: BTreeMap<IpAddr, usize> = BTreeMap::new();
        for address in self.strangers.values() {
            *counts.entry(*address).or_default() += 1;
        }
        let share = match whose {
            _ if from.is_loopback() => PER_OWN_ADDRESS,
            Whose::Friends => PER_FRIEND,
            Whose::Nobodys => PER_ADDRESS,
        };
        let busiest = if counts.get(&from).is_some_and(|count| *count >= share) {
            Some(from)
        } else if self.strangers.len() >= IN_ALL {
            let most = counts.values().max();
            // Oldest first: where several addresses have as many, age decides.
            let mut addresses = self.strangers.values();
            addresses
                .find(|address| counts.get(address) == most)
                .copied()
        } else {
            None
        };
        let leaves = busiest.and_then(|busiest| self.oldest_of(busiest));
        if let Some(leaves) = leaves {
            self.strangers.remove(&leaves);
        }
        self.strangers.insert(connection, from);
        leaves
    }

    /// No stranger any more, or gone.
    pub(super) fn release(&mut self, connection: Connection) {
        self.strangers.remove(&connection);
    }

    pub(super) fn strangers(&self) -> usize {
        self.strangers.len()
    }

    fn oldest_of(&self, address: IpAddr) -> Option<Connection> {
        self.strangers
            .iter()
            .find(|(_, from)| **from == address)
            .map(|(connection, _)| *connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_hold_more_than_its_share() {
        let mut doorman = Doorman::default();
        for number in 0..8 {
            assert_eq!(
                doorman.admit(Connection(number), ip(1), Whose::Nobodys),
                None
            );
        }
        assert_eq!(
            doorman.admit(Connection(8), ip(1), Whose::Nobodys),
            Some(Connection(0))
        );
        assert_eq!(doorman.admit(Connection(9), ip(2), Whose::Nobodys), None);
        assert_eq!(doorman.strangers(), 9);
        doorman.release(Connection(1));
        assert_eq!(doorman.admit(Connection(10), ip(1), Whose::Nobodys), None);
    }

    #[test]
    fn a_friend_may_ask_many_questions_at_once() {
        let mut doorman = Doorman::default();
        for number in 0..72 {
            let admitted = doorman.admit(Connection(number), ip(1), Whose::Friends);
            assert_eq!(admitted, None);
        }
        let one_more = doorman.admit(Connection(72), ip(1), Whose::Friends);
        assert_eq!(one_more, Some(Connection(0)));
    }

    #[test]
    fn a_full_house_makes_room_where_it_is_fullest() {
        let mut doorman = Doorman::default();
        let mut number = 0;
        for from in 0..=255 {
            doorman.admit(Connection(number), ip(from), Whose::Nobodys);
            number += 1;
        }
        // Now one address has two and the house is full.
        doorman.release(Connection(0));
        assert_eq!(
            doorman.admit(Connection(number), ip(9), Whose::Nobodys),
            None
        );
        let newcomer = Connection(number + 1);
        assert_eq!(
            doorman.admit(newcomer, ip(0), Whose::Nobodys),
            Some(Connection(9))
        );
        assert_eq!(doorman.strangers(), 256);
    }

    #[test]
    fn where_all_have_as_many_the_oldest_goes_whatever_its_address() {
        let mut doorman = Doorman::default();
        for from in 0..255 {
            doorman.admit(Connection(u64::from(from)), ip(from), Whose::Nobodys);
        }
        let honest = Connection(255);
        assert_eq!(
            doorman.admit(honest, [192, 168, 1, 1].into(), Whose::Nobodys),
            None
        );
        for flood in 0..255_u8 {
            let from = IpAddr::from([10, 0, 1, flood]);
            let newcomer = Connection(256 + u64::from(flood));
            let leaves = doorman.admit(newcomer, from, Whose::Nobodys);
            assert_eq!(leaves, Some(Connection(u64::from(flood))));
        }
    }

    fn ip(last: u8) -> IpAddr {
        [10, 0, 0, last].into()
    }
}
