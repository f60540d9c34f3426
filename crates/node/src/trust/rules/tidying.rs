//! Removing what time has ended.

use std::time::Duration;

use super::{about, asking, meeting, persons};
use crate::{
    store::{AuditKind, Duty, Known, PeerState, Ruling, Write},
    trust::{
        decision::{Decision, Effect, Ended},
        view::{Standing, View},
    },
};

/// A used or expired invitation is still listed for this long, so that the person
/// sees what became of it.
const KEEP_INVITATIONS: Duration = Duration::from_hours(30 * 24);

pub(in crate::trust) fn tidy(view: &View) -> Decision<()> {
    let mut decision = Decision::done(());
    for known in view.tables().all_known() {
        decision = tidy_device(view, known, decision);
    }
    for key in view.tables().mesh_keys() {
        if key
            .retired
            .is_some_and(|retired| retired.grace_until <= view.now())
        {
            decision = decision
                .write(Write::DropMeshKey(key.id))
                .write(Write::DropDuty(Duty::NewMeshKey(key.id)));
        }
    }
    for invitation in view.tables().invitations() {
        let over = invitation
            .redeemed
            .map_or(invitation.expires, |redeemed| redeemed.at);
        if over.after(KEEP_INVITATIONS) <= view.now() {
            decision = decision.write(Write::DropInvitation(invitation.id));
        }
    }
    for ((device, occasion), at) in view.tables().notified() {
        if meeting::notification_is_over(*at, view) {
            decision = decision.write(Write::DropNotified(*device, *occasion));
        }
    }
    decision.then(view, tidy_persons)
}

/// What is remembered of persons of whom no device is known any more.
fn tidy_persons(view: &View) -> Decision<()> {
    let mut decision = Decision::done(());
    for old in persons::unneeded(view) {
        decision = decision.write(Write::DropMove(old));
    }
    for person in view.tables().frozen().keys().copied() {
        if view.devices_of(person).next().is_none() {
            decision = decision.write(Write::DropFrozen(person));
        }
    }
    decision
}

fn tidy_device(view: &View, known: &Known, mut decision: Decision<()>) -> Decision<()> {
    let device = known.peer.device;
    match (known.peer.state, view.standing_of(known)) {
        (PeerState::Trusted(_), Standing::Discovered) => decision
            .write(Write::DropPeer(device))
            .record(about(view, AuditKind::TrustEnded, device))
            .effect(Effect::EndSession {
                device,
                ended: Ended::Lapsed,
            }),
        (_, Standing::Discovered) => decision.write(Write::DropPeer(device)),
        (_, Standing::Pending | Standing::Trusted(_) | Standing::Blocked) => {
            for (permission, rule) in &known.rules {
                if matches!(&rule.ruling, Ruling::Allowed { term, .. } if !view.lasts(*term)) {
                    let ended = about(view, AuditKind::Expired, device);
                    decision = decision
                        .write(Write::DropRule(device, *permission))
                        .record(ended.detail("permission", permission.word()))
                        .effect(Effect::PermissionsChanged { device });
                }
            }
            asking::tidy(view, known, decision)
        }
    }
}
