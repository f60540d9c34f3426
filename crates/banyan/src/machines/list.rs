//! `banyan peers`: a line for each machine.

use anstyle::Style;
use api::{
    ApiError,
    calls::ListPeers,
    dto::{PairingSide, Peer, PeerPresence, PeerState, Relation},
};
use gateway::client::Client;

use super::words;
use crate::{
    answer::Answer,
    language,
    terminal::{self, BAD, BOLD, CAUTION, FAINT, GOOD, Table},
};

pub(super) async fn run(client: &Client) -> Result<Answer, ApiError> {
    let peers = client.call::<ListPeers>(()).await?;
    Ok(Answer::new(text(&peers), &peers))
}

fn text(peers: &[Peer]) -> String {
    if peers.is_empty() {
        return "No other machine was found. `banyan doctor` says what may be in the way.\n"
            .to_owned();
    }
    let mut table = Table::default();
    for peer in in_order(peers) {
        table.row(line(peer));
    }
    let requests: String = peers
        .iter()
        .filter(|peer| asks(peer))
        .map(|peer| {
            let id = &peer.short_id;
            format!(
                "\n{} asks for pairing: `banyan accept {id}`\n",
                words::name(peer)
            )
        })
        .collect();
    let troubles: String = peers.iter().filter_map(trouble).collect();
    format!("{}{requests}{troubles}", table.text(""))
}

/// Why a machine that is trusted here does not come: it may not trust this one.
fn trouble(peer: &Peer) -> Option<String> {
    let trouble = peer.trouble.as_ref()?;
    if peer.state != PeerState::Trusted || peer.presence == PeerPresence::Connected {
        return None;
    }
    let sentence = trouble.error.sentence(language::of_the_terminal());
    let title = format!(
        "\n{} at {}: {}",
        words::name_and_id(peer),
        trouble.address,
        sentence.title
    );
    Some(terminal::paragraphs(
        &title,
        "  ",
        &sentence.text,
        &sentence.fix,
    ))
}

/// Those that matter most stand first; the same kind goes by its name.
fn in_order(peers: &[Peer]) -> Vec<&Peer> {
    let mut ordered: Vec<_> = peers.iter().collect();
    ordered.sort_by_key(|peer| {
        let state = match peer.state {
            PeerState::Trusted => 0,
            PeerState::Pending => 1,
            PeerState::Discovered => 2,
            PeerState::Blocked => 3,
        };
        (state, words::name(peer).to_lowercase(), &peer.id)
    });
    ordered
}

fn line(peer: &Peer) -> [(Style, String); 7] {
    let (style, mark) = match peer.presence {
        PeerPresence::Connected => (GOOD, "●"),
        PeerPresence::Nearby => (Style::new(), "○"),
        PeerPresence::Away => (FAINT, "·"),
    };
    // Where it listens; a session that it opened comes from any port.
    let address = peer
        .addresses
        .first()
        .or(peer.session_address.as_ref())
        .cloned();
    [
        (style, mark.to_owned()),
        (BOLD, words::name(peer).to_owned()),
        (FAINT, peer.short_id.clone()),
        standing(peer),
        (Style::new(), presence(peer)),
        (
            Style::new(),
            if peer.has_llm { "models" } else { "" }.to_owned(),
        ),
        (FAINT, address.unwrap_or_default()),
    ]
}

fn standing(peer: &Peer) -> (Style, String) {
    let (style, text) = match (peer.state, peer.relation) {
        (PeerState::Trusted, Some(Relation::Mine)) => (GOOD, "mine"),
        (PeerState::Trusted, Some(Relation::Other) | None) => (GOOD, "someone else's"),
        (PeerState::Pending, _) if asks(peer) => (CAUTION, "asks for pairing"),
        (PeerState::Pending, _) => (CAUTION, "pairing"),
        (PeerState::Discovered, _) => (FAINT, "not paired"),
        (PeerState::Blocked, _) => (BAD, "blocked"),
    };
    (style, text.to_owned())
}

fn presence(peer: &Peer) -> String {
    match (peer.presence, peer.rtt_ms, &peer.last_seen) {
        (PeerPresence::Connected, Some(trip), _) => format!("connected, {trip:.1} ms"),
        (PeerPresence::Connected, None, _) => "connected".to_owned(),
        (PeerPresence::Nearby, ..) => "nearby".to_owned(),
        (PeerPresence::Away, _, Some(seen)) => {
            format!("away, seen {}", words::to_the_minute(seen))
        }
        (PeerPresence::Away, _, None) => "away".to_owned(),
    }
}

fn asks(peer: &Peer) -> bool {
    peer.state == PeerState::Pending
        && peer
            .pairing
            .as_ref()
            .is_some_and(|pairing| pairing.asked_by == PairingSide::There)
}
