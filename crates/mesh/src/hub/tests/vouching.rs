//! Machines that hold one mesh key.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{io::copy_bidirectional, task::JoinSet, time::timeout};
use wire::{
    DeviceId, MeshKey, MeshKeyId, MeshKind,
    frame::{Frame, Marker},
    machine::presence::MeshTag,
    msg::{
        announce::{Announcement, Kind, NetTag},
        pair::{PairMessage, Relation},
        session::{Bye, ByeReason, Form, Hello, Purpose, encode, parse},
    },
    version::SPOKEN,
};

use super::{
    Node, PATIENCE, Who, eventually,
    memory::{address, ip, options, settled},
};
use crate::{
    framed::Framed,
    hub::{ClaimRefusal, Event, Failure, Ground, MeshOptions},
    transport::{PeerTransport, memory::MemoryNetwork},
};

#[tokio::test(start_paused = true)]
async fn two_machines_of_one_team_trust_each_other_and_nobody_clicks() {
    let network = MemoryNetwork::new();
    // Both hear each other and dial at the same moment.
    network.set_delay(Duration::from_millis(3));
    let (one, two) = (Who::new(), Who::new());
    let team = key(MeshKind::Team, 1);
    let mut first = start(&network, &one, 1, &[&team]);
    let mut second = start(&network, &two, 2, &[&team]);
    settled(&mut first, &mut second).await;
    tokio::time::sleep(Duration::from_secs(300)).await;
    for (node, other) in [(&mut first, &two), (&mut second, &one)] {
        let events = node.told();
        let vouched: Vec<_> = events.into_iter().filter_map(vouched).collect();
        let [
            Vouched {
                device,
                ground,
                relation,
                person,
                addresses,
            },
        ] = &vouched[..]
        else {
            panic!("once: {vouched:?}");
        };
        assert_eq!(*device, other.id());
        assert_eq!(*ground, Ground::MeshKey(team.id()));
        assert_eq!(*relation, Relation::Other);
        assert_eq!(*person, other.identity.person_id());
        assert!(!addresses.is_empty());
        assert_eq!(node.handle.sessions().len(), 1);
    }
    assert_ne!(one.identity.person_id(), two.identity.person_id());
    let report = first.handle.report().await.unwrap();
    assert_eq!(report.not_vouched.len(), 0, "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn machines_of_one_person_end_with_the_oldest_person_however_many_start_at_once() {
    const MACHINES: u8 = 6;
    let network = MemoryNetwork::new();
    network.set_delay(Duration::from_millis(1));
    let who: Vec<_> = (0..MACHINES).map(|_| Who::new()).collect();
    let oldest = who
        .iter()
        .map(|who| (who.identity.person_since(), who.identity.person_id()))
        .min()
        .unwrap();
    let mine = key(MeshKind::Mine, 1);
    let mut nodes: Vec<_> = who
        .iter()
        .zip(1..)
        .map(|(who, last)| start(&network, who, last, &[&mine]))
        .collect();
    eventually(async || {
        for node in &mut nodes {
            let relations = node.told().into_iter().filter_map(vouched);
            assert!(
                relations
                    .map(|one| one.relation)
                    .all(|one| one == Relation::Mine)
            );
        }
        let everybody = nodes
            .iter()
            .all(|node| node.handle.sessions().len() == usize::from(MACHINES) - 1);
        let one_person = who.iter().all(|who| who.identity.person_id() == oldest.1);
        (everybody && one_person).then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn another_mesh_key_is_told_and_trusts_nobody() {
    let network = MemoryNetwork::new();
    let (one, two, three) = (Who::new(), Who::new(), Who::new());
    let (here, there) = (key(MeshKind::Team, 1), key(MeshKind::Team, 2));
    // The same bytes as another kind are another key.
    let as_mine = key(MeshKind::Mine, 1);
    let mut first = start(&network, &one, 1, &[&here]);
    let _second = start(&network, &two, 2, &[&there]);
    let _third = start(&network, &three, 3, &[&as_mine]);
    // Their names are learned as of every stranger.
    eventually(async || {
        let sightings = first.handle.sightings().await.unwrap();
        let named = sightings.iter().filter(|(_, card)| card.is_some());
        (named.count() == 2).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert!(
        !first
            .told()
            .into_iter()
            .any(|event| vouched(event).is_some())
    );
    for (sighting, _) in first.handle.sightings().await.unwrap() {
        assert_eq!(sighting.mesh, MeshTag::Other);
    }
    assert!(first.handle.sessions().is_empty());
}

#[tokio::test(start_paused = true)]
async fn while_a_key_is_replaced_both_work_and_trust_moves_to_the_new_one() {
    let network = MemoryNetwork::new();
    let (old, new) = (key(MeshKind::Team, 1), key(MeshKind::Team, 2));
    let (one, two) = (Who::new(), Who::new());
    // The first has both, the second only the old one.
    let mut first = start(&network, &one, 1, &[&new, &old]);
    let mut second = start(&network, &two, 2, &[&old]);
    assert_eq!(ground(&mut first).await, old.id());
    assert_eq!(ground(&mut second).await, old.id());
    settled(&mut first, &mut second).await;

    // It is handed the new one.
    let keys = vec![new.clone(), old.clone()];
    second.handle.set_mesh_keys(keys).await.unwrap();
    assert_eq!(ground(&mut first).await, new.id());
    assert_eq!(ground(&mut second).await, new.id());

    // And the old one goes: who has only that is a stranger.
    first.handle.set_mesh_keys(vec![new]).await.unwrap();
    let three = Who::new();
    let mut late = start(&network, &three, 3, &[&old]);
    late.until(|event| is_met(event, one.id())).await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    let told = first.told().into_iter().filter_map(vouched);
    assert_eq!(told.map(|one| one.device).collect::<Vec<_>>(), []);
    assert_eq!(
        late.handle.sessions().len(),
        1,
        "with the second, by the old one"
    );
}

#[tokio::test(start_paused = true)]
async fn two_that_hold_the_same_keys_in_another_order_vouch_once() {
    let network = MemoryNetwork::new();
    let (team, mine) = (key(MeshKind::Team, 1), key(MeshKind::Mine, 2));
    let (one, two) = (Who::new(), Who::new());
    let mut first = start(&network, &one, 1, &[&team, &mine]);
    let mut second = start(&network, &two, 2, &[&mine, &team]);
    settled(&mut first, &mut second).await;
    tokio::time::sleep(Duration::from_secs(300)).await;
    for node in [&mut first, &mut second] {
        assert_eq!(node.told().into_iter().filter_map(vouched).count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn trust_that_rests_on_the_key_already_is_not_asked_for_again() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, two) = (Who::new(), Who::new());
    let known = |who: &Who, last, other: &Who| {
        let mut options = options(&network, who, last, &[(other.id(), &[])]);
        options.mesh_keys = vec![team.clone()];
        options.vouched = [(other.id(), team.id())].into();
        welcoming(options)
    };
    let (mut first, mut second) = (known(&one, 1, &two), known(&two, 2, &one));
    settled(&mut first, &mut second).await;
    for node in [&mut first, &mut second] {
        assert!(
            !node
                .told()
                .into_iter()
                .any(|event| vouched(event).is_some())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_is_not_kept_is_not_asked_again_before_it_starts_anew() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, two) = (Who::new(), Who::new());
    let mut first = start(&network, &one, 1, &[&team]);
    let second = start(&network, &two, 2, &[&team]);
    ground(&mut first).await;
    // The rules say no after all.
    first.handle.forget(two.id()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(300)).await;
    let again = first.told().into_iter().filter_map(vouched).count();
    assert_eq!(again, 0);
    assert!(first.handle.sessions().is_empty());

    second.mesh.stop().await;
    let mut options = options_with(&network, &two, 2, &[&team]);
    options.instance = 2;
    let _second = welcoming(options);
    ground(&mut first).await;
}

#[tokio::test(start_paused = true)]
async fn who_is_refused_above_gets_no_key_of_a_person_and_is_not_asked_again() {
    let network = MemoryNetwork::new();
    let mine = key(MeshKind::Mine, 1);
    let who = [Who::new(), Who::new()];
    let persons = || who.each_ref().map(|who| who.identity.person_id());
    let before = persons();
    // A removed machine still holds the key; whoever's person is the older.
    for (here, there) in [(0, 1), (1, 0)] {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let options = options_with(&network, &who[here], 1, &[&mine]);
        let mut first = Node::start_deciding(options, move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Err(ClaimRefusal::NotWelcome)
        });
        let mut second = start(&network, &who[there], 2, &[&mine]);
        let why = eventually(async || {
            let report = first.handle.report().await.unwrap();
            report.not_vouched.get(&who[there].id()).cloned()
        })
        .await;
        let refused = Failure::TurnedAway(ByeReason::NotTrusted);
        assert_eq!(why.failure, refused);
        tokio::time::sleep(Duration::from_secs(300)).await;
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        for node in [&mut first, &mut second] {
            assert!(
                !node
                    .told()
                    .into_iter()
                    .any(|event| vouched(event).is_some())
            );
            assert!(node.handle.sessions().is_empty());
        }
        assert_eq!(persons(), before);
        for (node, last) in [(first, 1), (second, 2)] {
            network.kill(ip(last));
            drop(node);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_breaks_after_it_was_granted_is_made_good() {
    let network = MemoryNetwork::new();
    let mine = key(MeshKind::Mine, 1);
    let (one, two) = (Who::new(), Who::new());
    let options = options_with(&network, &one, 1, &[&mine]);
    let cutting = network.clone();
    let mut times = 0;
    let mut first = Node::start_deciding(options, move |_| {
        times += 1;
        if times == 1 {
            cutting.break_all(ip(1));
            cutting.cut(ip(1), ip(2));
        }
        Ok(())
    });
    let mut second = start(&network, &two, 2, &[&mine]);
    // It was granted, so a session is wanted from now on.
    first
        .until(|event| match event {
            Event::NotReached { device, .. } if device == two.id() => Some(()),
            _ => None,
        })
        .await;
    network.heal(ip(1), ip(2));
    assert_eq!(ground(&mut first).await, mine.id());
    assert_eq!(ground(&mut second).await, mine.id());
    settled(&mut first, &mut second).await;
    assert_eq!(one.identity.person_id(), two.identity.person_id());
}

#[tokio::test(start_paused = true)]
async fn a_blocked_machine_is_never_vouched_with() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, two) = (Who::new(), Who::new());
    let mut options = options_with(&network, &one, 1, &[&team]);
    options.blocked = [two.id()].into();
    let mut first = welcoming(options);
    let mut second = start(&network, &two, 2, &[&team]);
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(network.bytes(ip(1), ip(2)), 0, "not a word");
    for node in [&mut first, &mut second] {
        assert!(
            !node
                .told()
                .into_iter()
                .any(|event| vouched(event).is_some())
        );
        assert!(node.handle.sessions().is_empty());
    }
    let why = second.handle.report().await.unwrap().not_vouched;
    assert!(why.contains_key(&one.id()), "the doctor can tell");

    first.handle.unblock(two.id()).await.unwrap();
    ground(&mut first).await;
    ground(&mut second).await;

    // Blocked once it was trusted, and welcome again.
    first.handle.block(two.id()).await.unwrap();
    first.handle.unblock(two.id()).await.unwrap();
    ground(&mut first).await;
}

#[tokio::test(start_paused = true)]
async fn one_that_is_blocked_while_it_cannot_be_reached_is_not_tried_again() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, two) = (Who::new(), Who::new());
    let first = start(&network, &one, 1, &[&team]);
    // It announces itself, and nobody listens there.
    let packet = announced(&two, &team).encode(two.identity.as_ref());
    network.inject(ip(1), SocketAddr::new(ip(2), 5000), packet);
    eventually(async || {
        let report = first.handle.report().await.unwrap();
        report.not_vouched.contains_key(&two.id()).then_some(())
    })
    .await;
    first.handle.block(two.id()).await.unwrap();
    first.handle.report().await.unwrap();
    let before = network.connections();
    tokio::time::sleep(Duration::from_secs(50)).await;
    assert_eq!(network.connections(), before);
}

#[tokio::test(start_paused = true)]
async fn where_no_announcement_comes_through_an_address_given_by_hand_is_enough() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, two) = (Who::new(), Who::new());
    let mut first = deaf(&network, &one, 1, &[&team]);
    let mut second = deaf(&network, &two, 2, &[&team]);
    first.handle.dial(address(2)).await.unwrap();
    assert_eq!(ground(&mut first).await, team.id());
    assert_eq!(ground(&mut second).await, team.id());
    settled(&mut first, &mut second).await;

    // And a new key is found over the session.
    let new = key(MeshKind::Team, 2);
    for node in [&first, &second] {
        let keys = vec![new.clone(), team.clone()];
        node.handle.set_mesh_keys(keys).await.unwrap();
    }
    assert_eq!(ground(&mut first).await, new.id());
    assert_eq!(ground(&mut second).await, new.id());
}

/// It says to each side that it is the other, and passes on every byte. TLS would
/// not let it; here it shows that even then the proofs do not pass.
#[tokio::test(start_paused = true)]
async fn somebody_in_the_middle_proves_nothing() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, two) = (Who::new(), Who::new());
    network.cut(ip(1), ip(2));
    let (as_second, _) = network.join(two.id(), address(3));
    let (as_first, _) = network.join(one.id(), address(4));
    let mut relays = JoinSet::new();
    relays.spawn(async move {
        let mut running = JoinSet::new();
        loop {
            let mut near = as_second.accept().await.handshake.await.unwrap().stream;
            let mut far = as_first.open(address(2)).await.unwrap().stream;
            running.spawn(async move { copy_bidirectional(&mut near, &mut far).await });
        }
    });
    let mut first = start(&network, &one, 1, &[&team]);
    let mut second = start(&network, &two, 2, &[&team]);

    // What the second announces comes from where the middle listens.
    let packet = announced(&two, &team).encode(two.identity.as_ref());
    network.inject(ip(1), SocketAddr::new(ip(3), 5000), packet);
    let why = eventually(async || {
        let report = first.handle.report().await.unwrap();
        report.not_vouched.get(&two.id()).cloned()
    })
    .await;
    let expected = Failure::TurnedAway(ByeReason::WrongProof);
    assert_eq!(why.failure, expected);
    assert_eq!(why.address, address(3));
    for node in [&mut first, &mut second] {
        assert!(
            !node
                .told()
                .into_iter()
                .any(|event| vouched(event).is_some())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_claims_keys_too_often_is_not_heard_and_others_are() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, two, stranger) = (Who::new(), Who::new(), Who::new());
    let mut first = start(&network, &one, 1, &[&team]);
    let (knocking, _) = network.join(stranger.id(), address(9));
    for _ in 0..8 {
        assert_eq!(
            guess(&knocking, Some(NetTag([0; 16]))).await,
            ByeReason::NoKey
        );
    }
    assert_eq!(guess(&knocking, None).await, ByeReason::TooLoud);
    let _second = start(&network, &two, 2, &[&team]);
    ground(&mut first).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(
        guess(&knocking, Some(NetTag([0; 16]))).await,
        ByeReason::NoKey
    );
}

#[tokio::test(start_paused = true)]
async fn a_holder_s_own_tag_without_the_key_is_a_wrong_proof() {
    let network = MemoryNetwork::new();
    let team = key(MeshKind::Team, 1);
    let (one, leaky) = (Who::new(), Who::new());
    let mut first = start(&network, &one, 1, &[&team]);
    let (knocking, _) = network.join(leaky.id(), address(9));
    // Somebody who holds the key made the tag for it.
    let tag = team.tag(&leaky.id(), 7);
    assert_eq!(guess(&knocking, Some(tag)).await, ByeReason::WrongProof);
    assert!(
        !first
            .told()
            .into_iter()
            .any(|event| vouched(event).is_some())
    );
}

/// Comes as a stranger with this tag, and sends the other's proof back. Says what
/// it hears at the end.
async fn guess(transport: &impl PeerTransport, tag: Option<NetTag>) -> ByeReason {
    let channel = transport.open(address(1)).await.unwrap();
    let mut framed = Framed::new(channel.stream);
    let hello = Hello {
        versions: SPOKEN,
        instance: 7,
        name: "nobody".to_owned(),
        form: Form::Unknown,
        trusted: true,
        purpose: Purpose::Vouch,
    };
    framed
        .write(&Frame::new(Marker::Hello, encode(&hello)))
        .await
        .unwrap();
    if let Some(tag) = tag {
        let keys = PairMessage::Keys { tags: vec![tag] };
        framed
            .write(&Frame::new(Marker::Pair, keys.encode()))
            .await
            .unwrap();
    }
    timeout(PATIENCE, async {
        loop {
            let frame = framed.read().await.unwrap();
            if frame.marker == Marker::Pair {
                framed.write(&frame).await.unwrap();
            } else if frame.marker == Marker::Bye {
                return parse::<Bye>(&frame.payload).unwrap().reason;
            }
        }
    })
    .await
    .unwrap()
}

fn announced(who: &Who, key: &MeshKey) -> Announcement {
    Announcement {
        kind: Kind::Online,
        device: who.id(),
        instance: 1,
        sequence: 1000,
        tcp_port: 7878,
        has_llm: false,
        timestamp: 0,
        net: Some(key.tag(&who.id(), 1)),
    }
}

#[derive(Debug)]
pub(super) struct Vouched {
    pub(super) device: DeviceId,
    pub(super) ground: Ground,
    pub(super) relation: Relation,
    pub(super) person: wire::PersonId,
    pub(super) addresses: Vec<SocketAddr>,
}

pub(super) fn vouched(event: Event) -> Option<Vouched> {
    match event {
        Event::Vouched {
            device,
            ground,
            relation,
            certificate,
            addresses,
            card,
        } => {
            assert_eq!(certificate.device(), device);
            assert!(card.name.contains('m'));
            Some(Vouched {
                device,
                ground,
                relation,
                person: certificate.person(),
                addresses,
            })
        }
        _ => None,
    }
}

/// Which key the next trust rests on.
async fn ground(node: &mut Node) -> MeshKeyId {
    match node.until(vouched).await.ground {
        Ground::MeshKey(key) => key,
        Ground::Invitation { .. } => panic!("nobody was invited"),
    }
}

fn is_met(event: Event, whom: DeviceId) -> Option<()> {
    matches!(event, Event::Met { device, .. } if device == whom).then_some(())
}

fn key(kind: MeshKind, number: u8) -> MeshKey {
    MeshKey::new(kind, &[number; 32])
}

fn welcoming(options: MeshOptions) -> Node {
    Node::start_deciding(options, |_| Ok(()))
}

fn options_with(network: &MemoryNetwork, who: &Who, last: u8, keys: &[&MeshKey]) -> MeshOptions {
    let mut options = options(network, who, last, &[]);
    options.mesh_keys = keys.iter().map(|key| (*key).clone()).collect();
    options
}

fn start(network: &MemoryNetwork, who: &Who, last: u8, keys: &[&MeshKey]) -> Node {
    welcoming(options_with(network, who, last, keys))
}

/// One that can be reached, and neither hears nor is heard.
fn deaf(network: &MemoryNetwork, who: &Who, last: u8, keys: &[&MeshKey]) -> Node {
    let mut options = options_with(network, who, last, keys);
    let (_, beacon) = MemoryNetwork::new().join(who.id(), address(last));
    options.beacon = Box::new(beacon);
    welcoming(options)
}
