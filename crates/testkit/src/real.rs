//! Real servers of models, with the tiny chat model.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::{free_tcp_port, skip};

/// The Python in which llama.cpp is installed. `cargo xtask test` sets it.
const PYTHON: &str = "BANYAN_LLAMA_PYTHON";

/// A running llama.cpp. Dropping it ends it.
#[derive(Debug)]
pub struct LlamaServer {
    child: Child,
    url: String,
}

/// A running Ollama with a store of its own. Dropping it ends it.
#[derive(Debug)]
pub struct OllamaServer {
    child: Child,
    host: String,
    folder: TempDir,
}

/// A conversation, and what the tiny chat model answers at temperature 0.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Role and content of each message.
    pub messages: Vec<(String, String)>,
    pub expected: String,
}

impl LlamaServer {
    /// `None`, and said so, where it is not installed.
    pub fn start() -> Option<Self> {
        let Some(python) = env::var_os(PYTHON) else {
            skip(&format!(
                "llama.cpp's server is not there ({PYTHON} names no Python; cargo xtask test does)"
            ));
            return None;
        };
        let mut child = Command::new(python)
            .arg(fixture("llama_server.py"))
            .arg(tiny_chat())
            // It ends when this closes, however the test ended.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("llama.cpp's server starts");
        let output = child.stdout.take().expect("its output is a pipe");
        // The library may write lines of its own before that one.
        let url = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find_map(|said| said.get("url")?.as_str().map(str::to_owned))
            .expect("llama.cpp's server says where it listens");
        Some(Self { child, url })
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl OllamaServer {
    /// With the model `tiny-chat`; `None`, and said so, where no Ollama is on the
    /// path.
    pub fn start() -> Option<Self> {
        let is_there = Command::new("ollama")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !is_there {
            skip("there is no Ollama on the path");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let host = format!("127.0.0.1:{}", free_tcp_port());
        let mut child = ollama(&folder, &host)
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Ollama starts");
        let said = child.stderr.take().expect("what it says is a pipe");
        let mut said = BufReader::new(said).lines().map_while(Result::ok);
        said.find(|line| line.contains("Listening on"))
            .expect("Ollama says that it listens");
        // It writes all the time, and stops where nobody reads.
        thread::spawn(move || said.for_each(drop));
        let file = folder.path().join("Modelfile");
        fs::write(&file, format!("FROM {}\n", tiny_chat().display())).expect("a Modelfile");
        let server = Self {
            child,
            host,
            folder,
        };
        let created = ollama(&server.folder, &server.host)
            .args(["create", "tiny-chat", "-f"])
            .arg(&file)
            .output()
            .expect("Ollama's command runs");
        assert!(created.status.success(), "{created:?}");
        Some(server)
    }

    pub fn host(&self) -> &str {
        &self.host
    }
}

impl Drop for LlamaServer {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

impl Drop for OllamaServer {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Its command, which knows nothing of another Ollama of this machine.
fn ollama(folder: &TempDir, host: &str) -> Command {
    let mut command = Command::new("ollama");
    command
        .env("HOME", folder.path())
        .env("OLLAMA_HOST", host)
        .env("OLLAMA_MODELS", folder.path().join("models"))
        .stdin(Stdio::null());
    command
}

/// Asks it to end, so that it ends what it has started itself.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        // One that has ended already hears nothing.
        let _ = kill_process(Pid::from_child(child), Signal::TERM);
    }
    #[cfg(not(unix))]
    {
        let _ = child.kill();
    }
    let _ = child.wait();
}

/// The weights of the tiny chat model.
pub fn tiny_chat() -> PathBuf {
    fixture("tiny-chat/tiny-chat-q8_0.gguf")
}

/// What the tiny chat model must answer, word for word.
pub fn conversations() -> Vec<Conversation> {
    let text = fs::read(fixture("tiny-chat/conversations.json")).expect("the conversations");
    let list: Vec<Value> = serde_json::from_slice(&text).expect("a list of conversations");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    list.iter()
        .map(|entry| Conversation {
            messages: entry["messages"]
                .as_array()
                .expect("a list of messages")
                .iter()
                .map(|message| (text(&message["role"]), text(&message["content"])))
                .collect(),
            expected: text(&entry["expected"]),
        })
        .collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}
