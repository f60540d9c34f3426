//! `banyan pair` and `banyan accept`: from the question to its end.
//!
//! The events of the node are followed from before the question on, so nothing
//! is missed and nothing is asked twice. The code is compared by the person, or
//! with the code that `--code` carries over from the other screen. Where neither
//! is to be had, the command ends while the pairing waits: the same command with
//! `--code` goes on from there.
//!
//! Invariant: nothing is confirmed unless the codes are the same, and a command
//! that is interrupted while it waits leaves no pairing behind.

mod talk;
mod watched;

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};

use api::{
    ApiError, Code,
    calls::{
        AddPeer, CancelPairing, ConfirmPairing, ListMachines, ListPeers, OpenPairing, PairPeer,
        RedeemTicket,
    },
    dto::{
        PairingAnswer, PairingOutcome, PairingStep, Peer, PeerAddress, PeerRef, PeerState,
        TicketUse,
    },
};
use gateway::client::{Client, ClientError};
use serde_json::json;

use self::{
    talk::Talk,
    watched::{Stage, Watched},
};
use super::words;
use crate::{answer::Answer, cli::PairOptions, signals::Signals};

/// What every ticket begins with.
const TICKET: &str = "banyan:";

/// How the person here came to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// They want it; where the other has asked first, its request is opened.
    Ask,
    /// They open a request that came from there.
    Open,
}

/// How far the command got.
enum End {
    /// The codes wait to be compared.
    Waits(String),
    Over(PairingOutcome),
}

pub(super) async fn run(
    client: Client,
    options: PairOptions,
    way: Way,
    json: bool,
) -> Result<Answer, ApiError> {
    let mut signals = Signals::listen()
        .map_err(|error| ApiError::new(Code::Internal, [("reason", error.to_string())]))?;
    let mut watched = tokio::select! {
        begun = begin(client, &options, way) => begun?,
        () = signals.next() => return Ok(Answer::nothing(ExitCode::FAILURE)),
    };
    let talk = Talk {
        silent: json,
        way,
        asks: !json && io::stdin().is_terminal() && io::stdout().is_terminal(),
    };
    let end = tokio::select! {
        end = go_on(&mut watched, &options, talk) => end?,
        () = signals.next() => {
            watched.client.call::<CancelPairing>(named(&watched.peer.id)).await?;
            End::Over(PairingOutcome::Cancelled)
        }
    };
    Ok(answer(&watched.peer, &options, way, end))
}

async fn begin(client: Client, options: &PairOptions, way: Way) -> Result<Watched, ApiError> {
    let PairOptions { peer, mine, .. } = options;
    let events = client.events(None).await?;
    let begun = if peer.starts_with(TICKET) {
        with_ticket(&client, peer, *mine, way).await
    } else if is_address(peer) {
        at_address(&client, peer, way).await
    } else {
        match start(&client, peer, way).await {
            Err(ClientError::Refused(error))
                if error.code == Code::UnknownPeer && may_be_host(peer) =>
            {
                at_address(&client, peer, way).await
            }
            begun => begun,
        }
    };
    Ok(Watched {
        peer: begun?,
        client,
        events,
    })
}

/// An invitation in it makes the trust, and no code has to be compared; without
/// one a ticket only says where the machine is.
async fn with_ticket(
    client: &Client,
    ticket: &str,
    mine: bool,
    way: Way,
) -> Result<Peer, ClientError> {
    let ticket = ticket.to_owned();
    let found = client
        .call::<RedeemTicket>(TicketUse { ticket, mine })
        .await?;
    if found.state == PeerState::Trusted {
        return Ok(Peer {
            pairing: None,
            ..found
        });
    }
    start(client, &found.id, way).await
}

async fn at_address(client: &Client, address: &str, way: Way) -> Result<Peer, ClientError> {
    let address = address.to_owned();
    let found = client.call::<AddPeer>(PeerAddress { address }).await?;
    start(client, &found.id, way).await
}

/// Opening changes nothing where a pairing is under way already, so that comes
/// first.
async fn start(client: &Client, peer: &str, way: Way) -> Result<Peer, ClientError> {
    match client.call::<OpenPairing>(named(peer)).await {
        Err(ClientError::Refused(error)) if error.code == Code::NoPairing && way == Way::Ask => {
            client.call::<PairPeer>(named(peer)).await
        }
        Err(ClientError::Refused(error)) if error.code == Code::NoPairing => {
            let over = just_over(client, peer).await?;
            over.ok_or(ClientError::Refused(error))
        }
        opened => opened,
    }
}

/// The other side may have ended it before anybody answered here, and said why.
async fn just_over(client: &Client, peer: &str) -> Result<Option<Peer>, ClientError> {
    let is_meant = |one: &Peer| {
        let name = one.name.as_deref().unwrap_or_default();
        one.short_id.eq_ignore_ascii_case(peer) || one.id == peer || name == peer
    };
    let peers = client.call::<ListPeers>(()).await?;
    Ok(peers.into_iter().find(|one| {
        let pairing = one.pairing.as_ref();
        is_meant(one) && pairing.is_some_and(|pairing| pairing.step == PairingStep::Ended)
    }))
}

async fn go_on(watched: &mut Watched, options: &PairOptions, talk: Talk) -> Result<End, ApiError> {
    talk.begun(&watched.peer, &watched.stage());
    let shown = loop {
        match watched.stage() {
            Stage::CodeComes => watched.change().await?,
            Stage::Compare(code) => break code,
            Stage::Confirmed => return watched.outcome().await.map(End::Over),
            Stage::Over(outcome) => return Ok(End::Over(outcome)),
        }
    };
    let machines = watched.client.call::<ListMachines>(()).await?;
    talk.code(machines.first(), &watched.peer, &shown);
    let there = words::name(&watched.peer).to_owned();
    let same = match &options.code {
        Some(code) => *code == shown,
        None if talk.asks => tokio::select! {
            same = talk.ask(&there) => same?,
            outcome = watched.outcome() => return outcome.map(End::Over),
        },
        None => return Ok(End::Waits(shown)),
    };
    let answer = PairingAnswer {
        peer: watched.peer.id.clone(),
        same,
        mine: options.mine,
    };
    if let Err(error) = watched.client.call::<ConfirmPairing>(answer).await {
        let error = ApiError::from(error);
        // The other side was faster, and may have said why.
        let outcome = watched.ended().await?;
        let outcome = outcome.filter(|_| error.code == Code::NoPairing);
        return outcome.map(End::Over).ok_or(error);
    }
    if same {
        talk.confirmed(&there);
    }
    watched.outcome().await.map(End::Over)
}

fn answer(peer: &Peer, options: &PairOptions, way: Way, end: End) -> Answer {
    match end {
        End::Waits(code) => Answer::new(
            talk::what_to_run(peer, options, way),
            &json!({ "step": "compare", "code": code, "peer": peer }),
        ),
        End::Over(outcome) => Answer {
            exit: if outcome == PairingOutcome::Paired {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            },
            ..Answer::new(
                talk::outcome(peer, options, outcome),
                &json!({ "step": "ended", "outcome": outcome, "peer": peer }),
            )
        },
    }
}

fn named(peer: &str) -> PeerRef {
    PeerRef {
        peer: peer.to_owned(),
    }
}

/// An address is never taken for the name that a stranger gave itself.
fn is_address(text: &str) -> bool {
    use std::net::{IpAddr, SocketAddr};
    let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok() || text.trim().parse::<SocketAddr>().is_ok()
}

fn may_be_host(text: &str) -> bool {
    text.contains(['.', ':']) && !text.trim().contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_told_apart() {
        for text in [
            "192.168.1.20",
            "10.0.0.1:7878",
            "fe80::1",
            "[::1]",
            "[::1]:7878",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in ["atlas", "atlas.local", "atlas:7878", "K7QF2M9X", "1234"] {
            assert!(!is_address(text), "{text}");
        }
        for (text, is_host) in [
            ("atlas.local", true),
            ("atlas:7878", true),
            ("atlas", false),
            ("Dr. No's laptop", false),
        ] {
            assert_eq!(may_be_host(text), is_host, "{text}");
        }
    }
}
