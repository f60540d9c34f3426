//! The sockets of announcements.
//!
//! One socket hears what everybody sends to the port; it is shared with other
//! nodes of this machine. Each interface has a socket of its own to send from,
//! on a port the system chooses: answers come back to that one, because of two
//! sockets that share a port only one would get them.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket},
};

use socket2::{Domain, Protocol, Socket, Type};

/// Link-local (`ff12`), not assigned by anybody (the flag 1), "bany" in ASCII.
pub(super) const GROUP: Ipv6Addr = Ipv6Addr::new(0xff12, 0, 0, 0, 0, 0, 0x6261, 0x6e79);

/// Hears announcements over IPv4.
pub(super) fn receiver_v4(port: u16) -> io::Result<UdpSocket> {
    let socket = shared(Domain::IPV4)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).into())?;
    Ok(socket.into())
}

/// Hears announcements over IPv6 on these interfaces.
pub(super) fn receiver_v6(port: u16, interfaces: &[u32]) -> io::Result<UdpSocket> {
    let socket = shared(Domain::IPV6)?;
    socket.set_only_v6(true)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)).into())?;
    for index in interfaces {
        socket.join_multicast_v6(&GROUP, *index)?;
    }
    Ok(socket.into())
}

/// Sends from this address to its whole network.
pub(super) fn sender_v4(from: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_broadcast(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((from, 0)).into())?;
    Ok(socket.into())
}

/// Sends from this link-local address to the group.
pub(super) fn sender_v6(from: Ipv6Addr, interface: u32) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_multicast_if_v6(interface)?;
    socket.set_multicast_hops_v6(1)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::V6(SocketAddrV6::new(from, 0, 0, interface)).into())?;
    Ok(socket.into())
}

fn shared(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
