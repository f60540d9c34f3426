//! Mesh keys and invitations.

use std::time::Duration;

use wire::DeviceId;

use super::{about, handing};
use crate::{
    store::{
        AuditKind, Duty, Entry, Invitation, InvitationId, MeshKey, MeshKeyId, MeshKeyKind, Origin,
        PeerState, Retired, Write,
    },
    trust::{
        decision::{Decision, Effect, Ended},
        refusal::Refusal,
        view::View,
    },
};

/// Invitations that are open at a time; nobody has more guests in a day.
const OPEN_INVITATIONS: usize = 100;

pub(in crate::trust) fn add(view: &View, id: MeshKeyId, kind: MeshKeyKind) -> Decision<()> {
    match view.tables().mesh_key(id) {
        Some(key) if key.retired.is_some() => Decision::refused(Refusal::MeshKeyRetired),
        Some(key) if key.kind != kind => Decision::refused(Refusal::MeshKeyKnown),
        Some(_) => Decision::done(()),
        None => added(view, Decision::done(()), id, kind),
    }
}

/// Answers who is concerned: whose trust rests on the old key, and who holds it
/// and is trusted for another reason.
pub(in crate::trust) fn rotate(
    view: &View,
    old: MeshKeyId,
    new: MeshKeyId,
    grace: Duration,
) -> Decision<Vec<DeviceId>> {
    let Some(key) = view.tables().mesh_key(old) else {
        return Decision::refused(Refusal::MeshKeyUnknown);
    };
    if view.tables().mesh_key(new).is_some() {
        return Decision::refused(Refusal::MeshKeyKnown);
    }
    let asked_until = view.now().after(grace);
    // A key that was retired earlier does not live longer for being rotated now.
    let retired = key.retired.map_or(
        Retired {
            at: view.now(),
            grace_until: asked_until,
        },
        |earlier| Retired {
            grace_until: earlier.grace_until.min(asked_until),
            ..earlier
        },
    );
    let through_old = resting_on(view, old);
    let mut concerned = through_old.clone();
    concerned.extend(handing::holders(view, old).map(|known| known.peer.device));
    concerned.sort_unstable();
    concerned.dedup();
    let mut decision = Decision::done(concerned)
        .write(Write::PutMeshKey(MeshKey {
            retired: Some(retired),
            ..*key
        }))
        .write(Write::DropDuty(Duty::NewMeshKey(old)))
        .record(Entry::new(view.now(), AuditKind::MeshKeyRetired).detail("mesh_key", old.short()));
    if retired.grace_until <= view.now() {
        for device in through_old {
            decision = decision.effect(lapsed(device));
        }
    }
    added(view, decision, new, key.kind)
}

pub(in crate::trust) fn remove(view: &View, id: MeshKeyId) -> Decision<()> {
    if view.tables().mesh_key(id).is_none() {
        return Decision::refused(Refusal::MeshKeyUnknown);
    }
    let mut decision = Decision::done(())
        .write(Write::DropMeshKey(id))
        .write(Write::DropDuty(Duty::NewMeshKey(id)))
        .record(Entry::new(view.now(), AuditKind::MeshKeyRemoved).detail("mesh_key", id.short()));
    for device in resting_on(view, id) {
        decision = decision
            .write(Write::DropPeer(device))
            .record(about(view, AuditKind::TrustEnded, device))
            .effect(lapsed(device));
    }
    decision
}

pub(in crate::trust) fn invite(
    view: &View,
    id: InvitationId,
    kind: MeshKeyKind,
    good_for: Duration,
) -> Decision<()> {
    if view.tables().invitation(id).is_some() {
        return Decision::refused(Refusal::InvitationUsed);
    }
    let open = view
        .tables()
        .invitations()
        .filter(|invitation| invitation.redeemed.is_none() && view.now() < invitation.expires);
    if open.count() >= OPEN_INVITATIONS {
        return Decision::refused(Refusal::TooManyInvitations {
            most: OPEN_INVITATIONS,
        });
    }
    Decision::done(())
        .write(Write::PutInvitation(Invitation {
            id,
            kind,
            created: view.now(),
            expires: view.now().after(good_for),
            redeemed: None,
        }))
        .record(
            Entry::new(view.now(), AuditKind::InvitationMade)
                .detail("invitation", id.short())
                .detail("kind", kind.word()),
        )
}

pub(in crate::trust) fn withdraw(view: &View, id: InvitationId) -> Decision<()> {
    match view.tables().invitation(id) {
        None => Decision::refused(Refusal::InvitationUnknown),
        Some(invitation) if invitation.redeemed.is_some() => {
            Decision::refused(Refusal::InvitationUsed)
        }
        Some(_) => Decision::done(()).write(Write::DropInvitation(id)).record(
            Entry::new(view.now(), AuditKind::InvitationWithdrawn).detail("invitation", id.short()),
        ),
    }
}

/// Devices whose trust rests on a key, whether or not it still does.
fn resting_on(view: &View, id: MeshKeyId) -> Vec<DeviceId> {
    view.tables()
        .all_known()
        .filter(|known| {
            matches!(known.peer.state, PeerState::Trusted(trusted)
                if trusted.origin == Origin::MeshKey(id))
        })
        .map(|known| known.peer.device)
        .collect()
}

fn added<T>(view: &View, decision: Decision<T>, id: MeshKeyId, kind: MeshKeyKind) -> Decision<T> {
    decision
        .write(Write::PutMeshKey(MeshKey {
            id,
            kind,
            created: view.now(),
            retired: None,
        }))
        .record(
            Entry::new(view.now(), AuditKind::MeshKeyAdded)
                .detail("mesh_key", id.short())
                .detail("kind", kind.word()),
        )
}

fn lapsed(device: DeviceId) -> Effect {
    Effect::EndSession {
        device,
        ended: Ended::Lapsed,
    }
}
