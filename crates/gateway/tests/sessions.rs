//! The way in for a browser.

mod support;

use std::time::Duration;

use gateway::Limits;
use support::{House, start_gateway};

#[tokio::test]
async fn a_link_lets_one_browser_in() {
    let house = House::open().await;
    let code = house.code();
    let exchange = format!("{{\"code\":\"{code}\"}}");
    let first = house.post("session", &exchange, None).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("cache-control"), "no-store");
    let token = first.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(house.post("status", "", Some(&token)).await.status, 200);

    let second = house.post("session", &exchange, None).await;
    assert_eq!((second.status, second.code().as_str()), (401, "link_spent"));
    house.close().await;
}

#[tokio::test]
async fn a_link_grows_old() {
    let house = House::open_with(Limits {
        link_lifetime: Duration::ZERO,
        ..Limits::default()
    })
    .await;
    let exchange = format!("{{\"code\":\"{}\"}}", house.code());
    let answer = house.post("session", &exchange, None).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "link_spent"));
    house.close().await;
}

#[tokio::test]
async fn only_the_owner_makes_links() {
    let house = House::open().await;
    let link = house.client().link().await.unwrap();
    assert!(
        link.starts_with(&format!("http://{}/app/#code=", house.address())),
        "{link}"
    );
    assert_eq!(link.rsplit_once('=').unwrap().1.len(), 22, "128 bits");

    let session = house.session().await;
    let answer = house.post("session.link", "", Some(&session)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "unauthorized")
    );
    house.close().await;
}

#[tokio::test]
async fn an_open_tab_goes_on_after_a_restart() {
    let house = House::open().await;
    let session = house.session().await;
    let owner = house.owner_token();
    let kept = std::fs::read_to_string(house.folder.path().join("sessions.json")).unwrap();
    assert!(!kept.contains(&session));

    let House {
        folder,
        node,
        gateway,
    } = house;
    gateway.stop().await;
    let gateway = start_gateway(&node, folder.path(), Limits::default()).await;
    let house = House {
        folder,
        node,
        gateway,
    };
    assert_eq!(house.post("status", "", Some(&session)).await.status, 200);
    // The owner's token is a new one at every start.
    assert_eq!(house.post("status", "", Some(&owner)).await.status, 401);
    house.close().await;
}
