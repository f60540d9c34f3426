//! Changing one value in the text of a configuration file and nothing else in it.

use toml_edit::{DocumentMut, Item, Table};

use super::file::File;
use super::kind::Kind;
use super::settings::Key;
use super::value::RawValue;

/// The first lines of a file that Banyan begins.
const HEADER: &str = "# The configuration of Banyan. Every setting: docs/configuration.md\n\n";

/// The text of `file` with `key` set to `value`.
pub(super) fn set(file: &File, key: Key, value: &RawValue) -> String {
    let (section, leaf) = (key.descriptor().section, key.descriptor().leaf);
    let mut document = file.document().clone().into_mut();
    let table = document
        .entry(section)
        .or_insert_with(|| Item::Table(Table::new()));
    if let Some(table) = table.as_table_like_mut() {
        let mut value = toml(key.descriptor().kind, value);
        match table.get_mut(leaf) {
            Some(Item::Value(old)) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            Some(_) | None => {
                table.insert(leaf, Item::Value(value));
            }
        }
    }
    let text = render(&document, file);
    if file.text().is_empty() {
        format!("{HEADER}{text}")
    } else {
        text
    }
}

/// A number stands there as one, whatever it is kept as.
fn toml(kind: Kind, value: &RawValue) -> toml_edit::Value {
    let is_decimal = matches!(kind, Kind::Decimal { .. });
    let written = value.text().filter(|_| is_decimal);
    let number = written.and_then(|text| text.parse::<f64>().ok());
    number.map_or_else(|| value.to_toml(), Into::into)
}

/// The text of `file` without `key`. Comments above it stay, the one on its line goes.
pub(super) fn unset(file: &File, key: Key) -> String {
    let (section, leaf) = (key.descriptor().section, key.descriptor().leaf);
    let text = file.text();
    let line = file
        .document()
        .get(section)
        .and_then(Item::as_table)
        .and_then(|table| table.get_key_value(leaf))
        .filter(|(_, item)| item.is_value())
        .and_then(|(key, item)| Some((key.span()?.start, item.span()?.end)));
    if let Some((start, end)) = line {
        let before = text.get(..start).unwrap_or_default();
        let kept_before = before
            .rfind('\n')
            .and_then(|end| before.get(..=end))
            .unwrap_or_default();
        let after = text.get(end..).unwrap_or_default();
        let kept_after = after.split_once('\n').map_or("", |(_, after)| after);
        return format!("{kept_before}{kept_after}");
    }
    let mut document = file.document().clone().into_mut();
    if let Some(table) = document.get_mut(section).and_then(Item::as_table_like_mut) {
        table.remove(leaf);
    }
    render(&document, file)
}

/// With the line ends that the file has.
fn render(document: &DocumentMut, file: &File) -> String {
    let text = document.to_string();
    if file.text().contains("\r\n") {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        text
    }
}
