//! The manner of an answer: its form, how much thinking, how long the model
//! stays in memory after it.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

/// Which form the answer must have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Value", try_from = "Value")]
pub enum Format {
    /// Any JSON.
    Json,
    /// JSON that fits this schema.
    Schema(Map<String, Value>),
}

/// How much a model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Think {
    /// Whether at all.
    Plain(bool),
    Level(Level),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Low,
    Medium,
    High,
    Max,
}

/// How long a model stays in memory after its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAlive {
    For(Duration),
    Forever,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a duration is a number of seconds, or like \"5m\" and \"1h30m\"")]
pub struct NoDuration;

impl From<Format> for Value {
    fn from(format: Format) -> Self {
        match format {
            Format::Json => Self::from("json"),
            Format::Schema(schema) => Self::Object(schema),
        }
    }
}

impl TryFrom<Value> for Format {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value {
            Value::String(word) if word == "json" => Ok(Self::Json),
            Value::Object(schema) => Ok(Self::Schema(schema)),
            Value::String(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_) => Err("a format is \"json\" or a schema"),
        }
    }
}

impl KeepAlive {
    pub fn seconds(seconds: f64) -> Result<Self, NoDuration> {
        if seconds < 0.0 {
            return Ok(Self::Forever);
        }
        Duration::try_from_secs_f64(seconds)
            .map(Self::For)
            .map_err(|_| NoDuration)
    }

    /// Reads durations as Go writes them.
    pub fn parse(text: &str) -> Result<Self, NoDuration> {
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Ok(Self::For(Duration::ZERO));
        }
        let mut seconds = 0.0;
        while {
            let number = rest
                .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
                .ok_or(NoDuration)?;
            let (number, after) = rest.split_at(number);
            let unit = after
                .find(|letter: char| letter.is_ascii_digit() || letter == '.')
                .unwrap_or(after.len());
            let (unit, after) = after.split_at(unit);
            seconds += number.parse::<f64>().map_err(|_| NoDuration)? * in_seconds(unit)?;
            rest = after;
            !rest.is_empty()
        } {}
        Self::seconds(if negative { -seconds } else { seconds })
    }
}

fn in_seconds(unit: &str) -> Result<f64, NoDuration> {
    Ok(match unit {
        "h" => 3600.0,
        "m" => 60.0,
        "s" => 1.0,
        "ms" => 1e-3,
        "us" | "µs" | "μs" => 1e-6,
        "ns" => 1e-9,
        _ => return Err(NoDuration),
    })
}

impl Serialize for KeepAlive {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::For(time) => to.serialize_str(&format!("{}ms", time.as_millis())),
            Self::Forever => to.serialize_i64(-1),
        }
    }
}

impl<'de> Deserialize<'de> for KeepAlive {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Seconds(f64),
            Text(String),
        }
        match Written::deserialize(from)? {
            Written::Seconds(seconds) => Self::seconds(seconds),
            Written::Text(text) => Self::parse(&text),
        }
        .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_ollama_reads_them() {
        let seconds = |seconds| Ok(KeepAlive::For(Duration::from_secs_f64(seconds)));
        for (text, expected) in [
            ("5m", seconds(300.0)),
            ("1h30m", seconds(5400.0)),
            ("1.5s", seconds(1.5)),
            ("300ms", seconds(0.3)),
            ("0", seconds(0.0)),
            ("+24h", seconds(86400.0)),
            ("-1m", Ok(KeepAlive::Forever)),
            ("", Err(NoDuration)),
            ("5", Err(NoDuration)),
            ("m", Err(NoDuration)),
            ("5 m", Err(NoDuration)),
            ("5d", Err(NoDuration)),
            ("1..5s", Err(NoDuration)),
            ("99999999999999999999999h", Err(NoDuration)),
        ] {
            assert_eq!(KeepAlive::parse(text), expected, "{text}");
        }
        let read = |json: &str| serde_json::from_str::<KeepAlive>(json).ok();
        assert_eq!(read("-1"), Some(KeepAlive::Forever));
        assert_eq!(read("0"), Some(KeepAlive::For(Duration::ZERO)));
        assert_eq!(read("\"90s\""), read("90"));
        assert_eq!(read("true"), None);
        let written = serde_json::to_string(&read("\"90s\"")).unwrap();
        assert_eq!(written, "\"90000ms\"");
        assert_eq!(read(&written), read("90"));
        assert_eq!(serde_json::to_string(&KeepAlive::Forever).unwrap(), "-1");
    }
}
