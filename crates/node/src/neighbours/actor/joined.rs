//! Trust without a click: mesh keys and invitations.

use std::net::SocketAddr;

use mesh::hub::{Card, ClaimRefusal, Ground};
use tracing::{info, warn};
use wire::{
    DeviceCertificate, DeviceId, InvitationId, MeshKind, PersonId,
    frame::Frame,
    msg::{handover::Handover, pair::Relation},
};

use super::{super::kept, Actor, happened::said, logged};
use crate::{
    mesh_keys::{kind, stored},
    store,
    trust::{Effect, Introduction, Refusal, TrustError},
};

/// A machine that is trusted from now on, as the mesh tells it.
pub(super) struct Vouched {
    pub(super) device: DeviceId,
    pub(super) ground: Ground,
    pub(super) relation: Relation,
    pub(super) certificate: DeviceCertificate,
    pub(super) card: Card,
    pub(super) addresses: Vec<SocketAddr>,
}

/// A machine that has shown a mesh key, or an invitation made here.
pub(super) struct Claim {
    pub(super) device: DeviceId,
    pub(super) card: Card,
    pub(super) ground: Ground,
    pub(super) kind: MeshKind,
    pub(super) person: PersonId,
}

impl Actor<'_> {
    /// Decides before any key of a person is handed over, for a machine that was
    /// removed may still hold what it claims by.
    pub(super) async fn claimed(&mut self, claim: Claim) -> Result<(), ClaimRefusal> {
        let Claim {
            device,
            card,
            ground,
            kind: meant,
            person,
        } = claim;
        let who = Introduction {
            person: Some(person),
            ..said(&card)
        };
        self.met(device).card = Some(card);
        let trust = &self.carrier.trust;
        let decided = match ground {
            Ground::MeshKey(id) => trust.mesh_key_proved(device, who, stored(id)).await,
            Ground::Invitation { id, .. } => {
                let id = invitation(id);
                let known = trust.view().tables().invitation(id).copied();
                if known.is_some_and(|known| known.kind != kind(meant)) {
                    return Err(ClaimRefusal::OtherKind);
                }
                trust.invitation_shown(device, who, id).await
            }
        };
        let answer = match decided {
            Ok(effects) => {
                self.carrier.carry_out(effects).await;
                Ok(())
            }
            Err(TrustError::Refused(refusal)) => Err(refused(refusal)),
            Err(TrustError::Store(error)) => {
                warn!(%error, "what a machine claims could not be written down");
                Err(ClaimRefusal::NotWelcome)
            }
        };
        info!(
            device = device.short(),
            ?ground,
            ?answer,
            "a machine claims trust"
        );
        self.look_at(device);
        answer
    }

    /// Both have settled whose machines they are. What was claimed here is
    /// written down already; what this machine redeemed is not.
    pub(super) async fn vouched(&mut self, vouched: Vouched) {
        let Vouched {
            device,
            ground,
            relation,
            certificate,
            card,
            addresses,
        } = vouched;
        let who = Introduction {
            person: Some(certificate.person()),
            ..said(&card)
        };
        self.met(device).card = Some(card);
        self.in_step().await;
        if let Ground::Invitation {
            id,
            issued_here: false,
        } = ground
        {
            let trust = &self.carrier.trust;
            match trust.invited(device, who, relation, invitation(id)).await {
                Ok(effects) => {
                    self.carrier.carry_out(effects).await;
                }
                Err(error) => {
                    warn!(%error, "a machine that invited this one is not kept");
                    self.distrust(device).await;
                }
            }
        }
        let told = addresses.into_iter().filter_map(kept).collect();
        let noted = self.carrier.trust.told_addresses(device, told).await;
        logged("where a machine was met is not noted", noted);
        self.look_at(device);
    }

    /// What a machine that just connected does not have yet: the keys that
    /// replaced those it holds.
    pub(super) async fn hand_over_keys(&self, device: DeviceId) {
        let outdated = self.carrier.trust.outdated_keys(device);
        if outdated.is_empty() {
            return;
        }
        let active = self.carrier.keys.active().await;
        let view = self.carrier.trust.view();
        for (old, kind) in outdated {
            let successor = active.iter().find(|key| {
                let new = view.tables().mesh_key(stored(key.id()));
                new.is_some_and(|new| new.retired.is_none() && new.kind == kind)
            });
            if let Some(key) = successor {
                self.carrier.hand_over(old, key, &[device]).await;
            }
        }
    }

    /// Another machine replaced a mesh key that both hold.
    pub(super) async fn key_handed_over(&mut self, device: DeviceId, frame: &Frame) {
        let Ok(handover) = Handover::parse(&frame.payload) else {
            info!(device = device.short(), "a mesh key that cannot be read");
            return;
        };
        let old = stored(handover.replaces);
        let new = stored(handover.key.id());
        let brought = (new, kind(handover.key.kind()));
        if !self.carrier.trust.takes_mesh_key(device, old, brought) {
            return;
        }
        let replaced = self.carrier.keys.take(old, handover.key).await;
        match replaced {
            Ok(rotated) => {
                info!(
                    device = device.short(),
                    "a mesh key was replaced by another machine"
                );
                let holds = self.carrier.trust.give_mesh_key(new, vec![device]).await;
                logged("who holds a mesh key is not noted", holds.map(drop));
                self.carrier.keys_changed().await;
                self.carrier
                    .hand_over(old, &rotated.key, &rotated.devices)
                    .await;
                self.carrier.carry_out(rotated.effects).await;
            }
            Err(error) => warn!(%error, "a mesh key that was handed over is not kept"),
        }
    }

    pub(super) async fn distrust(&self, device: DeviceId) {
        self.carrier
            .carry_out(vec![Effect::EndSession {
                device,
                ended: crate::trust::Ended::Lapsed,
            }])
            .await;
    }
}

fn invitation(id: InvitationId) -> store::InvitationId {
    store::InvitationId::from_bytes(*id.as_bytes())
}

fn refused(refusal: Refusal) -> ClaimRefusal {
    match refusal {
        Refusal::InvitationUnknown => ClaimRefusal::Unknown,
        Refusal::InvitationExpired => ClaimRefusal::Expired,
        Refusal::InvitationUsed => ClaimRefusal::Used,
        Refusal::NotTrusted
        | Refusal::Blocked
        | Refusal::NotAllowed
        | Refusal::Denied
        | Refusal::OpenPolicyOnly
        | Refusal::PolicyClosed
        | Refusal::MeshKeyUnknown
        | Refusal::MeshKeyRetired
        | Refusal::MeshKeyKnown
        | Refusal::TooManyInvitations { .. }
        | Refusal::TooManyDevices { .. }
        | Refusal::NotKnown
        | Refusal::NotBlocked
        | Refusal::NoOtherName
        | Refusal::TermOver
        | Refusal::PersonFrozen
        | Refusal::PersonLeftBehind
        | Refusal::PersonNotMine
        | Refusal::PersonNotShown
        | Refusal::NoRequest
        | Refusal::AskedAlready
        | Refusal::AskedTooSoon { .. }
        | Refusal::TooManyRequests { .. }
        | Refusal::PersonNoWay => ClaimRefusal::NotWelcome,
    }
}
