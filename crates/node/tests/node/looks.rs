use std::{collections::BTreeMap, fs};

use tokio::net::TcpListener;

use crate::place::Place;
use node::{
    Listening,
    config::Key,
    diagnose::{CheckId, Diagnosis},
    finding::Obstacle,
};

fn codes(diagnosis: &Diagnosis) -> Vec<(CheckId, &'static str)> {
    diagnosis
        .checks
        .iter()
        .map(|check| (check.id, check.finding.code()))
        .collect()
}

#[tokio::test]
async fn an_examination_looks_at_everything() {
    let nowhere = format!("http://127.0.0.1:{}", testkit::free_tcp_port());
    let place = Place::new()
        .flag(Key::NetworkInterfaces, "missing0")
        .flag(Key::ModelsOllamaAddress, &nowhere);
    let node = place.start().await;
    let handle = node.handle();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    handle.set_http(Some(Listening {
        address,
        page: format!("http://{address}/app/"),
    }));
    let diagnosis = handle.diagnose().await;
    let firewall = codes(&diagnosis)[8];
    let ports = codes(&diagnosis)[7];
    let mut expected = vec![
        (CheckId::DataFolder, "data_folder_good"),
        (CheckId::DiskSpace, "disk_space_good"),
        (CheckId::Configuration, "configuration_good"),
        (CheckId::Identity, "identity_in_file"),
        (CheckId::Http, "http_good"),
        (CheckId::Clock, "clock_good"),
        (CheckId::Network, "network_chosen_absent"),
    ];
    let backends = (CheckId::Backends, "ollama_missing");
    expected.extend([ports, firewall, backends]);
    assert_eq!(ports.0, CheckId::Ports);
    assert_eq!(firewall.0, CheckId::Firewall);
    assert_eq!(codes(&diagnosis), expected);

    fs::write(place.config_file(), "[ui\n").unwrap();
    handle.set_http(None);
    let codes: BTreeMap<_, _> = handle
        .diagnose()
        .await
        .checks
        .iter()
        .map(|c| (format!("{:?}", c.id), c.finding.code()))
        .collect();
    assert_eq!(codes["Configuration"], "configuration_broken");
    assert_eq!(codes["Http"], "http_absent");
    node.stop().await;
}

#[tokio::test]
async fn a_report_helps_and_tells_no_secrets() {
    let place = Place::new().flag(Key::LogLevel, "trace");
    let _listening = place.listen();
    let node = place.start().await;
    let handle = node.handle();
    tracing::debug!(target: "node", text = "dear diary", "a message");
    tracing::warn!(target: "node", file = %place.data().display(), "something odd");
    let report = handle.report().await;

    for part in [
        "1.2.3",
        "abcdef",
        "network.udp_port",
        "log.level",
        "--log",
        "something odd",
        "~/data",
    ] {
        let expected = part != "--log";
        assert_eq!(report.contains(part), expected, "{part} in {report}");
    }
    let home = place.home().to_str().unwrap();
    assert!(!report.contains(home), "the home folder is told:\n{report}");
    assert!(!report.contains("dear diary"), "content is told:\n{report}");
    let secret = fs::read(place.data().join("identity.key")).unwrap();
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    for start in (0..hex.len() - 16).step_by(2) {
        let part = &hex[start..start + 16];
        assert!(
            !report.to_lowercase().contains(part),
            "part of the key is told:\n{report}"
        );
    }
    node.stop().await;
}

#[tokio::test]
async fn resources_and_calls_are_counted() {
    let place = Place::new();
    let node = place.start().await;
    let handle = node.handle();
    handle.record_call(true);
    handle.record_call(false);
    let resources = handle.resources().await.unwrap();
    assert!(resources.memory_bytes > 0);
    assert_eq!(
        (resources.calls_last_hour, resources.failed_calls_last_hour),
        (2, 1)
    );
    node.stop().await;
}

#[tokio::test]
async fn ollama_is_looked_for() {
    let server = testkit::scripted::Server::start();
    server.set_version("0.12.0");
    let address = server.url();
    let place = Place::new().flag(Key::ModelsOllamaAddress, &address);
    let node = place.start().await;
    let handle = node.handle();
    let empty = Obstacle::OllamaEmpty {
        address: address.clone(),
        version: "0.12.0".to_owned(),
    };
    assert_eq!(handle.readiness().await.obstacles, [empty]);
    server.add(testkit::scripted::Model::new("tiny"));
    assert!(handle.readiness().await.ready);
    let mut view = handle.models().watch();
    view.wait_for(|view| view.can_chat()).await.unwrap();
    drop(server);
    view.wait_for(|view| !view.can_chat()).await.unwrap();
    assert_eq!(
        handle.readiness().await.obstacles,
        [Obstacle::OllamaAbsent { address }]
    );
    node.stop().await;
}
