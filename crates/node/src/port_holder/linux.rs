//! From `/proc`: the table of sockets names an inode, and the program that has
//! it open holds the port.

use std::{fs, path::Path};

use super::{Holder, Protocol};

/// How the kernel writes that a TCP socket listens.
const LISTENS: &str = "0A";

/// `processes` is usually `/proc`.
pub(super) fn holder(processes: &Path, protocol: Protocol, port: u16) -> Option<Holder> {
    let tables = match protocol {
        Protocol::Tcp => ["net/tcp", "net/tcp6"],
        Protocol::Udp => ["net/udp", "net/udp6"],
    };
    let sockets: Vec<String> = tables
        .iter()
        .filter_map(|table| fs::read_to_string(processes.join(table)).ok())
        .flat_map(|table| sockets(&table, protocol, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if sockets.is_empty() {
        return None;
    }
    let numbers = fs::read_dir(processes).ok()?.flatten();
    numbers
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .find(|process| has_open(&processes.join(process.to_string()), &sockets))
        .and_then(|process| {
            let program = program(&processes.join(process.to_string()))?;
            Some(Holder { program, process })
        })
}

/// The inodes of the sockets on this port. A line is `0: 0100007F:1EC6
/// 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 21570 …`.
fn sockets(table: &str, protocol: Protocol, port: u16) -> Vec<String> {
    let on_port = |line: &str| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let (address, state, inode) = (columns.get(1)?, columns.get(3)?, columns.get(9)?);
        let (_, local) = address.rsplit_once(':')?;
        let waits = protocol == Protocol::Udp || *state == LISTENS;
        (waits && u16::from_str_radix(local, 16) == Ok(port)).then(|| (*inode).to_owned())
    };
    table.lines().skip(1).filter_map(on_port).collect()
}

/// Of other people's processes nothing may be read.
fn has_open(process: &Path, sockets: &[String]) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    files
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok())
        .any(|target| {
            target
                .to_str()
                .is_some_and(|name| sockets.iter().any(|socket| socket == name))
        })
}

/// Its file's name, else the shorter one it gives itself.
fn program(process: &Path) -> Option<String> {
    let file = fs::read_link(process.join("exe")).ok();
    let named = file.and_then(|file| {
        let name = file.file_name()?.to_str()?;
        Some(name.trim_end_matches(" (deleted)").to_owned())
    });
    named.or_else(|| {
        let name = fs::read_to_string(process.join("comm")).ok()?;
        Some(name.trim().to_owned())
    })
}
