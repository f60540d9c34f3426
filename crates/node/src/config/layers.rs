use std::collections::BTreeMap;
use std::ffi::OsString;

use super::error::{BadValue, ConfigError, Warning, shown};
use super::file::File;
use super::kind::Kind;
use super::near::nearest_variable;
use super::origin::Origin;
use super::settings::{Config, Key};
use super::value::{RawValue, Value};

/// Set by Ollama's own users for Ollama itself; used unless there is a variable of ours.
const OLLAMA_HOST: &str = "OLLAMA_HOST";

/// What one layer says about a setting.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// `None` if no setting could have a value of this form.
    pub(super) raw: Option<RawValue>,
    /// As it was written.
    pub(super) written: String,
    pub(super) origin: Origin,
}

/// What was given from outside at the start and cannot change: environment and flags.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    environment: BTreeMap<Key, Given>,
    flags: BTreeMap<Key, Given>,
    warnings: Vec<Warning>,
}

/// All layers above the defaults, and what is wrong with them.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    file: Option<&'a File>,
    fixed: Option<&'a Fixed>,
    origins: BTreeMap<Key, Origin>,
    problems: Vec<BadValue>,
}

/// The configuration that `file` and `fixed` make together.
pub(super) fn resolve(file: &File, fixed: &Fixed) -> Result<Config, ConfigError> {
    let mut layers = Layers {
        file: Some(file),
        fixed: Some(fixed),
        ..Layers::none()
    };
    let config = Config::resolve(&mut layers);
    match ConfigError::of(layers.problems) {
        Some(error) => Err(error),
        None => Ok(config),
    }
}

impl Layers<'_> {
    pub(super) fn none() -> Self {
        Self {
            file: None,
            fixed: None,
            origins: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// The value of the last layer that has one.
    pub(super) fn pick<T: Value>(&mut self, key: Key, default: T) -> T {
        let given = [
            self.file.and_then(|file| file.given(key)),
            self.fixed
                .and_then(|fixed| fixed.environment.get(&key).cloned()),
            self.fixed.and_then(|fixed| fixed.flags.get(&key).cloned()),
        ];
        let kind = key.descriptor().kind;
        let mut picked = default;
        for given in given.into_iter().flatten() {
            match given.raw.as_ref().and_then(|raw| T::read(raw, kind)) {
                Some(value) => {
                    picked = value;
                    self.origins.insert(key, given.origin);
                }
                None => self.problems.push(given.bad(key)),
            }
        }
        picked
    }

    pub(super) fn take_origins(&mut self) -> BTreeMap<Key, Origin> {
        std::mem::take(&mut self.origins)
    }
}

impl Fixed {
    pub(super) fn new(
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: impl IntoIterator<Item = (Key, String)>,
    ) -> Self {
        let flags = flags
            .into_iter()
            .map(|(key, text)| (key, Given::flag(key, text)))
            .collect();
        let mut fixed = Self {
            flags,
            ..Self::default()
        };
        fixed.read_environment(environment);
        fixed
    }

    /// What overrules the file for this setting.
    pub(super) fn origin(&self, key: Key) -> Option<&Origin> {
        let given = self
            .flags
            .get(&key)
            .or_else(|| self.environment.get(&key))?;
        Some(&given.origin)
    }

    pub(super) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    fn read_environment(&mut self, environment: impl IntoIterator<Item = (OsString, OsString)>) {
        let known: BTreeMap<String, Key> =
            Key::ALL.iter().map(|key| (key.variable(), *key)).collect();
        let mut ollama_host = None;
        for (name, value) in environment {
            let Some(name) = name.to_str() else { continue };
            // An empty variable counts as none: `BANYAN_UI_THEME= banyan serve` unsets it.
            if value.is_empty() {
                continue;
            }
            if let Some(key) = known.get(name) {
                self.environment
                    .insert(*key, Given::variable(*key, name, &value));
            } else if name == OLLAMA_HOST {
                ollama_host = Some(Given::variable(Key::ModelsOllamaAddress, name, &value));
            } else if name.starts_with("BANYAN_")
                && let Some(near) = nearest_variable(name)
            {
                self.warnings.push(Warning::UnknownVariable {
                    variable: name.to_owned(),
                    near,
                });
            }
        }
        if let Some(given) = ollama_host {
            self.honour_ollama_host(given);
        }
    }

    /// A foreign variable may hold what only its own program understands: no reason to stop.
    fn honour_ollama_host(&mut self, given: Given) {
        let key = Key::ModelsOllamaAddress;
        if self.environment.contains_key(&key) {
            return;
        }
        if given
            .raw
            .as_ref()
            .and_then(|raw| key.normalise(raw))
            .is_some()
        {
            self.environment.insert(key, given);
        } else {
            let bad = given.bad(key);
            self.warnings.push(Warning::IgnoredVariable {
                variable: OLLAMA_HOST.to_owned(),
                value: bad.value,
                allowed: bad.allowed,
            });
        }
    }
}

impl Given {
    fn variable(key: Key, variable: &str, value: &OsString) -> Self {
        Self {
            raw: value
                .to_str()
                .and_then(|text| key.descriptor().kind.parse(text)),
            written: value.to_string_lossy().into_owned(),
            origin: Origin::Environment {
                variable: variable.to_owned(),
            },
        }
    }

    fn flag(key: Key, text: String) -> Self {
        let flag = key
            .descriptor()
            .flag
            .map_or_else(|| key.name().to_owned(), str::to_owned);
        Self {
            raw: key.descriptor().kind.parse(&text),
            written: text,
            origin: Origin::Flag { flag },
        }
    }

    fn bad(self, key: Key) -> BadValue {
        let kind = key.descriptor().kind;
        // `udp_port = "5000"` looks right to whoever wrote it.
        let quoted = matches!(self.origin, Origin::File { .. })
            && self
                .raw
                .as_ref()
                .and_then(RawValue::text)
                .and_then(|text| kind.parse(text))
                .is_some_and(|unquoted| {
                    unquoted.text().is_none() && key.normalise(&unquoted).is_some()
                });
        let hint = match (quoted, kind) {
            (false, _) => "",
            (true, Kind::List { .. }) => ", in brackets",
            (true, _) => ", without quotes",
        };
        BadValue {
            key: key.name().to_owned(),
            value: shown(&self.written),
            origin: self.origin,
            allowed: format!("{kind}{hint}"),
        }
    }
}
