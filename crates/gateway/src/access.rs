//! Who may come in. Three kinds of proof exist: the owner's token, which lies
//! in `node.json` for the person's own programs; a one-time code, which a
//! browser exchanges for a session; and the token of such a session.
//!
//! Invariant: no proof is kept, only its BLAKE3 hash, and two hashes are
//! compared in constant time.

mod code;
mod sessions;
mod throttle;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use blake3::Hash;
use data_encoding::BASE64URL_NOPAD;

use self::{code::Codes, sessions::Sessions, throttle::Throttle};
use crate::NoRandomness;

#[derive(Debug)]
pub(crate) struct Access {
    owner: Hash,
    file: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    codes: Codes,
    sessions: Sessions,
    failures: Throttle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Owner,
    Session,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unknown,
    /// So many failed before that this one is not even considered new.
    TooMany {
        wait: Duration,
    },
}

impl Access {
    /// Sessions that cannot be read are forgotten: their people ask for a new
    /// link, and nothing else is lost.
    pub(crate) fn open(
        file: PathBuf,
        owner_token: &str,
        link_lifetime: Duration,
        now: SystemTime,
    ) -> Self {
        let sessions = Sessions::load(&file, now);
        Self {
            owner: blake3::hash(owner_token.as_bytes()),
            file,
            state: Mutex::new(State {
                codes: Codes::new(link_lifetime),
                sessions,
                failures: Throttle::default(),
            }),
        }
    }

    pub(crate) fn check(&self, token: &str) -> Result<Caller, Refusal> {
        let hash = blake3::hash(token.as_bytes());
        if hash == self.owner {
            return Ok(Caller::Owner);
        }
        let mut state = self.state();
        if state.sessions.check(hash, SystemTime::now()) {
            return Ok(Caller::Session);
        }
        Err(state.failures.fail(Instant::now()))
    }

    pub(crate) fn new_code(&self) -> Result<String, NoRandomness> {
        let code = random_text::<16>()?;
        self.state()
            .codes
            .add(blake3::hash(code.as_bytes()), Instant::now());
        Ok(code)
    }

    /// A session's token for a code, once.
    pub(crate) fn exchange(&self, code: &str) -> Result<Result<String, Refusal>, NoRandomness> {
        let token = new_token()?;
        let mut state = self.state();
        let now = Instant::now();
        if !state.codes.take(blake3::hash(code.as_bytes()), now) {
            return Ok(Err(state.failures.fail(now)));
        }
        state
            .sessions
            .add(blake3::hash(token.as_bytes()), SystemTime::now());
        Ok(Ok(token))
    }

    /// Writes the sessions down if that is due. A failure costs a new link
    /// after the next start, so it is logged and no more.
    pub(crate) async fn save_if_due(self: &Arc<Self>) {
        if self.state().sessions.save_due(SystemTime::now()) {
            self.save().await;
        }
    }

    pub(crate) async fn save(self: &Arc<Self>) {
        let access = Arc::clone(self);
        let saved = tokio::task::spawn_blocking(move || {
            let mut state = access.state();
            state.sessions.save(&access.file, SystemTime::now())
        })
        .await;
        match saved {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the sessions of the page were not saved"),
            Err(error) => tracing::error!(%error, "saving the sessions of the page failed"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn new_token() -> Result<String, NoRandomness> {
    random_text::<32>()
}

fn random_text<const BYTES: usize>() -> Result<String, NoRandomness> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
