//! How trust begins, on what it rests, and how it ends.

use super::*;
use crate::store::testing::person_move;
use rules::{handing, keys, meeting, own_person, removing, tidying, trusting};

const NEW: MeshKeyId = MeshKeyId::from_bytes([9; 32]);
const NEWER: MeshKeyId = MeshKeyId::from_bytes([10; 32]);
const CARD: InvitationId = InvitationId::from_bytes([7; 32]);

#[test]
fn a_machine_nobody_decided_about_is_discovered_and_nothing_more() {
    let desk = Desk::new();
    assert_eq!(desk.view().standing(device(1)), Standing::Discovered);
    assert_eq!(desk.view().quota(device(1)).storage_bytes, 0);
}

#[test]
fn pairing_goes_from_pending_to_trusted() {
    let mut desk = Desk::new();
    desk.ask(1);
    assert_eq!(desk.view().standing(device(1)), Standing::Pending);
    desk.pair(1, Relation::Other);
    let since = desk.now;
    assert_eq!(
        desk.view().standing(device(1)),
        Standing::Trusted(Trusted {
            relation: Relation::Other,
            origin: Origin::Pairing,
            since,
        })
    );
    desk.decide(|view| trusting::pairing_ended(view, device(1)))
        .unwrap();
    assert!(desk.view().trusted(device(1)).is_some());
}

#[test]
fn a_question_nobody_answers_ends() {
    let mut desk = Desk::new();
    desk.ask(1);
    desk.ask(2);
    desk.decide(|view| trusting::pairing_ended(view, device(1)))
        .unwrap();
    assert!(desk.tables.known(device(1)).is_none());
    desk.pass(HOUR);
    assert_eq!(desk.view().standing(device(2)), Standing::Discovered);
    desk.decide(tidying::tidy).unwrap();
    assert!(desk.tables.known(device(2)).is_none());
}

#[test]
fn a_flood_of_questions_keeps_the_table_bounded() {
    let mut desk = Desk::new();
    desk.pair(255, Relation::Other);
    for number in 1..=200 {
        desk.pass(Duration::from_secs(1));
        desk.ask(number);
    }
    assert_eq!(desk.tables.all_known().count(), 65);
    assert_eq!(desk.view().standing(device(200)), Standing::Pending);
    assert_eq!(desk.view().standing(device(136)), Standing::Discovered);
    assert!(desk.view().trusted(device(255)).is_some());
}

#[test]
fn blocked_beats_everything() {
    let mut desk = Desk::with_keys();
    desk.policy.open = true;
    desk.invite(CARD, MeshKeyKind::Mine);
    desk.pair(1, Relation::Mine);
    desk.allow(1, files(), Term::Always).unwrap();
    desk.block(1);

    let (id, guest) = (device(1), who(1));
    let attempts: [Attempt; 5] = [
        |view, id, who| trusting::pairing_asked(view, id, who),
        |view, id, who| trusting::paired(view, id, who, Relation::Mine),
        |view, id, who| trusting::mesh_key_proved(view, id, who, MINE),
        |view, id, who| trusting::invitation_shown(view, id, who, CARD),
        |view, id, who| trusting::came_openly(view, id, who),
    ];
    for attempt in attempts {
        let refused = desk.decide(|view| attempt(view, id, &guest));
        assert_eq!(refused.unwrap_err(), Refusal::Blocked);
        let logged = desk.log.last().unwrap();
        assert_eq!(logged.kind, AuditKind::TrustRefused);
        assert_eq!(logged.device, Some(id));
        assert_eq!(logged.details["reason"], "blocked");
    }
    assert_eq!(desk.view().standing(id), Standing::Blocked);
    assert_eq!(desk.allowed(1), []);
    assert_eq!(desk.refusal(1, Permission::LlmUse), Refusal::Blocked);
    assert_eq!(desk.tables.invitation(CARD).unwrap().redeemed, None);
    let forgotten = desk.decide(|view| removing::forget(view, id));
    assert_eq!(forgotten.unwrap_err(), Refusal::Blocked);
    // Time changes nothing about it.
    desk.pass(DAY * 10_000);
    desk.decide(tidying::tidy).unwrap();
    assert_eq!(desk.view().standing(id), Standing::Blocked);
}

#[test]
fn unblocking_makes_a_stranger_not_a_friend() {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Other);
    desk.allow(1, files(), Term::Always).unwrap();
    assert_eq!(desk.block(1), [ended(1, Ended::Blocked)]);
    assert_eq!(desk.tables.known(device(1)).unwrap().peer.name, "machine 1");
    assert_eq!(desk.block(1), [], "again");
    desk.decide(|view| removing::unblock(view, device(1)))
        .unwrap();
    assert_eq!(desk.view().standing(device(1)), Standing::Discovered);
    let again = desk.decide(|view| removing::unblock(view, device(1)));
    assert_eq!(again.unwrap_err(), Refusal::NotBlocked);
    desk.pair(1, Relation::Other);
    assert_eq!(desk.allowed(1), [], "what was allowed before is forgotten");
}

#[test]
fn a_machine_can_be_blocked_before_it_was_ever_met() {
    let mut desk = Desk::new();
    let name = Some("nosy".to_owned());
    desk.decide(|view| removing::block(view, device(1), name))
        .unwrap();
    assert_eq!(desk.view().standing(device(1)), Standing::Blocked);
    assert_eq!(desk.tables.known(device(1)).unwrap().peer.name, "nosy");
}

#[test]
fn removing_someone_elses_machine_asks_for_no_keys() {
    let mut desk = Desk::with_keys();
    desk.pair(1, Relation::Other);
    assert_eq!(desk.forget(1), [ended(1, Ended::Forgotten)]);
    assert!(desk.tables.mesh_key(MINE).unwrap().retired.is_none());
    let unknown = desk.decide(|view| removing::forget(view, device(1)));
    assert_eq!(unknown.unwrap_err(), Refusal::NotKnown);
}

#[test]
fn removing_one_of_my_machines_asks_for_new_keys_until_they_are_made() {
    for block in [false, true] {
        let mut desk = Desk::with_keys();
        desk.pair(1, Relation::Mine);
        desk.prove(2, MINE).unwrap();
        desk.prove(3, TEAM).unwrap();
        let since = desk.now;
        let effects = if block { desk.block(1) } else { desk.forget(1) };
        let duties = [
            Effect::NewPersonKey {
                since,
                remaining: vec![device(2)],
            },
            Effect::NewMeshKey {
                replaces: MINE,
                kind: MeshKeyKind::Mine,
                remaining: vec![device(2)],
            },
            // Whoever had the one may well have had the other.
            Effect::NewMeshKey {
                replaces: TEAM,
                kind: MeshKeyKind::Team,
                remaining: vec![device(3)],
            },
        ];
        assert_eq!(effects[1..], duties);
        assert_eq!(duties_of(&desk), duties, "written, not only told");

        // The key it knows opens no door any more, also under a new id.
        assert_eq!(desk.prove(5, MINE), Err(Refusal::MeshKeyRetired));
        desk.prove(1, TEAM).unwrap_err();
        assert_eq!(desk.prove(2, MINE), Ok(()), "who remains is carried");

        desk.rotate(MINE, NEW, GRACE);
        desk.rotate(TEAM, NEWER, GRACE);
        desk.decide(|view| removing::person_key_renewed(view, since))
            .unwrap();
        assert_eq!(duties_of(&desk), []);
        desk.prove(2, NEW).unwrap();
        assert_eq!(
            desk.relation_and_origin(2),
            Some((Relation::Mine, Origin::MeshKey(NEW)))
        );
    }
}

#[test]
fn a_removal_during_a_renewal_is_a_duty_of_its_own() {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Mine);
    desk.pair(2, Relation::Mine);
    let first = desk.now;
    // Within the same millisecond.
    desk.forget(1);
    desk.forget(2);
    desk.decide(|view| removing::person_key_renewed(view, first))
        .unwrap();
    let still = duties_of(&desk);
    assert!(
        matches!(&still[..], [Effect::NewPersonKey { since, .. }] if *since > first),
        "{still:?}"
    );
}

#[test]
fn pairing_anew_as_someone_elses_counts_as_removing_mine() {
    let mut desk = Desk::with_keys();
    desk.pair(1, Relation::Mine);
    let effects = desk.effects(|view| trusting::paired(view, device(1), &who(1), Relation::Other));
    assert!(
        matches!(
            &effects[..],
            [
                Effect::PermissionsChanged { .. },
                Effect::NewPersonKey { .. },
                Effect::NewMeshKey { .. }
            ]
        ),
        "{effects:?}"
    );
    assert_eq!(desk.allowed(1), []);
}

#[test]
fn removing_a_machine_of_the_team_retires_the_key_of_the_team() {
    let mut desk = Desk::with_keys();
    desk.prove(1, TEAM).unwrap();
    desk.prove(2, TEAM).unwrap();
    let new_key = Effect::NewMeshKey {
        replaces: TEAM,
        kind: MeshKeyKind::Team,
        remaining: vec![device(2)],
    };
    assert_eq!(desk.forget(1), [ended(1, Ended::Forgotten), new_key]);
    assert_eq!(desk.prove(1, TEAM), Err(Refusal::MeshKeyRetired));
    assert!(desk.tables.mesh_key(MINE).unwrap().retired.is_none());
}

/// In whichever order it came to be trusted and showed the key.
#[test]
fn a_removed_machine_that_was_also_paired_does_not_come_back_by_the_team_key() {
    type Step = fn(&mut Desk);
    let prove: Step = |desk| desk.prove(1, TEAM).unwrap();
    let pair: Step = |desk| desk.pair(1, Relation::Other);
    for steps in [[prove, pair], [pair, prove]] {
        for block in [false, true] {
            let mut desk = Desk::with_keys();
            desk.prove(2, TEAM).unwrap();
            for step in steps {
                step(&mut desk);
            }
            let origin = desk.relation_and_origin(1);
            assert_eq!(origin, Some((Relation::Other, Origin::Pairing)));
            let effects = if block { desk.block(1) } else { desk.forget(1) };
            let new_key = Effect::NewMeshKey {
                replaces: TEAM,
                kind: MeshKeyKind::Team,
                remaining: vec![device(2)],
            };
            assert_eq!(effects[1..], [new_key]);
            if block {
                desk.decide(|view| removing::unblock(view, device(1)))
                    .unwrap();
            }
            assert_eq!(desk.prove(1, TEAM), Err(Refusal::MeshKeyRetired));
            assert!(desk.tables.mesh_key(MINE).unwrap().retired.is_none());
        }
    }
}

#[test]
fn a_refused_proof_counts_as_knowing_the_key_too() {
    let mut desk = Desk::with_keys();
    desk.pair(1, Relation::Other);
    assert_eq!(desk.prove(1, MINE), Err(Refusal::PersonNotMine));
    desk.forget(1);
    assert_eq!(desk.prove(1, MINE), Err(Refusal::MeshKeyRetired));
}

#[test]
fn a_key_that_was_given_is_known_before_anything_is_proved_with_it() {
    let mut desk = Desk::with_keys();
    desk.prove(1, TEAM).unwrap();
    desk.rotate(TEAM, NEW, DAY);
    assert_eq!(give(&mut desk, NEW, &[1]), [device(1)]);
    desk.forget(1);
    assert_eq!(desk.prove(1, NEW), Err(Refusal::MeshKeyRetired));
}

/// What it is told as somebody else's, it may keep.
#[test]
fn pairing_anew_as_someone_elses_takes_away_no_team_key() {
    let mut desk = Desk::with_keys();
    desk.prove(1, MINE).unwrap();
    desk.prove(1, TEAM).unwrap();
    desk.pair(1, Relation::Other);
    assert!(desk.tables.mesh_key(MINE).unwrap().retired.is_some());
    assert!(desk.tables.mesh_key(TEAM).unwrap().retired.is_none());
}

#[test]
fn a_new_key_reaches_every_machine_that_held_the_old_one() {
    let mut desk = Desk::with_keys();
    desk.prove(1, TEAM).unwrap();
    desk.pair(2, Relation::Other);
    desk.prove(2, TEAM).unwrap();
    desk.invite(CARD, MeshKeyKind::Team);
    desk.decide(|view| trusting::invitation_shown(view, device(3), &who(3), CARD))
        .unwrap();
    desk.prove(3, TEAM).unwrap();
    desk.pair(4, Relation::Other);
    let mut reached = desk.rotate(TEAM, NEW, DAY).answer;
    reached.sort_unstable();
    let mut holders = [1, 2, 3].map(device);
    holders.sort_unstable();
    assert_eq!(reached, holders);
    for number in [1, 2, 3] {
        let outdated = handing::outdated(&desk.view(), device(number));
        assert_eq!(outdated, [(TEAM, MeshKeyKind::Team)], "also when it comes");
    }
    assert_eq!(handing::outdated(&desk.view(), device(4)), []);
    desk.pass(DAY);
    assert_eq!(handing::outdated(&desk.view(), device(2)), []);
    assert!(desk.view().trusted(device(2)).is_some(), "it was paired");
}

#[test]
fn a_key_is_given_to_nobody_who_may_not_hold_it() {
    let mut desk = Desk::with_keys();
    desk.prove(1, MINE).unwrap();
    desk.prove(2, TEAM).unwrap();
    desk.block(3);
    assert_eq!(give(&mut desk, MINE, &[1, 2, 3, 4]), [device(1)]);
    assert_eq!(give(&mut desk, TEAM, &[3, 4, 2]), [device(2)]);
    let renewed = Way::new(vec![person_move(0, 5)]).unwrap();
    desk.effects(|view| own_person::person_is(view, person(5), &renewed, Arrived::Renewed(0)));
    for key in [MINE, TEAM] {
        assert_eq!(give(&mut desk, key, &[1]), [], "left behind");
    }
}

#[test]
fn a_key_is_taken_from_who_holds_the_one_it_replaces() {
    let mut desk = Desk::with_keys();
    desk.prove(1, TEAM).unwrap();
    desk.pair(2, Relation::Other);
    desk.pair(3, Relation::Mine);
    let team = (NEW, MeshKeyKind::Team);
    let takes = |desk: &Desk, number, old, brought| {
        handing::is_taken_from(&desk.view(), device(number), old, brought)
    };
    assert!(takes(&desk, 1, TEAM, team));
    assert!(!takes(&desk, 2, TEAM, team), "trusted, and holds nothing");
    desk.prove(2, TEAM).unwrap();
    assert!(takes(&desk, 2, TEAM, team), "paired, and holds it");
    assert!(takes(&desk, 3, TEAM, team), "one of mine");
    assert!(takes(&desk, 3, MINE, (NEW, MeshKeyKind::Mine)));
    assert!(!takes(&desk, 1, MINE, (NEW, MeshKeyKind::Mine)));
    assert!(!takes(&desk, 1, TEAM, (NEW, MeshKeyKind::Mine)));
    assert!(!takes(&desk, 1, NEWER, team), "not held here");
    assert!(!takes(&desk, 1, TEAM, (TEAM, MeshKeyKind::Team)), "no news");
    assert!(!takes(&desk, 4, TEAM, team), "a stranger");
    desk.forget(1);
    assert!(!takes(&desk, 1, TEAM, team), "removed");
}

fn give(desk: &mut Desk, key: MeshKeyId, numbers: &[u8]) -> Vec<DeviceId> {
    let devices: Vec<_> = numbers.iter().copied().map(device).collect();
    desk.decide(|view| handing::give(view, key, &devices))
        .unwrap()
        .answer
}

#[test]
fn trust_through_a_key_ends_when_its_grace_does() {
    let mut desk = Desk::with_keys();
    desk.prove(1, TEAM).unwrap();
    desk.pair(2, Relation::Other);
    let through = desk.rotate(TEAM, NEW, DAY);
    assert_eq!(through.answer, [device(1)]);
    assert_eq!(through.effects, []);
    desk.pass(DAY - Duration::from_millis(1));
    assert_eq!(desk.allowed(1), [Permission::LlmUse]);
    desk.pass(Duration::from_millis(1));
    // Before anybody tidied up.
    assert_eq!(desk.view().standing(device(1)), Standing::Discovered);
    assert_eq!(desk.refusal(1, Permission::LlmUse), Refusal::NotTrusted);
    assert!(desk.view().trusted(device(2)).is_some());
    assert_eq!(desk.effects(tidying::tidy), [ended(1, Ended::Lapsed)]);
    assert!(desk.tables.known(device(1)).is_none());
    assert!(desk.tables.mesh_key(TEAM).is_none());
    assert_eq!(desk.prove(1, TEAM), Err(Refusal::MeshKeyUnknown));
    assert_eq!(desk.prove(1, NEW), Ok(()));
}

#[test]
fn a_key_without_grace_ends_at_once_and_gets_no_second_life() {
    let mut desk = Desk::with_keys();
    desk.prove(1, TEAM).unwrap();
    let done = desk.rotate(TEAM, NEW, Duration::ZERO);
    assert_eq!(done.effects, [ended(1, Ended::Lapsed)]);
    assert_eq!(desk.view().standing(device(1)), Standing::Discovered);
    desk.rotate(TEAM, MeshKeyId::from_bytes([8; 32]), DAY);
    assert_eq!(desk.view().standing(device(1)), Standing::Discovered);
    let onto_a_known_one = desk.decide(|view| keys::rotate(view, MINE, NEW, DAY));
    assert_eq!(onto_a_known_one.unwrap_err(), Refusal::MeshKeyKnown);
}

#[test]
fn adding_a_key_again_is_fine_and_an_old_one_is_not() {
    let mut desk = Desk::with_keys();
    let add = |desk: &mut Desk, kind| desk.decide(|view| keys::add(view, MINE, kind)).map(drop);
    assert_eq!(add(&mut desk, MeshKeyKind::Mine), Ok(()));
    assert_eq!(
        add(&mut desk, MeshKeyKind::Team),
        Err(Refusal::MeshKeyKnown)
    );
    desk.rotate(MINE, NEW, DAY);
    let old = add(&mut desk, MeshKeyKind::Mine);
    assert_eq!(old, Err(Refusal::MeshKeyRetired));
}

#[test]
fn removing_a_key_ends_what_rests_on_it() {
    let mut desk = Desk::with_keys();
    desk.prove(1, TEAM).unwrap();
    desk.prove(2, MINE).unwrap();
    let effects = desk.effects(|view| keys::remove(view, TEAM));
    assert_eq!(effects, [ended(1, Ended::Lapsed)]);
    assert!(desk.tables.known(device(1)).is_none());
    assert!(desk.view().trusted(device(2)).is_some());
}

/// Both would be one person's right after.
#[test]
fn a_key_of_mine_does_not_overrule_who_compared_codes() {
    let mut desk = Desk::with_keys();
    desk.pair(1, Relation::Other);
    assert_eq!(desk.prove(1, MINE), Err(Refusal::PersonNotMine));
    assert_eq!(desk.prove(1, TEAM), Ok(()), "that says nothing else");
    desk.invite(CARD, MeshKeyKind::Mine);
    let who = who_as(1, Relation::Mine);
    let shown = desk.decide(|view| trusting::invitation_shown(view, device(1), &who, CARD));
    assert_eq!(shown.map(drop), Err(Refusal::PersonNotMine));
    desk.pair(1, Relation::Mine);
    assert_eq!(desk.prove(1, MINE), Ok(()));
}

/// Ground by ground: what is there, what comes, what it rests on afterwards.
#[test]
fn firm_ground_is_not_given_up() {
    use Relation::{Mine, Other};
    let steps: [Step; 5] = [
        ("open", |desk| desk.come(1).unwrap()),
        ("team", |desk| desk.prove(1, TEAM).unwrap()),
        ("mine", |desk| match desk.prove(1, MINE) {
            Ok(()) | Err(Refusal::PersonNotMine) => {}
            refused => panic!("{refused:?}"),
        }),
        ("pair other", |desk| desk.pair(1, Other)),
        ("pair mine", |desk| desk.pair(1, Mine)),
    ];
    let rests_on = [
        (Other, Origin::OpenPolicy),
        (Other, Origin::MeshKey(TEAM)),
        (Mine, Origin::MeshKey(MINE)),
        (Other, Origin::Pairing),
        (Mine, Origin::Pairing),
    ];
    // Row: what is there. Column: what comes. Value: which of them stays.
    let expected = [
        [0, 1, 2, 3, 4],
        [1, 1, 2, 3, 4],
        [2, 2, 2, 3, 4],
        [3, 3, 3, 3, 4],
        [4, 4, 4, 3, 4],
    ];
    for (row, (there, first)) in steps.iter().enumerate() {
        for (column, (comes, second)) in steps.iter().enumerate() {
            let mut desk = Desk::with_keys();
            desk.policy.open = true;
            first(&mut desk);
            desk.pass(HOUR);
            second(&mut desk);
            assert_eq!(
                desk.relation_and_origin(1),
                Some(rests_on[expected[row][column]]),
                "{there}, then {comes}"
            );
        }
    }
}

#[test]
fn an_invitation_is_for_one_machine_and_for_a_time() {
    let show = |desk: &mut Desk, number: u8| {
        desk.decide(|view| trusting::invitation_shown(view, device(number), &who(number), CARD))
            .map(drop)
    };
    let mut desk = Desk::new();
    desk.invite(CARD, MeshKeyKind::Team);
    assert_eq!(show(&mut desk, 1), Ok(()));
    assert_eq!(
        desk.relation_and_origin(1),
        Some((Relation::Other, Origin::Invitation(CARD)))
    );
    assert_eq!(show(&mut desk, 1), Ok(()), "the answer may have been lost");
    assert_eq!(show(&mut desk, 2), Err(Refusal::InvitationUsed));
    desk.forget(1);
    assert_eq!(show(&mut desk, 1), Err(Refusal::InvitationUsed));

    let mut desk = Desk::new();
    desk.invite(CARD, MeshKeyKind::Mine);
    desk.pass(DAY);
    assert_eq!(show(&mut desk, 1), Err(Refusal::InvitationExpired));
    desk.decide(|view| keys::withdraw(view, CARD)).unwrap();
    assert_eq!(show(&mut desk, 1), Err(Refusal::InvitationUnknown));
}

#[test]
fn no_more_than_a_hundred_invitations_are_open() {
    let mut desk = Desk::new();
    let invite = |desk: &mut Desk, number: u8| {
        let id = InvitationId::from_bytes([number; 32]);
        desk.decide(|view| keys::invite(view, id, MeshKeyKind::Team, DAY))
            .map(drop)
    };
    for number in 0..100 {
        invite(&mut desk, number).unwrap();
    }
    let most = 100;
    let one_more = invite(&mut desk, 100);
    assert_eq!(one_more, Err(Refusal::TooManyInvitations { most }));
    desk.pass(DAY);
    invite(&mut desk, 100).unwrap();
}

#[test]
fn an_open_network_is_open_for_as_long_as_it_is() {
    let mut desk = Desk::new();
    assert_eq!(desk.come(1), Err(Refusal::PolicyClosed));
    desk.policy.open = true;
    assert_eq!(desk.come(1), Ok(()));
    assert_eq!(desk.allowed(1), [Permission::LlmUse]);
    desk.policy.open = false;
    assert_eq!(desk.view().standing(device(1)), Standing::Discovered);
    assert_eq!(desk.effects(tidying::tidy), [ended(1, Ended::Lapsed)]);
}

#[test]
fn an_open_network_cannot_fill_the_table_or_push_out_friends() {
    let mut desk = Desk::new();
    desk.policy.open = true;
    desk.policy.most_devices = 2;
    for number in 0..300 {
        desk.pass(Duration::from_secs(1));
        desk.decide(|view| trusting::came_openly(view, numbered(number), &who(1)))
            .unwrap();
    }
    assert_eq!(desk.tables.all_known().count(), 256);
    assert!(desk.view().trusted(numbered(299)).is_some());
    assert!(desk.view().trusted(numbered(0)).is_none());
    desk.pair(1, Relation::Other);
    desk.pair(2, Relation::Other);
    let most = 2;
    let third = desk.decide(|view| trusting::paired(view, device(3), &who(3), Relation::Other));
    assert_eq!(third.unwrap_err(), Refusal::TooManyDevices { most });
    desk.pair(2, Relation::Mine);
}

#[test]
fn a_name_is_pinned_and_another_one_only_shown() {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Other);
    let call = |desk: &mut Desk, name: &str| {
        let met = Met {
            device: device(1),
            who: Some(named(name)),
            address: None,
        };
        desk.decide(|view| meeting::met(view, &[met])).unwrap();
        let peer = &desk.tables.known(device(1)).unwrap().peer;
        (peer.name.clone(), peer.offered_name.clone())
    };
    let mine = "machine 1".to_owned();
    let offered = Some("printer".to_owned());
    assert_eq!(call(&mut desk, "printer"), (mine.clone(), offered));
    assert_eq!(call(&mut desk, "machine 1"), (mine, None));
    let none = desk.decide(|view| meeting::adopt_name(view, device(1)));
    assert_eq!(none.unwrap_err(), Refusal::NoOtherName);
    call(&mut desk, "printer");
    desk.decide(|view| meeting::adopt_name(view, device(1)))
        .unwrap();
    assert_eq!(call(&mut desk, "printer"), ("printer".to_owned(), None));
}

#[test]
fn a_key_pins_no_name_anew_and_a_person_who_pairs_does() {
    let mut desk = Desk::with_keys();
    for (key, name) in [(TEAM, "one"), (MINE, "two")] {
        desk.decide(|view| trusting::mesh_key_proved(view, device(1), &named(name), key))
            .unwrap();
        assert_eq!(desk.tables.known(device(1)).unwrap().peer.name, "one");
    }
    desk.decide(|view| trusting::paired(view, device(1), &named("three"), Relation::Mine))
        .unwrap();
    assert_eq!(desk.tables.known(device(1)).unwrap().peer.name, "three");
}

#[test]
fn eight_addresses_are_remembered_and_the_last_good_stands_first() {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Other);
    let address = |port: u16| PeerAddress::tcp("atlas", port).unwrap();
    let meet = |port: u16| Met {
        device: device(1),
        who: None,
        address: Some(address(port)),
    };
    let ports = |desk: &Desk| -> Vec<u16> {
        let dial = desk.view().to_dial();
        dial[0].1.iter().map(PeerAddress::port).collect()
    };
    for port in 1..=10 {
        desk.pass(Duration::from_secs(1));
        desk.decide(|view| meeting::met(view, &[meet(port)]))
            .unwrap();
    }
    assert_eq!(ports(&desk), [10, 9, 8, 7, 6, 5, 4, 3]);
    // Told ones never push out one that worked.
    let told: Vec<_> = (20..40).map(address).collect();
    desk.decide(|view| meeting::told_addresses(view, device(1), &told))
        .unwrap();
    assert_eq!(ports(&desk), [10, 9, 8, 7, 6, 5, 4, 3]);
    desk.pass(Duration::from_secs(1));
    desk.decide(|view| meeting::met(view, &[meet(3), meet(1)]))
        .unwrap();
    assert_eq!(ports(&desk), [1, 3, 10, 9, 8, 7, 6, 5]);
}

#[test]
fn nothing_is_kept_of_strangers_and_of_the_blocked() {
    let mut desk = Desk::new();
    desk.block(2);
    desk.pass(HOUR);
    let before = desk.tables.clone();
    let met = [1, 2].map(|number| Met {
        device: device(number),
        who: Some(who(number)),
        address: Some(PeerAddress::tcp("10.0.0.1", 1).unwrap()),
    });
    desk.decide(|view| meeting::met(view, &met)).unwrap();
    assert_eq!(desk.tables, before);
}

#[test]
fn a_notification_comes_once_a_day_whatever_the_clock_does() {
    let mut desk = Desk::new();
    let notify = |desk: &mut Desk, number: u8, occasion| {
        desk.decide(|view| meeting::notify_once(view, device(number), occasion))
            .unwrap()
            .answer
    };
    assert!(notify(&mut desk, 1, Occasion::Nearby));
    assert!(!notify(&mut desk, 1, Occasion::Nearby));
    assert!(notify(&mut desk, 1, Occasion::PairingRequest));
    desk.pass(DAY - Duration::from_secs(1));
    assert!(!notify(&mut desk, 1, Occasion::Nearby));
    desk.pass(Duration::from_secs(1));
    assert!(notify(&mut desk, 1, Occasion::Nearby));
    desk.now = Moment::from_millis(START - 400 * 86_400_000);
    assert!(notify(&mut desk, 1, Occasion::Nearby), "a year back");
    desk.block(2);
    assert!(!notify(&mut desk, 2, Occasion::Nearby));
}

#[test]
fn made_up_machines_nearby_silence_no_request_for_pairing() {
    let mut desk = Desk::new();
    let notify = |desk: &mut Desk, device, occasion| {
        desk.decide(|view| meeting::notify_once(view, device, occasion))
            .unwrap()
            .answer
    };
    for number in 1..=5 {
        assert!(notify(&mut desk, numbered(number), Occasion::Nearby));
    }
    for number in 6..=1000 {
        assert!(!notify(&mut desk, numbered(number), Occasion::Nearby));
    }
    for number in 1..=1000 {
        assert!(notify(
            &mut desk,
            numbered(number),
            Occasion::PairingRequest
        ));
    }
    assert!(!notify(&mut desk, numbered(1001), Occasion::PairingRequest));

    // Whoever was passed over is still told of, once it is met again.
    desk.pass(Duration::from_mins(10));
    assert!(notify(&mut desk, numbered(6), Occasion::Nearby));
}

type Attempt = fn(&View, DeviceId, &Introduction) -> Decision<()>;

type Step = (&'static str, fn(&mut Desk));

fn named(name: &str) -> Introduction {
    Introduction {
        name: name.to_owned(),
        ..who(1)
    }
}

fn duties_of(desk: &Desk) -> Vec<Effect> {
    let view = desk.view();
    let duties = view.tables().duties().iter();
    duties
        .filter_map(|(duty, since)| removing::effect_of(&view, *duty, *since))
        .collect()
}
