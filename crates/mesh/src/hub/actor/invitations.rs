//! Invitations: given to the person here, or shown by a machine that has one of
//! ours.

use std::net::SocketAddr;

use tokio::sync::oneshot;
use wire::{
    DeviceId, Invitation,
    machine::links::Connection,
    msg::session::{Hello, Purpose},
};

use super::{
    super::{
        desk::{Ending, Verdict},
        event::{Card, ClaimRefusal, Failure},
        handle::RedeemError,
        vouching::NotBegun,
    },
    Actor, Stage, can_be_dialled, card,
    claims::Whom,
    doors::why_not,
};

impl Actor {
    /// The person here was given an invitation.
    pub(super) fn redeem(
        &mut self,
        device: DeviceId,
        addresses: Vec<SocketAddr>,
        invitation: Invitation,
        answer: oneshot::Sender<Result<(), RedeemError>>,
    ) {
        let under_way = self
            .connections
            .values()
            .any(|slot| slot.device == Some(device) && matches!(slot.stage, Stage::Redeem { .. }));
        let told = !addresses.is_empty();
        let mut places: Vec<_> = addresses
            .into_iter()
            .filter(|address| can_be_dialled(&self.neighbourhood, *address))
            .collect();
        places.extend(self.places_of(&device));
        let refused = if device == self.me {
            Some(RedeemError::NotReached(Failure::Ourselves))
        } else if self.blocked.contains(&device) {
            Some(RedeemError::Blocked)
        } else if under_way {
            Some(RedeemError::UnderWay)
        } else if places.is_empty() {
            let failure = if told {
                Failure::Far
            } else {
                Failure::NoAddress
            };
            Some(RedeemError::NotReached(failure))
        } else {
            None
        };
        if let Some(refused) = refused {
            let _ = answer.send(Err(refused));
            return;
        }
        let stage = Stage::Redeem {
            card: None,
            invitation: Some(invitation),
            answer,
        };
        self.dial(places, Some(device), Purpose::Invitation, stage);
    }

    /// We got through to the machine whose invitation we have.
    pub(super) fn redeeming(&mut self, connection: Connection, device: &DeviceId) -> Verdict {
        let hello = self.hello(device, Purpose::Invitation);
        let slot = self.connections.get_mut(&connection);
        if let Some(Stage::Redeem { invitation, .. }) = slot.map(|slot| &mut slot.stage)
            && let Some(invitation) = invitation.take()
        {
            return Verdict::Redeem { hello, invitation };
        }
        Verdict::Drop(Failure::Broken("not expected".to_owned()))
    }

    /// A machine came that has an invitation of ours.
    pub(super) fn asked_to_redeem(
        &mut self,
        connection: Connection,
        device: DeviceId,
        hello: &Hello,
    ) -> Verdict {
        if let Err(reason) = self.hears_proofs_of(connection) {
            return Verdict::Refuse(reason);
        }
        let card = card(hello);
        let stage = Stage::Invited {
            card: card.clone(),
            admitted: false,
        };
        self.set_stage(connection, stage);
        self.remember(device, card);
        Verdict::Invite(self.hello(&device, Purpose::Invitation))
    }

    pub(super) fn invited_ended(
        &mut self,
        whom: Whom,
        (card, admitted): (Card, bool),
        ending: Ending,
    ) {
        match ending {
            Ending::Trust(Ok(begun)) => return self.begin_trust(whom, card, begun),
            Ending::Trust(Err(not)) => self.count_failure(whom, &not),
            Ending::Failed(_) | Ending::Session(_) | Ending::Pairing(_) | Ending::HandedUp => {}
        }
        if admitted {
            self.keep_trust(whom);
        }
    }

    pub(super) fn redeem_ended(
        &mut self,
        whom: Whom,
        card: Option<Card>,
        answer: oneshot::Sender<Result<(), RedeemError>>,
        ending: Ending,
    ) {
        let outcome = match (ending, card) {
            (Ending::Trust(Ok(begun)), Some(card)) => {
                self.begin_trust(whom, card, begun);
                Ok(())
            }
            (Ending::Trust(Err(NotBegun::NotKept(reason))), _) => Err(RedeemError::NotKept(reason)),
            (Ending::Trust(Err(NotBegun::There(reason))), _) => Err(ClaimRefusal::of(reason)
                .map_or(
                    RedeemError::NotReached(Failure::TurnedAway(reason)),
                    RedeemError::Refused,
                )),
            (ending, _) => Err(RedeemError::NotReached(why_not(ending))),
        };
        let _ = answer.send(outcome);
    }
}
