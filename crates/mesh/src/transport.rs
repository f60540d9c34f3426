//! How two machines reach each other, without saying how.
//!
//! Everything above speaks over a [`Channel`]: bytes to and from a device that
//! has proven its id. Today that is TCP with TLS ([`TcpTransport`]); in tests
//! it is memory, with links that can be cut. Both pass one suite.
//!
//! A transport trusts nobody and limits nothing: who may connect, how many and
//! how long is decided above.

#[cfg(any(test, feature = "memory"))]
pub mod memory;
mod tcp;
#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    time::Duration,
};

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncWrite};
use wire::{DeviceId, machine::pairing::ChannelBinding};

pub use tcp::{Listen, TcpTransport};

use crate::tls::TlsError;

/// On a LAN an answer takes a millisecond; two lost packets in a row are
/// repeated within this.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Reaches other machines and is reached by them.
#[async_trait]
pub trait PeerTransport: Send + Sync + 'static {
    /// Opens a channel and proves both ends of it.
    async fn open(&self, address: SocketAddr) -> Result<Channel, OpenError>;

    /// Waits for somebody to come. Nothing is lost when the wait is given up.
    async fn accept(&self) -> Arrival;

    /// Where others reach this machine.
    fn port(&self) -> u16;
}

/// Somebody has come; who it is will be known after the handshake.
pub struct Arrival {
    pub address: SocketAddr,
    pub handshake: Handshake,
}

pub type Handshake = Pin<Box<dyn Future<Output = Result<Channel, OpenError>> + Send>>;

/// Bytes to and from a device that has proven its id.
pub struct Channel {
    pub stream: BoxedStream,
    pub device: DeviceId,
    pub binding: ChannelBinding,
    /// Of the other machine.
    pub address: SocketAddr,
    /// Of this machine; once it loses that address, nothing arrives here any more.
    pub local: IpAddr,
}

pub type BoxedStream = Box<dyn Stream>;

pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Why a machine could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nobody listens there.
    #[error("nobody listens there")]
    Refused,
    /// No answer at all: switched off, another network, or a firewall.
    #[error("no answer")]
    NoAnswer,
    /// The system knows no way there. On macOS this is also how it denies the
    /// use of the local network.
    #[error("no way there")]
    Unreachable,
    #[error("who is there could not be proven: {0}")]
    NotProven(#[source] TlsError),
    #[error("{0}")]
    Other(#[source] io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        // The list of kinds is open, and all others are told as they are.
        #[expect(clippy::wildcard_enum_match_arm, reason = "an open list")]
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::NoAnswer,
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Self::Unreachable,
            _ => Self::Other(error),
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Channel")
            .field("device", &self.device)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Arrival")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
