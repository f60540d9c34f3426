//! TCP with TLS.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
#[cfg(target_os = "linux")]
use socket2::SockRef;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

use super::{Arrival, CONNECT_LIMIT, Channel, OpenError, PeerTransport};
use crate::tls::{Proven, Tls};

/// A cut cable is noticed after this even while something is being sent;
/// without it the system would try for a quarter of an hour.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// Connections that wait to be accepted: more than come at once in a big
/// network that wakes up.
const BACKLOG: i32 = 512;

/// The system has no descriptors left, or the like: no reason to spin.
const AFTER_A_FAILURE: Duration = Duration::from_millis(100);

/// Where connections are accepted.
#[derive(Debug, Clone)]
pub enum Listen {
    /// On every address, IPv4 and IPv6. Port 0 lets the system choose.
    Everywhere { port: u16 },
    /// On these only.
    At(Vec<SocketAddr>),
}

#[derive(Debug)]
pub struct TcpTransport {
    tls: Tls,
    listeners: Vec<TcpListener>,
    /// Who is asked first for the next connection.
    turn: AtomicUsize,
    port: u16,
}

impl TcpTransport {
    /// Starts to listen. Call it inside the runtime.
    pub fn bind(tls: Tls, listen: &Listen) -> io::Result<Self> {
        let listeners = match listen {
            Listen::At(addresses) => addresses
                .iter()
                .map(|address| listener(*address))
                .collect::<io::Result<Vec<_>>>()?,
            Listen::Everywhere { port } => everywhere(*port)?,
        };
        let port = match listeners.first() {
            Some(first) => first.local_addr()?.port(),
            None => return Err(io::ErrorKind::AddrNotAvailable.into()),
        };
        Ok(Self {
            tls,
            listeners,
            turn: AtomicUsize::new(0),
            port,
        })
    }

    /// The listeners take turns, so that a crowd at one leaves the other open.
    async fn next_connection(&self) -> io::Result<(TcpStream, SocketAddr)> {
        std::future::poll_fn(|context| {
            let first = self.turn.load(Ordering::Relaxed);
            let turns = (0..self.listeners.len()).map(|step| (first + step) % self.listeners.len());
            for turn in turns {
                let listener = self.listeners.get(turn);
                if let Some(Poll::Ready(result)) = listener.map(|it| it.poll_accept(context)) {
                    self.turn.store(turn + 1, Ordering::Relaxed);
                    return Poll::Ready(result);
                }
            }
            Poll::Pending
        })
        .await
    }
}

#[async_trait]
impl PeerTransport for TcpTransport {
    async fn open(&self, address: SocketAddr) -> Result<Channel, OpenError> {
        let connecting = async {
            let stream = TcpStream::connect(address).await?;
            let local = prepare(&stream)?;
            let proven = self.tls.connect(stream).await;
            Ok::<_, OpenError>((proven.map_err(OpenError::NotProven)?, local))
        };
        let (proven, local) = timeout(CONNECT_LIMIT, connecting)
            .await
            .map_err(|_| OpenError::NoAnswer)??;
        Ok(channel(proven, address, local))
    }

    async fn accept(&self) -> Arrival {
        let (stream, address) = loop {
            match self.next_connection().await {
                Ok(connection) => break connection,
                Err(error) => {
                    tracing::debug!(%error, "a connection could not be accepted");
                    sleep(AFTER_A_FAILURE).await;
                }
            }
        };
        let address = SocketAddr::new(address.ip().to_canonical(), address.port());
        let tls = self.tls.clone();
        let handshake = Box::pin(async move {
            let local = prepare(&stream)?;
            let proven = tls.accept(stream).await.map_err(OpenError::NotProven)?;
            Ok(channel(proven, address, local))
        });
        Arrival { address, handshake }
    }

    fn port(&self) -> u16 {
        self.port
    }
}

fn channel(proven: Proven<TcpStream>, address: SocketAddr, local: IpAddr) -> Channel {
    Channel {
        stream: Box::new(proven.stream),
        device: proven.device,
        binding: proven.binding,
        address,
        local,
    }
}

/// Answers at which address of this machine it ends.
fn prepare(stream: &TcpStream) -> io::Result<IpAddr> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    SockRef::from(stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok(stream.local_addr()?.ip().to_canonical())
}

/// IPv6 beside IPv4 on the same port; a system without IPv6 has only the other.
fn everywhere(port: u16) -> io::Result<Vec<TcpListener>> {
    let first = listener(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port))?;
    let port = first.local_addr()?.port();
    let second = listener(SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port));
    Ok(match second {
        Ok(second) => vec![first, second],
        Err(error) => {
            tracing::debug!(%error, "no connections over IPv6");
            vec![first]
        }
    })
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A restart finds the port still warm. On Windows the same option would let
    // a second program take the port away.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Identity, KeyringChoice};

    #[tokio::test]
    async fn a_crowd_at_one_address_leaves_the_other_open() {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::open(folder.path(), KeyringChoice::FileOnly).unwrap();
        let loopback = |last| SocketAddr::from(([127, 0, 0, last], 0));
        let listen = Listen::At(vec![loopback(1), loopback(1)]);
        let transport = TcpTransport::bind(Tls::new(&identity).unwrap(), &listen).unwrap();
        let at: Vec<_> = transport
            .listeners
            .iter()
            .map(|listener| listener.local_addr().unwrap())
            .collect();
        let mut open = Vec::new();
        for address in [at[0], at[0], at[0], at[0], at[1], at[1], at[1]] {
            open.push(TcpStream::connect(address).await.unwrap());
        }
        // From here on both are known to have somebody.
        for listener in &transport.listeners {
            listener.accept().await.unwrap();
        }
        let mut came_to = Vec::new();
        for _ in 0..4 {
            let (stream, _) = transport.next_connection().await.unwrap();
            came_to.push(stream.local_addr().unwrap());
        }
        assert_eq!(came_to, [at[0], at[1], at[0], at[1]]);
    }
}
