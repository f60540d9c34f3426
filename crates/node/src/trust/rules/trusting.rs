//! How trust begins.

use wire::DeviceId;

use super::{
    Introduction, about, freezing, refused_to,
    removing::{self, Going},
};
use crate::{
    store::{
        AuditKind, Doubt, Form, InvitationId, Known, MeshKeyId, MeshKeyKind, Origin, Peer,
        PeerState, Redeemed, Relation, Trusted, Write,
    },
    trust::{
        decision::{Decision, Effect, Ended},
        refusal::Refusal,
        view::{Standing, View},
    },
};

/// Questions that wait at a time; a flood replaces the oldest.
const PENDING: usize = 64;

/// Devices that an open network may bring; a flood replaces the longest silent.
const OPEN: usize = 256;

pub(in crate::trust) fn pairing_asked(
    view: &View,
    device: DeviceId,
    who: &Introduction,
) -> Decision<()> {
    match view.standing(device) {
        Standing::Blocked => {
            return refused_to(
                view,
                AuditKind::TrustRefused,
                device,
                Refusal::Blocked,
                None,
            );
        }
        // Pairing anew, to change the relation; trust stays until it is done.
        Standing::Trusted(_) => return Decision::done(()),
        Standing::Discovered | Standing::Pending => {}
    }
    let mut decision = Decision::done(());
    let waiting: Vec<_> = view
        .tables()
        .all_known()
        .filter(|known| is_pending(known) && known.peer.device != device)
        .map(|known| &known.peer)
        .collect();
    let oldest = waiting.iter().min_by_key(|peer| peer.last_seen);
    if let Some(oldest) = oldest
        && waiting.len() >= PENDING
    {
        decision = decision.write(Write::DropPeer(oldest.device));
    }
    // What is left of trust that has ended goes.
    let known = view.tables().known(device);
    if known.is_some_and(|known| !is_pending(known)) {
        decision = decision.write(Write::DropPeer(device));
    }
    let state = PeerState::Pending { since: view.now() };
    let peer = introduced(view, device, who, state, Name::AsIntroduced);
    decision.write(Write::PutPeer(peer))
}

pub(in crate::trust) fn pairing_ended(view: &View, device: DeviceId) -> Decision<()> {
    let pending = view.tables().known(device).is_some_and(is_pending);
    let decision = Decision::done(());
    if pending {
        decision.write(Write::DropPeer(device))
    } else {
        decision
    }
}

pub(in crate::trust) fn paired(
    view: &View,
    device: DeviceId,
    who: &Introduction,
    relation: Relation,
) -> Decision<()> {
    let origin = Origin::Pairing;
    begin(view, device, who, relation, origin, AuditKind::Paired)
}

/// Whatever comes of it, a device that is known here is known to hold the key
/// from then on: once it is removed, that key lets nobody in.
pub(in crate::trust) fn mesh_key_proved(
    view: &View,
    device: DeviceId,
    who: &Introduction,
    id: MeshKeyId,
) -> Decision<()> {
    let decision = through_mesh_key(view, device, who, id);
    let known = view.tables().known(device);
    let noted = match known {
        Some(known) => {
            let blocked = matches!(known.peer.state, PeerState::Blocked { .. });
            blocked || known.mesh_keys.contains(&id)
        }
        // Of strangers that stay strangers nothing is kept.
        None => decision.outcome.is_err(),
    };
    if noted || view.tables().mesh_key(id).is_none() {
        decision
    } else {
        decision.write(Write::PutHeldKey(device, id))
    }
}

fn through_mesh_key(
    view: &View,
    device: DeviceId,
    who: &Introduction,
    id: MeshKeyId,
) -> Decision<()> {
    let origin = Origin::MeshKey(id);
    let refuse = |refusal| refused_to(view, AuditKind::TrustRefused, device, refusal, None);
    if view.standing(device) == Standing::Blocked {
        return refuse(Refusal::Blocked);
    }
    let Some(key) = view.tables().mesh_key(id) else {
        return refuse(Refusal::MeshKeyUnknown);
    };
    if let Some(refusal) = contradicted(view, device, key.kind) {
        return refuse(refusal);
    }
    if key.retired.is_some() {
        // It carries the trust it made to the end of its grace, and makes no more.
        let carried = view.trusted(device).is_some();
        return if carried {
            Decision::done(())
        } else {
            refuse(Refusal::MeshKeyRetired)
        };
    }
    let relation = relation(key.kind);
    begin(view, device, who, relation, origin, AuditKind::Trusted)
}

pub(in crate::trust) fn invitation_shown(
    view: &View,
    device: DeviceId,
    who: &Introduction,
    id: InvitationId,
) -> Decision<()> {
    let refuse = |refusal| refused_to(view, AuditKind::TrustRefused, device, refusal, None);
    if view.standing(device) == Standing::Blocked {
        return refuse(Refusal::Blocked);
    }
    let Some(invitation) = view.tables().invitation(id) else {
        return refuse(Refusal::InvitationUnknown);
    };
    if let Some(refusal) = contradicted(view, device, invitation.kind) {
        return refuse(refusal);
    }
    if let Some(redeemed) = invitation.redeemed {
        // The answer to the first time may have been lost on the way.
        let again = redeemed.by == device && view.trusted(device).is_some();
        return if again {
            Decision::done(())
        } else {
            refuse(Refusal::InvitationUsed)
        };
    }
    if view.now() >= invitation.expires {
        return refuse(Refusal::InvitationExpired);
    }
    let begun = begin(
        view,
        device,
        who,
        relation(invitation.kind),
        Origin::Invitation(id),
        AuditKind::Trusted,
    );
    if begun.outcome.is_err() {
        return begun;
    }
    let mut used = *invitation;
    used.redeemed = Some(Redeemed {
        by: device,
        at: view.now(),
    });
    begun
        .write(Write::PutInvitation(used))
        .record(about(view, AuditKind::InvitationRedeemed, device).detail("invitation", id.short()))
}

pub(in crate::trust) fn invited(
    view: &View,
    device: DeviceId,
    who: &Introduction,
    relation: Relation,
    id: InvitationId,
) -> Decision<()> {
    let origin = Origin::Invitation(id);
    begin(view, device, who, relation, origin, AuditKind::Trusted)
}

pub(in crate::trust) fn came_openly(
    view: &View,
    device: DeviceId,
    who: &Introduction,
) -> Decision<()> {
    if !view.policy().open {
        let refusal = Refusal::PolicyClosed;
        return refused_to(view, AuditKind::TrustRefused, device, refusal, None);
    }
    let begun = begin(
        view,
        device,
        who,
        Relation::Other,
        Origin::OpenPolicy,
        AuditKind::Trusted,
    );
    let others = || {
        view.all_trusted().filter(|(known, trusted)| {
            trusted.origin == Origin::OpenPolicy && known.peer.device != device
        })
    };
    if begun.writes.is_empty() || begun.outcome.is_err() || others().count() < OPEN {
        return begun;
    }
    let silent = others().min_by_key(|(known, _)| known.peer.last_seen);
    let Some(silent) = silent.map(|(known, _)| known.peer.device) else {
        return begun;
    };
    begun
        .write(Write::DropPeer(silent))
        .effect(Effect::EndSession {
            device: silent,
            ended: Ended::Lapsed,
        })
}

/// Trust begins, or comes to rest on firmer ground. Firm ground is never given up
/// for a less firm one: a machine that was paired stays paired.
fn begin(
    view: &View,
    device: DeviceId,
    who: &Introduction,
    relation: Relation,
    origin: Origin,
    kind: AuditKind,
) -> Decision<()> {
    let refuse = |refusal| refused_to(view, AuditKind::TrustRefused, device, refusal, None);
    let known = view.tables().known(device);
    let before = match view.standing(device) {
        Standing::Blocked => return refuse(Refusal::Blocked),
        // As it was decided, whoever's it is by now.
        Standing::Trusted(_) => known.and_then(|known| match known.peer.state {
            PeerState::Trusted(trusted) => Some(trusted),
            PeerState::Pending { .. } | PeerState::Blocked { .. } => None,
        }),
        Standing::Discovered | Standing::Pending => None,
    };
    match before {
        Some(before) if !replaces(view, relation, origin, before) => return Decision::done(()),
        Some(before) if before.origin != Origin::OpenPolicy => {}
        Some(_) | None => {
            let most = view.policy().most_devices;
            if origin != Origin::OpenPolicy && deliberate(view) >= most {
                return refuse(Refusal::TooManyDevices { most });
            }
        }
    }
    let state = PeerState::Trusted(Trusted {
        relation,
        origin,
        since: view.now(),
    });
    let name = match before {
        Some(_) if origin != Origin::Pairing => Name::AsPinned,
        Some(_) | None => Name::AsIntroduced,
    };
    let keeps_rules = before.is_some_and(|before| before.relation == relation);
    let mut peer = introduced(view, device, who, state, name);
    peer.quota = known
        .filter(|_| keeps_rules)
        .and_then(|known| known.peer.quota);
    whose(view, &mut peer, who, before.is_some(), relation, origin);
    let entry = about(view, kind, device)
        .person(peer.person)
        .detail("relation", relation_word(relation))
        .detail("origin", origin_word(origin));
    let mut decision = Decision::done(()).write(Write::PutPeer(peer)).record(entry);
    if let Some(known) = known
        && !keeps_rules
    {
        // They were made for what the device was then.
        for permission in known.rules.keys() {
            decision = decision.write(Write::DropRule(device, *permission));
        }
    }
    if let Some(before) = before
        && before.relation != relation
    {
        decision = decision.effect(Effect::PermissionsChanged { device });
        if before.relation == Relation::Mine {
            decision = decision.and(removing::consequences(
                view,
                device,
                before,
                Going::ToSomebodyElse,
            ));
        }
    }
    match who.person.filter(|_| origin == Origin::Pairing) {
        Some(person) => decision.then(view, |view| freezing::confirmed(view, person)),
        None => decision,
    }
}

/// Whose device it is from now on. Two people who compared codes believe what it
/// shows. What comes to be mine is my person's.
/// Everything else pins a person where nobody is pinned, and lifts no doubt.
fn whose(
    view: &View,
    peer: &mut Peer,
    who: &Introduction,
    trusted_before: bool,
    relation: Relation,
    origin: Origin,
) {
    let own = relation == Relation::Mine && who.person == view.own_person();
    let Some(person) = who.person else {
        return;
    };
    if origin == Origin::Pairing || own {
        peer.person = Some(person);
        peer.offered_person = None;
        peer.doubt = None;
        peer.awaits_key = false;
    } else if !trusted_before || peer.person.is_none() {
        peer.person = Some(person);
        peer.offered_person = None;
        peer.doubt = if view.is_frozen(person) {
            Some(Doubt::Frozen)
        } else if view.tables().moves().contains_key(&person) {
            Some(Doubt::LeftBehind)
        } else {
            None
        };
    }
}

/// Whoever claims to be mine by a key or an invitation is handed my person's key
/// next. A device that my person left behind may have been removed elsewhere: it
/// gets the key from whoever made it, or when two people compare codes. And where
/// they did and said that it is somebody else's, that stands.
fn contradicted(view: &View, device: DeviceId, kind: MeshKeyKind) -> Option<Refusal> {
    let known = view.tables().known(device)?;
    let PeerState::Trusted(decided) = known.peer.state else {
        return None;
    };
    match known.peer.doubt {
        _ if kind != MeshKeyKind::Mine => None,
        Some(Doubt::LeftBehind) => Some(Refusal::PersonLeftBehind),
        Some(Doubt::Frozen) => Some(Refusal::PersonFrozen),
        None if (decided.relation, decided.origin) == (Relation::Other, Origin::Pairing) => {
            Some(Refusal::PersonNotMine)
        }
        None => None,
    }
}

/// Whether a new ground is at least as firm as the present one.
fn replaces(view: &View, relation: Relation, origin: Origin, before: Trusted) -> bool {
    match (origin, before.origin) {
        (Origin::Pairing, _) => true,
        (_, Origin::Pairing) => false,
        (Origin::OpenPolicy, _) => false,
        (_, Origin::OpenPolicy) => true,
        // Among keys and invitations, mine goes further than team; and trust moves
        // from a retired key to the one that follows it.
        (
            Origin::MeshKey(_) | Origin::Invitation(_),
            Origin::MeshKey(_) | Origin::Invitation(_),
        ) => {
            let further = relation == Relation::Mine && before.relation == Relation::Other;
            further || (relation == before.relation && is_retiring(view, before.origin))
        }
    }
}

fn is_retiring(view: &View, origin: Origin) -> bool {
    let Origin::MeshKey(id) = origin else {
        return false;
    };
    let key = view.tables().mesh_key(id);
    key.is_some_and(|key| key.retired.is_some())
}

/// Devices whose trust somebody meant.
fn deliberate(view: &View) -> usize {
    view.all_trusted()
        .filter(|(_, trusted)| trusted.origin != Origin::OpenPolicy)
        .count()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// A person looks at it now.
    AsIntroduced,
    /// Another one is shown, and not taken.
    AsPinned,
}

fn introduced(
    view: &View,
    device: DeviceId,
    who: &Introduction,
    state: PeerState,
    name: Name,
) -> Peer {
    let known = view.tables().known(device).map(|known| &known.peer);
    let pinned = known
        .filter(|_| name == Name::AsPinned)
        .map(|peer| peer.name.clone());
    let offered = pinned.as_ref().filter(|pinned| **pinned != who.name);
    Peer {
        device,
        person: known.and_then(|peer| peer.person).or(who.person),
        offered_person: known.and_then(|peer| peer.offered_person),
        doubt: known.and_then(|peer| peer.doubt),
        awaits_key: known.is_some_and(|peer| peer.awaits_key),
        offered_name: offered.map(|_| who.name.clone()),
        name: pinned.unwrap_or_else(|| who.name.clone()),
        form: known
            .filter(|_| who.form == Form::Unknown)
            .map_or(who.form, |peer| peer.form),
        instance: known.map_or(who.instance, |peer| peer.instance.max(who.instance)),
        state,
        quota: None,
        first_seen: known.map_or(view.now(), |peer| peer.first_seen),
        last_seen: view.now(),
    }
}

fn is_pending(known: &Known) -> bool {
    matches!(known.peer.state, PeerState::Pending { .. })
}

fn relation(kind: MeshKeyKind) -> Relation {
    match kind {
        MeshKeyKind::Mine => Relation::Mine,
        MeshKeyKind::Team => Relation::Other,
    }
}

fn relation_word(relation: Relation) -> &'static str {
    match relation {
        Relation::Mine => "mine",
        Relation::Other => "other",
    }
}

fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Pairing => "pairing",
        Origin::MeshKey(_) => "mesh_key",
        Origin::Invitation(_) => "invitation",
        Origin::OpenPolicy => "open_policy",
    }
}
