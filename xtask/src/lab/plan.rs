//! What a lab looks like: how many machines, on which network, with what.

use std::net::{Ipv4Addr, Ipv6Addr};

use anyhow::{Result, ensure};

/// The machines of one lab; their number is the last byte of their addresses.
const MOST: u8 = 200;

/// One of the two networks. In ranges that nobody routes, and each wide enough
/// for a crowd of addresses beside the machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lan {
    First,
    Second,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Machines on the first network.
    pub(crate) first: u8,
    /// Machines on the second network.
    pub(crate) second: u8,
    /// One more machine, on both.
    pub(crate) dual_homed: bool,
    /// All nodes hold one mesh key of the kind *team*.
    pub(crate) trusted: bool,
    /// A way out of the network, which nobody may use.
    pub(crate) default_route: bool,
}

/// A machine before it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) number: u8,
    pub(crate) lans: Vec<Lan>,
}

impl Lan {
    pub(crate) const ALL: [Self; 2] = [Self::First, Self::Second];
    /// The length of the prefix of its addresses.
    pub(crate) const PREFIX: u8 = 16;

    pub(crate) fn letter(self) -> char {
        match self {
            Self::First => 'a',
            Self::Second => 'b',
        }
    }

    /// Of a machine of the lab.
    pub(crate) fn address(self, number: u8) -> Ipv4Addr {
        self.crowd(u16::from(number))
    }

    /// Beyond the machines there is room for many more addresses.
    pub(crate) fn crowd(self, number: u16) -> Ipv4Addr {
        let [high, low] = number.to_be_bytes();
        let second = match self {
            Self::First => 77,
            Self::Second => 78,
        };
        Ipv4Addr::new(10, second, high, low)
    }

    /// Of a machine's network card, made from its number.
    pub(crate) fn hardware(self, number: u8) -> String {
        format!("02:00:00:00:{:02x}:{number:02x}", self.index())
    }

    /// The address that a machine gives itself, made from that of its card.
    pub(crate) fn link_local(self, number: u8) -> Ipv6Addr {
        let last = u16::from_be_bytes([self.index(), number]);
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0xff, 0xfe00, last)
    }

    fn index(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
        }
    }

    /// Where packets to elsewhere would go.
    pub(crate) fn router(self) -> Ipv4Addr {
        self.crowd(0xfffe)
    }
}

impl Plan {
    pub(crate) const fn of(first: u8) -> Self {
        Self {
            first,
            second: 0,
            dual_homed: false,
            trusted: false,
            default_route: false,
        }
    }

    pub(crate) const fn trusted(first: u8) -> Self {
        Self {
            trusted: true,
            ..Self::of(first)
        }
    }

    pub(crate) fn seats(&self) -> Result<Vec<Seat>> {
        let wanted = u16::from(self.first) + u16::from(self.second) + u16::from(self.dual_homed);
        ensure!(
            (1..=u16::from(MOST)).contains(&wanted),
            "a lab has 1 to {MOST} machines, not {wanted}"
        );
        let places = [
            (self.first, &[Lan::First][..]),
            (self.second, &[Lan::Second]),
            (u8::from(self.dual_homed), &Lan::ALL),
        ];
        let lans = places
            .iter()
            .flat_map(|(count, lans)| (0..*count).map(|_| lans.to_vec()));
        Ok((1..)
            .zip(lans)
            .map(|(number, lans)| Seat { number, lans })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_has_a_sensible_size() {
        assert_eq!(Plan::of(3).seats().unwrap().len(), 3);
        assert!(Plan::of(0).seats().is_err());
        assert!(Plan::of(MOST + 1).seats().is_err());
        let both = Plan {
            second: MOST,
            ..Plan::of(1)
        };
        assert!(both.seats().is_err());
    }

    #[test]
    fn the_dual_homed_machine_comes_last_and_sits_in_both() {
        let plan = Plan {
            second: 1,
            dual_homed: true,
            ..Plan::of(2)
        };
        let seats = plan.seats().unwrap();
        let lans: Vec<&[Lan]> = seats.iter().map(|seat| &seat.lans[..]).collect();
        let (first, second) = ([Lan::First], [Lan::Second]);
        assert_eq!(lans, [&first[..], &first, &second, &Lan::ALL]);
        assert_eq!(seats.last().unwrap().number, 4);
    }

    #[test]
    fn every_address_of_a_network_is_its_own() {
        assert_eq!(Lan::First.address(7).to_string(), "10.77.0.7");
        assert_eq!(Lan::Second.crowd(0x0102).to_string(), "10.78.1.2");
        assert_eq!(Lan::First.router().to_string(), "10.77.255.254");
        assert_eq!(Lan::Second.hardware(50), "02:00:00:00:02:32");
        assert_eq!(Lan::Second.link_local(50).to_string(), "fe80::ff:fe00:232");
    }
}
