//! Every way in, one line each. A line says who may pass before it says what is
//! behind it, so that a new route cannot forget to.

use std::{net::SocketAddr, sync::Arc};

use api::{Api, ApiError, Code};
use axum::{
    Router,
    extract::{Request, State},
    http::{Method, Uri, header},
    middleware::{self, Next},
    response::Response,
    routing::{MethodRouter, get, post},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Limits,
    access::{Access, Caller},
    answer, events, guard, page, rpc, session,
};

/// What the routes stand on.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) api: Api,
    pub(crate) access: Arc<Access>,
    pub(crate) limits: Limits,
    /// Where this gateway is reached.
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Holds nothing of the person's, or proves the caller itself.
    Nothing,
    /// The owner's token or that of a session.
    Token,
    /// The token in `node.json`: a program of the person on this machine.
    OwnersToken,
}

struct Route {
    path: &'static str,
    needs: Needs,
    handler: MethodRouter<Shared>,
}

fn table() -> Vec<Route> {
    use Needs::{Nothing, OwnersToken, Token};
    vec![
        route("/", Nothing, get(page::go_there)),
        route("/app", Nothing, get(page::go_there)),
        route("/app/", Nothing, get(page::index)),
        route("/app/{*path}", Nothing, get(page::file)),
        route("/rpc/session", Nothing, post(session::open)),
        route("/rpc/session.link", OwnersToken, post(session::link)),
        route("/rpc/events", Token, post(events::stream)),
        route("/rpc/{call}", Token, post(rpc::call)),
    ]
}

pub(crate) fn router(shared: Shared) -> Router {
    let mut router = Router::new();
    for Route {
        path,
        needs,
        handler,
    } in table()
    {
        let handler = handler.fallback(wrong_method);
        let handler = match needs {
            Needs::Nothing => handler,
            Needs::Token | Needs::OwnersToken => handler.layer(middleware::from_fn_with_state(
                (shared.clone(), needs),
                require_token,
            )),
        };
        router = router.route(path, handler);
    }
    router
        .fallback(nowhere)
        .layer(middleware::from_fn_with_state(
            shared.address,
            guard::turn_strangers_away,
        ))
        .with_state(shared)
}

fn route(path: &'static str, needs: Needs, handler: MethodRouter<Shared>) -> Route {
    Route {
        path,
        needs,
        handler,
    }
}

async fn require_token(
    State((shared, needs)): State<(Shared, Needs)>,
    request: Request,
    next: Next,
) -> Response {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    match shared.access.check(token) {
        Ok(Caller::Owner) => next.run(request).await,
        Ok(Caller::Session) if needs == Needs::Token => {
            shared.access.save_if_due().await;
            next.run(request).await
        }
        Ok(Caller::Session) => answer::refuse(&ApiError::new(Code::Unauthorized, [])),
        Err(refusal) => answer::turn_away(refusal, Code::Unauthorized),
    }
}

/// What the path takes is known: a call, and calls are sent with POST.
async fn wrong_method(method: Method, uri: Uri) -> Response {
    let path = uri.path().strip_prefix("/rpc/");
    let exists = path.is_some_and(|name| {
        table().iter().any(|route| route.path == uri.path())
            || api::calls::all().iter().any(|call| call.name == name)
    });
    if !exists {
        return nowhere(uri).await;
    }
    answer::refuse(&ApiError::new(
        Code::WrongMethod,
        [
            ("path", uri.path().to_owned()),
            ("method", method.to_string()),
        ],
    ))
}

/// Programs read JSON, people read a page. `/api` and `/v1` are kept for the
/// routes that other programs know from elsewhere.
async fn nowhere(uri: Uri) -> Response {
    let path = uri.path();
    let below = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let found = |code| ApiError::new(code, [("path", path.to_owned())]);
    if below("/api") || below("/v1") {
        return answer::refuse(&found(Code::ReservedPath));
    }
    if below("/rpc") {
        return answer::refuse(&found(Code::UnknownPath));
    }
    page::not_found()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use axum::{
        body::Body,
        http::{Method, StatusCode},
    };
    use tower::ServiceExt as _;

    use super::*;

    const OWN: &str = "127.0.0.1:8080";

    #[test]
    fn only_the_page_and_the_exchange_of_a_code_need_no_token() {
        let open: Vec<_> = table()
            .iter()
            .filter(|r| r.needs == Needs::Nothing)
            .map(|r| r.path)
            .collect();
        assert_eq!(open, ["/", "/app", "/app/", "/app/{*path}", "/rpc/session"]);
    }

    /// The whole table and the whole list of calls, so that nothing new is left out.
    #[tokio::test]
    async fn nothing_else_answers_without_a_token() {
        let folder = tempfile::tempdir().unwrap();
        let node = start_node(folder.path()).await;
        let router = router(shared(&node, folder.path()));
        let paths = table()
            .into_iter()
            .filter(|route| route.needs != Needs::Nothing)
            .map(|route| route.path.replace("{call}", "status"))
            .chain(
                api::calls::all()
                    .into_iter()
                    .map(|call| format!("/rpc/{}", call.name)),
            );
        for path in paths {
            for method in [
                Method::GET,
                Method::POST,
                Method::PUT,
                Method::DELETE,
                Method::OPTIONS,
            ] {
                let request = Request::builder()
                    .method(method.clone())
                    .uri(&path)
                    .header(header::HOST, OWN)
                    .body(Body::from("null"))
                    .unwrap();
                let status = router.clone().oneshot(request).await.unwrap().status();
                assert!(
                    matches!(
                        status,
                        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS
                    ),
                    "{method} {path} answered {status}"
                );
            }
        }
        node.stop().await;
    }

    fn shared(node: &node::Node, folder: &std::path::Path) -> Shared {
        let file = folder.join("sessions.json");
        let access = Access::open(file, "owner", Duration::ZERO, SystemTime::now());
        Shared {
            api: Api::new(node.handle()),
            access: Arc::new(access),
            limits: Limits::default(),
            address: OWN.parse().unwrap(),
            stop: CancellationToken::new(),
        }
    }

    async fn start_node(folder: &std::path::Path) -> node::Node {
        let options = node::Options {
            data: Some(folder.to_owned()),
            system_place: None,
            environment: Vec::new(),
            flags: Vec::new(),
            mesh_key_file: None,
            journal: node::journal::Journal::new(None),
            keyring: node::KeyringChoice::FileOnly,
            version: "0.0.0-test".to_owned(),
            commit: "unknown".to_owned(),
        };
        node::Node::start(options).await.unwrap()
    }
}
