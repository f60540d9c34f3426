//! Whose device a device is: what changes it, and what it changes.

use proptest::prelude::*;
use wire::{PersonKey, PersonMove};

use super::*;
use crate::store::{AuditKind, Doubt, Peer, testing::person_move};
use rules::{own_person, permitting, persons, removing, tidying, trusting};

/// My person is number 0; other devices are paired as the person of their number.
impl Desk {
    /// A device shows a person, and the way there from others.
    fn show(&mut self, number: u8, steps: &[u8]) -> Vec<Effect> {
        let (shown, way) = (person(*steps.last().unwrap()), way(steps));
        self.effects(|view| persons::certificate_shown(view, device(number), shown, &way))
    }

    /// My person goes on.
    fn move_me(&mut self, steps: &[u8], how: Arrived) -> Vec<Effect> {
        let (own, way) = (person(*steps.last().unwrap()), way(steps));
        self.effects(|view| own_person::person_is(view, own, &way, how))
    }

    fn offer(&mut self, number: u8, key: u8) -> Result<Way, Refusal> {
        self.decide(|view| persons::key_offered(view, device(number), person(key)))
            .map(|done| done.answer)
    }

    fn peer(&self, number: u8) -> &Peer {
        &self.tables.known(device(number)).unwrap().peer
    }

    fn pinned(&self, number: u8) -> u8 {
        let pinned = self.peer(number).person.unwrap();
        (0..=u8::MAX).find(|one| person(*one) == pinned).unwrap()
    }

    fn concern(&self, number: u8) -> Option<Concern> {
        let view = self.view();
        view.concern(self.tables.known(device(number)).unwrap())
    }

    fn relation(&self, number: u8) -> Relation {
        self.view().trusted(device(number)).unwrap().relation
    }

    fn awaits(&self, number: u8) -> bool {
        persons::awaits_key(&self.view(), device(number))
    }

    fn logged(&self, kind: AuditKind) -> usize {
        self.log.iter().filter(|entry| entry.kind == kind).count()
    }

    /// As a device of somebody's, who is told to do that.
    fn pair_shared(&mut self, number: u8, of: u8) {
        let who = Introduction {
            person: Some(person(of)),
            ..who(number)
        };
        self.effects(|view| trusting::paired(view, device(number), &who, Relation::Other));
        self.allow(number, files(), Term::Always).unwrap();
    }
}

fn way(steps: &[u8]) -> Way {
    let moves = steps.windows(2).map(|pair| person_move(pair[0], pair[1]));
    Way::new(moves.collect()).unwrap()
}

fn changed(number: u8) -> Effect {
    Effect::PermissionsChanged {
        device: device(number),
    }
}

mod of_others {
    use super::*;

    #[test]
    fn who_shows_the_pinned_person_changes_nothing() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        let before = desk.tables.clone();
        assert_eq!(desk.show(1, &[1]), []);
        assert_eq!(desk.tables, before);
    }

    #[test]
    fn a_device_follows_its_person_and_keeps_what_it_had() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        assert_eq!(desk.show(1, &[1, 2]), [changed(1)]);
        assert_eq!((desk.pinned(1), desk.concern(1)), (2, None));
        assert_eq!(desk.allowed(1), [Permission::FilesRead]);
        assert_eq!(desk.logged(AuditKind::PersonMoved), 1);
        // Two more steps at once, and again what is known.
        desk.show(1, &[1, 2, 3, 4]);
        assert_eq!(desk.pinned(1), 4);
        let before = desk.tables.clone();
        assert_eq!(desk.show(1, &[1, 2, 3, 4]), []);
        assert_eq!(desk.show(1, &[3, 4]), []);
        assert_eq!(desk.tables, before);
    }

    #[test]
    fn what_it_showed_before_is_old() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        desk.show(1, &[1, 2, 3]);
        let before = desk.tables.clone();
        for old in [&[1][..], &[2], &[1, 2]] {
            assert_eq!(desk.show(1, old), [], "{old:?}");
        }
        assert_eq!(desk.tables, before);
    }

    #[test]
    fn another_person_without_a_move_is_shown_and_gets_nothing() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        for steps in [&[9][..], &[8, 9]] {
            assert_eq!(desk.show(1, steps), [], "{steps:?}");
            assert_eq!(desk.pinned(1), 1);
            assert_eq!(desk.concern(1), Some(Concern::Changed { to: person(9) }));
            assert_eq!(desk.allowed(1), [Permission::FilesRead]);
        }
        assert_eq!(desk.logged(AuditKind::PersonChanged), 1, "once");
        assert!(desk.tables.moves().is_empty(), "of nobody who is known");
        desk.show(1, &[1]);
        assert_eq!(desk.concern(1), None);
    }

    #[test]
    fn my_person_cannot_be_shown_by_anybody_else() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        desk.show(1, &[0]);
        assert_eq!(desk.relation(1), Relation::Other);
        assert_eq!(desk.concern(1), Some(Concern::Changed { to: me() }));
    }

    #[test]
    fn a_device_that_does_not_come_along_may_nothing_until_it_does() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        desk.pair_shared(2, 1);
        assert_eq!(desk.show(1, &[1, 2]), [changed(2), changed(1)]);
        assert_eq!(desk.concern(2), Some(Concern::LeftBehind));
        for permission in Permission::ALL {
            assert_eq!(desk.refusal(2, *permission), Refusal::PersonLeftBehind);
        }
        let more = desk.allow(2, Grant::Admin, Term::Always);
        assert_eq!(more, Err(Refusal::PersonLeftBehind));
        assert_eq!(desk.view().quota(device(2)).storage_bytes, 0);
        assert_eq!(desk.logged(AuditKind::PersonLeftBehind), 1);
        assert_eq!(desk.show(2, &[1]), [], "that is what it was");
        assert_eq!(desk.concern(2), Some(Concern::LeftBehind));

        assert_eq!(desk.show(2, &[1, 2]), [changed(2)]);
        assert_eq!((desk.pinned(2), desk.concern(2)), (2, None));
        assert_eq!(desk.allowed(2), [Permission::FilesRead]);
    }

    #[test]
    fn a_device_left_behind_is_believed_again_when_codes_are_compared() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        desk.pair_shared(2, 1);
        desk.show(1, &[1, 2]);
        desk.pair_shared(2, 1);
        assert_eq!(desk.concern(2), None);
        // The same move again is no news.
        desk.show(1, &[1, 2]);
        assert_eq!(desk.concern(2), None);
        assert_eq!(desk.allowed(2), [Permission::FilesRead]);
    }

    #[test]
    fn nobody_but_the_trusted_is_listened_to() {
        let mut desk = Desk::new();
        desk.ask(2);
        desk.block(3);
        let before = desk.tables.clone();
        for (number, refusal) in [
            (1, Refusal::NotTrusted),
            (2, Refusal::NotTrusted),
            (3, Refusal::Blocked),
        ] {
            let shown = desk.decide(|view| {
                persons::certificate_shown(view, device(number), person(9), &way(&[8, 9]))
            });
            assert_eq!(shown.unwrap_err(), refusal);
            assert_eq!(desk.offer(number, 9), Err(refusal));
        }
        assert_eq!(desk.tables, before);
    }

    #[test]
    fn a_person_nobody_knew_is_pinned_by_the_first_certificate() {
        let mut desk = Desk::with_keys();
        let nobody = Introduction {
            person: None,
            ..who(1)
        };
        desk.decide(|view| trusting::mesh_key_proved(view, device(1), &nobody, TEAM))
            .unwrap();
        desk.show(1, &[5]);
        assert_eq!((desk.pinned(1), desk.concern(1)), (5, None));
        desk.show(1, &[6]);
        assert_eq!(desk.pinned(1), 5);
    }

    #[test]
    fn a_name_card_or_a_key_pins_nobody_anew() {
        let mut desk = Desk::with_keys();
        desk.prove(1, TEAM).unwrap();
        let other = Introduction {
            person: Some(person(9)),
            ..who(1)
        };
        let met = Met {
            device: device(1),
            who: Some(other.clone()),
            address: None,
        };
        desk.decide(|view| rules::meeting::met(view, &[met]))
            .unwrap();
        desk.decide(|view| trusting::mesh_key_proved(view, device(1), &other, MINE))
            .unwrap();
        assert_eq!(desk.pinned(1), 1);
        desk.decide(|view| trusting::paired(view, device(1), &other, Relation::Other))
            .unwrap();
        assert_eq!(desk.pinned(1), 9);
    }

    #[test]
    fn a_flood_of_moves_fills_no_table_and_pushes_nobody_out() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        desk.pair_shared(2, 2);
        desk.pair_shared(3, 2);
        desk.show(2, &[2, 3]);
        let key = |number: u32| {
            let mut seed = [0xee; 32];
            seed[..4].copy_from_slice(&number.to_le_bytes());
            PersonKey::from_seed(&seed)
        };
        let mut at = PersonKey::from_seed(&[1; 32]);
        for number in 0..1500 {
            let next = key(number);
            let step = PersonMove::issue(&at, next.id(), 1).unwrap();
            desk.decide(|view| {
                persons::certificate_shown(view, device(1), next.id(), &step.into())
            })
            .unwrap();
            at = next;
        }
        assert_eq!(desk.peer(1).person, Some(at.id()));
        assert!(desk.tables.moves().len() <= 1024);
        desk.show(3, &[3]);
        assert_eq!(desk.pinned(3), 3);
    }
}

mod frozen {
    use super::*;

    /// Devices 1 and 2 were of person 1, device 3 knows its key. The person moved
    /// to 5, says device 1; device 3 says, to 6.
    fn contradicted() -> Desk {
        let mut desk = Desk::new();
        for number in [1, 2, 3] {
            desk.pair_shared(number, 1);
        }
        desk.pair_shared(4, 4);
        desk.show(1, &[1, 5]);
        desk.show(3, &[1, 6]);
        desk
    }

    #[test]
    fn two_moves_freeze_a_person_and_all_they_went_on_to() {
        let desk = contradicted();
        for number in [1, 2, 3] {
            assert_eq!(desk.concern(number), Some(Concern::Frozen), "{number}");
            assert_eq!(desk.allowed(number), []);
            for permission in Permission::ALL {
                assert_eq!(desk.refusal(number, *permission), Refusal::PersonFrozen);
            }
            assert_eq!(desk.view().quota(device(number)).storage_bytes, 0);
            assert!(
                desk.view().trusted(device(number)).is_some(),
                "the link stays"
            );
        }
        assert_eq!(desk.logged(AuditKind::PersonFrozen), 3);
        assert_eq!(desk.allowed(4), [Permission::FilesRead]);
        let persons: Vec<_> = desk.tables.frozen().keys().copied().collect();
        let mut expected = [person(1), person(5), person(6)];
        expected.sort();
        assert_eq!(persons, expected);
    }

    #[test]
    fn whoever_is_told_stops_what_runs() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        desk.pair_shared(3, 1);
        desk.show(1, &[1, 5]);
        let effects = desk.show(3, &[1, 6]);
        assert!(effects.contains(&changed(1)) && effects.contains(&changed(3)));
    }

    #[test]
    fn nothing_that_is_shown_thaws_it() {
        let mut desk = contradicted();
        let before = desk.tables.clone();
        for (number, steps) in [
            (1, &[1, 5][..]),
            (1, &[5]),
            (3, &[1, 6]),
            (3, &[1, 6, 5]),
            (3, &[1, 7]),
            (2, &[1]),
        ] {
            desk.show(number, steps);
            assert_eq!(desk.concern(number), Some(Concern::Frozen), "{steps:?}");
            assert_eq!(desk.allowed(number), []);
        }
        assert_eq!(desk.tables.moves(), before.moves());
        assert_eq!(desk.tables.frozen(), before.frozen());
        // A later key of either side is no way out.
        desk.show(3, &[1, 6, 8]);
        desk.show(2, &[1, 5]);
        for number in [2, 3] {
            assert_eq!(desk.concern(number), Some(Concern::Frozen), "{number}");
        }
    }

    #[test]
    fn comparing_codes_thaws_the_person_that_was_compared() {
        let mut desk = contradicted();
        desk.pair_shared(1, 5);
        assert_eq!(desk.concern(1), None);
        assert_eq!(desk.allowed(1), [Permission::FilesRead]);
        for number in [2, 3] {
            assert_eq!(desk.concern(number), Some(Concern::Frozen), "{number}");
        }
        // What both sides say, again and again, freezes it no more.
        desk.show(3, &[1, 6]);
        desk.show(1, &[1, 5]);
        assert_eq!(desk.concern(1), None);
        // And the person goes on.
        desk.show(1, &[5, 7]);
        assert_eq!((desk.pinned(1), desk.concern(1)), (7, None));
        desk.pair_shared(2, 5);
        assert_eq!(desk.concern(2), None);
    }

    #[test]
    fn all_devices_that_showed_the_compared_person_are_thawed() {
        let mut desk = Desk::new();
        for number in [1, 2, 3] {
            desk.pair_shared(number, 1);
        }
        desk.show(1, &[1, 5]);
        desk.show(2, &[1, 5]);
        desk.show(3, &[1, 6]);
        assert_eq!(desk.concern(2), Some(Concern::Frozen));
        let who = Introduction {
            person: Some(person(5)),
            ..who(1)
        };
        let effects = desk.effects(|view| trusting::paired(view, device(1), &who, Relation::Other));
        assert!(effects.contains(&changed(2)), "{effects:?}");
        assert_eq!(desk.concern(2), None);
        assert_eq!(desk.concern(3), Some(Concern::Frozen));
        assert_eq!(desk.logged(AuditKind::PersonConfirmed), 1);
    }

    #[test]
    fn a_key_or_an_open_network_thaws_nobody() {
        let mut desk = Desk::with_keys();
        desk.prove(1, TEAM).unwrap();
        desk.prove(2, TEAM).unwrap();
        let of_one = Introduction {
            person: Some(person(1)),
            ..who(3)
        };
        desk.decide(|view| trusting::mesh_key_proved(view, device(3), &of_one, TEAM))
            .unwrap();
        desk.show(1, &[1, 5]);
        desk.show(3, &[1, 6]);
        desk.prove(1, TEAM).unwrap();
        assert_eq!(desk.prove(1, MINE), Err(Refusal::PersonFrozen));
        assert_eq!(desk.concern(1), Some(Concern::Frozen));
        // Nor does somebody new of that person begin without it.
        let of_five = Introduction {
            person: Some(person(5)),
            ..who(7)
        };
        desk.decide(|view| trusting::mesh_key_proved(view, device(7), &of_five, TEAM))
            .unwrap();
        assert_eq!(desk.concern(7), Some(Concern::Frozen));
        assert_eq!(desk.allowed(7), []);
    }

    #[test]
    fn nobody_comes_to_a_frozen_person() {
        let mut desk = contradicted();
        desk.show(4, &[4, 5]);
        assert_eq!(desk.pinned(4), 4);
        assert_eq!(desk.concern(4), Some(Concern::Frozen));
        assert_eq!(desk.allowed(4), []);
    }

    #[test]
    fn a_freeze_is_forgotten_with_the_last_device() {
        let mut desk = contradicted();
        desk.decide(tidying::tidy).unwrap();
        assert_eq!(desk.tables.frozen().len(), 2, "nobody is of person 6");
        for number in [1, 2, 3] {
            desk.forget(number);
        }
        desk.decide(tidying::tidy).unwrap();
        assert!(desk.tables.frozen().is_empty());
        assert!(desk.tables.moves().is_empty());
    }
}

mod of_mine {
    use super::*;

    const DUTY: Arrived = Arrived::Renewed(1);

    #[test]
    fn nobody_is_mine_before_i_am_somebody() {
        let mut desk = Desk::new();
        desk.tables = Tables::default();
        desk.pair(1, Relation::Mine);
        assert_eq!(desk.relation(1), Relation::Other);
        assert_eq!(desk.allowed(1), []);
        desk.move_me(&[0], Arrived::First);
        assert_eq!(desk.relation(1), Relation::Mine);
        assert_eq!(desk.allowed(1), Permission::ALL);
    }

    #[test]
    fn a_renewal_hands_the_key_to_those_who_remain_and_to_nobody_else() {
        let mut desk = Desk::new();
        for number in [1, 2, 3] {
            desk.pair(number, Relation::Mine);
        }
        desk.pair_shared(4, 4);
        desk.forget(3);
        let effects = desk.move_me(&[0, 10], DUTY);
        assert!(effects.contains(&changed(1)) && effects.contains(&changed(2)));
        assert_eq!(desk.logged(AuditKind::PersonRenewed), 1);
        for number in [1, 2] {
            assert!(desk.awaits(number));
            assert_eq!(desk.concern(number), Some(Concern::LeftBehind));
            assert_eq!(desk.relation(number), Relation::Other);
            assert_eq!(desk.allowed(number), [], "until it has the key");
        }
        assert!(!desk.awaits(4));

        // One has it.
        desk.show(1, &[0, 10]);
        assert_eq!(desk.relation(1), Relation::Mine);
        assert_eq!(desk.allowed(1), Permission::ALL);
        assert!(!desk.awaits(1));
        // The other is still among those who remain, should another one go.
        let effects = desk.forget(1);
        let still = effects.iter().any(|effect| {
            matches!(effect, Effect::NewPersonKey { remaining, .. } if *remaining == [device(2)])
        });
        assert!(still, "{effects:?}");
        desk.move_me(&[0, 10, 11], Arrived::Renewed(2));
        assert!(desk.awaits(2));
        desk.show(2, &[0, 10, 11]);
        assert_eq!(desk.allowed(2), Permission::ALL);
    }

    #[test]
    fn a_device_that_contradicts_before_it_is_removed_keeps_the_key_from_nobody() {
        let mut desk = Desk::new();
        for number in [1, 2, 3] {
            desk.pair(number, Relation::Mine);
        }
        desk.show(3, &[0, 13]);
        desk.forget(3);
        desk.move_me(&[0, 10], DUTY);
        for number in [1, 2] {
            assert_eq!(desk.concern(number), Some(Concern::Frozen));
            assert!(desk.awaits(number), "{number}");
            desk.show(number, &[0, 10]);
            assert_eq!(desk.allowed(number), Permission::ALL);
        }
    }

    #[test]
    fn who_is_in_doubt_is_not_among_mine() {
        let mut desk = Desk::with_keys();
        for number in [1, 2, 3] {
            desk.pair(number, Relation::Mine);
        }
        desk.show(2, &[0, 10]);
        desk.show(3, &[0, 13]);
        assert_eq!(desk.relation(2), Relation::Other);
        let effects = desk.forget(1);
        for effect in &effects {
            if let Effect::NewMeshKey { remaining, .. } = effect {
                assert_eq!(*remaining, []);
            }
        }
        // The session, my person's key, and both mesh keys.
        assert!(effects.len() == 4, "{effects:?}");
    }

    #[test]
    fn saying_the_same_again_changes_nothing() {
        let mut desk = Desk::new();
        desk.pair(1, Relation::Mine);
        desk.move_me(&[0, 10], DUTY);
        let before = desk.tables.clone();
        assert_eq!(desk.move_me(&[0, 10], DUTY), []);
        assert_eq!(desk.tables, before);
    }

    /// Device 2 renewed the key, because it removed device 3, and handed it over.
    fn followed() -> Desk {
        let mut desk = Desk::new();
        for number in [2, 3, 4] {
            desk.pair(number, Relation::Mine);
        }
        desk.pair_shared(5, 5);
        desk.show(2, &[0, 10]);
        assert_eq!(
            desk.relation(2),
            Relation::Other,
            "so far this one is behind"
        );
        assert_eq!(desk.concern(2), Some(Concern::NotMine));
        assert_eq!(desk.refusal(2, Permission::Admin), Refusal::PersonNotMine);
        assert_eq!(desk.offer(2, 10), Ok(way(&[0, 10])));
        desk.move_me(&[0, 10], Arrived::Followed);
        desk
    }

    #[test]
    fn who_only_came_along_hands_the_key_to_nobody() {
        let desk = followed();
        assert_eq!(desk.relation(2), Relation::Mine);
        assert_eq!(desk.allowed(2), Permission::ALL);
        assert_eq!(desk.logged(AuditKind::PersonJoined), 1);
        for number in [3, 4] {
            assert!(!desk.awaits(number));
            assert_eq!(desk.concern(number), Some(Concern::LeftBehind));
            assert_eq!(desk.relation(number), Relation::Other);
            assert_eq!(desk.allowed(number), []);
        }
        assert_eq!(desk.allowed(5), [Permission::FilesRead]);
    }

    #[test]
    fn who_waited_for_a_key_of_mine_waits_no_more_when_another_made_one() {
        let mut desk = Desk::new();
        desk.pair(2, Relation::Mine);
        desk.pair(3, Relation::Mine);
        desk.move_me(&[0, 10], DUTY);
        desk.show(2, &[0, 10]);
        assert!(desk.awaits(3));
        // Device 2 removed device 3, and this one does not know it.
        desk.show(2, &[0, 10, 11]);
        assert_eq!(desk.offer(2, 11), Ok(way(&[10, 11])));
        desk.move_me(&[0, 10, 11], Arrived::Followed);
        assert!(!desk.awaits(3));
    }

    #[test]
    fn a_key_is_taken_from_nobody_who_was_removed_or_left() {
        let mut desk = followed();
        // Device 3 was removed there, and is only left behind here.
        desk.show(3, &[12]);
        assert_eq!(desk.offer(3, 12), Err(Refusal::PersonLeftBehind));
        // It knows the old key and makes a move of its own.
        desk.show(3, &[0, 13]);
        assert_eq!(desk.offer(3, 13), Err(Refusal::PersonFrozen));
        assert_eq!(desk.concern(3), Some(Concern::Frozen));
        // Somebody else's device.
        assert_eq!(desk.offer(5, 10), Err(Refusal::PersonNotMine));
        // Removed here.
        desk.forget(4);
        assert_eq!(desk.offer(4, 10), Err(Refusal::NotTrusted));
        assert_eq!(desk.logged(AuditKind::PersonKeyRefused), 4);
        // And mine stay mine.
        assert_eq!(desk.relation(2), Relation::Mine);
        assert_eq!(desk.allowed(2), Permission::ALL);
    }

    /// Who is believed to be mine is handed my person's key right after.
    #[test]
    fn what_a_removed_device_still_holds_makes_it_mine_no_more() {
        let mut desk = Desk::with_keys();
        let [card, used] = [5, 6].map(|number| InvitationId::from_bytes([number; 32]));
        let show = |desk: &mut Desk, number: u8, card: InvitationId| {
            let who = who_as(number, Relation::Mine);
            desk.decide(|view| trusting::invitation_shown(view, device(number), &who, card))
                .map(drop)
        };
        desk.pair(2, Relation::Mine);
        desk.prove(3, MINE).unwrap();
        desk.invite(used, MeshKeyKind::Mine);
        show(&mut desk, 4, used).unwrap();
        desk.invite(card, MeshKeyKind::Mine);
        // Device 2 removed both, which nobody says here; the key is in its grace.
        desk.show(2, &[0, 10]);
        desk.move_me(&[0, 10], Arrived::Followed);
        desk.rotate(MINE, MeshKeyId::from_bytes([9; 32]), DAY);
        assert_eq!(desk.prove(3, MINE), Err(Refusal::PersonLeftBehind));
        let new = MeshKeyId::from_bytes([9; 32]);
        assert_eq!(desk.prove(3, new), Err(Refusal::PersonLeftBehind));
        assert_eq!(desk.prove(3, TEAM), Ok(()), "that gives no key");
        for card in [used, card] {
            assert_eq!(
                show(&mut desk, 4, card),
                Err(Refusal::PersonLeftBehind),
                "{card:?}"
            );
        }
        // Somebody new may come, and so may they when codes were compared.
        desk.prove(7, new).unwrap();
        let who = Introduction {
            person: Some(person(10)),
            ..who(3)
        };
        desk.decide(|view| trusting::paired(view, device(3), &who, Relation::Mine))
            .unwrap();
        assert_eq!(desk.relation(3), Relation::Mine);
        assert_eq!(desk.prove(3, new), Ok(()));
    }

    #[test]
    fn a_key_is_taken_only_along_moves_that_are_known_and_shown() {
        let mut desk = Desk::new();
        desk.pair(2, Relation::Mine);
        assert_eq!(desk.offer(2, 10), Err(Refusal::PersonNotShown));
        desk.show(2, &[9, 10]);
        assert_eq!(desk.offer(2, 10), Err(Refusal::PersonNotShown));
        desk.show(2, &[0, 10]);
        assert_eq!(desk.offer(2, 11), Err(Refusal::PersonNotShown));
        assert_eq!(desk.offer(2, 10), Ok(way(&[0, 10])));
        // The key of before is no way on.
        desk.move_me(&[0, 10], Arrived::Followed);
        desk.pair_shared(3, 3);
        assert_eq!(desk.offer(2, 0), Err(Refusal::PersonNotShown));
        let nowhere = Refusal::PersonNoWay;
        desk.tables.apply(Write::DropMove(me()));
        desk.move_me(&[0], Arrived::First);
        assert_eq!(desk.offer(2, 10), Err(nowhere));
    }

    #[test]
    fn before_it_has_a_new_key_a_device_believes_neither_of_two() {
        let mut desk = Desk::new();
        for number in [2, 3, 4] {
            desk.pair(number, Relation::Mine);
        }
        desk.show(3, &[0, 13]);
        desk.show(2, &[0, 10]);
        for (number, key) in [(2, 10), (3, 13)] {
            assert_eq!(desk.concern(number), Some(Concern::Frozen), "{number}");
            assert_eq!(desk.offer(number, key), Err(Refusal::PersonFrozen));
            assert_eq!(desk.allowed(number), []);
        }
        assert_eq!(desk.relation(4), Relation::Mine, "it said nothing");
        // Codes are compared with the right one, and the person joins it again.
        desk.move_me(&[0, 10], Arrived::Joined);
        let who = Introduction {
            person: Some(person(10)),
            ..who(2)
        };
        desk.decide(|view| trusting::paired(view, device(2), &who, Relation::Mine))
            .unwrap();
        assert_eq!(desk.allowed(2), Permission::ALL);
        assert_eq!(desk.concern(3), Some(Concern::Frozen));
        assert_eq!(desk.tables.moves()[&me()], person_move(0, 10));
    }

    #[test]
    fn a_contradiction_from_outside_does_not_touch_my_own_side() {
        let mut desk = followed();
        desk.show(3, &[0, 13]);
        assert_eq!(desk.concern(2), None);
        assert_eq!(desk.relation(2), Relation::Mine);
        // Device 4 was frozen with the old person, and then shows mine.
        assert_eq!(desk.concern(4), Some(Concern::Frozen));
        desk.show(4, &[0, 10]);
        assert_eq!(desk.concern(4), None);
        assert_eq!(desk.allowed(4), Permission::ALL);
    }

    #[test]
    fn one_that_goes_elsewhere_is_no_longer_mine_and_gets_no_key() {
        let mut desk = Desk::new();
        desk.pair(1, Relation::Mine);
        desk.pair(2, Relation::Mine);
        desk.move_me(&[0, 10], DUTY);
        // It shows somebody else: keeps the pin, and what it waited for is not sent.
        desk.show(1, &[7]);
        assert!(!desk.awaits(1));
        assert!(desk.awaits(2));
        // One that moved on by a move of the old key contradicts mine.
        desk.show(2, &[0, 7]);
        assert_eq!(desk.concern(2), Some(Concern::Frozen));
        assert!(!desk.awaits(2));
    }

    #[test]
    fn a_person_that_went_on_without_me_takes_its_devices_along() {
        // I am the one who was removed.
        let mut desk = Desk::new();
        desk.pair(1, Relation::Mine);
        desk.pair(2, Relation::Mine);
        desk.show(1, &[0, 10]);
        assert_eq!(desk.concern(1), Some(Concern::NotMine));
        assert_eq!(desk.relation(1), Relation::Other);
        assert_eq!(desk.allowed(1), []);
        assert_eq!(desk.relation(2), Relation::Mine, "it is where I am");
    }

    #[test]
    fn joining_another_person_takes_mine_along_and_makes_theirs_mine() {
        let mut desk = Desk::new();
        desk.pair(1, Relation::Mine);
        desk.pair_shared(2, 9);
        desk.deny(2, Permission::LlmUse);
        let effects = desk.move_me(&[0, 9], Arrived::Joined);
        assert!(effects.contains(&changed(1)) && effects.contains(&changed(2)));
        assert!(desk.awaits(1));
        assert_eq!(desk.relation(2), Relation::Mine);
        assert_eq!(
            desk.allowed(2),
            Permission::ALL,
            "what was said to someone else's is forgotten"
        );
        desk.show(1, &[0, 9]);
        assert_eq!(desk.relation(1), Relation::Mine);
    }

    #[test]
    fn someone_elses_device_that_joins_my_person_becomes_mine() {
        let mut desk = Desk::new();
        desk.pair_shared(1, 1);
        desk.show(1, &[1, 0]);
        assert_eq!(desk.relation(1), Relation::Mine);
        assert_eq!(desk.allowed(1), Permission::ALL);
        assert!(desk.tables.known(device(1)).unwrap().rules.is_empty());

        let mut desk = Desk::new();
        desk.policy.open = true;
        desk.come(1).unwrap();
        desk.show(1, &[1, 0]);
        assert_eq!(desk.allowed(1), [Permission::LlmUse], "open stays open");
    }

    #[test]
    fn pairing_anew_as_someone_elses_ends_what_it_waited_for() {
        let mut desk = Desk::new();
        desk.pair(1, Relation::Mine);
        desk.move_me(&[0, 10], DUTY);
        desk.pair_shared(1, 0);
        assert!(!desk.peer(1).awaits_key);
        assert_eq!(desk.relation(1), Relation::Other);
        desk.pair(2, Relation::Mine);
        desk.block(2);
        assert!(!desk.peer(2).awaits_key);
    }
}

/// Whatever happens in whatever order.
mod arbitrary {
    use super::*;

    #[derive(Debug, Clone)]
    enum Event {
        Pair(u8, u8, Relation),
        Show(u8, Vec<u8>),
        Offer(u8, u8),
        Renew(u8),
        Follow(u8),
        Forget(u8),
        Allow(u8),
        Tidy,
    }

    const DEVICES: std::ops::RangeInclusive<u8> = 1..=3;

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let persons = || 0..6_u8;
        let relation = prop::sample::select(vec![Relation::Mine, Relation::Other]);
        let steps = prop::collection::vec(persons(), 1..4).prop_filter("no circle", |steps| {
            let mut distinct = steps.clone();
            distinct.sort_unstable();
            distinct.dedup();
            distinct.len() == steps.len()
        });
        let one = prop_oneof![
            3 => (DEVICES, persons(), relation)
                .prop_map(|(device, of, relation)| Event::Pair(device, of, relation)),
            8 => (DEVICES, steps).prop_map(|(device, steps)| Event::Show(device, steps)),
            2 => (DEVICES, persons()).prop_map(|(device, key)| Event::Offer(device, key)),
            2 => persons().prop_map(Event::Renew),
            1 => persons().prop_map(Event::Follow),
            1 => DEVICES.prop_map(Event::Forget),
            2 => DEVICES.prop_map(Event::Allow),
            1 => Just(Event::Tidy),
        ];
        prop::collection::vec(one, 0..40)
    }

    fn apply(desk: &mut Desk, event: &Event) {
        let own = desk.tables.own_person().unwrap();
        let own = (0..6).find(|number| person(*number) == own).unwrap();
        match event {
            Event::Pair(number, of, relation) => {
                let of = if *relation == Relation::Mine {
                    own
                } else {
                    *of
                };
                let who = Introduction {
                    person: Some(person(of)),
                    ..who(*number)
                };
                desk.decide(|view| trusting::paired(view, device(*number), &who, *relation))
                    .unwrap();
            }
            Event::Show(number, steps) => {
                let (shown, way) = (person(*steps.last().unwrap()), way(steps));
                drop(
                    desk.decide(|view| {
                        persons::certificate_shown(view, device(*number), shown, &way)
                    }),
                );
            }
            Event::Offer(number, key) => drop(desk.offer(*number, *key)),
            Event::Renew(to) if *to != own => {
                desk.move_me(&[own, *to], Arrived::Renewed(1));
            }
            Event::Follow(to) if *to != own => {
                desk.move_me(&[own, *to], Arrived::Followed);
            }
            Event::Renew(_) | Event::Follow(_) => {}
            Event::Forget(number) => {
                drop(desk.decide(|view| removing::forget(view, device(*number))));
            }
            Event::Allow(number) => {
                drop(desk.decide(|view| {
                    permitting::allow(view, device(*number), files(), Term::Always)
                }));
            }
            Event::Tidy => drop(desk.decide(tidying::tidy)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn mine_is_who_shows_my_person_and_who_is_in_doubt_may_nothing(events in events()) {
            let mut desk = Desk::new();
            for event in &events {
                apply(&mut desk, event);
                let view = desk.view();
                for number in DEVICES {
                    let Some(known) = view.tables().known(device(number)) else {
                        continue;
                    };
                    let mine = view.trusted(device(number))
                        .is_some_and(|trusted| trusted.relation == Relation::Mine);
                    if mine {
                        prop_assert_eq!(known.peer.person, view.own_person(), "{:?}", event);
                    }
                    let doubtful = known.peer.doubt.is_some();
                    if doubtful {
                        prop_assert!(desk.allowed(number).is_empty(), "{:?}", event);
                        let denies = view.concern(known).and_then(Concern::refusal);
                        prop_assert!(denies.is_some(), "{:?}", event);
                    }
                    let pinned = known.peer.person;
                    if pinned.is_some_and(|one| view.tables().frozen().contains_key(&one))
                        && pinned != view.own_person()
                    {
                        prop_assert_eq!(known.peer.doubt, Some(Doubt::Frozen), "{:?}", event);
                    }
                }
            }
            let before: Vec<_> = DEVICES.map(|number| desk.allowed(number)).collect();
            desk.decide(tidying::tidy).unwrap();
            let after: Vec<_> = DEVICES.map(|number| desk.allowed(number)).collect();
            prop_assert_eq!(before, after);
            let tidied = desk.tables.clone();
            desk.decide(tidying::tidy).unwrap();
            prop_assert_eq!(&desk.tables, &tidied, "once is enough");
        }
    }
}
