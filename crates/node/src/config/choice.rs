use super::kind::Kind;
use super::value::{RawValue, Value};

macro_rules! choices {
    ($($(#[doc = $doc:literal])+ $Name:ident { $($Option:ident = $word:literal),+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $Name { $($Option),+ }

        impl $Name {
            pub(super) const KIND: Kind = Kind::Choice { options: &[$($word),+] };

            /// Its word in the configuration file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Option => $word),+ }
            }
        }

        impl Value for $Name {
            fn read(raw: &RawValue, _kind: Kind) -> Option<Self> {
                match raw.text()? {
                    $($word => Some(Self::$Option),)+
                    _ => None,
                }
            }

            fn raw(&self) -> RawValue {
                RawValue::Text(self.name().to_owned())
            }
        }
    )+};
}

choices! {
    /// Light or dark.
    Theme { System = "system", Light = "light", Dark = "dark" }

    /// The language of every sentence.
    Language { System = "system", English = "en", Persian = "fa" }

    /// The least urgent lines that the log keeps.
    LogLevel { Error = "error", Warn = "warn", Info = "info", Debug = "debug", Trace = "trace" }

    /// How a line of the log is written.
    LogFormat { Human = "human", Json = "json" }
}
