//! Carries out what the rules of trust decided.

use mesh::MeshHandle;
use tokio::sync::watch;
use tracing::{debug, info};
use wire::DeviceId;

use super::NeighbourError;
use crate::trust::{Effect, Ended, Trust};

#[derive(Debug, Clone)]
pub(super) struct Carrier {
    pub(super) trust: Trust,
    /// None while the mesh starts again, and after the end.
    mesh: watch::Receiver<Option<MeshHandle>>,
}

impl Carrier {
    pub(super) fn new(trust: Trust, mesh: watch::Receiver<Option<MeshHandle>>) -> Self {
        Self { trust, mesh }
    }

    pub(super) fn mesh(&self) -> Result<MeshHandle, NeighbourError> {
        self.mesh.borrow().clone().ok_or(NeighbourError::Stopping)
    }

    /// Answers which machines look different afterwards. A mesh that has just
    /// ended has closed everything anyway, and learns the rest at its start.
    pub(super) async fn carry_out(&self, effects: Vec<Effect>) -> Vec<DeviceId> {
        let mut changed = Vec::new();
        for effect in effects {
            match effect {
                Effect::EndSession { device, ended } => {
                    info!(device = device.short(), ?ended, "trust ended");
                    self.end_session(device, ended).await;
                    changed.push(device);
                }
                Effect::PermissionsChanged { device } => changed.push(device),
                Effect::NewPersonKey { .. } | Effect::NewMeshKey { .. } => {
                    debug!(?effect, "stays to be done");
                }
            }
        }
        changed
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
}
