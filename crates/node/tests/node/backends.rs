//! Servers of models that were added by hand.

use std::{
    fs,
    path::{Path, PathBuf},
};

use node::{
    Handle,
    backends::{ApiKey, BackendError, NewServer},
    config::Key,
    models::Standing,
};
use testkit::scripted::{Model, Server, Weather};

use crate::place::{Place, until};

const KEY: &str = "sk-6b1f2c9d-never-shown";

fn place() -> Place {
    let nowhere = format!("http://127.0.0.1:{}", testkit::free_tcp_port());
    Place::new()
        .flag(Key::ModelsOllamaAddress, &nowhere)
        .flag(Key::NetworkTcpPort, &testkit::free_tcp_port().to_string())
        .flag(Key::NetworkUdpPort, &testkit::free_udp_port().to_string())
}

fn server() -> Server {
    let server = Server::start();
    server.add(Model::new("tiny:latest"));
    server
}

fn at(server: &Server) -> NewServer {
    NewServer {
        address: server.address().to_string(),
        name: None,
        key: None,
        leaves_lan: false,
    }
}

fn offers(handle: &Handle) -> Vec<String> {
    let view = handle.models().view();
    let own = view.own.iter().flat_map(|own| own.models.iter());
    own.map(|model| model.name.to_string()).collect()
}

/// Every file in which a text stands.
fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if fs::read(&path).is_ok_and(|bytes| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        }) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_server_is_asked_with_its_key_after_a_restart_too() {
    let (place, server) = (place(), server());
    let node = place.start().await;
    let new = NewServer {
        name: Some("box".to_owned()),
        key: ApiKey::parse(KEY).ok(),
        ..at(&server)
    };
    let id = node.handle().backends().add(new).await.unwrap();
    assert_eq!(id.as_str(), "box");
    let seen = node.handle().backends().seen();
    assert_eq!(seen.get(&id).unwrap().standing, Standing::Up);
    until(&node.handle(), |handle| !offers(handle).is_empty()).await;
    node.stop().await;

    let asked = server.asked().len();
    let node = place.start().await;
    until(&node.handle(), |handle| !offers(handle).is_empty()).await;
    let again = server.asked().split_off(asked);
    let keys = again.iter().map(|asked| asked.key.as_deref());
    assert!(keys.clone().count() > 0);
    assert!(keys.into_iter().all(|key| key == Some(KEY)), "{again:?}");
    assert!(node.handle().backends().servers()[0].has_key());

    // The key lies where secrets lie, and nowhere else.
    let files = files_with(&place.data(), KEY);
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].parent().unwrap(), place.data().join("secrets"));
    let servers = node.handle().backends().servers();
    let report = node.handle().report().await;
    assert!(!format!("{servers:?}{report}").contains(KEY));

    node.handle().backends().remove("BOX").await.unwrap();
    assert_eq!(files_with(&place.data(), KEY), Vec::<PathBuf>::new());
    until(&node.handle(), |handle| offers(handle).is_empty()).await;
    node.stop().await;
    let node = place.start().await;
    assert_eq!(node.handle().backends().servers().len(), 0);
    node.stop().await;
}

#[tokio::test]
async fn one_server_is_there_once_and_ollama_stays() {
    let (place, server) = (place(), server());
    let node = place.start().await;
    let handle = node.handle();
    let backends = handle.backends();
    backends.add(at(&server)).await.unwrap();
    for twin in [
        at(&server),
        NewServer {
            address: format!("{}/v1/", server.url()),
            name: Some("twin".to_owned()),
            ..at(&server)
        },
    ] {
        let error = backends.add(twin).await.unwrap_err();
        assert!(matches!(error, BackendError::Known(_)), "{error}");
    }
    let removed = backends.remove("ollama").await;
    assert!(matches!(removed, Err(BackendError::BuiltIn)), "{removed:?}");
    let removed = backends.remove("nobody").await;
    assert!(
        matches!(removed, Err(BackendError::Unknown(_))),
        "{removed:?}"
    );
    node.stop().await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_far_server_before_its_owner_agrees() {
    let place = place();
    let node = place.start().await;
    let far = NewServer {
        address: "https://203.0.113.7".to_owned(),
        name: None,
        key: ApiKey::parse(KEY).ok(),
        leaves_lan: false,
    };
    let error = node.handle().backends().add(far).await.unwrap_err();
    assert!(matches!(error, BackendError::LeavesLan(_)), "{error}");
    assert_eq!(files_with(&place.data(), KEY), Vec::<PathBuf>::new());
    assert_eq!(
        files_with(&place.data(), "203.0.113.7"),
        Vec::<PathBuf>::new()
    );
    node.stop().await;
}

#[tokio::test]
async fn a_look_asks_only_where_that_is_wanted() {
    let (place, server) = (place(), server());
    let node = place.start().await;
    let handle = node.handle();
    let id = handle.backends().add(at(&server)).await.unwrap();
    let looked = handle.backends().probe(id.as_str(), false).await.unwrap();
    assert_eq!((looked.models, looked.answered.is_none()), (1, true));
    assert!(looked.took.is_some());
    assert!(server.asked_at("/v1/chat/completions").is_empty());
    let looked = handle.backends().probe(id.as_str(), true).await.unwrap();
    let answered = looked.answered.unwrap();
    assert_eq!(
        (answered.model.as_str(), answered.failure),
        ("tiny:latest", None)
    );
    let asked = server.asked_at("/v1/chat/completions");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["max_tokens"], 1);
    server.set_weather(Weather::Says(401, "{}".to_owned()));
    let looked = handle.backends().probe(id.as_str(), true).await.unwrap();
    assert!(
        looked
            .failure
            .unwrap()
            .to_string()
            .contains("does not let us in")
    );
    node.stop().await;
}

#[tokio::test]
async fn a_server_is_tried_without_being_added() {
    let (place, server) = (place(), server());
    let node = place.start().await;
    let handle = node.handle();
    let new = NewServer {
        key: ApiKey::parse(KEY).ok(),
        ..at(&server)
    };
    let tried = handle.backends().try_out(new, None).await.unwrap();
    assert_eq!((tried.models, tried.failure), (1, None));
    assert_eq!(server.asked().last().unwrap().key.as_deref(), Some(KEY));
    assert_eq!(handle.backends().servers().len(), 0);
    assert_eq!(files_with(&place.data(), KEY), Vec::<PathBuf>::new());
    let far = NewServer {
        address: "https://203.0.113.7".to_owned(),
        ..at(&server)
    };
    let error = handle.backends().try_out(far, None).await.unwrap_err();
    assert!(matches!(error, BackendError::LeavesLan(_)), "{error}");
    node.stop().await;
}

#[tokio::test]
async fn a_changed_server_keeps_its_key_and_no_other_is_shown_it() {
    let (place, first, second) = (place(), server(), server());
    let node = place.start().await;
    let handle = node.handle();
    let backends = handle.backends();
    let new = NewServer {
        name: Some("box".to_owned()),
        key: ApiKey::parse(KEY).ok(),
        ..at(&first)
    };
    backends.add(new).await.unwrap();

    // By another name it is the same server, and has its key.
    let named = NewServer {
        name: Some("shelf".to_owned()),
        ..at(&first)
    };
    let id = backends.change("BOX", named, true).await.unwrap();
    assert_eq!(id.as_str(), "shelf");
    let names: Vec<_> = backends
        .servers()
        .iter()
        .map(|one| one.id.to_string())
        .collect();
    assert_eq!(names, ["shelf"]);
    let tried = backends.try_out(at(&first), Some("shelf")).await.unwrap();
    assert_eq!(tried.failure, None);
    assert_eq!(first.asked().last().unwrap().key.as_deref(), Some(KEY));
    assert_eq!(files_with(&place.data(), KEY).len(), 1);

    // Elsewhere there is another, whom nobody gave that key.
    backends.try_out(at(&second), Some("shelf")).await.unwrap();
    backends.change("shelf", at(&second), true).await.unwrap();
    assert_eq!(backends.servers()[0].id.as_str(), "shelf");
    assert!(second.asked().iter().all(|asked| asked.key.is_none()));
    assert!(!backends.servers()[0].has_key());
    assert_eq!(files_with(&place.data(), KEY), Vec::<PathBuf>::new());

    // A new one is taken, and forgotten where that is wanted.
    let keyed = NewServer {
        key: ApiKey::parse(KEY).ok(),
        ..at(&second)
    };
    backends.change("shelf", keyed, false).await.unwrap();
    assert!(backends.servers()[0].has_key());
    backends.change("shelf", at(&second), false).await.unwrap();
    assert!(!backends.servers()[0].has_key());
    assert_eq!(files_with(&place.data(), KEY), Vec::<PathBuf>::new());
    let changed = backends.change("ollama", at(&second), true).await;
    assert!(matches!(changed, Err(BackendError::BuiltIn)), "{changed:?}");
    node.stop().await;
}

#[tokio::test]
async fn a_damaged_list_is_set_aside_and_told() {
    let place = place().config("");
    fs::write(place.data().join("backends.json"), "[{\"name\": 7}]").unwrap();
    let node = place.start().await;
    let codes: Vec<_> = node
        .handle()
        .notices()
        .iter()
        .map(|notice| notice.code())
        .collect();
    assert!(codes.contains(&"file_set_aside"), "{codes:?}");
    assert!(place.data().join("backends.json.damaged").exists());
    node.stop().await;
}
