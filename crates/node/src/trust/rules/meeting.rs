//! What is remembered of meeting a device: when, where, under which name.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use wire::DeviceId;

use super::{Introduction, Met, about};
use crate::{
    store::{
        AuditKind, Form, Known, Moment, Occasion, Peer, PeerAddress, PeerState, Remembered, Write,
    },
    trust::{
        decision::Decision,
        refusal::Refusal,
        view::{Standing, View},
    },
};

/// Wi-Fi, cable, dock, each with two protocols, and the office's of all these.
const ADDRESSES: usize = 8;

/// Nobody is told the same about a machine twice within this.
const NOTIFY_AFTER: Duration = Duration::from_hours(24);

/// A glance at the screen shows as many; a network full of machines, or of ids
/// that somebody makes up, shows the others when these are old.
const NEARBY: usize = 5;
const NEARBY_WITHIN: Duration = Duration::from_mins(10);

/// Beyond this, a network is too busy for notifications to help anybody. Each
/// occasion for itself: made-up machines nearby silence no request for pairing.
const NOTIFICATIONS: usize = 1000;

pub(in crate::trust) fn met(view: &View, met: &[Met]) -> Decision<()> {
    let mut decision = Decision::done(());
    let mut by_device: BTreeMap<DeviceId, Vec<&Met>> = BTreeMap::new();
    for one in met {
        by_device.entry(one.device).or_default().push(one);
    }
    for (device, meetings) in by_device {
        let Some(known) = view.tables().known(device) else {
            continue;
        };
        if matches!(known.peer.state, PeerState::Blocked { .. }) {
            continue;
        }
        let mut peer = known.peer.clone();
        peer.last_seen = view.now();
        let mut worked = BTreeSet::new();
        for met in meetings {
            if let Some(who) = &met.who {
                take_in(&mut peer, who);
            }
            worked.extend(met.address.clone());
        }
        if peer != known.peer {
            decision = decision.write(Write::PutPeer(peer));
        }
        let worked = worked.into_iter().map(|address| Remembered {
            address,
            last_good: Some(view.now()),
        });
        decision = remember(decision, known, &worked.collect::<Vec<_>>());
    }
    decision
}

pub(in crate::trust) fn told_addresses(
    view: &View,
    device: DeviceId,
    addresses: &[PeerAddress],
) -> Decision<()> {
    let Some(known) = view.tables().known(device) else {
        return Decision::refused(Refusal::NotKnown);
    };
    if matches!(known.peer.state, PeerState::Blocked { .. }) {
        return Decision::refused(Refusal::Blocked);
    }
    let is_new = |address: &&PeerAddress| {
        let mut remembered = known.addresses.iter();
        remembered.all(|remembered| remembered.address != **address)
    };
    let told = addresses.iter().filter(is_new).map(|address| Remembered {
        address: address.clone(),
        last_good: None,
    });
    remember(Decision::done(()), known, &told.collect::<Vec<_>>())
}

pub(in crate::trust) fn adopt_name(view: &View, device: DeviceId) -> Decision<()> {
    let Some(known) = view.tables().known(device) else {
        return Decision::refused(Refusal::NotKnown);
    };
    let Some(name) = known.peer.offered_name.clone() else {
        return Decision::refused(Refusal::NoOtherName);
    };
    let peer = Peer {
        name,
        offered_name: None,
        ..known.peer.clone()
    };
    Decision::done(()).write(Write::PutPeer(peer)).record(about(
        view,
        AuditKind::NameAdopted,
        device,
    ))
}

pub(in crate::trust) fn notify_once(
    view: &View,
    device: DeviceId,
    occasion: Occasion,
) -> Decision<bool> {
    let shown = view.tables().notified();
    // A clock that was set a year back must not silence this for a year.
    let recent = |at: &_| view.now().distance(*at) < NOTIFY_AFTER;
    let alike = || shown.iter().filter(|((_, shown), _)| *shown == occasion);
    let just_now = || alike().filter(|(_, at)| view.now().distance(**at) < NEARBY_WITHIN);
    let paced = occasion == Occasion::Nearby && just_now().count() >= NEARBY;
    let silent = view.standing(device) == Standing::Blocked
        || shown.get(&(device, occasion)).is_some_and(recent)
        || paced
        || alike().count() >= NOTIFICATIONS;
    if silent {
        return Decision::done(false);
    }
    Decision::done(true).write(Write::PutNotified(device, occasion, view.now()))
}

pub(super) fn notification_is_over(at: Moment, view: &View) -> bool {
    view.now().distance(at) >= NOTIFY_AFTER
}

/// A name is never taken, only shown; a person is pinned where nobody is.
fn take_in(peer: &mut Peer, who: &Introduction) {
    peer.instance = peer.instance.max(who.instance);
    peer.person = peer.person.or(who.person);
    peer.offered_name = (who.name != peer.name).then(|| who.name.clone());
    if who.form != Form::Unknown {
        peer.form = who.form;
    }
}

/// Adds addresses, and lets go of those that were good the longest time ago.
fn remember<T>(mut decision: Decision<T>, known: &Known, new: &[Remembered]) -> Decision<T> {
    let device = known.peer.device;
    let is_new = |address: &PeerAddress| new.iter().any(|new| new.address == *address);
    let old = known.addresses.iter().filter(|old| !is_new(&old.address));
    let mut all: Vec<_> = new.iter().chain(old).collect();
    all.sort_by_key(|remembered| Reverse(remembered.last_good));
    for (place, remembered) in all.into_iter().enumerate() {
        let stays = place < ADDRESSES;
        decision = match (stays, is_new(&remembered.address)) {
            (true, true) => decision.write(Write::PutAddress(device, remembered.clone())),
            (false, _) => decision.write(Write::DropAddress(device, remembered.address.clone())),
            (true, false) => decision,
        };
    }
    decision
}
