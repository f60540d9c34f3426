//! Devices that say what they should not.

use super::*;

fn certificate(key: &PersonKey, device: DeviceId, way: Way) -> Frame {
    let certificate = DeviceCertificate::issue(key, device);
    PersonMessage::Certificate { certificate, way }.to_frame()
}

fn key(key: &PersonKey, since: u64) -> Frame {
    let seed = PersonSeed::of(key);
    PersonMessage::Key { seed, since }.to_frame()
}

/// The way of whoever knows the old key and makes a move of its own.
fn own_way(old: &PersonKey, new: &PersonKey) -> Way {
    PersonMove::issue(old, new.id(), 5).unwrap().into()
}

#[tokio::test]
async fn the_removed_machine_can_freeze_a_person_and_nothing_more() {
    let mut world = household().await;
    let old = world.machines[2].identity.person_key().unwrap();
    world.forget(0, 2).await;
    let now = world.machines[0].person();

    let thief = PersonKey::from_seed(&[7; 32]);
    let device = world.machines[2].device();
    let lie = certificate(&thief, device, own_way(&old, &thief));
    world.say(2, 3, lie.clone()).await;
    for place in [0, 1, 2] {
        assert_eq!(world.concern(3, place), Some(Concern::Frozen), "{place}");
        assert!(!world.may(3, place, Permission::FilesRead));
    }
    // What the others say does not thaw it; comparing codes with one of them does.
    world.connect(0, 3).await;
    assert_eq!(world.concern(3, 0), Some(Concern::Frozen));
    world.pair(3, 0, Relation::Other).await;
    for place in [0, 1] {
        assert_eq!(world.concern(3, place), None, "{place}");
        assert!(world.may(3, place, Permission::FilesRead));
    }
    assert_eq!(world.concern(3, 2), Some(Concern::Frozen));
    world.say(2, 3, lie.clone()).await;
    world.connect(1, 3).await;
    assert_eq!(world.concern(3, 0), None);
    assert!(!world.may(3, 2, Permission::FilesRead));

    // To a machine of mine that followed, it says the same, and hands over a key.
    world.say(2, 1, lie).await;
    world.say(2, 1, key(&thief, 5)).await;
    assert_eq!(world.machines[1].person(), now);
    assert_eq!(world.relation(1, 0), Some(Relation::Mine));
    assert_eq!(world.concern(1, 2), Some(Concern::Frozen));
    assert_eq!(world.logged(1, AuditKind::PersonKeyRefused).await, 1);
}

/// It is quicker than the others: nobody has told this machine that it was removed.
#[tokio::test]
async fn a_removed_machine_that_comes_first_divides_mine_until_codes_are_compared() {
    let mut world = household().await;
    let old = world.machines[2].identity.person_key().unwrap();
    world.disconnect(1);
    world.forget(0, 2).await;
    let thief = PersonKey::from_seed(&[7; 32]);
    let device = world.machines[2].device();
    world.up.extend([(1, 2), (2, 1)]);
    let lie = certificate(&thief, device, own_way(&old, &thief));
    world.say(2, 1, lie).await;
    world.connect(0, 1).await;
    // The machine in between believes neither of them, and keeps what it has.
    assert_eq!(world.machines[1].person(), old.id());
    assert_eq!(world.concern(1, 0), Some(Concern::Frozen));
    assert_eq!(world.concern(1, 2), Some(Concern::Frozen));
    assert!(!world.may(1, 2, Permission::Admin));

    world.pair(0, 1, Relation::Mine).await;
    assert_eq!(world.machines[0].person(), world.machines[1].person());
    for (here, there) in [(0, 1), (1, 0)] {
        assert_eq!(world.relation(here, there), Some(Relation::Mine));
        assert!(world.may(here, there, Permission::Admin));
    }
    assert!(!world.may(1, 2, Permission::Admin));
}

#[tokio::test]
async fn a_key_without_a_move_or_of_another_age_is_not_taken() {
    let mut world = household().await;
    let old = world.machines[0].identity.person_key().unwrap();
    let other = PersonKey::from_seed(&[7; 32]);
    world.say(0, 1, key(&other, 5)).await;
    let device = world.machines[0].device();
    let shown = certificate(&other, device, own_way(&old, &other));
    world.say(0, 1, shown).await;
    let refused = world.machines[1]
        .persons
        .on_frame(device, &key(&other, 6))
        .await;
    assert!(
        matches!(refused, Err(PersonsError::Person(PersonError::NoWay))),
        "{refused:?}"
    );
    assert_eq!(world.machines[1].person(), old.id());
    world.say(0, 1, key(&other, 5)).await;
    assert_eq!(world.machines[1].person(), other.id());
}

#[tokio::test]
async fn a_friend_hands_over_no_key() {
    let mut world = household().await;
    let theirs = world.machines[3].identity.person_key().unwrap();
    let since = world.machines[3].identity.person_since();
    let before = world.machines[0].person();
    world.say(3, 0, key(&theirs, since)).await;
    assert_eq!(world.machines[0].person(), before);
    assert_eq!(world.logged(0, AuditKind::PersonKeyRefused).await, 1);
}

#[tokio::test]
async fn the_key_is_sent_to_those_who_remain_and_to_nobody_else() {
    let mut world = household().await;
    world.forget(0, 2).await;
    for place in [0, 1] {
        world.restart(place).await;
    }
    for (one, other) in [(0, 1), (0, 3), (1, 3), (1, 2)] {
        world.connect(one, other).await;
    }
    let heirs: BTreeSet<_> = world
        .sent
        .iter()
        .filter(|(_, _, frame)| {
            let message = PersonMessage::parse(&frame.payload).unwrap();
            matches!(message, PersonMessage::Key { .. })
        })
        .map(|(from, to, _)| (*from, *to))
        .collect();
    assert_eq!(heirs, [(0, world.machines[1].device())].into());
}

#[tokio::test]
async fn what_was_said_before_is_said_in_vain() {
    let mut world = household().await;
    world.forget(0, 2).await;
    world.connect(0, 3).await;
    let state = |world: &World| -> Vec<_> {
        let machines = world.machines.iter();
        machines
            .map(|machine| {
                let tables = machine.trust.view().tables().clone();
                (machine.person(), tables)
            })
            .collect()
    };
    let before = state(&world);
    // Everything once more, in the order in which it was said.
    for (from, to, frame) in world.sent.clone() {
        world.send(from, vec![(to, frame)]).await;
    }
    assert_eq!(state(&world), before);
}

#[tokio::test]
async fn another_person_without_a_move_is_shown_and_changes_nothing() {
    let mut world = household().await;
    let other = PersonKey::from_seed(&[7; 32]);
    let device = world.machines[0].device();
    let before = world.pinned(3, 0);
    let shown = certificate(&other, device, Way::default());
    world.say(0, 3, shown).await;
    let to = other.id();
    assert_eq!(world.concern(3, 0), Some(Concern::Changed { to }));
    assert_eq!(world.pinned(3, 0), before);
    assert!(world.may(3, 0, Permission::FilesRead));
    assert!(!world.may(3, 0, Permission::LlmUse));
    assert_eq!(world.logged(3, AuditKind::PersonChanged).await, 1);
}

#[tokio::test]
async fn the_certificate_of_another_device_says_nothing_about_this_one() {
    let mut world = World::of(3).await;
    world.pair(0, 1, Relation::Other).await;
    world.pair(0, 2, Relation::Other).await;
    let before = world.machines[0].trust.view().tables().clone();
    let stolen = world.machines[1].persons.certificate();
    world.say(2, 0, stolen).await;
    assert_eq!(world.machines[0].trust.view().tables(), &before);
}

#[tokio::test]
async fn garbage_is_passed_over() {
    let mut world = World::of(2).await;
    world.pair(0, 1, Relation::Other).await;
    let before = world.machines[0].trust.view().tables().clone();
    for payload in [&b""[..], b"{}", b"{\"key\":{}}", b"\xff\xff"] {
        let frame = Frame::new(Marker::Person, payload);
        world.say(1, 0, frame).await;
    }
    let of_others = Frame::new(Marker::Draft, &b"hello"[..]);
    world.say(1, 0, of_others).await;
    assert_eq!(world.machines[0].trust.view().tables(), &before);
}
