//! Real servers of models behind another machine: what the tiny model answers is
//! known word for word, and arrives like that.

use infer::{Chat, Message, ModelName, Options, Role};
use node::{
    backends::NewServer,
    models::{Ended, Question},
    router::Where,
    store::Relation,
};
use serde_json::json;
use testkit::real::{Conversation, LlamaServer, OllamaServer, conversations};

use crate::{
    machine::{Machine, pair},
    models::{hear, id, knows, machine, machine_with},
};

#[tokio::test]
async fn llama_cpp_answers_its_conversations_through_another_machine() {
    let Some(server) = LlamaServer::start() else {
        return;
    };
    let udp = testkit::free_udp_port();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine("bert", udp, None, true).await;
    let added = NewServer {
        address: server.url().to_owned(),
        name: None,
        key: None,
        leaves_lan: false,
    };
    bert.handle().backends().add(added).await.unwrap();
    all_conversations(&anna, &bert).await;
}

#[tokio::test]
async fn ollama_answers_the_conversations_through_another_machine() {
    let Some(server) = OllamaServer::start() else {
        return;
    };
    let udp = testkit::free_udp_port();
    let anna = machine("anna", udp, None, false).await;
    let bert = machine_with("bert", udp, &format!("http://{}", server.host()), true).await;
    all_conversations(&anna, &bert).await;
}

/// Anna, who has no model, asks Bert.
async fn all_conversations(anna: &Machine, bert: &Machine) {
    pair(anna, bert, Relation::Mine).await;
    knows(anna, bert, true).await;
    let view = anna.handle().models().view();
    let model = view.offers[&id(bert)].models[0].name.to_string();
    let conversations = conversations();
    assert_eq!(conversations.len(), 17);
    let asking = anna.handle();
    for conversation in conversations {
        let answering = asking.models().ask(question(&conversation, &model));
        let heard = hear(answering.await.unwrap()).await;
        assert_eq!(heard.text, conversation.expected);
        assert_eq!(heard.from, [id(bert)]);
        assert!(
            matches!(heard.ended, Ended::Complete { .. }),
            "{:?}",
            heard.ended
        );
    }
}

fn question(conversation: &Conversation, model: &str) -> Question {
    let messages = conversation.messages.iter().map(|(role, content)| {
        let role: Role = serde_json::from_value(json!(role)).unwrap();
        Message::new(role, content)
    });
    let name = ModelName::parse(model).unwrap();
    Question {
        chat: Chat {
            options: Options {
                temperature: Some(0.0),
                num_predict: Some(256),
                ..Options::default()
            },
            ..Chat::new(name, messages.collect())
        },
        model: Some(model.parse().unwrap()),
        place: Where::Auto,
        conversation: None,
        may_leave_lan: false,
    }
}
