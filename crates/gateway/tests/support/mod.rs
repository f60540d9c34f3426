//! A gateway with a real node behind it, and requests written by hand, so that
//! every header is exactly what the test says.
#![allow(dead_code, reason = "each test file uses its own part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "only tests come here"
)]

use std::{collections::BTreeMap, net::SocketAddr, path::Path, time::Duration};

use api::Api;
use gateway::{Gateway, Limits, Options, client::Client};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Generous, because test machines are busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) node: node::Node,
    pub(crate) gateway: Gateway,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_with(Limits::default()).await
    }

    pub(crate) async fn open_with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = start_node(folder.path()).await;
        let gateway = start_gateway(&node, folder.path(), limits).await;
        Self {
            folder,
            node,
            gateway,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.gateway.address()
    }

    pub(crate) fn client(&self) -> Client {
        Client::from_folder(self.folder.path()).unwrap()
    }

    pub(crate) fn owner_token(&self) -> String {
        let card = std::fs::read(self.folder.path().join("node.json")).unwrap();
        serde_json::from_slice::<Value>(&card).unwrap()["token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A browser that was let in by a one-time link.
    pub(crate) async fn session(&self) -> String {
        let code = self.code();
        let answer = self
            .post("session", &format!("{{\"code\":\"{code}\"}}"), None)
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn code(&self) -> String {
        let link = self.gateway.links().make().unwrap();
        link.rsplit_once("#code=").unwrap().1.to_owned()
    }

    /// `POST /rpc/<call>` as the page sends it.
    pub(crate) async fn post(&self, call: &str, body: &str, token: Option<&str>) -> Answer {
        let address = self.address();
        let authorization = token
            .map(|token| format!("Authorization: Bearer {token}\r\n"))
            .unwrap_or_default();
        self.send(&format!(
            "POST /rpc/{call} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
             {authorization}Content-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        ))
        .await
    }

    pub(crate) async fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}Connection: close\r\n\r\n",
            self.address()
        ))
        .await
    }

    /// Sends these very bytes and reads until the gateway closes.
    pub(crate) async fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut received = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut received))
            .await
            .unwrap()
            .unwrap();
        Answer::read(&received)
    }

    pub(crate) async fn close(self) {
        self.gateway.stop().await;
        self.node.stop().await;
    }
}

async fn start_node(folder: &Path) -> node::Node {
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

pub(crate) async fn start_gateway(node: &node::Node, folder: &Path, limits: Limits) -> Gateway {
    let options = Options {
        folder: folder.to_owned(),
        address: "127.0.0.1:0".parse().unwrap(),
        may_move: false,
        version: "0.0.0-test".to_owned(),
        limits,
    };
    Gateway::start(Api::new(node.handle()), options)
        .await
        .unwrap()
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn read(received: &[u8]) -> Self {
        let end = received
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a whole head");
        let head = std::str::from_utf8(&received[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Self {
            status,
            headers,
            body: received[end + 4..].to_vec(),
        }
    }
}
