//! Trust that begins without a code: machines that hold one mesh key, and an
//! invitation that is redeemed where it was made. One task for each side of each
//! connection; both end in settling whose machines these are.

use std::sync::Arc;

use tokio::{sync::oneshot, time::timeout};
use wire::{
    DeviceCertificate, DeviceId, Invitation, MeshKey, MeshKeyId, MeshKind, PersonId,
    machine::vouch::{Effect, Ends, Outcome, Vouch},
    msg::{
        pair::{PairMessage, Relation},
        session::ByeReason,
    },
};

use super::{
    connection::{GREETING, say_goodbye},
    desk::{Desk, Report},
    event::{Ground, InvitationRefusal},
    settling::{self, NotSettled, STEP, hear, say},
};
use crate::{Identity, framed::Framed};

/// Trust that began, as this side sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) ground: Ground,
    pub(super) relation: Relation,
    /// Whose machine the other is.
    pub(super) certificate: DeviceCertificate,
}

/// Why it did not begin.
#[derive(Debug)]
pub(super) enum NotBegun {
    /// Refused by this side.
    Here(ByeReason),
    /// And by the other.
    There(ByeReason),
    /// The connection broke, or the other side broke the rules.
    Broken,
    /// The key of the person could not be kept.
    NotKept(String),
}

/// An invitation that somebody shows.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) invitation: wire::InvitationId,
    /// What the other was told that it means.
    pub(super) kind: MeshKind,
    /// Whose machine it will be.
    pub(super) person: PersonId,
    pub(super) answer: oneshot::Sender<Result<(), InvitationRefusal>>,
}

/// The side that dialled, or the other: `vouch` knows which it is.
pub(super) async fn vouch(
    mut framed: Framed,
    ends: Ends,
    (vouch, keys): (Vouch, Arc<[MeshKey]>),
    identity: Arc<Identity>,
    desk: &Desk,
) -> Result<Begun, NotBegun> {
    let proven = timeout(GREETING, prove(&mut framed, vouch));
    let id = match proven.await.unwrap_or(Err(NotBegun::Broken)) {
        Ok(id) => id,
        Err(not) => return Err(turned_away(framed, not).await),
    };
    let kind = keys.iter().find(|key| key.id() == id).map(MeshKey::kind);
    let relation = kind.ok_or(NotBegun::Broken)?.relation();
    desk.report(Report::Admitted(desk.connection)).await;
    let certificate = settling::settle(&mut framed, relation, identity, ends.other).await?;
    Ok(Begun {
        ground: Ground::MeshKey(id),
        relation,
        certificate,
    })
}

async fn prove(framed: &mut Framed, mut vouch: Vouch) -> Result<MeshKeyId, NotBegun> {
    loop {
        while let Some(effect) = vouch.poll_effect() {
            match effect {
                Effect::Send(message) => say(framed, &message).await?,
                Effect::Ended(Outcome::Proven(id)) => return Ok(id),
                Effect::Ended(Outcome::NoKey) => return Err(NotBegun::Here(ByeReason::NoKey)),
                Effect::Ended(Outcome::WrongProof) => {
                    return Err(NotBegun::Here(ByeReason::WrongProof));
                }
                Effect::Ended(Outcome::Broken) => return Err(NotBegun::Here(ByeReason::Broken)),
            }
        }
        vouch.receive(&hear(framed).await?);
    }
}

/// Shows an invitation to who made it. It is the device that the ticket names:
/// TLS has proven that.
pub(super) async fn redeem(
    mut framed: Framed,
    invitation: Invitation,
    identity: Arc<Identity>,
    issuer: DeviceId,
) -> Result<Begun, NotBegun> {
    let (id, kind) = (invitation.id(), invitation.kind);
    let secret = invitation.secret;
    say(&mut framed, &PairMessage::Redeem { secret, kind }).await?;
    let relation = kind.relation();
    let certificate = settling::settle(&mut framed, relation, identity, issuer).await?;
    Ok(Begun {
        ground: Ground::Invitation {
            id,
            issued_here: false,
        },
        relation,
        certificate,
    })
}

/// Somebody shows an invitation. Who decides above uses it up before anything of
/// this machine's person is shown, so one invitation lets one machine in,
/// whatever breaks after that.
pub(super) async fn invited(
    mut framed: Framed,
    identity: Arc<Identity>,
    guest: DeviceId,
    desk: &Desk,
) -> Result<Begun, NotBegun> {
    let own = identity.person();
    let shown = async {
        let PairMessage::Redeem { secret, kind } = hear(&mut framed).await? else {
            return Err(NotBegun::Broken);
        };
        let theirs = settling::their_person(&mut framed, guest).await?;
        Ok((secret.id(), kind, theirs))
    };
    let (id, kind, theirs) = timeout(GREETING, shown)
        .await
        .unwrap_or(Err(NotBegun::Broken))?;
    let relation = kind.relation();
    let person = settling::person_of_both(relation, &own, &theirs);
    let (answer, answered) = oneshot::channel();
    let shown = Shown {
        invitation: id,
        kind,
        person,
        answer,
    };
    desk.report(Report::InvitationShown(desk.connection, shown))
        .await;
    let answer = timeout(STEP, answered).await;
    let refusal = match answer {
        Ok(Ok(Ok(()))) => None,
        Ok(Ok(Err(refusal))) => Some(refusal),
        // Nobody above decides any more.
        Ok(Err(_)) | Err(_) => Some(InvitationRefusal::NotWelcome),
    };
    if let Some(refusal) = refusal {
        let not = NotBegun::Here(refusal.into());
        return Err(turned_away(framed, not).await);
    }
    desk.report(Report::Admitted(desk.connection)).await;
    let certificate = settling::answer(&mut framed, relation, identity, (own, theirs)).await?;
    Ok(Begun {
        ground: Ground::Invitation {
            id,
            issued_here: true,
        },
        relation,
        certificate,
    })
}

/// Says why, where it was refused here.
async fn turned_away(framed: Framed, not: NotBegun) -> NotBegun {
    if let NotBegun::Here(reason) = &not {
        say_goodbye(framed, *reason).await;
    }
    not
}

impl From<NotSettled> for NotBegun {
    fn from(not: NotSettled) -> Self {
        match not {
            NotSettled::Bye(reason) => Self::There(reason),
            NotSettled::Broken => Self::Broken,
            NotSettled::NotKept(reason) => Self::NotKept(reason),
        }
    }
}
