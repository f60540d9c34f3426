//! `node.json`: how programs of the same person on this machine find the node
//! and show that they may. It lies there exactly as long as the gateway runs;
//! one left behind by a crash holds a token that nobody accepts any more.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{StartError, private_file};

#[derive(Debug)]
pub(crate) struct Card {
    file: PathBuf,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) version: String,
}

impl Card {
    pub(crate) fn place(
        folder: &Path,
        address: SocketAddr,
        token: String,
        version: String,
    ) -> Result<Self, StartError> {
        let file = file(folder);
        serde_json::to_vec(&Content {
            address,
            token,
            version,
        })
        .map_err(io::Error::other)
        .and_then(|content| private_file::write(&file, &content))
        .map_err(|source| StartError::FolderUnwritable {
            file: file.clone(),
            source,
        })?;
        Ok(Self { file })
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.file) {
            tracing::warn!(%error, "node.json could not be removed");
        }
    }
}

pub(crate) fn file(folder: &Path) -> PathBuf {
    folder.join("node.json")
}

/// Nothing where no node left its card, or where it cannot be read as one.
#[cfg(feature = "client")]
pub(crate) fn read(folder: &Path) -> Option<Content> {
    serde_json::from_slice(&fs::read(file(folder)).ok()?).ok()
}
