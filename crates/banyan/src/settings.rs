//! Settings, wherever they are to be had: from the running node, which goes by
//! a change at once, or from the file where no node runs. A node that does not
//! start because of a setting can so be put right.

use std::{
    env,
    path::{Path, PathBuf},
};

use api::{
    ApiError, Code,
    calls::{ListSettings, ResetSetting, SetSetting},
    dto::{Setting, SettingChange, SettingKey},
};
use gateway::client::{Client, ClientError};
use node::{
    config::{ChangeError, Key, Store},
    folder::Folder,
};

#[derive(Debug)]
pub(crate) struct Settings {
    known: Vec<Setting>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Node(Client),
    File { folder: PathBuf, store: Box<Store> },
}

impl Settings {
    pub(crate) async fn of(folder: &Path) -> Result<Self, ApiError> {
        match of_node(folder).await {
            Ok(settings) => Ok(settings),
            Err(ClientError::NoNode { .. }) => of_file(folder),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn list(&self) -> &[Setting] {
        &self.known
    }

    pub(crate) fn get(&self, key: &str) -> Result<&Setting, ApiError> {
        self.known
            .iter()
            .find(|setting| setting.key == key)
            .ok_or_else(|| unknown(key))
    }

    pub(crate) async fn set(self, change: SettingChange) -> Result<Setting, ApiError> {
        match self.source {
            Source::Node(client) => Ok(client.call::<SetSetting>(change).await?),
            Source::File { folder, mut store } => {
                let (_folder, _lock) = Folder::open(folder)?;
                Ok(store.set(&change.key, &change.value.into())?.into())
            }
        }
    }

    pub(crate) async fn reset(self, key: SettingKey) -> Result<Setting, ApiError> {
        match self.source {
            Source::Node(client) => Ok(client.call::<ResetSetting>(key).await?),
            Source::File { folder, mut store } => {
                let (_folder, _lock) = Folder::open(folder)?;
                Ok(store.reset(&key.key)?.into())
            }
        }
    }
}

pub(crate) fn file(folder: &Path) -> PathBuf {
    folder.join("config.toml")
}

async fn of_node(folder: &Path) -> Result<Settings, ClientError> {
    let client = Client::from_folder(folder)?;
    let known = client.call::<ListSettings>(()).await?;
    Ok(Settings {
        known,
        source: Source::Node(client),
    })
}

/// Fails where a node would not start because of its configuration.
pub(crate) fn of_file(folder: &Path) -> Result<Settings, ApiError> {
    let store = Box::new(Store::open(file(folder), env::vars_os(), [])?);
    let known = store.views().into_iter().map(Into::into).collect();
    Ok(Settings {
        known,
        source: Source::File {
            folder: folder.to_owned(),
            store,
        },
    })
}

fn unknown(key: &str) -> ApiError {
    match key.parse::<Key>() {
        Err(unknown) => ChangeError::from(unknown).into(),
        // We know it, and a node of another version does not.
        Ok(_) => ApiError::new(
            Code::UnknownSetting,
            [("key", key.to_owned()), ("near", String::new())],
        ),
    }
}
