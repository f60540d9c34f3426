//! My person went on to another key.
//!
//! Whoever signed the move hands the key on: to the devices that were mine at
//! that moment, and to nobody else. A device that only came along hands it to
//! nobody, because it does not know who was removed.

use std::collections::BTreeSet;

use mesh::Arrived;
use wire::{DeviceId, PersonId, Way};

use super::persons;
use crate::{
    store::{AuditKind, Doubt, Entry, Peer, Write},
    trust::{
        decision::{Decision, Effect},
        view::View,
    },
};

/// Whose device this is, as its identity says. Saying so again changes nothing.
pub(in crate::trust) fn person_is(
    view: &View,
    own: PersonId,
    way: &Way,
    how: Arrived,
) -> Decision<()> {
    let before = view.own_person();
    if before == Some(own) {
        return Decision::done(());
    }
    let mut decision = Decision::done(()).write(Write::PutOwnPerson(own));
    if let Some(before) = before {
        let kind = match how {
            Arrived::Renewed(_) => AuditKind::PersonRenewed,
            Arrived::First | Arrived::Joined | Arrived::Followed => AuditKind::PersonJoined,
        };
        let entry = Entry::new(view.now(), kind).person(Some(own));
        decision = decision.record(entry.detail("before", before.short()));
    }
    for one in way.moves() {
        decision = decision.then(view, |view| persons::move_heard(view, one, None));
        // What this device did itself is what it believes.
        if view.tables().moves().get(&one.old()) != Some(one) {
            decision = decision.write(Write::PutMove(*one));
        }
    }
    let heirs = match how {
        Arrived::Joined | Arrived::Renewed(_) => heirs(view, before),
        Arrived::First | Arrived::Followed => BTreeSet::new(),
    };
    decision.then(view, |view| take_along(view, own, &heirs))
}

/// Devices that were mine until now: whoever contradicts the move can put them in
/// doubt, and must not keep the key from them.
fn heirs(view: &View, before: Option<PersonId>) -> BTreeSet<DeviceId> {
    let was_mine = |peer: &Peer| {
        let believed = peer.person == before && peer.doubt != Some(Doubt::Frozen);
        persons::is_joined_as_mine(peer) && (peer.awaits_key || believed)
    };
    view.all_trusted()
        .filter(|(known, _)| was_mine(&known.peer))
        .map(|(known, _)| known.peer.device)
        .collect()
}

fn take_along(view: &View, own: PersonId, heirs: &BTreeSet<DeviceId>) -> Decision<()> {
    let mut decision = Decision::done(());
    if view.is_frozen(own) {
        decision = decision.write(Write::DropFrozen(own));
    }
    for (known, _) in view.all_trusted() {
        let old = &known.peer;
        let device = old.device;
        let is_own = old.person == Some(own);
        let mut peer = Peer {
            awaits_key: heirs.contains(&device) && !is_own,
            ..old.clone()
        };
        let mut joins = false;
        if is_own {
            // It showed a certificate that my key signed.
            peer.doubt = None;
            joins = persons::becomes_mine(&mut peer);
        } else if peer.doubt.is_none() && old.person.is_some_and(|at| view.leads(at, own)) {
            peer.doubt = Some(Doubt::LeftBehind);
        }
        if peer == *old {
            continue;
        }
        decision = decision.write(Write::PutPeer(peer));
        if joins {
            decision = persons::without_rules(view, decision, device);
        }
        decision = decision.effect(Effect::PermissionsChanged { device });
    }
    decision
}
