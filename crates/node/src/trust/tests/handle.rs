//! The rules on a real store: durable, recorded, one after the other.

use super::*;
use crate::mesh_keys::{KeyError, MeshKeys, RingError, stored};

#[tokio::test]
async fn decisions_are_there_after_a_restart() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    trust
        .paired(device(1), who(1), Relation::Other)
        .await
        .unwrap();
    trust.block(device(2), None).await.unwrap();
    trust.add_mesh_key(TEAM, MeshKeyKind::Team).await.unwrap();
    trust
        .mesh_key_proved(device(3), who(3), TEAM)
        .await
        .unwrap();
    let term = Term::Until(Moment::from_millis(START + 1000));
    trust.allow(device(1), files(), term).await.unwrap();
    keeper.close().await.unwrap();

    let (trust, keeper) = house.open().await;
    assert!(matches!(trust.standing(device(1)), Standing::Trusted(_)));
    assert_eq!(trust.standing(device(2)), Standing::Blocked);
    assert!(matches!(trust.standing(device(3)), Standing::Trusted(_)));
    let grant = trust.admit(device(1), Permission::FilesRead).await;
    assert_eq!(grant.unwrap(), files());
    house.pass(HOUR);
    let refused = trust.admit(device(1), Permission::FilesRead).await;
    assert!(
        matches!(refused, Err(TrustError::Refused(Refusal::NotAllowed))),
        "{refused:?}"
    );
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn everything_that_is_decided_is_recorded() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    let id = device(1);
    let card = InvitationId::from_bytes([5; 32]);
    let withdrawn = InvitationId::from_bytes([8; 32]);
    let new = MeshKeyId::from_bytes([6; 32]);
    let renamed = Met {
        device: id,
        who: Some(Introduction {
            name: "other".to_owned(),
            ..who(1)
        }),
        address: None,
    };
    trust.paired(id, who(1), Relation::Other).await.unwrap();
    trust.allow(id, files(), Term::Once).await.unwrap();
    trust.admit(id, Permission::FilesRead).await.unwrap();
    trust.admit(id, Permission::FilesRead).await.unwrap_err();
    trust.deny(id, Permission::Admin).await.unwrap();
    trust.set_quota(id, None).await.unwrap();
    trust.met(vec![renamed]).await.unwrap();
    trust.adopt_name(id).await.unwrap();
    trust.forget(id).await.unwrap();
    trust.block(id, None).await.unwrap();
    trust
        .paired(id, who_as(1, Relation::Mine), Relation::Mine)
        .await
        .unwrap_err();
    trust.unblock(id).await.unwrap();
    for invitation in [card, withdrawn] {
        trust
            .invite(invitation, MeshKeyKind::Team, INVITATION)
            .await
            .unwrap();
    }
    trust.invitation_shown(id, who(1), card).await.unwrap();
    trust.withdraw_invitation(withdrawn).await.unwrap();
    trust.add_mesh_key(TEAM, MeshKeyKind::Team).await.unwrap();
    trust
        .mesh_key_proved(device(2), who(2), TEAM)
        .await
        .unwrap();
    trust.rotate_mesh_key(TEAM, new, GRACE).await.unwrap();
    trust.remove_mesh_key(TEAM).await.unwrap();
    for kind in [AuditKind::Exported, AuditKind::Deleted] {
        trust
            .record(kind, None, None, BTreeMap::new())
            .await
            .unwrap();
    }

    let log = trust.audit(newest()).await.unwrap();
    let words: Vec<_> = log.iter().rev().map(|row| row.entry.kind.word()).collect();
    assert_eq!(
        words,
        [
            "paired",
            "allowed",
            "spent",
            "refused",
            "denied",
            "quota_set",
            "name_adopted",
            "forgotten",
            "blocked",
            "trust_refused",
            "unblocked",
            "invitation_made",
            "invitation_made",
            "trusted",
            "invitation_redeemed",
            "invitation_withdrawn",
            "mesh_key_added",
            "trusted",
            "mesh_key_retired",
            "mesh_key_added",
            "mesh_key_removed",
            "trust_ended",
            "exported",
            "deleted",
        ]
    );
    let allowed = &log[log.len() - 2].entry;
    assert_eq!(allowed.device, Some(id));
    assert_eq!(allowed.person, Some(person(1)));
    assert_eq!(allowed.details["permission"], "files.read");
    assert_eq!(allowed.details["folders"], "1", "how many, not which");
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn a_machine_that_keeps_asking_does_not_flood_the_log() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    trust
        .paired(device(1), who(1), Relation::Other)
        .await
        .unwrap();
    for _ in 0..20 {
        for number in 1..=3 {
            let asked = trust.admit(device(number), Permission::Admin).await;
            asked.unwrap_err();
        }
    }
    let length = async || trust.audit(newest()).await.unwrap().len();
    assert_eq!(length().await, 3, "paired, refused, and strangers refused");
    house.pass(HOUR);
    trust.admit(device(1), Permission::Admin).await.unwrap_err();
    assert_eq!(length().await, 4);
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn a_grant_for_once_serves_one_of_many_at_the_same_time() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    trust
        .paired(device(1), who(1), Relation::Other)
        .await
        .unwrap();
    trust.allow(device(1), files(), Term::Once).await.unwrap();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let trust = trust.clone();
        asking.spawn(async move { trust.admit(device(1), Permission::FilesRead).await.is_ok() });
    }
    let served = asking.join_all().await.into_iter().filter(|served| *served);
    assert_eq!(served.count(), 1);
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn a_duty_survives_the_end_of_the_process() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    for number in [1, 2] {
        trust
            .paired(
                device(number),
                who_as(number, Relation::Mine),
                Relation::Mine,
            )
            .await
            .unwrap();
    }
    let effects = trust.forget(device(1)).await.unwrap();
    keeper.close().await.unwrap();

    let (trust, keeper) = house.open().await;
    let duties = trust.duties();
    assert_eq!(duties, effects[1..]);
    let [Effect::NewPersonKey { since, remaining }] = &duties[..] else {
        panic!("{duties:?}")
    };
    assert_eq!(*remaining, [device(2)]);
    trust.person_key_renewed(*since).await.unwrap();
    assert_eq!(trust.duties(), []);
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn closing_the_network_ends_what_it_brought() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    let mut policy = Policy {
        open: true,
        ..Policy::default()
    };
    assert_eq!(trust.set_policy(policy).await.unwrap(), []);
    trust.came_openly(device(1), who(1)).await.unwrap();
    policy.open = false;
    assert_eq!(
        trust.set_policy(policy).await.unwrap(),
        [ended(1, Ended::Lapsed)]
    );
    assert_eq!(trust.standing(device(1)), Standing::Discovered);
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn after_the_end_nothing_is_decided() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    keeper.close().await.unwrap();
    let late = trust.block(device(1), None).await;
    assert!(
        matches!(late, Err(TrustError::Store(StoreError::Stopping))),
        "{late:?}"
    );
    assert_eq!(trust.standing(device(1)), Standing::Discovered);
}

#[tokio::test]
async fn a_thousand_machines_are_kept() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    let machines: Vec<_> = (0..1000).map(numbered).collect();
    for id in &machines {
        trust
            .paired(*id, who_as(1, Relation::Mine), Relation::Mine)
            .await
            .unwrap();
    }

    let address = PeerAddress::tcp("10.0.0.1", 7878).unwrap();
    let met = machines.iter().map(|id| Met {
        device: *id,
        who: Some(who(2)),
        address: Some(address.clone()),
    });
    let met = met.collect();
    trust.met(met).await.unwrap();
    for id in &machines {
        trust.admit(*id, Permission::LlmUse).await.unwrap();
    }
    keeper.close().await.unwrap();

    let (trust, keeper) = house.open().await;
    assert_eq!(trust.view().all_trusted().count(), 1000);
    assert_eq!(trust.view().to_dial().len(), 1000);
    keeper.close().await.unwrap();
}

/// Others may bring keys, and one place stays for a key that is made here.
#[tokio::test]
async fn keys_of_others_leave_a_place_for_ones_own() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    let place = tempfile::tempdir().unwrap();
    let (folder, _lock) = Folder::open(place.path().to_owned()).unwrap();
    let keys = MeshKeys::open(&folder, trust.clone()).unwrap();
    let key = |number| wire::MeshKey::new(wire::MeshKind::Team, &[number; 32]);
    keys.hold(key(0)).await.unwrap();
    let mut newest = stored(key(0).id());
    for number in 1..=6 {
        newest = keys.take(newest, key(number)).await.unwrap().id();
    }
    let one_more = keys.take(newest, key(7)).await;
    assert!(
        matches!(one_more, Err(KeyError::Ring(RingError::Full))),
        "{one_more:?}"
    );
    assert!(
        trust
            .view()
            .tables()
            .mesh_key(stored(key(7).id()))
            .is_none()
    );
    keys.replace(newest, None).await.unwrap();
    keeper.close().await.unwrap();
}

fn newest() -> Page {
    Page {
        most: 100,
        ..Page::default()
    }
}
