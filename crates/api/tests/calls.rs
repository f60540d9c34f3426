//! Every call, against a real node in a folder of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

use std::{path::Path, pin::pin};

use api::{
    Api, ApiError, Call, Code,
    calls::{
        AddMeshKey, Diagnose, GetDesktop, GetReadiness, GetReport, GetStatus, ListMachines,
        ListMeshKeys, ListSettings, MakeMeshKey, ReadLog, RenameMachine, ResetSetting, SetSetting,
    },
    dto::{
        CheckId, Happening, JoinKind, LogLevel, LogQuery, MeshKeyText, MeshKeyWish, NodeState,
        Rename, SettingChange, SettingKey, SettingSource, SettingValue, SkippedBecause,
    },
};
use futures_util::StreamExt as _;
use node::{KeyringChoice, Node, Options, journal::Journal};
use serde_json::{Value, json};

#[tokio::test]
async fn every_call_of_the_list_is_answered() {
    let scene = Scene::start().await;
    for call in api::calls::all() {
        let answer = scene.api.call(call.name, json!({"nonsense": true})).await;
        let unknown = matches!(&answer, Err(error) if error.code == Code::UnknownCall);
        assert!(!unknown, "{} has no handler", call.name);
    }
    scene.stop().await;
}

#[tokio::test]
async fn what_is_not_in_the_list_is_refused() {
    let scene = Scene::start().await;
    let error = scene
        .api
        .call("machines.destroy", Value::Null)
        .await
        .unwrap_err();
    assert_eq!((error.code, error.retryable), (Code::UnknownCall, false));
    assert_eq!(error.params["call"], "machines.destroy");
    let error = scene
        .api
        .call(RenameMachine::NAME, json!({"nam": "x"}))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::BadParams);
    scene.stop().await;
}

#[tokio::test]
async fn the_status_describes_this_node() {
    let scene = Scene::start().await;
    let status = scene.call::<GetStatus>(()).await.unwrap();
    assert_eq!(status.version, "1.2.3");
    assert_eq!(status.commit, "abc");
    assert_eq!(status.state, NodeState::Ready);
    assert_eq!(
        Path::new(&status.data_folder),
        scene.folder.path().join("daten ک")
    );
    assert!(status.resources.memory_bytes > 0);
    let machines = scene.call::<ListMachines>(()).await.unwrap();
    assert_eq!(machines, [status.machine]);
    assert_eq!(machines[0].key.len(), 64);
    scene.stop().await;
}

#[tokio::test]
async fn a_rename_is_kept_and_told() {
    let scene = Scene::start().await;
    let mut events = pin!(scene.api.events(None));
    let renamed = scene
        .call::<RenameMachine>(Rename {
            name: " küche ".to_owned(),
        })
        .await
        .unwrap();
    assert_eq!(renamed.name, "küche");
    let told = loop {
        let event = events.next().await.unwrap();
        if let Happening::MachineChanged { machine } = event.happening {
            break machine;
        }
    };
    assert_eq!(told, renamed);
    let error = scene
        .call::<RenameMachine>(Rename {
            name: "a\u{7}b".to_owned(),
        })
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::BadSetting);
    assert_eq!(error.params["key"], "machine.name");
    assert_eq!(
        scene.call::<ListMachines>(()).await.unwrap()[0].name,
        "küche"
    );
    scene.stop().await;
}

#[tokio::test]
async fn settings_are_set_reset_and_protected() {
    let scene = Scene::start().await;
    let change = |key: &str, value| SettingChange {
        key: key.to_owned(),
        value,
    };
    let set = scene
        .call::<SetSetting>(change("network.udp_port", SettingValue::Number(5001)))
        .await
        .unwrap();
    assert_eq!((set.source, set.waiting), (SettingSource::File, true));
    let all = scene.call::<ListSettings>(()).await.unwrap();
    assert!(all.contains(&set));

    let error = scene
        .call::<SetSetting>(change("network.udp_port", SettingValue::Number(70_000)))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::BadSetting);
    assert!(error.params["allowed"].contains("65535"), "{error:?}");

    let error = scene
        .call::<SetSetting>(change("network.udp_prt", SettingValue::Number(1)))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::UnknownSetting);
    assert_eq!(error.params["near"], "network.udp_port");

    let error = scene
        .call::<SetSetting>(change("network.tcp_port", SettingValue::Number(1234)))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::SettingReadOnly);
    assert!(
        error.params["origin"].contains("BANYAN_NETWORK_TCP_PORT"),
        "{error:?}"
    );

    let reset = SettingKey {
        key: "network.udp_port".to_owned(),
    };
    let reset = scene.call::<ResetSetting>(reset).await.unwrap();
    assert_eq!(
        (reset.source, reset.value),
        (SettingSource::Default, SettingValue::Number(5000))
    );
    scene.stop().await;
}

#[tokio::test]
async fn an_examination_covers_everything_and_a_report_can_be_read() {
    let scene = Scene::start().await;
    let diagnostics = scene.call::<Diagnose>(()).await.unwrap();
    let ids: Vec<_> = diagnostics.checks.iter().map(|check| check.id).collect();
    for id in [
        CheckId::DataFolder,
        CheckId::Network,
        CheckId::Ports,
        CheckId::Firewall,
    ] {
        assert!(ids.contains(&id), "{ids:?}");
    }
    let loopback = Some(SkippedBecause::Loopback);
    let mut interfaces = diagnostics.network.interfaces.iter();
    assert!(interfaces.any(|one| !one.used && one.skipped_because == loopback));
    let report = scene.call::<GetReport>(()).await.unwrap();
    assert!(report.text.contains("1.2.3"), "{}", report.text);
    scene.stop().await;
}

#[tokio::test]
async fn readiness_names_the_place_that_was_looked_at() {
    let scene = Scene::start().await;
    let readiness = scene.call::<GetReadiness>(()).await.unwrap();
    assert!(!readiness.ready);
    assert_eq!(readiness.reasons[0].code, "ollama_absent");
    assert!(readiness.reasons[0].params["address"].contains("127.0.0.1:1"));
    scene.stop().await;
}

#[tokio::test]
async fn without_a_desktop_its_calls_say_so() {
    let scene = Scene::start().await;
    let error = scene.call::<GetDesktop>(()).await.unwrap_err();
    assert_eq!(error.code, Code::NoDesktop);
    scene.stop().await;
}

#[tokio::test]
async fn the_log_is_read_with_a_limit() {
    let scene = Scene::start().await;
    let query = LogQuery {
        level: LogLevel::Debug,
        limit: u32::MAX,
    };
    assert!(scene.call::<ReadLog>(query).await.unwrap().len() <= 1000);
    scene.stop().await;
}

#[tokio::test]
async fn a_made_mesh_key_is_held_and_told_once() {
    let scene = Scene::start().await;
    let wish = MeshKeyWish {
        kind: JoinKind::Team,
    };
    let made = scene.call::<MakeMeshKey>(wish).await.unwrap();
    assert!(made.key.starts_with("banyan-team-"), "{}", made.key);
    let held = scene.call::<ListMeshKeys>(()).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!((&held[0].id, held[0].kind), (&made.id, JoinKind::Team));

    // What was shown is the key that is held.
    let text = MeshKeyText { key: made.key };
    let again = scene.call::<AddMeshKey>(text).await.unwrap();
    assert_eq!(again, held);
    scene.stop().await;
}

struct Scene {
    api: Api,
    node: Node,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map(|address| address.port().to_string())
            .unwrap();
        let environment = [
            ("BANYAN_NETWORK_TCP_PORT", port.as_str()),
            ("BANYAN_NETWORK_MDNS", "false"),
            // Nothing listens on port 1.
            ("BANYAN_MODELS_OLLAMA_ADDRESS", "http://127.0.0.1:1"),
        ];
        let node = Node::start(Options {
            data: Some(folder.path().join("daten ک")),
            system_place: None,
            environment: environment
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            flags: Vec::new(),
            mesh_key_file: None,
            journal: Journal::new(None),
            keyring: KeyringChoice::FileOnly,
            version: "1.2.3".to_owned(),
            commit: "abc".to_owned(),
        })
        .await
        .unwrap();
        Self {
            api: Api::new(node.handle()),
            node,
            folder,
        }
    }

    async fn call<C: Call>(&self, params: C::Params) -> Result<C::Answer, ApiError> {
        let params = serde_json::to_value(params).unwrap();
        let answer = self.api.call(C::NAME, params).await?;
        Ok(serde_json::from_value(answer).unwrap())
    }

    async fn stop(self) {
        self.node.stop().await;
    }
}
