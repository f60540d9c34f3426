//! All that is known of one machine, put together from what was decided about
//! it and what the network says.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant, SystemTime},
};

use mesh::{
    MeshHandle,
    hub::{Card, DialFailure, SessionInfo},
};
use wire::{
    DeviceId, PersonId,
    machine::presence::{MeshTag, Sighting},
    msg::session::Form,
};

use super::pairing::Pairing;
use crate::{
    store::{Known as Row, Permission, Quota, Ruling, Term},
    trust::{Standing, Verdict, View},
};

/// Another machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    pub device: DeviceId,
    /// As it was pinned, or as it calls itself; nothing while it was only heard.
    pub name: Option<String>,
    pub offered_name: Option<String>,
    pub form: Form,
    /// Whose it proved to be.
    pub person: Option<PersonId>,
    pub standing: Standing,
    pub presence: Presence,
    /// Where to dial first stands first.
    pub addresses: Vec<String>,
    pub has_llm: bool,
    /// It says that it trusts this machine.
    pub trusts_us: bool,
    /// It announces a mesh key that is not ours.
    pub other_mesh: bool,
    pub last_seen: Option<SystemTime>,
    /// How far its clock is ahead of ours, in seconds.
    pub clock_ahead: Option<i64>,
    /// One for each permission; empty unless it is trusted.
    pub rights: Vec<Rights>,
    pub quota: Option<Quota>,
    pub pairing: Option<Pairing>,
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Presence {
    /// A session is up.
    Connected {
        since: SystemTime,
        address: SocketAddr,
        round_trip: Option<Duration>,
        version: u16,
    },
    /// Heard, without a session.
    Nearby,
    Away,
}

/// What a machine may do, and whether somebody said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    pub permission: Permission,
    pub verdict: Verdict,
    pub pinned: Pinned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinned {
    /// Nobody said anything; it is what is usual for such a machine.
    Usual,
    Said(Term),
}

/// Why it was not reached at the latest attempt.
pub type Trouble = DialFailure;

/// What the network says of one machine.
#[derive(Debug, Clone, Default)]
pub(super) struct Met {
    pub(super) sighting: Option<Sighting>,
    /// When that was.
    pub(super) heard: Option<SystemTime>,
    pub(super) card: Option<Card>,
    pub(super) found_at: Option<SocketAddr>,
    pub(super) session: Option<SessionInfo>,
    pub(super) pairing: Option<Pairing>,
    pub(super) trouble: Option<Trouble>,
}

impl Met {
    /// Whether there is any reason left to remember it.
    pub(super) fn is_over(&self) -> bool {
        self.sighting.is_none()
            && self.session.is_none()
            && self.pairing.is_none()
            && self.found_at.is_none()
    }
}

impl Presence {
    /// When its session came up, while it lasts.
    pub fn since(&self) -> Option<SystemTime> {
        match self {
            Self::Connected { since, .. } => Some(*since),
            Self::Nearby | Self::Away => None,
        }
    }

    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Connected { .. })
    }
}

/// None for a machine that is neither near nor known.
pub(super) fn assemble(view: &View, device: DeviceId, met: Option<&Met>) -> Option<Neighbour> {
    let row = view.tables().known(device);
    let standing = view.standing(device);
    let is_decided = !matches!(standing, Standing::Discovered);
    if met.is_none() && !is_decided {
        return None;
    }
    let nothing = Met::default();
    let met = met.unwrap_or(&nothing);
    // What is left of trust that has ended says nothing.
    let row = row.filter(|_| is_decided);
    let trusted = matches!(standing, Standing::Trusted(_));
    Some(Neighbour {
        device,
        name: row
            .map(|row| row.peer.name.clone())
            .or_else(|| met.card.as_ref().map(|card| card.name.clone())),
        offered_name: row.and_then(|row| row.peer.offered_name.clone()),
        form: form(row, met),
        person: row.and_then(|row| row.peer.person),
        standing,
        presence: presence(met),
        addresses: addresses(row, met),
        has_llm: met.sighting.as_ref().is_some_and(|heard| heard.has_llm),
        trusts_us: met.card.as_ref().is_some_and(|card| card.trusts_us),
        other_mesh: met
            .sighting
            .as_ref()
            .is_some_and(|heard| heard.mesh == MeshTag::Other),
        last_seen: last_seen(row, met),
        clock_ahead: met.sighting.as_ref().map(|heard| heard.clock_ahead / 1000),
        rights: if trusted {
            rights(view, device, row)
        } else {
            Vec::new()
        },
        quota: trusted.then(|| view.quota(device)),
        pairing: met.pairing.clone(),
        trouble: met.trouble.clone().filter(|_| met.session.is_none()),
    })
}

/// What changes all the time and is no event: round trips and when somebody was
/// last heard.
pub(super) async fn refresh(listed: &mut [Neighbour], mesh: &MeshHandle) {
    let round_trips: BTreeMap<_, _> = mesh
        .sessions()
        .into_iter()
        .map(|session| (session.device, session.round_trip))
        .collect();
    let heard: BTreeMap<_, _> = mesh
        .sightings()
        .await
        .unwrap_or_default()
        .into_iter()
        .map(|(sighting, _)| (sighting.device, sighting.last_heard))
        .collect();
    for neighbour in listed {
        if let Presence::Connected { round_trip, .. } = &mut neighbour.presence {
            *round_trip = round_trips.get(&neighbour.device).copied().flatten();
            neighbour.last_seen = Some(SystemTime::now());
        } else if let Some(heard) = heard.get(&neighbour.device) {
            neighbour.last_seen = neighbour.last_seen.max(Some(wall(*heard)));
        }
    }
}

fn form(row: Option<&Row>, met: &Met) -> Form {
    let said = met.card.as_ref().map(|card| card.form);
    let known = row.map(|row| row.peer.form);
    said.filter(|form| *form != Form::Unknown)
        .or(known)
        .unwrap_or(Form::Unknown)
}

fn presence(met: &Met) -> Presence {
    match (&met.session, &met.sighting) {
        (Some(session), _) => Presence::Connected {
            since: session.since,
            address: session.address,
            round_trip: session.round_trip,
            version: session.version,
        },
        (None, Some(_)) => Presence::Nearby,
        // It answered at an address given by hand, though it is not heard.
        (None, None) if met.found_at.is_some() => Presence::Nearby,
        (None, None) => Presence::Away,
    }
}

fn addresses(row: Option<&Row>, met: &Met) -> Vec<String> {
    let mut addresses = Vec::new();
    let mut add = |address: String| {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    };
    let heard_at = met.sighting.iter().flat_map(|heard| &heard.addresses);
    for address in heard_at.chain(&met.found_at) {
        add(address.to_string());
    }
    for remembered in row.into_iter().flat_map(|row| &row.addresses) {
        let address = remembered.address.to_string();
        add(address.trim_start_matches("tcp:").to_owned());
    }
    addresses
}

fn last_seen(row: Option<&Row>, met: &Met) -> Option<SystemTime> {
    let session = met.session.as_ref().map(|session| session.since);
    let known = row.map(|row| row.peer.last_seen.into());
    [session, met.heard, known].into_iter().flatten().max()
}

fn rights(view: &View, device: DeviceId, row: Option<&Row>) -> Vec<Rights> {
    let pinned = |permission| {
        let rule = row.and_then(|row| row.rules.get(&permission));
        match rule.map(|rule| &rule.ruling) {
            Some(Ruling::Allowed { term, .. }) => Pinned::Said(*term),
            Some(Ruling::Denied(_)) => Pinned::Said(Term::Always),
            None => Pinned::Usual,
        }
    };
    Permission::ALL
        .iter()
        .map(|permission| Rights {
            permission: *permission,
            verdict: view.may(device, *permission),
            pinned: pinned(*permission),
        })
        .collect()
}

/// The wall clock's time of a moment of the steady one.
fn wall(at: Instant) -> SystemTime {
    let ago = Instant::now().saturating_duration_since(at);
    SystemTime::now()
        .checked_sub(ago)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
