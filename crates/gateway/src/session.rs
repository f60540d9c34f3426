//! The way in for a browser: a program of the person asks for a one-time link,
//! the browser exchanges its code for a token.

use std::sync::Arc;

use api::{ApiError, Code};
use axum::{
    extract::{Request, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Links, NoRandomness, answer, routes::Shared, rpc};

#[derive(Serialize, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) code: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) link: String,
}

pub(crate) async fn open(State(shared): State<Shared>, request: Request) -> Response {
    let Exchange { code } = match rpc::read_json(request, "session", &shared.limits).await {
        Ok(exchange) => exchange,
        Err(refusal) => return refusal,
    };
    match shared.access.exchange(&code) {
        Ok(Ok(token)) => {
            shared.access.save().await;
            answer::answer(Ok(json!({ "token": token })))
        }
        Ok(Err(refusal)) => answer::turn_away(refusal, Code::LinkSpent),
        Err(error) => answer::refuse(&internal(&error)),
    }
}

pub(crate) async fn link(State(shared): State<Shared>) -> Response {
    let links = Links {
        address: shared.address,
        access: Arc::clone(&shared.access),
    };
    answer::answer(match links.make() {
        Ok(link) => Ok(json!(Link { link })),
        Err(error) => Err(internal(&error)),
    })
}

fn internal(error: &NoRandomness) -> ApiError {
    ApiError::new(Code::Internal, [("reason", error.to_string())])
}
