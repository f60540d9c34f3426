//! How answers and refusals look on the wire.

use std::time::Duration;

use api::{ApiError, Code};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::access::Refusal;

/// A call that has nothing to say answers 204.
pub(crate) fn answer(outcome: Result<Value, ApiError>) -> Response {
    match outcome {
        Ok(Value::Null) => StatusCode::NO_CONTENT.into_response(),
        Ok(value) => json(StatusCode::OK, value.to_string()),
        Err(error) => refuse(&error),
    }
}

pub(crate) fn refuse(error: &ApiError) -> Response {
    refuse_as(status_of(error), error)
}

pub(crate) fn refuse_as(status: StatusCode, error: &ApiError) -> Response {
    // An error holds text only, so it can always be written.
    let mut response = json(status, serde_json::to_string(error).unwrap_or_default());
    if status == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

/// `otherwise` says what was wrong, unless there was too much of it.
pub(crate) fn turn_away(refusal: Refusal, otherwise: Code) -> Response {
    match refusal {
        Refusal::Unknown => refuse(&ApiError::new(otherwise, [])),
        Refusal::TooMany { wait } => too_many(wait),
    }
}

fn too_many(wait: Duration) -> Response {
    let seconds = wait.as_secs().max(1);
    let mut response = refuse(&ApiError::new(
        Code::TooMany,
        [("seconds", seconds.to_string())],
    ));
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn status_of(error: &ApiError) -> StatusCode {
    const OWN_STATUS: &[(Code, StatusCode)] = &[
        (Code::UnknownCall, StatusCode::NOT_FOUND),
        (Code::UnknownPath, StatusCode::NOT_FOUND),
        (Code::ReservedPath, StatusCode::NOT_FOUND),
        (Code::WrongMethod, StatusCode::METHOD_NOT_ALLOWED),
        (Code::Unauthorized, StatusCode::UNAUTHORIZED),
        (Code::LinkSpent, StatusCode::UNAUTHORIZED),
        (Code::ForeignCaller, StatusCode::FORBIDDEN),
        (Code::TooLarge, StatusCode::PAYLOAD_TOO_LARGE),
        (Code::TooMany, StatusCode::TOO_MANY_REQUESTS),
        (Code::Internal, StatusCode::INTERNAL_SERVER_ERROR),
    ];
    let own = OWN_STATUS.iter().find(|(code, _)| *code == error.code);
    match own {
        Some((_, status)) => *status,
        None if error.retryable => StatusCode::SERVICE_UNAVAILABLE,
        None => StatusCode::BAD_REQUEST,
    }
}

fn json(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        // Answers are about one moment, and some hold a token.
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Body::from(text)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_status_of_its_kind() {
        for &code in Code::ALL {
            let error = ApiError::new(code, []);
            let status = status_of(&error);
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{}",
                code.name()
            );
            if status.is_server_error() {
                assert!(error.retryable, "{} blames the server", code.name());
            }
        }
    }
}
