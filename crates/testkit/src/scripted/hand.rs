use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use super::{Answer, Step, answer::Steps};

/// One turn that a test writes. Dropping it ends the answer without its being
/// done.
#[derive(Debug)]
pub struct Hand {
    steps: mpsc::Sender<Step>,
    state: watch::Receiver<State>,
}

/// The other end, in the server.
pub(super) type Reported = watch::Sender<State>;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) asked: Option<Value>,
    pub(super) gone: bool,
}

impl Hand {
    pub(super) fn new() -> (Self, Answer) {
        // Whoever writes is never further than one step before the client.
        let (to, steps) = mpsc::channel(1);
        let (report, state) = watch::channel(State::default());
        let answer = Answer::of(Steps::Hand { steps, report });
        (Self { steps: to, state }, answer)
    }

    /// Waits until this turn is asked for, and gives the request.
    pub async fn asked(&self) -> Value {
        let mut state = self.state.clone();
        let asked = state.wait_for(|state| state.asked.is_some()).await;
        asked
            .ok()
            .and_then(|state| state.asked.clone())
            .expect("the server lives while it is asked")
    }

    /// Waits until the client went away before the answer was whole.
    pub async fn gone(&self) {
        let mut state = self.state.clone();
        // A server that is gone has no client either.
        let _ = state.wait_for(|state| state.gone).await;
    }

    pub fn is_gone(&self) -> bool {
        self.state.borrow().gone
    }

    /// Whether the client still was there for the step before.
    pub async fn does(&self, step: Step) -> bool {
        self.steps.send(step).await.is_ok()
    }

    pub async fn say(&self, text: &str) -> bool {
        self.does(Step::text(text)).await
    }

    pub async fn think(&self, text: &str) -> bool {
        self.does(Step::Thinking(text.to_owned())).await
    }

    pub async fn call(&self, name: &str, arguments: Map<String, Value>) -> bool {
        let name = name.to_owned();
        self.does(Step::Call { name, arguments }).await
    }

    pub async fn done(&self) -> bool {
        self.does(Step::Done).await
    }

    pub async fn error(&self, words: &str) -> bool {
        self.does(Step::Error(words.to_owned())).await
    }

    pub async fn hang_up(&self) -> bool {
        self.does(Step::HangUp).await
    }
}
