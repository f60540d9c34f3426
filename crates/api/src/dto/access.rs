use node::{
    clock,
    store::{Access as Row, AskedBy, Given, Moment},
    trust::{self, Say},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A request to use models: of another machine to this one, or the other way.
/// The latest one of each machine and way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Access {
    /// The other machine, in full.
    pub peer: String,
    pub name: String,
    pub asked_by: AccessSide,
    /// In the words of whoever asked; may be empty.
    pub reason: String,
    /// RFC 3339.
    pub asked: String,
    pub state: AccessState,
    /// RFC 3339; until when it may be used, only in the state `until`.
    pub until: Option<String>,
    /// In the words of whoever answered; may be empty.
    pub words: String,
    /// RFC 3339; nothing while it is open.
    pub answered: Option<String>,
    /// RFC 3339; when nobody can answer it any more, only while it is open.
    pub expires: Option<String>,
    /// RFC 3339; before this it cannot be asked again.
    pub again: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessSide {
    /// The other machine, and this one answers.
    Them,
    /// This machine, and the other one answers.
    Us,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessState {
    Open,
    Always,
    Until,
    Once,
    No,
    /// Nobody answered within a day.
    Expired,
    /// Whoever asked wants it no more.
    Withdrawn,
}

/// Asks the person of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccessAsk {
    /// Its name, an address or the beginning of its id.
    pub peer: String,
    /// A line for its person; at most 300 characters.
    #[serde(default)]
    #[ts(as = "Option<String>", optional)]
    pub reason: String,
}

/// Answers what a machine asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccessAnswer {
    /// Its name, an address or the beginning of its id.
    pub peer: String,
    pub answer: AccessChoice,
    /// A line for its person; at most 300 characters.
    #[serde(default)]
    #[ts(as = "Option<String>", optional)]
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessChoice {
    Always,
    /// Until midnight, where this machine is.
    Today,
    /// For one question.
    Once,
    No,
}

impl Access {
    pub(crate) fn of(peer: String, name: String, row: &Row) -> Self {
        let given = row.answer.as_ref().map(|answer| answer.given);
        Self {
            peer,
            name,
            asked_by: match row.by {
                AskedBy::Them => AccessSide::Them,
                AskedBy::Us => AccessSide::Us,
            },
            reason: row.reason.as_str().to_owned(),
            asked: written(row.asked),
            state: match given {
                None => AccessState::Open,
                Some(Given::Always) => AccessState::Always,
                Some(Given::Until(_)) => AccessState::Until,
                Some(Given::Once) => AccessState::Once,
                Some(Given::No) => AccessState::No,
                Some(Given::Expired) => AccessState::Expired,
                Some(Given::Withdrawn) => AccessState::Withdrawn,
            },
            until: match given {
                Some(Given::Until(until)) => Some(written(until)),
                _ => None,
            },
            words: row
                .answer
                .as_ref()
                .map_or_else(String::new, |answer| answer.words.as_str().to_owned()),
            answered: row.answer.as_ref().map(|answer| written(answer.at)),
            expires: row.is_open().then(|| written(trust::request_expires(row))),
            again: trust::may_ask_again(row).map(written),
        }
    }
}

impl From<AccessChoice> for Say {
    fn from(choice: AccessChoice) -> Self {
        match choice {
            AccessChoice::Always => Self::Always,
            AccessChoice::Today => Self::Today,
            AccessChoice::Once => Self::Once,
            AccessChoice::No => Self::No,
        }
    }
}

fn written(at: Moment) -> String {
    clock::rfc3339(at.into())
}
