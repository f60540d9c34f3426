//! Mesh keys and clocks of the other machines.

use mesh::hub::{DialFailure, Failure, MeshReport};
use wire::msg::session::ByeReason;

use super::{
    Check, CheckId,
    surroundings::{Surroundings, names},
};
use crate::{
    figures,
    finding::Finding,
    neighbours::{Neighbour, Presence},
    trust::Standing,
};

/// Below it nobody would notice.
const CLOCKS_DIFFER: u64 = 30;

pub(super) fn examine(around: &Surroundings) -> Vec<Check> {
    let keys = other_keys(around);
    let vouching = around.mesh.iter().flat_map(|mesh| vouching(around, mesh));
    let keys = keys.into_iter().chain(vouching);
    let keys = keys.map(|finding| Check::new(CheckId::MeshKeys, finding));
    let clocks = clocks(around);
    let clocks = clocks.map(|finding| Check::new(CheckId::Clocks, finding));
    keys.chain(clocks).collect()
}

/// Machines near that belong to another mesh. Whoever is trusted by another way
/// may hold as many keys as it likes.
fn other_keys(around: &Surroundings) -> Option<Finding> {
    let others: Vec<_> = around
        .others
        .iter()
        .filter(|other| other.other_mesh && other.presence != Presence::Away)
        .filter(|other| matches!(other.standing, Standing::Discovered | Standing::Pending))
        .collect();
    if others.is_empty() {
        return None;
    }
    let count = others.len();
    let machines = names(others.into_iter().map(|other| (other, None)));
    Some(if around.holds_mesh_key {
        Finding::OtherMeshKey { count, machines }
    } else {
        Finding::MeshKeyLacking { count, machines }
    })
}

/// Those that could not be reached at all are told about elsewhere.
fn vouching(around: &Surroundings, mesh: &MeshReport) -> Vec<Finding> {
    let failed = |is: fn(&Failure) -> bool| {
        let those = around.others.iter().filter_map(|other| {
            let DialFailure {
                failure, address, ..
            } = mesh.not_vouched.get(&other.device)?;
            is(failure).then_some((other, Some(*address)))
        });
        let named = names(those);
        (!named.is_empty()).then_some(named)
    };
    let no_key = |failure: &Failure| *failure == Failure::TurnedAway(ByeReason::NoKey);
    let wrong_proof = |failure: &Failure| *failure == Failure::TurnedAway(ByeReason::WrongProof);
    [
        failed(no_key).map(|machines| Finding::VouchNoKey { machines }),
        failed(wrong_proof).map(|machines| Finding::VouchWrongProof { machines }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn clocks(around: &Surroundings) -> Option<Finding> {
    let differs = |other: &&Neighbour| {
        let ahead = other.clock_ahead.unwrap_or_default();
        other.presence != Presence::Away && ahead.unsigned_abs() >= CLOCKS_DIFFER
    };
    let differing: Vec<_> = around.others.iter().filter(differs).collect();
    let farthest = differing
        .iter()
        .filter_map(|other| other.clock_ahead)
        .map(i64::unsigned_abs)
        .max()?;
    Some(Finding::ClocksDiffer {
        machines: names(differing.into_iter().map(|other| (other, None))),
        most: figures::duration(farthest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{
        Outcome,
        testing::{around, failed, nearby},
    };

    fn codes(around: &Surroundings) -> Vec<&'static str> {
        let checks = examine(around);
        checks.iter().map(|check| check.finding.code()).collect()
    }

    #[test]
    fn machines_of_another_mesh_are_counted_and_named() {
        let mut around = around();
        for name in ["atlas", "nas", "a", "b", "c", "d", "e"] {
            let mut machine = nearby(name);
            machine.other_mesh = true;
            around.others.push(machine);
        }
        around.others[5].standing = Standing::Blocked;
        around.others[6].presence = Presence::Away;
        let machines = "atlas, nas, a, b, c".to_owned();
        let lacking = Finding::MeshKeyLacking { count: 5, machines };
        assert_eq!(examine(&around)[0].finding, lacking);
        assert_eq!(examine(&around)[0].outcome, Outcome::Good);
        around.others[5].standing = Standing::Discovered;
        around.holds_mesh_key = true;
        let machines = "atlas, nas, a, b, c, +1".to_owned();
        let other = Finding::OtherMeshKey { count: 6, machines };
        assert_eq!(examine(&around)[0].finding, other);
        assert_eq!(examine(&around)[0].outcome, Outcome::Warning);
    }

    #[test]
    fn vouching_that_failed_is_told_by_its_reason() {
        let mut around = around();
        around.others = vec![nearby("atlas"), nearby("nas"), nearby("away")];
        let mesh = around.mesh.as_mut().unwrap();
        for (machine, failure) in around.others.iter().zip([
            Failure::TurnedAway(ByeReason::NoKey),
            Failure::TurnedAway(ByeReason::WrongProof),
            Failure::NoAnswer,
        ]) {
            let failed = failed("192.168.1.20:7878", failure);
            mesh.not_vouched.insert(machine.device, failed);
        }
        let findings: Vec<_> = examine(&around).into_iter().map(|c| c.finding).collect();
        assert_eq!(
            findings,
            [
                Finding::VouchNoKey {
                    machines: "atlas (192.168.1.20:7878)".to_owned()
                },
                Finding::VouchWrongProof {
                    machines: "nas (192.168.1.20:7878)".to_owned()
                },
            ]
        );
    }

    #[test]
    fn clocks_that_differ_are_shown_and_harm_nothing() {
        let mut around = around();
        let clock = |name, ahead| Neighbour {
            clock_ahead: Some(ahead),
            ..nearby(name)
        };
        around.others = vec![clock("atlas", 29), clock("nas", -29)];
        assert!(codes(&around).is_empty());
        around
            .others
            .extend([clock("old", -7200), clock("new", 31)]);
        let [check] = &examine(&around)[..] else {
            panic!("one check");
        };
        let differ = Finding::ClocksDiffer {
            machines: "old, new".to_owned(),
            most: "2 h 0 min".to_owned(),
        };
        assert_eq!((&check.finding, check.outcome), (&differ, Outcome::Good));
    }
}
