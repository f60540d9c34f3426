//! The text behind "Copy report": for a person to read, then to hand to
//! somebody who helps.
//!
//! Invariant: no content, no tokens, no keys; the home folder is written as `~`
//! so that it does not tell the person's name.

use std::fmt::{self, Write as _};

use sysinfo::System;
use tracing::Level;

use crate::{
    Handle, clock,
    config::{Source, View},
    diagnose::{Check, InterfaceReport, Outcome, Traffic},
    figures::bytes,
    health::Resources,
    journal::Line,
    network::Address,
};

/// More would not be read.
const LINES: usize = 50;

pub(crate) async fn write(node: &Handle) -> String {
    let diagnosis = node.diagnose().await;
    let mut text = Text::default();

    text.title("Banyan");
    text.line(
        "version",
        format_args!("{} ({})", node.version(), node.commit()),
    );
    text.line(
        "system",
        format_args!("{} {}", system_name(), std::env::consts::ARCH),
    );
    text.line("started", clock::rfc3339(node.started_at()));
    text.line("uptime", format_args!("{} s", node.uptime().as_secs()));
    text.line("machine", node.machine().short_id);
    text.line("data", node.folder().root().display());

    text.title("Resources");
    match node.resources().await {
        Ok(resources) => text.resources(&resources),
        Err(error) => text.line("unknown", error),
    }
    text.line(
        "errors logged in the last hour",
        node.logged_errors_last_hour(),
    );

    text.title("Checks");
    diagnosis.checks.iter().for_each(|check| text.check(check));
    text.title("Notices");
    for notice in node.notices() {
        text.line(notice.code(), format_args!("{:?}", notice.params()));
    }

    text.title("Network");
    match node.http() {
        Some(listening) => text.line("page", listening.address),
        None => text.line("page", "not served"),
    }
    let network = &diagnosis.network;
    let mdns = if network.mdns { "on" } else { "off" };
    text.line(
        "ports",
        format_args!(
            "TCP {}, UDP {}, mDNS {mdns}",
            network.ports.tcp, network.ports.udp
        ),
    );
    text.line("refused from elsewhere", network.refused);
    let interfaces = network.interfaces.iter();
    interfaces.for_each(|interface| text.interface(interface));

    text.title("Configuration");
    node.settings().iter().for_each(|view| text.setting(view));
    text.title("Recent warnings and errors");
    node.log(Level::WARN, LINES)
        .iter()
        .for_each(|line| text.log(line));
    hide_home(text.0, node)
}

#[derive(Debug, Default)]
struct Text(String);

impl Text {
    fn title(&mut self, title: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        self.write(format_args!("{gap}{title}\n"));
    }

    fn line(&mut self, name: &str, value: impl fmt::Display) {
        self.write(format_args!("  {name}: {value}\n"));
    }

    fn resources(&mut self, resources: &Resources) {
        let free = bytes(resources.machine_memory_free_bytes);
        let all = bytes(resources.machine_memory_bytes);
        let disk_free = resources
            .disk_free_bytes
            .map_or("unknown".to_owned(), bytes);
        let Resources {
            cpu_percent,
            cores,
            calls_last_hour,
            failed_calls_last_hour,
            ..
        } = resources;
        self.line("memory", bytes(resources.memory_bytes));
        self.line(
            "memory of the machine",
            format_args!("{free} free of {all}"),
        );
        self.line(
            "processor",
            format_args!("{cpu_percent:.1} % of one of {cores} cores"),
        );
        self.line("free on disk", disk_free);
        self.line(
            "calls in the last hour",
            format_args!("{calls_last_hour}, failed {failed_calls_last_hour}"),
        );
    }

    fn check(&mut self, check: &Check) {
        let outcome = match check.outcome {
            Outcome::Good => "good",
            Outcome::Warning => "warning",
            Outcome::Problem => "PROBLEM",
        };
        let finding = &check.finding;
        self.line(
            outcome,
            format_args!("{} {:?}", finding.code(), finding.params()),
        );
    }

    fn interface(&mut self, interface: &InterfaceReport) {
        let addresses: Vec<_> = interface.addresses.iter().map(Address::to_string).collect();
        let used = match interface.skipped {
            None => "used".to_owned(),
            Some(reason) => format!("skipped: {reason:?}"),
        };
        self.line(
            &interface.name,
            format_args!("{} ({used})", addresses.join(", ")),
        );
        if interface.skipped.is_none() {
            self.traffic("announcements", &interface.announcements);
        }
        if let Some(mdns) = &interface.mdns {
            self.traffic("mDNS", mdns);
        }
    }

    fn traffic(&mut self, way: &str, traffic: &Traffic) {
        let at = |at| clock::rfc3339(at);
        let last = traffic.last_heard.map_or("never".to_owned(), at);
        let failure = traffic
            .failure
            .as_ref()
            .map(|(finding, since)| format!(", {} since {}", finding.code(), at(*since)));
        self.line(
            &format!("  {way}"),
            format_args!(
                "{} sent, {} heard, last {last}{}",
                traffic.sent,
                traffic.heard,
                failure.unwrap_or_default()
            ),
        );
    }

    fn setting(&mut self, view: &View) {
        let value = &view.value;
        let origin = match view.origin.source() {
            Source::Default => "default".to_owned(),
            Source::File | Source::Environment | Source::Flag => view.origin.to_string(),
        };
        self.line(view.key.name(), format_args!("{value} ({origin})"));
    }

    fn log(&mut self, line: &Line) {
        let repeated = if line.count > 1 {
            format!(" ({} times)", line.count)
        } else {
            String::new()
        };
        self.write(format_args!(
            "  {} {} {}: {}{repeated} {:?}\n",
            clock::rfc3339(line.at),
            line.level,
            line.target,
            line.message,
            line.fields
        ));
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.0.write_fmt(text);
    }
}

fn system_name() -> String {
    let name = System::long_os_version().unwrap_or_else(|_| std::env::consts::OS.to_owned());
    match System::kernel_version() {
        Ok(kernel) => format!("{name}, kernel {kernel},"),
        Err(_) => name,
    }
}

fn hide_home(text: String, node: &Handle) -> String {
    match node.home().map(|home| home.to_string_lossy().into_owned()) {
        Some(home) if home.len() > 1 => text.replace(home.trim_end_matches(['/', '\\']), "~"),
        Some(_) | None => text,
    }
}
