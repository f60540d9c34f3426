//! `POST /rpc/<call>`.

mod support;

use std::time::Duration;

use api::{
    Code,
    calls::{GetStatus, ListMachines, RenameMachine},
    dto::Rename,
};
use gateway::{
    Limits,
    client::{Client, ClientError},
};
use serde_json::json;
use support::House;

#[tokio::test]
async fn a_call_is_answered_with_json() {
    let house = House::open().await;
    let answer = house
        .post("status", "null", Some(&house.owner_token()))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json()["state"], "ready");
    // A body that is not there means the same.
    assert_eq!(
        house
            .post("status", "", Some(&house.owner_token()))
            .await
            .status,
        200
    );
    house.close().await;
}

#[tokio::test]
async fn every_refusal_has_a_status_and_a_code() {
    let house = House::open().await;
    let token = house.owner_token();
    for (call, body, status, code) in [
        ("no.such.call", "null", 404, "unknown_call"),
        ("machines.rename", "null", 400, "bad_params"),
        ("machines.rename", "{\"name\": 5}", 400, "bad_params"),
        ("machines.rename", "{\"name\":", 400, "bad_params"),
        (
            "settings.reset",
            "{\"key\":\"no.such\"}",
            400,
            "unknown_setting",
        ),
        ("desktop.state", "null", 400, "no_desktop"),
    ] {
        let answer = house.post(call, body, Some(&token)).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{call} {body}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn a_call_takes_nothing_but_post() {
    let house = House::open().await;
    let token = format!("Authorization: Bearer {}\r\n", house.owner_token());
    for path in ["/rpc/status", "/rpc/events", "/rpc/session"] {
        let answer = house.get(path, &token).await;
        assert_eq!(
            (
                answer.status,
                answer.code().as_str(),
                answer.header("allow")
            ),
            (405, "wrong_method", "POST"),
            "{path}"
        );
    }
    let answer = house.get("/rpc/no.such.call", &token).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (404, "unknown_path")
    );
    house.close().await;
}

#[tokio::test]
async fn the_client_keeps_its_token_to_itself() {
    let house = House::open().await;
    let shown = format!("{:?}", house.client());
    assert!(shown.starts_with("Client") && !shown.contains(&house.owner_token()));
    house.close().await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let house = House::open().await;
    let (address, token) = (house.address(), house.owner_token());
    // Announced and never sent: only a gateway that does not wait answers.
    let announced = house
        .send(&format!(
            "POST /rpc/status HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: 1048577\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert_eq!(
        (announced.status, announced.code().as_str()),
        (413, "too_large")
    );
    house.close().await;
}

#[tokio::test]
async fn a_body_that_grows_beyond_the_limit_is_refused() {
    let house = House::open_with(Limits {
        body_bytes: 100,
        ..Limits::default()
    })
    .await;
    let (address, token) = (house.address(), house.owner_token());
    let chunk = format!("{:x}\r\n{}\r\n", 60, " ".repeat(60));
    let answer = house
        .send(&format!(
            "POST /rpc/status HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{chunk}{chunk}0\r\n\r\n"
        ))
        .await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
    house.close().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let limits = Limits {
        body_time: Duration::from_millis(50),
        ..Limits::default()
    };
    let house = House::open_with(limits).await;
    let (address, token) = (house.address(), house.owner_token());
    let answer = house
        .send(&format!(
            "POST /rpc/status HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: 10\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert_eq!((answer.status, answer.code().as_str()), (408, "bad_params"));
    house.close().await;
}

#[tokio::test]
async fn the_client_speaks_to_the_node_of_a_folder() {
    let house = House::open().await;
    let client = house.client();
    assert_eq!(client.version(), "0.0.0-test");
    assert_eq!(client.address(), house.address());
    let status = client.call::<GetStatus>(()).await.unwrap();
    assert_eq!(
        status.data_folder,
        house.folder.path().display().to_string()
    );
    client
        .call::<RenameMachine>(Rename {
            name: "kitchen".to_owned(),
        })
        .await
        .unwrap();
    assert_eq!(
        client.call::<ListMachines>(()).await.unwrap()[0].name,
        "kitchen"
    );
    let refused = client
        .call::<RenameMachine>(Rename {
            name: String::new(),
        })
        .await;
    assert!(matches!(refused, Err(ClientError::Refused(error)) if error.code == Code::BadSetting));
    house.close().await;
}

#[tokio::test]
async fn a_card_left_by_a_crash_means_no_node() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Client::from_folder(folder.path()),
        Err(ClientError::NoNode { .. })
    ));

    // Nobody listens there any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    leave_card(folder.path(), &gone.to_string());
    let client = Client::from_folder(folder.path()).unwrap();
    assert!(matches!(
        client.call::<GetStatus>(()).await,
        Err(ClientError::NoNode { .. })
    ));

    // Another node listens there now and does not know the token.
    let house = House::open().await;
    leave_card(folder.path(), &house.address().to_string());
    let client = Client::from_folder(folder.path()).unwrap();
    assert!(matches!(
        client.call::<GetStatus>(()).await,
        Err(ClientError::NoNode { .. })
    ));
    house.close().await;
}

#[tokio::test]
async fn the_card_is_private_and_goes_with_the_gateway() {
    let house = House::open().await;
    let card = house.folder.path().join("node.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&card).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let House {
        folder: _folder,
        node,
        gateway,
    } = house;
    gateway.stop().await;
    assert!(!card.exists());
    node.stop().await;
}

#[expect(clippy::expect_used, reason = "only tests come here")]
fn leave_card(folder: &std::path::Path, address: &str) {
    let card = json!({ "address": address, "token": "of the dead", "version": "0.0.0" });
    std::fs::write(folder.join("node.json"), card.to_string()).expect("a writable folder");
}
