//! What a person decides about one machine.

use api::{
    ApiError, Call,
    calls::{AdoptPeerName, AllowPeer, BlockPeer, DenyPeer, ForgetPeer, UnblockPeer},
    dto::{
        LlmWish, Peer, PeerPermission, PeerRef, Permission, PermissionGrant, PermissionRef, Term,
    },
};
use gateway::client::Client;

use super::words;
use crate::{
    answer::Answer,
    cli::AllowOptions,
    terminal::{BOLD, paint},
};

pub(super) async fn block(client: &Client, peer: String) -> Result<Answer, ApiError> {
    decide::<BlockPeer>(
        client,
        peer,
        "is blocked: it is neither dialled nor answered. `banyan unblock` undoes it",
    )
    .await
}

pub(super) async fn unblock(client: &Client, peer: String) -> Result<Answer, ApiError> {
    decide::<UnblockPeer>(client, peer, "is a stranger again").await
}

pub(super) async fn forget(client: &Client, peer: String) -> Result<Answer, ApiError> {
    decide::<ForgetPeer>(
        client,
        peer,
        "is forgotten: it is not trusted, and nothing that was decided about it holds",
    )
    .await
}

pub(super) async fn adopt_name(client: &Client, peer: String) -> Result<Answer, ApiError> {
    let named = client.call::<AdoptPeerName>(PeerRef { peer }).await?;
    let text = format!(
        "{} is now called {}.\n",
        named.short_id,
        paint(BOLD, words::name(&named))
    );
    Ok(Answer::new(text, &named))
}

pub(super) async fn allow(client: &Client, options: AllowOptions) -> Result<Answer, ApiError> {
    let permission = options.permission.into();
    let llm = options.limits_models().then(|| LlmWish {
        models: Some(options.models).filter(|models| !models.is_empty()),
        max_tokens: options.max_tokens,
        requests_per_minute: options.rate,
        concurrency: options.parallel,
    });
    let grant = PermissionGrant {
        peer: options.peer.peer,
        permission,
        term: match (options.minutes, options.once) {
            (Some(_), _) => Term::Until,
            (None, true) => Term::Once,
            (None, false) => Term::Always,
        },
        minutes: options.minutes,
        llm,
        folders: Some(options.folder).filter(|folders| !folders.is_empty()),
    };
    let peer = client.call::<AllowPeer>(grant).await?;
    Ok(ruled(&peer, permission))
}

pub(super) async fn deny(
    client: &Client,
    peer: String,
    permission: Permission,
) -> Result<Answer, ApiError> {
    let denied = PermissionRef { peer, permission };
    let peer = client.call::<DenyPeer>(denied).await?;
    Ok(ruled(&peer, permission))
}

async fn decide<C>(client: &Client, peer: String, decided: &str) -> Result<Answer, ApiError>
where
    C: Call<Params = PeerRef, Answer = Peer>,
{
    let peer = client.call::<C>(PeerRef { peer }).await?;
    let text = format!("{} {decided}.\n", paint(BOLD, words::name_and_id(&peer)));
    Ok(Answer::new(text, &peer))
}

/// What the machine may do from now on, as the node says it.
fn ruled(peer: &Peer, permission: Permission) -> Answer {
    let now = peer
        .permissions
        .iter()
        .find(|known| known.permission == permission);
    let text = match now {
        Some(now) if now.allowed => allowed_text(peer, now),
        Some(_) | None => format!(
            "{} may not {}.\n",
            paint(BOLD, words::name_and_id(peer)),
            what(permission)
        ),
    };
    Answer::new(text, peer)
}

fn allowed_text(peer: &Peer, now: &PeerPermission) -> String {
    let mut limits = Vec::new();
    match (now.term, &now.until) {
        (Term::Until, Some(until)) => limits.push(format!("until {}", words::to_the_minute(until))),
        (Term::Once, _) => limits.push("once".to_owned()),
        (Term::Always | Term::Until, _) => {}
    }
    if let Some(llm) = &now.llm {
        limits.extend(
            llm.models
                .as_ref()
                .map(|models| format!("only {}", models.join(", "))),
        );
        limits.push(format!("{} questions a minute", llm.requests_per_minute));
        limits.push(format!("{} answers at a time", llm.concurrency));
        limits.extend(
            llm.max_tokens
                .map(|most| format!("{most} tokens an answer")),
        );
    }
    limits.extend(
        now.folders
            .as_ref()
            .map(|folders| format!("only {}", folders.join(", "))),
    );
    let limits = if limits.is_empty() {
        String::new()
    } else {
        format!(" ({})", limits.join("; "))
    };
    format!(
        "{} may {}{limits}.\n",
        paint(BOLD, words::name_and_id(peer)),
        what(now.permission)
    )
}

fn what(permission: Permission) -> &'static str {
    match permission {
        Permission::LlmUse => "send questions to shared models",
        Permission::FilesRead => "read files of shared folders",
        Permission::ModelsCopy => "copy models",
        Permission::Admin => "change settings and decide in this machine's name",
    }
}
