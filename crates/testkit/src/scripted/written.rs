//! How Ollama, which is written in Go, writes things down.

use std::time::SystemTime;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

pub(super) fn date(moment: SystemTime) -> String {
    Timestamp::try_from(moment)
        .expect("a moment of this age")
        .to_string()
}

pub(super) fn now() -> String {
    date(SystemTime::now())
}

/// Go escapes what could be taken for a tag.
pub(super) fn json(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

pub(super) fn line(value: &Value) -> Bytes {
    Bytes::from(json(value) + "\n")
}
