//! Which program holds a port of this machine, so far as the person who runs
//! Banyan may see it. The programs of other people stay unknown.

mod linux;

use std::{fmt, time::Duration};

use crate::{
    config::Key,
    host::{Host, System},
};

/// A word of the sentences: a program that nobody here may see.
const SOMEBODY: &str = "#another_program";

/// How long a tool of the system may take.
const LOOK_LIMIT: Duration = Duration::from_secs(5);

/// A running program.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holder {
    program: String,
    /// By which the system knows it.
    process: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Tcp,
    Udp,
}

/// The program that has the port which a setting is about, as a parameter of a
/// sentence.
pub(crate) async fn named(host: &Host, key: Key, port: u16) -> String {
    let protocol = if key == Key::NetworkUdpPort {
        Protocol::Udp
    } else {
        Protocol::Tcp
    };
    let holder = look(host, protocol, port).await;
    holder.map_or(SOMEBODY.to_owned(), |holder| holder.to_string())
}

async fn look(host: &Host, protocol: Protocol, port: u16) -> Option<Holder> {
    match host.system() {
        System::Linux => {
            let processes = host.place("proc");
            let looked =
                tokio::task::spawn_blocking(move || linux::holder(&processes, protocol, port));
            looked.await.ok().flatten()
        }
        System::Macos => {
            let place = match protocol {
                Protocol::Tcp => format!("-iTCP:{port}"),
                Protocol::Udp => format!("-iUDP:{port}"),
            };
            let mut arguments = vec!["-nP", &place, "-Fpc"];
            if protocol == Protocol::Tcp {
                arguments.push("-sTCP:LISTEN");
            }
            let ran = host.run("lsof", &arguments, LOOK_LIMIT).await.ok()?;
            of_lsof(&ran.stdout)
        }
        System::Windows => {
            let ran = host.powershell(&script(protocol, port), LOOK_LIMIT).await;
            of_script(&ran.ok()?.stdout)
        }
        System::Other => None,
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.program, self.process)
    }
}

/// `p1234`, then `cname`.
fn of_lsof(text: &str) -> Option<Holder> {
    let field = |letter: char| text.lines().find_map(|line| line.strip_prefix(letter));
    Some(Holder {
        program: field('c')?.to_owned(),
        process: field('p')?.parse().ok()?,
    })
}

fn script(protocol: Protocol, port: u16) -> String {
    let endpoints = match protocol {
        Protocol::Tcp => format!("Get-NetTCPConnection -State Listen -LocalPort {port}"),
        Protocol::Udp => format!("Get-NetUDPEndpoint -LocalPort {port}"),
    };
    format!(
        "$e = {endpoints} -ErrorAction SilentlyContinue | Select-Object -First 1; \
         if ($e) {{ $p = Get-Process -Id $e.OwningProcess; \"$($p.Id) $($p.ProcessName)\" }}"
    )
}

/// `1234 name`.
fn of_script(text: &str) -> Option<Holder> {
    let (process, program) = text.trim().split_once(' ')?;
    Some(Holder {
        program: program.to_owned(),
        process: process.parse().ok()?,
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
