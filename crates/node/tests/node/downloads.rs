//! Models that are downloaded by a server of this machine.

use std::fs;

use node::{
    Handle, Node,
    backends::BackendError,
    config::Key,
    downloads::{Download, DownloadError, Stage},
    models::ServerModel,
};
use serde_json::{Value, json};
use testkit::scripted::{Answer, Model, Server, Step};

use crate::place::{Place, until, within};

const MODEL: &str = "llama3.2:1b";
const DIGEST: &str = "sha256:74701a8c35f6";

fn model() -> ServerModel {
    ServerModel::parse(MODEL).unwrap()
}

fn place(server: &Server) -> Place {
    Place::new()
        .flag(Key::ModelsOllamaAddress, &server.url())
        .flag(Key::NetworkTcpPort, &testkit::free_tcp_port().to_string())
        .flag(Key::NetworkUdpPort, &testkit::free_udp_port().to_string())
}

/// With its server seen.
async fn start(place: &Place) -> Node {
    let node = place.start().await;
    until(&node.handle(), |handle| {
        let seen = handle.backends().seen();
        seen.iter().any(|(_, view)| view.version.is_some())
    })
    .await;
    node
}

async fn begin(handle: &Handle) -> Download {
    handle.downloads().begin(model(), None).await.unwrap()
}

/// How it is, once that fits.
async fn once(handle: &Handle, fits: impl Fn(&Download) -> bool) -> Download {
    let mut list = handle.downloads().watch();
    let fit = list.wait_for(|list| list.iter().any(&fits));
    let list = within(fit).await.unwrap();
    list.iter().find(|one| fits(one)).cloned().unwrap()
}

async fn done(handle: &Handle) {
    once(handle, |one| one.stage == Stage::Done).await;
}

fn line(value: &Value) -> Step {
    Step::raw(format!("{value}\n"))
}

fn part(completed: u64) -> Step {
    line(
        &json!({"status": "pulling 74701a8c35f6", "digest": DIGEST, "total": 1000, "completed": completed}),
    )
}

fn pulls(server: &Server) -> usize {
    server.asked_at("/api/pull").len()
}

fn written_down(place: &Place) -> String {
    fs::read_to_string(place.data().join("downloads.json")).unwrap()
}

#[tokio::test]
async fn progress_is_what_the_server_tells_and_two_wishes_are_one() {
    let server = Server::start();
    let hand = server.pull_by_hand();
    let place = place(&server);
    let node = start(&place).await;
    let handle = node.handle();
    begin(&handle).await;
    assert_eq!(hand.asked().await["model"], MODEL);
    assert!(written_down(&place).contains(MODEL));
    hand.does(line(&json!({"status": "pulling manifest"})))
        .await;
    let first = once(&handle, |one| one.words == "pulling manifest").await;
    assert_eq!((first.completed(), first.total()), (0, 0));
    hand.does(part(0)).await;
    hand.does(part(400)).await;
    let some = once(&handle, |one| one.completed() == 400).await;
    assert_eq!((some.total(), some.parts.len()), (1000, 1));
    // Another spelling is the same model.
    let spelled = ServerModel::parse("Library/LLAMA3.2:1B").unwrap();
    let again = handle.downloads().begin(spelled, None).await.unwrap();
    assert_eq!(again.model, model());
    hand.does(part(1000)).await;
    hand.does(Step::Done).await;
    done(&handle).await;
    assert_eq!(pulls(&server), 1);
    assert_eq!(written_down(&place).trim(), "[]");
    until(&handle, |handle| {
        let own = handle.models().view().own.clone();
        own.is_some_and(|own| !own.models.is_empty())
    })
    .await;
    node.stop().await;
}

#[tokio::test]
async fn what_the_server_gives_up_is_over_and_says_why() {
    let server = Server::start();
    let words = "max retries exceeded: unexpected EOF";
    server.pull(Answer::does([part(400), Step::Error(words.to_owned())]));
    let place = place(&server);
    let node = start(&place).await;
    let handle = node.handle();
    begin(&handle).await;
    let failed = once(&handle, |one| !one.is_under_way()).await;
    let Stage::Failed { failure } = &failed.stage else {
        panic!("{failed:?}")
    };
    assert!(failure.to_string().contains(words), "{failure}");
    assert_eq!(failed.completed(), 400);
    assert_eq!(written_down(&place).trim(), "[]");
    assert_eq!(pulls(&server), 1, "it is not tried again by itself");
    begin(&handle).await;
    done(&handle).await;
    node.stop().await;
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again() {
    let server = Server::start();
    server.pull(Answer::does([part(400), Step::HangUp]));
    server.pull(Answer::does([Step::HangUp]));
    let hand = server.pull_by_hand();
    let place = place(&server);
    let node = start(&place).await;
    let handle = node.handle();
    begin(&handle).await;
    let waiting = once(&handle, |one| matches!(one.stage, Stage::Waiting { .. })).await;
    assert_eq!(waiting.completed(), 400);
    within(hand.asked()).await;
    hand.does(part(700)).await;
    once(&handle, |one| one.completed() == 700).await;
    hand.does(Step::Done).await;
    done(&handle).await;
    assert_eq!(pulls(&server), 3);
    node.stop().await;
}

#[tokio::test]
async fn an_unfinished_download_goes_on_after_a_restart() {
    let server = Server::start();
    let hand = server.pull_by_hand();
    let place = place(&server);
    let node = start(&place).await;
    let began = begin(&node.handle()).await.began;
    hand.does(part(400)).await;
    once(&node.handle(), |one| one.completed() == 400).await;
    node.stop().await;
    within(hand.gone()).await;

    let hand = server.pull_by_hand();
    let node = place.start().await;
    assert_eq!(within(hand.asked()).await["model"], MODEL);
    let listed = node.handle().downloads().get(&model()).unwrap();
    let since =
        |moment: std::time::SystemTime| moment.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(since(listed.began).as_millis(), since(began).as_millis());
    hand.does(part(400)).await;
    hand.does(part(1000)).await;
    hand.does(Step::Done).await;
    done(&node.handle()).await;
    node.stop().await;
}

#[tokio::test]
async fn whoever_ends_a_download_ends_it_at_the_server_and_for_good() {
    let server = Server::start();
    let hand = server.pull_by_hand();
    let place = place(&server);
    let node = start(&place).await;
    let handle = node.handle();
    begin(&handle).await;
    hand.does(part(400)).await;
    once(&handle, |one| one.completed() == 400).await;
    handle.downloads().end(model()).await.unwrap();
    within(hand.gone()).await;
    assert_eq!(handle.downloads().list().len(), 0);
    let again = handle.downloads().end(model()).await;
    assert!(matches!(again, Err(DownloadError::Unknown(_))), "{again:?}");
    node.stop().await;
    assert_eq!(written_down(&place).trim(), "[]");
}

#[tokio::test]
async fn a_server_that_is_not_there_downloads_nothing() {
    let place = place(&Server::start());
    let node = place.start().await;
    let begun = node.handle().downloads().begin(model(), None).await;
    assert!(matches!(begun, Err(DownloadError::NobodyCan)), "{begun:?}");
    assert_eq!(node.handle().downloads().list().len(), 0);
    node.stop().await;
}

#[tokio::test]
async fn a_model_is_described_and_deleted_where_it_lies() {
    let server = Server::start();
    server.add(Model::new(MODEL).can(&["completion", "tools"]));
    let node = start(&place(&server)).await;
    let handle = node.handle();
    let has_it = |handle: &Handle| {
        let seen = handle.backends().seen();
        seen.iter().any(|(_, view)| view.model(&model()).is_some())
    };
    until(&handle, has_it).await;
    let (at, told) = handle.backends().describe(&model(), None).await.unwrap();
    assert_eq!(at.as_str(), "ollama");
    assert_eq!(told.licence.as_deref(), Some("Apache-2.0"));
    assert!(told.parameters.unwrap().lines().count() == 2);
    assert_eq!(told.details.context, Some(512));
    handle.backends().delete(&model(), None).await.unwrap();
    until(&handle, |handle| !has_it(handle)).await;
    let again = handle.backends().delete(&model(), None).await;
    assert!(matches!(again, Err(BackendError::NoModel(_))), "{again:?}");
    node.stop().await;
}
