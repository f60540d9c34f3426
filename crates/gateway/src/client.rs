//! The other end of `/rpc`, for programs of the same person on this machine:
//! the command line, and the window where a daemon already holds the folder.
//!
//! Each call is a connection of its own, straight to the address on the card:
//! no proxy, no redirect, nothing kept open.

mod event_stream;

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use api::{ApiError, Call, Code, calls::Stream, dto::Event};
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Response,
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

pub use self::event_stream::Events;
use crate::{card, events::Listen, session::Link};

/// On loopback somebody answers at once or nobody does.
const CONNECT_TIME: Duration = Duration::from_secs(2);
/// The longest call examines the machine, network included.
const ANSWER_TIME: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("no node answers for {}", .folder.display())]
    NoNode { folder: PathBuf },
    #[error("the node refused: {}", .0.code.name())]
    Refused(ApiError),
    #[error("the node's answer cannot be read: {0}")]
    Unreadable(String),
}

impl From<ClientError> for ApiError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NoNode { folder } => {
                Self::new(Code::NoNode, [("folder", folder.display().to_string())])
            }
            ClientError::Refused(error) => error,
            ClientError::Unreadable(reason) => Self::new(Code::Internal, [("reason", reason)]),
        }
    }
}

/// Speaks to the node that runs on a data folder.
#[derive(Clone)]
pub struct Client {
    folder: PathBuf,
    address: SocketAddr,
    token: String,
    version: String,
}

/// Without the token, which lets anyone in.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("folder", &self.folder)
            .field("address", &self.address)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Reads the card that a running node left in its folder.
    pub fn from_folder(folder: &Path) -> Result<Self, ClientError> {
        let card::Content {
            address,
            token,
            version,
        } = card::read(folder).ok_or_else(|| ClientError::NoNode {
            folder: folder.to_owned(),
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            address,
            token,
            version,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The version of the node, which may be another than that of this program.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub async fn call<C: Call>(&self, params: C::Params) -> Result<C::Answer, ClientError> {
        self.ask(C::NAME, &params).await
    }

    /// A fresh one-time link to the page.
    pub async fn link(&self) -> Result<String, ClientError> {
        let Link { link } = self.ask("session.link", &()).await?;
        Ok(link)
    }

    /// What happens from now on, or since the event with the number `after`.
    pub async fn events(&self, after: Option<u64>) -> Result<Events<Event>, ClientError> {
        let (response, connection) = self.send("events", &Listen { after }).await?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        Ok(Events::new(
            response.into_body(),
            connection,
            self.no_node(),
        ))
    }

    /// An answer piece by piece; dropping it ends what it began.
    pub async fn stream<S: Stream>(
        &self,
        params: &S::Params,
    ) -> Result<Events<S::Piece>, ClientError> {
        let (response, connection) = self.send(S::NAME, params).await?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        Ok(Events::new(
            response.into_body(),
            connection,
            self.no_node(),
        ))
    }

    async fn ask<P: Serialize, A: DeserializeOwned>(
        &self,
        name: &str,
        params: &P,
    ) -> Result<A, ClientError> {
        let exchange = async {
            let (response, _connection) = self.send(name, params).await?;
            match response.status() {
                StatusCode::NO_CONTENT => read(&Value::Null.to_string().into_bytes()),
                StatusCode::OK => read(&body(response).await?),
                _ => Err(self.refusal(response).await),
            }
        };
        timeout(ANSWER_TIME, exchange)
            .await
            .unwrap_or_else(|_| Err(self.no_node()))
    }

    /// The connection works only as long as its set lives.
    async fn send<P: Serialize>(
        &self,
        name: &str,
        params: &P,
    ) -> Result<(Response<Incoming>, JoinSet<()>), ClientError> {
        let body = serde_json::to_vec(params).map_err(unreadable)?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/rpc/{name}"))
            .header(header::HOST, self.address.to_string())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(unreadable)?;
        let stream = timeout(CONNECT_TIME, TcpStream::connect(self.address)).await;
        let Ok(Ok(stream)) = stream else {
            return Err(self.no_node());
        };
        let Ok((mut sender, connection)) = http1::handshake(TokioIo::new(stream)).await else {
            return Err(self.no_node());
        };
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection to the node broke");
            }
        });
        match sender.send_request(request).await {
            Ok(response) => Ok((response, driver)),
            Err(_) => Err(self.no_node()),
        }
    }

    /// A refusal that only another program at the node's old address could give
    /// means that the card is stale.
    async fn refusal(&self, response: Response<Incoming>) -> ClientError {
        let error = match body(response).await {
            Ok(body) => read::<ApiError>(&body),
            Err(error) => Err(error),
        };
        match error {
            Ok(error) if error.code != Code::Unauthorized => ClientError::Refused(error),
            Ok(_) | Err(_) => self.no_node(),
        }
    }

    fn no_node(&self) -> ClientError {
        ClientError::NoNode {
            folder: self.folder.clone(),
        }
    }
}

async fn body(response: Response<Incoming>) -> Result<Bytes, ClientError> {
    Ok(response
        .into_body()
        .collect()
        .await
        .map_err(unreadable)?
        .to_bytes())
}

fn read<A: DeserializeOwned>(body: &[u8]) -> Result<A, ClientError> {
    serde_json::from_slice(body).map_err(unreadable)
}

fn unreadable(error: impl std::error::Error) -> ClientError {
    ClientError::Unreadable(error.to_string())
}
