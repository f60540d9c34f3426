//! The mesh keys that this machine holds. Their secrets lie in a file of the
//! data folder, what holding them means in the store.
//!
//! A key is on the disk before the rules of trust hear of it, so a crash in
//! between leaves a secret that nobody goes by and never a decision without its
//! secret. Secrets whose row has gone are wiped with the next change.

mod given;
mod ring;

use std::{path::PathBuf, sync::Arc};

use mesh::minting;
use tokio::sync::Mutex;
use wire::{MeshKey, MeshKeyId, MeshKind, mesh_key::MeshKeyError};

pub use given::GivenKeyError;
pub(crate) use given::{GivenKey, VARIABLE};
use ring::Ring;
pub use ring::RingError;

use crate::{
    folder::Folder,
    store::{self, MeshKeyKind},
    trust::{Done, Effect, GRACE, Trust, TrustError},
};

/// Why a key was not added or replaced. Nothing was changed, but perhaps a
/// secret is on the disk that nobody goes by.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error(transparent)]
    Text(#[from] MeshKeyError),
    #[error("no secret could be drawn: {0}")]
    Randomness(String),
}

/// Clones share the keys.
#[derive(Debug, Clone)]
pub(crate) struct MeshKeys {
    ring: Arc<Mutex<Ring>>,
    trust: Trust,
}

/// A key that replaced another.
#[derive(Debug)]
pub struct Rotated {
    pub key: MeshKey,
    /// Those whose trust rests on the old one, and trusted ones that hold it.
    pub devices: Vec<wire::DeviceId>,
    pub(crate) effects: Vec<Effect>,
}

impl Rotated {
    /// Of the new key.
    pub fn id(&self) -> store::MeshKeyId {
        stored(self.key.id())
    }
}

/// The file of the secrets.
pub(crate) fn file(folder: &Folder) -> PathBuf {
    folder.root().join("mesh.keys")
}

/// A new key; nothing is kept.
pub fn mint(kind: MeshKind) -> Result<MeshKey, KeyError> {
    minting::mesh_key(kind).map_err(|error| KeyError::Randomness(error.to_string()))
}

/// Whether that text is a key, which nobody else should see.
pub fn is_key(text: &str) -> bool {
    text.parse::<MeshKey>().is_ok()
}

impl MeshKeys {
    /// Blocks for as long as the disk takes.
    pub(crate) fn open(folder: &Folder, trust: Trust) -> Result<Self, RingError> {
        let ring = Ring::open(file(folder))?;
        Ok(Self {
            ring: Arc::new(Mutex::new(ring)),
            trust,
        })
    }

    /// Those that count now, newest first.
    pub(crate) async fn active(&self) -> Vec<MeshKey> {
        let ring = self.ring.lock().await;
        let view = self.trust.view();
        let mut active: Vec<_> = ring
            .keys()
            .iter()
            .filter_map(|key| {
                let row = view.tables().mesh_key(stored(key.id()))?;
                let in_force = |retired: store::Retired| view.now() < retired.grace_until;
                row.retired
                    .is_none_or(in_force)
                    .then(|| (row.retired.is_some(), std::cmp::Reverse(row.created), key))
            })
            .collect();
        active.sort_by_key(|(retired, created, _)| (*retired, *created));
        active.into_iter().map(|(_, _, key)| key.clone()).collect()
    }

    /// Holds a key that a person handed over.
    pub(crate) async fn hold(&self, key: MeshKey) -> Result<(), KeyError> {
        let (id, kind) = (stored(key.id()), kind(key.kind()));
        self.write(move |ring| ring.add(key)).await?;
        Ok(self.trust.add_mesh_key(id, kind).await?)
    }

    /// Replaces a key by one that `key` is, or by a new one.
    pub(crate) async fn replace(
        &self,
        old: store::MeshKeyId,
        key: Option<MeshKey>,
    ) -> Result<Rotated, KeyError> {
        let held = self.trust.view().tables().mesh_key(old).copied();
        let held = held.ok_or(TrustError::Refused(crate::trust::Refusal::MeshKeyUnknown))?;
        let key = match key {
            Some(key) => key,
            None => mint(of_kind(held.kind))?,
        };
        let fresh = key.clone();
        self.write(move |ring| ring.add(fresh)).await?;
        let new = stored(key.id());
        let Done { answer, effects } = self.trust.rotate_mesh_key(old, new, GRACE).await?;
        Ok(Rotated {
            key,
            devices: answer,
            effects,
        })
    }

    /// Replaces a key by one that another machine brought. The last place is for
    /// a key that is made here, when a machine is removed.
    pub(crate) async fn take(
        &self,
        old: store::MeshKeyId,
        key: MeshKey,
    ) -> Result<Rotated, KeyError> {
        let held = self.ring.lock().await.keys().len();
        if held + 1 >= wire::mesh_key::MOST {
            return Err(RingError::Full.into());
        }
        self.replace(old, Some(key)).await
    }

    pub(crate) async fn remove(&self, id: store::MeshKeyId) -> Result<Vec<Effect>, KeyError> {
        let effects = self.trust.remove_mesh_key(id).await?;
        self.wipe_ended().await?;
        Ok(effects)
    }

    /// Wipes the secrets of which no row is left.
    pub(crate) async fn wipe_ended(&self) -> Result<(), RingError> {
        let trust = self.trust.clone();
        self.write(move |ring| {
            let view = trust.view();
            ring.keep(|id| view.tables().mesh_key(stored(id)).is_some())
        })
        .await
    }

    async fn write(
        &self,
        change: impl FnOnce(&mut Ring) -> Result<(), RingError> + Send + 'static,
    ) -> Result<(), RingError> {
        let mut ring = Arc::clone(&self.ring).lock_owned().await;
        let written = tokio::task::spawn_blocking(move || change(&mut ring)).await;
        written.unwrap_or_else(|error| {
            Err(RingError::File {
                file: PathBuf::from("mesh.keys"),
                reason: std::io::Error::other(error),
            })
        })
    }
}

pub(crate) fn stored(id: MeshKeyId) -> store::MeshKeyId {
    store::MeshKeyId::from_bytes(*id.as_bytes())
}

pub(crate) fn kind(kind: MeshKind) -> MeshKeyKind {
    match kind {
        MeshKind::Mine => MeshKeyKind::Mine,
        MeshKind::Team => MeshKeyKind::Team,
    }
}

pub(crate) fn of_kind(kind: MeshKeyKind) -> MeshKind {
    match kind {
        MeshKeyKind::Mine => MeshKind::Mine,
        MeshKeyKind::Team => MeshKind::Team,
    }
}
