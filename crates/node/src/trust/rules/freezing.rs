//! Two moves of one person that lead to two places.
//!
//! Somebody who should not knows the old key: a device that was removed, or a
//! thief. Which of the two moves is the person's nobody here can tell, so neither
//! is believed. The person, and all they went on to on either side, are frozen:
//! their devices keep their links and may do nothing, until codes are compared
//! with one of them again.
//!
//! My own person is the exception: this device took its key from a device that
//! its owner had joined to it, and keeps to that side.

use wire::PersonId;

use super::{REPEATS, about};
use crate::{
    store::{AuditKind, Doubt, Known, Peer, PeerState, Write},
    trust::{
        decision::{Decision, Effect},
        view::View,
    },
};

pub(super) fn contradicted(view: &View, old: PersonId, sides: [PersonId; 2]) -> Decision<()> {
    let own = view.own_person();
    let others = sides
        .into_iter()
        .map(|side| view.line(side).collect::<Vec<_>>())
        .filter(|line| !line.iter().any(|at| Some(*at) == own))
        .flatten();
    let mut decision = Decision::done(());
    for person in std::iter::once(old).chain(others) {
        if Some(person) != own {
            decision = decision.then(view, |view| freeze(view, person));
        }
    }
    decision
}

/// Codes were compared with a device of this person.
pub(super) fn confirmed(view: &View, person: PersonId) -> Decision<()> {
    let mut decision = Decision::done(());
    if !view.is_frozen(person) {
        return decision;
    }
    decision = decision.write(Write::DropFrozen(person));
    for known in view.devices_of(person).filter(|known| is_frozen(known)) {
        let device = known.peer.device;
        decision = decision
            .write(Write::PutPeer(Peer {
                doubt: None,
                ..known.peer.clone()
            }))
            .record(about(view, AuditKind::PersonConfirmed, device))
            .effect(Effect::PermissionsChanged { device });
    }
    decision
}

fn freeze(view: &View, person: PersonId) -> Decision<()> {
    let mut decision = Decision::done(());
    if view.is_frozen(person) {
        return decision;
    }
    decision = decision.write(Write::PutFrozen(person, view.now()));
    let devices = view.devices_of(person).filter(|known| !is_frozen(known));
    for known in devices.filter(|known| matches!(known.peer.state, PeerState::Trusted(_))) {
        let device = known.peer.device;
        decision = decision
            .write(Write::PutPeer(Peer {
                doubt: Some(Doubt::Frozen),
                ..known.peer.clone()
            }))
            .write(Write::RecordOnceIn(
                REPEATS,
                about(view, AuditKind::PersonFrozen, device),
            ))
            .effect(Effect::PermissionsChanged { device });
    }
    decision
}

fn is_frozen(known: &Known) -> bool {
    known.peer.doubt == Some(Doubt::Frozen)
}
