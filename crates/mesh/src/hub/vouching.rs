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
    event::{ClaimRefusal, Ground},
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

/// What the other shows in order to be trusted.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) ground: Ground,
    pub(super) kind: MeshKind,
    /// Whose machine it will be.
    pub(super) person: PersonId,
    pub(super) answer: oneshot::Sender<Result<(), ClaimRefusal>>,
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
    let kind = kind.ok_or(NotBegun::Broken)?;
    let (own, ground) = (identity.person(), Ground::MeshKey(id));
    settling::show(&mut framed, &own).await?;
    let theirs = settling::their_person(&mut framed, ends.other).await?;
    let relation = kind.relation();
    let person = settling::person_of_both(relation, &own, &theirs);
    if let Err(not) = grant(desk, ground, kind, person).await {
        return Err(turned_away(framed, not).await);
    }
    let certificate = settling::agree(&mut framed, relation, identity, (own, theirs)).await?;
    Ok(Begun {
        ground,
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

/// Somebody shows an invitation. It is used up before this machine shows anything
/// of its person, so one invitation lets one machine in, whatever breaks then.
pub(super) async fn invited(
    mut framed: Framed,
    identity: Arc<Identity>,
    guest: DeviceId,
    desk: &Desk,
) -> Result<Begun, NotBegun> {
    let shown = async {
        let PairMessage::Redeem { secret, kind } = hear(&mut framed).await? else {
            return Err(NotBegun::Broken);
        };
        let theirs = settling::their_person(&mut framed, guest).await?;
        Ok((secret.id(), kind, theirs))
    };
    let shown = timeout(GREETING, shown).await;
    let (id, kind, theirs) = shown.unwrap_or(Err(NotBegun::Broken))?;
    let ground = Ground::Invitation {
        id,
        issued_here: true,
    };
    let (own, relation) = (identity.person(), kind.relation());
    let person = settling::person_of_both(relation, &own, &theirs);
    if let Err(not) = grant(desk, ground, kind, person).await {
        return Err(turned_away(framed, not).await);
    }
    settling::show(&mut framed, &own).await?;
    let certificate = settling::agree(&mut framed, relation, identity, (own, theirs)).await?;
    Ok(Begun {
        ground,
        relation,
        certificate,
    })
}

/// Asks whoever decides above.
async fn grant(
    desk: &Desk,
    ground: Ground,
    kind: MeshKind,
    person: PersonId,
) -> Result<(), NotBegun> {
    let (answer, answered) = oneshot::channel();
    let claim = Claim {
        ground,
        kind,
        person,
        answer,
    };
    desk.report(Report::Claimed(desk.connection, claim)).await;
    let refusal = match timeout(STEP, answered).await {
        Ok(Ok(Ok(()))) => {
            desk.report(Report::Admitted(desk.connection)).await;
            return Ok(());
        }
        Ok(Ok(Err(refusal))) => refusal,
        // Nobody decides.
        Ok(Err(_)) | Err(_) => ClaimRefusal::NotWelcome,
    };
    Err(NotBegun::Here(refusal.into()))
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
