//! A real node in a folder of its own, without a window.

use std::{
    fs,
    net::{TcpListener, UdpSocket},
    path::Path,
    pin::pin,
};

use api::dto::{Event, Happening};
use futures_util::StreamExt as _;
use node::{KeyringChoice, config::Key, journal::Journal};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::*;
use crate::{backend::Backend, desktop::PageDesktop, events};

const LOOPBACK: &str = if cfg!(target_os = "macos") {
    "lo0"
} else {
    "lo"
};

struct Kept {
    orders: mpsc::UnboundedSender<Order>,
    inputs: mpsc::UnboundedReceiver<Input>,
    backend: Backend,
    host: JoinHandle<()>,
}

impl Kept {
    fn on(folder: &Path) -> Self {
        Self::with(options(folder))
    }

    fn with(options: Options) -> Self {
        let (inbox, inputs) = mpsc::unbounded_channel();
        let (behind, seen) = watch::channel(Behind::Starting);
        let desktop = Arc::new(PageDesktop::new(inbox.clone()));
        let host = Host {
            options,
            desktop,
            behind,
            inbox,
        };
        let (orders, to_host) = mpsc::unbounded_channel();
        Self {
            orders,
            inputs,
            backend: Backend::new(seen),
            host: tokio::spawn(host.run(to_host)),
        }
    }

    fn order(&self, order: Order) {
        self.orders.send(order).unwrap();
    }

    async fn next(&mut self) -> Input {
        self.inputs.recv().await.unwrap()
    }

    async fn started(folder: &Path) -> Self {
        let mut kept = Self::on(folder);
        kept.order(Order::Start);
        assert!(matches!(kept.next().await, Input::NodeRuns(_)));
        kept
    }

    /// The next input that is not about the looks of a running node.
    async fn next_news(&mut self) -> Input {
        loop {
            let input = self.next().await;
            if !matches!(input, Input::NodeRuns(_)) {
                return input;
            }
        }
    }

    /// What is noticed of another machine, and fits.
    async fn noticed(&mut self, fits: impl Fn(&Noticed) -> bool) -> Noticed {
        loop {
            if let Input::MachineNoticed(machine) = self.next().await
                && fits(&machine)
            {
                return machine;
            }
        }
    }

    async fn until_codes_are_shown(&self, peer: &str) {
        let api = self.backend.api().await.unwrap();
        let mut events = pin!(api.events(None));
        loop {
            let peers = api.call("peers.list", Value::Null).await.unwrap();
            let mut peers = peers.as_array().unwrap().iter();
            let one = peers.find(|one| one["id"] == peer).unwrap();
            if one["pairing"]["step"] == "compare" {
                return;
            }
            events.next().await.unwrap();
        }
    }

    async fn call(&self, name: &str, params: Value) -> Result<Value, ApiError> {
        self.backend.api().await?.call(name, params).await
    }
}

#[tokio::test]
async fn what_was_started_is_stopped_and_can_start_again() {
    let folder = TempDir::new().unwrap();
    let mut kept = Kept::started(folder.path()).await;
    assert!(gateway::card_file(folder.path()).exists());
    assert!(kept.backend.page_link().unwrap().contains("/app/#code="));
    for _ in 0..2 {
        kept.order(Order::Stop);
        assert!(matches!(kept.next_news().await, Input::NodeStopped));
        assert!(!gateway::card_file(folder.path()).exists());
        kept.order(Order::Start);
        assert!(matches!(kept.next().await, Input::NodeRuns(_)));
    }
    // Nobody can give orders any more, which is the end.
    let Kept { orders, host, .. } = kept;
    drop(orders);
    host.await.unwrap();
    assert!(!gateway::card_file(folder.path()).exists());
}

#[tokio::test]
async fn what_the_tray_shows_follows_the_node() {
    let folder = TempDir::new().unwrap();
    let mut kept = Kept::started(folder.path()).await;
    kept.call("machines.rename", json!({ "name": "willow" }))
        .await
        .unwrap();
    loop {
        if let Input::NodeRuns(view) = kept.next().await
            && view.machine == "willow"
        {
            break;
        }
    }
}

#[tokio::test]
async fn machines_are_noticed_and_counted() {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let udp = free_udp_port().to_string();
    let [mut anna, mut bert] = [(&folders[0], "anna"), (&folders[1], "bert")].map(|(at, name)| {
        let mut options = options(at.path());
        options.flags.retain(|(key, _)| *key != Key::NetworkUdpPort);
        options.flags.push((Key::NetworkUdpPort, udp.clone()));
        options.flags.push((Key::MachineName, name.to_owned()));
        Kept::with(options)
    });
    anna.order(Order::Start);
    bert.order(Order::Start);
    let near = |machine: &Noticed| machine.occasion == Occasion::Nearby;
    let to_anna = bert.noticed(near).await;
    let to_bert = anna.noticed(near).await;
    assert_eq!(
        (to_anna.name.as_str(), to_bert.name.as_str()),
        ("anna", "bert")
    );

    anna.call("peers.pair", json!({ "peer": to_bert.id }))
        .await
        .unwrap();
    let asks = |machine: &Noticed| machine.occasion == Occasion::PairingRequest;
    assert_eq!(
        bert.noticed(asks).await,
        Noticed {
            occasion: Occasion::PairingRequest,
            ..to_anna.clone()
        }
    );
    bert.call("peers.open", json!({ "peer": to_anna.id }))
        .await
        .unwrap();
    for (kept, other) in [(&anna, &to_bert), (&bert, &to_anna)] {
        kept.until_codes_are_shown(&other.id).await;
        let same = json!({ "peer": other.id, "same": true, "mine": false });
        kept.call("peers.confirm", same).await.unwrap();
    }
    for kept in [&mut anna, &mut bert] {
        while !matches!(kept.next().await, Input::NodeRuns(view) if view.connected == 1) {}
    }
}

#[tokio::test]
async fn a_folder_that_another_process_holds_leads_to_its_page() {
    let folder = TempDir::new().unwrap();
    let first = Kept::started(folder.path()).await;
    let mut second = Kept::on(folder.path());
    second.order(Order::Start);
    let Input::NodeIsService { link } = second.next().await else {
        panic!("no link")
    };
    let page = first.backend.page_link().unwrap();
    assert_eq!(link.split('#').next(), page.split('#').next());
    assert!(second.call("status", Value::Null).await.is_err());
}

#[tokio::test]
async fn a_held_folder_without_a_way_in_is_an_error() {
    let folder = TempDir::new().unwrap();
    let _first = Kept::started(folder.path()).await;
    fs::remove_file(gateway::card_file(folder.path())).unwrap();
    let mut second = Kept::on(folder.path());
    second.order(Order::Start);
    let Input::NodeDidNotStart(reason) = second.next().await else {
        panic!("no reason")
    };
    assert_eq!(reason.code, Code::DataLocked);
}

#[tokio::test]
async fn a_chosen_port_that_is_taken_is_an_error_and_gives_the_folder_back() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let mut options = options(folder.path());
    options.flags.retain(|(key, _)| *key != Key::HttpAddress);
    options.environment = vec![("BANYAN_HTTP_ADDRESS".into(), address.to_string().into())];
    let mut kept = Kept::with(options);
    kept.order(Order::Start);
    let Input::NodeDidNotStart(reason) = kept.next().await else {
        panic!("no reason")
    };
    assert_eq!(reason.code, Code::PortTaken);
    assert_eq!(reason.params["origin"], "BANYAN_HTTP_ADDRESS");
    drop(taken);
    kept.order(Order::Start);
    assert!(
        matches!(kept.next().await, Input::NodeRuns(_)),
        "the lock was given back"
    );
}

#[tokio::test]
async fn calls_and_events_go_on_with_the_next_node() {
    let folder = TempDir::new().unwrap();
    let mut kept = Kept::started(folder.path()).await;
    let (batches, mut received) = mpsc::unbounded_channel::<Vec<Event>>();
    let sending = events::send_events(kept.backend.clone(), None, move |batch| {
        batches.send(batch).is_ok()
    });
    let sending = tokio::spawn(sending);

    // Renaming until it is heard: the subscription begins at some time.
    let mut heard = |name: &'static str| {
        std::mem::take(&mut received_names(&mut received)).contains(&name.to_owned())
    };
    rename_until(&kept, "first", &mut heard).await;
    kept.order(Order::Stop);
    assert!(matches!(kept.next_news().await, Input::NodeStopped));
    kept.order(Order::Start);
    assert!(matches!(kept.next().await, Input::NodeRuns(_)));
    rename_until(&kept, "second", &mut heard).await;
    sending.abort();
}

async fn rename_until(
    kept: &Kept,
    name: &'static str,
    heard: &mut impl FnMut(&'static str) -> bool,
) {
    for _ in 0..1000 {
        kept.call("machines.rename", json!({ "name": name }))
            .await
            .unwrap();
        tokio::task::yield_now().await;
        if heard(name) {
            return;
        }
    }
    panic!("{name} was never heard");
}

fn received_names(received: &mut mpsc::UnboundedReceiver<Vec<Event>>) -> Vec<String> {
    let mut names = Vec::new();
    while let Ok(batch) = received.try_recv() {
        for event in batch {
            if let Happening::MachineChanged { machine } = event.happening {
                names.push(machine.name);
            }
        }
    }
    names
}

/// On loopback and ports of its own, so that it meets nobody by chance.
fn options(folder: &Path) -> Options {
    let flags = [
        (Key::HttpAddress, "127.0.0.1:0".to_owned()),
        (Key::NetworkTcpPort, free_tcp_port().to_string()),
        (Key::NetworkUdpPort, free_udp_port().to_string()),
        (Key::NetworkInterfaces, LOOPBACK.to_owned()),
        (Key::NetworkMdns, "false".to_owned()),
    ];
    Options {
        data: Some(folder.to_owned()),
        environment: Vec::new(),
        flags: flags.into(),
        keyring: KeyringChoice::FileOnly,
        ..Options::of_process(Journal::new(None), "0", "unknown")
    }
}

fn free_tcp_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn free_udp_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}
