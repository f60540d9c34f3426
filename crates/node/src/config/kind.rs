use std::fmt;

use super::number::Decimal;
use super::value::RawValue;

/// What a value may be, as data: for forms, for sentences and for the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bool,
    /// `min` and `max` are allowed themselves.
    Number {
        min: u64,
        max: u64,
        unit: Unit,
    },
    /// With at most two digits behind the point, from zero on; empty means that
    /// none is chosen.
    Decimal {
        max_hundredths: u32,
    },
    Choice {
        options: &'static [&'static str],
    },
    /// One line, counted in Unicode characters, blanks around it removed.
    Text {
        min_chars: usize,
        max_chars: usize,
    },
    /// A loopback address with a port.
    Address,
    /// An `http` or `https` address without user name, query or fragment.
    Url,
    List {
        of: Item,
        max_items: usize,
        max_chars: usize,
    },
}

/// What a list is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    Name,
    /// Such as `10.8.0.0/24`.
    Network,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Count,
    Port,
    Seconds,
    Bytes,
    Percent,
}

impl Kind {
    pub(super) const PORT: Self = Self::Number {
        min: 1,
        max: 65_535,
        unit: Unit::Port,
    };

    pub(super) const fn count(min: u64, max: u64) -> Self {
        Self::Number {
            min,
            max,
            unit: Unit::Count,
        }
    }

    pub(super) const fn seconds(min: u64, max: u64) -> Self {
        Self::Number {
            min,
            max,
            unit: Unit::Seconds,
        }
    }

    pub(super) const fn bytes(min: u64, max: u64) -> Self {
        Self::Number {
            min,
            max,
            unit: Unit::Bytes,
        }
    }

    pub(super) const fn percent(min: u64, max: u64) -> Self {
        Self::Number {
            min,
            max,
            unit: Unit::Percent,
        }
    }

    /// The number in `raw`, if it is one within the limits.
    pub(super) fn number(self, raw: &RawValue) -> Option<u64> {
        match (self, raw) {
            (Self::Number { min, max, .. }, RawValue::Number(number)) => {
                (min..=max).contains(number).then_some(*number)
            }
            _ => None,
        }
    }

    /// What a variable, a flag or a form field says in words. Whether the value is allowed is
    /// for the type to decide.
    pub(super) fn parse(self, text: &str) -> Option<RawValue> {
        let text = text.trim();
        match self {
            Self::Bool => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some(RawValue::Bool(true)),
                "false" | "no" | "off" | "0" => Some(RawValue::Bool(false)),
                _ => None,
            },
            Self::Number { .. } => text.parse().ok().map(RawValue::Number),
            Self::Decimal { .. }
            | Self::Choice { .. }
            | Self::Text { .. }
            | Self::Address
            | Self::Url => Some(RawValue::Text(text.to_owned())),
            Self::List { .. } => Some(RawValue::List(
                text.split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(str::to_owned)
                    .collect(),
            )),
        }
    }
}

/// What is allowed, fit for "... is needed".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => write!(f, "true or false"),
            Self::Number { min, max, unit } => {
                let what = match unit {
                    Unit::Count | Unit::Port => "whole number",
                    Unit::Seconds => "whole number of seconds",
                    Unit::Bytes => "whole number of bytes",
                    Unit::Percent => "whole percentage",
                };
                write!(f, "a {what} from {min} to {max}")
            }
            Self::Decimal { max_hundredths } => {
                let max = Decimal::hundredths(*max_hundredths);
                write!(f, "a number from 0 to {max} such as 0.75, or nothing")
            }
            Self::Choice { options } => write!(f, "one of {}", options.join(", ")),
            Self::Text {
                min_chars: 0,
                max_chars,
            } => {
                write!(f, "text of at most {max_chars} characters on one line")
            }
            Self::Text {
                min_chars,
                max_chars,
            } => {
                write!(
                    f,
                    "text of {min_chars} to {max_chars} characters on one line"
                )
            }
            Self::Address => {
                write!(
                    f,
                    "a loopback address with a port, such as 127.0.0.1:8080 or [::1]:8080"
                )
            }
            Self::Url => write!(
                f,
                "an address such as http://127.0.0.1:11434, without user name or query"
            ),
            Self::List {
                of: Item::Name,
                max_items,
                max_chars,
            } => write!(
                f,
                "a list of at most {max_items} different names of 1 to {max_chars} characters"
            ),
            Self::List {
                of: Item::Network,
                max_items,
                ..
            } => write!(
                f,
                "a list of at most {max_items} different networks such as 10.8.0.0/24"
            ),
        }
    }
}
