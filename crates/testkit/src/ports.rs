use std::net::{TcpListener, UdpSocket};

/// A port that was free a moment ago.
pub fn free_tcp_port() -> u16 {
    TakenPort::new().number()
}

pub fn free_udp_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free UDP port")
        .port()
}

/// A TCP port on loopback that is taken as long as this lives.
#[derive(Debug)]
pub struct TakenPort {
    listener: TcpListener,
}

impl TakenPort {
    pub fn new() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").expect("a free TCP port"),
        }
    }

    /// `None` where somebody else has it.
    pub fn at(port: u16) -> Option<Self> {
        TcpListener::bind(("127.0.0.1", port))
            .ok()
            .map(|listener| Self { listener })
    }

    pub fn number(&self) -> u16 {
        self.listener
            .local_addr()
            .expect("a bound port has a number")
            .port()
    }
}

impl Default for TakenPort {
    fn default() -> Self {
        Self::new()
    }
}
