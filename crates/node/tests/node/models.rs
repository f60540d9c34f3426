//! Questions that are answered here or by another machine, with real nodes and a
//! scripted server of models.

use infer::{Chat, Event, KeepAlive, Message, ModelName};
use node::{
    config::{Key, RawValue},
    models::{Answering, Answers, Ended, Piece, Question},
    router::{
        Carry, Where,
        why::{Dropped, Fate, Problem},
    },
    store::{Grant, LlmLimits, Permission, Relation, Scope, Term},
};
use testkit::scripted::{Answer, Model, Server};
use wire::DeviceId;

use crate::{
    machine::{Machine, pair},
    place::{Place, until},
};

const MODEL: &str = "tiny:latest";

pub(crate) async fn machine(
    name: &str,
    udp: u16,
    server: Option<&Server>,
    shares: bool,
) -> Machine {
    let nowhere = format!("http://127.0.0.1:{}", testkit::free_tcp_port());
    let address = server.map_or(nowhere, Server::url);
    machine_with(name, udp, &address, shares).await
}

/// One whose Ollama is at that address.
pub(crate) async fn machine_with(name: &str, udp: u16, address: &str, shares: bool) -> Machine {
    let place = Place::new()
        .flag(Key::MachineName, name)
        .flag(Key::ModelsOllamaAddress, address);
    let place = if shares {
        place.config("[sharing]\non = true\n")
    } else {
        place
    };
    Machine::start_at(place, udp).await
}

pub(crate) fn server() -> Server {
    furnished(Server::start())
}

/// With the model of these tests.
pub(crate) fn furnished(server: Server) -> Server {
    server.add(Model::new(MODEL).size(1_000_000, "1M").loaded());
    server
}

pub(crate) fn id(machine: &Machine) -> DeviceId {
    machine.handle().identity().device_id()
}

pub(crate) async fn ask(machine: &Machine, place: Where) -> Answering {
    ask_for(machine, place, "Who is there?").await
}

pub(crate) async fn ask_for(machine: &Machine, place: Where, text: &str) -> Answering {
    let model = ModelName::parse(MODEL).unwrap();
    let question = Question {
        chat: Chat::new(model, vec![Message::user(text)]),
        model: Some(MODEL.parse().unwrap()),
        place,
        conversation: None,
        may_leave_lan: false,
    };
    machine.handle().models().ask(question).await.unwrap()
}

/// What came, and how it ended.
pub(crate) struct Heard {
    pub(crate) text: String,
    pub(crate) from: Vec<DeviceId>,
    pub(crate) carries: Vec<Carry>,
    pub(crate) ended: Ended,
}

pub(crate) async fn hear(mut answering: Answering) -> Heard {
    let (mut text, mut from, mut carries) = (String::new(), Vec::new(), Vec::new());
    loop {
        match answering.next().await.unwrap() {
            Piece::Waits(_) => {}
            Piece::Begins {
                device,
                kept,
                carry,
                ..
            } => {
                text.truncate(kept);
                from.push(device);
                carries.push(carry);
            }
            Piece::Event(Event::Text { text: more }) => text.push_str(&more),
            Piece::Event(_) => {}
            Piece::Ended(ended) => {
                return Heard {
                    text,
                    from,
                    carries,
                    ended,
                };
            }
        }
    }
}

/// Reads until that much is there.
pub(crate) async fn hear_until(answering: &mut Answering, wanted: &str) {
    let mut text = String::new();
    while !text.contains(wanted) {
        if let Piece::Event(Event::Text { text: more }) = answering.next().await.unwrap() {
            text.push_str(&more);
        }
    }
}

/// The asking machine knows what the other offers.
pub(crate) async fn knows(asking: &Machine, other: &Machine, permitted: bool) {
    let device = id(other);
    let mut view = asking.handle().models().watch();
    let known = view.wait_for(|view| {
        let offer = view.offers.get(&device);
        offer.is_some_and(|offer| {
            offer.permitted == permitted && !permitted | !offer.models.is_empty()
        })
    });
    tokio::time::timeout(std::time::Duration::from_secs(20), known)
        .await
        .unwrap()
        .unwrap();
}

async fn has_own(machine: &Machine) {
    let mut view = machine.handle().models().watch();
    let own = |view: &std::sync::Arc<node::models::View>| {
        view.own.as_ref().is_some_and(|own| !own.models.is_empty())
    };
    view.wait_for(own).await.unwrap();
}

#[tokio::test]
async fn a_machine_answers_itself() {
    let server = server();
    server.answer(Answer::says("It is me."));
    let anna = machine("anna", testkit::free_udp_port(), Some(&server), false).await;
    has_own(&anna).await;
    let heard = hear(ask(&anna, Where::Auto).await).await;
    assert_eq!(heard.text, "It is me.");
    assert_eq!(heard.from, [id(&anna)]);
    assert!(
        matches!(heard.ended, Ended::Complete { .. }),
        "{:?}",
        heard.ended
    );
    anna.node.stop().await;
}

#[tokio::test]
async fn a_machine_without_models_is_answered_by_one_that_shares() {
    let udp = testkit::free_udp_port();
    let server = server();
    server.answer(Answer::says("Héllo from the cellar, نیک.").in_pieces_of(3));
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&server), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    let heard = hear(ask(&anna, Where::Auto).await).await;
    assert_eq!(heard.text, "Héllo from the cellar, نیک.");
    assert_eq!(heard.from, [id(&bert)]);
    let Ended::Complete { why, done, .. } = heard.ended else {
        panic!("{:?}", heard.ended)
    };
    assert_eq!(why.chosen, Some(id(&bert)));
    assert!(done.statistics.decode.is_some());
    anna.sees(&bert, |one| one.has_llm).await;
    let line = |handle: &node::Handle| handle.models().view().line.is_empty();
    until(&bert.handle(), line).await;
    let written = done.statistics.decode.unwrap().tokens.into();
    let read = done.statistics.prompt.unwrap().tokens.into();
    let answers = Answers {
        questions: 1,
        tokens_read: read,
        tokens_written: written,
    };
    let with = |handle: &node::Handle, other| {
        let tallies = handle.models().view().tallies.clone();
        tallies.get(&other).copied().unwrap_or_default()
    };
    let (a, b) = (id(&anna), id(&bert));
    until(&anna.handle(), |handle| with(handle, b).asked == answers).await;
    until(&bert.handle(), |handle| with(handle, a).served == answers).await;
    assert_eq!(with(&anna.handle(), b).served, Answers::default());
    assert!(with(&anna.handle(), b).messages_sent > 0);
    assert!(with(&bert.handle(), a).messages_heard > 0);
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn what_is_not_shared_or_not_permitted_is_not_used_and_says_so() {
    let udp = testkit::free_udp_port();
    let server = server();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&server), true).await;
    pair(&anna, &bert, Relation::Other).await;
    knows(&anna, &bert, false).await;
    let heard = hear(ask(&anna, Where::Auto).await).await;
    let Ended::Nobody(failure) = heard.ended else {
        panic!("{:?}", heard.ended)
    };
    let of_bert = |candidate: &&node::router::why::Candidate| candidate.device == id(&bert);
    let fate = &failure.why.candidates.iter().find(of_bert).unwrap().fate;
    assert!(
        matches!(
            fate,
            Fate::Dropped {
                reason: Dropped::NotPermitted
            }
        ),
        "{fate:?}"
    );
    assert_eq!(
        server.asked_at("/api/chat"),
        Vec::<serde_json::Value>::new()
    );

    let grant = Grant::LlmUse(LlmLimits {
        models: Scope::All,
        max_tokens: None,
        requests_per_minute: 10,
        concurrency: 1,
    });
    let neighbours = bert.handle().neighbours().clone();
    neighbours
        .allow(id(&anna), grant, Term::Always)
        .await
        .unwrap();
    knows(&anna, &bert, true).await;
    server.answer(Answer::says("Now."));
    assert_eq!(hear(ask(&anna, Where::Auto).await).await.text, "Now.");
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn how_long_a_model_stays_in_memory_is_for_its_owner_to_say() {
    let udp = testkit::free_udp_port();
    let server = server();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&server), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    let asked_for_ever = async || {
        let model = ModelName::parse(MODEL).unwrap();
        let mut chat = Chat::new(model, vec![Message::user("Who is there?")]);
        chat.keep_alive = Some(KeepAlive::Forever);
        let question = Question {
            chat,
            model: Some(MODEL.parse().unwrap()),
            place: Where::Auto,
            conversation: None,
            may_leave_lan: false,
        };
        let answering = anna.handle().models().ask(question).await.unwrap();
        hear(answering).await;
        server.asked_at("/api/chat").pop().unwrap()["keep_alive"].clone()
    };
    assert_eq!(asked_for_ever().await, serde_json::Value::Null);
    let hour = RawValue::Number(3600);
    let set = bert.handle().set_setting("models.keep_loaded", hour).await;
    set.unwrap();
    assert_eq!(asked_for_ever().await, "3600000ms");
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn who_stops_reading_stops_the_model() {
    let udp = testkit::free_udp_port();
    let server = server();
    let hand = server.by_hand();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&server), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    let mut answering = ask(&anna, Where::On(id(&bert))).await;
    hand.asked().await;
    hand.say("It was a dark").await;
    hear_until(&mut answering, "dark").await;
    drop(answering);
    hand.gone().await;
    until(&bert.handle(), |handle| {
        handle.models().view().line.is_empty()
    })
    .await;
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn the_owner_ends_it_by_sharing_no_more() {
    let udp = testkit::free_udp_port();
    let server = server();
    let hand = server.by_hand();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&server), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    let mut answering = ask(&anna, Where::Auto).await;
    hand.asked().await;
    hand.say("It was a dark").await;
    hear_until(&mut answering, "dark").await;
    let set = async |key, value| bert.handle().set_setting(key, RawValue::Bool(value)).await;
    set("sharing.stop_at_once", true).await.unwrap();
    set("sharing.on", false).await.unwrap();
    hand.gone().await;
    let Ended::Nobody(failure) = hear(answering).await.ended else {
        panic!("it went on")
    };
    assert_eq!(failure.why.tried[0].problem, Problem::Stopped);
    anna.sees(&bert, |one| !one.has_llm).await;
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn an_answer_ends_with_its_permission() {
    let udp = testkit::free_udp_port();
    let server = server();
    let hand = server.by_hand();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&server), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    let mut answering = ask(&anna, Where::Auto).await;
    hand.asked().await;
    hand.say("It was a dark").await;
    hear_until(&mut answering, "dark").await;
    let neighbours = bert.handle().neighbours().clone();
    neighbours
        .deny(id(&anna), Permission::LlmUse)
        .await
        .unwrap();
    hand.gone().await;
    assert!(matches!(hear(answering).await.ended, Ended::Nobody(_)));
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn an_answer_goes_on_elsewhere_when_its_machine_dies() {
    let udp = testkit::free_udp_port();
    let (first, second) = (server(), server());
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&first), true).await;
    let carl = machine("carl", udp, Some(&second), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    pair(&anna, &carl, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    knows(&anna, &carl, true).await;
    let hands = [first.by_hand(), second.by_hand()];
    let mut answering = ask(&anna, Where::Auto).await;
    let (served_by, dies, goes_on) = tokio::select! {
        _ = hands[0].asked() => (0, bert, carl),
        _ = hands[1].asked() => (1, carl, bert),
    };
    hands[served_by].say("It was a dark and stor").await;
    hear_until(&mut answering, "stor").await;
    // Its process ends as by a power cut.
    drop(dies.node);
    let other = &hands[1 - served_by];
    let asked = other.asked().await;
    let last = asked["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["role"], "assistant");
    assert_eq!(last["content"], "It was a dark and");
    other.say(" stormy night.").await;
    other.done().await;
    let heard = hear(answering).await;
    assert_eq!(heard.from, [id(&goes_on)]);
    assert_eq!(heard.carries, [Carry::Continue]);
    assert_eq!(heard.text, "stormy night.");
    assert!(matches!(heard.ended, Ended::Complete { .. }));
    anna.node.stop().await;
    goes_on.node.stop().await;
}
