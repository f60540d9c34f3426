//! `POST /rpc/<call>`: JSON in, JSON out; or events out, where the answer comes
//! piece by piece.

use api::{ApiError, Code};
use axum::{
    BoxError,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{
        IntoResponse as _, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use crate::{Limits, answer, routes::Shared};

pub(crate) async fn call(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    match read_json::<Value>(request, &name, &shared.limits).await {
        Ok(params) if api::calls::is_stream(&name) => pieces(&shared, &name, params).await,
        Ok(params) => answer::answer(shared.api.call(&name, params).await),
        Err(refusal) => refusal,
    }
}

/// An answer piece by piece, as server-sent events. Whoever goes away ends it.
async fn pieces(shared: &Shared, name: &str, params: Value) -> Response {
    match shared.api.stream(name, params).await {
        Ok(pieces) => {
            let pieces = pieces
                .map(|piece| {
                    let piece = piece.map_err(|error| error.code.name())?;
                    serde_json::to_string(&piece).map_err(BoxError::from)
                })
                .map_ok(|text| sse::Event::default().data(text))
                .take_until(shared.stop.clone().cancelled_owned());
            Sse::new(pieces)
                .keep_alive(KeepAlive::new().interval(shared.limits.heartbeat))
                .into_response()
        }
        Err(error) => answer::refuse(&error),
    }
}

/// The body as JSON; nothing counts as `null`.
pub(crate) async fn read_json<T: DeserializeOwned>(
    request: Request,
    call: &str,
    limits: &Limits,
) -> Result<T, Response> {
    let body = read_body(request, call, limits).await?;
    let text: &[u8] = if body.is_empty() { b"null" } else { &body };
    serde_json::from_slice(text)
        .map_err(|error| answer::refuse(&bad_params(call, error.to_string())))
}

async fn read_body(request: Request, call: &str, limits: &Limits) -> Result<Bytes, Response> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes) {
        return Err(too_large(limits));
    }
    let body: Limited<Body> = Limited::new(request.into_body(), limits.body_bytes);
    match timeout(limits.body_time, body.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limits)),
        Ok(Err(error)) => Err(answer::refuse(&bad_params(call, error.to_string()))),
        Err(_) => Err(answer::refuse_as(
            StatusCode::REQUEST_TIMEOUT,
            &bad_params(call, "the body did not arrive in time".to_owned()),
        )),
    }
}

fn too_large(limits: &Limits) -> Response {
    let limit = limits.body_bytes.to_string();
    answer::refuse(&ApiError::new(Code::TooLarge, [("limit", limit)]))
}

fn bad_params(call: &str, reason: String) -> ApiError {
    ApiError::new(
        Code::BadParams,
        [("call", call.to_owned()), ("reason", reason)],
    )
}
