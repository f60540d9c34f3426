//! One person asks another for the use of models, with real nodes.

use node::{
    Words,
    events::{Happening, Noticed},
    models::Ended,
    router::Where,
    store::{Access, AskedBy, Given, Relation},
    trust::Say,
};
use testkit::scripted::{Answer, Server};

use crate::{
    machine::{Machine, pair},
    models::{ask, hear, id, knows, machine, server},
    place::{rest, until},
};

/// Who asks, and who has models and shares them.
async fn two(server: &Server) -> (Machine, Machine) {
    let udp = testkit::free_udp_port();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(server), true).await;
    pair(&anna, &bert, Relation::Other).await;
    knows(&anna, &bert, false).await;
    (anna, bert)
}

fn words(text: &str) -> Words {
    Words::typed(text).unwrap()
}

fn request(handle: &node::Handle, by: AskedBy) -> Option<Access> {
    let all = handle.neighbours().access();
    all.into_iter()
        .map(|(_, access)| access)
        .find(|access| access.by == by)
}

fn given(handle: &node::Handle, by: AskedBy) -> Option<Given> {
    request(handle, by)?.answer.map(|answer| answer.given)
}

async fn asks(asking: &Machine, other: &Machine) {
    let neighbours = asking.handle().neighbours().clone();
    let reason = words("for the school paper");
    neighbours.ask_access(id(other), reason).await.unwrap();
}

async fn is_asked(machine: &Machine) {
    let asked = |handle: &node::Handle| {
        request(handle, AskedBy::Them).is_some_and(|access| access.is_open())
    };
    until(&machine.handle(), asked).await;
}

async fn says(machine: &Machine, other: &Machine, say: Say) {
    let neighbours = machine.handle().neighbours().clone();
    let answered = neighbours.answer_access(id(other), say, words("gern"));
    answered.await.unwrap();
}

#[tokio::test]
async fn who_asks_is_let_in_once_and_not_twice() {
    let server = server();
    let (anna, bert) = two(&server).await;
    let mut at_anna = anna.handle().events(None);
    let mut at_bert = bert.handle().events(None);
    asks(&anna, &bert).await;
    is_asked(&bert).await;
    let asked = request(&bert.handle(), AskedBy::Them).unwrap();
    assert_eq!(asked.reason.as_str(), "for the school paper");
    says(&bert, &anna, Say::Once).await;
    until(&anna.handle(), |handle| {
        given(handle, AskedBy::Us) == Some(Given::Once)
    })
    .await;
    let answer = request(&anna.handle(), AskedBy::Us).unwrap().answer;
    assert_eq!(answer.unwrap().words.as_str(), "gern");

    knows(&anna, &bert, true).await;
    server.answer(Answer::says("Only this once."));
    let heard = hear(ask(&anna, Where::Auto).await).await;
    assert_eq!(heard.text, "Only this once.");
    knows(&anna, &bert, false).await;
    let again = hear(ask(&anna, Where::Auto).await).await;
    assert!(matches!(again.ended, Ended::Nobody(_)), "{:?}", again.ended);
    assert_eq!(server.asked_at("/api/chat").len(), 1);

    let (anna_id, bert_id) = (id(&anna), id(&bert));
    anna.node.stop().await;
    bert.node.stop().await;
    let notice = |device, noticed| Happening::MachineNoticed(device, noticed);
    let told = |all: &[Happening], what: &Happening| {
        all.iter().filter(|happening| *happening == what).count()
    };
    let at_bert = rest(&mut at_bert).await;
    assert_eq!(told(&at_bert, &notice(anna_id, Noticed::AccessRequest)), 1);
    let at_anna = rest(&mut at_anna).await;
    assert_eq!(told(&at_anna, &notice(bert_id, Noticed::AccessAnswer)), 1);
    assert!(told(&at_anna, &Happening::AccessChanged) >= 2);
}

/// Both questions are granted a slot, and the permission is for one.
#[tokio::test]
async fn once_is_once_for_two_questions_at_the_same_time() {
    let server = server();
    let (anna, bert) = two(&server).await;
    for key in ["sharing.slots", "models.slots"] {
        let slots = node::config::RawValue::Number(4);
        bert.handle().set_setting(key, slots).await.unwrap();
    }
    asks(&anna, &bert).await;
    is_asked(&bert).await;
    says(&bert, &anna, Say::Once).await;
    knows(&anna, &bert, true).await;
    server.answer(Answer::says("One of you."));
    let (one, other) = (ask(&anna, Where::Auto).await, ask(&anna, Where::Auto).await);
    let (one, other) = tokio::join!(hear(one), hear(other));
    let complete = [&one, &other]
        .into_iter()
        .filter(|heard| matches!(heard.ended, Ended::Complete { .. }))
        .count();
    assert_eq!(complete, 1);
    assert_eq!(server.asked_at("/api/chat").len(), 1);
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn no_is_remembered_and_the_question_ends_with_it() {
    let server = server();
    let (anna, bert) = two(&server).await;
    asks(&anna, &bert).await;
    is_asked(&bert).await;
    says(&bert, &anna, Say::No).await;
    until(&anna.handle(), |handle| {
        given(handle, AskedBy::Us) == Some(Given::No)
    })
    .await;
    let neighbours = anna.handle().neighbours().clone();
    let again = neighbours.ask_access(id(&bert), words("please")).await;
    let told = again.unwrap_err().to_string();
    assert!(told.contains("60 minutes"), "{told}");
    let heard = hear(ask(&anna, Where::Auto).await).await;
    assert!(matches!(heard.ended, Ended::Nobody(_)));
    anna.node.stop().await;
    bert.node.stop().await;
}

/// The asking machine is away when the answer is given, and the other restarts
/// before it is back.
#[tokio::test]
async fn a_request_and_its_answer_survive_who_goes_away() {
    let server = server();
    let (anna, bert) = two(&server).await;
    asks(&anna, &bert).await;
    is_asked(&bert).await;
    let bert = bert.again().await;
    is_asked(&bert).await;
    bert.sees(&anna, |one| one.presence.is_connected()).await;
    let place = anna.place;
    anna.node.stop().await;
    let anna_id = bert.handle().neighbours().access()[0].0;
    let neighbours = bert.handle().neighbours().clone();
    neighbours
        .answer_access(anna_id, Say::Always, words("gern"))
        .await
        .unwrap();
    let anna = Machine {
        node: place.start().await,
        place,
    };
    until(&anna.handle(), |handle| {
        given(handle, AskedBy::Us) == Some(Given::Always)
    })
    .await;
    knows(&anna, &bert, true).await;
    server.answer(Answer::says("Always."));
    assert_eq!(hear(ask(&anna, Where::Auto).await).await.text, "Always.");
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn what_is_taken_back_cannot_be_answered() {
    let server = server();
    let (anna, bert) = two(&server).await;
    asks(&anna, &bert).await;
    is_asked(&bert).await;
    let neighbours = anna.handle().neighbours().clone();
    neighbours.withdraw_access(id(&bert)).await.unwrap();
    until(&bert.handle(), |handle| {
        given(handle, AskedBy::Them) == Some(Given::Withdrawn)
    })
    .await;
    let neighbours = bert.handle().neighbours().clone();
    let answered = neighbours.answer_access(id(&anna), Say::Always, Words::default());
    answered.await.unwrap_err();
    anna.node.stop().await;
    bert.node.stop().await;
}
