//! A device goes, and the others follow.

use super::*;

#[tokio::test]
async fn those_who_remain_have_the_new_key_at_once_and_friends_follow() {
    let mut world = household().await;
    let (before, removed) = (world.machines[0].person(), world.machines[2].person());
    assert_eq!(before, removed);
    world.forget(0, 2).await;

    let now = world.machines[0].person();
    assert_ne!(now, before);
    assert_eq!(world.machines[1].person(), now);
    assert_eq!(world.machines[2].person(), before, "it got nothing");
    assert_eq!(world.machines[0].trust.duties(), []);
    for (here, there) in [(0, 1), (1, 0)] {
        assert_eq!(world.relation(here, there), Some(Relation::Mine));
        assert!(world.may(here, there, Permission::Admin));
    }
    // The friend believes those who came along, and lets the third do nothing.
    for place in [0, 1] {
        assert_eq!(world.pinned(3, place), Some(now));
        assert_eq!(world.concern(3, place), None);
        assert!(world.may(3, place, Permission::FilesRead));
    }
    assert_eq!(world.concern(3, 2), Some(Concern::LeftBehind));
    assert!(!world.may(3, 2, Permission::FilesRead));
    // Nobody told the other machine of mine who was removed; it sees it.
    assert_eq!(world.concern(1, 2), Some(Concern::LeftBehind));
    assert_eq!(world.relation(1, 2), Some(Relation::Other));
    assert!(!world.may(1, 2, Permission::Admin));

    assert_eq!(world.logged(0, AuditKind::PersonRenewed).await, 1);
    assert_eq!(world.logged(3, AuditKind::PersonMoved).await, 2);
}

#[tokio::test]
async fn both_who_have_the_key_say_the_same_of_how_they_came_to_it() {
    let mut world = household().await;
    world.forget(0, 2).await;
    let [one, other] = [0, 1].map(|place| &world.machines[place]);
    assert_eq!(one.way().last(), other.way().last());
    let since = |machine: &Machine| machine.identity.person_since();
    assert_eq!(since(one), since(other));
}

#[tokio::test]
async fn a_machine_that_was_off_gets_the_key_whenever_it_comes() {
    let mut world = household().await;
    world.disconnect(1);
    world.forget(0, 2).await;
    let first = world.machines[0].person();
    // Remembered through restarts of both.
    world.restart(0).await;
    world.restart(1).await;
    assert_ne!(world.machines[1].person(), first);
    assert!(
        !world.may(0, 1, Permission::Admin),
        "not before it has the key"
    );

    world.connect(0, 1).await;
    assert_eq!(world.machines[1].person(), first);
    for (here, there) in [(0, 1), (1, 0)] {
        assert_eq!(world.relation(here, there), Some(Relation::Mine));
    }
    world.connect(1, 3).await;
    assert_eq!(world.pinned(3, 1), Some(first));
}

#[tokio::test]
async fn whoever_slept_through_two_renewals_follows_both() {
    let mut world = World::of(5).await;
    for place in 1..4 {
        world.pair(0, place, Relation::Mine).await;
    }
    world.pair(4, 1, Relation::Other).await;
    world.pair(4, 0, Relation::Other).await;
    let old = world.machines[0].person();
    world.disconnect(1);
    world.forget(0, 2).await;
    world.forget(0, 3).await;
    world.connect(0, 1).await;
    let now = world.machines[0].person();
    assert_eq!(world.machines[1].person(), now);
    let way = world.machines[1].way();
    let from_old = way.iter().skip_while(|one| one.old() != old);
    assert_eq!(
        from_old.count(),
        2,
        "the steps of the other, none of its own"
    );
    world.connect(1, 4).await;
    assert_eq!(world.pinned(4, 1), Some(now));
    assert_eq!(world.concern(4, 0), None);
}

/// The friend was off too, and hears of it from the machine that followed.
#[tokio::test]
async fn a_friend_hears_the_move_from_whoever_comes_first() {
    let mut world = household().await;
    world.disconnect(3);
    world.forget(0, 2).await;
    world.restart(3).await;
    world.connect(1, 3).await;
    let now = world.machines[0].person();
    assert_eq!(world.pinned(3, 1), Some(now));
    assert_eq!(world.concern(3, 0), Some(Concern::LeftBehind));
    world.connect(0, 3).await;
    assert_eq!(world.pinned(3, 0), Some(now));
    assert!(world.may(3, 0, Permission::FilesRead));
}

/// It is still connected to the other one, which was not told of a removal.
#[tokio::test]
async fn the_removed_machine_sees_that_the_others_went_on() {
    let mut world = household().await;
    world.forget(0, 2).await;
    assert_eq!(world.concern(2, 1), Some(Concern::NotMine));
    assert_eq!(world.relation(2, 1), Some(Relation::Other));
    assert!(!world.may(2, 1, Permission::Admin));
}

#[tokio::test]
async fn a_machine_that_comes_back_later_is_joined_to_the_new_person() {
    let mut world = household().await;
    world.forget(0, 2).await;
    world.forget(1, 2).await;
    let now = world.machines[0].person();
    // It still has the old key, which is as old as the person.
    world.pair(0, 2, Relation::Mine).await;
    assert_eq!(world.machines[0].person(), now);
    assert_eq!(world.machines[2].person(), now);
    for (here, there) in [(0, 2), (2, 0), (0, 1), (1, 0)] {
        assert_eq!(world.relation(here, there), Some(Relation::Mine));
    }
    // And the friend, who knows the moves, follows it there.
    world.connect(2, 3).await;
    assert_eq!(world.concern(3, 2), None);
    assert_eq!(world.concern(3, 0), None);
}

/// Machines 0 and 1 are one person's, machine 2 is an older person's.
#[tokio::test]
async fn joining_an_older_person_takes_all_machines_along() {
    let mut world = World::of(4).await;
    world.pair(0, 1, Relation::Mine).await;
    world.pair(3, 0, Relation::Other).await;
    world.pair(3, 1, Relation::Other).await;
    let older = PersonKey::from_seed(&[9; 32]);
    let third = &world.machines[2].identity;
    let alone = third.person_id();
    third
        .adopt_person(alone, &older, 1, &Way::default())
        .unwrap();
    world.in_step(2).await;

    world.pair(0, 2, Relation::Mine).await;
    for place in [0, 1, 2] {
        assert_eq!(world.machines[place].person(), older.id());
    }
    for place in [0, 1] {
        assert_eq!(world.pinned(3, place), Some(older.id()));
        assert_eq!(world.concern(3, place), None);
    }
    let how = |place: usize| world.machines[place].identity.person().arrival.how;
    assert_eq!((how(0), how(1)), (Arrived::Joined, Arrived::Followed));
    assert_eq!(world.relation(0, 1), Some(Relation::Mine));
    assert_eq!(world.relation(1, 0), Some(Relation::Mine));
}
