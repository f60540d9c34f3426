use std::net::Ipv4Addr;

use super::*;
use crate::DeviceKey;

/// The address of this machine.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

#[test]
fn a_trusted_machine_is_dialled_where_it_was_last() {
    let (mut links, now) = links();
    links.trust(peer(), vec![at(1), at(2)], now);
    assert_eq!(dials(&mut links), [at(1), at(2)]);
    links.heard(peer(), at(1), now);
    assert_eq!(dials(&mut links), [], "it is being dialled already");
}

#[test]
fn an_unreachable_machine_is_dialled_ever_more_slowly() {
    let (mut links, mut now) = links();
    links.trust(peer(), vec![at(1)], now);
    let mut pauses = Vec::new();
    for _ in 0..10 {
        assert_eq!(dials(&mut links), [at(1)]);
        links.dial_failed(peer(), at(1), now);
        let redial = links.poll_timeout().unwrap();
        pauses.push((redial - now).as_secs_f64());
        now = redial;
        links.handle_timeout(now);
    }
    assert!((0.4..=0.6).contains(&pauses[0]), "{pauses:?}");
    assert!((0.8..=1.2).contains(&pauses[1]), "{pauses:?}");
    assert!((48.0..=72.0).contains(&pauses[9]), "{pauses:?}");

    dials(&mut links);
    links.dial_failed(peer(), at(1), now);
    links.heard(peer(), at(1), now);
    assert_eq!(
        dials(&mut links),
        [at(1)],
        "it was heard, so it is dialled at once"
    );
}

#[test]
fn a_session_stops_the_dialling_and_its_end_starts_it_again() {
    let (mut links, now) = links();
    links.trust(peer(), vec![at(1)], now);
    drain(&mut links);
    links.opened(session(1, Direction::Outgoing), now);
    assert_eq!(
        drain(&mut links),
        [Effect::Reachable {
            device: peer(),
            connection: Connection(1)
        }]
    );
    assert_eq!(links.poll_timeout(), None);
    links.closed(peer(), Connection(1), now + Duration::from_secs(1));
    assert_eq!(
        drain(&mut links),
        [
            Effect::Unreachable { device: peer() },
            Effect::Dial {
                device: peer(),
                address: at(1)
            }
        ]
    );
}

/// Somebody who accepts and hangs up is no reason to go round in a circle.
#[test]
fn a_session_that_ends_at_once_is_dialled_ever_more_slowly() {
    let (mut links, mut now) = links();
    links.trust(peer(), vec![at(1)], now);
    let mut pauses = Vec::new();
    for number in 1..10 {
        assert_eq!(dials(&mut links), [at(1)]);
        links.opened(session(number, Direction::Outgoing), now);
        now += Duration::from_millis(999);
        links.closed(peer(), Connection(number), now);
        assert_eq!(dials(&mut links), [], "not at once");
        let redial = links.poll_timeout().unwrap();
        pauses.push((redial - now).as_secs_f64());
        now = redial;
        links.handle_timeout(now);
    }
    assert!((0.4..=0.6).contains(&pauses[0]), "{pauses:?}");
    assert!((48.0..=72.0).contains(&pauses[8]), "{pauses:?}");

    // One that lasts ends this.
    dials(&mut links);
    links.opened(session(20, Direction::Outgoing), now);
    links.closed(peer(), Connection(20), now + Duration::from_secs(1));
    assert_eq!(dials(&mut links), [at(1)]);
}

#[test]
fn of_two_opened_together_both_sides_keep_the_same() {
    let now = Instant::now();
    let (small, large) = {
        let (a, b) = (device(1), device(2));
        if a < b { (a, b) } else { (b, a) }
    };
    // Connection 1 was opened by the smaller id, 2 by the larger.
    for order in [[1, 2], [2, 1]] {
        for (me, other) in [(small, large), (large, small)] {
            let mut links = Links::new(me, 1);
            links.trust(other, vec![], now);
            for number in order {
                let opened_by_me = (number == 1) == (me == small);
                let direction = if opened_by_me {
                    Direction::Outgoing
                } else {
                    Direction::Incoming
                };
                links.opened(
                    Opened {
                        device: other,
                        ..session(number, direction)
                    },
                    now,
                );
            }
            // The one that stays says something.
            links.alive(&other, Connection(1));
            let closed: Vec<_> = drain(&mut links)
                .into_iter()
                .filter(|effect| matches!(effect, Effect::Close { .. }))
                .collect();
            let connection = Connection(2);
            assert_eq!(
                closed,
                [Effect::Close {
                    connection,
                    reason: ByeReason::Duplicate
                }]
            );
        }
    }
}

#[test]
fn one_that_died_young_does_not_keep_its_successor_out() {
    let (me, other) = {
        let (a, b) = (device(1), device(2));
        if a < b { (a, b) } else { (b, a) }
    };
    let now = Instant::now();
    let mut links = Links::new(me, 1);
    links.trust(other, vec![], now);
    let opened = |number, direction| Opened {
        device: other,
        ..session(number, direction)
    };
    links.opened(opened(1, Direction::Outgoing), now);
    drain(&mut links);
    // The other has moved, and knows that the first one is dead.
    links.opened(opened(2, Direction::Incoming), now + Duration::from_secs(3));
    assert!(matches!(drain(&mut links)[..], [Effect::Probe { .. }]));
    links.closed(other, Connection(1), now + Duration::from_secs(4));
    assert_eq!(
        drain(&mut links),
        [Effect::Reachable {
            device: other,
            connection: Connection(2)
        }]
    );
}

#[test]
fn a_session_closed_for_a_second_one_waits_for_it() {
    let (mut links, now) = up();
    links.closed_for_second(peer(), Connection(1), now);
    assert_eq!(drain(&mut links), [], "nobody is told yet");
    links.opened(session(2, Direction::Incoming), now);
    assert_eq!(
        drain(&mut links),
        [Effect::Reachable {
            device: peer(),
            connection: Connection(2)
        }]
    );
    assert_eq!(links.poll_timeout(), None);

    // The second never comes.
    links.closed_for_second(peer(), Connection(2), now);
    let until = links.poll_timeout().unwrap();
    assert_eq!(until, now + SECOND_ARRIVES);
    links.handle_timeout(until);
    let effects = drain(&mut links);
    assert_eq!(effects[0], Effect::Unreachable { device: peer() });
    assert!(matches!(effects[1], Effect::Dial { .. }), "{effects:?}");

    let (mut links, now) = up();
    links.closed_for_second(peer(), Connection(1), now);
    links.forget(&peer());
    assert_eq!(drain(&mut links), [Effect::Unreachable { device: peer() }]);
}

#[test]
fn a_newer_start_of_the_other_wins_at_once() {
    let (mut links, now) = up();
    let restarted = Opened {
        instance: 2,
        ..session(2, Direction::Incoming)
    };
    links.opened(restarted, now + Duration::from_secs(60));
    assert_eq!(
        drain(&mut links),
        [
            close(1),
            Effect::Reachable {
                device: peer(),
                connection: Connection(2)
            }
        ]
    );
    links.closed(peer(), Connection(1), now);
    assert_eq!(drain(&mut links), [], "the old one's end is no news");
}

#[test]
fn an_older_start_is_a_latecomer() {
    let (mut links, now) = up();
    let late = Opened {
        instance: 0,
        ..session(2, Direction::Incoming)
    };
    links.opened(late, now);
    assert_eq!(drain(&mut links), [close(2)]);
}

#[test]
fn an_old_session_that_lives_stays() {
    let (mut links, now) = up();
    links.opened(
        session(2, Direction::Incoming),
        now + Duration::from_secs(60),
    );
    let patience = Duration::from_secs(1);
    assert_eq!(
        drain(&mut links),
        [Effect::Probe {
            connection: Connection(1),
            patience
        }]
    );
    links.alive(&peer(), Connection(1));
    assert_eq!(drain(&mut links), [close(2)]);
}

#[test]
fn an_old_session_that_is_dead_makes_room_without_a_gap() {
    let (mut links, now) = up();
    links.opened(
        session(2, Direction::Outgoing),
        now + Duration::from_secs(1),
    );
    drain(&mut links);
    links.closed(peer(), Connection(1), now + Duration::from_secs(2));
    assert_eq!(
        drain(&mut links),
        [Effect::Reachable {
            device: peer(),
            connection: Connection(2)
        }]
    );
}

#[test]
fn a_changed_network_doubts_everything_and_tries_everywhere() {
    let (mut links, now) = up();
    links.heard(peer(), at(2), now);
    assert_eq!(drain(&mut links), []);
    links.network_changed(&[HERE], now);
    let patience = Duration::from_secs(2);
    assert_eq!(
        drain(&mut links),
        [
            Effect::Probe {
                connection: Connection(1),
                patience
            },
            Effect::Dial {
                device: peer(),
                address: at(2)
            },
            Effect::Dial {
                device: peer(),
                address: at(1)
            },
        ]
    );
}

#[test]
fn a_forgotten_machine_is_closed_and_never_dialled() {
    let (mut links, now) = up();
    links.forget(&peer());
    let removed = Effect::Close {
        connection: Connection(1),
        reason: ByeReason::Removed,
    };
    assert_eq!(
        drain(&mut links),
        [removed, Effect::Unreachable { device: peer() }]
    );
    links.closed(peer(), Connection(1), now);
    links.heard(peer(), at(1), now);
    links.network_changed(&[HERE], now);
    assert_eq!(drain(&mut links), []);
    links.opened(session(9, Direction::Incoming), now);
    let refused = Effect::Close {
        connection: Connection(9),
        reason: ByeReason::NotTrusted,
    };
    assert_eq!(drain(&mut links), [refused]);
}

#[test]
fn what_ended_at_an_address_of_before_is_dead_at_once() {
    let (mut links, now) = up();
    links.network_changed(&[IpAddr::from([10, 0, 0, 99])], now);
    assert_eq!(
        drain(&mut links),
        [
            Effect::Unreachable { device: peer() },
            Effect::Close {
                connection: Connection(1),
                reason: ByeReason::Silent
            },
            Effect::Dial {
                device: peer(),
                address: at(1)
            },
        ]
    );
    links.closed(peer(), Connection(1), now);
    assert_eq!(drain(&mut links), [], "it was given up already");
}

#[test]
fn an_attempt_of_before_does_not_keep_from_dialling_anew() {
    let (mut links, now) = links();
    links.trust(peer(), vec![at(1)], now);
    assert_eq!(dials(&mut links), [at(1)]);
    links.network_changed(&[HERE], now);
    assert_eq!(dials(&mut links), [at(1)]);
}

fn links() -> (Links, Instant) {
    (Links::new(device(1), 1), Instant::now())
}

/// Connection 1 is up since a minute ago.
fn up() -> (Links, Instant) {
    let (mut links, now) = links();
    links.trust(peer(), vec![at(1)], now);
    links.opened(session(1, Direction::Outgoing), now);
    drain(&mut links);
    (links, now)
}

fn session(number: u64, direction: Direction) -> Opened {
    Opened {
        connection: Connection(number),
        device: peer(),
        direction,
        instance: 1,
        address: at(1),
        local: Some(HERE),
    }
}

fn close(number: u64) -> Effect {
    Effect::Close {
        connection: Connection(number),
        reason: ByeReason::Duplicate,
    }
}

fn at(last: u8) -> SocketAddr {
    (Ipv4Addr::new(10, 0, 0, last), 7878).into()
}

fn peer() -> DeviceId {
    device(2)
}

fn device(seed: u8) -> DeviceId {
    DeviceKey::from_seed(&[seed; 32]).id()
}

fn dials(links: &mut Links) -> Vec<SocketAddr> {
    drain(links)
        .into_iter()
        .filter_map(|effect| {
            if let Effect::Dial { address, .. } = effect {
                Some(address)
            } else {
                None
            }
        })
        .collect()
}

fn drain(links: &mut Links) -> Vec<Effect> {
    std::iter::from_fn(|| links.poll_effect()).collect()
}
