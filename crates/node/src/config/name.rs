use std::collections::BTreeSet;
use std::fmt;

use super::kind::{Item, Kind};
use super::value::{RawValue, Value};
use wire::shown::is_showable;

/// Used where the host has no name that could be shown.
const NAMELESS: &str = "This machine";

/// What other machines call this one: 1 to 64 visible characters of any script, on one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MachineName(String);

/// A network interface as the system names it, such as `eth0` or `Ethernet 2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InterfaceName(String);

/// A model as its backend names it, such as `llama3.2:3b`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelName(String);

impl MachineName {
    /// 64 characters fit the lists of every screen and the greeting frame of 4 KiB many times over.
    pub(super) const KIND: Kind = Kind::Text {
        min_chars: 1,
        max_chars: 64,
    };

    /// `None` if nothing of it can be shown or it is too long.
    pub fn new(text: &str) -> Option<Self> {
        Self::read(&RawValue::Text(text.to_owned()), Self::KIND)
    }

    pub(super) fn of_host() -> Self {
        Self::from_host_name(&gethostname::gethostname().to_string_lossy())
    }

    /// `anna-laptop.lan` is `anna-laptop` to people; `localhost` is every machine.
    fn from_host_name(host: &str) -> Self {
        let label = host.split('.').next().unwrap_or_default();
        let short: String = label.chars().take(64).collect();
        Self::new(&short)
            .filter(|name| !name.0.eq_ignore_ascii_case("localhost"))
            .unwrap_or_else(|| Self(NAMELESS.to_owned()))
    }
}

impl InterfaceName {
    /// Linux allows 15 bytes, Windows 256 characters; nobody lists more than a handful.
    pub(super) const KIND: Kind = Kind::List {
        of: Item::Name,
        max_items: 32,
        max_chars: 256,
    };
}

impl ModelName {
    /// Registry host, namespace, model and tag together stay below this.
    pub(super) const KIND: Kind = Kind::Text {
        min_chars: 0,
        max_chars: 256,
    };

    pub(super) const LIST: Kind = Kind::List {
        of: Item::Name,
        max_items: 256,
        max_chars: 256,
    };
}

macro_rules! text {
    ($($Name:ident)+) => {$(
        impl $Name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text! { MachineName InterfaceName ModelName }

impl Value for MachineName {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        line(raw.text()?, kind).map(Self)
    }

    fn raw(&self) -> RawValue {
        RawValue::Text(self.0.clone())
    }
}

/// Empty text means that none is chosen.
impl Value for Option<ModelName> {
    fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
        let name = line(raw.text()?, kind)?;
        Some((!name.is_empty()).then_some(ModelName(name)))
    }

    fn raw(&self) -> RawValue {
        RawValue::Text(self.as_ref().map(|name| name.0.clone()).unwrap_or_default())
    }
}

macro_rules! list {
    ($($Name:ident)+) => {$(
        impl Value for Vec<$Name> {
            fn read(raw: &RawValue, kind: Kind) -> Option<Self> {
                Some(lines(raw, kind)?.into_iter().map($Name).collect())
            }

            fn raw(&self) -> RawValue {
                RawValue::List(self.iter().map(|name| name.0.clone()).collect())
            }
        }
    )+};
}

list! { InterfaceName ModelName }

/// Different names, and not too many.
fn lines(raw: &RawValue, kind: Kind) -> Option<Vec<String>> {
    let Kind::List {
        max_items,
        max_chars,
        ..
    } = kind
    else {
        return None;
    };
    let item = Kind::Text {
        min_chars: 1,
        max_chars,
    };
    let texts = raw.list()?.iter();
    let names: Vec<String> = texts.map(|text| line(text, item)).collect::<Option<_>>()?;
    let different: BTreeSet<_> = names.iter().collect();
    (names.len() <= max_items && different.len() == names.len()).then_some(names)
}

/// `text` without the blanks around it, if it is one line of allowed length with something to see.
fn line(text: &str, kind: Kind) -> Option<String> {
    let Kind::Text {
        min_chars,
        max_chars,
    } = kind
    else {
        return None;
    };
    let text = text.trim();
    let fits = (min_chars..=max_chars).contains(&text.chars().count());
    let clean = text.is_empty() || is_showable(text);
    (fits && clean).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_may_have_a_name_of_any_script() {
        for name in ["anna", "Küche", "کتاب‌خانه", "居間のPC", "🖥️ Studio", "a"]
        {
            assert_eq!(MachineName::new(name).unwrap().as_str(), name);
        }
        assert_eq!(MachineName::new("  anna \n").unwrap().as_str(), "anna");
        assert!(MachineName::new(&"ü".repeat(64)).is_some());
    }

    #[test]
    fn a_name_that_shows_nothing_or_disturbs_its_surroundings_is_none() {
        for name in [
            "",
            "   ",
            "a\nb",
            "a\tb",
            "\u{7f}",
            "\u{200c}\u{200d}",
            "evil\u{202e}exe",
            "a\u{2028}b",
            "anna\u{200b}",
        ] {
            assert_eq!(MachineName::new(name), None, "{name:?}");
        }
        assert_eq!(MachineName::new(&"ü".repeat(65)), None);
    }

    #[test]
    fn a_host_name_becomes_a_machine_name() {
        let cases = [
            ("anna-laptop", "anna-laptop"),
            ("anna-laptop.fritz.box", "anna-laptop"),
            ("Annas-MacBook.local", "Annas-MacBook"),
            ("localhost", NAMELESS),
            ("localhost.localdomain", NAMELESS),
            ("", NAMELESS),
            ("\u{0}", NAMELESS),
        ];
        for (host, name) in cases {
            assert_eq!(MachineName::from_host_name(host).as_str(), name, "{host:?}");
        }
        assert_eq!(
            MachineName::from_host_name(&"x".repeat(200)).as_str(),
            "x".repeat(64)
        );
    }
}
