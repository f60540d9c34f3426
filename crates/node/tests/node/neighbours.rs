//! Two nodes on one machine, over real sockets of loopback.

use crate::{
    machine::{Machine, pair, two},
    place::{Place, until},
};
use node::{
    Handle,
    config::{Key, RawValue},
    mesh_keys::mint,
    neighbours::{Neighbour, NeighbourError, Outcome, Step},
    store::{MeshKeyId, Origin, Page, Permission, Quota, Relation, Term, Trusted},
    tickets::MeshKind,
    trust::{Refusal, Standing, TrustError, Verdict},
};

#[tokio::test]
async fn two_machines_find_each_other_and_pair() {
    let (anna, bert) = two().await;
    let found = anna.sees(&bert, |one| one.name.is_some()).await;
    assert_eq!(found.name.as_deref(), Some("bert"));
    assert_eq!(found.standing, Standing::Discovered);
    assert!(found.rights.is_empty());

    pair(&anna, &bert, Relation::Other).await;
    let known = anna.sees(&bert, |_| true).await;
    assert!(matches!(known.standing, Standing::Trusted(it) if it.relation == Relation::Other));
    assert_eq!(known.person, Some(bert.handle().identity().person_id()));
    for rights in &known.rights {
        assert_eq!(rights.verdict, Verdict::Refused(Refusal::NotAllowed));
    }
    assert_eq!(anna.handle().neighbours().connected(), 1);
    let page = Page {
        most: 10,
        ..Page::default()
    };
    let audit = anna.handle().neighbours().audit(page).await.unwrap();
    assert_eq!(audit[0].entry.device, Some(known.device));
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn mine_makes_one_person_of_both() {
    let (anna, bert) = two().await;
    pair(&anna, &bert, Relation::Mine).await;
    let person = |machine: &Machine| machine.handle().identity().person_id();
    assert_eq!(person(&anna), person(&bert));
    let known = bert.sees(&anna, |_| true).await;
    assert_eq!(known.person, Some(person(&anna)));
    assert!(
        known
            .rights
            .iter()
            .all(|it| matches!(it.verdict, Verdict::Allowed { .. }))
    );
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn removing_one_of_mine_gives_the_others_a_new_person_and_friends_follow() {
    let udp = testkit::free_udp_port();
    let anna = Machine::start("anna", udp).await;
    let bert = Machine::start("bert", udp).await;
    let carl = Machine::start("carl", udp).await;
    let dora = Machine::start("dora", udp).await;
    pair(&anna, &bert, Relation::Mine).await;
    pair(&anna, &carl, Relation::Mine).await;
    pair(&anna, &dora, Relation::Other).await;
    let person = |machine: &Machine| machine.handle().identity().person_id();
    let before = person(&anna);
    assert_eq!((person(&bert), person(&carl)), (before, before));

    let removed = anna.sees(&carl, |_| true).await.device;
    anna.handle().neighbours().forget(removed).await.unwrap();
    let now = person(&anna);
    assert_ne!(now, before);
    let is_mine = |one: &Neighbour| {
        let mine = |it: Trusted| it.relation == Relation::Mine;
        one.person == Some(now) && matches!(one.standing, Standing::Trusted(it) if mine(it))
    };
    bert.sees(&anna, is_mine).await;
    anna.sees(&bert, is_mine).await;
    assert_eq!(person(&bert), now);
    dora.sees(&anna, |one| one.person == Some(now)).await;
    assert_eq!(person(&carl), before, "it gets nothing");
    for machine in [anna, bert, carl, dora] {
        machine.node.stop().await;
    }
}

#[tokio::test]
async fn asking_again_while_the_codes_are_compared_changes_nothing() {
    let (anna, bert) = two().await;
    let bert_id = anna.sees(&bert, |one| one.name.is_some()).await.device;
    anna.handle().neighbours().pair(bert_id).await.unwrap();
    let asked = Machine::step(|step| *step == Step::Requested);
    let anna_id = bert.sees(&anna, asked).await.device;
    let neighbours = bert.handle().neighbours().clone();
    neighbours.pair(anna_id).await.unwrap();
    let compared = Machine::step(|step| matches!(step, Step::Compare(_)));
    let shown = bert.sees(&anna, compared).await.pairing.clone();
    neighbours.pair(anna_id).await.unwrap();
    assert_eq!(neighbours.get(anna_id).unwrap().pairing, shown);
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn a_machine_that_says_different_is_not_trusted() {
    let (anna, bert) = two().await;
    let bert_id = anna.sees(&bert, |one| one.name.is_some()).await.device;
    let neighbours = anna.handle().neighbours().clone();
    neighbours.pair(bert_id).await.unwrap();
    let asked = Machine::step(|step| *step == Step::Requested);
    let anna_id = bert.sees(&anna, asked).await.device;
    bert.handle().neighbours().pair(anna_id).await.unwrap();
    anna.sees(
        &bert,
        Machine::step(|step| matches!(step, Step::Compare(_))),
    )
    .await;
    neighbours
        .confirm(bert_id, false, Relation::Other)
        .await
        .unwrap();
    anna.sees(
        &bert,
        Machine::step(|step| *step == Step::Ended(Outcome::CodesDiffer)),
    )
    .await;
    bert.sees(
        &anna,
        Machine::step(|step| *step == Step::Ended(Outcome::CodesDifferThere)),
    )
    .await;
    let known = anna
        .sees(&bert, |one| one.standing == Standing::Discovered)
        .await;
    assert!(!known.presence.is_connected());
    neighbours.cancel(bert_id).await.unwrap();
    assert_eq!(neighbours.get(bert_id).unwrap().pairing, None);
    assert!(matches!(
        neighbours.confirm(bert_id, true, Relation::Mine).await,
        Err(NeighbourError::NoPairing)
    ));
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn trust_survives_a_restart_and_forgetting_ends_it() {
    let (anna, bert) = two().await;
    pair(&anna, &bert, Relation::Other).await;
    let anna = anna.again().await;
    let bert_id = anna
        .sees(&bert, |one| one.presence.is_connected())
        .await
        .device;
    let neighbours = anna.handle().neighbours().clone();

    let grant = node::store::Grant::LlmUse(neighbours.trust().view().usual_limits());
    neighbours
        .allow(bert_id, grant, Term::Always)
        .await
        .unwrap();
    let allowed = |one: &Neighbour| {
        one.rights.iter().any(|rights| {
            rights.permission == Permission::LlmUse
                && matches!(rights.verdict, Verdict::Allowed { .. })
        })
    };
    assert!(allowed(&neighbours.get(bert_id).unwrap()));
    neighbours.deny(bert_id, Permission::LlmUse).await.unwrap();
    assert!(!allowed(&neighbours.get(bert_id).unwrap()));

    neighbours.forget(bert_id).await.unwrap();
    let stranger =
        |one: &Neighbour| one.standing == Standing::Discovered && !one.presence.is_connected();
    anna.sees(&bert, stranger).await;
    bert.sees(&anna, |one| !one.presence.is_connected()).await;
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn a_blocked_machine_is_neither_seen_nor_heard() {
    let (anna, bert) = two().await;
    pair(&anna, &bert, Relation::Other).await;
    let neighbours = anna.handle().neighbours().clone();
    let bert_id = bert.handle().identity().device_id();
    neighbours.block(bert_id).await.unwrap();
    let blocked =
        |one: &Neighbour| one.standing == Standing::Blocked && !one.presence.is_connected();
    anna.sees(&bert, blocked).await;
    bert.sees(&anna, |one| !one.presence.is_connected()).await;
    assert!(matches!(
        neighbours.pair(bert_id).await,
        Err(NeighbourError::Trust(TrustError::Refused(Refusal::Blocked)))
    ));
    neighbours.unblock(bert_id).await.unwrap();
    anna.sees(&bert, |one| one.standing == Standing::Discovered)
        .await;
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn a_hidden_name_is_told_to_nobody_before_pairing() {
    let udp = testkit::free_udp_port();
    let anna = Machine::start("anna", udp).await;
    let hidden = Place::new()
        .flag(Key::MachineName, "bert's secret lair")
        .flag(Key::MachineHideName, "true");
    let bert = Machine::start_at(hidden, udp).await;
    let met = anna.sees(&bert, |one| one.name.is_some()).await;
    assert_eq!(met.name, Some(format!("Banyan {}", met.device.short())));
    pair(&anna, &bert, Relation::Other).await;
    let named = |one: &Neighbour| {
        [&one.name, &one.offered_name]
            .iter()
            .any(|name| name.as_deref() == Some("bert's secret lair"))
    };
    anna.sees(&bert, named).await;
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn an_address_by_hand_finds_who_is_there() {
    let anna = Machine::start("anna", testkit::free_udp_port()).await;
    let bert = Machine::start("bert", testkit::free_udp_port()).await;
    let port = bert.handle().neighbours().port().unwrap();
    let neighbours = anna.handle().neighbours().clone();
    let place = format!("127.0.0.1:{port}").parse().unwrap();
    let device = neighbours.add(&place).await.unwrap();
    assert_eq!(device, bert.handle().identity().device_id());
    assert_eq!(neighbours.find("bert").unwrap().device, device);
    assert_eq!(neighbours.find(&device.short()).unwrap().device, device);
    pair(&anna, &bert, Relation::Other).await;
    bert.node.stop().await;
    let gone = neighbours.add(&place).await;
    assert!(
        matches!(gone, Err(NeighbourError::NotReached(_))),
        "{gone:?}"
    );
    anna.node.stop().await;
}

#[tokio::test]
async fn a_chosen_port_that_is_taken_is_an_error() {
    let taken = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let place = Place::new().flag(Key::NetworkTcpPort, &port.to_string());
    let error = place.try_start().await.unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

fn connected(one: &Neighbour) -> bool {
    one.presence.is_connected()
}

#[tokio::test]
async fn holders_of_one_mesh_key_trust_each_other_without_a_click() {
    for (kind, relation) in [
        (MeshKind::Team, Relation::Other),
        (MeshKind::Mine, Relation::Mine),
    ] {
        let udp = testkit::free_udp_port();
        let key = mint(kind).unwrap();
        let anna = Machine::with_key("anna", udp, &key).await;
        let bert = Machine::with_key("bert", udp, &key).await;
        for (machine, other) in [(&anna, &bert), (&bert, &anna)] {
            let known = machine.sees(other, connected).await;
            let Standing::Trusted(trusted) = known.standing else {
                panic!("{known:?}");
            };
            assert_eq!(trusted.relation, relation);
            assert!(matches!(trusted.origin, Origin::MeshKey(_)));
        }
        let person = |machine: &Machine| machine.handle().identity().person_id();
        assert_eq!(person(&anna) == person(&bert), relation == Relation::Mine);
        anna.node.stop().await;
        bert.node.stop().await;
    }
}

#[tokio::test]
async fn another_mesh_key_makes_no_trust_and_shows() {
    let udp = testkit::free_udp_port();
    let anna = Machine::with_key("anna", udp, &mint(MeshKind::Team).unwrap()).await;
    let bert = Machine::with_key("bert", udp, &mint(MeshKind::Team).unwrap()).await;
    let seen = anna.sees(&bert, |one| one.name.is_some()).await;
    assert_eq!(seen.standing, Standing::Discovered);
    assert!(seen.other_mesh);
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn a_rotated_mesh_key_reaches_whoever_holds_the_old_one() {
    let udp = testkit::free_udp_port();
    let key = mint(MeshKind::Team).unwrap();
    let anna = Machine::with_key("anna", udp, &key).await;
    let bert = Machine::with_key("bert", udp, &key).await;
    let known = anna.sees(&bert, connected).await;
    bert.sees(&anna, connected).await;
    let Standing::Trusted(trusted) = known.standing else {
        panic!("{known:?}");
    };
    let Origin::MeshKey(old) = trusted.origin else {
        panic!("{trusted:?}");
    };
    let rotated = anna.handle().neighbours().rotate_key(old).await.unwrap();
    assert_eq!(rotated.devices, [known.device]);
    let rests_on_new = |one: &Neighbour| matches!(one.standing, Standing::Trusted(it) if it.origin == Origin::MeshKey(rotated.id()));
    anna.sees(&bert, rests_on_new).await;
    bert.sees(&anna, rests_on_new).await;

    // The old key, given again, is not used any more.
    let anna = anna.again().await;
    let codes =
        |handle: &Handle| -> Vec<_> { handle.notices().iter().map(|it| it.code()).collect() };
    assert!(codes(&anna.handle()).contains(&"mesh_key_replaced"));
    let late = Machine::with_key("late", udp, &key).await;
    let seen = anna.sees(&late, |one| one.name.is_some()).await;
    assert_eq!(seen.standing, Standing::Discovered);
    for machine in [anna, bert, late] {
        machine.node.stop().await;
    }
}

#[tokio::test]
async fn a_rotated_mesh_key_reaches_a_holder_that_was_paired_too() {
    let udp = testkit::free_udp_port();
    let key = mint(MeshKind::Team).unwrap();
    let anna = Machine::with_key("anna", udp, &key).await;
    let bert = Machine::with_key("bert", udp, &key).await;
    bert.sees(&anna, connected).await;
    let known = anna.sees(&bert, connected).await;
    pair(&anna, &bert, Relation::Other).await;
    let known = anna.sees(&bert, |one| {
        matches!(one.standing, Standing::Trusted(it) if it.origin == Origin::Pairing)
            && one.device == known.device
    });
    let device = known.await.device;
    let old = MeshKeyId::from_bytes(*key.id().as_bytes());
    let rotated = anna.handle().neighbours().rotate_key(old).await.unwrap();
    assert_eq!(rotated.devices, [device]);
    let new = rotated.id();
    until(&bert.handle(), |handle| {
        let view = handle.neighbours().trust().view();
        view.tables().mesh_key(new).is_some()
    })
    .await;

    // It takes along both.
    anna.handle().neighbours().forget(device).await.unwrap();
    let view = anna.handle().neighbours().trust().view();
    let retired = |id| {
        view.tables()
            .mesh_key(id)
            .is_some_and(|it| it.retired.is_some())
    };
    assert!(retired(old) && retired(new));
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn a_machine_says_no_more_than_its_quota() {
    let (anna, bert) = two().await;
    pair(&anna, &bert, Relation::Other).await;
    let device = anna.sees(&bert, connected).await.device;
    let mute = Quota {
        messages_per_minute: 0,
        storage_bytes: 0,
    };
    let neighbours = anna.handle().neighbours().clone();
    neighbours.set_quota(device, Some(mute)).await.unwrap();
    // What it shares is said to everybody.
    let sharing = RawValue::Bool(true);
    let told = bert.handle().set_setting("sharing.on", sharing).await;
    told.unwrap();
    anna.sees(&bert, |one| !connected(one)).await;

    neighbours.set_quota(device, None).await.unwrap();
    anna.sees(&bert, connected).await;
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn a_ticket_lets_one_machine_in_once() {
    let anna = Machine::start("anna", testkit::free_udp_port()).await;
    let bert = Machine::start("bert", testkit::free_udp_port()).await;
    let carl = Machine::start("carl", testkit::free_udp_port()).await;
    let interfaces = anna.handle().interfaces().await.unwrap();
    let made = anna
        .handle()
        .neighbours()
        .invite(MeshKind::Team, &interfaces)
        .await
        .unwrap();
    let neighbours = bert.handle().neighbours().clone();
    assert!(matches!(
        neighbours.redeem(&made.ticket, true).await,
        Err(NeighbourError::TicketIsTeam)
    ));
    let device = neighbours.redeem(&made.ticket, false).await.unwrap();
    assert_eq!(device, anna.handle().identity().device_id());
    bert.sees(&anna, connected).await;
    let known = anna.sees(&bert, connected).await;
    assert!(matches!(known.standing, Standing::Trusted(it) if it.relation == Relation::Other));
    let second = carl.handle().neighbours().redeem(&made.ticket, false).await;
    assert!(
        matches!(
            second,
            Err(NeighbourError::Trust(TrustError::Refused(
                Refusal::InvitationUsed
            )))
        ),
        "{second:?}"
    );
    for machine in [anna, bert, carl] {
        machine.node.stop().await;
    }
}

#[tokio::test]
async fn an_open_network_gives_the_use_of_models_and_nothing_else() {
    let udp = testkit::free_udp_port();
    let open = |name| {
        Place::new()
            .flag(Key::MachineName, name)
            .flag(Key::NetworkOpen, "true")
    };
    let anna = Machine::start_at(open("anna"), udp).await;
    let bert = Machine::start_at(open("bert"), udp).await;
    let known = anna.sees(&bert, connected).await;
    for rights in &known.rights {
        let allowed = matches!(rights.verdict, Verdict::Allowed { .. });
        assert_eq!(allowed, rights.permission == Permission::LlmUse);
    }
    anna.node.stop().await;
    bert.node.stop().await;
}
