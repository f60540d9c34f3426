//! Everything that is open towards the networks: what is said goes out here,
//! and what is heard is let in or not.

use std::net::{IpAddr, SocketAddr};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Heard,
    carrier::{self, Content, Parcel},
    mdns::Mdns,
    report::{BeaconReport, InterfaceReport, SkippedInterface},
    sender::{Outlook, Sender},
    sockets,
    tally::{Channel, Tally},
    udp::BeaconOptions,
};
use crate::interfaces::{Interface, Skipped};

pub(super) struct Outlets {
    options: BeaconOptions,
    interfaces: Vec<Interface>,
    /// Of all interfaces, used or not, up or not.
    addresses: Vec<IpAddr>,
    skipped: Vec<SkippedInterface>,
    senders: Vec<Sender>,
    /// Could not be opened; tried again at every look.
    missing: Vec<(Outlook, Channel)>,
    mdns: Option<Mdns>,
    tally: Tally,
    from_elsewhere: u64,
    queue: mpsc::Sender<Parcel>,
    /// Carry what the sockets of the interfaces hear; replaced with them.
    carriers: JoinSet<()>,
}

impl Outlets {
    /// Nothing is open yet.
    pub(super) fn new(
        options: BeaconOptions,
        mdns: Option<Mdns>,
        queue: mpsc::Sender<Parcel>,
    ) -> Self {
        Self {
            options,
            interfaces: Vec::new(),
            addresses: Vec::new(),
            skipped: Vec::new(),
            senders: Vec::new(),
            missing: Vec::new(),
            mdns,
            tally: Tally::default(),
            from_elsewhere: 0,
            queue,
            carriers: JoinSet::new(),
        }
    }

    /// Looks which interfaces there are; says whether those in use are others
    /// than before, or would work better if all were opened anew.
    pub(super) fn list(&mut self) -> bool {
        let listed = match (self.options.interfaces)() {
            Ok(listed) => listed,
            Err(error) => {
                tracing::warn!(%error, "the network interfaces cannot be listed");
                return false;
            }
        };
        self.addresses = listed
            .iter()
            .flat_map(|interface| interface.addresses.iter().map(|address| address.ip))
            .collect();
        let mut interfaces = Vec::new();
        self.skipped.clear();
        for interface in listed {
            match self.why_not(&interface) {
                None => interfaces.push(interface),
                Some(reason) => self.skipped.push(SkippedInterface {
                    name: interface.name,
                    reason,
                }),
            }
        }
        let changed = interfaces != self.interfaces;
        self.interfaces = interfaces;
        changed || self.missing.iter().any(|missing| self.would_open(missing))
    }

    pub(super) fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Makes all sockets anew: an old one may be bound to what no longer is.
    pub(super) fn open(&mut self) {
        self.carriers = JoinSet::new();
        self.senders.clear();
        self.missing.clear();
        if let Some(mdns) = &mut self.mdns {
            mdns.close();
        }
        for interface in self.interfaces.clone() {
            for outlook in self.outlooks(&interface) {
                self.open_at(&outlook);
            }
        }
        let over_v6: Vec<_> = self.senders.iter().filter_map(Sender::v6_index).collect();
        if !over_v6.is_empty() {
            let listening = sockets::receiver_v6(self.options.port, &over_v6).and_then(|socket| {
                carrier::announcements(&mut self.carriers, socket, self.queue.clone())
            });
            if let Err(error) = listening {
                tracing::debug!(%error, "announcements over IPv6 are not heard");
            }
        }
    }

    pub(super) fn broadcast(&mut self, packet: &[u8]) {
        for sender in &self.senders {
            let sent = sender.to_everybody(packet);
            self.tally.sent(sender.interface(), Channel::Udp, &sent);
        }
        if let Some(mdns) = &mut self.mdns {
            mdns.announce(packet, &mut self.tally);
        }
    }

    pub(super) fn reply(&mut self, to: SocketAddr, packet: &[u8]) {
        if let Some(mdns) = &mut self.mdns
            && mdns.is_spoken_at(to)
        {
            return mdns.answer(to, Some(packet));
        }
        if let Some(sender) = self.senders.iter().find(|sender| sender.reaches(to)) {
            let sent = sender.socket.send_to(packet, to);
            self.tally.sent(sender.interface(), Channel::Udp, &sent);
        }
    }

    /// Counts a parcel where it came in; none from outside passes.
    pub(super) fn admit(&mut self, parcel: Parcel) -> Option<Heard> {
        let Parcel {
            source,
            channel,
            content,
        } = parcel;
        let near = match channel {
            Channel::Udp => self.senders.iter().find(|sender| sender.reaches(source)),
            Channel::Mdns => self.mdns.as_ref().and_then(|mdns| mdns.near(source)),
        };
        let Some(near) = near else {
            self.from_elsewhere += 1;
            return None;
        };
        if near.ip() != source.ip() {
            self.tally.heard(near.interface(), channel);
        }
        match content {
            Content::Announcement(bytes) => Some(Heard::Packet { bytes, source }),
            Content::Question => {
                if let Some(mdns) = &mut self.mdns {
                    mdns.answer(source, None);
                }
                None
            }
        }
    }

    /// Waits until mDNS has something to say.
    pub(super) async fn due(&self) {
        match &self.mdns {
            Some(mdns) => mdns.due().await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn speak(&mut self) {
        if let Some(mdns) = &mut self.mdns {
            mdns.speak(&mut self.tally);
        }
    }

    pub(super) fn report(&self) -> BeaconReport {
        let of = |interface: &Interface| InterfaceReport {
            name: interface.name.clone(),
            addresses: interface.addresses.clone(),
            udp: self.tally.of(&interface.name, Channel::Udp),
            mdns: self.tally.of(&interface.name, Channel::Mdns),
        };
        BeaconReport {
            port: self.options.port,
            mdns: self.mdns.is_some(),
            interfaces: self.interfaces.iter().map(of).collect(),
            skipped: self.skipped.clone(),
            from_elsewhere: self.from_elsewhere,
        }
    }

    fn why_not(&self, interface: &Interface) -> Option<Skipped> {
        let near = |ip| self.options.neighbourhood.contains(ip);
        interface.skipped().or_else(|| {
            if !interface.addresses.iter().any(|address| near(address.ip)) {
                Some(Skipped::Public)
            } else if self.outlooks(interface).is_empty() {
                Some(Skipped::Alone)
            } else {
                None
            }
        })
    }

    /// From where on this interface neighbours can be reached.
    fn outlooks(&self, interface: &Interface) -> Vec<Outlook> {
        let near = |ip| self.options.neighbourhood.contains(ip);
        interface
            .addresses
            .iter()
            .filter(|address| near(address.ip))
            .filter_map(|address| Outlook::from(interface, *address))
            .collect()
    }

    fn open_at(&mut self, outlook: &Outlook) {
        let name = &outlook.interface;
        match Sender::of_announcements(outlook, self.options.port) {
            Ok(sender) => {
                let hears = sender.socket.try_clone().and_then(|socket| {
                    carrier::announcements(&mut self.carriers, socket, self.queue.clone())
                });
                if let Err(error) = hears {
                    self.tally.failed(name, Channel::Udp, &error);
                }
                self.senders.push(sender);
            }
            Err(error) => {
                self.tally.failed(name, Channel::Udp, &error);
                self.missing.push((outlook.clone(), Channel::Udp));
            }
        }
        if let Some(mdns) = &mut self.mdns
            && let Err(error) = mdns.open(outlook, &mut self.carriers, &self.queue)
        {
            self.tally.failed(name, Channel::Mdns, &error);
            self.missing.push((outlook.clone(), Channel::Mdns));
        }
    }

    /// An IPv6 address is not usable at once, and a port may become free.
    fn would_open(&self, (outlook, channel): &(Outlook, Channel)) -> bool {
        match channel {
            Channel::Udp => Sender::of_announcements(outlook, self.options.port).is_ok(),
            Channel::Mdns => self
                .mdns
                .as_ref()
                .is_some_and(|mdns| mdns.would_open(outlook)),
        }
    }
}
