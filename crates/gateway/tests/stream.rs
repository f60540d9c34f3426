//! `POST /rpc/events`.
#![expect(clippy::unwrap_used, reason = "nothing but tests")]

mod support;

use std::{net::SocketAddr, time::Duration};

use api::{
    calls::RenameMachine,
    dto::{Event, Happening, Rename},
};
use gateway::{
    Limits,
    client::{Client, Events},
};
use support::{House, PATIENCE};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::{TcpStream, tcp::OwnedReadHalf},
    time::timeout,
};

#[tokio::test]
async fn what_happens_is_told_in_order() {
    let house = House::open().await;
    let client = house.client();
    let mut events = client.events(None).await.unwrap();
    rename(&client, "first").await;
    rename(&client, "second").await;
    let first = until_named(&mut events, "first").await;
    let second = until_named(&mut events, "second").await;
    assert!(first.seq < second.seq);
    house.close().await;
}

#[tokio::test]
async fn a_listener_that_comes_back_misses_nothing() {
    let house = House::open().await;
    let client = house.client();
    let mut events = client.events(None).await.unwrap();
    rename(&client, "seen").await;
    let seen = until_named(&mut events, "seen").await;
    drop(events);
    rename(&client, "missed").await;

    let mut events = client.events(Some(seen.seq)).await.unwrap();
    let next = next(&mut events).await;
    assert_eq!(next.seq, seen.seq + 1);
    house.close().await;
}

#[tokio::test]
async fn a_header_says_where_to_go_on_as_well() {
    let house = House::open().await;
    let client = house.client();
    let mut events = client.events(None).await.unwrap();
    rename(&client, "seen").await;
    let seen = until_named(&mut events, "seen").await;
    rename(&client, "missed").await;
    let missed = next(&mut events).await;

    let header = format!("Last-Event-ID: {}\r\n", seen.seq);
    let mut lines = listen_by_hand(house.address(), &house.owner_token(), &header).await;
    assert_eq!(
        line_with(&mut lines, "id:").await,
        format!("id: {}", missed.seq)
    );
    house.close().await;
}

#[tokio::test]
async fn a_gap_that_cannot_be_filled_is_told() {
    let house = House::open().await;
    let mut events = house.client().events(Some(1)).await.unwrap();
    assert_eq!(next(&mut events).await.happening, Happening::Resync);
    house.close().await;
}

#[tokio::test]
async fn a_quiet_stream_shows_signs_of_life() {
    let limits = Limits {
        heartbeat: Duration::from_millis(20),
        ..Limits::default()
    };
    let house = House::open_with(limits).await;
    let mut lines = listen_by_hand(house.address(), &house.owner_token(), "").await;
    assert_eq!(
        line_with(&mut lines, "content-type").await,
        "content-type: text/event-stream"
    );
    for _ in 0..3 {
        // A comment, which is no event to anybody.
        assert_eq!(line_with(&mut lines, ":").await, ":");
    }
    house.close().await;
}

#[tokio::test]
async fn stopping_ends_streams_and_listening() {
    let house = House::open().await;
    let address = house.address();
    let client = house.client();
    let mut events = client.events(None).await.unwrap();
    let House {
        folder: _folder,
        node,
        gateway,
    } = house;
    timeout(Limits::default().drain_time, gateway.stop())
        .await
        .expect("nothing holds it up");
    // Whatever happened before that is told first.
    while timeout(PATIENCE, events.next()).await.unwrap().is_some() {}
    assert!(TcpStream::connect(address).await.is_err());
    node.stop().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_holds_nothing_up() {
    let house = House::open().await;
    let _silent = TcpStream::connect(house.address()).await.unwrap();
    // Answered, so the silent one before it was accepted as well.
    house.get("/app/", "").await;
    let House {
        folder: _folder,
        node,
        gateway,
    } = house;
    timeout(Limits::default().drain_time, gateway.stop())
        .await
        .expect("nothing holds it up");
    node.stop().await;
}

async fn rename(client: &Client, name: &str) {
    client
        .call::<RenameMachine>(Rename {
            name: name.to_owned(),
        })
        .await
        .unwrap();
}

async fn next(events: &mut Events<Event>) -> Event {
    timeout(PATIENCE, events.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap()
}

async fn until_named(events: &mut Events<Event>, name: &str) -> Event {
    loop {
        let event = next(events).await;
        if matches!(&event.happening, Happening::MachineChanged { machine } if machine.name == name)
        {
            return event;
        }
    }
}

async fn listen_by_hand(
    address: SocketAddr,
    token: &str,
    headers: &str,
) -> Lines<BufReader<OwnedReadHalf>> {
    let (reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let request = format!(
        "POST /rpc/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         {headers}Content-Length: 0\r\n\r\n"
    );
    writer.write_all(request.as_bytes()).await.unwrap();
    // The gateway reads the end of our side as a client that left.
    writer.forget();
    BufReader::new(reader).lines()
}

async fn line_with(lines: &mut Lines<BufReader<OwnedReadHalf>>, start: &str) -> String {
    loop {
        let line = timeout(PATIENCE, lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        if line.starts_with(start) {
            return line;
        }
    }
}
