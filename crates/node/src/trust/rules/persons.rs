//! What is heard of other people's keys: moves, and certificates.
//!
//! | a device shows | then |
//! |---|---|
//! | the pinned person | nothing |
//! | the person that the pinned one moved to | it is theirs, with all it had |
//! | a person that the pinned one moved from | nothing: that is old |
//! | another person | the pinned one stays, and the other is shown |
//! | a frozen person | it is in doubt until codes are compared |
//! | my person, being one of mine | it is mine: nobody but my devices could say so |

use std::collections::BTreeSet;

use wire::{DeviceId, PersonId, PersonMove, Way};

use super::{REPEATS, about, freezing, refused_to};
use crate::{
    store::{AuditKind, Doubt, Origin, Peer, PeerState, Relation, Trusted, Write},
    trust::{
        decision::{Decision, Effect},
        refusal::Refusal,
        view::{Standing, View},
    },
};

/// Moves that are remembered. Only those that lead to somebody's person are, so
/// a machine that keeps moving pushes out nobody else's.
const MOVES: usize = 1024;

/// A device showed whose it is, and how it came there.
pub(in crate::trust) fn certificate_shown(
    view: &View,
    device: DeviceId,
    person: PersonId,
    way: &Way,
) -> Decision<()> {
    match view.standing(device) {
        Standing::Trusted(_) => {}
        Standing::Blocked => return Decision::refused(Refusal::Blocked),
        Standing::Discovered | Standing::Pending => return Decision::refused(Refusal::NotTrusted),
    }
    let heard = way.moves().iter().fold(Decision::done(()), |heard, one| {
        heard.then(view, |view| move_heard(view, one, Some(device)))
    });
    heard.then(view, |view| judge(view, device, person))
}

/// Somebody signed that they go on under another key. `teller`: the device that
/// says so, which shows at once whether it came along.
pub(super) fn move_heard(view: &View, one: &PersonMove, teller: Option<DeviceId>) -> Decision<()> {
    let (old, new) = (one.old(), one.new_person());
    if view.is_frozen(old) {
        return Decision::done(());
    }
    match view.tables().moves().get(&old) {
        Some(known) if known.new_person() == new => return Decision::done(()),
        Some(known) => return freezing::contradicted(view, old, [known.new_person(), new]),
        None => {}
    }
    if !concerns_somebody(view, old) {
        return Decision::done(());
    }
    let mut decision = Decision::done(());
    if view.tables().moves().len() >= MOVES {
        let unneeded = unneeded(view);
        if unneeded.is_empty() {
            return decision;
        }
        for old in unneeded {
            decision = decision.write(Write::DropMove(old));
        }
    }
    decision = decision.write(Write::PutMove(*one));
    if view.own_person() == Some(old) {
        // So far this device is there itself, and so are those that are here with it.
        return decision;
    }
    let left = view
        .devices_of(old)
        .filter(|known| Some(known.peer.device) != teller && known.peer.doubt.is_none());
    for known in left {
        decision = left_behind(view, decision, known.peer.clone());
    }
    decision
}

/// A device of mine hands over the key of its person. Answers the way there from
/// mine, where it is to be gone.
pub(in crate::trust) fn key_offered(
    view: &View,
    device: DeviceId,
    person: PersonId,
) -> Decision<Way> {
    let refuse = |refusal| refused_to(view, AuditKind::PersonKeyRefused, device, refusal, None);
    match view.standing(device) {
        Standing::Trusted(_) => {}
        Standing::Blocked => return refuse(Refusal::Blocked),
        Standing::Discovered | Standing::Pending => return refuse(Refusal::NotTrusted),
    }
    let Some(known) = view.tables().known(device) else {
        return refuse(Refusal::NotTrusted);
    };
    // As it was joined here: it has moved on, so by now it is nobody's of mine.
    if !is_joined_as_mine(&known.peer) {
        return refuse(Refusal::PersonNotMine);
    }
    match known.peer.doubt {
        Some(Doubt::Frozen) => return refuse(Refusal::PersonFrozen),
        Some(Doubt::LeftBehind) => return refuse(Refusal::PersonLeftBehind),
        None => {}
    }
    if known.peer.person != Some(person) {
        return refuse(Refusal::PersonNotShown);
    }
    match view.own_person().and_then(|own| view.way(own, person)) {
        Some(way) => Decision::done(way),
        None => refuse(Refusal::PersonNoWay),
    }
}

/// Whether a device is to be handed my person's key now.
pub(in crate::trust) fn awaits_key(view: &View, device: DeviceId) -> bool {
    let (Some(own), Some(known)) = (view.own_person(), view.tables().known(device)) else {
        return false;
    };
    let peer = &known.peer;
    let behind = |shown: PersonId| shown != own && view.line(shown).any(|at| at == own);
    view.trusted(device).is_some()
        && is_joined_as_mine(peer)
        && peer.awaits_key
        // One that shows another person has gone elsewhere by itself.
        && peer.offered_person.is_none()
        && peer.person.is_some_and(behind)
}

/// Moves that lead to nobody who is known here.
pub(super) fn unneeded(view: &View) -> Vec<PersonId> {
    let all = view.tables().all_known();
    let known: BTreeSet<_> = all
        .filter_map(|known| known.peer.person)
        .chain(view.own_person())
        .collect();
    let moves = view.tables().moves().keys().copied();
    moves
        .filter(|old| !view.line(*old).any(|at| known.contains(&at)))
        .collect()
}

pub(super) fn is_joined_as_mine(peer: &Peer) -> bool {
    matches!(peer.state, PeerState::Trusted(Trusted { relation, .. }) if relation == Relation::Mine)
}

pub(super) fn left_behind(view: &View, decision: Decision<()>, peer: Peer) -> Decision<()> {
    let device = peer.device;
    decision
        .write(Write::PutPeer(Peer {
            doubt: Some(Doubt::LeftBehind),
            ..peer
        }))
        .write(Write::RecordOnceIn(
            REPEATS,
            about(view, AuditKind::PersonLeftBehind, device),
        ))
        .effect(Effect::PermissionsChanged { device })
}

/// Whether anybody here is of that person, or came from them.
fn concerns_somebody(view: &View, person: PersonId) -> bool {
    let mut moves = view.tables().moves().values();
    view.own_person() == Some(person)
        || view.devices_of(person).next().is_some()
        || moves.any(|one| one.new_person() == person)
}

/// Nothing but what it shows decides.
fn judge(view: &View, device: DeviceId, person: PersonId) -> Decision<()> {
    let Some(known) = view.tables().known(device) else {
        return Decision::refused(Refusal::NotKnown);
    };
    let before = &known.peer;
    let mine = is_joined_as_mine(before) && view.own_person() == Some(person);
    let follows = before
        .person
        .is_none_or(|pinned| view.leads(pinned, person));
    let after = if mine {
        pinned_to(before, person)
    } else if view.is_frozen(person) {
        let doubt = Some(Doubt::Frozen);
        Peer {
            doubt,
            offered_person: Some(person).filter(|_| before.person != Some(person)),
            ..before.clone()
        }
    } else if before.person == Some(person) {
        Peer {
            offered_person: None,
            ..before.clone()
        }
    } else if follows && before.doubt != Some(Doubt::Frozen) {
        pinned_to(before, person)
    } else if before
        .person
        .is_some_and(|pinned| view.leads(person, pinned))
    {
        before.clone()
    } else {
        Peer {
            offered_person: Some(person),
            ..before.clone()
        }
    };
    if after == *before {
        return Decision::done(());
    }
    shown(view, before, after)
}

fn pinned_to(peer: &Peer, person: PersonId) -> Peer {
    Peer {
        person: Some(person),
        offered_person: None,
        doubt: None,
        ..peer.clone()
    }
}

fn shown(view: &View, before: &Peer, mut after: Peer) -> Decision<()> {
    let device = after.device;
    let kind = if after.person != before.person {
        Some(AuditKind::PersonMoved)
    } else if after.doubt == Some(Doubt::Frozen) && before.doubt != after.doubt {
        Some(AuditKind::PersonFrozen)
    } else if after.offered_person.is_some() && after.offered_person != before.offered_person {
        Some(AuditKind::PersonChanged)
    } else {
        None
    };
    let is_own = after.person == view.own_person();
    after.awaits_key &= !is_own;
    let comes_to_me = is_own && after.doubt.is_none() && becomes_mine(&mut after);
    let mut decision = Decision::done(()).write(Write::PutPeer(after.clone()));
    if let Some(kind) = kind {
        let entry = about(view, kind, device).person(after.person);
        decision = decision.write(Write::RecordOnceIn(REPEATS, entry));
    }
    if comes_to_me {
        decision = without_rules(view, decision, device);
    }
    if (after.person, after.doubt) != (before.person, before.doubt) {
        decision = decision.effect(Effect::PermissionsChanged { device });
    }
    decision
}

/// A device of my person is one of mine, however it was joined; but whoever is
/// here because the network is open has no other ground.
pub(super) fn becomes_mine(peer: &mut Peer) -> bool {
    match &mut peer.state {
        PeerState::Trusted(trusted)
            if trusted.relation == Relation::Other && trusted.origin != Origin::OpenPolicy =>
        {
            trusted.relation = Relation::Mine;
            true
        }
        PeerState::Trusted(_) | PeerState::Pending { .. } | PeerState::Blocked { .. } => false,
    }
}

/// What was allowed and denied was meant for what the device was then.
pub(super) fn without_rules(
    view: &View,
    mut decision: Decision<()>,
    device: DeviceId,
) -> Decision<()> {
    let known = view.tables().known(device);
    for permission in known.into_iter().flat_map(|known| known.rules.keys()) {
        decision = decision.write(Write::DropRule(device, *permission));
    }
    decision
}
