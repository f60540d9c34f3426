use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{BadValue, ChangeError, ConfigError, Warning, shown};
use super::file::File;
use super::kind::Kind;
use super::layers::{Fixed, resolve};
use super::origin::Origin;
use super::settings::{Config, Key, Stage};
use super::value::RawValue;
use super::{disk, edit};

/// The one owner of the configuration file and of everything that overrules it.
///
/// Reading and writing block for as long as the disk takes.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    fixed: Fixed,
    /// What was true when the node started.
    started: Config,
    /// What the layers say now.
    wanted: Config,
    /// What the node goes by: settings that need a restart are as they were at the start.
    in_effect: Arc<Config>,
    unknown_keys: Vec<Warning>,
}

/// One setting for user interfaces.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub key: Key,
    pub value: RawValue,
    pub default: RawValue,
    pub kind: Kind,
    pub origin: Origin,
    /// The environment variable that sets it.
    pub variable: String,
    /// Set by environment or flag: the file would change nothing.
    pub read_only: bool,
    pub needs_restart: bool,
    /// Changed since the start, and in effect from the next one.
    pub waiting: bool,
    /// False where the part of Banyan that obeys it is still being built.
    pub in_force: bool,
}

impl Store {
    /// Reads the configuration. A missing file is an empty one and is written by the first change.
    ///
    /// `environment` is usually [`std::env::vars_os`]; of it, `BANYAN_...` and `OLLAMA_HOST`
    /// count. `flags` hold what the command line says, as text.
    pub fn open(
        path: impl Into<PathBuf>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: impl IntoIterator<Item = (Key, String)>,
    ) -> Result<Self, ConfigError> {
        let path = path.into();
        let fixed = Fixed::new(environment, flags);
        let file = File::read(&path)?;
        let config = resolve(&file, &fixed)?;
        Ok(Self {
            path,
            fixed,
            started: config.clone(),
            wanted: config.clone(),
            in_effect: Arc::new(config),
            unknown_keys: file.unknown_keys(),
        })
    }

    /// The configuration in effect. Changes that need a restart are not in it.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.in_effect)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is odd about the file and the environment without being wrong.
    pub fn warnings(&self) -> Vec<Warning> {
        [self.unknown_keys.as_slice(), self.fixed.warnings()].concat()
    }

    /// All settings, in the order of the reference page.
    pub fn views(&self) -> Vec<View> {
        Key::ALL.iter().map(|key| self.view(*key)).collect()
    }

    pub fn view(&self, key: Key) -> View {
        let descriptor = key.descriptor();
        let value = self.wanted.value(key);
        let origin = self.wanted.origin(key);
        View {
            key,
            waiting: descriptor.needs_restart && value != self.started.value(key),
            value,
            default: key.default_value(),
            kind: descriptor.kind,
            origin: origin.clone(),
            variable: key.variable(),
            read_only: origin.is_fixed(),
            needs_restart: descriptor.needs_restart,
            in_force: matches!(descriptor.stage, Stage::InForce),
        }
    }

    /// Writes `value` into the file. Text is read as a flag would be, so that a command line need
    /// not know what kind of value a setting has.
    pub fn set(&mut self, key: &str, value: &RawValue) -> Result<View, ChangeError> {
        let key = self.changeable(key)?;
        let value = allowed(key, value)?;
        let file = File::read(&self.path)?;
        let text = edit::set(&file, key, &value);
        self.write(&file, &text)?;
        Ok(self.view(key))
    }

    /// Takes the setting out of the file, which brings back its default.
    pub fn reset(&mut self, key: &str) -> Result<View, ChangeError> {
        let key = self.changeable(key)?;
        let file = File::read(&self.path)?;
        let text = edit::unset(&file, key);
        self.write(&file, &text)?;
        Ok(self.view(key))
    }

    fn changeable(&self, key: &str) -> Result<Key, ChangeError> {
        let key: Key = key.parse()?;
        match self.fixed.origin(key) {
            Some(origin) => Err(ChangeError::ReadOnly {
                key,
                origin: origin.clone(),
            }),
            None => Ok(key),
        }
    }

    /// `old` was read a moment ago, so what others wrote into the file meanwhile is kept. The new
    /// text is judged as a whole before anything is written: a change may repair a file, and no
    /// change covers up what else is wrong with it.
    fn write(&mut self, old: &File, text: &str) -> Result<(), ChangeError> {
        let new = File::parse(&self.path, text)?;
        let wanted = resolve(&new, &self.fixed)?;
        if new.text() != old.text() {
            disk::replace(&self.path, new.text()).map_err(|error| ChangeError::Unwritable {
                file: self.path.clone(),
                error: error.into(),
            })?;
        }
        self.in_effect = Arc::new(wanted.clone().since_start(&self.started));
        self.wanted = wanted;
        self.unknown_keys = new.unknown_keys();
        Ok(())
    }
}

fn allowed(key: Key, value: &RawValue) -> Result<RawValue, ChangeError> {
    let kind = key.descriptor().kind;
    let as_typed = value.text().and_then(|text| kind.parse(text));
    key.normalise(value)
        .or_else(|| key.normalise(&as_typed?))
        .ok_or_else(|| {
            ChangeError::BadValue(Box::new(BadValue {
                key: key.name().to_owned(),
                value: shown(&written(value)),
                origin: Origin::Default,
                allowed: kind.to_string(),
            }))
        })
}

/// On one line, whatever it holds.
fn written(value: &RawValue) -> String {
    match value.text() {
        Some(text) => format!("{text:?}"),
        None => value.to_string(),
    }
}
