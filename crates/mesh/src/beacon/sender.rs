//! Sends from one address of an interface to everybody on its network.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket},
};

use super::sockets;
use crate::interfaces::{Address, Interface};

/// An address from which everybody on a network can be reached.
#[derive(Debug, Clone)]
pub(super) struct Outlook {
    pub(super) interface: String,
    address: Address,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    V4 { ip: Ipv4Addr, broadcast: Ipv4Addr },
    V6 { ip: Ipv6Addr, index: u32 },
}

#[derive(Debug)]
pub(super) struct Sender {
    outlook: Outlook,
    pub(super) socket: UdpSocket,
    everybody: SocketAddr,
}

impl Sender {
    /// Sends to the port of announcements, and hears the answers.
    pub(super) fn of_announcements(outlook: &Outlook, port: u16) -> io::Result<Self> {
        let (socket, everybody) = match outlook.kind {
            Kind::V4 { ip, broadcast } => {
                (sockets::sender_v4(ip)?, SocketAddr::from((broadcast, port)))
            }
            Kind::V6 { ip, index } => (
                sockets::sender_v6(ip, index)?,
                SocketAddrV6::new(sockets::GROUP, port, 0, index).into(),
            ),
        };
        Ok(Self::new(outlook, socket, everybody))
    }

    /// Sends through mDNS, and hears what others say there.
    pub(super) fn of_services(outlook: &Outlook, port: u16) -> io::Result<Self> {
        let (socket, everybody) = match outlook.kind {
            Kind::V4 { ip, .. } => (
                sockets::mdns_v4(ip, port)?,
                SocketAddr::from((sockets::MDNS_V4, port)),
            ),
            Kind::V6 { index, .. } => (
                sockets::mdns_v6(port, index)?,
                SocketAddrV6::new(sockets::MDNS_V6, port, 0, index).into(),
            ),
        };
        Ok(Self::new(outlook, socket, everybody))
    }

    pub(super) fn to_everybody(&self, packet: &[u8]) -> io::Result<usize> {
        self.socket.send_to(packet, self.everybody)
    }

    /// Whether this address is a neighbour on the sender's network.
    pub(super) fn reaches(&self, address: SocketAddr) -> bool {
        match (address, self.outlook.kind) {
            (SocketAddr::V4(there), Kind::V4 { ip, .. }) => {
                let outside = u32::MAX
                    .checked_shr(self.outlook.address.prefix.into())
                    .unwrap_or_default();
                (there.ip().to_bits() | outside) == (ip.to_bits() | outside)
            }
            (SocketAddr::V6(there), Kind::V6 { index, .. }) => {
                there.ip().is_unicast_link_local() && index == there.scope_id()
            }
            (SocketAddr::V4(_), Kind::V6 { .. }) | (SocketAddr::V6(_), Kind::V4 { .. }) => false,
        }
    }

    pub(super) fn interface(&self) -> &str {
        &self.outlook.interface
    }

    pub(super) fn ip(&self) -> IpAddr {
        self.outlook.address.ip
    }

    /// The interface, where IPv6 is spoken.
    pub(super) fn v6_index(&self) -> Option<u32> {
        match self.outlook.kind {
            Kind::V4 { .. } => None,
            Kind::V6 { index, .. } => Some(index),
        }
    }

    fn new(outlook: &Outlook, socket: UdpSocket, everybody: SocketAddr) -> Self {
        Self {
            outlook: outlook.clone(),
            socket,
            everybody,
        }
    }
}

impl Outlook {
    /// Nothing where the network has no room for neighbours.
    pub(super) fn from(interface: &Interface, address: Address) -> Option<Self> {
        let kind = match (address.ip, address.broadcast(), interface.index) {
            (IpAddr::V4(ip), Some(broadcast), _) => Kind::V4 { ip, broadcast },
            (IpAddr::V6(ip), _, Some(index)) if ip.is_unicast_link_local() => {
                Kind::V6 { ip, index }
            }
            (IpAddr::V4(_) | IpAddr::V6(_), _, _) => return None,
        };
        Some(Self {
            interface: interface.name.clone(),
            address,
            kind,
        })
    }
}
