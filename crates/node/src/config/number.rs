use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use super::kind::Kind;
use super::value::{RawValue, Value};

/// A port that can be asked for; zero, which means "any", is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port(NonZeroU16);

impl Port {
    pub const fn new(port: NonZeroU16) -> Self {
        Self(port)
    }

    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

impl ByteSize {
    pub const fn mebibytes(count: u32) -> Self {
        Self(count as u64 * 1024 * 1024)
    }

    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// A hundredth part of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u16);

impl Percent {
    pub(super) const fn new(percent: u16) -> Self {
        Self(percent)
    }

    pub const fn get(self) -> u16 {
        self.0
    }
}

/// A number with at most two digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal {
    hundredths: u32,
}

impl Decimal {
    pub(super) const fn hundredths(hundredths: u32) -> Self {
        Self { hundredths }
    }

    pub fn get(self) -> f64 {
        f64::from(self.hundredths) / 100.0
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, behind) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| {
            let fits = (1..=4).contains(&text.len());
            let plain = fits && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<u32>().ok()).flatten()
        };
        let (whole, hundredths) = (digits(whole)?, digits(behind)?);
        let hundredths = match behind.len() {
            1 => hundredths * 10,
            2 => hundredths,
            _ => return None,
        };
        Some(Self::hundredths(whole * 100 + hundredths))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// Empty text means that none is chosen.
impl Value for Option<Decimal> {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        let Kind::Decimal { max_hundredths } = kind else {
            return None;
        };
        let written = match raw {
            RawValue::Number(number) => number.to_string(),
            RawValue::Text(text) => text.trim().to_owned(),
            RawValue::Bool(_) | RawValue::List(_) => return None,
        };
        if written.is_empty() {
            return Some(None);
        }
        let number = Decimal::parse(&written)?;
        (number.hundredths <= max_hundredths).then_some(Some(number))
    }

    fn raw(&self) -> RawValue {
        let written = self.map(|number| number.to_string());
        RawValue::Text(written.unwrap_or_default())
    }
}

/// Zero means that none is chosen.
impl Value for Option<NonZeroU32> {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        let number = u32::try_from(kind.number(raw)?).ok()?;
        Some(NonZeroU32::new(number))
    }

    fn raw(&self) -> RawValue {
        RawValue::Number(self.map_or(0, NonZeroU32::get).into())
    }
}

impl Value for Port {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        let number = u16::try_from(kind.number(raw)?).ok()?;
        NonZeroU16::new(number).map(Self)
    }

    fn raw(&self) -> RawValue {
        RawValue::Number(self.get().into())
    }
}

impl Value for ByteSize {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        kind.number(raw).map(Self)
    }

    fn raw(&self) -> RawValue {
        RawValue::Number(self.0)
    }
}

impl Value for Percent {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        u16::try_from(kind.number(raw)?).ok().map(Self)
    }

    fn raw(&self) -> RawValue {
        RawValue::Number(self.0.into())
    }
}

/// Limits and counts: none of them can be zero.
impl Value for NonZeroU32 {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        u32::try_from(kind.number(raw)?).ok().and_then(Self::new)
    }

    fn raw(&self) -> RawValue {
        RawValue::Number(self.get().into())
    }
}

/// Whole seconds.
impl Value for Duration {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        kind.number(raw).map(Self::from_secs)
    }

    fn raw(&self) -> RawValue {
        RawValue::Number(self.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_and_written_the_same() {
        let kind = Kind::Decimal {
            max_hundredths: 200,
        };
        let read = |text: &str| Option::<Decimal>::read(&RawValue::Text(text.to_owned()), kind);
        for (text, number, written) in [
            ("0.7", 0.7, "0.7"),
            ("0.70", 0.7, "0.7"),
            ("1.25", 1.25, "1.25"),
            (" 2 ", 2.0, "2"),
            ("0", 0.0, "0"),
            ("0.05", 0.05, "0.05"),
        ] {
            let decimal = read(text).unwrap();
            assert_eq!(decimal.unwrap().get(), number, "{text}");
            assert_eq!(decimal.raw(), RawValue::Text(written.to_owned()), "{text}");
        }
        assert_eq!(read(" "), Some(None));
        let whole = Option::<Decimal>::read(&RawValue::Number(1), kind);
        assert_eq!(whole, Some(Some(Decimal::hundredths(100))));
        for text in [
            "2.01", "0.705", "-1", "1.", ".5", "1e1", "nan", "one", "1.2.3",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
