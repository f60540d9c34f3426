//! Tickets: how a machine is invited, and how it comes.

use std::{net::SocketAddr, time::Duration};

use mesh::{hub::RedeemError, minting};
use tokio::time::timeout;
use wire::{
    DeviceId, InvitationId, MeshKind, Ticket,
    ticket::{Invitation, MOST_PLACES, Place, TicketError},
};

use super::{Known, NeighbourError, Neighbours, reference};
use crate::{
    mesh_keys::kind,
    network::Interface,
    store,
    trust::{INVITATION, Refusal, Standing},
};

/// A disk that takes longer than this takes nothing any more.
const WRITING: Duration = Duration::from_secs(10);

/// A ticket that was made.
#[derive(Debug)]
pub struct Made {
    pub ticket: Ticket,
    pub id: store::InvitationId,
}

impl Neighbours {
    /// Invites one machine, once, within a day.
    pub async fn invite(
        &self,
        kind_of_trust: MeshKind,
        interfaces: &[Interface],
    ) -> Result<Made, NeighbourError> {
        let mesh = self.carrier.mesh()?;
        let places = own_places(interfaces, mesh.port());
        let invitation = minting::invitation(kind_of_trust)
            .map_err(|error| NeighbourError::Randomness(error.to_string()))?;
        let id = stored(invitation.id());
        let ticket = Ticket::new(mesh.device_id(), places, Some(invitation))?;
        self.carrier
            .trust
            .invite(id, kind(kind_of_trust), INVITATION)
            .await?;
        Ok(Made { ticket, id })
    }

    pub async fn withdraw(&self, id: store::InvitationId) -> Result<(), NeighbourError> {
        Ok(self.carrier.trust.withdraw_invitation(id).await?)
    }

    /// Goes where a ticket leads. `mine` is what the person here says about it,
    /// and must be what the ticket says.
    pub async fn redeem(&self, ticket: &Ticket, mine: bool) -> Result<DeviceId, NeighbourError> {
        let mesh = self.carrier.mesh()?;
        let device = ticket.device();
        let addresses = reference::addresses_of(ticket.places()).await?;
        let Some(invitation) = ticket.invitation() else {
            return self.meet(device, addresses).await;
        };
        match (invitation.kind, mine) {
            (MeshKind::Mine, false) => return Err(NeighbourError::TicketIsMine),
            (MeshKind::Team, true) => return Err(NeighbourError::TicketIsTeam),
            (MeshKind::Mine, true) | (MeshKind::Team, false) => {}
        }
        let invitation: Invitation = invitation.clone();
        mesh.redeem(device, addresses, invitation).await?;
        self.written_down(device).await?;
        Ok(device)
    }

    /// The answer of the mesh and what it tells of the machine travel on two
    /// ways, so trust may be on the disk a moment later.
    async fn written_down(&self, device: DeviceId) -> Result<(), NeighbourError> {
        let mut known = self.known.clone();
        let is_trusted = |known: &Known| {
            let one = known.get(&device);
            one.is_some_and(|one| matches!(one.standing, Standing::Trusted(_)))
        };
        match timeout(WRITING, known.wait_for(is_trusted)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(NeighbourError::Stopping),
            Err(_) => Err(NeighbourError::NotKept(
                "it could not be written down".to_owned(),
            )),
        }
    }

    /// Without an invitation a ticket only says where a machine is.
    async fn meet(
        &self,
        device: DeviceId,
        addresses: Vec<SocketAddr>,
    ) -> Result<DeviceId, NeighbourError> {
        let found = self.dial_any(addresses).await?;
        if found == device {
            Ok(device)
        } else {
            Err(NeighbourError::NotReached(mesh::hub::Failure::OtherDevice(
                found,
            )))
        }
    }
}

/// Where this machine is reached on the interfaces of the mesh.
fn own_places(interfaces: &[Interface], port: u16) -> Vec<Place> {
    let usable = interfaces.iter().filter(|interface| interface.usable);
    let mut addresses: Vec<_> = usable
        .flat_map(|interface| &interface.addresses)
        .map(|address| address.ip)
        .filter(|ip| match ip {
            std::net::IpAddr::V4(_) => true,
            // A link-local address means something else on every machine.
            std::net::IpAddr::V6(ip) => !ip.is_unicast_link_local(),
        })
        .collect();
    addresses.sort_by_key(|ip| (ip.is_ipv6(), *ip));
    addresses
        .into_iter()
        .filter_map(|ip| Place::try_from(SocketAddr::new(ip, port)).ok())
        .take(MOST_PLACES)
        .collect()
}

fn stored(id: InvitationId) -> store::InvitationId {
    store::InvitationId::from_bytes(*id.as_bytes())
}

impl From<RedeemError> for NeighbourError {
    fn from(error: RedeemError) -> Self {
        use mesh::hub::ClaimRefusal as No;
        match error {
            RedeemError::Stopped => Self::Stopping,
            RedeemError::Blocked => Self::Trust(Refusal::Blocked.into()),
            RedeemError::UnderWay => Self::UnderWay,
            RedeemError::Refused(No::Unknown) => Self::Trust(Refusal::InvitationUnknown.into()),
            RedeemError::Refused(No::Expired) => Self::Trust(Refusal::InvitationExpired.into()),
            RedeemError::Refused(No::Used) => Self::Trust(Refusal::InvitationUsed.into()),
            RedeemError::Refused(No::OtherKind) => Self::OtherKind,
            RedeemError::Refused(No::NotWelcome) => Self::NotWelcome,
            RedeemError::NotReached(failure) => Self::NotReached(failure),
            RedeemError::NotKept(reason) => Self::NotKept(reason),
        }
    }
}

impl From<TicketError> for NeighbourError {
    fn from(error: TicketError) -> Self {
        Self::Ticket(error)
    }
}
