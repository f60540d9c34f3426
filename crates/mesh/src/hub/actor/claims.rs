//! What machines show in order to be trusted without a click, and what becomes of
//! it: the part that a mesh key and an invitation have in common.

use std::net::SocketAddr;

use wire::{DeviceId, machine::links::Connection, msg::session::ByeReason};

use super::{
    super::{
        desk::Ending,
        event::{Card, Event, Failure},
        vouching::{Begun, Claim, NotBegun},
    },
    Actor, Stage, now,
};

/// The other end of a connection on which trust is to begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whom {
    pub(super) device: DeviceId,
    pub(super) address: SocketAddr,
    pub(super) incoming: bool,
}

impl Actor {
    /// A connection is over on which trust was to begin.
    pub(super) fn trust_ended(
        &mut self,
        connection: Connection,
        whom: Whom,
        stage: Stage,
        ending: Ending,
    ) {
        match stage {
            Stage::Vouch { card, admitted } => {
                self.vouch_ended(connection, whom, (card, admitted), ending);
            }
            Stage::Redeem { card, answer, .. } => self.redeem_ended(whom, card, answer, ending),
            Stage::Invited { card, admitted } => self.invited_ended(whom, (card, admitted), ending),
            Stage::AtTheDoor
            | Stage::Session
            | Stage::Greeting { .. }
            | Stage::Up(_)
            | Stage::Pairing { .. }
            | Stage::Ahead(_)
            | Stage::Stream { .. } => {}
        }
    }

    /// What strangers claim and cannot show.
    pub(super) fn count_failure(&mut self, whom: Whom, not: &NotBegun) {
        let refused = matches!(not, NotBegun::Here(_));
        if refused && whom.incoming && !self.trusted.contains(&whom.device) {
            self.proof_failures.note(whom.address.ip(), now());
        }
    }

    pub(super) fn begin_trust(&mut self, whom: Whom, card: Card, begun: Begun) {
        let device = whom.device;
        let Begun {
            ground,
            relation,
            certificate,
        } = begun;
        if self.blocked.contains(&device) {
            return;
        }
        // Of one that came to us the port is only where it came from.
        let dialled = (!whom.incoming).then_some(whom.address);
        let addresses = self.places(&device, dialled);
        self.trust(device, addresses.clone());
        self.emit(Event::Vouched {
            device,
            ground,
            relation,
            certificate,
            card,
            addresses,
        });
    }

    /// It was granted above, and that is written down; what broke after it is
    /// tried again.
    pub(super) fn keep_trust(&mut self, whom: Whom) {
        let dialled = (!whom.incoming).then_some(whom.address);
        let places = self.places(&whom.device, dialled);
        self.trust(whom.device, places);
    }

    pub(super) fn claimed(&mut self, connection: Connection, claim: Claim) {
        let Some(slot) = self.connections.get(&connection) else {
            return;
        };
        let card = match &slot.stage {
            Stage::Vouch { card, .. } => card.clone(),
            Stage::Invited { card, .. } => Some(card.clone()),
            Stage::AtTheDoor
            | Stage::Session
            | Stage::Greeting { .. }
            | Stage::Up(_)
            | Stage::Pairing { .. }
            | Stage::Redeem { .. }
            | Stage::Ahead(_)
            | Stage::Stream { .. } => None,
        };
        if let (Some(device), Some(card)) = (slot.device, card) {
            let event = Event::TrustClaimed {
                device,
                card,
                address: slot.address,
                ground: claim.ground,
                kind: claim.kind,
                person: claim.person,
                answer: claim.answer,
            };
            self.emit(event);
        }
    }

    /// What follows costs no stranger a place at the door.
    pub(super) fn admitted(&mut self, connection: Connection) {
        self.doorman.release(connection);
        let slot = self.connections.get_mut(&connection);
        if let Some(Stage::Vouch { admitted, .. } | Stage::Invited { admitted, .. }) =
            slot.map(|slot| &mut slot.stage)
        {
            *admitted = true;
        }
    }

    /// Whoever failed too often is not heard for a while.
    pub(super) fn hears_proofs_of(&mut self, connection: Connection) -> Result<(), ByeReason> {
        let slot = self.connections.get(&connection);
        let address = slot.ok_or(ByeReason::Unknown)?.address.ip();
        if self.proof_failures.too_many(address, now()) {
            Err(ByeReason::TooLoud)
        } else {
            Ok(())
        }
    }
}

impl From<NotBegun> for Failure {
    fn from(not: NotBegun) -> Self {
        match not {
            NotBegun::Here(reason) | NotBegun::There(reason) => Self::TurnedAway(reason),
            NotBegun::Broken => Self::Broken("the connection broke".to_owned()),
            NotBegun::NotKept(reason) => Self::Broken(reason),
        }
    }
}
