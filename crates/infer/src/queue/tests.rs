use proptest::prelude::*;

use super::*;

const OWNER: Asker<u8, u8> = Asker {
    person: 0,
    device: 0,
};

fn limits(slots: usize) -> Limits {
    Limits {
        slots,
        remote_slots: slots,
        requests_per_minute: u32::MAX,
        ..Limits::default()
    }
}

fn shared(limits: Limits, now: Instant) -> Queue<u8, u8> {
    let mut queue = Queue::new(OWNER, limits);
    queue.share(now);
    queue
}

fn request(person: u8, device: u8, number: u64) -> Request<u8, u8> {
    let mut grant = [0; 16];
    grant[0] = device;
    grant[8..].copy_from_slice(&number.to_le_bytes());
    Request {
        from: Asker { person, device },
        number,
        grant: GrantId(grant),
        takes: Duration::from_secs(10),
        tokens: 200,
    }
}

fn ticket(device: u8, number: u64) -> Ticket<u8> {
    Ticket { device, number }
}

fn is_granted(answer: Answer) -> bool {
    matches!(answer, Answer::Granted { .. })
}

fn events(queue: &mut Queue<u8, u8>) -> Vec<Event<u8>> {
    std::iter::from_fn(|| queue.poll_event()).collect()
}

/// Who was granted a slot since last asked.
fn called(queue: &mut Queue<u8, u8>) -> Vec<Ticket<u8>> {
    let granted = |event| match event {
        Event::Granted { ticket, .. } => Some(ticket),
        Event::Expired { .. } | Event::Withdrawn { .. } | Event::Stop { .. } => None,
    };
    events(queue).into_iter().filter_map(granted).collect()
}

#[test]
fn a_free_slot_is_granted_at_once_and_the_next_one_waits_its_turn() {
    let now = Instant::now();
    let mut queue = shared(limits(1), now);
    assert_eq!(
        queue.ask(request(1, 1, 1), now),
        Answer::Granted {
            grant: request(1, 1, 1).grant,
            until: now + Duration::from_secs(10)
        }
    );
    let waits = |ahead, eta| {
        Answer::Waiting(Place {
            ahead,
            eta: Duration::from_secs(eta),
        })
    };
    assert_eq!(queue.ask(request(2, 2, 1), now), waits(0, 10));
    assert_eq!(queue.ask(request(3, 3, 1), now), waits(1, 20));
    assert_eq!(events(&mut queue), []);
    queue.finish(ticket(1, 1), now);
    assert_eq!(called(&mut queue), [ticket(2, 1)]);
    // Asking again tells how the line moved, and nobody stands in it twice.
    assert_eq!(queue.ask(request(3, 3, 1), now), waits(0, 10));
    assert_eq!(queue.shown(now).len(), 2);
}

#[test]
fn the_person_of_this_machine_goes_first() {
    let now = Instant::now();
    let mut queue = shared(limits(1), now);
    queue.ask(request(1, 1, 1), now);
    queue.ask(request(2, 2, 1), now);
    queue.ask(request(0, 0, 1), now);
    queue.ask(request(0, 9, 1), now);
    for next in [ticket(0, 1), ticket(9, 1), ticket(2, 1)] {
        let running = *queue.held.keys().next().unwrap();
        queue.finish(running, now);
        assert_eq!(called(&mut queue), [next]);
    }
}

#[test]
fn one_slot_of_several_is_kept_for_the_person_of_this_machine() {
    let now = Instant::now();
    let mut queue = shared(limits(3), now);
    assert!(is_granted(queue.ask(request(1, 1, 1), now)));
    assert!(is_granted(queue.ask(request(2, 2, 1), now)));
    assert_eq!(queue.load(now).free, 0);
    assert!(!is_granted(queue.ask(request(3, 3, 1), now)));
    assert!(is_granted(queue.ask(request(0, 0, 1), now)));
}

#[test]
fn other_devices_have_a_limit_of_their_own() {
    let now = Instant::now();
    let mut queue = shared(
        Limits {
            remote_slots: 1,
            ..limits(4)
        },
        now,
    );
    // Also the devices of the same person: the machine is busy with what is
    // elsewhere.
    assert!(is_granted(queue.ask(request(0, 9, 1), now)));
    assert!(!is_granted(queue.ask(request(1, 1, 1), now)));
    assert!(!is_granted(queue.ask(request(0, 9, 2), now)));
    for number in 1..=3 {
        assert!(is_granted(queue.ask(request(0, 0, number), now)));
    }
}

#[test]
fn nobody_holds_more_than_half_while_others_wait() {
    let now = Instant::now();
    let mut queue = shared(limits(5), now);
    for number in 1..=6 {
        queue.ask(request(1, 1, number), now);
    }
    // Four may go to others, and nobody else wanted them.
    assert_eq!(queue.held.len(), 4);
    queue.ask(request(2, 2, 1), now);
    queue.ask(request(2, 2, 2), now);
    for number in 1..=2 {
        queue.finish(ticket(1, number), now);
        assert_eq!(called(&mut queue), [ticket(2, number)]);
    }
    queue.finish(ticket(1, 3), now);
    assert_eq!(called(&mut queue), [ticket(1, 5)]);
}

#[test]
fn a_device_has_so_many_requests_in_a_minute() {
    let start = Instant::now();
    let mut queue = shared(
        Limits {
            requests_per_minute: 100,
            ..limits(1)
        },
        start,
    );
    for number in 0..100 {
        queue.ask(request(1, 1, number), start);
        queue.finish(ticket(1, number), start);
    }
    let again = Duration::from_millis(600);
    let refused = Answer::Refused(Refusal::TooMany { again });
    assert_eq!(queue.ask(request(1, 1, 100), start), refused);
    // Another one, and the machine itself, are not concerned.
    assert!(is_granted(queue.ask(request(2, 2, 1), start)));
    queue.finish(ticket(2, 1), start);
    assert!(is_granted(queue.ask(request(0, 0, 1), start)));
    queue.finish(ticket(0, 1), start);
    assert!(is_granted(queue.ask(request(1, 1, 100), start + again)));
}

#[test]
fn a_device_may_have_less_than_everybody() {
    let now = Instant::now();
    let mut queue = shared(limits(8), now);
    let little = Allowance {
        requests_per_minute: 4,
        at_once: 2,
    };
    queue.allow(1, little);
    for number in 0..2 {
        assert!(is_granted(queue.ask(request(1, 1, number), now)));
    }
    let third = queue.ask(request(1, 1, 2), now);
    assert!(matches!(third, Answer::Waiting(_)), "{third:?}");
    // Others go first, those of the same person and those of this one among them.
    assert!(is_granted(queue.ask(request(1, 2, 0), now)));
    assert!(is_granted(queue.ask(request(2, 3, 0), now)));
    queue.allow(4, little);
    for number in 0..3 {
        queue.ask(request(0, 4, number), now);
    }
    assert_eq!(queue.held.len(), 6);
    queue.finish(ticket(2, 0), now);
    assert_eq!(called(&mut queue), []);
    queue.finish(ticket(1, 0), now);
    assert_eq!(called(&mut queue), [ticket(1, 2)]);
    queue.finish(ticket(4, 0), now);
    assert_eq!(called(&mut queue), [ticket(4, 2)]);
    queue.ask(request(1, 1, 3), now);
    let fifth = queue.ask(request(1, 1, 4), now);
    assert!(
        matches!(fifth, Answer::Refused(Refusal::TooMany { .. })),
        "{fifth:?}"
    );
    // Saying the same again opens no new minute.
    queue.allow(1, little);
    let sixth = queue.ask(request(1, 1, 5), now);
    assert!(matches!(sixth, Answer::Refused(_)), "{sixth:?}");
}

#[test]
fn the_line_is_bounded_and_one_person_never_fills_it() {
    let now = Instant::now();
    let mut queue = shared(
        Limits {
            most_waiting: 8,
            ..limits(1)
        },
        now,
    );
    queue.ask(request(1, 1, 0), now);
    for number in 1..=2 {
        assert!(matches!(
            queue.ask(request(1, 1, number), now),
            Answer::Waiting(_)
        ));
    }
    let full = |waiting| Answer::Refused(Refusal::Full { waiting });
    assert_eq!(queue.ask(request(1, 1, 3), now), full(2));
    for person in 2..5 {
        for number in 1..=2 {
            queue.ask(request(person, person, number), now);
        }
    }
    assert_eq!(queue.ask(request(9, 9, 1), now), full(8));
    assert!(matches!(
        queue.ask(request(0, 0, 1), now),
        Answer::Waiting(_)
    ));
}

#[test]
fn a_grant_is_for_one_device_one_use_and_ten_seconds() {
    let now = Instant::now();
    let mut queue = shared(limits(1), now);
    let grant = request(1, 1, 1).grant;
    queue.ask(request(1, 1, 1), now);
    assert_eq!(queue.redeem(grant, 2, now), Err(RedeemError::OfAnother));
    assert_eq!(queue.redeem(grant, 1, now), Ok(ticket(1, 1)));
    assert_eq!(queue.redeem(grant, 1, now), Err(RedeemError::Unknown));
    assert_eq!(
        queue.ask(request(1, 1, 1), now),
        Answer::Refused(Refusal::Running)
    );
    queue.finish(ticket(1, 1), now);

    queue.ask(request(1, 1, 2), now);
    queue.ask(request(2, 2, 1), now);
    let late = queue.poll_timeout().unwrap();
    assert_eq!(late, now + Duration::from_secs(10));
    queue.handle_timeout(late);
    assert_eq!(
        queue.redeem(request(1, 1, 2).grant, 1, late),
        Err(RedeemError::Unknown)
    );
    assert_eq!(
        events(&mut queue),
        [
            Event::Expired {
                ticket: ticket(1, 2)
            },
            Event::Granted {
                ticket: ticket(2, 1),
                grant: request(2, 2, 1).grant,
                until: late + Duration::from_secs(10)
            }
        ]
    );
}

#[test]
fn the_end_of_sharing_sends_everybody_from_elsewhere_away() {
    let now = Instant::now();
    for ending in [Ending::Finish, Ending::Stop] {
        let mut queue = shared(limits(3), now);
        queue.ask(request(1, 1, 1), now);
        queue.redeem(request(1, 1, 1).grant, 1, now).unwrap();
        queue.ask(request(0, 0, 1), now);
        queue.ask(request(2, 2, 1), now);
        queue.ask(request(3, 3, 1), now);
        queue.stop_sharing(ending, now);
        let mut expected = vec![
            Event::Withdrawn {
                ticket: ticket(3, 1),
            },
            Event::Withdrawn {
                ticket: ticket(2, 1),
            },
        ];
        if ending == Ending::Stop {
            expected.push(Event::Stop {
                ticket: ticket(1, 1),
            });
        }
        assert_eq!(events(&mut queue), expected);
        assert_eq!(
            queue.ask(request(2, 2, 2), now),
            Answer::Refused(Refusal::NotShared)
        );
        // My own devices are other devices too.
        assert_eq!(
            queue.ask(request(0, 9, 1), now),
            Answer::Refused(Refusal::NotShared)
        );
        assert!(is_granted(queue.ask(request(0, 0, 2), now)));
        assert_eq!(queue.load(now).free, 0);
    }
}

#[test]
fn a_device_that_is_gone_waits_for_nothing_and_holds_nothing_unused() {
    let now = Instant::now();
    let mut queue = shared(limits(2), now);
    queue.ask(request(1, 1, 1), now);
    queue.ask(request(1, 1, 2), now);
    queue.ask(request(2, 2, 1), now);
    queue.left_the_network(1, now);
    assert_eq!(called(&mut queue), [ticket(2, 1)]);
    assert_eq!(queue.shown(now).len(), 1);
}

#[test]
fn who_takes_more_than_was_thought_pays_while_it_runs() {
    let now = Instant::now();
    let mut queue = shared(limits(5), now);
    for number in 1..=4 {
        queue.ask(request(9, 9, number), now);
    }
    for (person, tokens) in [(1, 300), (2, 600)] {
        for number in 1..=3 {
            let asked = request(person, person, number);
            queue.ask(Request { tokens, ..asked }, now);
        }
    }
    let next = |queue: &mut Queue<u8, u8>, ended, generated| {
        queue.generated(ended, generated);
        queue.finish(ended, now);
        called(queue)
    };
    assert_eq!(next(&mut queue, ticket(9, 1), 1), [ticket(1, 1)]);
    // It has enough left for another, unless this one becomes very long.
    queue.generated(ticket(1, 1), 100_000);
    assert_eq!(next(&mut queue, ticket(9, 2), 1), [ticket(2, 1)]);
    assert_eq!(next(&mut queue, ticket(2, 1), 600), [ticket(2, 2)]);
}

#[derive(Debug, Clone)]
enum Step {
    Ask { person: u8, tokens: u64 },
    AskAgain(prop::sample::Index),
    Redeem(prop::sample::Index),
    Finish(prop::sample::Index),
    Pass(u64),
    Leave(u8),
    Share(bool),
    Slots(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..5u8, 1..2000u64).prop_map(|(person, tokens)| Step::Ask { person, tokens }),
        2 => any::<prop::sample::Index>().prop_map(Step::AskAgain),
        4 => any::<prop::sample::Index>().prop_map(Step::Redeem),
        5 => any::<prop::sample::Index>().prop_map(Step::Finish),
        2 => (0..6000u64).prop_map(Step::Pass),
        1 => (1..5u8).prop_map(Step::Leave),
        1 => any::<bool>().prop_map(Step::Share),
        1 => (1..5usize).prop_map(Step::Slots),
    ]
}

/// What somebody outside knows of their ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Waiting,
    Granted,
    Running,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Every request is known to be in exactly one state, is granted at most
    /// once, and a slot never stays free while somebody may have it.
    #[test]
    fn nothing_is_lost_and_nothing_is_granted_twice(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut now = Instant::now();
        let mut queue = shared(limits(2), now);
        let mut known: BTreeMap<Ticket<u8>, Known> = BTreeMap::new();
        let mut number = 0;
        let pick = |known: &BTreeMap<Ticket<u8>, Known>, index: prop::sample::Index| {
            (!known.is_empty()).then(|| *known.keys().nth(index.index(known.len())).unwrap())
        };
        for step in steps {
            match step {
                Step::Ask { person, tokens } => {
                    number += 1;
                    let asked = Request { tokens, ..request(person, person, number) };
                    let state = match queue.ask(asked, now) {
                        Answer::Granted { .. } => Some(Known::Granted),
                        Answer::Waiting(_) => Some(Known::Waiting),
                        Answer::Refused(_) => None,
                    };
                    if let Some(state) = state {
                        known.insert(ticket(person, number), state);
                    }
                }
                Step::AskAgain(index) => if let Some(asked) = pick(&known, index) {
                    // It may have expired just now, which comes as an event.
                    let answer = queue.ask(request(asked.device, asked.device, asked.number), now);
                    let said = match answer {
                        Answer::Granted { .. } => Known::Granted,
                        Answer::Waiting(_) => Known::Waiting,
                        Answer::Refused(_) => Known::Running,
                    };
                    prop_assert_eq!(said, known[&asked]);
                },
                Step::Redeem(index) => if let Some(asked) = pick(&known, index) {
                    let grant = request(asked.device, asked.device, asked.number).grant;
                    let redeemed = queue.redeem(grant, asked.device, now).is_ok();
                    prop_assert_eq!(redeemed, known[&asked] == Known::Granted);
                    if redeemed {
                        known.insert(asked, Known::Running);
                    }
                },
                Step::Finish(index) => if let Some(asked) = pick(&known, index) {
                    queue.generated(asked, asked.number * 37 % 900);
                    queue.finish(asked, now);
                    known.remove(&asked);
                },
                Step::Pass(millis) => {
                    now += Duration::from_millis(millis);
                    queue.handle_timeout(now);
                }
                Step::Leave(device) => {
                    queue.left_the_network(device, now);
                    known.retain(|ticket, state| {
                        ticket.device != device || *state == Known::Running
                    });
                }
                Step::Share(true) => queue.share(now),
                Step::Share(false) => queue.stop_sharing(Ending::Finish, now),
                Step::Slots(slots) => queue.set_limits(limits(slots), now),
            }
            for event in events(&mut queue) {
                match event {
                    Event::Granted { ticket, .. } => {
                        let before = known.insert(ticket, Known::Granted);
                        prop_assert_eq!(before, Some(Known::Waiting));
                    }
                    Event::Expired { ticket } => {
                        prop_assert_eq!(known.remove(&ticket), Some(Known::Granted));
                    }
                    Event::Withdrawn { ticket } => {
                        prop_assert!(ticket.device != OWNER.device);
                        prop_assert!(known.remove(&ticket).is_some_and(|was| was != Known::Running));
                    }
                    Event::Stop { .. } => prop_assert!(false, "nobody wanted that"),
                }
            }
            let shown: BTreeMap<_, _> = queue
                .shown(now)
                .iter()
                .map(|line| {
                    let state = match line.state {
                        Shows::Running { .. } => Known::Running,
                        Shows::Granted { .. } => Known::Granted,
                        Shows::Waiting(_) => Known::Waiting,
                    };
                    (ticket(line.from.device, line.number), state)
                })
                .collect();
            prop_assert_eq!(&shown, &known);
            let by_others = queue.held_by_others();
            let waits = |own: bool| queue.waiting.values().any(|waits| (waits.person == 0) == own);
            if queue.held.len() < queue.limits.slots {
                prop_assert!(!waits(true));
                prop_assert!(!waits(false) || by_others >= queue.slots_for_others());
            }
        }
    }

    /// Of persons who always wait, nobody is served more than a quantum and an
    /// answer of each ahead, however long their answers are.
    #[test]
    fn tokens_go_round_between_persons(
        lengths in prop::collection::vec((1..800u64, 1..800u64, 1..800u64), 40..80),
        thought in 1..800u64,
    ) {
        let now = Instant::now();
        let mut queue = shared(Limits { most_waiting: 100, ..limits(1) }, now);
        let mut next = [0usize; 4];
        let mut served = [0u64; 4];
        let mut ask = |queue: &mut Queue<u8, u8>, person: u8| {
            next[usize::from(person)] += 1;
            let number = next[usize::from(person)] as u64;
            queue.ask(Request { tokens: thought, ..request(person, person, number) }, now);
        };
        // Somebody is served before anybody waits; that is held against nobody.
        queue.ask(request(9, 9, 1), now);
        for person in 1..=3 {
            for _ in 0..3 {
                ask(&mut queue, person);
            }
        }
        queue.finish(ticket(9, 1), now);
        for (turn, length) in lengths.iter().enumerate() {
            let held = *queue.held.keys().next().unwrap();
            let tokens = match held.device {
                1 => length.0,
                2 => length.1,
                _ => length.2,
            };
            queue.generated(held, tokens);
            queue.finish(held, now);
            served[usize::from(held.device)] += tokens;
            ask(&mut queue, held.device);
            if turn > 8 {
                let most = served[1..].iter().max().unwrap();
                let least = served[1..].iter().min().unwrap();
                let bound = accounts::QUANTUM as u64 + 2 * 800;
                prop_assert!(most - least <= bound, "{served:?}");
            }
        }
    }

    /// Whoever waits is served after a number of others that does not depend on
    /// how much they ask for.
    #[test]
    fn nobody_waits_for_ever(greedy in 1..12u64, tokens in 1..3000u64) {
        let now = Instant::now();
        let mut queue = shared(limits(1), now);
        for number in 0..greedy {
            queue.ask(Request { tokens, ..request(1, 1, number) }, now);
        }
        queue.ask(Request { tokens: 3000, ..request(2, 2, 0) }, now);
        let most = 3 + 4 * accounts::QUANTUM as u64 / tokens.min(512);
        for number in greedy.. {
            prop_assert!(number < greedy + most, "waits still");
            let held = *queue.held.keys().next().unwrap();
            if held.device == 2 {
                break;
            }
            queue.generated(held, tokens);
            queue.finish(held, now);
            queue.ask(Request { tokens, ..request(1, 1, number) }, now);
        }
    }

    #[test]
    fn no_minute_has_more_than_the_fence_allows(
        per_minute in 1..200u32,
        gaps in prop::collection::vec(0..2000u64, 1..400),
    ) {
        let start = Instant::now();
        let mut now = start;
        let mut fence = Fence::new(per_minute, start);
        let mut passed = 0;
        for gap in gaps {
            now += Duration::from_millis(gap);
            passed += u32::from(fence.pass(now).is_ok());
            let minutes = now.duration_since(start).as_secs_f64() / 60.0;
            prop_assert!(f64::from(passed) <= f64::from(per_minute) * (1.0 + minutes) + 1.0);
        }
    }
}
