//! What the server in front of a node agrees on with it: where the page should
//! be served, and where it is.

use std::{net::SocketAddr, path::PathBuf};

use node::{
    Listening,
    config::{Key, Source},
};

use crate::Api;

/// How the configuration wants the page served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageWanted {
    pub folder: PathBuf,
    pub address: SocketAddr,
    /// Nobody chose the address, so another port will do.
    pub may_move: bool,
    /// Who chose the address; empty for a default.
    pub origin: String,
    /// Of the node.
    pub version: String,
}

impl Api {
    /// Nothing where the configuration switches the page off.
    pub fn page_wanted(&self) -> Option<PageWanted> {
        let config = self.node.config();
        let origin = config.origin(Key::HttpAddress);
        config.http.enabled.then(|| PageWanted {
            folder: self.node.folder().root().to_owned(),
            address: config.http.address.get(),
            may_move: origin.source() == Source::Default,
            origin: origin.to_string(),
            version: self.node.version().to_owned(),
        })
    }

    /// The page is served at `address`; `moved_from` is the port that was taken.
    pub async fn page_served(&self, address: SocketAddr, page: String, moved_from: Option<u16>) {
        if let Some(wanted) = moved_from {
            let got = address.port();
            self.node
                .note_moved_port(Key::HttpAddress, wanted, got)
                .await;
        }
        self.node.set_http(Some(Listening { address, page }));
    }

    /// Which program has the port, as a parameter of a sentence.
    pub async fn page_port_holder(&self, port: u16) -> String {
        self.node.port_holder(Key::HttpAddress, port).await
    }

    pub fn page_gone(&self) {
        self.node.set_http(None);
    }
}
