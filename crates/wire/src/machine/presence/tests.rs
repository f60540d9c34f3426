use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::{DeviceKey, Label, Signature};

const WALL: u64 = 1_700_000_000_000;

#[test]
fn a_burst_then_a_slow_beat() {
    let start = Instant::now();
    let mut presence = node(1, start);
    let mut at = Vec::new();
    for _ in 0..5 {
        let now = presence.poll_timeout();
        presence.handle_timeout(now, WALL);
        assert_eq!(broadcasts(&mut presence).len(), 1);
        at.push((now - start).as_secs_f64());
    }
    assert_eq!(at[0], 0.0);
    assert!((0.2..=0.3).contains(&at[1]), "{at:?}");
    assert!((0.8..=1.2).contains(&at[2]), "{at:?}");
    assert!((24.0..=36.0).contains(&(at[3] - at[2])), "{at:?}");
    assert!((24.0..=36.0).contains(&(at[4] - at[3])), "{at:?}");
}

#[test]
fn a_newcomer_is_dialled_and_answered_where_it_spoke_from() {
    let now = Instant::now();
    let (mut old, mut new) = (node(1, now), node(2, now));
    let packet = announce(&mut new, now);
    let source = address(2, 40_123);
    old.heard(&packet, source, now, WALL).unwrap();

    let dial = Effect::Dial {
        device: device(2),
        address: address(2, 7878),
    };
    assert_eq!(drain(&mut old), [Effect::Seen(device(2)), dial]);

    old.handle_timeout(now + Duration::from_millis(52), WALL);
    let replies: Vec<_> = drain(&mut old)
        .into_iter()
        .filter_map(|effect| {
            if let Effect::Reply { to, packet } = effect {
                Some((to, packet))
            } else {
                None
            }
        })
        .collect();
    assert_eq!(replies.len(), 1);
    assert_eq!(
        replies[0].0, source,
        "never to port 5000, which two nodes may share"
    );
    assert!(replies[0].1.len() <= packet.len());

    new.heard(&replies[0].1, address(1, 5000), now, WALL)
        .unwrap();
    assert!(new.sighting(&device(1)).is_some());
    assert_eq!(new.replies.next(), None, "a reply is not answered");
}

#[test]
fn a_machine_is_dialled_once_in_five_seconds() {
    let now = Instant::now();
    let (mut here, mut there) = (node(1, now), node(2, now));
    let mut dials = 0;
    for step in 0..11 {
        let now = now + Duration::from_secs(step);
        let packet = packet(&mut there, Kind::Online);
        here.heard(&packet, address(2, 5000), now, WALL).unwrap();
        dials += drain(&mut here)
            .iter()
            .filter(|e| matches!(e, Effect::Dial { .. }))
            .count();
    }
    assert_eq!(dials, 3);
}

#[test]
fn replayed_and_forged_packets_change_nothing() {
    let now = Instant::now();
    let (mut here, mut there) = (node(1, now), node(2, now));
    let first = packet(&mut there, Kind::Online);
    let goodbye = packet(&mut there, Kind::Offline);
    let back = packet(&mut there, Kind::Online);
    here.heard(&first, address(2, 5000), now, WALL).unwrap();
    here.heard(&back, address(2, 5000), now, WALL).unwrap();
    drain(&mut here);

    assert_eq!(
        here.heard(&first, address(3, 5000), now, WALL),
        Err(Ignored::Old)
    );
    assert_eq!(
        here.heard(&goodbye, address(2, 5000), now, WALL),
        Err(Ignored::Old)
    );
    let forged = String::from_utf8(packet(&mut there, Kind::Offline))
        .unwrap()
        .replace("\"tcp\":7878", "\"tcp\":7879");
    assert_eq!(
        here.heard(forged.as_bytes(), address(2, 5000), now, WALL),
        Err(Ignored::Forged)
    );
    assert_eq!(drain(&mut here), []);
    assert_eq!(
        here.sighting(&device(2)).unwrap().addresses,
        [address(2, 7878)]
    );
}

#[test]
fn the_same_packet_over_another_interface_adds_an_address_behind() {
    let now = Instant::now();
    let (mut here, mut there) = (node(1, now), node(2, now));
    let first = packet(&mut there, Kind::Online);
    here.heard(&first, address(2, 5000), now, WALL).unwrap();
    drain(&mut here);

    here.heard(&first, address(3, 5000), now, WALL).unwrap();
    let dial = Effect::Dial {
        device: device(2),
        address: address(3, 7878),
    };
    assert_eq!(drain(&mut here), [Effect::Seen(device(2)), dial]);
    let sighting = here.sighting(&device(2)).unwrap();
    assert_eq!(sighting.addresses, [address(2, 7878), address(3, 7878)]);
    assert_eq!(
        here.heard(&first, address(3, 5000), now, WALL),
        Err(Ignored::Old)
    );

    // Copies sent by somebody else displace nothing.
    for other in 10..20 {
        let _ = here.heard(&first, address(other, 5000), now, WALL);
    }
    let sighting = here.sighting(&device(2)).unwrap();
    assert_eq!(sighting.addresses.len(), ADDRESSES);
    assert_eq!(sighting.addresses[0], address(2, 7878));

    // An older packet of another content is no copy.
    let second = packet(&mut there, Kind::Online);
    here.heard(&second, address(2, 5000), now, WALL).unwrap();
    assert_eq!(
        here.heard(&first, address(7, 5000), now, WALL),
        Err(Ignored::Old)
    );
    drain(&mut here);

    // Which address was heard last is no news.
    let third = packet(&mut there, Kind::Online);
    here.heard(&third, address(3, 5000), now, WALL).unwrap();
    let news = drain(&mut here);
    assert!(!news.contains(&Effect::Seen(device(2))), "{news:?}");
}

#[test]
fn a_link_local_address_keeps_its_interface() {
    let now = Instant::now();
    let (mut here, mut there) = (node(1, now), node(2, now));
    let packet = packet(&mut there, Kind::Online);
    let source = "[fe80::2%7]:40000".parse().unwrap();
    here.heard(&packet, source, now, WALL).unwrap();
    let sighting = here.sighting(&device(2)).unwrap();
    assert_eq!(sighting.addresses, ["[fe80::2%7]:7878".parse().unwrap()]);
}

#[test]
fn goodbye_only_probes_a_live_session() {
    let now = Instant::now();
    let (mut here, mut there) = (node(1, now), node(2, now));
    here.heard(
        &packet(&mut there, Kind::Online),
        address(2, 5000),
        now,
        WALL,
    )
    .unwrap();
    here.set_connected(device(2), true);
    drain(&mut here);
    let goodbye = packet(&mut there, Kind::Offline);
    here.heard(&goodbye, address(2, 5000), now, WALL).unwrap();
    let probe = Effect::Probe { device: device(2) };
    assert_eq!(drain(&mut here), std::slice::from_ref(&probe));
    assert!(here.sighting(&device(2)).is_some());

    // It is said twice, and may be said again by somebody else.
    let said_again = packet(&mut there, Kind::Offline);
    here.heard(&said_again, address(2, 5000), now, WALL)
        .unwrap();
    let replayed = here.heard(&goodbye, address(2, 5000), now, WALL);
    assert_eq!(replayed, Err(Ignored::Old));
    assert_eq!(drain(&mut here), []);

    // Whoever is about to sleep may have answered before.
    let later = now + SECOND_LOOK;
    assert!(here.poll_timeout() <= later);
    here.handle_timeout(later, WALL);
    let probes = |presence: &mut Presence| {
        let effects = drain(presence).into_iter();
        effects.filter(|effect| *effect == probe).count()
    };
    assert_eq!(probes(&mut here), 1);
    here.handle_timeout(later + SECOND_LOOK, WALL);
    assert_eq!(probes(&mut here), 0);

    here.set_connected(device(2), false);
    let goodbye = packet(&mut there, Kind::Offline);
    here.heard(&goodbye, address(2, 5000), now, WALL).unwrap();
    assert_eq!(drain(&mut here), [Effect::Gone(device(2))]);
}

#[test]
fn a_machine_that_runs_for_weeks_still_answers_a_newcomer() {
    let now = Instant::now();
    let tagged = Me {
        net: Some(NetTag([7; 16])),
        tcp_port: 65_535,
        ..me()
    };
    let mut old = Presence::new(config(), tagged, key([1, 0, 0, 0]), 1, now);
    old.sequence = 100_000;
    let newcomer = packet(&mut node(2, now), Kind::Online);
    old.heard(&newcomer, address(2, 40_000), now, WALL).unwrap();
    old.handle_timeout(now + REPLY_SPREAD_MOST, WALL);
    let replies: Vec<_> = drain(&mut old)
        .into_iter()
        .filter(|effect| matches!(effect, Effect::Reply { .. }))
        .collect();
    assert_eq!(replies.len(), 1);
}

#[test]
fn a_wrong_clock_harms_nobody() {
    let now = Instant::now();
    let (mut here, mut there) = (node(1, now), node(2, now));
    let in_2001 = there.packet(Kind::Online, 978_307_200_000);
    here.heard(&in_2001, address(2, 5000), now, WALL).unwrap();
    let ahead = here.sighting(&device(2)).unwrap().clock_ahead;
    assert_eq!(ahead, 978_307_200_000 - 1_700_000_000_000);
}

#[test]
fn the_silent_are_forgotten_unless_connected() {
    let now = Instant::now();
    let mut here = node(1, now);
    for seed in [2, 3] {
        let mut there = node(seed, now);
        here.heard(
            &packet(&mut there, Kind::Online),
            address(seed, 5000),
            now,
            WALL,
        )
        .unwrap();
    }
    here.set_connected(device(3), true);
    drain(&mut here);
    here.handle_timeout(now + Duration::from_secs(74), WALL);
    assert!(here.sighting(&device(2)).is_some());
    here.handle_timeout(now + Duration::from_secs(75), WALL);
    let gone: Vec<_> = drain(&mut here)
        .into_iter()
        .filter(|e| matches!(e, Effect::Gone(_)))
        .collect();
    assert_eq!(gone, [Effect::Gone(device(2))]);
}

#[test]
fn a_flood_of_forged_identities_stays_bounded() {
    let now = Instant::now();
    let mut here = node(1, now);
    let mut friend = node(2, now);
    here.set_known([device(2)].into());

    let mut checked = 0;
    for number in 0..500_u32 {
        let mut stranger = Presence::new(config(), me(), key(number.to_le_bytes()), 1, now);
        let source = SocketAddr::new(IpAddr::V4(Ipv4Addr::from(0x0a01_0000 + number)), 5000);
        let heard = here.heard(&packet(&mut stranger, Kind::Online), source, now, WALL);
        checked += u32::from(heard != Err(Ignored::NoAttentionLeft));
    }
    assert_eq!(checked, 100);
    assert_eq!(here.sightings().count(), UNKNOWN);
    here.heard(
        &packet(&mut friend, Kind::Online),
        address(2, 5000),
        now,
        WALL,
    )
    .unwrap();
    assert!(
        here.sighting(&device(2)).is_some(),
        "a known machine is heard through the flood"
    );
}

#[test]
fn a_flood_of_ten_thousand_is_answered_with_less_than_it_says() {
    let now = Instant::now();
    // Its own announcements are longer than those of the flood.
    let tagged = Me {
        net: Some(NetTag([7; 16])),
        ..me()
    };
    let mut here = Presence::new(config(), tagged, key([1, 0, 0, 0]), 1, now);
    let (mut heard_bytes, mut believed) = (0, 0);
    for number in 0..10_000_u32 {
        let mut stranger = Presence::new(config(), me(), key(number.to_be_bytes()), 1, now);
        let mut packet = packet(&mut stranger, Kind::Online);
        if number % 2 == 0 {
            // As short as it can be said.
            packet.truncate(packet.trim_ascii_end().len());
        }
        let source = SocketAddr::new(IpAddr::V4(Ipv4Addr::from(0x0a02_0000 + number)), 5000);
        heard_bytes += packet.len();
        believed += u32::from(here.heard(&packet, source, now, WALL).is_ok());
    }
    assert_eq!(believed, 100, "of strangers in one second");
    assert_eq!(here.sightings().count(), UNKNOWN);

    here.handle_timeout(now + REPLY_SPREAD_MOST, WALL);
    let mut answers = 0;
    let mut answered_bytes = 0;
    for effect in drain(&mut here) {
        if let Effect::Reply { packet, .. } = effect {
            answers += 1;
            answered_bytes += packet.len();
        }
    }
    assert!((1..=50).contains(&answers), "{answers}");
    assert!(answered_bytes <= heard_bytes / 100);
}

/// The address on a packet is whatever its sender writes there.
#[test]
fn a_place_that_others_name_gets_a_handful_of_replies() {
    let now = Instant::now();
    let mut here = node(1, now);
    let victim = address(66, 5000);
    let mut told = 0;
    let mut later = now;
    // Within what one source is read.
    for second in 0..9_u8 {
        later = now + Duration::from_secs(second.into());
        for number in 0..10_u8 {
            let mut newcomer = node(100 + second * 10 + number, now);
            let said = packet(&mut newcomer, Kind::Online);
            here.heard(&said, victim, later, WALL).unwrap();
        }
        here.handle_timeout(later + Duration::from_millis(900), WALL);
        told += replies_to(&mut here, victim);
    }
    assert_eq!(told, 8, "of 90");

    // Somebody else is answered, and the place itself again after a while.
    let said = packet(&mut node(2, now), Kind::Online);
    here.heard(&said, address(2, 5000), later, WALL).unwrap();
    here.handle_timeout(later + Duration::from_millis(900), WALL);
    assert_eq!(replies_to(&mut here, address(2, 5000)), 1);
    let after = now + Duration::from_secs(20);
    let said = packet(&mut node(3, now), Kind::Online);
    here.heard(&said, victim, after, WALL).unwrap();
    here.handle_timeout(after + Duration::from_millis(900), WALL);
    assert_eq!(replies_to(&mut here, victim), 1);
}

#[test]
fn forged_packets_of_known_machines_keep_no_known_machine_from_being_heard() {
    let now = Instant::now();
    let mut here = node(1, now);
    let friends: Vec<u8> = (2..60).collect();
    here.set_known(friends.iter().map(|seed| device(*seed)).collect());
    let mut known: Vec<_> = friends.iter().map(|seed| node(*seed, now)).collect();
    // Each was heard at home; a while later the forger begins.
    for (start, batch) in (0_u64..).zip(known.chunks_mut(10)) {
        let at = now + Duration::from_secs(start);
        for (place, friend) in (10_u8 * u8::try_from(start).unwrap()..).zip(batch) {
            let said = packet(friend, Kind::Online);
            here.heard(&said, address(place, 5000), at, WALL).unwrap();
        }
    }
    let later = now + Duration::from_secs(10);
    let forged = |friend: u8, number: u64| {
        let said = Announcement {
            kind: Kind::Online,
            device: device(friend),
            instance: 6 + number,
            sequence: 1,
            tcp_port: 1,
            has_llm: false,
            timestamp: 0,
            net: None,
        };
        // Signed by somebody else.
        said.encode(&*key([friend; 4]))
    };
    let mut ignored = BTreeMap::new();
    for number in 0..10_000_u64 {
        let [low, high, ..] = number.to_le_bytes();
        let source = SocketAddr::new(IpAddr::from([10, 9, high, low & 0xf]), 5000);
        let friend = 2 + u8::try_from(number % 58).unwrap();
        let heard = here.heard(&forged(friend, number), source, later, WALL);
        *ignored.entry(heard.unwrap_err()).or_insert(0_u32) += 1;
    }
    let checked = ignored[&Ignored::Forged];
    assert!((100..=140).contains(&checked), "{ignored:?}");

    let said = packet(&mut known[0], Kind::Online);
    here.heard(&said, address(0, 5000), later, WALL)
        .expect("who speaks from home is heard");
    // One whose place is forged as well leaves the others what they have.
    for number in 0..15 {
        let _ = here.heard(&forged(3, number), address(1, 5000), later, WALL);
    }
    let said = packet(&mut known[2], Kind::Online);
    here.heard(&said, address(2, 5000), later, WALL).unwrap();
}

#[test]
fn places_that_forge_known_machines_use_up_their_own_share() {
    let now = Instant::now();
    let mut here = node(1, now);
    here.set_known((2..58).map(device).collect());
    for number in 0..200 {
        let said = packet(&mut node(2 + number % 38, now), Kind::Online);
        let said = String::from_utf8(said).unwrap();
        let forged = said.replace("\"seq\":1", "\"seq\":2");
        let forger = address(100 + number / 20, 5000);
        here.heard(forged.as_bytes(), forger, now, WALL)
            .unwrap_err();
    }
    // Everybody else moved, and is heard where they are now.
    for number in 40..58 {
        let said = packet(&mut node(number, now), Kind::Online);
        here.heard(&said, address(number, 5000), now, WALL).unwrap();
    }
}

fn replies_to(here: &mut Presence, place: SocketAddr) -> usize {
    let effects = drain(here).into_iter();
    effects
        .filter(|effect| matches!(effect, Effect::Reply { to, .. } if *to == place))
        .count()
}

#[test]
fn one_loud_source_is_not_read_for_long() {
    let now = Instant::now();
    let mut here = node(1, now);
    let read = (0..1000)
        .filter(|_| here.heard(b"noise", address(9, 5000), now, WALL) == Err(Ignored::Unreadable))
        .count();
    assert_eq!(read, 20);
    let later = now + Duration::from_secs(1);
    assert_eq!(
        here.heard(b"noise", address(9, 5000), later, WALL),
        Err(Ignored::Unreadable)
    );
}

#[test]
fn in_a_large_network_few_answer_a_newcomer() {
    let now = Instant::now();
    let everybody: Vec<_> = (1000..1200_u32)
        .map(|number| key(number.to_le_bytes()))
        .collect();
    let packets: Vec<_> = everybody
        .iter()
        .map(|key| {
            packet(
                &mut Presence::new(config(), me(), key.clone(), 1, now),
                Kind::Reply,
            )
        })
        .collect();
    let newcomer = packet(&mut node(3, now), Kind::Online);
    let mut answers = 0;
    for seed in 0..50_u8 {
        let mut here = Presence::new(config(), me(), key([seed, 1, 1, 1]), seed.into(), now);
        here.set_known(everybody.iter().map(|key| key.device_id()).collect());
        for (index, packet) in (0_u8..).zip(&packets) {
            let at = now + Duration::from_secs(u64::from(index) / 100);
            here.heard(packet, address(index, 5000), at, WALL).unwrap();
        }
        here.heard(
            &newcomer,
            address(250, 5000),
            now + Duration::from_secs(5),
            WALL,
        )
        .unwrap();
        answers += here.replies.waiting();
    }
    assert!(
        (1..=8).contains(&answers),
        "2 of 50 expected, {answers} answered"
    );
}

#[test]
fn a_change_is_said_at_once() {
    let now = Instant::now();
    let mut here = node(1, now);
    while here.poll_timeout() <= now + Duration::from_secs(2) {
        let at = here.poll_timeout();
        here.handle_timeout(at, WALL);
    }
    drain(&mut here);
    let later = now + Duration::from_secs(3);
    here.set_has_llm(true, later);
    assert_eq!(here.poll_timeout(), later);
    here.set_has_llm(true, later);
    here.handle_timeout(later, WALL);
    let said = Announcement::parse(&broadcasts(&mut here)[0])
        .unwrap()
        .verify()
        .unwrap();
    assert!(said.has_llm);
}

#[test]
fn holders_of_one_mesh_key_recognise_each_other_and_others_are_told_apart() {
    let now = Instant::now();
    let mesh_key = |number| MeshKey::new(crate::MeshKind::Team, &[number; 32]);
    let (old, new, foreign) = (mesh_key(1), mesh_key(2), mesh_key(3));
    let mut here = node(1, now);
    here.set_mesh_keys([new.clone(), old.clone()].into(), now);
    for (seed, held, expected) in [
        (2, Some(&new), MeshTag::Ours(new.id())),
        (3, Some(&old), MeshTag::Ours(old.id())),
        (4, Some(&foreign), MeshTag::Other),
        (5, None, MeshTag::None),
    ] {
        let mut there = node(seed, now);
        there.set_mesh_keys(held.into_iter().cloned().collect(), now);
        let packet = packet(&mut there, Kind::Online);
        here.heard(&packet, address(seed, 5000), now, WALL).unwrap();
        assert_eq!(here.sighting(&device(seed)).unwrap().mesh, expected);
    }

    // Another key comes, the old one goes: those it concerns are told of.
    drain(&mut here);
    here.set_mesh_keys([foreign.clone(), new].into(), now);
    let seen: Vec<_> = drain(&mut here);
    assert_eq!(seen.len(), 2, "{seen:?}");
    for (seed, expected) in [(3, MeshTag::Other), (4, MeshTag::Ours(foreign.id()))] {
        assert!(seen.contains(&Effect::Seen(device(seed))));
        assert_eq!(here.sighting(&device(seed)).unwrap().mesh, expected);
    }
}

#[test]
fn the_newest_mesh_key_is_announced_at_once_and_by_nobody_else() {
    let now = Instant::now();
    let mesh_key = |number| MeshKey::new(crate::MeshKind::Mine, &[number; 32]);
    let mut here = node(1, now);
    while here.poll_timeout() <= now + Duration::from_secs(2) {
        let at = here.poll_timeout();
        here.handle_timeout(at, WALL);
    }
    drain(&mut here);
    let later = now + Duration::from_secs(3);
    here.set_mesh_keys([mesh_key(2), mesh_key(1)].into(), later);
    assert_eq!(here.poll_timeout(), later);
    here.handle_timeout(later, WALL);
    let said = broadcasts(&mut here).remove(0);
    let announced = Announcement::parse(&said).unwrap().verify().unwrap();
    let tag = announced.net.unwrap();
    assert_eq!(tag, mesh_key(2).tag(&device(1), announced.instance));

    // Another machine that repeats the tag does not pass for a holder.
    let mut listener = node(2, now);
    listener.set_mesh_keys([mesh_key(2)].into(), now);
    let mut thief = node(3, now);
    thief.me.net = Some(tag);
    let stolen = packet(&mut thief, Kind::Online);
    listener
        .heard(&stolen, address(3, 5000), now, WALL)
        .unwrap();
    let sighting = listener.sighting(&device(3)).unwrap();
    assert_eq!(sighting.mesh, MeshTag::Other);
}

struct Key(DeviceKey);

impl Signer for Key {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

fn key(number: [u8; 4]) -> Arc<dyn Signer> {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number);
    Arc::new(Key(DeviceKey::from_seed(&seed)))
}

fn node(seed: u8, now: Instant) -> Presence {
    Presence::new(
        config(),
        me(),
        Arc::new(Key(DeviceKey::from_seed(&[seed; 32]))),
        1,
        now,
    )
}

fn config() -> Config {
    Config {
        interval: Duration::from_secs(30),
        timeout: Duration::from_secs(60),
    }
}

fn me() -> Me {
    Me {
        instance: 5,
        tcp_port: 7878,
        has_llm: false,
        net: None,
    }
}

fn device(seed: u8) -> DeviceId {
    DeviceKey::from_seed(&[seed; 32]).id()
}

fn address(last: u8, port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), port)
}

fn packet(presence: &mut Presence, kind: Kind) -> Vec<u8> {
    presence.packet(kind, WALL)
}

fn announce(presence: &mut Presence, now: Instant) -> Vec<u8> {
    presence.handle_timeout(now, WALL);
    broadcasts(presence).remove(0)
}

fn broadcasts(presence: &mut Presence) -> Vec<Vec<u8>> {
    drain(presence)
        .into_iter()
        .filter_map(|effect| {
            if let Effect::Broadcast(packet) = effect {
                Some(packet)
            } else {
                None
            }
        })
        .collect()
}

fn drain(presence: &mut Presence) -> Vec<Effect> {
    std::iter::from_fn(|| presence.poll_effect()).collect()
}
