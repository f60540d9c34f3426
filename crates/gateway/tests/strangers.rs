//! Requests that are not for this gateway, or that prove nothing.

mod support;

use std::time::Duration;

use gateway::Limits;
use support::{House, PATIENCE};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

#[tokio::test]
async fn another_host_is_turned_away_even_with_a_token() {
    let house = House::open().await;
    let token = house.owner_token();
    for host in [
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:80",
    ] {
        let answer = house
            .send(&format!(
                "POST /rpc/status HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
                 Content-Length: 0\r\nConnection: close\r\n\r\n"
            ))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "foreign_caller"),
            "{host}"
        );
    }
    let answer = house
        .send("GET /app/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(answer.status, 403);
    house.close().await;
}

#[tokio::test]
async fn every_name_of_loopback_is_this_host() {
    let house = House::open().await;
    let port = house.address().port();
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let answer = house
            .send(&format!(
                "GET /app/ HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
            ))
            .await;
        assert_eq!(answer.status, 200, "{host}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_page_of_another_site_is_turned_away() {
    let house = House::open().await;
    let (address, token) = (house.address(), house.owner_token());
    let other_port = format!("http://127.0.0.1:{}", address.port().wrapping_add(1));
    let other_name = format!("http://localhost:{}", address.port());
    for origin in ["http://evil.example", "null", &other_port, &other_name] {
        let answer = house
            .send(&format!(
                "POST /rpc/status HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\n\
                 Authorization: Bearer {token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "foreign_caller"),
            "{origin}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn without_a_valid_token_there_is_no_answer() {
    let house = House::open().await;
    for token in [None, Some(""), Some("wrong"), Some("ab cd")] {
        let answer = house.post("status", "", token).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "unauthorized"),
            "{token:?}"
        );
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    // Nor does a caller learn which calls exist.
    assert_eq!(
        house.post("no.such.call", "", None).await.code(),
        "unauthorized"
    );
    house.close().await;
}

#[tokio::test]
async fn a_token_in_a_cookie_or_in_the_address_is_none() {
    let house = House::open().await;
    let (address, token) = (house.address(), house.owner_token());
    let answer = house
        .send(&format!(
            "POST /rpc/status?token={token} HTTP/1.1\r\nHost: {address}\r\nCookie: token={token}\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert_eq!(answer.status, 401);
    house.close().await;
}

#[tokio::test]
async fn failing_again_and_again_is_slowed_down_but_valid_tokens_are_not() {
    let house = House::open().await;
    let refusals: Vec<u16> = {
        let mut refusals = Vec::new();
        for _ in 0..12 {
            refusals.push(house.post("status", "", Some("wrong")).await.status);
        }
        refusals
    };
    assert_eq!(refusals, [[401; 10].as_slice(), &[429; 2]].concat());
    let refused = house.post("session", "{\"code\":\"wrong\"}", None).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many"));
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");

    assert_eq!(
        house
            .post("status", "", Some(&house.owner_token()))
            .await
            .status,
        200
    );
    house.session().await;
    house.close().await;
}

#[tokio::test]
async fn oversized_heads_are_refused() {
    let house = House::open().await;
    let address = house.address();
    let filler = "x".repeat(256 * 1024);
    let answer = house
        .send(&format!(
            "GET /app/ HTTP/1.1\r\nHost: {address}\r\nX-Filler: {filler}\r\n\r\n"
        ))
        .await;
    assert_eq!(answer.status, 431);
    let many: String = (0..100).map(|n| format!("X-{n}: y\r\n")).collect();
    let answer = house
        .send(&format!(
            "GET /app/ HTTP/1.1\r\nHost: {address}\r\n{many}\r\n"
        ))
        .await;
    assert_eq!(answer.status, 431);
    house.close().await;
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let limits = Limits {
        head_time: Duration::from_millis(50),
        ..Limits::default()
    };
    let house = House::open_with(limits).await;
    let mut stream = TcpStream::connect(house.address()).await.unwrap();
    stream
        .write_all(b"GET /app/ HTTP/1.1\r\nHost: ")
        .await
        .unwrap();
    let mut received = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut received))
        .await
        .unwrap()
        .unwrap();
    let answered = String::from_utf8(received).unwrap();
    assert!(
        answered.is_empty() || answered.starts_with("HTTP/1.1 408"),
        "{answered}"
    );
    house.close().await;
}

#[tokio::test]
async fn more_connections_than_allowed_wait_their_turn() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let house = House::open_with(limits).await;
    let first = TcpStream::connect(house.address()).await.unwrap();
    {
        let second = house.get("/app/", "");
        tokio::pin!(second);
        // Served when the first one leaves, and not before.
        tokio::select! {
            biased;
            answer = &mut second => panic!("answered too early: {answer:?}"),
            () = tokio::time::sleep(Duration::from_millis(200)) => drop(first),
        }
        assert_eq!(second.await.status, 200);
    }
    house.close().await;
}
