//! Which port to take. One that somebody chose is taken or it is an error; one
//! that nobody chose may give way to the next that is free, at the same address.
//!
//! Invariant: only this machine can reach it. What crosses is not encrypted.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use tokio::net::TcpListener;

use crate::StartError;

/// Enough to step over a handful of other programs; whoever has more of them
/// chooses a port.
const PORTS_TRIED: u16 = 20;

pub(crate) async fn bind(wanted: SocketAddr, may_move: bool) -> Result<TcpListener, StartError> {
    if !wanted.ip().is_loopback() {
        let source = io::Error::other("other machines could reach it");
        return Err(StartError::AddressUnusable {
            address: wanted,
            source,
        });
    }
    let last = if may_move {
        wanted.port().saturating_add(PORTS_TRIED)
    } else {
        wanted.port()
    };
    for port in wanted.port()..=last {
        let address = SocketAddr::new(wanted.ip(), port);
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(source) => return Err(StartError::AddressUnusable { address, source }),
        }
    }
    Err(StartError::PortTaken(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_chosen_port_that_is_taken_is_an_error() {
        let (taken, address) = taken_port().await;
        let outcome = bind(address, false).await;
        assert!(matches!(outcome, Err(StartError::PortTaken(at)) if at == address));
        drop(taken);
    }

    #[tokio::test]
    async fn a_port_nobody_chose_moves_to_the_next_free_one() {
        let (taken, address) = taken_port().await;
        let listener = bind(address, true).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(port > address.port() && port <= address.port() + PORTS_TRIED);
        drop(taken);
    }

    #[tokio::test]
    async fn nothing_but_loopback_is_listened_on() {
        for open in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let outcome = bind(open.parse().unwrap(), true).await;
            assert!(
                matches!(outcome, Err(StartError::AddressUnusable { .. })),
                "{open}"
            );
        }
    }

    async fn taken_port() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }
}
