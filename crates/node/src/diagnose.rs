//! An examination of the node and its surroundings. It changes nothing but a
//! probe file that it removes again.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use mesh::KeyPlace;
use tokio::{net::TcpStream, time::timeout};

use crate::{
    Handle, clock,
    config::Warning,
    finding::{Finding, Level},
    firewall::{Firewall, FirewallKind},
    folder::FolderError,
    network::{self, Interface, Reach},
    plain::plain,
};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub id: CheckId,
    pub outcome: Outcome,
    pub finding: Finding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckId {
    DataFolder,
    DiskSpace,
    Configuration,
    Identity,
    Network,
    Http,
    Clock,
    Firewall,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Good,
    Warning,
    Problem,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    pub checks: Vec<Check>,
    pub firewall: Firewall,
}

/// Conversations are small, but a full disk loses them: tell in time.
const LITTLE_SPACE: u64 = 500 * 1000 * 1000;

/// The page is served by this very process.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// Looks at everything.
pub(crate) async fn examine(node: &Handle) -> Diagnosis {
    let firewall = node.firewall().await;
    let checks = vec![
        check(CheckId::DataFolder, data_folder(node).await),
        check(CheckId::DiskSpace, disk_space(node).await),
        check(CheckId::Configuration, configuration(node).await),
        check(CheckId::Identity, identity(node)),
        check(CheckId::Network, network(node).await),
        check(CheckId::Http, http(node).await),
        check(CheckId::Clock, clock(SystemTime::now())),
        check(CheckId::Firewall, firewall_finding(&firewall)),
    ];
    Diagnosis { checks, firewall }
}

fn check(id: CheckId, finding: Finding) -> Check {
    let outcome = match finding.level() {
        Level::Info => Outcome::Good,
        Level::Warning => Outcome::Warning,
        Level::Problem => Outcome::Problem,
    };
    Check {
        id,
        outcome,
        finding,
    }
}

async fn data_folder(node: &Handle) -> Finding {
    let folder = node.folder().clone();
    let shown = folder.root().display().to_string();
    let looked = tokio::task::spawn_blocking(move || {
        folder.prove_writable().map_err(|error| match error {
            FolderError::Unwritable { reason, .. } => plain(&reason),
            FolderError::DiskFull { .. } => "the disk is full".to_owned(),
            other @ (FolderError::NoHome | FolderError::Locked { .. }) => other.to_string(),
        })?;
        folder.exposed().map_err(|error| plain(&error))
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
            reason: plain(&error),
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

async fn network(node: &Handle) -> Finding {
    let chosen = node.chosen_interfaces();
    match node.interfaces().await {
        Ok(interfaces) => network_finding(&interfaces, &chosen),
        Err(error) => Finding::NetworkUnknown {
            reason: plain(&error),
        },
    }
}

fn network_finding(interfaces: &[Interface], chosen: &[String]) -> Finding {
    match network::reach(interfaces) {
        Reach::Nothing if chosen.is_empty() => Finding::NetworkAbsent {},
        Reach::Nothing => Finding::NetworkChosenAbsent {
            interfaces: chosen.join(", "),
        },
        Reach::Ipv6Only => Finding::NetworkIpv6Only {},
        Reach::Lan => {
            let usable = interfaces.iter().filter(|interface| interface.usable);
            let addresses: Vec<_> = usable
                .flat_map(|interface| &interface.addresses)
                .filter(|address| address.ip.is_ipv4())
                .map(ToString::to_string)
                .collect();
            Finding::NetworkGood {
                addresses: addresses.join(", "),
            }
        }
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
            reason: plain(&error),
        },
        Err(_) => Finding::HttpUnreachable {
            address,
            reason: "nothing answered in time".to_owned(),
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

fn firewall_finding(found: &Firewall) -> Finding {
    let firewall = found.kind.to_string();
    let command = found.command.clone();
    match (found.kind, found.open) {
        (FirewallKind::None, _) => Finding::FirewallNone {},
        (_, Some(true)) => Finding::FirewallOpen { firewall },
        (_, Some(false)) => Finding::FirewallClosed { firewall, command },
        (_, None) => Finding::FirewallUnclear { firewall, command },
    }
}

/// As disks are labelled: `12.3 GB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut amount = count as f64 / 1000.0;
    let mut unit = 0;
    while amount >= 1000.0 && unit + 1 < UNITS.len() {
        amount /= 1000.0;
        unit += 1;
    }
    format!("{amount:.1} {}", UNITS.get(unit).unwrap_or(&"TB"))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::network::{Address, InterfaceKind};

    fn interface(name: &str, ip: &str, usable: bool) -> Interface {
        Interface {
            name: name.to_owned(),
            kind: InterfaceKind::Lan,
            index: None,
            addresses: vec![Address {
                ip: ip.parse().unwrap(),
                prefix: 24,
            }],
            up: true,
            usable,
        }
    }

    #[test]
    fn sizes_are_written_as_disks_are_labelled() {
        for (count, written) in [
            (0, "0.0 kB"),
            (1_500, "1.5 kB"),
            (499_960_000, "500.0 MB"),
            (12_345_678_901, "12.3 GB"),
            (u64::MAX, "18446744.1 TB"),
        ] {
            assert_eq!(bytes(count), written);
        }
    }

    #[test]
    fn the_network_is_judged_by_what_is_usable() {
        let judge = |interfaces: &[Interface], chosen: &[&str]| {
            let chosen: Vec<_> = chosen.iter().map(|name| (*name).to_owned()).collect();
            network_finding(interfaces, &chosen).code()
        };
        let lan = [interface("eth0", "192.168.1.5", true)];
        assert_eq!(judge(&lan, &[]), "network_good");
        assert_eq!(
            judge(&[interface("eth0", "fd00::5", true)], &[]),
            "network_ipv6_only"
        );
        let down = [interface("eth0", "192.168.1.5", false)];
        assert_eq!(judge(&down, &[]), "network_absent");
        assert_eq!(judge(&down, &["wlan0"]), "network_chosen_absent");
    }

    #[test]
    fn a_clock_that_was_never_set_is_a_problem() {
        assert_eq!(
            check(CheckId::Clock, clock(UNIX_EPOCH)).outcome,
            Outcome::Problem
        );
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        assert_eq!(check(CheckId::Clock, clock(now)).outcome, Outcome::Good);
    }

    #[tokio::test]
    async fn a_page_nobody_serves_is_unreachable() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(http_answers(address).await.code(), "http_good");
        drop(listener);
        assert_eq!(http_answers(address).await.code(), "http_unreachable");
    }

    #[test]
    fn firewalls_are_told_apart() {
        let firewall = |kind, open| Firewall {
            kind,
            open,
            command: String::new(),
            can_open: false,
        };
        let code = |kind, open| firewall_finding(&firewall(kind, open)).code();
        assert_eq!(code(FirewallKind::None, Some(true)), "firewall_none");
        assert_eq!(code(FirewallKind::Ufw, Some(true)), "firewall_open");
        assert_eq!(code(FirewallKind::Ufw, Some(false)), "firewall_closed");
        assert_eq!(code(FirewallKind::Unknown, None), "firewall_unclear");
    }
}
