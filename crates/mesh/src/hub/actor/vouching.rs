//! Trust without a click: vouching with machines that hold a mesh key of ours.

use wire::{
    DeviceId, MeshKey, MeshKeyId,
    machine::{links::Connection, pairing::Pairing, presence::MeshTag},
    mesh_key,
    msg::session::{ByeReason, Hello, Purpose},
};

use super::{
    super::{
        desk::{Ending, Verdict},
        event::{Card, Failure, Ground},
        vouches::Chance,
        vouching::{Begun, NotBegun},
    },
    Actor, Stage, card,
    claims::Whom,
    doors::why_not,
    failed, now,
};

/// As many as strangers greeted at the same time; the others wait their turn.
const VOUCHES: usize = 16;

impl Actor {
    pub(super) fn set_mesh_keys(&mut self, mut keys: Vec<MeshKey>) {
        keys.truncate(mesh_key::MOST);
        self.mesh_keys = keys.into();
        self.presence.set_mesh_keys(self.mesh_keys.clone(), now());
        // Machines that are heard are told of by presence.
        let unheard: Vec<_> = self.settled.keys().copied().collect();
        for device in unheard {
            self.vouch_unheard(device);
        }
    }

    /// Plans to vouch with a machine if there is something to win; says whether
    /// that is under way.
    pub(super) fn vouch_if_wanted(&mut self, device: DeviceId) -> bool {
        let wanted = self
            .chance(&device)
            .is_some_and(|chance| self.vouches.is_wanted(&device, chance));
        if wanted {
            self.vouches.wait(device);
        }
        wanted || self.vouches.running(&device).is_some()
    }

    /// A machine that was reached, but whose announcements do not come here.
    pub(super) fn vouch_unheard(&mut self, device: DeviceId) {
        if self.presence.sighting(&device).is_none() {
            self.vouch_if_wanted(device);
        }
    }

    pub(super) fn start_vouches(&mut self) {
        while self.vouches_dialled() < VOUCHES {
            let Some(device) = self.vouches.next_waiting() else {
                return;
            };
            let chance = self.chance(&device);
            let wanted = chance.filter(|chance| self.vouches.is_wanted(&device, *chance));
            let places = self.places_of(&device);
            let stage = Stage::Vouch {
                card: None,
                admitted: false,
            };
            if let Some(Chance { key, .. }) = wanted
                && let Some(connection) = self.dial(places, Some(device), Purpose::Vouch, stage)
            {
                self.vouches.begin(device, connection, Some(key));
            }
        }
    }

    /// Those that broke are tried again.
    pub(super) fn resume_vouches(&mut self) {
        for device in self.vouches.due(now()) {
            self.vouch_if_wanted(device);
        }
    }

    /// Which key could be shown to a machine, and is worth showing. Its tag tells;
    /// where it is not heard, the newest is tried.
    fn chance(&self, device: &DeviceId) -> Option<Chance> {
        if self.blocked.contains(device) || *device == self.me {
            return None;
        }
        let trusted = self.trusted.contains(device);
        let (key, instance) = match self.presence.sighting(device) {
            Some(sighting) => match sighting.mesh {
                MeshTag::Ours(key) => (key, sighting.instance),
                MeshTag::None | MeshTag::Other => return None,
            },
            None if trusted || self.by_hand.contains_key(device) => {
                let key = self.mesh_keys.first()?.id();
                (key, self.met.get(device)?.instance)
            }
            None => return None,
        };
        Some(Chance {
            key,
            instance,
            trusted,
        })
    }

    fn vouches_dialled(&self) -> usize {
        self.connections
            .values()
            .filter(|slot| !slot.incoming && matches!(slot.stage, Stage::Vouch { .. }))
            .count()
    }

    /// We got through to the machine that we want to vouch with.
    pub(super) fn vouching(&self, device: &DeviceId) -> Verdict {
        Verdict::Vouch {
            hello: self.hello(device, Purpose::Vouch),
            keys: self.mesh_keys.clone(),
        }
    }

    /// A machine came that wants to vouch.
    pub(super) fn asked_to_vouch(
        &mut self,
        connection: Connection,
        device: DeviceId,
        hello: &Hello,
    ) -> Verdict {
        if let Err(reason) = self.hears_proofs_of(connection) {
            return Verdict::Refuse(reason);
        }
        if self.mesh_keys.is_empty() {
            return Verdict::Refuse(ByeReason::NoKey);
        }
        let running = self.vouches.running(&device);
        let own = running
            .and_then(|running| self.connections.get(&running))
            .filter(|slot| !slot.incoming);
        if running.is_some() && (own.is_none() || Pairing::keeps_asking(&self.me, &device)) {
            return Verdict::Refuse(ByeReason::Duplicate);
        }
        if let Some(own) = own {
            own.cancel.cancel();
        }
        let card = card(hello);
        let stage = Stage::Vouch {
            card: Some(card.clone()),
            admitted: false,
        };
        self.set_stage(connection, stage);
        let key = self.chance(&device).map(|chance| chance.key);
        self.vouches.begin(device, connection, key);
        self.remember(device, card);
        Verdict::Vouch {
            hello: self.hello(&device, Purpose::Vouch),
            keys: self.mesh_keys.clone(),
        }
    }

    pub(super) fn vouch_ended(
        &mut self,
        connection: Connection,
        whom: Whom,
        (card, admitted): (Option<Card>, bool),
        ending: Ending,
    ) {
        // Both dialled at once, and the other connection goes on.
        let Some(key) = self.vouches.end(&whom.device, connection) else {
            return;
        };
        if admitted && !matches!(ending, Ending::Trust(Ok(_))) {
            self.keep_trust(whom);
        }
        let not = match (ending, card) {
            (Ending::Trust(Ok(begun)), Some(card)) => {
                return self.vouched(whom, key, card, begun);
            }
            (Ending::Trust(Err(not)), _) => not,
            (Ending::Failed(Failure::TurnedAway(reason)), _) => NotBegun::There(reason),
            (ending, _) => return self.vouch_broke(whom, why_not(ending)),
        };
        self.count_failure(whom, &not);
        let clear = match &not {
            NotBegun::Here(reason) | NotBegun::There(reason) => matches!(
                reason,
                ByeReason::NoKey | ByeReason::WrongProof | ByeReason::NotTrusted
            ),
            NotBegun::Broken | NotBegun::NotKept(_) => false,
        };
        let instance = self.instance_of(&whom.device);
        if clear && let (Some(key), Some(instance)) = (key, instance) {
            self.vouches.settled(whom.device, key, instance);
            self.note_not_vouched(whom, not.into());
        } else {
            self.vouch_broke(whom, not.into());
        }
    }

    fn vouched(&mut self, whom: Whom, key: Option<MeshKeyId>, card: Card, begun: Begun) {
        // What made us try is done with, whichever common key was taken.
        let key = match begun.ground {
            Ground::MeshKey(proven) => key.unwrap_or(proven),
            Ground::Invitation { .. } => return,
        };
        self.vouches.settled(whom.device, key, card.instance);
        self.not_vouched.remove(&whom.device);
        self.begin_trust(whom, card, begun);
        // It may have been given another key meanwhile.
        self.vouch_if_wanted(whom.device);
    }

    fn vouch_broke(&mut self, whom: Whom, failure: Failure) {
        if !whom.incoming {
            self.vouches.broke(whom.device, now());
        }
        self.note_not_vouched(whom, failure);
    }

    /// For the doctor, and only of machines whose tag says that they hold a key
    /// of ours.
    fn note_not_vouched(&mut self, whom: Whom, failure: Failure) {
        let holder = self
            .presence
            .sighting(&whom.device)
            .is_some_and(|sighting| matches!(sighting.mesh, MeshTag::Ours(_)));
        if holder && failure != Failure::TurnedAway(ByeReason::Duplicate) {
            let failure = failed(whom.address, failure);
            self.not_vouched.insert(whom.device, failure);
        }
    }
}
