//! What is shared, when, and who hears of it; and which machine is asked for
//! what it can do and remembers.

use infer::{Chat, Image, Message, ModelName};
use node::{
    config::RawValue,
    events::{Happening, Noticed},
    models::{Ended, Question},
    router::{
        Conversation, Where,
        why::{Dropped, Fate},
    },
    store::Relation,
};
use testkit::scripted::{Answer, Model, Server};

use crate::{
    machine::{Machine, pair},
    models::{Heard, ask, hear, id, knows, machine, server},
    place::{until, within},
};

/// Who asks, and who has models and shares them; machines of one person.
async fn two(server: &Server) -> (Machine, Machine) {
    let udp = testkit::free_udp_port();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(server), true).await;
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    (anna, bert)
}

async fn set(machine: &Machine, key: &str, value: RawValue) {
    machine.handle().set_setting(key, value).await.unwrap();
}

/// What the asking machine hears of the models of the other.
fn offered(asking: &Machine, other: &Machine) -> Vec<String> {
    let view = asking.handle().models().view();
    let offer = view.offers.get(&id(other)).cloned();
    let models = offer.map(|offer| offer.models).unwrap_or_default();
    models.iter().map(|model| model.name.to_string()).collect()
}

fn dropped(heard: &Heard, machine: &Machine) -> Option<Dropped> {
    let why = match &heard.ended {
        Ended::Nobody(failure) => &failure.why,
        Ended::Complete { why, .. } => why,
        Ended::Refused { .. } => return None,
    };
    let mut candidates = why.candidates.iter();
    let of = candidates.find(|candidate| candidate.device == id(machine))?;
    match &of.fate {
        Fate::Dropped { reason } => Some(reason.clone()),
        Fate::Scored { .. } => None,
    }
}

fn question(text: &str) -> Question {
    let model = ModelName::parse("any").unwrap();
    Question {
        chat: Chat::new(model, vec![Message::user(text)]),
        model: None,
        place: Where::Auto,
        conversation: None,
        may_leave_lan: false,
    }
}

async fn put(machine: &Machine, question: Question) -> Heard {
    hear(machine.handle().models().ask(question).await.unwrap()).await
}

#[tokio::test]
async fn only_the_models_that_are_named_are_shared() {
    let server = server();
    server.add(Model::new("secret:latest").size(2_000_000, "2M").loaded());
    let (anna, bert) = two(&server).await;
    let both = |_: &node::Handle| offered(&anna, &bert).len() == 2;
    until(&anna.handle(), both).await;
    let tiny = RawValue::List(vec!["Tiny".to_owned()]);
    set(&bert, "sharing.models", tiny).await;
    until(&anna.handle(), |_| offered(&anna, &bert) == ["tiny"]).await;
    let secret = Question {
        model: Some("secret".parse().unwrap()),
        ..question("What is it?")
    };
    let heard = put(&anna, secret).await;
    assert_eq!(dropped(&heard, &bert), Some(Dropped::NoModel));
    server.answer(Answer::says("Not that one."));
    assert_eq!(put(&anna, question("And now?")).await.text, "Not that one.");
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn others_wait_while_the_owner_asks() {
    let server = server();
    let hand = server.by_hand();
    let (anna, bert) = two(&server).await;
    set(&bert, "sharing.idle_after", RawValue::Number(1)).await;
    set(&bert, "sharing.only_idle", RawValue::Bool(true)).await;
    let own = ask(&bert, Where::Here).await;
    hand.asked().await;
    let busy = |anna: &Machine, bert: &Machine| {
        let view = anna.handle().models().view();
        view.offers
            .get(&id(bert))
            .is_some_and(|offer| offer.owner_busy)
    };
    until(&anna.handle(), |_| busy(&anna, &bert)).await;
    let heard = hear(ask(&anna, Where::Auto).await).await;
    assert_eq!(dropped(&heard, &bert), Some(Dropped::OwnerBusy));
    hand.say("Done.").await;
    hand.done().await;
    hear(own).await;
    until(&anna.handle(), |_| !busy(&anna, &bert)).await;
    server.answer(Answer::says("Your turn."));
    assert_eq!(hear(ask(&anna, Where::Auto).await).await.text, "Your turn.");
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn people_hear_once_who_shares_and_who_no_longer_does() {
    let server = server();
    let udp = testkit::free_udp_port();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&server), true).await;
    let mut events = anna.handle().events(None);
    pair(&anna, &bert, Relation::Mine).await;
    knows(&anna, &bert, true).await;
    let bert_id = id(&bert);
    let mut noticed = async || loop {
        let happening = within(events.next()).await.unwrap().happening;
        if let Happening::MachineNoticed(of, what @ (Noticed::Models | Noticed::ModelsGone)) =
            happening
        {
            assert_eq!(of, bert_id);
            return what;
        }
    };
    assert_eq!(noticed().await, Noticed::Models);
    let usable = |there: bool| {
        let (anna, bert) = (&anna, &bert);
        async move {
            until(&anna.handle(), |_| offered(anna, bert).is_empty() != there).await;
        }
    };
    // Who is back soon has not been away.
    for on in [false, true, false] {
        set(&bert, "sharing.on", RawValue::Bool(on)).await;
        usable(on).await;
    }
    assert_eq!(noticed().await, Noticed::ModelsGone);
    anna.node.stop().await;
    bert.node.stop().await;
}

#[tokio::test]
async fn a_conversation_stays_where_it_was() {
    let udp = testkit::free_udp_port();
    let (first, second) = (server(), server());
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&first), true).await;
    let carl = machine("carl", udp, Some(&second), true).await;
    for other in [&bert, &carl] {
        pair(&anna, other, Relation::Mine).await;
        knows(&anna, other, true).await;
    }
    for server in [&first, &second] {
        for _ in 0..8 {
            server.answer(Answer::says("Yes."));
        }
    }
    let mut before = None;
    for _ in 0..8 {
        let question = Question {
            conversation: Some(Conversation::named("41")),
            place: Where::Auto,
            ..question("And then?")
        };
        let heard = put(&anna, question).await;
        let Ended::Complete { device, why, .. } = heard.ended else {
            panic!("{:?}", heard.ended)
        };
        if let Some(before) = before.replace(device) {
            // It goes elsewhere only where that machine did not answer in time.
            let in_vain = why.tried.iter().any(|tried| tried.device == before);
            assert!(device == before || in_vain, "{why:?}");
        }
    }
    for machine in [anna, bert, carl] {
        machine.node.stop().await;
    }
}

#[tokio::test]
async fn a_picture_goes_to_the_machine_whose_model_sees() {
    let udp = testkit::free_udp_port();
    let (blind, seeing) = (server(), Server::start());
    let eyes = Model::new("eyes:latest")
        .size(1_000_000, "1M")
        .context(8192);
    seeing.add(eyes.can(&["completion", "vision", "tools"]).loaded());
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, Some(&blind), true).await;
    let carl = machine("carl", udp, Some(&seeing), true).await;
    for other in [&bert, &carl] {
        pair(&anna, other, Relation::Mine).await;
        knows(&anna, other, true).await;
    }
    seeing.answer(Answer::says("A cat."));
    let mut picture = question("What is it?");
    let image = Image::of_bytes(b"\x89PNG").unwrap();
    picture.chat.messages[0].images.push(image);
    let heard = put(&anna, picture).await;
    assert_eq!(heard.text, "A cat.");
    assert_eq!(heard.from, [id(&carl)]);
    let able = anna.handle().models().view().offers[&id(&carl)].models[0].able;
    assert!(able.sees && able.uses_tools && !able.thinks && !able.embeds);
    for machine in [anna, bert, carl] {
        machine.node.stop().await;
    }
}
