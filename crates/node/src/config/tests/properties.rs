//! Laws that hold for every configuration.

use std::collections::BTreeMap;
use std::ffi::OsString;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::super::file::File;
use super::super::{Item, Key, Kind, RawValue, Source, Store, edit};
use super::Folder;

/// Comments, unknown keys and sections between which settings may stand.
const SURROUNDINGS: &[&str] = &[
    "# a comment at the top\n",
    "unknown_at_top = { a = 1, b = [1, 2] } # kept\n",
    "[ui] # with a comment\n# above nothing\n",
    "[network]\nunknown = 2020-01-01\n",
    "[plugins.\"with space\"]\nx = '''\nlines\n'''\n",
    "[[servers]]\nname = \"a\"\n\n[[servers]]\nname = \"b\"\n",
    "# the end\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_configuration_survives_writing_and_reading(values in values()) {
        let folder = Folder::new();
        let mut file = File::parse(&folder.file(), "").unwrap();
        for (key, value) in &values {
            file = File::parse(&folder.file(), &edit::set(&file, *key, value)).unwrap();
        }
        folder.write(file.text());
        let store = folder.open().unwrap();
        for key in Key::ALL {
            let expected = values.get(key).cloned().unwrap_or_else(|| key.default_value());
            prop_assert_eq!(store.config().value(*key), expected, "{}", key);
            let source = if values.contains_key(key) { Source::File } else { Source::Default };
            prop_assert_eq!(store.config().origin(*key).source(), source);
        }
        prop_assert_eq!(store.warnings(), vec![]);
    }

    #[test]
    fn what_is_set_is_read_back_and_everything_else_stays(
        surroundings in subsequence(SURROUNDINGS, 0..=SURROUNDINGS.len()),
        changes in vec((any::<Index>().prop_map(|i| *i.get(Key::ALL)).prop_flat_map(with_value), any::<bool>()), 1..4),
    ) {
        let folder = Folder::with(surroundings.concat());
        let mut store = folder.open().unwrap();
        let unknown = store.warnings();
        for ((key, value), _) in &changes {
            let view = store.set(key.name(), value).unwrap();
            prop_assert_eq!(&view.value, value);
            prop_assert_eq!(folder.open().unwrap().config().value(*key), value.clone());
        }
        for ((key, _), _) in changes.iter().filter(|(_, reset)| *reset) {
            store.reset(key.name()).unwrap();
            prop_assert_eq!(folder.open().unwrap().config().value(*key), key.default_value());
        }
        let contents = folder.contents();
        for line in surroundings.concat().lines().filter(|line| !line.is_empty()) {
            prop_assert!(contents.contains(line), "{} is gone from\n{}", line, contents);
        }
        prop_assert_eq!(folder.open().unwrap().warnings(), unknown);
        prop_assert_eq!(folder.listing(), ["config.toml"]);
    }

    #[test]
    fn setting_and_resetting_leaves_no_trace(
        surroundings in subsequence(SURROUNDINGS, 1..=SURROUNDINGS.len()),
        (key, value) in any::<Index>().prop_map(|i| *i.get(Key::ALL)).prop_flat_map(with_value),
    ) {
        let before = surroundings.concat();
        let path = std::path::Path::new("config.toml");
        let file = File::parse(path, &before).unwrap();
        let set = File::parse(path, &edit::set(&file, key, &value)).unwrap();
        let after = edit::unset(&set, key);
        let header = format!("[{}]", key.descriptor().section);
        let lines = |text: &str| {
            let lines = text.lines().filter(|line| !line.is_empty() && *line != header);
            let mut lines: Vec<_> = lines.map(str::to_owned).collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(lines(&after), lines(&before));
    }

    #[test]
    fn arbitrary_bytes_give_a_configuration_or_a_sentence(bytes in vec(any::<u8>(), 0..200)) {
        never_panics(&bytes)?;
    }

    #[test]
    fn damaged_files_give_a_configuration_or_a_sentence(
        values in values(),
        cut in any::<Index>(),
        noise in prop_oneof![vec(any::<u8>(), 0..4), "[\\[\\]\\{\\}\"'=.,#\\\\\r\n]{0,4}".prop_map(String::into_bytes)],
        keep_rest in any::<bool>(),
    ) {
        let mut file = File::parse("config.toml".as_ref(), "").unwrap();
        for (key, value) in &values {
            file = File::parse("config.toml".as_ref(), &edit::set(&file, *key, value)).unwrap();
        }
        let text = file.text().as_bytes();
        let at = cut.index(text.len() + 1);
        let rest = if keep_rest { &text[at..] } else { &[] };
        never_panics(&[&text[..at], &noise, rest].concat())?;
    }

    #[test]
    fn the_last_layer_that_speaks_wins(
        (file, environment, flags) in (values(), values(), values())
    ) {
        let folder = Folder::new();
        let mut text = File::parse(&folder.file(), "").unwrap();
        for (key, value) in &file {
            text = File::parse(&folder.file(), &edit::set(&text, *key, value)).unwrap();
        }
        folder.write(text.text());
        // An empty variable counts as none, so an empty text cannot be given that way.
        let environment: BTreeMap<_, _> =
            environment.into_iter().filter(|(_, value)| !spoken(value).is_empty()).collect();
        let store = Store::open(
            folder.file(),
            environment.iter().map(|(key, value)| {
                (OsString::from(key.variable()), OsString::from(spoken(value)))
            }),
            flags.iter().map(|(key, value)| (*key, spoken(value))),
        )
        .unwrap();
        for key in Key::ALL {
            let (value, source) = if let Some(value) = flags.get(key) {
                (value.clone(), Source::Flag)
            } else if let Some(value) = environment.get(key) {
                (value.clone(), Source::Environment)
            } else if let Some(value) = file.get(key) {
                (value.clone(), Source::File)
            } else {
                (key.default_value(), Source::Default)
            };
            let view = store.view(*key);
            prop_assert_eq!(view.value, value, "{}", key);
            prop_assert_eq!(view.origin.source(), source, "{}", key);
            prop_assert_eq!(view.read_only, source > Source::File);
        }
    }

    #[test]
    fn no_text_makes_a_name_that_is_too_long_or_disturbs(text in any::<String>()) {
        if let Some(name) = super::super::MachineName::new(&text) {
            prop_assert!((1..=64).contains(&name.as_str().chars().count()));
            prop_assert!(!name.as_str().chars().any(char::is_control));
            prop_assert_eq!(name.as_str(), text.trim());
        }
    }
}

/// Whatever the file holds: a configuration that can be changed, or a sentence on one line; and
/// the file is only touched by a change.
fn never_panics(bytes: &[u8]) -> Result<(), TestCaseError> {
    let folder = Folder::with(bytes);
    match folder.open() {
        Ok(mut store) => {
            store.set("machine.name", &super::text("Anna")).unwrap();
            let again = folder.open().unwrap().config();
            prop_assert_eq!(again.machine.name.as_str(), "Anna");
        }
        Err(error) => {
            let sentence = folder.sentence(&error);
            prop_assert!(sentence.contains("config.toml"), "{}", sentence);
            prop_assert_eq!(sentence.lines().count(), 1, "{}", sentence);
            prop_assert!(sentence.chars().count() < 400, "{}", sentence);
            prop_assert_eq!(std::fs::read(folder.file()).unwrap(), bytes);
        }
    }
    Ok(())
}

/// Some settings with allowed values.
fn values() -> impl Strategy<Value = BTreeMap<Key, RawValue>> {
    btree_map(select(Key::ALL), any::<u64>(), 0..=Key::ALL.len()).prop_flat_map(|keys| {
        keys.into_keys()
            .map(with_value)
            .collect::<Vec<_>>()
            .prop_map(|pairs| pairs.into_iter().collect())
    })
}

fn with_value(key: Key) -> impl Strategy<Value = (Key, RawValue)> {
    value(key.descriptor().kind)
        .prop_filter_map("not allowed", move |raw| Some((key, key.normalise(&raw)?)))
}

fn value(kind: Kind) -> BoxedStrategy<RawValue> {
    match kind {
        Kind::Bool => any::<bool>().prop_map(RawValue::Bool).boxed(),
        Kind::Number { min, max, .. } => prop_oneof![Just(min), Just(max), min..=max]
            .prop_map(RawValue::Number)
            .boxed(),
        Kind::Decimal { max_hundredths } => (0..=max_hundredths)
            .prop_map(|hundredths| {
                RawValue::Text(format!("{}.{:02}", hundredths / 100, hundredths % 100))
            })
            .boxed(),
        Kind::Choice { options } => select(options)
            .prop_map(|option| RawValue::Text(option.to_owned()))
            .boxed(),
        Kind::Text {
            min_chars,
            max_chars,
        } => vec(letter(), min_chars..=max_chars.min(80))
            .prop_map(|letters| RawValue::Text(letters.into_iter().collect()))
            .boxed(),
        Kind::Address => (any::<bool>(), any::<u16>())
            .prop_map(|(six, port)| {
                let host = if six { "[::1]" } else { "127.0.0.1" };
                RawValue::Text(format!("{host}:{port}"))
            })
            .boxed(),
        Kind::Url => (
            "https?://[a-z][a-z0-9-]{0,20}[a-z0-9]",
            1..=u16::MAX,
            "(/[a-z0-9]{1,8}){0,2}",
        )
            .prop_map(|(base, port, path)| RawValue::Text(format!("{base}:{port}{path}")))
            .boxed(),
        Kind::List {
            of: Item::Network,
            max_items,
            ..
        } => btree_set((any::<[u8; 4]>(), 0..=32u8), 0..max_items.min(6))
            .prop_map(|networks| {
                let written = networks
                    .into_iter()
                    .map(|(ip, prefix)| format!("{}/{prefix}", std::net::Ipv4Addr::from(ip)));
                RawValue::List(written.collect())
            })
            .boxed(),
        Kind::List {
            of: Item::Name,
            max_items,
            ..
        } => {
            // A comma separates names in a variable, so no name has one here.
            btree_set(
                "[a-zA-Zء-ی0-9]([a-zA-Zء-ی0-9._ -]{0,13}[a-z0-9])?",
                0..max_items.min(6),
            )
            .prop_map(|names| RawValue::List(names.into_iter().collect()))
            .boxed()
        }
    }
}

fn letter() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => proptest::char::range(' ', '~'),
        1 => select(vec!['"', '\'', '\\', '#', '=', '[', ']', '\u{200c}', 'ß', 'ی', '中', '🖥']),
        1 => any::<char>(),
    ]
}

/// As a variable or a flag says it.
fn spoken(value: &RawValue) -> String {
    match value {
        RawValue::Bool(value) => value.to_string(),
        RawValue::Number(number) => number.to_string(),
        RawValue::Text(text) => text.clone(),
        RawValue::List(items) => items.join(","),
    }
}
