//! A renewal that stops in the middle, at every point where it can.

use super::*;

/// However often it was begun: one new key, the right heirs, no duty left.
async fn is_completed(world: &mut World, old: PersonId) {
    world.restart(0).await;
    let moves = world.machines[0].way();
    let from_old = moves.iter().skip_while(|one| one.old() != old);
    assert_eq!(from_old.count(), 1, "one new key");
    assert_eq!(world.machines[0].trust.duties(), []);
    let now = world.machines[0].person();
    assert_ne!(now, old);
    assert_eq!(world.machines[0].trust.view().own_person(), Some(now));

    world.connect(0, 1).await;
    world.connect(0, 3).await;
    assert_eq!(world.machines[1].person(), now);
    assert!(world.may(0, 1, Permission::Admin) && world.may(1, 0, Permission::Admin));
    assert_eq!(world.pinned(3, 0), Some(now));
    assert!(world.may(3, 0, Permission::FilesRead));
}

/// The machine that remains is off, so that nothing is told before the end.
async fn removed() -> (World, PersonId, Moment) {
    let mut world = household().await;
    for place in [1, 2, 3] {
        world.disconnect(place);
    }
    let old = world.machines[0].person();
    let effects = world.forgotten(0, 2).await;
    let since = effects.iter().find_map(|effect| match effect {
        Effect::NewPersonKey { since, .. } => Some(*since),
        Effect::EndSession { .. }
        | Effect::PermissionsChanged { .. }
        | Effect::NewMeshKey { .. } => None,
    });
    (world, old, since.unwrap())
}

#[tokio::test]
async fn after_the_decision() {
    let (mut world, old, _) = removed().await;
    is_completed(&mut world, old).await;
}

#[tokio::test]
async fn after_the_new_key() {
    let (mut world, old, since) = removed().await;
    let identity = &world.machines[0].identity;
    identity.renew_person(since.millis()).unwrap();
    is_completed(&mut world, old).await;
}

#[tokio::test]
async fn after_what_follows_was_written() {
    let (mut world, old, since) = removed().await;
    let identity = &world.machines[0].identity;
    identity.renew_person(since.millis()).unwrap();
    world.in_step(0).await;
    assert!(!world.machines[0].trust.duties().is_empty());
    is_completed(&mut world, old).await;
}

#[tokio::test]
async fn after_the_end_of_the_duty() {
    let (mut world, old, since) = removed().await;
    world.machines[0].persons.renew(since).await.unwrap();
    is_completed(&mut world, old).await;
}

#[tokio::test]
async fn by_a_key_that_cannot_be_kept() {
    let (mut world, old, since) = removed().await;
    let obstacle = world.machines[0].folder.path().join("identity.key.new");
    std::fs::create_dir(&obstacle).unwrap();
    let failed = world.machines[0].persons.renew(since).await;
    assert!(
        matches!(failed, Err(PersonsError::Person(PersonError::Identity(_)))),
        "{failed:?}"
    );
    assert_eq!(world.machines[0].person(), old);
    assert_eq!(world.machines[0].trust.duties().len(), 1);
    std::fs::remove_dir(&obstacle).unwrap();
    is_completed(&mut world, old).await;
}

/// The machine that is handed the key cannot keep it, and asks again by showing
/// what it has.
#[tokio::test]
async fn by_an_heir_that_cannot_keep_it() {
    let mut world = household().await;
    let obstacle = world.machines[1].folder.path().join("identity.key.new");
    std::fs::create_dir(&obstacle).unwrap();
    world.disconnect(1);
    world.forget(0, 2).await;
    let old = world.machines[1].person();

    let [giver, heir] = [0, 1].map(|place| &world.machines[place]);
    let shown = giver.persons.certificate();
    let heard = heir.persons.on_frame(giver.device(), &shown).await;
    heard.unwrap();
    let keys = giver.persons.hand_over(vec![heir.device()]).await;
    assert_eq!(keys.len(), 1);
    for (_, frame) in keys {
        let failed = heir.persons.on_frame(giver.device(), &frame).await;
        assert!(failed.is_err(), "{failed:?}");
    }
    assert_eq!(world.machines[1].person(), old);

    std::fs::remove_dir(&obstacle).unwrap();
    world.restart(1).await;
    world.connect(0, 1).await;
    assert_eq!(world.machines[1].person(), world.machines[0].person());
}

#[tokio::test]
async fn and_is_not_done_twice() {
    let (world, _, since) = removed().await;
    let persons = &world.machines[0].persons;
    persons.renew(since).await.unwrap();
    let once = world.machines[0].identity.person();
    assert!(persons.renew(since).await.unwrap().frames.is_empty());
    assert_eq!(world.machines[0].identity.person(), once);
}
