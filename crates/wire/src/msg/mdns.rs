//! Announcements as DNS-SD (RFC 6763) carries them over multicast DNS (RFC
//! 6762), for networks that let those packets through and broadcasts not.
//!
//! The records are a wrapping and nothing else: a TXT record holds the very
//! announcement that goes over UDP, and only that is believed, once its
//! signature is checked. The records beside it (PTR, SRV, address) are for the
//! tools of other people that list services. Every name in them is made of the
//! device's id; the host name of the machine is never told.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::net::IpAddr;

use reader::Reader;
use writer::Writer;

use super::announce::{Announcement, Kind};

pub const PORT: u16 = 5353;

/// An announcement with all its records stays below this.
pub const LONGEST: usize = 1500;

/// What a packet on the port of mDNS has to do with us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Somebody asks which machines are there.
    Asked,
    Announced(Said),
}

/// Bytes that say they are an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The UDP port of those it is meant for: machines on another port are
    /// another network, and stay so here.
    pub group: u16,
    pub announcement: Vec<u8>,
}

const SERVICE: [&[u8]; 3] = [b"_banyan", b"_tcp", b"local"];

/// Where the service's name lies in what is written here, and its last label.
const SERVICE_AT: u16 = 12;
const LOCAL_AT: u16 = SERVICE_AT + 8 + 5;

const ADDRESS_V4: u16 = 1;
const POINTER: u16 = 12;
const TEXT: u16 = 16;
const ADDRESS_V6: u16 = 28;
const SERVER: u16 = 33;
const ANY: u16 = 255;

const INTERNET: u16 = 1;
/// Nobody else has a record of this name.
const ALONE: u16 = 0x8000;

const RESPONSE: u16 = 0x8400;

/// Seconds; an announcement comes more often.
const LIFETIME: u32 = 120;

const GROUP: &str = "udp=";

/// A string of a TXT record has at most 255 bytes, three of them for its name.
const PIECE: usize = 252;

/// Reads a packet; nothing where it is not about this service.
pub fn read(bytes: &[u8]) -> Option<Message> {
    let mut reader = Reader { bytes, at: 2 };
    let flags = reader.number()?;
    let questions = reader.number()?;
    let records: u32 = [reader.number()?, reader.number()?, reader.number()?]
        .into_iter()
        .map(u32::from)
        .sum();
    // A plain question or a plain answer; everything else is of no use here.
    match flags & 0xf80f {
        0 => (0..questions)
            .map_while(|_| reader.question())
            .any(|asks| asks)
            .then_some(Message::Asked),
        0x8000 => {
            for _ in 0..questions {
                reader.question()?;
            }
            (0..records)
                .map_while(|_| reader.record())
                .find_map(|said| said)
                .map(Message::Announced)
        }
        _ => None,
    }
}

/// Wraps an announcement of ours to the machines on this UDP port, said from
/// this address.
pub fn write(announcement: &[u8], group: u16, from: IpAddr) -> Option<Vec<u8>> {
    let said = Announcement::parse(announcement).ok()?;
    let said = said.claim();
    let label = said.device.short().to_lowercase();
    let lifetime = match said.kind {
        Kind::Online | Kind::Reply => LIFETIME,
        Kind::Offline => 0,
    };
    let mut writer = Writer {
        bytes: Vec::with_capacity(LONGEST),
        lifetime,
    };
    for number in [0, RESPONSE, 0, 4, 0, 0] {
        writer.number(number);
    }

    for part in SERVICE {
        writer.label(part);
    }
    writer.bytes.push(0);
    let mut instance_at = 0;
    writer.record(POINTER, INTERNET, |writer| {
        instance_at = writer.position();
        writer.label(label.as_bytes());
        writer.name_at(SERVICE_AT);
    })?;

    writer.name_at(instance_at);
    let mut host_at = 0;
    writer.record(SERVER, INTERNET | ALONE, |writer| {
        for number in [0, 0, said.tcp_port] {
            writer.number(number);
        }
        host_at = writer.position();
        writer.label(label.as_bytes());
        writer.name_at(LOCAL_AT);
    })?;

    writer.name_at(instance_at);
    writer.record(TEXT, INTERNET | ALONE, |writer| {
        writer.label(format!("{GROUP}{group}").as_bytes());
        for (piece, digit) in announcement.chunks(PIECE).zip(b'0'..) {
            writer.label(&[&[b'p', digit, b'='], piece].concat());
        }
    })?;

    writer.name_at(host_at);
    match from {
        IpAddr::V4(ip) => writer.record(ADDRESS_V4, INTERNET | ALONE, |writer| {
            writer.bytes.extend(ip.octets());
        })?,
        IpAddr::V6(ip) => writer.record(ADDRESS_V6, INTERNET | ALONE, |writer| {
            writer.bytes.extend(ip.octets());
        })?,
    }
    Some(writer.bytes)
}
