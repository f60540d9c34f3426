//! Mesh keys in other hands: who is known to hold which, who may be given one,
//! and from whom one is taken.
//!
//! Whoever holds a team key may bring the one that replaces it. The key is all
//! that the team has in common: a holder could hand it to anybody anyway, and
//! the machine on which a person renews it is an ordinary holder to all others.
//! So the rules check that the bringer holds the old key, and that it is in no
//! doubt; how many keys others may bring is bounded where the secrets lie.

use wire::DeviceId;

use crate::{
    store::{Known, MeshKeyId, MeshKeyKind, Relation, Write},
    trust::{decision::Decision, view::View},
};

/// To whom of these a key may be given. They count as holding it from then on,
/// so they are to be told only after this was decided.
pub(in crate::trust) fn give(
    view: &View,
    key: MeshKeyId,
    devices: &[DeviceId],
) -> Decision<Vec<DeviceId>> {
    let kind = view.tables().mesh_key(key).map(|key| key.kind);
    let allowed = devices
        .iter()
        .copied()
        .filter(|device| kind.is_some_and(|kind| may_hold(view, *device, kind)));
    let allowed: Vec<_> = allowed.collect();
    let decision = Decision::done(allowed.clone());
    allowed.into_iter().fold(decision, |decision, device| {
        let known = view.tables().known(device);
        if known.is_some_and(|known| known.mesh_keys.contains(&key)) {
            decision
        } else {
            decision.write(Write::PutHeldKey(device, key))
        }
    })
}

/// Whether the key that replaces another is taken from a device.
pub(in crate::trust) fn is_taken_from(
    view: &View,
    device: DeviceId,
    old: MeshKeyId,
    (new, kind): (MeshKeyId, MeshKeyKind),
) -> bool {
    let same_kind = view
        .tables()
        .mesh_key(old)
        .is_some_and(|row| row.kind == kind);
    let is_new = view.tables().mesh_key(new).is_none();
    let known = view.tables().known(device);
    let holds_old = known.is_some_and(|known| known.mesh_keys.contains(&old));
    same_kind && is_new && may_hold(view, device, kind) && (is_mine(view, device) || holds_old)
}

/// Keys that were retired and a device holds: it lacks what replaced them, unless
/// it took that elsewhere.
pub(in crate::trust) fn outdated(view: &View, device: DeviceId) -> Vec<(MeshKeyId, MeshKeyKind)> {
    let Some(known) = view.tables().known(device) else {
        return Vec::new();
    };
    known
        .mesh_keys
        .iter()
        .filter_map(|id| view.tables().mesh_key(*id))
        .filter(|key| {
            let retired = key.retired;
            retired.is_some_and(|retired| view.now() < retired.grace_until)
                && may_hold(view, device, key.kind)
        })
        .map(|key| (key.id, key.kind))
        .collect()
}

/// Trusted devices that hold a key, on whatever ground they are trusted.
pub(super) fn holders(view: &View, id: MeshKeyId) -> impl Iterator<Item = &Known> {
    view.all_trusted()
        .map(|(known, _)| known)
        .filter(move |known| known.mesh_keys.contains(&id))
}

/// Whether a machine may have a mesh key that it does not have yet, or bring one.
/// One that was removed elsewhere is trusted here until the old key has ended; but
/// it was left behind by its person, and is no longer mine.
fn may_hold(view: &View, device: DeviceId, kind: MeshKeyKind) -> bool {
    let doubtful = view
        .tables()
        .known(device)
        .and_then(|known| view.concern(known))
        .is_some_and(|concern| concern.refusal().is_some());
    let trusted = view.trusted(device).is_some();
    trusted && !doubtful && (kind == MeshKeyKind::Team || is_mine(view, device))
}

fn is_mine(view: &View, device: DeviceId) -> bool {
    view.trusted(device)
        .is_some_and(|trusted| trusted.relation == Relation::Mine)
}
