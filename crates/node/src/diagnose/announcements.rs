//! Whether announcements go out, and whether others are heard.

use std::time::Duration;

use mesh::beacon::{BeaconReport, FailureKind, InterfaceReport};

use super::{Check, CheckId, surroundings::Surroundings};
use crate::{finding::Finding, neighbours::Presence};

/// Everybody has answered the first announcements by then.
const SETTLED: Duration = Duration::from_secs(10);

pub(super) fn examine(around: &Surroundings) -> Vec<Check> {
    let check = |finding| Check::new(CheckId::Announcements, finding);
    let Some(mesh) = &around.mesh else {
        return vec![check(Finding::MeshOff {})];
    };
    let used = &mesh.beacon.interfaces;
    let mut checks: Vec<_> = failures(used)
        .into_iter()
        .map(|(kind, interfaces)| check(failure(kind, interfaces.join(", "), mesh.beacon.port)))
        .collect();
    if used.iter().any(|interface| interface.udp.failure.is_none()) {
        checks.push(hearing(around, &mesh.beacon));
    }
    checks
}

/// What keeps announcements on an interface from going out.
pub(super) fn failure(kind: &FailureKind, interfaces: String, port: u16) -> Finding {
    match kind {
        FailureKind::LocalNetworkDenied => Finding::SendingDenied { interfaces },
        FailureKind::PortTaken => Finding::MdnsPortTaken { interfaces },
        FailureKind::NotPermitted => Finding::SendingForbidden { interfaces, port },
        FailureKind::Unreachable => Finding::SendingWithoutWay { interfaces },
        FailureKind::Other(reason) => Finding::SendingFailed {
            interfaces,
            reason: reason.clone(),
        },
    }
}

/// The interfaces that each kind of failure concerns.
fn failures(used: &[InterfaceReport]) -> Vec<(&FailureKind, Vec<&str>)> {
    let mut failures: Vec<(&FailureKind, Vec<&str>)> = Vec::new();
    for interface in used {
        let Some(failure) = &interface.udp.failure else {
            continue;
        };
        match failures.iter_mut().find(|(kind, _)| **kind == failure.kind) {
            Some((_, names)) => names.push(&interface.name),
            None => failures.push((&failure.kind, vec![&interface.name])),
        }
    }
    failures
}

fn hearing(around: &Surroundings, beacon: &BeaconReport) -> Check {
    let channels = || {
        beacon
            .interfaces
            .iter()
            .flat_map(|one| [&one.udp, &one.mdns])
    };
    let sent: u64 = channels().map(|channel| channel.sent).sum();
    let heard: u64 = channels().map(|channel| channel.heard).sum();
    let port = beacon.port;
    let nearby = |presence: &Presence| matches!(presence, Presence::Nearby);
    let connected = around.connected_near();
    let (finding, may_be_the_firewall) =
        if heard > 0 || around.others.iter().any(|other| nearby(&other.presence)) {
            (Finding::AnnouncementsGood { sent, heard }, false)
        } else if around.uptime < SETTLED {
            (Finding::AnnouncementsStarting {}, false)
        } else if connected > 0 {
            (Finding::AnnouncementsBlocked { connected, port }, true)
        } else {
            (Finding::NobodyHeard { sent, port }, true)
        };
    let check = Check::new(CheckId::Announcements, finding);
    if may_be_the_firewall {
        check.with_command(&around.firewall.command)
    } else {
        check
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use mesh::{
        beacon::{ChannelFailure, ChannelReport},
        hub::MeshReport,
    };

    use super::*;
    use crate::diagnose::{
        Outcome,
        testing::{around, connected, nearby},
    };

    fn sent(sent: u64, heard: u64) -> ChannelReport {
        ChannelReport {
            sent,
            heard,
            ..ChannelReport::default()
        }
    }

    fn failing(kind: FailureKind) -> ChannelReport {
        ChannelReport {
            failure: Some(ChannelFailure {
                kind,
                at: SystemTime::now(),
            }),
            ..ChannelReport::default()
        }
    }

    fn with(interfaces: &[(&str, ChannelReport)]) -> Surroundings {
        let mut around = around();
        around.mesh = Some(MeshReport {
            beacon: BeaconReport {
                port: 5000,
                interfaces: interfaces
                    .iter()
                    .map(|(name, udp)| InterfaceReport {
                        name: (*name).to_owned(),
                        addresses: Vec::new(),
                        udp: udp.clone(),
                        mdns: ChannelReport::default(),
                    })
                    .collect(),
                ..BeaconReport::default()
            },
            ..MeshReport::default()
        });
        around
    }

    fn findings(around: &Surroundings) -> Vec<Finding> {
        let checks = examine(around).into_iter();
        checks.map(|check| check.finding).collect()
    }

    #[test]
    fn all_is_well_where_others_are_heard() {
        let around = with(&[("eth0", sent(3, 0)), ("wlan0", sent(3, 4))]);
        let good = Finding::AnnouncementsGood { sent: 6, heard: 4 };
        assert_eq!(findings(&around), [good]);
    }

    #[test]
    fn a_second_node_of_this_machine_is_company_enough() {
        let mut around = with(&[("eth0", sent(3, 0))]);
        around.others.push(nearby("atlas"));
        assert_eq!(findings(&around)[0].code(), "announcements_good");
    }

    #[test]
    fn silence_is_told_after_a_while_with_what_may_help() {
        let mut around = with(&[("eth0", sent(3, 0))]);
        around.firewall.command = "sudo ufw allow Banyan".to_owned();
        let [check] = &examine(&around)[..] else {
            panic!("one check");
        };
        assert_eq!(check.outcome, Outcome::Warning);
        let silence = Finding::NobodyHeard {
            sent: 3,
            port: 5000,
        };
        assert_eq!(check.finding, silence);
        assert_eq!(check.command.as_deref(), Some("sudo ufw allow Banyan"));

        around.uptime = Duration::from_secs(3);
        let [check] = &examine(&around)[..] else {
            panic!("one check");
        };
        assert_eq!(check.finding, Finding::AnnouncementsStarting {});
        assert_eq!(check.command, None);
    }

    #[test]
    fn a_session_without_an_announcement_shows_that_those_are_blocked() {
        let mut around = with(&[("eth0", sent(3, 0))]);
        around.others.push(connected("far", "10.8.0.2:7878"));
        around.others.push(connected("own", "192.168.1.5:7879"));
        assert_eq!(findings(&around)[0].code(), "nobody_heard");
        around.others.push(connected("atlas", "192.168.1.20:7878"));
        let blocked = Finding::AnnouncementsBlocked {
            connected: 1,
            port: 5000,
        };
        assert_eq!(findings(&around), [blocked]);
    }

    #[test]
    fn what_cannot_be_sent_is_told_by_its_reason() {
        let around = with(&[
            ("en0", failing(FailureKind::LocalNetworkDenied)),
            ("eth0", failing(FailureKind::NotPermitted)),
            ("eth1", failing(FailureKind::NotPermitted)),
            ("eth2", failing(FailureKind::Unreachable)),
            (
                "eth3",
                failing(FailureKind::Other("no buffer space".to_owned())),
            ),
        ]);
        let interfaces = |names: &str| names.to_owned();
        assert_eq!(
            findings(&around),
            [
                Finding::SendingDenied {
                    interfaces: interfaces("en0")
                },
                Finding::SendingForbidden {
                    interfaces: interfaces("eth0, eth1"),
                    port: 5000
                },
                Finding::SendingWithoutWay {
                    interfaces: interfaces("eth2")
                },
                Finding::SendingFailed {
                    interfaces: interfaces("eth3"),
                    reason: "no buffer space".to_owned()
                },
            ]
        );
    }

    #[test]
    fn one_interface_that_works_is_still_judged() {
        let around = with(&[
            ("eth0", failing(FailureKind::Unreachable)),
            ("wlan0", sent(1, 1)),
        ]);
        let codes: Vec<_> = findings(&around).iter().map(Finding::code).collect();
        assert_eq!(codes, ["sending_without_way", "announcements_good"]);
    }

    #[test]
    fn nothing_is_said_without_an_interface_and_all_without_a_mesh() {
        assert_eq!(findings(&with(&[])), []);
        let mut around = around();
        around.mesh = None;
        assert_eq!(findings(&around), [Finding::MeshOff {}]);
    }
}
