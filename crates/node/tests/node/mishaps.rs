//! What goes wrong while one machine answers another. Each ends in exactly one
//! way, and the machine is asked again afterwards.

use node::{
    config::RawValue,
    models::{Answering, Ended, Piece},
    router::{
        Carry, Where,
        why::{FailureReason, Problem, Refused, Tried},
    },
    store::Relation,
};
use testkit::scripted::{Answer, Server, Step};

use crate::{
    machine::{Machine, pair},
    models::{Heard, ask, ask_for, furnished, hear, hear_until, id, knows, machine, server},
    place::{until, within},
};

/// Who asks, and who answers with the models of that server.
async fn two(server: &Server) -> (Machine, Machine) {
    let udp = testkit::free_udp_port();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(server), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    (anna, bert)
}

/// Two who ask, and one that answers one question at a time.
async fn three(server: &Server) -> [Machine; 3] {
    let (anna, bert) = two(server).await;
    let udp = anna.handle().config().network.udp_port.get();
    let carl = machine("carl", udp, None, false).await;
    pair(&carl, &bert, Relation::Mine).await;
    knows(&carl, &bert, true).await;
    [anna, bert, carl]
}

async fn stop(machines: impl IntoIterator<Item = Machine>) {
    for machine in machines {
        machine.node.stop().await;
    }
}

async fn put(machine: &Machine) -> Heard {
    within(hear(ask(machine, Where::Auto).await)).await
}

/// Where it was tried in vain, when nobody was left.
fn tried(heard: &Heard) -> Vec<Tried> {
    let Ended::Nobody(failure) = &heard.ended else {
        panic!("{:?}", heard.ended)
    };
    assert_eq!(failure.reason, FailureReason::NobodyLeft);
    failure.why.tried.clone()
}

/// What the server of the only machine that was tried did.
fn of_server(tried: &[Tried], machine: &Machine) -> String {
    let [Tried { device, problem }] = tried else {
        panic!("{tried:?}")
    };
    assert_eq!(*device, id(machine));
    let Problem::Backend { message } = problem else {
        panic!("{problem:?}")
    };
    message.clone()
}

fn is_whole(heard: &Heard) -> bool {
    matches!(heard.ended, Ended::Complete { .. })
}

fn offers_models(asking: &Machine, other: &Machine) -> bool {
    let view = asking.handle().models().view();
    let offer = view.offers.get(&id(other));
    offer.is_some_and(|offer| !offer.models.is_empty())
}

/// Waits until it stands in line, first and there only.
async fn stands_in_line(answering: &mut Answering, machine: &Machine) {
    loop {
        match within(answering.next()).await.unwrap() {
            Piece::Waits(lines) if lines.is_empty() => {}
            Piece::Waits(lines) => {
                let lines: Vec<_> = lines.iter().map(|line| (line.device, line.ahead)).collect();
                return assert_eq!(lines, [(id(machine), 0)]);
            }
            other @ (Piece::Begins { .. } | Piece::Event(_) | Piece::Ended(_)) => {
                panic!("{other:?}")
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_restarts_in_mid_answer_breaks_that_answer_only() {
    let server = server();
    let address = server.address();
    let hand = server.by_hand();
    let (anna, bert) = two(&server).await;
    let mut answering = ask(&anna, Where::Auto).await;
    within(hand.asked()).await;
    hand.say("It was a dark").await;
    within(hear_until(&mut answering, "dark")).await;
    drop(server);
    let heard = within(hear(answering)).await;
    let message = of_server(&tried(&heard), &bert);
    assert!(message.starts_with("the answer broke off: "), "{message}");
    until(&anna.handle(), |_| !offers_models(&anna, &bert)).await;

    let server = furnished(Server::at(address));
    knows(&anna, &bert, true).await;
    server.answer(Answer::says("It is back."));
    let heard = put(&anna).await;
    assert_eq!(heard.text, "It is back.");
    assert_eq!(heard.from, [id(&bert)]);
    assert!(is_whole(&heard));
    stop([anna, bert]).await;
}

/// What is no answer, however it begins.
fn nonsense() -> Vec<(&'static str, Vec<Step>)> {
    let endless = vec![b'x'; 1024 * 1024];
    vec![
        ("half a document", vec![Step::raw("{\"message\":\n")]),
        (
            "another type",
            vec![Step::raw("{\"message\":{\"content\":7},\"done\":false}\n")],
        ),
        (
            "a word for a truth",
            vec![Step::raw(
                "{\"message\":{\"content\":\"Hi\"},\"done\":\"soon\"}\n",
            )],
        ),
        ("nothing said", vec![Step::raw("{}\n")]),
        ("a page", vec![Step::raw("<html>Sign in</html>\n")]),
        (
            "no UTF-8",
            vec![Step::raw(
                b"{\"message\":{\"content\":\"\xff\xfe\"},\"done\":false}\n",
            )],
        ),
        ("no end of a line", vec![Step::raw(&endless); 9]),
    ]
}

#[tokio::test]
async fn nonsense_of_a_server_is_named_and_shown_to_nobody() {
    let server = server();
    let (anna, bert) = two(&server).await;
    for (what, steps) in nonsense() {
        for said in ["", "Hel"] {
            let before = (!said.is_empty()).then(|| Step::text(said));
            server.answer(Answer::does(before.into_iter().chain(steps.clone())));
            let heard = put(&anna).await;
            assert_eq!(heard.text, said, "{what}");
            let message = of_server(&tried(&heard), &bert);
            assert!(message.starts_with("it answers nonsense: "), "{message}");
            // One bad answer is no reason to leave it alone.
            server.answer(Answer::says("Well."));
            let heard = put(&anna).await;
            assert_eq!((heard.text.as_str(), is_whole(&heard)), ("Well.", true));
        }
    }
    stop([anna, bert]).await;
}

#[tokio::test]
async fn a_page_instead_of_an_answer_is_no_answer() {
    let server = server();
    let (anna, bert) = two(&server).await;
    server.answer(Answer::refuses(200, "<html>Sign in</html>"));
    let heard = put(&anna).await;
    assert_eq!(heard.text, "");
    let message = of_server(&tried(&heard), &bert);
    assert!(message.starts_with("it answers nonsense: "), "{message}");
    stop([anna, bert]).await;
}

#[tokio::test]
async fn an_answer_that_turns_into_nonsense_is_finished_elsewhere() {
    let (first, second) = (server(), server());
    let (anna, bert) = two(&first).await;
    let udp = anna.handle().config().network.udp_port.get();
    let carl = machine("carl", udp, Some(&second), true).await;
    pair(&anna, &carl, Relation::Mine).await;
    knows(&anna, &carl, true).await;
    let hands = [first.by_hand(), second.by_hand()];
    let mut answering = ask(&anna, Where::Auto).await;
    let first_asked = async {
        tokio::select! {
            _ = hands[0].asked() => (0, 1),
            _ = hands[1].asked() => (1, 0),
        }
    };
    let (breaks, other) = within(first_asked).await;
    hands[breaks].say("It was a dark and stor").await;
    within(hear_until(&mut answering, "stor")).await;
    hands[breaks].does(Step::raw("{\"message\":\n")).await;
    let asked = within(hands[other].asked()).await;
    let last = asked["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["content"], "It was a dark and");
    hands[other].say(" stormy night.").await;
    hands[other].done().await;
    let heard = within(hear(answering)).await;
    let machines = [&bert, &carl];
    assert_eq!(heard.from, [id(machines[other])]);
    assert_eq!(heard.carries, [Carry::Continue]);
    assert_eq!(heard.text, "stormy night.");
    let Ended::Complete { why, .. } = &heard.ended else {
        panic!("{:?}", heard.ended)
    };
    let message = of_server(&why.tried, machines[breaks]);
    assert!(message.starts_with("it answers nonsense: "), "{message}");
    stop([anna, bert, carl]).await;
}

#[tokio::test]
async fn of_two_that_want_one_slot_one_is_answered_and_the_other_after_it() {
    let server = server();
    let hands = [server.by_hand(), server.by_hand()];
    let machines = three(&server).await;
    let [anna, bert, carl] = &machines;
    let (of_anna, of_carl) = tokio::join!(
        ask_for(anna, Where::Auto, "Anna asks."),
        ask_for(carl, Where::Auto, "Carl asks.")
    );
    let first = within(hands[0].asked()).await["messages"][0]["content"].clone();
    let (won, mut lost, second) = if first == "Anna asks." {
        (of_anna, of_carl, "Carl asks.")
    } else {
        assert_eq!(first, "Carl asks.");
        (of_carl, of_anna, "Anna asks.")
    };
    stands_in_line(&mut lost, bert).await;
    assert_eq!(server.counts().running, 1);
    hands[0].say("You were first.").await;
    hands[0].done().await;
    let heard = within(hear(won)).await;
    assert_eq!(heard.text, "You were first.");
    assert!(is_whole(&heard));
    let asked = within(hands[1].asked()).await;
    assert_eq!(asked["messages"][0]["content"], second);
    hands[1].say("Now you.").await;
    hands[1].done().await;
    let heard = within(hear(lost)).await;
    assert_eq!(heard.text, "Now you.");
    assert_eq!(heard.from, [id(bert)]);
    assert!(is_whole(&heard));
    assert_eq!(server.asked_at("/api/chat").len(), 2);
    assert_eq!(server.counts().most_running, 1);
    stop(machines).await;
}

/// One answer runs and one waits when the owner shares no more.
async fn shares_no_more(stop_at_once: bool) -> ([Heard; 2], [Machine; 3]) {
    let server = server();
    let hand = server.by_hand();
    let machines = three(&server).await;
    let [anna, bert, carl] = &machines;
    let mut runs = ask(anna, Where::Auto).await;
    within(hand.asked()).await;
    hand.say("It was a dark").await;
    within(hear_until(&mut runs, "dark")).await;
    let mut waits = ask(carl, Where::Auto).await;
    stands_in_line(&mut waits, bert).await;
    let set = async |key, value| bert.handle().set_setting(key, RawValue::Bool(value)).await;
    set("sharing.stop_at_once", stop_at_once).await.unwrap();
    set("sharing.on", false).await.unwrap();
    let waited = within(hear(waits)).await;
    for other in [anna, carl] {
        until(&other.handle(), |_| !offers_models(other, bert)).await;
    }
    if stop_at_once {
        within(hand.gone()).await;
    } else {
        assert!(!hand.is_gone());
        hand.say(" night.").await;
        hand.done().await;
    }
    let ran = within(hear(runs)).await;
    assert_eq!(server.asked_at("/api/chat").len(), 1);
    ([ran, waited], machines)
}

#[tokio::test]
async fn what_runs_is_finished_and_what_waits_is_refused_when_sharing_ends() {
    let ([ran, waited], machines) = shares_no_more(false).await;
    assert_eq!(ran.text, " night.");
    assert!(is_whole(&ran), "{:?}", ran.ended);
    let refused = Problem::Refused {
        refused: Refused::NotShared,
    };
    assert_eq!(waited.text, "");
    let of_bert = |problem| Tried {
        device: id(&machines[1]),
        problem,
    };
    assert_eq!(tried(&waited), [of_bert(refused)]);
    stop(machines).await;
}

#[tokio::test]
async fn what_runs_is_stopped_where_the_owner_wants_that() {
    let ([ran, waited], machines) = shares_no_more(true).await;
    let of_bert = |problem| Tried {
        device: id(&machines[1]),
        problem,
    };
    assert_eq!(ran.text, "");
    assert_eq!(tried(&ran), [of_bert(Problem::Stopped)]);
    let refused = Problem::Refused {
        refused: Refused::NotShared,
    };
    assert_eq!(tried(&waited), [of_bert(refused)]);
    stop(machines).await;
}
