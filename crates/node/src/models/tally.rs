//! What went between this machine and each other one about models, counted
//! since the start.

use std::collections::BTreeMap;

use infer::Statistics;
use wire::DeviceId;

/// All machines that something went to or came from; this one stands for what it
/// answered itself.
pub type Tallies = BTreeMap<DeviceId, Tally>;

/// Between this machine and one other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages about models, without the words of questions and answers.
    pub messages_sent: u64,
    pub messages_heard: u64,
    /// Questions of this machine that the other began to answer.
    pub asked: Answers,
    /// Questions of the other that were begun here.
    pub served: Answers,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    pub questions: u64,
    /// Of questions whose answer is complete, as the server of the model counted.
    pub tokens_read: u64,
    /// Of answers; also of those that were not finished, where they were written
    /// here.
    pub tokens_written: u64,
}

impl Answers {
    pub(super) fn begin(&mut self) {
        self.questions += 1;
    }

    pub(super) fn end(&mut self, tokens: u64, statistics: Option<&Statistics>) {
        let told = statistics.and_then(|told| told.decode);
        let read = statistics.and_then(|told| told.prompt);
        self.tokens_written += told.map_or(tokens, |phase| phase.tokens.into());
        self.tokens_read += read.map_or(0, |phase| phase.tokens.into());
    }
}
