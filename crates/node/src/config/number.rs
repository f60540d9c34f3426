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
