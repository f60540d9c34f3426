//! This machine by itself: its data, its identity, its page, its clock.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use mesh::KeyPlace;
use tokio::{net::TcpStream, time::timeout};

use super::{Check, CheckId};
use crate::{
    Handle, clock, config::Warning, figures::bytes, finding::Finding, folder::FolderError,
    plain::reason,
};

/// Conversations are small, but a full disk loses them: tell in time.
const LITTLE_SPACE: u64 = 500 * 1000 * 1000;

/// The page is served by this very process.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

pub(super) async fn examine(node: &Handle) -> Vec<Check> {
    vec![
        Check::new(CheckId::DataFolder, data_folder(node).await),
        Check::new(CheckId::DiskSpace, disk_space(node).await),
        Check::new(CheckId::Configuration, configuration(node).await),
        Check::new(CheckId::Identity, identity(node)),
        Check::new(CheckId::Http, http(node).await),
        Check::new(CheckId::Clock, clock(SystemTime::now())),
    ]
}

async fn data_folder(node: &Handle) -> Finding {
    let folder = node.folder().clone();
    let shown = folder.root().display().to_string();
    let looked = tokio::task::spawn_blocking(move || {
        folder.prove_writable().map_err(|error| match error {
            FolderError::Unwritable { reason: error, .. } => reason(&error),
            FolderError::DiskFull { .. } => "#disk_full".to_owned(),
            other @ (FolderError::NoHome | FolderError::Locked { .. }) => other.to_string(),
        })?;
        folder.exposed().map_err(|error| reason(&error))
    });
    match looked.await.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(false) => Finding::DataFolderGood { folder: shown },
        Ok(true) => Finding::DataFolderExposed { folder: shown },
        Err(reason) => Finding::DataFolderUnwritable {
            folder: shown,
            reason,
        },
    }
}

async fn disk_space(node: &Handle) -> Finding {
    let folder = node.folder().root().to_owned();
    let looked = tokio::task::spawn_blocking(move || fs4::available_space(folder));
    match looked
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
    {
        Ok(free) if free < LITTLE_SPACE => Finding::DiskSpaceLow { free: bytes(free) },
        Ok(free) => Finding::DiskSpaceGood { free: bytes(free) },
        Err(error) => Finding::DiskSpaceUnknown {
            reason: reason(&error),
        },
    }
}

/// Reads the file again: somebody may have edited it since the start.
async fn configuration(node: &Handle) -> Finding {
    let sources = node.sources().clone();
    let file = sources.file.display().to_string();
    let looked = tokio::task::spawn_blocking(move || {
        sources
            .open()
            .map(|store| store.warnings())
            .map_err(|error| error.to_string())
    });
    match looked.await.unwrap_or_else(|error| Err(error.to_string())) {
        Err(reason) => Finding::ConfigurationBroken { file, reason },
        Ok(warnings) => {
            let unknown: Vec<_> = warnings.into_iter().filter_map(unknown_key).collect();
            if unknown.is_empty() {
                Finding::ConfigurationGood { file }
            } else {
                Finding::ConfigurationUnknownKeys {
                    file,
                    keys: unknown.join(", "),
                }
            }
        }
    }
}

fn unknown_key(warning: Warning) -> Option<String> {
    match warning {
        Warning::UnknownKey { key, .. } => Some(key),
        Warning::UnknownVariable { .. } | Warning::IgnoredVariable { .. } => None,
    }
}

fn identity(node: &Handle) -> Finding {
    match node.identity().place() {
        KeyPlace::Keyring => Finding::IdentityInKeyring {},
        KeyPlace::File(file) => Finding::IdentityInFile {
            file: file.display().to_string(),
        },
    }
}

async fn http(node: &Handle) -> Finding {
    let config = node.config();
    match node.http() {
        Some(listening) => http_answers(listening.address).await,
        None if config.http.enabled => Finding::HttpAbsent {
            address: config.http.address.get().to_string(),
        },
        None => Finding::HttpOff {},
    }
}

async fn http_answers(listening: SocketAddr) -> Finding {
    let address = listening.to_string();
    match timeout(CONNECT_LIMIT, TcpStream::connect(listening)).await {
        Ok(Ok(_)) => Finding::HttpGood { address },
        Ok(Err(error)) => Finding::HttpUnreachable {
            address,
            reason: reason(&error),
        },
        Err(_) => Finding::HttpUnreachable {
            address,
            reason: "#no_answer_in_time".to_owned(),
        },
    }
}

fn clock(now: SystemTime) -> Finding {
    match clock::year(now) {
        year if year < clock::FIRST_SANE_YEAR => Finding::ClockNeverSet { year },
        _ => Finding::ClockGood {
            now: clock::rfc3339(now),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::diagnose::Outcome;

    #[test]
    fn a_clock_that_was_never_set_is_a_problem() {
        let outcome = |now| Check::new(CheckId::Clock, clock(now)).outcome;
        assert_eq!(outcome(UNIX_EPOCH), Outcome::Problem);
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        assert_eq!(outcome(now), Outcome::Good);
    }

    #[tokio::test]
    async fn a_page_nobody_serves_is_unreachable() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(http_answers(address).await.code(), "http_good");
        drop(listener);
        assert_eq!(http_answers(address).await.code(), "http_unreachable");
    }
}
