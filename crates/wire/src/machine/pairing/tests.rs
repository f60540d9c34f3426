use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::DeviceKey;

const BINDING: ChannelBinding = ChannelBinding([7; 32]);

#[test]
fn two_people_who_say_yes_are_paired() {
    let mut scene = Scene::new(BINDING, BINDING);
    scene.run();
    assert_eq!(
        scene.asked.shown, None,
        "the code appears only after the request was opened"
    );
    assert!(scene.asked.requested);

    scene.asked.machine.open(scene.now);
    scene.run();
    assert_eq!(scene.asking.shown, scene.asked.shown);
    assert!(scene.asking.shown.is_some());

    scene.asking.machine.confirm(true, Relation::Other);
    scene.run();
    assert_eq!(scene.asking.outcome, None, "one person alone pairs nothing");
    scene.asked.machine.confirm(true, Relation::Mine);
    scene.run();
    assert_eq!(scene.asking.outcome, Some(Outcome::Paired(Relation::Other)));
    assert_eq!(scene.asked.outcome, Some(Outcome::Paired(Relation::Other)));
}

#[test]
fn mine_needs_both() {
    let mut scene = Scene::comparing();
    scene.asking.machine.confirm(true, Relation::Mine);
    scene.asked.machine.confirm(true, Relation::Mine);
    scene.run();
    assert_eq!(scene.asking.outcome, Some(Outcome::Paired(Relation::Mine)));
    assert_eq!(scene.asked.outcome, Some(Outcome::Paired(Relation::Mine)));
}

#[test]
fn somebody_in_the_middle_shows_other_codes() {
    let mut scene = Scene::new(ChannelBinding([1; 32]), ChannelBinding([2; 32]));
    scene.run();
    scene.asked.machine.open(scene.now);
    scene.run();
    assert_ne!(scene.asking.shown, scene.asked.shown);
}

#[test]
fn the_code_depends_on_everything_that_must_agree() {
    let (a, b) = (device(1), device(2));
    let (x, y) = (Nonce([3; 32]), Nonce([4; 32]));
    let reference = code(BINDING, &a, &b, x, y);
    assert_eq!(reference.to_string(), "644998");
    for other in [
        code(ChannelBinding([8; 32]), &a, &b, x, y),
        code(BINDING, &b, &a, x, y),
        code(BINDING, &a, &device(9), x, y),
        code(BINDING, &a, &b, y, x),
    ] {
        assert_ne!(other, reference);
    }
}

#[test]
fn another_nonce_than_promised_ends_it() {
    let now = Instant::now();
    let promise = commit(Nonce([1; 32]));
    let mut asked = Pairing::asked(device(2), device(1), BINDING, Nonce([2; 32]), promise, now);
    asked.open(now);
    asked.receive(
        &PairMessage::Reveal {
            nonce: Nonce([9; 32]),
        },
        now,
    );
    assert_eq!(
        drain(&mut asked).last(),
        Some(&Effect::Ended(Outcome::Broken))
    );
    assert_eq!(asked.code(), None);
}

#[test]
fn steps_out_of_order_end_it() {
    let now = Instant::now();
    let steps = [
        PairMessage::Commit {
            commitment: commit(Nonce([1; 32])),
        },
        PairMessage::Reveal {
            nonce: Nonce([1; 32]),
        },
        PairMessage::Confirm {
            same: true,
            relation: Relation::Mine,
        },
    ];
    for step in steps {
        let mut asking = Pairing::ask(device(1), device(2), BINDING, Nonce([1; 32]), now);
        asking.receive(&step, now);
        assert_eq!(
            drain(&mut asking).last(),
            Some(&Effect::Ended(Outcome::Broken)),
            "{step:?}"
        );
    }
}

#[test]
fn a_second_confirmation_ends_it() {
    let mut scene = Scene::comparing();
    let yes = PairMessage::Confirm {
        same: true,
        relation: Relation::Mine,
    };
    scene.asked.machine.receive(&yes, scene.now);
    scene.asked.machine.receive(&yes, scene.now);
    scene.run();
    assert_eq!(scene.asked.outcome, Some(Outcome::Broken));
}

#[test]
fn one_person_who_says_no_ends_it_for_both() {
    let mut scene = Scene::comparing();
    scene.asked.machine.confirm(true, Relation::Other);
    scene.asking.machine.confirm(false, Relation::Other);
    scene.run();
    assert_eq!(scene.asking.outcome, Some(Outcome::CodesDiffer));
    assert_eq!(scene.asked.outcome, Some(Outcome::CodesDifferThere));
}

#[test]
fn a_forgotten_request_ends_by_itself() {
    let mut scene = Scene::new(BINDING, BINDING);
    scene.run();
    let deadline = scene.asked.machine.poll_timeout().unwrap();
    scene
        .asked
        .machine
        .handle_timeout(deadline - Duration::from_millis(1));
    scene.run();
    assert_eq!(scene.asked.outcome, None);
    scene.asked.machine.handle_timeout(deadline);
    scene.run();
    assert_eq!(scene.asked.outcome, Some(Outcome::TimedOut));
    assert_eq!(scene.asking.outcome, Some(Outcome::Cancelled));
    assert_eq!(scene.asked.machine.poll_timeout(), None);
}

#[test]
fn attempts_are_bounded_per_address_and_in_all() {
    let start = Instant::now();
    let address = |last| IpAddr::V4(Ipv4Addr::new(10, 0, 0, last));
    let mut attempts = Attempts::default();
    for _ in 0..3 {
        assert_eq!(attempts.admit(address(1), start), Ok(()));
    }
    let again = attempts.admit(address(1), start).unwrap_err();
    assert_eq!(again, start + Duration::from_secs(600));
    for last in 2..19 {
        assert_eq!(attempts.admit(address(last), start), Ok(()));
    }
    assert!(attempts.admit(address(99), start).is_err(), "twenty in all");
    assert_eq!(attempts.admit(address(1), again), Ok(()));
}

struct Scene {
    asking: Side,
    asked: Side,
    now: Instant,
}

struct Side {
    machine: Pairing,
    requested: bool,
    shown: Option<Code>,
    outcome: Option<Outcome>,
}

impl Scene {
    fn new(asking: ChannelBinding, asked: ChannelBinding) -> Self {
        let now = Instant::now();
        let (a, b) = (device(1), device(2));
        let nonce = Nonce([3; 32]);
        Self {
            asking: Side::new(Pairing::ask(a, b, asking, nonce, now)),
            asked: Side::new(Pairing::asked(
                b,
                a,
                asked,
                Nonce([4; 32]),
                commit(nonce),
                now,
            )),
            now,
        }
    }

    fn comparing() -> Self {
        let mut scene = Self::new(BINDING, BINDING);
        scene.run();
        scene.asked.machine.open(scene.now);
        scene.run();
        scene
    }

    /// Carries messages until both are silent.
    fn run(&mut self) {
        loop {
            let (to_asked, to_asking) = (self.asking.turn(), self.asked.turn());
            if to_asked.is_empty() && to_asking.is_empty() {
                return;
            }
            for message in &to_asked {
                // The commitment is how the asked side came to be.
                if !matches!(message, PairMessage::Commit { .. }) {
                    self.asked.machine.receive(&travel(message), self.now);
                }
            }
            for message in &to_asking {
                self.asking.machine.receive(&travel(message), self.now);
            }
        }
    }
}

impl Side {
    fn new(machine: Pairing) -> Self {
        Self {
            machine,
            requested: false,
            shown: None,
            outcome: None,
        }
    }

    fn turn(&mut self) -> Vec<PairMessage> {
        let mut sent = Vec::new();
        for effect in drain(&mut self.machine) {
            match effect {
                Effect::Send(message) => sent.push(message),
                Effect::Requested => self.requested = true,
                Effect::Show(code) => self.shown = Some(code),
                Effect::Ended(outcome) => self.outcome = Some(outcome),
            }
        }
        sent
    }
}

fn travel(message: &PairMessage) -> PairMessage {
    PairMessage::parse(&message.encode()).unwrap()
}

fn drain(machine: &mut Pairing) -> Vec<Effect> {
    std::iter::from_fn(|| machine.poll_effect()).collect()
}

fn device(seed: u8) -> DeviceId {
    DeviceKey::from_seed(&[seed; 32]).id()
}
