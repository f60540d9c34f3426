//! Whose machines these are, once two machines may trust each other: the last
//! part of pairing, of vouching and of redeeming an invitation.
//!
//! Both show the certificate of their person. Two machines of one person must
//! end with one person key, so the older one is handed over, inside TLS, and
//! kept durably by the other before it says so. Should anything break in
//! between, neither side trusts the other, and trying again finds out what is
//! already done.
//!
//! A machine may settle with several others at the same time. What it does rests
//! on the person it showed; where that is another by then, it stops and leaves
//! the rest to the next attempt.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;
use wire::{
    DeviceCertificate, DeviceId, PersonId,
    frame::{Frame, Marker},
    msg::{
        pair::{PairMessage, PersonSeed, Proof, Relation},
        session::{Bye, ByeReason, parse},
    },
};

use crate::{Identity, OwnPerson, PersonError, framed::Framed};

/// One message from one machine to the other, where no person is waited for.
pub(super) const STEP: Duration = Duration::from_secs(15);

/// Why it was not settled.
#[derive(Debug)]
pub(super) enum NotSettled {
    /// The other said goodbye.
    Bye(ByeReason),
    /// The connection broke, the other broke the rules, or the person here became
    /// another meanwhile.
    Broken,
    /// The key of the person could not be read or kept.
    NotKept(String),
}

/// The person of the other machine, as it showed it.
#[derive(Debug, Clone, Copy)]
pub(super) struct TheirPerson {
    certificate: DeviceCertificate,
    since: u64,
}

/// Says whose machine the other is.
pub(super) async fn settle(
    framed: &mut Framed,
    relation: Relation,
    identity: Arc<Identity>,
    other: DeviceId,
) -> Result<DeviceCertificate, NotSettled> {
    let own = identity.person();
    show(framed, &own).await?;
    let theirs = their_person(framed, other).await?;
    agree(framed, relation, identity, (own, theirs)).await
}

/// The first part: the person of this machine.
pub(super) async fn show(framed: &mut Framed, own: &OwnPerson) -> Result<(), NotSettled> {
    let person = PairMessage::Person {
        certificate: Proof(own.certificate.encode()),
        since: own.since,
    };
    say(framed, &person).await
}

/// Whose machine the other will be when it is settled.
pub(super) fn person_of_both(
    relation: Relation,
    own: &OwnPerson,
    theirs: &TheirPerson,
) -> PersonId {
    if relation == Relation::Mine && is_older(own, theirs) {
        own.certificate.person()
    } else {
        theirs.certificate.person()
    }
}

pub(super) async fn their_person(
    framed: &mut Framed,
    other: DeviceId,
) -> Result<TheirPerson, NotSettled> {
    let PairMessage::Person { certificate, since } = hear_soon(framed).await? else {
        return Err(NotSettled::Broken);
    };
    let certificate = DeviceCertificate::decode(&certificate.0).map_err(|_| NotSettled::Broken)?;
    if certificate.device() == other {
        Ok(TheirPerson { certificate, since })
    } else {
        Err(NotSettled::Broken)
    }
}

/// The last part, once each has shown its person.
pub(super) async fn agree(
    framed: &mut Framed,
    relation: Relation,
    identity: Arc<Identity>,
    (own, theirs): (OwnPerson, TheirPerson),
) -> Result<DeviceCertificate, NotSettled> {
    let one_person = own.certificate.person() == theirs.certificate.person();
    let certificate = if relation == Relation::Other || one_person {
        theirs.certificate
    } else if is_older(&own, &theirs) {
        hand_over(framed, identity, (own, theirs)).await?
    } else {
        take_over(framed, identity, (own, theirs)).await?
    };
    // Who hears the last word first says it second, so both know.
    say(framed, &PairMessage::Settled).await?;
    if hear_soon(framed).await? == PairMessage::Settled {
        Ok(certificate)
    } else {
        Err(NotSettled::Broken)
    }
}

fn is_older(own: &OwnPerson, theirs: &TheirPerson) -> bool {
    (own.since, own.certificate.person()) < (theirs.since, theirs.certificate.person())
}

/// Gives the key of this person to the other machine.
async fn hand_over(
    framed: &mut Framed,
    identity: Arc<Identity>,
    (own, theirs): (OwnPerson, TheirPerson),
) -> Result<DeviceCertificate, NotSettled> {
    let person = own.certificate.person();
    let key = tokio::task::spawn_blocking(move || identity.person_key())
        .await
        .map_err(|_| NotSettled::Broken)?
        .map_err(|error| NotSettled::NotKept(error.to_string()))?;
    if key.id() != person {
        return Err(NotSettled::Broken);
    }
    let seed = PersonSeed::of(&key);
    let way = own.arrival.way;
    say(framed, &PairMessage::Key { seed, way }).await?;
    let now = their_person(framed, theirs.certificate.device()).await?;
    if now.certificate.person() == person {
        Ok(now.certificate)
    } else {
        Err(NotSettled::Broken)
    }
}

/// Becomes a machine of the other's person.
async fn take_over(
    framed: &mut Framed,
    identity: Arc<Identity>,
    (own, theirs): (OwnPerson, TheirPerson),
) -> Result<DeviceCertificate, NotSettled> {
    let PairMessage::Key { seed, way } = hear_soon(framed).await? else {
        return Err(NotSettled::Broken);
    };
    let (key, since) = (seed.key(), theirs.since);
    if key.id() != theirs.certificate.person() {
        return Err(NotSettled::Broken);
    }
    let shown = own.certificate.person();
    let adopted = {
        let identity = identity.clone();
        tokio::task::spawn_blocking(move || identity.adopt_person(shown, &key, since, &way))
    };
    match adopted.await.map_err(|_| NotSettled::Broken)? {
        Ok(_) => {}
        Err(PersonError::Changed) => return Err(NotSettled::Broken),
        Err(error) => return Err(NotSettled::NotKept(error.to_string())),
    }
    show(framed, &identity.person()).await?;
    Ok(theirs.certificate)
}

pub(super) async fn say(framed: &mut Framed, message: &PairMessage) -> Result<(), NotSettled> {
    let frame = Frame::new(Marker::Pair, message.encode());
    match timeout(STEP, framed.write(&frame)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(NotSettled::Broken),
    }
}

/// The next message, however long it takes.
pub(super) async fn hear(framed: &mut Framed) -> Result<PairMessage, NotSettled> {
    let frame = framed.read().await.map_err(|_| NotSettled::Broken)?;
    if frame.marker == Marker::Bye {
        let bye = parse::<Bye>(&frame.payload);
        let reason = bye.map_or(ByeReason::Unknown, |bye| bye.reason);
        Err(NotSettled::Bye(reason))
    } else if frame.marker == Marker::Pair {
        PairMessage::parse(&frame.payload).map_err(|_| NotSettled::Broken)
    } else {
        Err(NotSettled::Broken)
    }
}

async fn hear_soon(framed: &mut Framed) -> Result<PairMessage, NotSettled> {
    timeout(STEP, hear(framed))
        .await
        .unwrap_or(Err(NotSettled::Broken))
}
