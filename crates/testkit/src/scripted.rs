//! A server of models that does what a test says, and nothing by itself.
//!
//! It is a real HTTP server on loopback, in a thread of its own. Its bytes are
//! those of Ollama, and below `/v1` those of servers that speak as OpenAI does.
//! Nothing in it waits for time to pass unless a test gave it a [`Pace`]: a test
//! holds an answer back with a [`Gate`], or writes it piece by piece with a
//! [`Hand`], and asks what the server saw.
//!
//! ```no_run
//! # async fn example() {
//! use testkit::scripted::{Answer, Model, Server};
//!
//! let server = Server::start();
//! server.add(Model::new("tiny:latest"));
//! server.answer(Answer::says("Hello there"));
//! let hand = server.by_hand();
//! // ... the first question hears "Hello there"; the second one:
//! let asked = hand.asked().await;
//! assert_eq!(asked["model"], "tiny:latest");
//! hand.say("Hel").await;
//! hand.gone().await; // the client went away
//! # }
//! ```

mod answer;
mod gate;
mod hand;
mod lists;
mod model;
mod openai;
mod play;
mod routes;
mod scene;
mod serve;
mod written;

use std::{net::SocketAddr, thread::JoinHandle};

use serde_json::Value;
use tokio::sync::oneshot;

pub use answer::{Answer, Pace, Step};
pub use gate::Gate;
pub use hand::Hand;
pub use model::Model;
pub use scene::{Asked, Counts, Weather};

use scene::Scene;

/// A running server. Dropping it is the end of its process: every connection
/// closes.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    scene: Scene,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Without models, on a port of its own.
    pub fn start() -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// At an address, such as that of one that was dropped.
    pub fn at(address: SocketAddr) -> Self {
        let scene = Scene::default();
        let (end, ended) = oneshot::channel();
        let (address, thread) = serve::start(address, scene.clone(), ended);
        Self {
            address,
            scene,
            end: Some(end),
            thread: Some(thread),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    // What it has.

    /// Adds a model, or replaces the one of that name.
    pub fn add(&self, model: Model) {
        self.scene.with(|state| state.put(model));
    }

    pub fn remove(&self, name: &str) {
        self.scene.with(|state| state.remove(name));
    }

    /// Puts a model into memory or out of it.
    pub fn set_loaded(&self, name: &str, loaded: bool) {
        self.scene.with(|state| state.set_loaded(name, loaded));
    }

    pub fn set_version(&self, version: &str) {
        self.scene
            .with(|state| version.clone_into(&mut state.version));
    }

    /// How many turns run at once, and how many more may wait.
    pub fn set_slots(&self, slots: usize, queue: usize) {
        self.scene.set_slots(slots, queue);
    }

    /// How it treats everybody.
    pub fn set_weather(&self, weather: Weather) {
        self.scene.set_weather(weather);
    }

    // What it answers.

    /// The next turn that has no answer yet gets this one.
    pub fn answer(&self, answer: Answer) {
        self.scene.with(|state| state.answers.push_back(answer));
    }

    /// Every turn gets this one that gets no other. At first: what was said last
    /// is said again, word by word.
    pub fn otherwise(&self, answer: Answer) {
        self.scene.with(|state| state.otherwise = answer);
    }

    /// The next turn that has no answer yet is written by the test.
    pub fn by_hand(&self) -> Hand {
        let (hand, answer) = Hand::new();
        self.answer(answer);
        hand
    }

    /// The next download is told by these lines; its end brings the model.
    pub fn pull(&self, answer: Answer) {
        self.scene.with(|state| state.pulls.push_back(answer));
    }

    /// The next download is told by the test.
    pub fn pull_by_hand(&self) -> Hand {
        let (hand, answer) = Hand::new();
        self.pull(answer);
        hand
    }

    // What it saw.

    /// Everything it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.scene.with(|state| state.asked.clone())
    }

    /// What it was asked at one path.
    pub fn asked_at(&self, path: &str) -> Vec<Value> {
        let asked = self.asked().into_iter();
        asked
            .filter(|asked| asked.path == path)
            .map(|asked| asked.body)
            .collect()
    }

    pub fn counts(&self) -> Counts {
        self.scene.counts()
    }

    /// Waits until the counts are as wanted.
    pub async fn until(&self, wanted: impl Fn(&Counts) -> bool) -> Counts {
        self.scene.until(wanted).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The other end is gone where the thread has panicked.
        let _ = self.end.take().map(|end| end.send(()));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !std::thread::panicking()
        {
            panic!("the scripted server panicked");
        }
    }
}
