//! Servers of models and what they download, from the command line.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where it stopped"
)]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::wait_until;
use testkit::{
    Home,
    scripted::{Answer, Gate, Model, Server, Step},
};

const KEY: &str = "sk-6b1f2c9d-never-shown";

/// A node whose Ollama is that server, and sees it.
fn serving(server: &Server) -> (Home, testkit::Daemon) {
    let home = Home::new();
    fs::create_dir_all(home.data()).unwrap();
    let config = format!("[models]\nollama_address = \"{}\"\n", server.url());
    fs::write(home.data().join("config.toml"), config).unwrap();
    let daemon = home.serve();
    sees_ollama(&home);
    (home, daemon)
}

fn sees_ollama(home: &Home) {
    wait_until("Ollama is seen", || {
        let listed = home.run(["backends", "--json"]).expect_code(0).json();
        listed[0]["standing"] == "up"
    });
}

fn part(completed: u64) -> Step {
    let line = json!({"status": "pulling 7470", "digest": "sha256:7470", "total": 1000, "completed": completed});
    Step::raw(format!("{line}\n"))
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_server_is_added_looked_at_and_removed() {
    let (ollama, added) = (Server::start(), Server::start());
    added.add(Model::new("tiny:latest"));
    let (home, _daemon) = serving(&ollama);
    let key_file = home.path().join("key");
    fs::write(&key_file, format!("{KEY}\n")).unwrap();
    let key_file = key_file.to_str().unwrap();
    let one = home
        .run([
            "backends",
            "add",
            &added.url(),
            "--name",
            "box",
            "--key-file",
            key_file,
            "--json",
        ])
        .expect_code(0)
        .json();
    assert_eq!(
        (
            &one["id"],
            &one["standing"],
            &one["models"],
            &one["has_key"]
        ),
        (&json!("box"), &json!("up"), &json!(1), &json!(true))
    );
    assert!(
        added
            .asked()
            .iter()
            .all(|asked| asked.key.as_deref() == Some(KEY))
    );
    let listed = home.run(["backends"]).expect_code(0).stdout;
    for word in ["box", &added.url(), "answers", "1 model", "ollama"] {
        assert!(listed.contains(word), "{word}: {listed}");
    }
    let looked = home
        .run(["backends", "probe", "box", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(looked[0]["answer"], Value::Null);
    let asked = home
        .run(["backends", "probe", "box", "--ask", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(asked[0]["answer"]["model"], "tiny:latest");

    let far = home
        .run(["backends", "add", "https://203.0.113.7", "--json"])
        .expect_code(1);
    assert_eq!(far.json()["error"]["code"], "backend_leaves_lan");
    let twin = home
        .run(["backends", "add", &added.url(), "--json"])
        .expect_code(1);
    assert_eq!(twin.json()["error"]["code"], "backend_known");
    let log = home.run(["doctor", "--report"]).expect_code(0).stdout;
    assert!(!log.contains(KEY));

    home.run(["backends", "remove", "box"]).expect_code(0);
    let listed = home.run(["backends", "--json"]).expect_code(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let kept = home
        .run(["backends", "remove", "ollama", "--json"])
        .expect_code(1);
    assert_eq!(kept.json()["error"]["code"], "backend_built_in");
}

#[test]
fn a_model_is_downloaded_described_and_deleted() {
    let server = Server::start();
    let (home, _daemon) = serving(&server);
    let pulled = home
        .run(["models", "pull", "llama3.2", "--json"])
        .expect_code(0);
    let steps = lines(&pulled.stdout);
    let last = steps.last().unwrap();
    assert_eq!(
        (&last["state"], &last["bytes"]),
        (&json!("done"), &json!(1_000_000_000))
    );
    let rising = steps
        .windows(2)
        .all(|two| two[0]["bytes"].as_u64() <= two[1]["bytes"].as_u64());
    assert!(rising, "{steps:?}");
    wait_until("it is listed", || {
        home.run(["models"])
            .expect_code(0)
            .stdout
            .contains("llama3.2")
    });
    let shown = home
        .run(["models", "show", "llama3.2", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(
        (&shown["licence"], &shown["context"]),
        (&json!("Apache-2.0"), &json!(512))
    );
    let text = home
        .run(["models", "show", "llama3.2"])
        .expect_code(0)
        .stdout;
    assert!(text.contains("temperature"), "{text}");
    home.run(["models", "delete", "llama3.2"]).expect_code(0);
    let gone = home
        .run(["models", "show", "llama3.2", "--json"])
        .expect_code(1);
    assert_eq!(gone.json()["error"]["code"], "model_not_here");

    server.pull(Answer::does([
        part(10),
        Step::Error("pull model manifest: file does not exist".to_owned()),
    ]));
    let failed = home
        .run(["models", "pull", "nothing-of-that-name"])
        .expect_code(1);
    assert!(failed.stdout.contains("file does not exist"), "{failed:?}");
    let listed = home
        .run(["models", "pulls", "--json"])
        .expect_code(0)
        .json();
    let state = |id: &str| {
        let pulls = listed.as_array().unwrap().iter();
        pulls.clone().find(|pull| pull["id"] == id).unwrap()["state"].clone()
    };
    assert_eq!(state("nothing-of-that-name:latest"), "failed");
    home.run(["models", "cancel", "nothing-of-that-name"])
        .expect_code(0);
    let again = home
        .run(["models", "cancel", "nothing-of-that-name", "--json"])
        .expect_code(1);
    assert_eq!(again.json()["error"]["code"], "pull_unknown");
}

#[test]
fn a_download_outlives_a_node_that_is_killed() {
    let server = Server::start();
    let gate = Gate::new();
    server.pull(Answer::does([part(400), Step::Wait(gate.clone())]));
    let (home, daemon) = serving(&server);
    let pulling = home
        .command(["models", "pull", "llama3.2", "--json"])
        .spawn();
    let mut pulling = pulling.unwrap();
    let pulls = || {
        home.run(["models", "pulls", "--json"])
            .expect_code(0)
            .json()
    };
    wait_until("some of it is there", || pulls()[0]["bytes"] == 400);
    daemon.kill();
    assert!(!pulling.wait().unwrap().success(), "it did not see the end");
    gate.open();
    server.pull(Answer::does([part(400), part(1000)]));
    let _daemon = home.serve();
    wait_until("all of it is there", || pulls()[0]["state"] == "done");
    assert_eq!(server.asked_at("/api/pull").len(), 2);
}

#[test]
fn the_doctor_says_how_to_get_the_first_model() {
    let server = Server::start();
    let (home, _daemon) = serving(&server);
    let examined = home.run(["doctor", "--json"]).json();
    let checks = examined["checks"].as_array().unwrap();
    let check = checks
        .iter()
        .find(|check| check["id"] == "backends")
        .unwrap();
    assert_eq!(check["finding"]["code"], "ollama_without_models");
    assert_eq!(check["command"], "banyan models pull llama3.2");
    let text = home.run(["doctor"]).stdout;
    assert!(
        text.contains("\n    banyan models pull llama3.2\n"),
        "{text}"
    );
    let persian = home
        .command(["doctor"])
        .env("LANG", "fa_IR.UTF-8")
        .output()
        .unwrap();
    let persian = String::from_utf8(persian.stdout).unwrap();
    assert!(persian.contains("بدون مدل"), "{persian}");
    let report = home.run(["doctor", "--report"]).stdout;
    assert!(report.contains("ollama_without_models"), "{report}");
}

#[test]
fn what_is_set_for_answers_holds_unless_a_question_says_otherwise() {
    let server = Server::start();
    server.add(Model::new("tiny:latest").context(8192));
    let (home, _daemon) = serving(&server);
    for (key, value) in [
        ("models.temperature", "0.35"),
        ("models.top_k", "7"),
        ("models.top_p", "0.9"),
        ("models.context", "2048"),
    ] {
        home.run(["config", "set", key, value]).expect_code(0);
    }
    let config = fs::read_to_string(home.data().join("config.toml")).unwrap();
    assert!(config.contains("temperature = 0.35\n"), "{config}");
    let refused = home
        .run(["config", "set", "models.temperature", "2.5"])
        .expect_code(3);
    assert!(refused.stderr.contains("0 to 2"), "{refused:?}");
    wait_until("the model is in reach", || {
        let view = home.run(["models", "--json"]).expect_code(0).json();
        view["here"][0]["name"] == "tiny"
    });
    home.run(["chat", "Hello"]).expect_code(0);
    home.run(["chat", "--temperature", "0.9", "Hello"])
        .expect_code(0);
    let asked = server.asked_at("/api/chat");
    let usual = json!({"temperature": 0.35, "top_k": 7, "top_p": 0.9, "num_ctx": 2048});
    assert_eq!(asked[0]["options"], usual);
    assert_eq!(asked[1]["options"]["temperature"], 0.9);
    let view = home.run(["models", "--json"]).expect_code(0).json();
    let asked = &view["traffic"][0]["asked"];
    assert_eq!(asked["questions"], 2);
    assert!(asked["tokens_written"].as_u64().unwrap() > 0, "{asked}");
}

#[test]
fn a_model_that_answers_is_not_deleted() {
    let server = Server::start();
    server.add(Model::new("tiny:latest"));
    let gate = Gate::new();
    server.answer(Answer::does([Step::text("One"), Step::Wait(gate.clone())]));
    let (home, _daemon) = serving(&server);
    wait_until("the model is in reach", || {
        let view = home.run(["models", "--json"]).expect_code(0).json();
        view["here"][0]["name"] == "tiny"
    });
    let mut chat = home.command(["chat", "Hello"]).spawn().unwrap();
    wait_until("it answers", || server.counts().running == 1);
    let refused = home
        .run(["models", "delete", "tiny", "--json"])
        .expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "model_answering");
    gate.open();
    assert!(chat.wait().unwrap().success());
    wait_until("it may be deleted", || {
        home.run(["models", "delete", "tiny"]).code == Some(0)
    });
    assert_eq!(server.asked_at("/api/delete").len(), 1);
}
