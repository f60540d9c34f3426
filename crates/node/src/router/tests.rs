use std::collections::BTreeSet;

use infer::queue::{Answer, Asker, Event, Limits, Load, Queue, Request, Ticket};
use proptest::prelude::*;
use wire::DeviceKey;

use super::{
    speed::{DeviceClass, Speed},
    why::{Candidate, Dropped, Fate, ModelRule, Tried},
    *,
};

const GB: u64 = 1_000_000_000;

fn device(number: u8) -> DeviceId {
    DeviceKey::from_seed(&[number; 32]).id()
}

fn here() -> DeviceId {
    device(1)
}

fn model(name: &str) -> ModelName {
    name.parse().unwrap()
}

/// A model of eight billion weights that writes so many tokens in a second.
fn offered(name: &str, decode: f64) -> Offered {
    Offered {
        name: model(name),
        digest: None,
        bytes: 5 * GB,
        parameters: Some(8_000_000_000),
        context: 8000,
        chats: true,
        able: Able::default(),
        resident: true,
        continues: true,
        leaves_lan: false,
        speed: Some(Speed {
            prefill: 1000.0,
            decode,
            load: Duration::from_secs(5),
        }),
    }
}

fn offers(models: Vec<Offered>) -> Capability {
    Capability {
        class: DeviceClass::Graphics,
        models,
        load: Load {
            slots: 1,
            free: 1,
            waiting: 0,
            eta: Duration::ZERO,
        },
        on_battery: false,
        owner_busy: false,
        permitted: true,
    }
}

fn wish() -> Wish {
    Wish {
        model: Some(model("usual:8b")),
        place: Where::Auto,
        conversation: None,
        prompt_tokens: 100,
        expected_tokens: Some(300),
        most_tokens: None,
        shows: false,
        may_leave_lan: false,
    }
}

/// Machines with these numbers that write so many tokens in a second.
fn router(speeds: &[(u8, f64)], now: Instant) -> Router {
    let mut router = Router::new(here(), Settings::default(), 7);
    for (number, decode) in speeds {
        let capability = offers(vec![offered("usual:8b", *decode)]);
        router.offers(device(*number), capability, now);
    }
    router
}

fn effects(router: &mut Router) -> Vec<Effect> {
    std::iter::from_fn(|| router.poll_effect()).collect()
}

/// The only thing to do is to ask somebody. Who, and under which number.
fn asks(router: &mut Router) -> (DeviceId, u64) {
    match effects(router).as_slice() {
        [Effect::Ask { device, number, .. }] => (*device, *number),
        other => panic!("{other:?}"),
    }
}

fn opens(effects: &[Effect]) -> Option<(DeviceId, Carry)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open { device, carry, .. } => Some((*device, *carry)),
        Effect::Ask { .. }
        | Effect::Withdraw { .. }
        | Effect::Close { .. }
        | Effect::Waits { .. }
        | Effect::Failed { .. } => None,
    })
}

fn failure(effects: &[Effect]) -> Option<Failure> {
    effects.iter().find_map(|effect| match effect {
        Effect::Failed { failure, .. } => Some(failure.clone()),
        Effect::Ask { .. }
        | Effect::Withdraw { .. }
        | Effect::Open { .. }
        | Effect::Close { .. }
        | Effect::Waits { .. } => None,
    })
}

const GRANT: Admission = Admission::Granted(GrantId([1; 16]));

fn busy(seconds: u64) -> Admission {
    Admission::Busy {
        ahead: 1,
        eta: Duration::from_secs(seconds),
    }
}

fn dropped(why: &Why) -> Vec<(DeviceId, Dropped)> {
    let of = |candidate: &Candidate| match &candidate.fate {
        Fate::Dropped { reason } => Some((candidate.device, reason.clone())),
        Fate::Scored { .. } => None,
    };
    why.candidates.iter().filter_map(of).collect()
}

/// Asks the first machine, which grants, and says so many words.
fn answering(router: &mut Router, wish: Wish, now: Instant) -> (RequestId, DeviceId) {
    let request = router.submit(wish, now);
    let (device, number) = asks(router);
    router.answered(device, number, GRANT, now);
    assert_eq!(opens(&effects(router)), Some((device, Carry::Nothing)));
    router.frame(request, device, true, now);
    (request, device)
}

#[test]
fn the_one_that_is_done_first_is_asked_and_the_reason_is_data() {
    let now = Instant::now();
    let mut router = router(&[(2, 30.0), (3, 100.0), (4, 50.0)], now);
    let request = router.submit(wish(), now);
    assert_eq!(asks(&mut router).0, device(3));
    let why = router.why(request).unwrap();
    assert_eq!(why.rule, Some(ModelRule::Named));
    let order: Vec<DeviceId> = why.candidates.iter().map(|one| one.device).collect();
    assert_eq!(order, [device(3), device(4), device(2)]);
    let json = serde_json::to_value(why).unwrap();
    assert_eq!(
        json["candidates"][0]["estimate"],
        serde_json::json!({"total": 3100, "wait": 0, "load": 0, "prefill": 100, "decode": 3000})
    );
    assert_eq!(serde_json::from_value::<Why>(json).unwrap(), *why);
}

#[test]
fn loading_and_waiting_count() {
    let now = Instant::now();
    let mut router = router(&[(2, 40.0)], now);
    let mut cold = offers(vec![offered("usual:8b", 100.0)]);
    cold.models[0].resident = false;
    router.offers(device(3), cold, now);
    let mut waits = offers(vec![offered("usual:8b", 100.0)]);
    waits.load.free = 0;
    waits.load.eta = Duration::from_secs(20);
    router.offers(device(4), waits, now);
    let request = router.submit(wish(), now);
    assert_eq!(asks(&mut router).0, device(2));
    let why = router.why(request).unwrap();
    let order: Vec<DeviceId> = why.candidates.iter().map(|one| one.device).collect();
    assert_eq!(order, [device(2), device(3), device(4)]);
    // A wait that was heard of gets shorter by itself.
    router.cancel(request);
    effects(&mut router);
    router.submit(wish(), now + Duration::from_secs(19));
    assert_eq!(asks(&mut router).0, device(4));
}

#[test]
fn a_long_answer_that_is_only_guessed_keeps_no_machine_out() {
    let now = Instant::now();
    let mut router = router(&[], now);
    let mut small = offers(vec![offered("usual:8b", 50.0)]);
    small.models[0].context = 400;
    router.offers(device(2), small, now);
    let long = Wish {
        expected_tokens: Some(5000),
        ..wish()
    };
    router.submit(long, now);
    assert_eq!(asks(&mut router).0, device(2));
}

#[test]
fn who_does_not_come_into_question_is_dropped_with_the_reason() {
    let now = Instant::now();
    let mut router = router(&[], now);
    let mut all = Vec::new();
    let mut add = |number: u8, reason: Dropped, change: fn(&mut Capability)| {
        let mut capability = offers(vec![offered("usual:8b", 50.0)]);
        change(&mut capability);
        router.offers(device(number), capability, now);
        all.push((device(number), reason));
    };
    add(2, Dropped::NotPermitted, |it| it.permitted = false);
    add(3, Dropped::OnBattery, |it| it.on_battery = true);
    add(4, Dropped::OwnerBusy, |it| it.owner_busy = true);
    add(5, Dropped::NotShared, |it| it.load.slots = 0);
    add(6, Dropped::NoModel, |it| it.models.clear());
    add(7, Dropped::LeavesLan, |it| it.models[0].leaves_lan = true);
    let small = Dropped::ContextTooSmall {
        holds: 399,
        needs: 400,
    };
    add(8, small, |it| it.models[0].context = 399);
    router.submit(wish(), now);
    let failure = failure(&effects(&mut router)).unwrap();
    assert_eq!(failure.reason, FailureReason::NobodyLeft);
    let told: BTreeSet<String> = dropped(&failure.why)
        .iter()
        .map(|one| format!("{one:?}"))
        .collect();
    assert_eq!(told, all.iter().map(|one| format!("{one:?}")).collect());

    // Battery and a busy owner are no reason on the machine one sits at.
    let mut own = offers(vec![offered("usual:8b", 50.0)]);
    own.on_battery = true;
    own.owner_busy = true;
    router.offers(here(), own, now);
    router.submit(wish(), now);
    assert_eq!(asks(&mut router).0, here());
}

#[test]
fn a_private_machine_asks_nobody_and_a_chosen_place_is_the_only_one() {
    let now = Instant::now();
    let mut router = router(&[(1, 10.0), (2, 100.0), (3, 90.0)], now);
    let on = |place| Wish { place, ..wish() };
    router.submit(on(Where::On(device(3))), now);
    assert_eq!(asks(&mut router).0, device(3));
    router.submit(on(Where::Here), now);
    assert_eq!(asks(&mut router).0, here());
    let private = Settings {
        private: true,
        ..Settings::default()
    };
    router.set_settings(private, now);
    effects(&mut router);
    let request = router.submit(wish(), now);
    assert_eq!(asks(&mut router).0, here());
    let reasons = dropped(router.why(request).unwrap());
    assert_eq!(
        reasons
            .iter()
            .filter(|(_, why)| *why == Dropped::Private)
            .count(),
        2
    );
}

#[test]
fn this_machine_goes_first_where_that_is_preferred() {
    let now = Instant::now();
    let mut router = router(&[(1, 10.0), (2, 100.0)], now);
    let settings = Settings {
        prefer_here: true,
        ..Settings::default()
    };
    router.set_settings(settings, now);
    router.submit(wish(), now);
    let (first, number) = asks(&mut router);
    assert_eq!(first, here());
    // It has no slot: the other is asked, and answers.
    router.answered(first, number, busy(20), now);
    assert_eq!(asks(&mut router).0, device(2));
}

#[test]
fn among_equals_the_conversation_stays_then_this_machine_is_taken() {
    let now = Instant::now();
    let mut router = router(&[(1, 50.0), (2, 50.0), (3, 52.0)], now);
    let talk = Wish {
        conversation: Some(Conversation([9; 16])),
        ..wish()
    };
    let (request, local) = answering(&mut router, talk.clone(), now);
    assert_eq!(local, here());
    router.finished(request, local, 300, now);

    let elsewhere = Wish {
        place: Where::On(device(2)),
        ..talk.clone()
    };
    let (request, other) = answering(&mut router, elsewhere, now);
    router.finished(request, other, 300, now);
    let request = router.submit(talk, now);
    assert_eq!(asks(&mut router).0, device(2));
    let cached = &router.why(request).unwrap().candidates[0];
    assert!(matches!(
        cached.fate,
        Fate::Scored { holds_cache: true, estimate, .. } if estimate.prefill == 0
    ));
}

#[test]
fn a_picture_goes_to_a_model_that_sees() {
    let now = Instant::now();
    let mut router = router(&[(2, 90.0)], now);
    let mut seeing = offered("seeing:8b", 20.0);
    seeing.able.sees = true;
    router.offers(
        device(3),
        offers(vec![offered("usual:8b", 80.0), seeing]),
        now,
    );
    let picture = Wish {
        model: None,
        shows: true,
        ..wish()
    };
    let request = router.submit(picture.clone(), now);
    assert_eq!(asks(&mut router).0, device(3));
    let why = router.why(request).unwrap();
    assert_eq!(why.model, Some(model("seeing:8b")));
    router.cancel(request);
    effects(&mut router);
    // Whoever names a model that sees nothing hears why it cannot be.
    let named = Wish {
        model: Some(model("usual:8b")),
        ..picture
    };
    router.submit(named, now);
    let failure = failure(&effects(&mut router)).unwrap();
    let dropped = |candidate: &Candidate| {
        matches!(
            candidate.fate,
            Fate::Dropped {
                reason: Dropped::CannotSee
            }
        )
    };
    assert!(failure.why.candidates.iter().all(dropped), "{failure:?}");
}

#[test]
fn chance_decides_among_strangers_that_are_as_good() {
    let now = Instant::now();
    let mut asked = BTreeSet::new();
    let mut router = router(&[(2, 50.0), (3, 52.0), (4, 48.0), (5, 40.0)], now);
    for _ in 0..100 {
        let request = router.submit(wish(), now);
        asked.insert(asks(&mut router).0);
        router.cancel(request);
        effects(&mut router);
    }
    assert_eq!(asked, [2, 3, 4].map(device).into());
}

#[test]
fn one_model_under_two_names_is_one() {
    let now = Instant::now();
    let mut router = Router::new(here(), Settings::default(), 7);
    let digest = |byte: &str| Some(byte.repeat(32).parse().unwrap());
    let mut named = offered("usual:8b", 10.0);
    named.digest = digest("ab");
    let mut renamed = offered("mine/assistant", 100.0);
    renamed.digest = digest("ab");
    let mut other = offered("mine/other", 200.0);
    other.digest = digest("cd");
    router.offers(device(2), offers(vec![named]), now);
    router.offers(device(3), offers(vec![other, renamed]), now);
    router.submit(wish(), now);
    match effects(&mut router).as_slice() {
        [
            Effect::Ask {
                device: asked,
                model: name,
                ..
            },
        ] => {
            assert_eq!((*asked, name), (device(3), &model("mine/assistant")));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn auto_takes_the_largest_that_is_comfortable() {
    let now = Instant::now();
    let auto = Wish {
        model: None,
        ..wish()
    };
    let of = |name: &str, billions: u64, decode: f64| Offered {
        parameters: Some(billions * 1_000_000_000),
        ..offered(name, decode)
    };
    let mut embeds = of("embeds", 900, 100.0);
    embeds.chats = false;
    let mut leaves = of("leaves", 800, 100.0);
    leaves.leaves_lan = true;
    let mut router = Router::new(here(), Settings::default(), 7);
    let models = vec![of("slow", 70, 3.0), of("large", 30, 20.0), embeds, leaves];
    router.offers(device(2), offers(models), now);
    router.offers(device(3), offers(vec![of("small", 3, 100.0)]), now);
    let taken = |router: &mut Router| {
        let request = router.submit(auto.clone(), now);
        let why = router.why(request).unwrap();
        (why.model.clone().unwrap().to_string(), why.rule.unwrap())
    };
    let largest = ("large".to_owned(), ModelRule::LargestComfortable);
    assert_eq!(taken(&mut router), largest);

    // Nobody waits a minute for a better model.
    let mut waits = offers(vec![of("large", 30, 20.0)]);
    waits.load.free = 0;
    waits.load.eta = Duration::from_secs(60);
    router.offers(device(2), waits, now);
    assert_eq!(taken(&mut router).0, "small");

    let settings = Settings {
        default_model: Some(model("small")),
        ..Settings::default()
    };
    router.set_settings(settings, now);
    assert_eq!(taken(&mut router), ("small".to_owned(), ModelRule::Default));

    router.offers(device(3), offers(vec![of("slow", 70, 3.0)]), now);
    router.is_gone(device(2), now);
    assert_eq!(taken(&mut router), ("slow".to_owned(), ModelRule::Soonest));
}

#[test]
fn a_busy_machine_is_compared_anew_and_whoever_calls_first_is_taken() {
    let now = Instant::now();
    let mut router = router(&[(2, 100.0), (3, 80.0), (4, 70.0), (5, 1.0)], now);
    let request = router.submit(wish(), now);
    let (first, one) = asks(&mut router);
    assert_eq!(first, device(2));
    router.answered(first, one, busy(2), now);
    let (second, two) = asks(&mut router);
    assert_eq!(second, device(3));
    router.answered(second, two, busy(1), now);
    let (third, three) = asks(&mut router);
    assert_eq!(third, device(4));
    router.answered(third, three, busy(3), now);
    // Three were asked; the slow one is not worth it in any case.
    let lines = match effects(&mut router).as_slice() {
        [Effect::Waits { lines, .. }] => lines.clone(),
        other => panic!("{other:?}"),
    };
    let order: Vec<DeviceId> = lines.iter().map(|line| line.device).collect();
    assert_eq!(order, [device(3), device(2), device(4)]);

    router.answered(third, three, GRANT, now);
    let done = effects(&mut router);
    assert_eq!(opens(&done), Some((device(4), Carry::Nothing)));
    for (device, number) in [(first, one), (second, two)] {
        assert!(done.contains(&Effect::Withdraw { device, number }));
    }
    // A call that crossed the withdrawal is given back.
    router.answered(first, one, GRANT, now);
    let back = Effect::Withdraw {
        device: first,
        number: one,
    };
    assert_eq!(effects(&mut router), [back]);
    assert_eq!(router.why(request).unwrap().chosen, Some(device(4)));
}

#[test]
fn a_machine_that_does_not_say_is_passed_by() {
    let now = Instant::now();
    let mut router = router(&[(2, 100.0), (3, 20.0)], now);
    let request = router.submit(wish(), now);
    let (first, number) = asks(&mut router);
    let late = router.poll_timeout().unwrap();
    assert_eq!(late, now + Duration::from_millis(150));
    router.handle_timeout(late);
    let done = effects(&mut router);
    let withdraw = Effect::Withdraw {
        device: first,
        number,
    };
    assert!(done.contains(&withdraw));
    assert!(matches!(done.last(), Some(Effect::Ask { device: asked, .. }) if *asked == device(3)));
    let tried = Tried {
        device: first,
        problem: Problem::NoAnswer,
    };
    assert_eq!(router.why(request).unwrap().tried, [tried]);
    router.answered(first, number, GRANT, late);
    assert_eq!(effects(&mut router), [withdraw]);
}

#[test]
fn before_the_first_word_another_machine_answers_as_if_nothing_was() {
    let now = Instant::now();
    let mut router = router(&[(2, 100.0), (3, 20.0)], now);
    let request = router.submit(wish(), now);
    let (first, number) = asks(&mut router);
    router.answered(first, number, GRANT, now);
    effects(&mut router);
    router.lost(request, first, Problem::Broken, now);
    let (second, number) = asks(&mut router);
    router.answered(second, number, GRANT, now);
    assert_eq!(
        opens(&effects(&mut router)),
        Some((device(3), Carry::Nothing))
    );
}

#[test]
fn after_it_the_answer_goes_on_or_begins_anew() {
    let now = Instant::now();
    for (continues, carry) in [(true, Carry::Continue), (false, Carry::Restart)] {
        let mut router = router(&[(2, 100.0)], now);
        let mut other = offers(vec![offered("usual:8b", 20.0)]);
        other.models[0].continues = continues;
        router.offers(device(3), other, now);
        let (request, first) = answering(&mut router, wish(), now);
        // Nothing was heard for three seconds.
        let silent = router.poll_timeout().unwrap();
        assert_eq!(silent, now + Duration::from_secs(3));
        router.handle_timeout(silent);
        let done = effects(&mut router);
        let close = Effect::Close {
            request,
            device: first,
        };
        assert_eq!(done.first(), Some(&close));
        let Some(Effect::Ask { device, number, .. }) = done.last() else {
            panic!("{done:?}");
        };
        router.answered(*device, *number, GRANT, silent);
        assert_eq!(opens(&effects(&mut router)), Some((*device, carry)));
    }
}

#[test]
fn a_frame_without_a_word_keeps_a_stream_alive() {
    let now = Instant::now();
    let mut router = router(&[(2, 100.0)], now);
    let (request, first) = answering(&mut router, wish(), now);
    let later = now + Duration::from_secs(2);
    router.frame(request, first, false, later);
    assert_eq!(router.poll_timeout(), Some(later + Duration::from_secs(3)));
    // One from elsewhere does not.
    router.frame(request, device(3), false, later + Duration::from_secs(1));
    assert_eq!(router.poll_timeout(), Some(later + Duration::from_secs(3)));
}

#[test]
fn an_error_names_every_place_that_was_tried() {
    let now = Instant::now();
    let mut router = router(&[(2, 100.0), (3, 50.0), (4, 20.0)], now);
    let request = router.submit(wish(), now);
    let (first, number) = asks(&mut router);
    let refused = Refused::NotPermitted;
    router.answered(first, number, Admission::Refused(refused), now);
    let (second, number) = asks(&mut router);
    router.answered(second, number, GRANT, now);
    effects(&mut router);
    let message = "out of memory".to_owned();
    let problem = Problem::Backend { message };
    router.lost(request, second, problem.clone(), now);
    asks(&mut router);
    router.is_gone(device(4), now);
    let failure = failure(&effects(&mut router)).unwrap();
    let tried = |device, problem| Tried { device, problem };
    assert_eq!(
        failure.why.tried,
        [
            tried(first, Problem::Refused { refused }),
            tried(second, problem)
        ]
    );
    assert_eq!(dropped(&failure.why).len(), 2);
}

#[test]
fn a_machine_that_fails_again_and_again_is_left_alone_and_then_tried_by_one() {
    let mut now = Instant::now();
    let mut router = router(&[(2, 100.0)], now);
    let fails = |router: &mut Router, now| {
        let request = router.submit(wish(), now);
        let (first, number) = asks(router);
        router.answered(first, number, GRANT, now);
        router.lost(request, first, Problem::Broken, now);
        assert!(failure(&effects(router)).is_some());
    };
    for _ in 0..3 {
        fails(&mut router, now);
    }
    router.submit(wish(), now);
    let resting = failure(&effects(&mut router)).unwrap();
    let reason = Dropped::Resting { left: 30_000 };
    assert_eq!(dropped(&resting.why), [(device(2), reason)]);
    now += Duration::from_secs(30);
    let tries = router.submit(wish(), now);
    asks(&mut router);
    router.submit(wish(), now);
    assert!(failure(&effects(&mut router)).is_some());
    // The one that tried changes its mind, and another may.
    router.cancel(tries);
    effects(&mut router);
    router.submit(wish(), now);
    asks(&mut router);
}

#[test]
fn a_full_line_is_asked_again_later_and_nobody_waits_longer_than_anybody() {
    let now = Instant::now();
    let mut router = router(&[(2, 100.0)], now);
    router.submit(wish(), now);
    let (first, number) = asks(&mut router);
    router.answered(first, number, Admission::Refused(Refused::Full), now);
    assert_eq!(effects(&mut router), []);
    let mut later = router.poll_timeout().unwrap();
    assert_eq!(later, now + Duration::from_secs(5));
    loop {
        router.handle_timeout(later);
        let done = effects(&mut router);
        if let Some(failure) = failure(&done) {
            assert_eq!(failure.reason, FailureReason::WaitedTooLong);
            assert_eq!(failure.why.tried.len(), 1);
            break;
        }
        for effect in done {
            if let Effect::Ask { device, number, .. } = effect {
                router.answered(device, number, Admission::Refused(Refused::Full), later);
            }
        }
        later = router.poll_timeout().unwrap();
    }
    assert_eq!(later, now + Duration::from_secs(600));
}

#[test]
fn who_waits_asks_how_the_line_moved_and_notices_that_it_was_forgotten() {
    let now = Instant::now();
    let mut router = router(&[(2, 100.0)], now);
    router.submit(wish(), now);
    let (first, number) = asks(&mut router);
    router.answered(first, number, busy(60), now);
    effects(&mut router);
    for seconds in [5, 10] {
        let at = router.poll_timeout().unwrap();
        assert_eq!(at, now + Duration::from_secs(seconds));
        router.handle_timeout(at);
        let again = effects(&mut router);
        assert!(
            matches!(again.first(), Some(Effect::Ask { number: again, .. }) if *again == number)
        );
    }
    let at = router.poll_timeout().unwrap();
    assert_eq!(at, now + Duration::from_secs(12));
    router.handle_timeout(at);
    assert!(failure(&effects(&mut router)).is_some());
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Submit,
    Carry(prop::sample::Index),
    Lose(prop::sample::Index),
    Speak(prop::sample::Index),
    Finish(prop::sample::Index),
    Break(prop::sample::Index),
    Cancel(prop::sample::Index),
    Die(u8),
    Return(u8),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        4 => Just(Step::Submit),
        12 => index().prop_map(Step::Carry),
        1 => index().prop_map(Step::Lose),
        3 => index().prop_map(Step::Speak),
        3 => index().prop_map(Step::Finish),
        2 => index().prop_map(Step::Break),
        1 => index().prop_map(Step::Cancel),
        1 => (2..5u8).prop_map(Step::Die),
        2 => (2..5u8).prop_map(Step::Return),
        3 => (1..4000u64).prop_map(Step::Pass),
    ]
}

/// Three machines with real queues, and what is on its way to and from them.
struct Net {
    now: Instant,
    router: Router,
    servers: BTreeMap<DeviceId, Queue<u8, DeviceId>>,
    under_way: Vec<Packet>,
    open: BTreeMap<RequestId, (DeviceId, Ticket<DeviceId>)>,
    ended: BTreeMap<RequestId, usize>,
}

#[derive(Debug, Clone)]
enum Packet {
    To(Effect),
    From(DeviceId, u64, Admission),
}

impl Net {
    fn new() -> Self {
        let now = Instant::now();
        let mut net = Self {
            now,
            router: router(&[], now),
            servers: BTreeMap::new(),
            under_way: Vec::new(),
            open: BTreeMap::new(),
            ended: BTreeMap::new(),
        };
        for number in 2..5 {
            net.returns(device(number));
        }
        net
    }

    fn returns(&mut self, device: DeviceId) {
        if self.servers.contains_key(&device) {
            return;
        }
        let here = Asker { person: 1, device };
        let limits = Limits {
            requests_per_minute: 100_000,
            ..Limits::default()
        };
        let mut queue = Queue::new(here, limits);
        queue.share(self.now);
        self.servers.insert(device, queue);
        let capability = offers(vec![offered("usual:8b", 50.0)]);
        self.router.offers(device, capability, self.now);
    }

    fn dies(&mut self, device: DeviceId) {
        self.servers.remove(&device);
        self.under_way.retain(|packet| match packet {
            Packet::From(from, ..) => *from != device,
            Packet::To(_) => true,
        });
        self.router.is_gone(device, self.now);
        let open: Vec<RequestId> = self.open.keys().copied().collect();
        for request in open {
            if self.open[&request].0 == device {
                self.breaks(request);
            }
        }
    }

    fn breaks(&mut self, request: RequestId) {
        if let Some((device, ticket)) = self.open.remove(&request) {
            if let Some(server) = self.servers.get_mut(&device) {
                server.finish(ticket, self.now);
            }
            self.router.lost(request, device, Problem::Broken, self.now);
        }
    }

    fn ends(&mut self, request: RequestId) {
        *self.ended.get_mut(&request).unwrap() += 1;
    }

    /// What the router and the machines have to say goes on its way.
    fn settle(&mut self) {
        for effect in effects(&mut self.router) {
            match effect {
                Effect::Close { request, device } => {
                    // Also what is still being opened.
                    self.under_way.retain(|packet| {
                        !matches!(packet, Packet::To(Effect::Open { request: opens, .. }) if *opens == request)
                    });
                    if let Some((at, ticket)) = self.open.remove(&request) {
                        assert_eq!(at, device);
                        if let Some(server) = self.servers.get_mut(&device) {
                            server.finish(ticket, self.now);
                        }
                    }
                }
                Effect::Failed { request, .. } => self.ends(request),
                Effect::Waits { .. } => {}
                Effect::Ask { .. } | Effect::Withdraw { .. } | Effect::Open { .. } => {
                    self.under_way.push(Packet::To(effect));
                }
            }
        }
        for (device, server) in &mut self.servers {
            server.handle_timeout(self.now);
            while let Some(event) = server.poll_event() {
                if let Event::Granted { ticket, grant, .. } = event {
                    let granted = Admission::Granted(grant);
                    self.under_way
                        .push(Packet::From(*device, ticket.number, granted));
                }
            }
        }
    }

    fn carry(&mut self, packet: Packet) {
        let to = match packet {
            Packet::From(device, number, said) => {
                return self.router.answered(device, number, said, self.now);
            }
            Packet::To(effect) => effect,
        };
        match to {
            Effect::Ask { device, number, .. } => {
                let Some(server) = self.servers.get_mut(&device) else {
                    return;
                };
                let mut grant = [0; 16];
                grant[..8].copy_from_slice(&number.to_le_bytes());
                let asked = Request {
                    from: Asker {
                        person: 2,
                        device: here(),
                    },
                    number,
                    grant: GrantId(grant),
                    takes: Duration::from_secs(5),
                    tokens: 300,
                };
                let said = match server.ask(asked, self.now) {
                    Answer::Granted { grant, .. } => Admission::Granted(grant),
                    Answer::Waiting(place) => Admission::Busy {
                        ahead: place.ahead,
                        eta: place.eta,
                    },
                    Answer::Refused(_) => Admission::Refused(Refused::Full),
                };
                self.under_way.push(Packet::From(device, number, said));
            }
            Effect::Withdraw { device, number } => {
                let ticket = Ticket {
                    device: here(),
                    number,
                };
                if let Some(server) = self.servers.get_mut(&device) {
                    server.finish(ticket, self.now);
                }
            }
            Effect::Open {
                request,
                device,
                grant,
                ..
            } => {
                let server = self.servers.get_mut(&device);
                let redeemed = server.and_then(|it| it.redeem(grant, here(), self.now).ok());
                match redeemed {
                    Some(ticket) if self.router.why(request).is_some() => {
                        let before = self.open.insert(request, (device, ticket));
                        assert_eq!(before, None, "it is open at two places");
                    }
                    // Nobody is there any more to hear it.
                    Some(ticket) => self
                        .servers
                        .get_mut(&device)
                        .unwrap()
                        .finish(ticket, self.now),
                    None => self.router.lost(request, device, Problem::Broken, self.now),
                }
            }
            Effect::Close { .. } | Effect::Waits { .. } | Effect::Failed { .. } => {}
        }
    }

    fn finishes(&mut self, request: RequestId) {
        if let Some((device, ticket)) = self.open.remove(&request) {
            self.servers
                .get_mut(&device)
                .unwrap()
                .finish(ticket, self.now);
            self.router.finished(request, device, 200, self.now);
            self.ends(request);
        }
    }

    fn passes(&mut self, time: Duration) {
        self.now += time;
        self.router.handle_timeout(self.now);
    }

    fn unfinished(&self) -> Vec<RequestId> {
        let ended = self.ended.iter().filter(|(_, times)| **times == 0);
        ended.map(|(request, _)| *request).collect()
    }

    fn takes(&mut self, step: Step) {
        let pick = |index: prop::sample::Index, of: Vec<RequestId>| {
            (!of.is_empty()).then(|| of[index.index(of.len())])
        };
        let open = || self.open.keys().copied().collect();
        match step {
            Step::Submit => {
                let request = self.router.submit(wish(), self.now);
                self.ended.insert(request, 0);
            }
            Step::Carry(index) if !self.under_way.is_empty() => {
                let packet = self.under_way.remove(index.index(self.under_way.len()));
                self.carry(packet);
            }
            // A session loses nothing without breaking, so only answers to
            // renewals and the like may stay away: the machine is too busy.
            Step::Lose(index) if !self.under_way.is_empty() => {
                let place = index.index(self.under_way.len());
                if matches!(self.under_way[place], Packet::To(Effect::Ask { .. })) {
                    self.under_way.remove(place);
                }
            }
            Step::Carry(_) | Step::Lose(_) => {}
            Step::Speak(index) => {
                if let Some(request) = pick(index, open()) {
                    let device = self.open[&request].0;
                    self.router.frame(request, device, true, self.now);
                }
            }
            Step::Finish(index) => {
                if let Some(request) = pick(index, open()) {
                    self.finishes(request);
                }
            }
            Step::Break(index) => {
                if let Some(request) = pick(index, open()) {
                    self.breaks(request);
                }
            }
            Step::Cancel(index) => {
                if let Some(request) = pick(index, self.unfinished()) {
                    self.router.cancel(request);
                    self.ends(request);
                }
            }
            Step::Die(number) => self.dies(device(number)),
            Step::Return(number) => self.returns(device(number)),
            Step::Pass(millis) => self.passes(Duration::from_millis(millis)),
        }
        self.settle();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Machines die, connections break, people change their minds, packets
    /// overtake each other: every request ends exactly once, is open at one
    /// place at most, and in the end no machine holds anything for anybody.
    #[test]
    fn no_request_is_lost_or_answered_twice(steps in prop::collection::vec(step(), 1..150)) {
        let mut net = Net::new();
        for step in steps {
            net.takes(step);
        }
        // From here on everything goes well.
        for _ in 0..400 {
            while let Some(packet) = net.under_way.pop() {
                net.carry(packet);
                net.settle();
            }
            let open: Vec<RequestId> = net.open.keys().copied().collect();
            for request in open {
                net.finishes(request);
            }
            net.passes(Duration::from_secs(2));
            net.settle();
        }
        prop_assert_eq!(net.unfinished(), []);
        prop_assert!(net.ended.values().all(|times| *times == 1), "{:?}", net.ended);
        for server in net.servers.values() {
            prop_assert_eq!(server.shown(net.now), []);
        }
        prop_assert_eq!(net.router.poll_timeout(), None);
    }
}
