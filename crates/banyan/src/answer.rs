use std::process::ExitCode;

use api::{ApiError, Code};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    language,
    terminal::{self, BAD, paint},
};

/// What a command has to say, for people and for programs.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) human: String,
    pub(crate) json: Value,
    pub(crate) exit: ExitCode,
}

impl Answer {
    pub(crate) fn new(human: String, json: &impl Serialize) -> Self {
        // What crosses the api is plain data and can always be written as JSON.
        let json = serde_json::to_value(json).unwrap_or_default();
        Self {
            human,
            json,
            exit: ExitCode::SUCCESS,
        }
    }

    /// Of a command that said everything while it ran.
    pub(crate) fn nothing(exit: ExitCode) -> Self {
        Self {
            human: String::new(),
            json: Value::Null,
            exit,
        }
    }

    pub(crate) fn text(self, as_json: bool) -> String {
        match (as_json, self.json) {
            (false, _) => self.human,
            (true, Value::Null) => String::new(),
            (true, json) => line(&json),
        }
    }
}

pub(crate) fn line(json: &Value) -> String {
    format!("{json}\n")
}

/// The numbers are documented in [`crate::cli::EXIT_CODES`].
pub(crate) fn exit_code(error: &ApiError) -> ExitCode {
    const CONFIGURATION: &[Code] = &[
        Code::UnknownSetting,
        Code::BadSetting,
        Code::BadConfigValue,
        Code::BadConfigValues,
        Code::SettingReadOnly,
        Code::ConfigUnreadable,
        Code::ConfigSyntax,
        Code::ConfigUnwritable,
    ];
    ExitCode::from(if error.code == Code::NoNode {
        4
    } else if CONFIGURATION.contains(&error.code) {
        3
    } else {
        1
    })
}

pub(crate) fn error_text(error: &ApiError) -> String {
    let sentence = error.sentence(language::of_the_terminal());
    let title = format!("{} {}", paint(BAD, "error:"), sentence.title);
    terminal::paragraphs(&title, "  ", &sentence.text, &sentence.fix)
}

pub(crate) fn error_line(error: &ApiError) -> String {
    let sentence = error.sentence(language::of_the_terminal());
    line(&json!({ "error": {
        "code": error.code,
        "params": error.params,
        "retryable": error.retryable,
        "title": sentence.title,
        "text": sentence.text,
        "fix": sentence.fix,
    }}))
}
