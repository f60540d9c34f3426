use super::*;
use crate::{msg::session::Form, version::Versions};

#[test]
fn two_that_trust_each_other_get_through() {
    let mut scene = Scene::up();
    let frame = Frame::new(Marker::Capability, &b"{}"[..]);
    scene.b.receive(frame.clone(), scene.now);
    assert_eq!(drain(&mut scene.b), [Effect::Deliver(frame)]);
}

#[test]
fn trust_of_one_is_not_enough() {
    for (here, there) in [(true, false), (false, true), (false, false)] {
        let now = Instant::now();
        let (mut a, mut b) = (
            Session::new(&hello(here), now),
            Session::new(&hello(there), now),
        );
        let effects = exchange(&mut a, &mut b, now);
        assert!(
            effects.contains(&Effect::Down(Down::Here(ByeReason::NotTrusted))),
            "{effects:?}"
        );
        assert!(
            !effects
                .iter()
                .any(|effect| matches!(effect, Effect::Up { .. }))
        );
    }
}

#[test]
fn no_common_version_is_said_before_anything_else() {
    let now = Instant::now();
    let mut old = Session::new(&hello(true), now);
    let newer = Hello {
        versions: Versions {
            oldest: 9,
            newest: 12,
        },
        ..hello(true)
    };
    drain(&mut old);
    old.receive(Frame::new(Marker::Hello, encode(&newer)), now);
    let effects = drain(&mut old);
    assert_eq!(
        effects.last(),
        Some(&Effect::Down(Down::Here(ByeReason::Version)))
    );
    assert!(effects.contains(&Effect::Send(bye(ByeReason::Version))));
}

#[test]
fn silence_is_noticed_and_pings_measure_the_way() {
    let mut scene = Scene::up();
    let start = scene.now;
    let ping_at = scene.a.poll_timeout().unwrap();
    assert_eq!(ping_at - start, Duration::from_secs(15));
    scene.a.handle_timeout(ping_at);
    let [Effect::Send(ping)] = &drain(&mut scene.a)[..] else {
        panic!("a ping")
    };
    scene.b.receive(ping.clone(), ping_at);
    let [Effect::Send(pong)] = &drain(&mut scene.b)[..] else {
        panic!("a pong")
    };
    scene
        .a
        .receive(pong.clone(), ping_at + Duration::from_millis(3));
    assert_eq!(
        drain(&mut scene.a),
        [Effect::RoundTrip(Duration::from_millis(3))]
    );

    let mut now = ping_at;
    let end = loop {
        now = scene.a.poll_timeout().unwrap().max(now);
        scene.a.handle_timeout(now);
        if let Some(Effect::Down(down)) = drain(&mut scene.a).last() {
            break *down;
        }
    };
    assert_eq!(end, Down::Here(ByeReason::Silent));
    assert_eq!(
        now - (ping_at + Duration::from_millis(3)),
        Duration::from_secs(45)
    );
    assert_eq!(scene.a.poll_timeout(), None);
}

#[test]
fn a_long_sleep_is_noticed_at_the_first_look() {
    let mut scene = Scene::up();
    scene.a.handle_timeout(scene.now + Duration::from_secs(600));
    assert_eq!(
        drain(&mut scene.a).last(),
        Some(&Effect::Down(Down::Here(ByeReason::Silent)))
    );
}

#[test]
fn a_probe_is_impatient_and_any_frame_answers_it() {
    let mut scene = Scene::up();
    scene.a.probe(Duration::from_secs(2), scene.now);
    let until = scene.now + Duration::from_secs(2);
    assert_eq!(scene.a.poll_timeout(), Some(until));
    scene
        .a
        .receive(Frame::new(Marker::Capability, &b"{}"[..]), scene.now);
    assert!(scene.a.poll_timeout().unwrap() > until);

    scene.a.probe(Duration::from_secs(2), scene.now);
    scene.a.handle_timeout(until);
    assert_eq!(
        drain(&mut scene.a).last(),
        Some(&Effect::Down(Down::Here(ByeReason::Silent)))
    );
}

#[test]
fn who_does_not_read_blames_nobody_for_silence() {
    let mut scene = Scene::up();
    let start = scene.now;
    scene.a.set_hearing(false, start);
    scene.a.probe(Duration::from_secs(2), start);
    for seconds in 1..=600 {
        scene.a.handle_timeout(start + Duration::from_secs(seconds));
    }
    let pings = drain(&mut scene.a);
    assert!(
        pings.iter().all(|it| matches!(it, Effect::Send(_))),
        "{pings:?}"
    );
    assert!(pings.len() > 30, "it says that it is there itself");

    // From here on the other has what is left of its time.
    let again = start + Duration::from_secs(600);
    scene.a.set_hearing(true, again);
    scene.a.handle_timeout(again + Duration::from_secs(1));
    assert_eq!(drain(&mut scene.a), []);
    scene.a.handle_timeout(again + Duration::from_secs(2));
    assert_eq!(
        drain(&mut scene.a).last(),
        Some(&Effect::Down(Down::Here(ByeReason::Silent)))
    );
}

#[test]
fn a_greeting_has_ten_seconds() {
    let now = Instant::now();
    let mut session = Session::new(&hello(true), now);
    drain(&mut session);
    session.handle_timeout(now + Duration::from_secs(9));
    assert_eq!(drain(&mut session), []);
    session.handle_timeout(now + Duration::from_secs(10));
    assert_eq!(
        drain(&mut session).last(),
        Some(&Effect::Down(Down::Here(ByeReason::Silent)))
    );
}

#[test]
fn who_breaks_the_order_is_shown_out() {
    let now = Instant::now();
    let wrong_start = Frame::new(Marker::Capability, &b"{}"[..]);
    let unreadable = Frame::new(Marker::Hello, &b"{}"[..]);
    for frame in [wrong_start, unreadable] {
        let mut session = Session::new(&hello(true), now);
        session.receive(frame, now);
        assert_eq!(
            drain(&mut session).last(),
            Some(&Effect::Down(Down::Here(ByeReason::Broken)))
        );
    }
    let mut scene = Scene::up();
    scene
        .a
        .receive(Frame::new(Marker::Hello, encode(&hello(true))), now);
    assert_eq!(
        drain(&mut scene.a).last(),
        Some(&Effect::Down(Down::Here(ByeReason::Broken)))
    );
}

#[test]
fn down_comes_once_and_last() {
    let mut scene = Scene::up();
    scene.a.receive(bye(ByeReason::Stopping), scene.now);
    scene.a.lost();
    scene.a.close(ByeReason::Stopping);
    scene
        .a
        .receive(Frame::new(Marker::Ping, &b"{}"[..]), scene.now);
    scene.a.handle_timeout(scene.now + Duration::from_secs(600));
    assert_eq!(
        drain(&mut scene.a),
        [Effect::Down(Down::There(ByeReason::Stopping))]
    );
}

struct Scene {
    a: Session,
    b: Session,
    now: Instant,
}

impl Scene {
    fn up() -> Self {
        let now = Instant::now();
        let (mut a, mut b) = (
            Session::new(&hello(true), now),
            Session::new(&hello(true), now),
        );
        let effects = exchange(&mut a, &mut b, now);
        let up = effects
            .iter()
            .filter(|effect| **effect == Effect::Up { version: 1 })
            .count();
        assert_eq!(up, 2, "{effects:?}");
        Self { a, b, now }
    }
}

/// Carries frames until both are silent; all effects but the sending.
fn exchange(a: &mut Session, b: &mut Session, now: Instant) -> Vec<Effect> {
    let mut seen = Vec::new();
    loop {
        let (from_a, from_b) = (drain(a), drain(b));
        if from_a.is_empty() && from_b.is_empty() {
            return seen;
        }
        for (effects, to) in [(from_a, &mut *b), (from_b, &mut *a)] {
            for effect in effects {
                if let Effect::Send(frame) = effect {
                    to.receive(frame, now);
                } else {
                    seen.push(effect);
                }
            }
        }
    }
}

fn hello(trusted: bool) -> Hello {
    Hello {
        versions: SPOKEN,
        instance: 1,
        name: "atlas".to_owned(),
        form: Form::Desktop,
        trusted,
        purpose: Purpose::Session,
    }
}

fn bye(reason: ByeReason) -> Frame {
    Frame::new(Marker::Bye, encode(&Bye { reason }))
}

fn drain(session: &mut Session) -> Vec<Effect> {
    std::iter::from_fn(|| session.poll_effect()).collect()
}
