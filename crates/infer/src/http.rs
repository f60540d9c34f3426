//! HTTP as the backends need it: bounded in every direction, and ended the
//! moment nobody waits for the answer.

mod lines;
mod resolver;
mod sse;
mod stream;

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::timeout;

pub(crate) use lines::Lines;
pub(crate) use sse::Sse;
pub(crate) use stream::{Decoder, read};

use crate::{Failure, Place, Reach, TooLarge, failure::words, key::ApiKey, largest};
use resolver::Within;

/// A machine of this network answers in milliseconds; one that does not within
/// this time is gone.
const CONNECTING: Duration = Duration::from_secs(2);

/// What a server says when it refuses is short.
const LARGEST_REFUSAL: usize = 64 * 1024;

/// How long it may take to say it.
const REFUSING: Duration = Duration::from_secs(5);

/// Why nothing can be asked at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
    #[error("{place} is farther away than what was agreed to")]
    TooFar { place: String },
    #[error("no encrypted connection can be made here: {reason}")]
    Tls { reason: String },
}

/// Asks one server. Clones share its connections.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    place: Place,
    key: Option<HeaderValue>,
    /// For short questions: keeps a connection.
    looking: Client,
    /// For turns: a fresh connection each, because on a kept one that a server
    /// closed in its restart, a question is lost that could have been answered.
    asking: Client,
}

/// What came with a status that is no success.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    /// Whether it came in the form in which servers of models speak.
    as_json: bool,
    words: String,
}

impl Http {
    pub(crate) fn new(
        place: Place,
        within: Reach,
        key: Option<&ApiKey>,
    ) -> Result<Self, Unsuitable> {
        if place.literal_reach().is_some_and(|reach| reach > within) {
            return Err(Unsuitable::TooFar {
                place: place.to_string(),
            });
        }
        let tls = tls(&place)?;
        let client = |idle| {
            let builder = Client::builder()
                .tls_backend_preconfigured(tls.clone())
                // No server of models redirects; following would ask a place nobody named.
                .redirect(redirect::Policy::none())
                .connect_timeout(CONNECTING)
                .tcp_nodelay(true)
                .pool_max_idle_per_host(idle)
                .pool_idle_timeout(Duration::from_secs(60))
                .dns_resolver(Arc::new(Within(within)));
            // A proxy of the environment is a way out of this network.
            let builder = match within {
                Reach::Beyond => builder,
                Reach::ThisMachine | Reach::Lan => builder.no_proxy(),
            };
            builder.build().map_err(|error| Unsuitable::Tls {
                reason: innermost(&error),
            })
        };
        // Making an encrypted connection takes long enough to keep one.
        let fresh = if place.is_encrypted() { 1 } else { 0 };
        Ok(Self {
            looking: client(1)?,
            asking: client(fresh)?,
            key: key.map(ApiKey::header),
            place,
        })
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Asks a short question and reads the answer, at most `most` bytes.
    pub(crate) async fn look<T: DeserializeOwned>(
        &self,
        path: &str,
        limit: Duration,
        most: usize,
    ) -> Result<T, Failure> {
        let request = self.request(&self.looking, Method::GET, path);
        self.whole(path, request, limit, most).await
    }

    /// As [`Self::look`], with something said.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
        limit: Duration,
        most: usize,
    ) -> Result<T, Failure> {
        let request = with_json(self.request(&self.asking, method, path), body)?;
        self.whole(path, request, limit, most).await
    }

    /// As [`Self::ask`], where a success says nothing.
    pub(crate) async fn order(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
        limit: Duration,
    ) -> Result<(), Failure> {
        let request = with_json(self.request(&self.asking, method, path), body)?;
        within(limit, async { self.send(request).await.map(drop) }).await
    }

    /// Begins an answer that comes in pieces.
    pub(crate) async fn begin(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Response, Failure> {
        let request = with_json(self.request(&self.asking, Method::POST, path), body)?;
        self.send(request).await
    }

    fn request(&self, client: &Client, method: Method, path: &str) -> RequestBuilder {
        let request = client.request(method, self.place.at(path));
        match &self.key {
            Some(key) => request.header(AUTHORIZATION, key),
            None => request,
        }
    }

    async fn whole<T: DeserializeOwned>(
        &self,
        path: &str,
        request: RequestBuilder,
        limit: Duration,
        most: usize,
    ) -> Result<T, Failure> {
        within(limit, async {
            let mut response = self.send(request).await?;
            let body = body(&mut response, most)
                .await?
                .ok_or_else(|| Failure::garbage(&format!("/{path} answered without end")))?;
            serde_json::from_slice(&body)
                .map_err(|error| Failure::garbage(&format!("/{path}: {error}")))
        })
        .await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let mut response = request.send().await.map_err(|error| unanswered(&error))?;
        let status = response.status();
        if status == StatusCode::OK {
            return Ok(response);
        }
        let body = timeout(REFUSING, body(&mut response, LARGEST_REFUSAL)).await;
        let said = match body {
            Ok(Ok(Some(body))) => said(&body),
            // The status says enough.
            Ok(Ok(None) | Err(_)) | Err(_) => said(b""),
        };
        Err(refusal(status, said))
    }
}

/// The words in the answer of a server that refuses: Ollama and OpenAI differ in
/// where they put them.
fn said(body: &[u8]) -> Said {
    let Ok(Value::Object(said)) = serde_json::from_slice(body) else {
        return Said {
            as_json: false,
            words: String::new(),
        };
    };
    match said.get("error").and_then(|error| {
        error
            .as_str()
            .or_else(|| error.get("message").and_then(Value::as_str))
    }) {
        Some(text) => Said {
            as_json: true,
            words: words(text),
        },
        None => Said {
            as_json: said.contains_key("error"),
            words: String::new(),
        },
    }
}

/// What servers of models mean by a status that is no success.
fn refusal(status: StatusCode, said: Said) -> Failure {
    let Said { as_json, words } = said;
    let words = if words.is_empty() {
        status.to_string()
    } else {
        words
    };
    match status.as_u16() {
        // A path that is not there is answered with a page.
        404 if as_json => Failure::ModelUnknown { words },
        401 | 403 => Failure::Forbidden { words },
        429 | 503 | 529 => Failure::Busy { words },
        400..=499 if as_json => Failure::Refused { words },
        500..=599 => Failure::Failed { words },
        _ => Failure::Garbage { reason: words },
    }
}

fn with_json(request: RequestBuilder, body: &impl Serialize) -> Result<RequestBuilder, Failure> {
    let body = serde_json::to_vec(body).map_err(|error| Failure::garbage(&error.to_string()))?;
    if body.len() > largest::BODY {
        return Err(Failure::RequestTooLarge {
            what: TooLarge::Body,
        });
    }
    Ok(request
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .body(body))
}

/// The whole body, or nothing where it is larger than `most`.
async fn body(response: &mut Response, most: usize) -> Result<Option<Vec<u8>>, Failure> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| broken_off(&error))? {
        if body.len() + piece.len() > most {
            return Ok(None);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Some(body))
}

async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout(limit, answer)
        .await
        .unwrap_or(Err(Failure::Silent { after: limit }))
}

fn unanswered(error: &reqwest::Error) -> Failure {
    let reason = innermost(error);
    if error.is_connect() || error.is_timeout() {
        Failure::Absent { reason }
    } else if is_no_http(error) {
        Failure::Garbage { reason }
    } else {
        Failure::BrokeOff { reason }
    }
}

pub(crate) fn broken_off(error: &reqwest::Error) -> Failure {
    Failure::BrokeOff {
        reason: innermost(error),
    }
}

/// Whether something answers there in another language.
fn is_no_http(error: &reqwest::Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
        .any(hyper::Error::is_parse)
}

/// The cause that a person understands; the outer errors only say who asked.
fn innermost(error: &reqwest::Error) -> String {
    let text = causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    text.split_once(" (os error")
        .map_or(text.as_str(), |(words, _)| words)
        .to_owned()
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |error| error.source())
}

fn tls(place: &Place) -> Result<ClientConfig, Unsuitable> {
    let reason = |error: rustls::Error| Unsuitable::Tls {
        reason: error.to_string(),
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(reason)?;
    let builder = if place.is_encrypted() {
        builder.with_platform_verifier().map_err(reason)?
    } else {
        // Reading what the system trusts takes milliseconds, and nothing here is encrypted.
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_error_are_read() {
        for (body, as_json, text) in [
            (r#"{"error":"no such\nmodel"}"#, true, "no such model"),
            (
                r#"{"StatusCode":404,"Status":"","error":"gone"}"#,
                true,
                "gone",
            ),
            (
                r#"{"error":{"message":"bad","type":"invalid_request_error"}}"#,
                true,
                "bad",
            ),
            (r#"{"error":{}}"#, true, ""),
            (r#"{"detail":"Not Found"}"#, false, ""),
            ("<html>Not found</html>", false, ""),
            ("", false, ""),
        ] {
            let expected = Said {
                as_json,
                words: text.to_owned(),
            };
            assert_eq!(said(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn a_status_says_what_is_wrong() {
        let failure = |status: u16, body: &str| {
            let failure = refusal(StatusCode::from_u16(status).unwrap(), said(body.as_bytes()));
            let value = serde_json::to_value(failure).unwrap();
            value["failure"].as_str().unwrap().to_owned()
        };
        let json = r#"{"error":"words"}"#;
        for (status, body, kind) in [
            (404, json, "model_unknown"),
            (404, "404 page not found", "garbage"),
            (400, json, "refused"),
            (400, "Bad Request", "garbage"),
            (401, "", "forbidden"),
            (403, "", "forbidden"),
            (429, "", "busy"),
            (503, json, "busy"),
            (500, json, "failed"),
            (502, "", "failed"),
            (302, "", "garbage"),
            (204, "", "garbage"),
        ] {
            assert_eq!(failure(status, body), kind, "{status} {body}");
        }
    }

    #[test]
    fn no_client_is_made_for_a_place_that_is_too_far() {
        let made =
            |text: &str, within| Http::new(Place::parse(text).unwrap(), within, None).is_ok();
        assert!(made("http://127.0.0.1:1", Reach::ThisMachine));
        assert!(!made("http://192.168.1.1:1", Reach::ThisMachine));
        assert!(made("http://192.168.1.1:1", Reach::Lan));
        assert!(!made("http://8.8.8.8:1", Reach::Lan));
        assert!(made("http://8.8.8.8:1", Reach::Beyond));
    }
}
