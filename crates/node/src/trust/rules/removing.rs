//! How trust ends because a person says so.
//!
//! Whoever goes takes along what they know. One of my devices knows my person's
//! key and the mesh keys of my machines; a team's device knows the team's key.
//! Those keys make no new trust from that moment on, so that the device does not
//! walk in again, and making new ones becomes a duty, written with the decision.
//! What a device knows does not depend on the ground of its trust: whoever was
//! paired and proved a team's key takes that along as well.

use std::time::Duration;

use wire::DeviceId;

use super::{about, handing};
use crate::{
    store::{
        AuditKind, Doubt, Duty, Form, MeshKeyKind, Moment, Peer, PeerState, Relation, Retired,
        Trusted, Write,
    },
    trust::{
        GRACE,
        decision::{Decision, Effect, Ended},
        refusal::Refusal,
        view::View,
    },
};

pub(in crate::trust) fn forget(view: &View, device: DeviceId) -> Decision<()> {
    let Some(known) = view.tables().known(device) else {
        return Decision::refused(Refusal::NotKnown);
    };
    if matches!(known.peer.state, PeerState::Blocked { .. }) {
        // Forgetting would let it in again, and nobody said so.
        return Decision::refused(Refusal::Blocked);
    }
    let decision = Decision::done(())
        .write(Write::DropPeer(device))
        .record(about(view, AuditKind::Forgotten, device));
    leave(view, device, known.peer.state, Ended::Forgotten, decision)
}

pub(in crate::trust) fn block(view: &View, device: DeviceId, name: Option<String>) -> Decision<()> {
    let known = view.tables().known(device).map(|known| &known.peer);
    if known.is_some_and(|peer| matches!(peer.state, PeerState::Blocked { .. })) {
        return Decision::done(());
    }
    let blocked = PeerState::Blocked { since: view.now() };
    let peer = match known {
        Some(peer) => Peer {
            state: blocked,
            awaits_key: false,
            ..peer.clone()
        },
        None => Peer {
            device,
            person: None,
            offered_person: None,
            doubt: None,
            awaits_key: false,
            name: name.unwrap_or_else(|| device.short()),
            offered_name: None,
            form: Form::Unknown,
            instance: 0,
            state: blocked,
            quota: None,
            first_seen: view.now(),
            last_seen: view.now(),
        },
    };
    let decision = Decision::done(())
        // Takes addresses and permissions along.
        .write(Write::DropPeer(device))
        .write(Write::PutPeer(peer))
        .record(about(view, AuditKind::Blocked, device));
    match known {
        Some(peer) => leave(view, device, peer.state, Ended::Blocked, decision),
        None => decision.effect(Effect::EndSession {
            device,
            ended: Ended::Blocked,
        }),
    }
}

pub(in crate::trust) fn unblock(view: &View, device: DeviceId) -> Decision<()> {
    let known = view.tables().known(device);
    if !known.is_some_and(|known| matches!(known.peer.state, PeerState::Blocked { .. })) {
        return Decision::refused(Refusal::NotBlocked);
    }
    Decision::done(())
        .write(Write::DropPeer(device))
        .record(about(view, AuditKind::Unblocked, device))
}

pub(in crate::trust) fn person_key_renewed(view: &View, since: Moment) -> Decision<()> {
    let decision = Decision::done(());
    match view.tables().duties().get(&Duty::NewPersonKey) {
        Some(duty) if *duty == since => decision.write(Write::DropDuty(Duty::NewPersonKey)),
        Some(_) | None => decision,
    }
}

/// What a duty asks for, among the devices that are trusted now.
pub(in crate::trust) fn effect_of(view: &View, duty: Duty, since: Moment) -> Option<Effect> {
    effect_without(view, duty, since, None)
}

/// How far the trust in a device goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Going {
    Away,
    /// It is somebody else's from now on, and trusted as that.
    ToSomebodyElse,
}

/// What follows when a device that was trusted like this no longer is.
pub(super) fn consequences(
    view: &View,
    device: DeviceId,
    was: Trusted,
    going: Going,
) -> (Vec<Write>, Vec<Effect>) {
    let held = |id| {
        let known = view.tables().known(device);
        known.is_some_and(|known| known.mesh_keys.contains(&id))
    };
    let mut writes = Vec::new();
    let mut duties = Vec::new();
    if was.relation == Relation::Mine {
        let earlier = view.tables().duties().get(&Duty::NewPersonKey);
        // Always another moment than the earlier one, so that they are told apart.
        let after_earlier = earlier.map(|since| since.after(Duration::from_millis(1)));
        let since = after_earlier.map_or(view.now(), |after| after.max(view.now()));
        duties.push((Duty::NewPersonKey, since));
    }
    for key in view.tables().mesh_keys() {
        let knew = was.relation == Relation::Mine || held(key.id);
        // What is left of the trust may know the team's keys.
        let concerns = going == Going::Away || key.kind == MeshKeyKind::Mine;
        if key.retired.is_some() || !knew || !concerns {
            continue;
        }
        let mut closed = *key;
        closed.retired = Some(Retired {
            at: view.now(),
            grace_until: view.now().after(GRACE),
        });
        writes.push(Write::PutMeshKey(closed));
        writes.push(Write::Record(
            about(view, AuditKind::MeshKeyRetired, device).detail("mesh_key", key.id.short()),
        ));
        duties.push((Duty::NewMeshKey(key.id), view.now()));
    }
    let effects = duties
        .iter()
        .filter_map(|(duty, since)| effect_without(view, *duty, *since, Some(device)))
        .collect();
    let kept = duties
        .iter()
        .map(|(duty, since)| Write::PutDuty(*duty, *since));
    writes.extend(kept);
    (writes, effects)
}

/// `gone` is leaving at this moment.
fn effect_without(
    view: &View,
    duty: Duty,
    since: Moment,
    gone: Option<DeviceId>,
) -> Option<Effect> {
    let remaining = |stays: &dyn Fn(&Peer, Trusted) -> bool| -> Vec<DeviceId> {
        view.all_trusted()
            .filter(|(known, trusted)| {
                Some(known.peer.device) != gone && stays(&known.peer, *trusted)
            })
            .map(|(known, _)| known.peer.device)
            .collect()
    };
    // One that waits for my person's key is mine as soon as it has it.
    let waits = |peer: &Peer| peer.awaits_key && peer.doubt != Some(Doubt::Frozen);
    let mine = |peer: &Peer, trusted: Trusted| trusted.relation == Relation::Mine || waits(peer);
    match duty {
        Duty::NewPersonKey => Some(Effect::NewPersonKey {
            since,
            remaining: remaining(&mine),
        }),
        Duty::NewMeshKey(id) => {
            let key = view.tables().mesh_key(id)?;
            Some(Effect::NewMeshKey {
                replaces: id,
                kind: key.kind,
                remaining: match key.kind {
                    MeshKeyKind::Mine => remaining(&mine),
                    MeshKeyKind::Team => handing::holders(view, id)
                        .map(|known| known.peer.device)
                        .filter(|device| Some(*device) != gone)
                        .collect(),
                },
            })
        }
    }
}

fn leave(
    view: &View,
    device: DeviceId,
    state: PeerState,
    ended: Ended,
    decision: Decision<()>,
) -> Decision<()> {
    let decision = decision.effect(Effect::EndSession { device, ended });
    match state {
        PeerState::Trusted(was) => decision.and(consequences(view, device, was, Going::Away)),
        PeerState::Pending { .. } | PeerState::Blocked { .. } => decision,
    }
}
