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

/// Where mDNS is spoken (RFC 6762).
pub(super) const MDNS_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
pub(super) const MDNS_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);

/// Tells receivers that no router let the packet through (RFC 6762, 11).
const MDNS_HOPS: u32 = 255;

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

/// Speaks mDNS from the interface with this address, and hears it there.
pub(super) fn mdns_v4(from: Ipv4Addr, port: u16) -> io::Result<UdpSocket> {
    let socket = shared(Domain::IPV4)?;
    socket.bind(&SocketAddr::from((mdns_place(MDNS_V4, Ipv4Addr::UNSPECIFIED), port)).into())?;
    socket.set_multicast_if_v4(&from)?;
    socket.set_multicast_ttl_v4(MDNS_HOPS)?;
    #[cfg(target_os = "linux")]
    socket.set_multicast_all_v4(false)?;
    socket.join_multicast_v4(&MDNS_V4, &from)?;
    Ok(socket.into())
}

/// The same over IPv6.
pub(super) fn mdns_v6(port: u16, interface: u32) -> io::Result<UdpSocket> {
    let socket = shared(Domain::IPV6)?;
    socket.set_only_v6(true)?;
    let place = mdns_place(MDNS_V6, Ipv6Addr::UNSPECIFIED);
    socket.bind(&SocketAddr::V6(SocketAddrV6::new(place, port, 0, interface)).into())?;
    socket.set_multicast_if_v6(interface)?;
    socket.set_multicast_hops_v6(MDNS_HOPS)?;
    #[cfg(target_os = "linux")]
    socket.set_multicast_all_v6(false)?;
    socket.join_multicast_v6(&MDNS_V6, interface)?;
    Ok(socket.into())
}

/// The port belongs to the system's own mDNS too. On Linux a socket can hear
/// the group alone, so that no packet meant for the other ever ends here.
fn mdns_place<A>(group: A, anywhere: A) -> A {
    if cfg!(target_os = "linux") {
        group
    } else {
        anywhere
    }
}

fn shared(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
