//! What the tests ask with.

use std::time::Duration;

use futures_util::StreamExt as _;
use infer::{
    Backend as _, Chat, Done, Event, Events, Failure, Message, ModelName, Place, Reach,
    ollama::Ollama, openai::OpenAi,
};
use testkit::scripted::Server;

/// Far longer than anything takes here; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn ollama(server: &Server) -> Ollama {
    let place = Place::parse(&server.url()).unwrap();
    Ollama::new(place, Reach::ThisMachine).unwrap()
}

pub(crate) fn openai(server: &Server) -> OpenAi {
    let place = Place::parse(&server.url()).unwrap();
    OpenAi::new(place, Reach::ThisMachine, None).unwrap()
}

pub(crate) fn name(text: &str) -> ModelName {
    ModelName::parse(text).unwrap()
}

pub(crate) fn question(text: &str) -> Chat {
    Chat::new(name("tiny"), vec![Message::user(text)])
}

pub(crate) async fn next(events: &mut Events) -> Option<Result<Event, Failure>> {
    tokio::time::timeout(PATIENCE, events.next()).await.unwrap()
}

pub(crate) async fn next_text(events: &mut Events) -> String {
    match next(events).await {
        Some(Ok(Event::Text { text })) => text,
        other => panic!("{other:?}"),
    }
}

/// The whole of an answer: its text, and how it ended.
pub(crate) async fn answer(mut events: Events) -> (String, Result<Done, Failure>) {
    let mut whole = String::new();
    loop {
        match next(&mut events).await {
            Some(Ok(Event::Text { text })) => whole.push_str(&text),
            Some(Ok(Event::Done(done))) => {
                assert!(events.next().await.is_none(), "something after the end");
                return (whole, Ok(done));
            }
            Some(Ok(Event::Thinking { .. } | Event::ToolCall { .. })) => {}
            Some(Err(failure)) => {
                assert!(events.next().await.is_none(), "something after a failure");
                return (whole, Err(failure));
            }
            None => panic!("an answer without end or failure"),
        }
    }
}

pub(crate) async fn ask(server: &Server, text: &str) -> (String, Result<Done, Failure>) {
    answer(ollama(server).chat(question(text))).await
}
