//! The api over HTTP, and the page.
//!
//! A connection is taken and bounded by [`serve`]; its requests pass the host
//! and origin rule of [`guard`] and then one line of the table in [`routes`],
//! which says who may come in. `/rpc/<call>` hands JSON to [`api::Api::call`],
//! `/rpc/events` streams what happens, `/app/` is the page compiled into the
//! program.
//!
//! Invariant: without a token nothing answers but the files of the page and the
//! exchange of a one-time code. Cookies are not used, because browsers share
//! them among all ports of a host.
//!
//! Never: a decision about the node. What a call does is the api's concern.

mod access;
mod answer;
mod card;
#[cfg(feature = "client")]
pub mod client;
mod events;
mod guard;
mod listen;
mod page;
mod private_file;
mod routes;
mod rpc;
mod serve;
mod session;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use api::{Api, ApiError, Code};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{access::Access, card::Card, routes::Shared};

/// How a gateway is to be run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where `node.json` and `sessions.json` lie.
    pub folder: PathBuf,
    /// On loopback; port 0 takes any that is free.
    pub address: SocketAddr,
    /// Nobody chose the address: when its port is taken, the next free one will do.
    pub may_move: bool,
    pub version: String,
    pub limits: Limits,
}

/// What a caller may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest body of a call. Files will have a way of their own.
    pub body_bytes: usize,
    /// For the head of a request to arrive, and for how long an idle connection is kept.
    pub head_time: Duration,
    /// For the body of a request to arrive.
    pub body_time: Duration,
    /// Open at once. A browser takes six for each tab's host.
    pub connections: usize,
    /// Between two signs of life on a quiet stream, so that both ends notice a dead one.
    pub heartbeat: Duration,
    /// How long a one-time link waits for its only use.
    pub link_lifetime: Duration,
    /// For running requests to finish when the gateway stops.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            head_time: Duration::from_secs(30),
            body_time: Duration::from_secs(10),
            connections: 256,
            heartbeat: Duration::from_secs(15),
            link_lifetime: Duration::from_secs(5 * 60),
            drain_time: Duration::from_secs(3),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("port {} is taken", .0.port())]
    PortTaken(SocketAddr),
    #[error("cannot listen on {address}")]
    AddressUnusable {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot write {}", .file.display())]
    FolderUnwritable {
        file: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Tokens and codes are made of random numbers only.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

impl StartError {
    /// For a person; `origin` is who chose the address, such as a file or a flag.
    pub async fn to_api_error(&self, api: &Api, origin: &str) -> ApiError {
        match self {
            Self::PortTaken(address) => ApiError::new(
                Code::PortTaken,
                [
                    ("port", address.port().to_string()),
                    ("key", "http.address".to_owned()),
                    ("origin", origin.to_owned()),
                    ("program", api.page_port_holder(address.port()).await),
                ],
            ),
            Self::AddressUnusable { address, source } => ApiError::new(
                Code::AddressUnusable,
                [
                    ("address", address.to_string()),
                    ("reason", api::reason(source)),
                ],
            ),
            Self::FolderUnwritable { file, source } => {
                let folder = file.parent().unwrap_or(file).display().to_string();
                if source.kind() == std::io::ErrorKind::StorageFull {
                    ApiError::new(Code::DiskFull, [("folder", folder)])
                } else {
                    let reason = ("reason", api::reason(source));
                    ApiError::new(Code::DataUnwritable, [("folder", folder), reason])
                }
            }
            Self::NoRandomness(_) => ApiError::new(Code::Internal, [("reason", self.to_string())]),
        }
    }
}

/// A running gateway. Dropping it ends it at once; [`Gateway::stop`] lets
/// running requests finish.
#[derive(Debug)]
pub struct Gateway {
    api: Api,
    address: SocketAddr,
    moved_from: Option<u16>,
    access: Arc<Access>,
    card: Card,
    stop: CancellationToken,
    server: JoinSet<()>,
}

impl Gateway {
    /// As the configuration of the node wants it, which is told where the page
    /// is; nothing where it is switched off.
    pub async fn serve(api: Api) -> Result<Option<Self>, ApiError> {
        let Some(wanted) = api.page_wanted() else {
            tracing::info!("the page is not served: http.enabled is off");
            return Ok(None);
        };
        let options = Options {
            folder: wanted.folder,
            address: wanted.address,
            may_move: wanted.may_move,
            version: wanted.version,
            limits: Limits::default(),
        };
        let gateway = match Self::start(api.clone(), options).await {
            Ok(gateway) => gateway,
            Err(error) => return Err(error.to_api_error(&api, &wanted.origin).await),
        };
        api.page_served(gateway.address(), gateway.page(), gateway.moved_from())
            .await;
        Ok(Some(gateway))
    }

    pub async fn start(api: Api, options: Options) -> Result<Self, StartError> {
        let Options {
            folder,
            address,
            may_move,
            version,
            limits,
        } = options;
        let listener = listen::bind(address, may_move).await?;
        let wanted = address;
        let address = listener
            .local_addr()
            .map_err(|source| StartError::AddressUnusable { address, source })?;
        let owner_token = access::new_token()?;
        let access = Arc::new(Access::open(
            folder.join("sessions.json"),
            &owner_token,
            limits.link_lifetime,
            SystemTime::now(),
        ));
        let stop = CancellationToken::new();
        let router = routes::router(Shared {
            api: api.clone(),
            access: Arc::clone(&access),
            limits: limits.clone(),
            address,
            stop: stop.clone(),
        });
        let mut server = JoinSet::new();
        server.spawn(serve::run(listener, router, limits, stop.clone()));
        // Only now does somebody answer at the address it names.
        let card = Card::place(&folder, address, owner_token, version)?;
        Ok(Self {
            api,
            address,
            moved_from: (wanted.port() != 0 && address.port() != wanted.port())
                .then_some(wanted.port()),
            access,
            card,
            stop,
            server,
        })
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the page, without a way in.
    pub fn page(&self) -> String {
        page_address(self.address)
    }

    /// The port that was taken, when the gateway had to use another one.
    pub fn moved_from(&self) -> Option<u16> {
        self.moved_from
    }

    pub fn links(&self) -> Links {
        Links {
            address: self.address,
            access: Arc::clone(&self.access),
        }
    }

    /// The node no longer names the page. No new requests, then streams end and running calls finish, then the
    /// connections close.
    pub async fn stop(self) {
        let Self {
            api,
            access,
            card,
            stop,
            mut server,
            ..
        } = self;
        api.page_gone();
        drop(card);
        stop.cancel();
        while server.join_next().await.is_some() {}
        access.save().await;
    }
}

/// Makes one-time links to the page.
#[derive(Debug, Clone)]
pub struct Links {
    address: SocketAddr,
    access: Arc<Access>,
}

impl Links {
    /// A link that opens the page once. Whoever has it gets in, so it goes to
    /// the person at this machine and nowhere else.
    pub fn make(&self) -> Result<String, NoRandomness> {
        let code = self.access.new_code()?;
        // The fragment never leaves the browser: it is in no log and no referrer.
        Ok(format!("{}#code={code}", page_address(self.address)))
    }
}

/// Where the address and the token of the node on `folder` are written.
pub fn card_file(folder: &Path) -> PathBuf {
    card::file(folder)
}

fn page_address(address: SocketAddr) -> String {
    format!("http://{address}/app/")
}
