//! Carries what sockets hear into one queue.
//!
//! A full queue makes the carriers wait and the system drop packets, which is
//! what a flood deserves.

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet, time::sleep};
use wire::msg::mdns::{self, Message};

use super::tally::Channel;

/// An announcement with one byte more than allowed is seen as too long, not as
/// cut off.
const LONGEST: usize = wire::limits::ANNOUNCEMENT + 1;

/// As much as mDNS ever puts into a packet: others may gather several records.
const LONGEST_MDNS: usize = 9000;

const AFTER_A_FAILURE: Duration = Duration::from_millis(100);

/// Something that was heard.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) source: SocketAddr,
    pub(super) channel: Channel,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Announcement(Vec<u8>),
    /// Somebody asks through mDNS who is there.
    Question,
}

/// Carries what is heard on the port of announcements, until the set is dropped.
pub(super) fn announcements(
    carriers: &mut JoinSet<()>,
    socket: UdpSocket,
    queue: mpsc::Sender<Parcel>,
) -> io::Result<()> {
    carry(carriers, socket, queue, LONGEST, |bytes, source| {
        Some(Parcel {
            source,
            channel: Channel::Udp,
            content: Content::Announcement(bytes.to_vec()),
        })
    })
}

/// Carries what of mDNS is about this service.
pub(super) fn services(
    carriers: &mut JoinSet<()>,
    socket: UdpSocket,
    queue: mpsc::Sender<Parcel>,
    (port, group): (u16, u16),
) -> io::Result<()> {
    let understand = move |bytes: &[u8], source| service(bytes, source, (port, group));
    carry(carriers, socket, queue, LONGEST_MDNS, understand)
}

/// Everybody who speaks mDNS has its port. A question from another one wants
/// an answer for itself alone, and whoever asks for that may be made up.
fn service(bytes: &[u8], source: SocketAddr, (port, group): (u16, u16)) -> Option<Parcel> {
    if source.port() != port {
        return None;
    }
    let content = match mdns::read(bytes)? {
        Message::Asked => Content::Question,
        Message::Announced(said) if said.group == group => Content::Announcement(said.announcement),
        Message::Announced(_) => return None,
    };
    Some(Parcel {
        source,
        channel: Channel::Mdns,
        content,
    })
}

fn carry(
    carriers: &mut JoinSet<()>,
    socket: UdpSocket,
    queue: mpsc::Sender<Parcel>,
    longest: usize,
    understand: impl Fn(&[u8], SocketAddr) -> Option<Parcel> + Send + 'static,
) -> io::Result<()> {
    let socket = tokio::net::UdpSocket::from_std(socket)?;
    carriers.spawn(async move {
        let mut buffer = vec![0; longest];
        loop {
            match socket.recv_from(&mut buffer).await {
                Ok((length, source)) => {
                    let bytes = buffer.get(..length).unwrap_or_default();
                    if let Some(parcel) = understand(bytes, source)
                        && queue.send(parcel).await.is_err()
                    {
                        return;
                    }
                }
                // Windows tells here that an earlier packet of ours found
                // nobody (10054), and that a packet was longer than the buffer.
                // Neither says anything about the next one.
                Err(error) => {
                    tracing::trace!(%error, "a packet could not be received");
                    sleep(AFTER_A_FAILURE).await;
                }
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use wire::msg::announce::Kind;

    use super::*;
    use crate::beacon::tests::announcement;

    #[test]
    fn nobody_is_answered_alone() {
        let question = b"\0\0\0\0\0\x01\0\0\0\0\0\0\x07_banyan\x04_tcp\x05local\0\0\x0c\0\x01";
        let from = |port| {
            service(
                question,
                SocketAddr::from(([8, 8, 8, 8], port)),
                (5353, 5000),
            )
        };
        assert!(matches!(
            from(5353),
            Some(Parcel {
                content: Content::Question,
                ..
            })
        ));
        assert!(from(40_000).is_none());
    }

    #[test]
    fn machines_on_another_port_stay_another_network() {
        let source = SocketAddr::from(([10, 0, 0, 2], 5353));
        let said = announcement(2, Kind::Online);
        let wrapped = mdns::write(&said, 5000, source.ip()).unwrap();
        let parcel = service(&wrapped, source, (5353, 5000)).unwrap();
        assert!(matches!(parcel.content, Content::Announcement(bytes) if bytes == said));
        assert!(service(&wrapped, source, (5353, 5001)).is_none());
    }
}
