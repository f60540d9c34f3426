//! Carries out what the rules of trust decided.

use std::collections::VecDeque;

use mesh::MeshHandle;
use tokio::sync::watch;
use tracing::{debug, info, warn};
use wire::{DeviceId, MeshKey, frame::Frame, msg::handover::Handover};

use super::NeighbourError;
use crate::{
    mesh_keys::{MeshKeys, stored},
    persons::{Outcome, Persons, PersonsError},
    store,
    trust::{Effect, Ended, Trust},
};

#[derive(Debug, Clone)]
pub(super) struct Carrier {
    pub(super) trust: Trust,
    pub(super) persons: Persons,
    pub(super) keys: MeshKeys,
    /// None while the mesh starts again, and after the end.
    mesh: watch::Receiver<Option<MeshHandle>>,
}

impl Carrier {
    pub(super) fn new(
        trust: Trust,
        persons: Persons,
        keys: MeshKeys,
        mesh: watch::Receiver<Option<MeshHandle>>,
    ) -> Self {
        Self {
            trust,
            persons,
            keys,
            mesh,
        }
    }

    pub(super) fn mesh(&self) -> Result<MeshHandle, NeighbourError> {
        self.mesh.borrow().clone().ok_or(NeighbourError::Stopping)
    }

    /// Answers which machines look different afterwards. A mesh that has just
    /// ended has closed everything anyway, and learns the rest at its start.
    pub(super) async fn carry_out(&self, effects: Vec<Effect>) -> Vec<DeviceId> {
        let mut changed = Vec::new();
        let mut left = VecDeque::from(effects);
        // What is carried out may have effects of its own. A session ends before the
        // keys are renewed that its machine knows.
        while let Some(effect) = left.pop_front() {
            match effect {
                Effect::EndSession { device, ended } => {
                    info!(device = device.short(), ?ended, "trust ended");
                    self.end_session(device, ended).await;
                    changed.push(device);
                }
                Effect::PermissionsChanged { device } => changed.push(device),
                Effect::NewPersonKey { since, .. } => {
                    let renewed = self.persons.renew(since).await;
                    left.extend(self.follow_up(renewed).await);
                }
                Effect::NewMeshKey {
                    replaces,
                    remaining,
                    ..
                } => left.extend(self.renew_key(replaces, &remaining).await),
            }
        }
        changed
    }

    /// Says what is to be said about persons; answers what else follows. Where it
    /// failed, it is tried again.
    pub(super) async fn follow_up(&self, outcome: Result<Outcome, PersonsError>) -> Vec<Effect> {
        match outcome {
            Ok(outcome) => {
                for (device, frame) in outcome.frames {
                    self.say(device, frame).await;
                }
                outcome.effects
            }
            Err(error) => {
                warn!(%error, "what is known of persons is not in step");
                Vec::new()
            }
        }
    }

    pub(super) async fn say(&self, device: DeviceId, frame: Frame) {
        if let Ok(mesh) = self.mesh()
            && let Err(error) = mesh.send(device, frame).await
        {
            debug!(%error, device = device.short(), "said when it is there again");
        }
    }

    /// The mesh goes by the keys that count now.
    pub(super) async fn keys_changed(&self) {
        let active = self.keys.active().await;
        if let Ok(mesh) = self.mesh()
            && let Err(stopped) = mesh.set_mesh_keys(active).await
        {
            debug!(%stopped, "the keys are gone by from the next start");
        }
    }

    /// Gives the key that replaces another to those of these machines that may
    /// have it and are connected.
    pub(super) async fn hand_over(
        &self,
        old: store::MeshKeyId,
        key: &MeshKey,
        devices: &[DeviceId],
    ) {
        let new = stored(key.id());
        let devices = match self.trust.give_mesh_key(new, devices.to_vec()).await {
            Ok(devices) => devices,
            Err(error) => {
                warn!(%error, "a mesh key is handed over when its machines come again");
                return;
            }
        };
        let handover = Handover {
            replaces: wire::MeshKeyId::from_bytes(*old.as_bytes()),
            key: key.clone(),
        };
        for device in devices {
            self.say(device, handover.to_frame()).await;
        }
    }

    async fn end_session(&self, device: DeviceId, ended: Ended) {
        let Ok(mesh) = self.mesh() else {
            return;
        };
        let closed = match ended {
            Ended::Blocked => mesh.block(device).await,
            Ended::Forgotten | Ended::Lapsed => mesh.forget(device).await,
        };
        if let Err(stopped) = closed {
            debug!(%stopped, "nothing is left to close");
        }
    }

    /// Where it fails, the duty stays and is tried again.
    async fn renew_key(&self, old: store::MeshKeyId, remaining: &[DeviceId]) -> Vec<Effect> {
        match self.keys.replace(old, None).await {
            Ok(rotated) => {
                self.keys_changed().await;
                self.hand_over(old, &rotated.key, remaining).await;
                rotated.effects
            }
            Err(error) => {
                warn!(%error, "a mesh key is not replaced yet");
                Vec::new()
            }
        }
    }
}
