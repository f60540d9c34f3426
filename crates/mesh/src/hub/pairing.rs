//! One pairing's task: carries what its machine decides, and settles whose
//! machines these are once both people have confirmed.
//!
//! Settling: both show the certificate of their person. Two machines of one
//! person must end with one person key, so the older one is handed over, inside
//! TLS, and kept durably by the other before it says so. Should anything break
//! in between, neither side trusts the other, and pairing again finds out what
//! is already done.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};
use wire::{
    DeviceCertificate, DeviceId,
    frame::{Frame, Marker},
    machine::pairing::{Effect, Outcome, Pairing},
    msg::pair::{PairMessage, PersonSeed, Proof, Relation},
};

use super::{
    desk::{Desk, Order, Report},
    event::PairingEnd,
    session::now,
};
use crate::{Identity, framed::Framed};

/// One message from one machine to the other, where no person is waited for.
const STEP: Duration = Duration::from_secs(15);

/// How a pairing ended, before the hub adds what it knows of the other.
#[derive(Debug)]
pub(super) enum Settled {
    Paired {
        relation: Relation,
        certificate: DeviceCertificate,
    },
    Not(PairingEnd),
}

pub(super) async fn run(
    mut framed: Framed,
    pairing: Pairing,
    opened: bool,
    identity: Arc<Identity>,
    other: DeviceId,
    desk: &mut Desk,
) -> Settled {
    let outcome = compare(&mut framed, pairing, opened, desk).await;
    let not = match outcome {
        Outcome::Paired(relation) => match settle(&mut framed, relation, identity, other).await {
            Ok(certificate) => {
                return Settled::Paired {
                    relation,
                    certificate,
                };
            }
            Err(end) => end,
        },
        Outcome::CodesDiffer => PairingEnd::CodesDiffer,
        Outcome::CodesDifferThere => PairingEnd::CodesDifferThere,
        Outcome::Cancelled => PairingEnd::Cancelled,
        Outcome::TimedOut => PairingEnd::TimedOut,
        Outcome::Broken => PairingEnd::Broken,
    };
    Settled::Not(not)
}

async fn compare(
    framed: &mut Framed,
    mut pairing: Pairing,
    opened: bool,
    desk: &mut Desk,
) -> Outcome {
    loop {
        while let Some(effect) = pairing.poll_effect() {
            match effect {
                Effect::Send(message) => {
                    if say(framed, &message).await.is_err() {
                        return Outcome::Broken;
                    }
                }
                Effect::Requested if opened => pairing.open(now()),
                Effect::Requested => {
                    desk.report(Report::PairingRequested(desk.connection)).await;
                }
                Effect::Show(code) => {
                    desk.report(Report::PairingCode(desk.connection, code))
                        .await;
                }
                Effect::Ended(outcome) => return outcome,
            }
        }
        let wakes = pairing
            .poll_timeout()
            .map_or_else(Instant::now, Instant::from_std);
        tokio::select! {
            message = hear(framed) => match message {
                Ok(Some(message)) => pairing.receive(&message, now()),
                Ok(None) => return Outcome::Cancelled,
                Err(PairingBroke) => return Outcome::Broken,
            },
            order = desk.order() => match order {
                Order::OpenPairing => pairing.open(now()),
                Order::Confirm { same, relation } => pairing.confirm(same, relation),
                Order::CancelPairing | Order::Close(_) => pairing.cancel(),
                Order::Probe(_) => {}
            },
            () = sleep_until(wakes) => pairing.handle_timeout(now()),
        }
    }
}

/// Whose machine the other is.
async fn settle(
    framed: &mut Framed,
    relation: Relation,
    identity: Arc<Identity>,
    other: DeviceId,
) -> Result<DeviceCertificate, PairingEnd> {
    let (own, since) = (identity.certificate(), identity.person_since());
    say(framed, &person(own, since)).await?;
    let (theirs, their_since) = their_person(framed, other).await?;
    let certificate = if relation == Relation::Other || theirs.person() == own.person() {
        theirs
    } else if (since, own.person()) < (their_since, theirs.person()) {
        hand_over(framed, identity, other).await?
    } else {
        take_over(framed, identity, theirs, their_since).await?
    };
    // Who hears the last word first says it second, so both know.
    let settled = async {
        say(framed, &PairMessage::Settled).await?;
        match hear(framed).await? {
            Some(PairMessage::Settled) => Ok(()),
            Some(_) | None => Err(PairingBroke),
        }
    };
    timeout(STEP, settled).await.map_err(|_| PairingBroke)??;
    Ok(certificate)
}

/// Gives the key of this person to the other machine.
async fn hand_over(
    framed: &mut Framed,
    identity: Arc<Identity>,
    other: DeviceId,
) -> Result<DeviceCertificate, PairingEnd> {
    let person = identity.person();
    let key = tokio::task::spawn_blocking(move || identity.person_key())
        .await
        .map_err(|_| PairingEnd::Broken)?
        .map_err(|error| PairingEnd::NotKept(error.to_string()))?;
    let seed = PersonSeed::of(&key);
    let way = person.arrival.way;
    say(framed, &PairMessage::Key { seed, way }).await?;
    let (certificate, _) = their_person(framed, other).await?;
    if certificate.person() == person.certificate.person() {
        Ok(certificate)
    } else {
        Err(PairingEnd::Broken)
    }
}

/// Becomes a machine of the other's person.
async fn take_over(
    framed: &mut Framed,
    identity: Arc<Identity>,
    theirs: DeviceCertificate,
    since: u64,
) -> Result<DeviceCertificate, PairingEnd> {
    let (key, way) = match timeout(STEP, hear(framed)).await {
        Ok(Ok(Some(PairMessage::Key { seed, way }))) => (seed.key(), way),
        Ok(_) | Err(_) => return Err(PairingEnd::Broken),
    };
    if key.id() != theirs.person() {
        return Err(PairingEnd::Broken);
    }
    let certificate = tokio::task::spawn_blocking(move || identity.adopt_person(&key, since, &way))
        .await
        .map_err(|_| PairingEnd::Broken)?
        .map_err(|error| PairingEnd::NotKept(error.to_string()))?;
    say(framed, &person(certificate, since)).await?;
    Ok(theirs)
}

async fn their_person(
    framed: &mut Framed,
    other: DeviceId,
) -> Result<(DeviceCertificate, u64), PairingBroke> {
    match timeout(STEP, hear(framed)).await {
        Ok(Ok(Some(PairMessage::Person { certificate, since }))) => {
            let certificate = DeviceCertificate::decode(&certificate.0);
            let certificate = certificate.map_err(|_| PairingBroke)?;
            if certificate.device() == other {
                Ok((certificate, since))
            } else {
                Err(PairingBroke)
            }
        }
        Ok(_) | Err(_) => Err(PairingBroke),
    }
}

fn person(certificate: DeviceCertificate, since: u64) -> PairMessage {
    PairMessage::Person {
        certificate: Proof(certificate.encode()),
        since,
    }
}

struct PairingBroke;

impl From<PairingBroke> for PairingEnd {
    fn from(_: PairingBroke) -> Self {
        Self::Broken
    }
}

async fn say(framed: &mut Framed, message: &PairMessage) -> Result<(), PairingBroke> {
    let frame = Frame::new(Marker::Pair, message.encode());
    match timeout(STEP, framed.write(&frame)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(PairingBroke),
    }
}

/// The next message; none when the other says goodbye.
async fn hear(framed: &mut Framed) -> Result<Option<PairMessage>, PairingBroke> {
    let frame = framed.read().await.map_err(|_| PairingBroke)?;
    if frame.marker == Marker::Bye {
        Ok(None)
    } else if frame.marker == Marker::Pair {
        let message = PairMessage::parse(&frame.payload);
        message.map(Some).map_err(|_| PairingBroke)
    } else {
        Err(PairingBroke)
    }
}
