use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item};

use super::disk;
use super::error::{BadValue, ConfigError, Warning, shown};
use super::kind::Kind;
use super::layers::Given;
use super::near::nearest_key;
use super::origin::{Origin, Place};
use super::settings::Key;
use super::value::RawValue;

/// A configuration file as it was read. Invariant: it is valid TOML, and whatever stands in the
/// place of a section is a table.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    document: Document<String>,
}

impl File {
    /// A missing file is an empty one.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = disk::read(path)?;
        Self::parse(path, &text)
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let document = Document::parse(text.to_owned()).map_err(|error| ConfigError::Syntax {
            file: path.to_owned(),
            place: Place::of(text, error.span().map_or(0, |span| span.start)),
            reason: error.message().to_owned(),
        })?;
        let file = Self {
            path: path.to_owned(),
            document,
        };
        match ConfigError::of(file.sections_that_are_none()) {
            Some(error) => Err(error),
            None => Ok(file),
        }
    }

    pub(super) fn text(&self) -> &str {
        self.document.raw()
    }

    pub(super) fn document(&self) -> &Document<String> {
        &self.document
    }

    pub(super) fn given(&self, key: Key) -> Option<Given> {
        let descriptor = key.descriptor();
        let item = self
            .document
            .get(descriptor.section)?
            .get(descriptor.leaf)?;
        Some(Given {
            raw: raw_value(item, descriptor.kind),
            written: self.written(item),
            origin: self.origin(item.span()),
        })
    }

    pub(super) fn unknown_keys(&self) -> Vec<Warning> {
        let mut unknown = Vec::new();
        for (section, item) in self.document.iter() {
            match item.as_table_like() {
                Some(table) if !table.is_empty() => {
                    for (leaf, _) in table.iter() {
                        unknown.push(format!("{section}.{leaf}"));
                    }
                }
                _ => unknown.push(section.to_owned()),
            }
        }
        unknown
            .into_iter()
            .filter(|name| !Key::ALL.iter().any(|key| key.name() == name))
            .filter(|name| !is_section(name))
            .map(|name| Warning::UnknownKey {
                near: nearest_key(&name),
                key: shown(&name),
                file: self.path.clone(),
            })
            .collect()
    }

    fn sections_that_are_none(&self) -> Vec<BadValue> {
        Key::SECTIONS
            .iter()
            .filter_map(|(section, _)| Some((section, self.document.get(section)?)))
            .filter(|(_, item)| !item.is_table_like())
            .map(|(section, item)| BadValue {
                key: (*section).to_owned(),
                value: shown(&self.written(item)),
                origin: self.origin(item.span()),
                allowed: format!("a table of settings that begins with [{section}]"),
            })
            .collect()
    }

    fn written(&self, item: &Item) -> String {
        match item.span().and_then(|span| self.text().get(span)) {
            Some(text) => text.to_owned(),
            None => item.type_name().to_owned(),
        }
    }

    fn origin(&self, span: Option<Range<usize>>) -> Origin {
        let place = span.map(|span| Place::of(self.text(), span.start));
        Origin::File {
            path: self.path.clone(),
            place,
        }
    }
}

fn is_section(name: &str) -> bool {
    Key::SECTIONS.iter().any(|(section, _)| *section == name)
}

fn raw_value(item: &Item, kind: Kind) -> Option<RawValue> {
    if let (Kind::Decimal { .. }, Some(number)) = (kind, item.as_float()) {
        return Some(RawValue::Text(number.to_string()));
    }
    if let Some(value) = item.as_bool() {
        return Some(RawValue::Bool(value));
    }
    if let Some(value) = item.as_integer() {
        return u64::try_from(value).ok().map(RawValue::Number);
    }
    if let Some(text) = item.as_str() {
        return Some(RawValue::Text(text.to_owned()));
    }
    let items = item
        .as_array()?
        .iter()
        .map(|item| item.as_str().map(str::to_owned));
    items.collect::<Option<_>>().map(RawValue::List)
}
