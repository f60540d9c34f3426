use node::config;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One setting as a person sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Setting {
    /// Its name in the configuration file, such as `network.udp_port`.
    pub key: String,
    pub value: SettingValue,
    pub default: SettingValue,
    pub kind: SettingKind,
    pub source: SettingSource,
    /// The file, variable or flag behind `source`; empty for a default.
    pub origin: String,
    /// The environment variable that sets it.
    pub variable: String,
    /// Set by environment or flag: the file would change nothing.
    pub read_only: bool,
    /// A change takes effect at the next start.
    pub needs_restart: bool,
    /// Changed since the start and waiting for the next one.
    pub waiting: bool,
    /// False where the part of Banyan that obeys it is still being built.
    pub in_force: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum SettingValue {
    Bool(bool),
    #[ts(type = "number")]
    Number(u64),
    Text(String),
    List(Vec<String>),
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SettingKind {
    Bool,
    Number {
        #[ts(type = "number")]
        min: u64,
        #[ts(type = "number")]
        max: u64,
        unit: Unit,
    },
    /// Text with a number from zero on, with at most two digits behind the point;
    /// empty where none is chosen.
    Decimal {
        max_hundredths: u32,
    },
    Choice {
        options: Vec<String>,
    },
    /// One line.
    Text {
        #[ts(type = "number")]
        min_chars: u64,
        #[ts(type = "number")]
        max_chars: u64,
    },
    /// A loopback address with a port.
    Address,
    Url,
    List {
        #[ts(type = "number")]
        max_items: u64,
        #[ts(type = "number")]
        max_chars: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Count,
    Port,
    Seconds,
    Bytes,
    Percent,
}

/// Later wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SettingSource {
    Default,
    File,
    Environment,
    Flag,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SettingChange {
    pub key: String,
    pub value: SettingValue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingKey {
    pub key: String,
}

impl From<config::View> for Setting {
    fn from(view: config::View) -> Self {
        Self {
            key: view.key.to_string(),
            value: view.value.into(),
            default: view.default.into(),
            kind: view.kind.into(),
            source: view.origin.source().into(),
            origin: view.origin.to_string(),
            variable: view.variable,
            read_only: view.read_only,
            needs_restart: view.needs_restart,
            waiting: view.waiting,
            in_force: view.in_force,
        }
    }
}

impl From<config::RawValue> for SettingValue {
    fn from(value: config::RawValue) -> Self {
        match value {
            config::RawValue::Bool(value) => Self::Bool(value),
            config::RawValue::Number(value) => Self::Number(value),
            config::RawValue::Text(value) => Self::Text(value),
            config::RawValue::List(value) => Self::List(value),
        }
    }
}

impl From<SettingValue> for config::RawValue {
    fn from(value: SettingValue) -> Self {
        match value {
            SettingValue::Bool(value) => Self::Bool(value),
            SettingValue::Number(value) => Self::Number(value),
            SettingValue::Text(value) => Self::Text(value),
            SettingValue::List(value) => Self::List(value),
        }
    }
}

impl From<config::Kind> for SettingKind {
    fn from(kind: config::Kind) -> Self {
        match kind {
            config::Kind::Bool => Self::Bool,
            config::Kind::Number { min, max, unit } => Self::Number {
                min,
                max,
                unit: unit.into(),
            },
            config::Kind::Decimal { max_hundredths } => Self::Decimal { max_hundredths },
            config::Kind::Choice { options } => Self::Choice {
                options: options.iter().map(ToString::to_string).collect(),
            },
            config::Kind::Text {
                min_chars,
                max_chars,
            } => Self::Text {
                min_chars: min_chars as u64,
                max_chars: max_chars as u64,
            },
            config::Kind::Address => Self::Address,
            config::Kind::Url => Self::Url,
            config::Kind::List {
                max_items,
                max_chars,
                ..
            } => Self::List {
                max_items: max_items as u64,
                max_chars: max_chars as u64,
            },
        }
    }
}

impl From<config::Unit> for Unit {
    fn from(unit: config::Unit) -> Self {
        match unit {
            config::Unit::Count => Self::Count,
            config::Unit::Port => Self::Port,
            config::Unit::Seconds => Self::Seconds,
            config::Unit::Bytes => Self::Bytes,
            config::Unit::Percent => Self::Percent,
        }
    }
}

impl From<config::Source> for SettingSource {
    fn from(source: config::Source) -> Self {
        match source {
            config::Source::Default => Self::Default,
            config::Source::File => Self::File,
            config::Source::Environment => Self::Environment,
            config::Source::Flag => Self::Flag,
        }
    }
}
