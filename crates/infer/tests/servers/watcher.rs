use std::{sync::Arc, time::Duration};

use infer::{
    Ability, Reach,
    watcher::{BackendId, NEAR, PATIENCE, Seen, Standing, View, Watcher},
};
use testkit::scripted::{Gate, Model, Server, Weather};
use tokio::{sync::watch, time::timeout};

use crate::client::{self, name, ollama};

fn id(text: &str) -> BackendId {
    BackendId::parse(text).unwrap()
}

async fn watching(server: &Server) -> (Watcher, watch::Receiver<Seen>) {
    let watcher = Watcher::start();
    let handle = watcher.handle();
    handle
        .add(id("ollama"), Arc::new(ollama(server)), Reach::ThisMachine)
        .await;
    (watcher, handle.watch())
}

/// Waits until the backend is seen as wanted.
async fn until(seen: &mut watch::Receiver<Seen>, wanted: impl Fn(&View) -> bool) -> View {
    let found = seen.wait_for(|seen| seen.get(&id("ollama")).is_some_and(&wanted));
    let found = timeout(client::PATIENCE, found).await.unwrap().unwrap();
    found.get(&id("ollama")).unwrap().clone()
}

fn standing(wanted: Standing) -> impl Fn(&View) -> bool {
    move |view| view.standing == wanted
}

#[test]
fn two_seconds_are_enough() {
    assert!(NEAR + PATIENCE < Duration::from_secs(2));
}

#[tokio::test]
async fn a_server_comes_and_goes_and_comes_back() {
    let server = Server::start();
    server.add(Model::new("tiny:latest"));
    let address = server.address();
    let (watcher, mut seen) = watching(&server).await;
    let view = until(&mut seen, standing(Standing::Up)).await;
    assert_eq!(view.version.as_deref(), Some("0.33.0"));
    assert!(view.model(&name("tiny")).is_some());
    drop(server);
    let view = until(&mut seen, standing(Standing::Down)).await;
    assert!(view.trouble.is_some());
    assert_eq!(view.models.len(), 1, "what it had is remembered");
    assert!(
        view.model(&name("tiny")).is_none(),
        "but cannot be asked for"
    );

    let server = Server::at(address);
    server.set_version("0.34.0");
    let back = until(&mut seen, standing(Standing::Up)).await;
    assert_eq!(back.version.as_deref(), Some("0.34.0"));
    assert!(back.since > view.since);
    assert_eq!((back.models.len(), back.trouble), (0, None));
    watcher.stop().await;
}

#[tokio::test]
async fn what_it_has_and_what_is_loaded_is_followed() {
    let server = Server::start();
    let (_watcher, mut seen) = watching(&server).await;
    until(&mut seen, standing(Standing::Up)).await;
    server.add(Model::new("tiny:latest"));
    let view = until(&mut seen, |view| view.models.len() == 1).await;
    let card = view.model(&name("tiny")).unwrap().clone();
    assert!(view.loaded_as(&card).is_none());
    server.set_loaded("tiny", true);
    let view = until(&mut seen, |view| view.loaded.len() == 1).await;
    assert!(view.loaded_as(&card).is_some());
    server.set_loaded("tiny", false);
    until(&mut seen, |view| view.loaded.is_empty()).await;
    server.remove("tiny");
    until(&mut seen, |view| view.models.is_empty()).await;
}

#[tokio::test]
async fn what_the_list_leaves_out_is_asked_for_once() {
    let server = Server::start();
    server.add(
        Model::new("old:1b")
            .told_when_shown()
            .can(&["completion", "vision"]),
    );
    let (watcher, mut seen) = watching(&server).await;
    let knows = |view: &View| {
        let card = view.model(&name("old:1b"));
        card.is_some_and(|card| card.details.abilities.is_some())
    };
    let view = until(&mut seen, knows).await;
    let card = view.model(&name("old:1b")).unwrap();
    assert!(
        card.details
            .abilities
            .as_ref()
            .unwrap()
            .have(Ability::Vision)
    );
    // Two looks later nobody has asked again, and nothing was forgotten.
    let looks = server.asked_at("/api/tags").len();
    for _ in 0..2 {
        watcher.handle().look(id("ollama")).await;
        let asked = server.counts().asked;
        server.until(|counts| counts.asked >= asked + 2).await;
    }
    assert!(server.asked_at("/api/tags").len() > looks);
    assert_eq!(server.asked_at("/api/show").len(), 1);
    assert!(knows(watcher.handle().seen().get(&id("ollama")).unwrap()));
}

#[tokio::test]
async fn one_that_does_not_answer_delays_no_other() {
    let silent = Server::start();
    silent.set_weather(Weather::Silent(Gate::new()));
    let (watcher, mut seen) = watching(&silent).await;
    let handle = watcher.handle();
    let other = Server::start();
    handle
        .add(id("other"), Arc::new(ollama(&other)), Reach::ThisMachine)
        .await;
    // Its first look ends while the silent one still waits for an answer.
    let up = seen.wait_for(|seen| {
        let other = seen.get(&id("other"));
        other.is_some_and(|view| view.standing == Standing::Up)
    });
    let unanswered = up.await.unwrap().get(&id("ollama")).unwrap().standing;
    assert_eq!(unanswered, Standing::Unknown);
    let view = until(&mut seen, standing(Standing::Silent)).await;
    assert!(view.trouble.is_some());
    silent.set_weather(Weather::Fine);
    until(&mut seen, standing(Standing::Up)).await;
}

#[tokio::test]
async fn something_else_there_is_broken() {
    let server = Server::start();
    server.set_weather(Weather::Says(200, "<html>".to_owned()));
    let (_watcher, mut seen) = watching(&server).await;
    until(&mut seen, standing(Standing::Broken)).await;
    server.set_weather(Weather::HangsUp);
    until(&mut seen, standing(Standing::Down)).await;
}

#[tokio::test]
async fn one_that_was_removed_is_neither_shown_nor_asked() {
    let server = Server::start();
    let (watcher, mut seen) = watching(&server).await;
    until(&mut seen, standing(Standing::Up)).await;
    watcher.handle().remove(id("ollama")).await;
    let gone = seen.wait_for(|seen| seen.get(&id("ollama")).is_none());
    drop(timeout(client::PATIENCE, gone).await.unwrap().unwrap());
    // What was on its way has ended; from here on nothing comes.
    let asked = server.counts().asked;
    let more = timeout(NEAR * 2, server.until(|counts| counts.asked > asked + 1));
    assert!(more.await.is_err(), "it is still asked");
}

#[tokio::test]
async fn nothing_is_told_while_nothing_changes() {
    let server = Server::start();
    server.add(Model::new("tiny:latest").loaded());
    let (_watcher, mut seen) = watching(&server).await;
    until(&mut seen, |view| view.loaded.len() == 1).await;
    seen.mark_unchanged();
    let asked = server.counts().asked;
    server.until(|counts| counts.asked >= asked + 4).await;
    assert!(!seen.has_changed().unwrap());
}
