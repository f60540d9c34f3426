//! Servers that know nothing of this project: llama.cpp's own and, where it is
//! installed, Ollama.

use std::time::Duration;

use infer::{
    Ability, Backend, Chat, DoneReason, Event, Failure, Format, Generate, KeepAlive, Message,
    Options, Place, Reach, Role,
    ollama::{self, Ollama},
    openai::OpenAi,
    turn::{Limits, Turn},
};
use serde_json::json;
use testkit::real::{Conversation, LlamaServer, OllamaServer, conversations};

use crate::client::{answer, name, next_text};

fn client(server: &LlamaServer) -> OpenAi {
    let place = Place::parse(server.url()).unwrap();
    OpenAi::new(place, Reach::ThisMachine, None).unwrap()
}

fn exact(tokens: i64) -> Options {
    Options {
        temperature: Some(0.0),
        num_predict: Some(tokens),
        ..Options::default()
    }
}

fn question(conversation: &Conversation) -> Chat {
    let messages = conversation.messages.iter().map(|(role, content)| {
        let role: Role = serde_json::from_value(json!(role)).unwrap();
        Message::new(role, content)
    });
    Chat {
        options: exact(256),
        ..Chat::new(name("tiny-chat"), messages.collect())
    }
}

fn told(text: &str) -> Conversation {
    Conversation {
        messages: vec![("user".to_owned(), text.to_owned())],
        expected: String::new(),
    }
}

#[tokio::test]
async fn the_tiny_model_answers_as_its_card_says() {
    let Some(server) = LlamaServer::start() else {
        return;
    };
    let client = client(&server);
    let models = client.models().await.unwrap();
    assert_eq!(models.len(), 1);
    assert_eq!(models[0].details.context, Some(512));
    assert_eq!(models[0].details.parameter_count(), Some(885_890));
    all_conversations(&client).await;
}

#[tokio::test]
async fn ollama_answers_as_the_card_of_the_tiny_model_says() {
    let Some(server) = OllamaServer::start() else {
        return;
    };
    let place = ollama::place(server.host()).unwrap();
    let client = Ollama::new(place, Reach::ThisMachine).unwrap();
    assert!(client.probe().await.unwrap().version.is_some());
    let models = client.models().await.unwrap();
    assert_eq!(models.len(), 1);
    let card = &models[0];
    assert!(card.name.is_same(&name("tiny-chat")), "{card:?}");
    let shown = client.show(card.name.clone()).await.unwrap();
    assert_eq!(shown.context, Some(512));
    assert!(shown.abilities.unwrap().have(Ability::Chat));

    all_conversations(&client).await;
    let loaded = client.loaded().await.unwrap();
    assert_eq!((loaded.len(), &loaded[0].digest), (1, &card.digest));
    assert!(loaded[0].expires.unwrap() > std::time::SystemTime::now());

    let mut unload = Chat::new(card.name.clone(), Vec::new());
    unload.keep_alive = Some(KeepAlive::For(Duration::ZERO));
    let (_, ended) = answer(client.chat(unload)).await;
    assert_eq!(ended.unwrap().reason, DoneReason::Unload);

    let unknown = Chat::new(name("nobody"), vec![Message::user("Hi")]);
    let (_, ended) = answer(client.chat(unknown)).await;
    assert!(
        matches!(ended, Err(Failure::ModelUnknown { .. })),
        "{ended:?}"
    );
    client.delete(card.name.clone()).await.unwrap();
    assert_eq!(client.models().await.unwrap(), []);
}

async fn all_conversations(backend: &dyn Backend) {
    let conversations = conversations();
    assert_eq!(conversations.len(), 17);
    for conversation in conversations {
        let (text, ended) = answer(backend.chat(question(&conversation))).await;
        assert_eq!(text, conversation.expected, "{:?}", conversation.messages);
        let done = ended.unwrap();
        assert_eq!(done.reason, DoneReason::Stop);
        let decode = done.statistics.decode.unwrap();
        assert!(decode.tokens > 0 && decode.speed().unwrap() > 0.0);
        assert!(done.statistics.prompt.unwrap().tokens > 0);
    }
}

#[tokio::test]
async fn a_real_answer_ends_where_it_must_and_when_nobody_reads() {
    let Some(server) = LlamaServer::start() else {
        return;
    };
    let client = client(&server);
    // As many tokens as were asked for.
    let mut short = question(&told("Tell me a story."));
    short.options = exact(5);
    let (text, ended) = answer(client.chat(short)).await;
    let done = ended.unwrap();
    assert!(
        "Once upon a time there was".starts_with(text.trim()),
        "{text}"
    );
    assert_eq!(done.reason, DoneReason::Length);
    assert_eq!(done.statistics.decode.unwrap().tokens, 5);

    // The limit of whoever lends the model, should the server ignore it.
    let limits = Limits {
        tokens: 3,
        ..Limits::default()
    };
    let mut turn = Turn::new(client.chat(question(&told("Tell me a story."))), limits);
    let mut pieces = 0;
    let last = loop {
        match turn.next().await.unwrap().unwrap() {
            Event::Done(done) => break done,
            Event::Text { .. } | Event::Thinking { .. } | Event::ToolCall { .. } => pieces += 1,
        }
    };
    assert_eq!((pieces, last.reason), (3, DoneReason::Length));

    // All four slots are free again after four readers went away.
    for _ in 0..4 {
        let mut events = client.chat(question(&told("Tell me a story.")));
        next_text(&mut events).await;
    }
    let again = answer(client.chat(question(&told("ping"))));
    let (text, _) = tokio::time::timeout(Duration::from_secs(20), again)
        .await
        .unwrap();
    assert_eq!(text, "pong");
}

#[tokio::test]
async fn a_real_answer_has_the_form_that_is_asked_for() {
    let Some(server) = LlamaServer::start() else {
        return;
    };
    let client = client(&server);
    let schema = json!({
        "type": "object",
        "properties": {"z": {"type": "integer"}, "a": {"type": "boolean"}},
        "required": ["z", "a"],
    });
    let mut asked = question(&told("What is 7 + 5?"));
    asked.format = Some(Format::Schema(schema.as_object().unwrap().clone()));
    let (text, _) = answer(client.chat(asked)).await;
    // In the order of the schema.
    let (z, a) = (text.find("\"z\""), text.find("\"a\""));
    assert!(z.is_some() && (a.is_none() || z < a), "{text}");

    let mut raw = Generate::new(
        name("tiny-chat"),
        "<|im_start|>user\nping<|im_end|>\n<|im_start|>assistant\n",
    );
    raw.raw = true;
    raw.options = exact(16);
    let (text, ended) = answer(client.generate(raw)).await;
    assert_eq!(text.trim(), "pong");
    ended.unwrap();
}
