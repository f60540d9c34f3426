//! What must hold for the configuration as a whole.

mod editing;
mod failures;
mod layers;
mod properties;
mod sentences;
mod table;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use super::{ConfigError, Key, RawValue, Store};

/// A data folder with a configuration file in it.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn with(contents: impl AsRef<[u8]>) -> Self {
        let folder = Self::new();
        folder.write(contents);
        folder
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    fn write(&self, contents: impl AsRef<[u8]>) {
        fs::write(self.file(), contents).unwrap();
    }

    fn contents(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn open(&self) -> Result<Store, ConfigError> {
        self.open_under(&[], &[])
    }

    fn open_under(
        &self,
        environment: &[(&str, &str)],
        flags: &[(Key, &str)],
    ) -> Result<Store, ConfigError> {
        Store::open(
            self.file(),
            environment
                .iter()
                .map(|(name, value)| (OsString::from(name), OsString::from(value))),
            flags.iter().map(|(key, value)| (*key, (*value).to_owned())),
        )
    }

    /// The sentence without the name of the temporary folder.
    fn sentence(&self, error: &impl ToString) -> String {
        error
            .to_string()
            .replace(&self.file().display().to_string(), "config.toml")
    }

    /// Everything in the folder by name: nothing may be left behind.
    fn listing(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn text(text: &str) -> RawValue {
    RawValue::Text(text.to_owned())
}
