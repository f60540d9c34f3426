//! Ollama, the local server of language models that most people have.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, StatusCode, Url};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use serde::{Deserialize, de::DeserializeOwned};

/// A person waits for the answer, and a server on this machine or in this
/// building answers in milliseconds or is not there.
pub const LIMIT: Duration = Duration::from_secs(2);

/// A list of thousands of models is below this; more is not Ollama.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// An Ollama that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub version: String,
    /// How many models it could run.
    pub models: usize,
}

/// Why there is no Ollama to be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// Nothing listens there, or nothing answers in time.
    #[error("nothing answers: {reason}")]
    Absent { reason: String },
    /// Something answers, but not as Ollama does.
    #[error("something else answers: {reason}")]
    Broken { reason: String },
}

/// Asks for Ollama. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Ollama {
    http: Client,
    limit: Duration,
}

impl Ollama {
    /// Reads the authorities that the system trusts, which takes milliseconds.
    pub fn new(limit: Duration) -> Result<Self, Unreachable> {
        let provider = Arc::new(ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .map_err(|error| Unreachable::Broken {
                reason: error.to_string(),
            })?
            .with_no_client_auth();
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            // Ollama redirects nothing; following would ask a place nobody named.
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| Unreachable::Broken {
                reason: innermost(&error),
            })?;
        Ok(Self { http, limit })
    }

    /// Looks whether Ollama answers at `base`, such as `http://127.0.0.1:11434`.
    pub async fn probe(&self, base: &str) -> Result<Found, Unreachable> {
        match tokio::time::timeout(self.limit, self.ask(base)).await {
            Ok(answer) => answer,
            Err(_) => {
                let seconds = self.limit.as_secs_f32();
                Err(Unreachable::Absent {
                    reason: format!("no answer within {seconds} s"),
                })
            }
        }
    }

    async fn ask(&self, base: &str) -> Result<Found, Unreachable> {
        let Version { version } = self.get(base, "api/version").await?;
        let Tags { models } = self.get(base, "api/tags").await?;
        Ok(Found {
            version,
            models: models.len(),
        })
    }

    async fn get<T: DeserializeOwned>(&self, base: &str, path: &str) -> Result<T, Unreachable> {
        let broken = |reason: String| Unreachable::Broken { reason };
        let address = format!("{}/{path}", base.trim_end_matches('/'));
        let address = Url::parse(&address).map_err(|error| broken(error.to_string()))?;
        let mut response =
            self.http
                .get(address)
                .send()
                .await
                .map_err(|error| Unreachable::Absent {
                    reason: innermost(&error),
                })?;
        if response.status() != StatusCode::OK {
            return Err(broken(format!("/{path} answered {}", response.status())));
        }
        let mut body = Vec::new();
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| broken(innermost(&error)))?
        {
            if body.len() + piece.len() > LARGEST_ANSWER {
                return Err(broken(format!("/{path} answered without end")));
            }
            body.extend_from_slice(&piece);
        }
        serde_json::from_slice(&body).map_err(|error| broken(format!("/{path}: {error}")))
    }
}

#[derive(Debug, Deserialize)]
struct Version {
    version: String,
}

#[derive(Debug, Deserialize)]
struct Tags {
    models: Vec<Model>,
}

#[derive(Debug, Deserialize)]
struct Model {}

/// The cause that a person understands; the outer errors only say who asked.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    text.split_once(" (os error")
        .map_or(text.as_str(), |(words, _)| words)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// Answers each connection with what `answer` makes of the path; `None`
    /// leaves it without an answer.
    async fn server(answer: fn(&str) -> Option<String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut unanswered = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 2048];
                let length = stream.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                match answer(request.split(' ').nth(1).unwrap_or_default()) {
                    Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                    None => unanswered.push(stream),
                }
            }
        });
        format!("http://{address}/")
    }

    fn json(body: &str) -> Option<String> {
        let length = body.len();
        Some(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ))
    }

    async fn probe(base: &str) -> Result<Found, Unreachable> {
        Ollama::new(LIMIT).unwrap().probe(base).await
    }

    #[tokio::test]
    async fn ollama_is_found_with_its_models() {
        let base = server(|path| match path {
            "/api/version" => json(r#"{"version":"0.12.3"}"#),
            "/api/tags" => json(r#"{"models":[{"name":"gemma3:4b","size":1},{"name":"qwen3"}]}"#),
            _ => None,
        })
        .await;
        let found = Found {
            version: "0.12.3".to_owned(),
            models: 2,
        };
        assert_eq!(probe(&base).await, Ok(found));
    }

    #[tokio::test]
    async fn nothing_there_is_absent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let absent = probe(&format!("http://{address}")).await;
        let Err(Unreachable::Absent { reason }) = absent else {
            panic!("{absent:?}")
        };
        assert_eq!(reason, "Connection refused");
    }

    #[tokio::test]
    async fn a_silent_server_is_absent_after_the_limit() {
        let base = server(|_| None).await;
        let limit = Duration::from_millis(50);
        let absent = Ollama::new(limit).unwrap().probe(&base).await;
        assert!(
            matches!(absent, Err(Unreachable::Absent { .. })),
            "{absent:?}"
        );
    }

    #[tokio::test]
    async fn something_else_is_broken() {
        for answer in [
            |_: &str| json("<html>Hello</html>"),
            |_: &str| json(r#"{"name":"not Ollama"}"#),
            |_: &str| Some("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned()),
            |_: &str| {
                Some(
                    "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
                        .to_owned(),
                )
            },
            |_: &str| json(&format!("\"{}\"", "x".repeat(LARGEST_ANSWER))),
        ] {
            let broken = probe(&server(answer).await).await;
            assert!(
                matches!(broken, Err(Unreachable::Broken { .. })),
                "{broken:?}"
            );
        }
    }
}
