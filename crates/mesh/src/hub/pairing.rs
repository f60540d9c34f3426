//! One pairing's task: carries what its machine decides, and settles whose
//! machines these are once both people have confirmed.

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};
use wire::{
    DeviceCertificate, DeviceId,
    machine::pairing::{Effect, Outcome, Pairing},
    msg::pair::Relation,
};

use super::{
    desk::{Desk, Order, Report},
    event::PairingEnd,
    session::now,
    settling::{NotSettled, hear, say, settle},
};
use crate::{Identity, framed::Framed};

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
            Err(NotSettled::Bye(_) | NotSettled::Broken) => PairingEnd::Broken,
            Err(NotSettled::NotKept(reason)) => PairingEnd::NotKept(reason),
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
                Ok(message) => pairing.receive(&message, now()),
                Err(NotSettled::Bye(_)) => return Outcome::Cancelled,
                Err(NotSettled::Broken | NotSettled::NotKept(_)) => return Outcome::Broken,
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
