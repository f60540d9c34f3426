//! `POST /rpc/events`: what happens, as server-sent events. Each carries its
//! number as id; a listener that comes back names the last it saw and gets what
//! followed, or a `resync` where that is gone.

use api::dto::Event;
use axum::{
    extract::{Request, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt as _};
use serde::{Deserialize, Serialize};

use crate::{routes::Shared, rpc};

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Listen {
    /// The number of the last event that was seen.
    pub(crate) after: Option<u64>,
}

pub(crate) async fn stream(State(shared): State<Shared>, request: Request) -> Response {
    let last_seen = last_event_id(request.headers());
    let listen: Option<Listen> = match rpc::read_json(request, "events", &shared.limits).await {
        Ok(listen) => listen,
        Err(refusal) => return refusal,
    };
    let after = listen.unwrap_or_default().after.or(last_seen);
    let happening = shared
        .api
        .events(after)
        .take_until(shared.stop.cancelled_owned());
    Sse::new(as_sse(happening))
        .keep_alive(KeepAlive::new().interval(shared.limits.heartbeat))
        .into_response()
}

fn as_sse(
    happening: impl Stream<Item = Event>,
) -> impl Stream<Item = Result<sse::Event, serde_json::Error>> {
    happening.map(|event| {
        let text = serde_json::to_string(&event)?;
        Ok(sse::Event::default().id(event.seq.to_string()).data(text))
    })
}

fn last_event_id(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}
