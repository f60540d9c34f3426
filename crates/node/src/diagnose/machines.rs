//! Whether machines that are heard can be reached, and reach this one.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use mesh::hub::{DialFailure, Failure, MeshReport};
use wire::msg::session::ByeReason;

use super::{
    Check, CheckId,
    surroundings::{Surroundings, names},
};
use crate::{
    finding::Finding,
    neighbours::{Neighbour, Presence},
    trust::Standing,
};

/// Machines announce themselves every thirty seconds, are dialled again and again
/// meanwhile, and an attempt takes five seconds to fail. One that was switched
/// off without a goodbye counts as unreached for as long.
const HEARD_WITHIN: Duration = Duration::from_secs(36);

/// One machine that answers and never comes may have blocked this one.
const ENOUGH_WITNESSES: usize = 2;

pub(super) fn examine(around: &Surroundings) -> Vec<Check> {
    let Some(mesh) = &around.mesh else {
        return Vec::new();
    };
    let mut checks: Vec<_> = troubles(around, mesh)
        .into_iter()
        .map(|finding| Check::new(CheckId::Machines, finding))
        .collect();
    if checks.is_empty() {
        checks.extend(in_reach(around).map(|finding| Check::new(CheckId::Machines, finding)));
    }
    checks.extend(incoming(around, mesh));
    checks
}

/// A machine that is heard, and how the latest attempt to reach it failed.
struct Unreached<'a> {
    machine: &'a Neighbour,
    failed: &'a DialFailure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    NoAnswer,
    Refused,
    OtherDevice,
    OtherVersion,
    /// It is trusted here and does not trust this machine.
    TurnedAway,
    Broken,
}

const TROUBLES: [Trouble; 6] = [
    Trouble::NoAnswer,
    Trouble::Refused,
    Trouble::OtherDevice,
    Trouble::OtherVersion,
    Trouble::TurnedAway,
    Trouble::Broken,
];

fn troubles(around: &Surroundings, mesh: &MeshReport) -> Vec<Finding> {
    let unreached: Vec<_> = around
        .others
        .iter()
        .filter_map(|machine| Unreached::find(machine, mesh))
        .collect();
    TROUBLES
        .into_iter()
        .filter_map(|trouble| finding(trouble, &unreached))
        .collect()
}

fn finding(trouble: Trouble, unreached: &[Unreached<'_>]) -> Option<Finding> {
    let those = || {
        unreached
            .iter()
            .filter(|one| one.trouble() == Some(trouble))
    };
    let first = those().next()?;
    let machines = names(those().map(|one| (one.machine, Some(one.failed.address))));
    Some(match trouble {
        Trouble::NoAnswer => Finding::MachinesUnreached { machines },
        Trouble::Refused => Finding::MachinesRefused { machines },
        Trouble::OtherDevice => Finding::MachinesMistaken { machines },
        Trouble::OtherVersion => Finding::MachinesOtherVersion { machines },
        Trouble::TurnedAway => Finding::MachinesTurnedAway { machines },
        Trouble::Broken => Finding::MachinesBroken {
            machines,
            reason: first.how_it_broke().to_owned(),
        },
    })
}

impl<'a> Unreached<'a> {
    /// None where it was reached, or is not heard.
    fn find(machine: &'a Neighbour, mesh: &'a MeshReport) -> Option<Self> {
        let failed = mesh
            .failures
            .get(&machine.device)
            .or_else(|| mesh.not_vouched.get(&machine.device))?;
        let heard = machine.last_seen? + HEARD_WITHIN >= failed.at;
        let counts =
            heard && machine.presence == Presence::Nearby && machine.standing != Standing::Blocked;
        counts.then_some(Self { machine, failed })
    }

    fn trouble(&self) -> Option<Trouble> {
        let trusted = matches!(self.machine.standing, Standing::Trusted(_));
        match &self.failed.failure {
            Failure::NoAnswer | Failure::Unreachable => Some(Trouble::NoAnswer),
            Failure::Refused => Some(Trouble::Refused),
            Failure::OtherDevice(_) => Some(Trouble::OtherDevice),
            Failure::Broken(_) => Some(Trouble::Broken),
            Failure::TurnedAway(ByeReason::Version) => Some(Trouble::OtherVersion),
            Failure::TurnedAway(ByeReason::NotTrusted | ByeReason::Removed) if trusted => {
                Some(Trouble::TurnedAway)
            }
            Failure::TurnedAway(_) | Failure::Far | Failure::Ourselves | Failure::NoAddress => None,
        }
    }

    fn how_it_broke(&self) -> &str {
        if let Failure::Broken(reason) = &self.failed.failure {
            reason
        } else {
            ""
        }
    }
}

fn in_reach(around: &Surroundings) -> Option<Finding> {
    let count = |is: fn(&Presence) -> bool| {
        let those = around.others.iter().filter(|other| is(&other.presence));
        those.count()
    };
    let connected = count(Presence::is_connected);
    let nearby = count(|presence| *presence == Presence::Nearby);
    (connected + nearby > 0).then_some(Finding::MachinesGood { connected, nearby })
}

/// Nothing is said where nobody can know.
fn incoming(around: &Surroundings, mesh: &MeshReport) -> Option<Check> {
    let others = |addresses: &BTreeSet<IpAddr>| {
        let others = addresses.iter().filter(|ip| !around.is_own(**ip));
        others.count()
    };
    let answered = others(&mesh.answered);
    if others(&mesh.visitors) > 0 {
        return Some(Check::new(CheckId::Incoming, Finding::IncomingGood {}));
    }
    (answered >= ENOUGH_WITNESSES).then(|| {
        let port = around.ports.tcp;
        let nobody = Finding::IncomingNobody { answered, port };
        Check::new(CheckId::Incoming, nobody).with_command(&around.firewall.command)
    })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::{
        diagnose::{
            Outcome,
            testing::{around, connected, failed, nearby},
        },
        store::{Moment, Origin, Relation, Trusted, testing::device},
    };

    /// Surroundings with these machines, each with how it was not reached.
    fn with(machines: impl IntoIterator<Item = (Neighbour, Failure)>) -> Surroundings {
        let mut around = around();
        let mut mesh = MeshReport::default();
        for (machine, failure) in machines {
            let failed = failed("192.168.1.20:7878", failure);
            mesh.failures.insert(machine.device, failed);
            around.others.push(machine);
        }
        around.mesh = Some(mesh);
        around
    }

    fn findings(around: &Surroundings) -> Vec<Finding> {
        let checks = examine(around).into_iter();
        checks.map(|check| check.finding).collect()
    }

    fn trusted(name: &str) -> Neighbour {
        Neighbour {
            standing: Standing::Trusted(Trusted {
                relation: Relation::Mine,
                origin: Origin::Pairing,
                since: Moment::from(SystemTime::now()),
            }),
            ..nearby(name)
        }
    }

    #[test]
    fn a_machine_that_is_heard_and_gives_no_answer_is_a_problem() {
        let around = with([
            (nearby("atlas"), Failure::NoAnswer),
            (nearby("nas"), Failure::Unreachable),
        ]);
        let [check] = &examine(&around)[..] else {
            panic!("one check");
        };
        assert_eq!(check.outcome, Outcome::Problem);
        let machines = "atlas (192.168.1.20:7878), nas (192.168.1.20:7878)".to_owned();
        assert_eq!(check.finding, Finding::MachinesUnreached { machines });
    }

    #[test]
    fn a_machine_whose_key_could_not_be_shown_is_unreached_as_well() {
        let mut around = with([]);
        around.others.push(nearby("atlas"));
        let failed = failed("192.168.1.20:7878", Failure::NoAnswer);
        let mesh = around.mesh.as_mut().unwrap();
        mesh.not_vouched.insert(around.others[0].device, failed);
        assert_eq!(findings(&around)[0].code(), "machines_unreached");
    }

    #[test]
    fn a_later_attempt_does_not_hide_that_it_is_heard() {
        let mut around = with([(nearby("atlas"), Failure::NoAnswer)]);
        let heard = around.others[0].last_seen.unwrap();
        let mesh = around.mesh.as_mut().unwrap();
        for failed in mesh.failures.values_mut() {
            failed.at = heard + Duration::from_secs(29);
        }
        assert_eq!(findings(&around)[0].code(), "machines_unreached");
    }

    #[test]
    fn whoever_is_not_heard_any_more_is_just_away() {
        let mut gone = nearby("gone");
        gone.last_seen = gone.last_seen.map(|seen| seen - HEARD_WITHIN * 2);
        let mut blocked = nearby("blocked");
        blocked.standing = Standing::Blocked;
        let mut away = nearby("away");
        away.presence = Presence::Away;
        let back = connected("back", "192.168.1.9:7878");
        let around = with([gone, blocked, away, back].map(|one| (one, Failure::NoAnswer)));
        let good = Finding::MachinesGood {
            connected: 1,
            nearby: 2,
        };
        assert_eq!(findings(&around), [good]);
    }

    #[test]
    fn every_way_of_failing_has_its_own_words() {
        let around = with([
            (nearby("refuses"), Failure::Refused),
            (nearby("mistaken"), Failure::OtherDevice(device(99))),
            (nearby("old"), Failure::TurnedAway(ByeReason::Version)),
            (trusted("left"), Failure::TurnedAway(ByeReason::NotTrusted)),
            (nearby("odd"), Failure::Broken("bad record".to_owned())),
            // A stranger is turned away by whoever blocked this machine.
            (nearby("shy"), Failure::TurnedAway(ByeReason::NotTrusted)),
        ]);
        let found = findings(&around);
        let codes: Vec<_> = found.iter().map(Finding::code).collect();
        assert_eq!(
            codes,
            [
                "machines_refused",
                "machines_mistaken",
                "machines_other_version",
                "machines_turned_away",
                "machines_broken",
            ]
        );
        assert_eq!(found[4].params()["reason"], "bad record");
    }

    #[test]
    fn nothing_is_said_about_machines_where_there_are_none() {
        assert_eq!(findings(&around()), []);
    }

    #[test]
    fn several_that_answer_and_never_come_are_kept_out() {
        let answered = |from: &[&str], came: &[&str]| {
            let parse = |list: &[&str]| list.iter().map(|ip| ip.parse().unwrap()).collect();
            let mut around = around();
            around.firewall.command = "sudo ufw allow Banyan".to_owned();
            let mesh = around.mesh.as_mut().unwrap();
            mesh.answered = parse(from);
            mesh.visitors = parse(came);
            examine(&around).into_iter().next()
        };
        let two = ["192.168.1.20", "192.168.1.21"];
        let nobody = answered(&two, &[]).unwrap();
        let found = Finding::IncomingNobody {
            answered: 2,
            port: 7878,
        };
        assert_eq!((nobody.finding, nobody.outcome), (found, Outcome::Warning));
        assert_eq!(nobody.command.as_deref(), Some("sudo ufw allow Banyan"));

        // Visits of this machine itself show nothing.
        let own = ["127.0.0.1", "192.168.1.5"];
        assert_eq!(
            answered(&two, &own).unwrap().finding.code(),
            "incoming_nobody"
        );
        assert_eq!(answered(&["192.168.1.20", "192.168.1.5"], &[]), None);
        let came = answered(&two, &["192.168.1.21"]).unwrap();
        assert_eq!(came.finding, Finding::IncomingGood {});
    }
}
