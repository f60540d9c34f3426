//! The second way of announcing: the same packets, wrapped as mDNS, for
//! networks that drop broadcasts.
//!
//! Whatever happens, one interface says no more than one packet a second: what
//! is to be said waits a moment and is then said once, to all. Nobody is ever
//! answered alone, so nothing is sent to an address that somebody made up, and
//! no question makes more noise than itself. Nothing is asked here: everybody
//! announces, and answers newcomers.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until},
};
use wire::msg::{
    announce::{Announcement, Kind},
    mdns,
};

use super::{
    carrier::{self, Parcel},
    sender::{Outlook, Sender},
    tally::{Channel, Tally},
};

/// RFC 6762 wants this much between two packets with the same records.
const BETWEEN: Duration = Duration::from_secs(1);

/// Many machines answer the same question; and what comes over UDP arrives
/// first and needs no second answer.
const SPREAD: std::ops::Range<u32> = 20..120;

pub(super) struct Mdns {
    port: u16,
    /// The UDP port of those it is for.
    group: u16,
    voices: Vec<Voice>,
    /// What is said when it is time.
    latest: Option<Vec<u8>>,
}

/// Speaks on one network.
struct Voice {
    sender: Sender,
    pace: Pace,
}

impl Mdns {
    pub(super) fn at(port: u16, group: u16) -> Self {
        Self {
            port,
            group,
            voices: Vec::new(),
            latest: None,
        }
    }

    pub(super) fn close(&mut self) {
        self.voices.clear();
    }

    /// Speaks from this address too, and hears what is said there.
    pub(super) fn open(
        &mut self,
        outlook: &Outlook,
        carriers: &mut JoinSet<()>,
        queue: &mpsc::Sender<Parcel>,
    ) -> io::Result<()> {
        let sender = Sender::of_services(outlook, self.port)?;
        let socket = sender.socket.try_clone()?;
        carrier::services(carriers, socket, queue.clone(), (self.port, self.group))?;
        let pace = Pace::default();
        self.voices.push(Voice { sender, pace });
        Ok(())
    }

    pub(super) fn would_open(&self, outlook: &Outlook) -> bool {
        Sender::of_services(outlook, self.port).is_ok()
    }

    /// The interface on whose network this address is.
    pub(super) fn near(&self, source: SocketAddr) -> Option<&Sender> {
        let mut voices = self.voices.iter();
        let voice = voices.find(|voice| voice.sender.reaches(source));
        voice.map(|voice| &voice.sender)
    }

    /// Whether it is this way that somebody spoke from there.
    pub(super) fn is_spoken_at(&self, there: SocketAddr) -> bool {
        there.port() == self.port
    }

    /// Says it to everybody soon; a goodbye at once, because nothing follows.
    pub(super) fn announce(&mut self, packet: &[u8], tally: &mut Tally) {
        if is_goodbye(packet) {
            for voice in &self.voices {
                voice.say(packet, self.group, tally);
            }
            self.latest = None;
            return;
        }
        self.latest = Some(packet.to_vec());
        for voice in &mut self.voices {
            voice.pace.owe(Instant::now(), moment());
        }
    }

    /// Says it soon where somebody spoke: one who has just come, or who asks.
    pub(super) fn answer(&mut self, there: SocketAddr, packet: Option<&[u8]>) {
        if let Some(packet) = packet {
            self.latest = Some(packet.to_vec());
        }
        for voice in &mut self.voices {
            if voice.sender.reaches(there) {
                voice.pace.owe(Instant::now(), moment());
            }
        }
    }

    /// Waits until something is to be said.
    pub(super) async fn due(&self) {
        match self.voices.iter().filter_map(|voice| voice.pace.owed).min() {
            Some(due) => sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// Says what it is time for.
    pub(super) fn speak(&mut self, tally: &mut Tally) {
        let now = Instant::now();
        for voice in &mut self.voices {
            if voice.pace.take(now)
                && let Some(packet) = &self.latest
            {
                voice.say(packet, self.group, tally);
            }
        }
    }
}

impl Voice {
    fn say(&self, packet: &[u8], group: u16, tally: &mut Tally) {
        if let Some(wrapped) = mdns::write(packet, group, self.sender.ip()) {
            let sent = self.sender.to_everybody(&wrapped);
            tally.sent(self.sender.interface(), Channel::Mdns, &sent);
        }
    }
}

/// When to speak.
#[derive(Debug, Default)]
struct Pace {
    said: Option<Instant>,
    owed: Option<Instant>,
}

impl Pace {
    /// Something is to be said after `moment`, or as soon as it may be.
    fn owe(&mut self, now: Instant, moment: Duration) {
        let allowed = self.said.map_or(now, |said| said + BETWEEN);
        self.owed.get_or_insert((now + moment).max(allowed));
    }

    /// Whether it is time; it is then taken as said.
    fn take(&mut self, now: Instant) -> bool {
        let due = self.owed.is_some_and(|owed| owed <= now);
        if due {
            self.owed = None;
            self.said = Some(now);
        }
        due
    }
}

fn is_goodbye(packet: &[u8]) -> bool {
    Announcement::parse(packet).is_ok_and(|said| said.claim().kind == Kind::Offline)
}

fn moment() -> Duration {
    // Without randomness all speak at the same moment, and nothing is worse.
    let number = getrandom::u32().unwrap_or_default();
    let spread = SPREAD.end - SPREAD.start;
    Duration::from_millis((SPREAD.start + number % spread).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_much_is_asked_one_packet_a_second_is_said() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut said = 0;
        for millis in 0..3000 {
            let now = start + Duration::from_millis(millis);
            pace.owe(now, Duration::from_millis(20));
            said += u32::from(pace.take(now));
        }
        // At 20, 1020 and 2020 milliseconds.
        assert_eq!(said, 3);
        assert!(pace.owed.is_some(), "the last who asked is answered too");
    }

    #[test]
    fn nothing_is_said_unless_it_is_owed() {
        let now = Instant::now();
        let mut pace = Pace::default();
        assert!(!pace.take(now));
        pace.owe(now, Duration::from_millis(20));
        assert!(!pace.take(now + Duration::from_millis(19)));
        assert!(pace.take(now + Duration::from_millis(20)));
        assert!(!pace.take(now + Duration::from_secs(9)));
    }
}
