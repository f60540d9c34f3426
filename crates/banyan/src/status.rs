use std::path::PathBuf;

use anstyle::Style;
use api::{
    ApiError,
    calls::{GetStatus, ListPeers},
    dto::{Http, InterfaceKind, NodeState, Resources, Status},
};
use serde::Serialize;

use crate::{
    answer::Answer,
    figures,
    machines::{self, Count},
    node_client,
    notices::notice_text,
    terminal::{ACCENT, BOLD, CAUTION, FAINT, GOOD, Table, paint},
};

/// The status with how many other machines there are.
#[derive(Debug, Serialize)]
struct Whole {
    #[serde(flatten)]
    status: Status,
    peers: Count,
}

pub(crate) async fn run(data: Option<PathBuf>) -> Result<Answer, ApiError> {
    let client = node_client::connect(data)?;
    let status = client.call::<GetStatus>(()).await?;
    let peers = machines::count(&client.call::<ListPeers>(()).await?);
    let whole = Whole { status, peers };
    Ok(Answer::new(text(&whole), &whole))
}

fn text(Whole { status, peers }: &Whole) -> String {
    let (style, state) = match status.state {
        NodeState::Starting => (CAUTION, "starting"),
        NodeState::Ready => (GOOD, "ready"),
        NodeState::Stopping => (CAUTION, "stopping"),
    };
    let head = format!(
        "{} {}  {}\n\n",
        paint(style, "●"),
        paint(BOLD, &status.machine.name),
        paint(
            FAINT,
            format!(
                "{state}, up {}, version {} ({})",
                figures::duration(status.uptime_seconds),
                status.version,
                status.commit
            )
        ),
    );
    let notices: String = status
        .notices
        .iter()
        .map(|notice| format!("\n{}", notice_text(notice, "  ")))
        .collect();
    format!("{head}{}{notices}", table(status, *peers).text("  "))
}

fn table(status: &Status, peers: Count) -> Table {
    let mut lines = Lines::default();
    lines.add(
        "Machine",
        format!(
            "{} on {} {}",
            status.machine.short_id, status.machine.os, status.machine.arch
        ),
    );
    lines.add("Others", peers.to_string());
    match &status.http {
        Some(Http { page, .. }) => lines.styled("Page", ACCENT, page.clone()),
        None => lines.add("Page", "switched off".to_owned()),
    }
    lines.add(
        "Ports",
        format!("TCP {}, UDP {}", status.ports.tcp, status.ports.udp),
    );
    let mut label = "Network";
    for interface in status
        .interfaces
        .iter()
        .filter(|i| i.kind != InterfaceKind::Loopback)
    {
        let style = if interface.usable {
            Style::new()
        } else {
            FAINT
        };
        let note = if interface.usable { "" } else { "  (not used)" };
        let text = format!(
            "{}  {}{note}",
            interface.name,
            interface.addresses.join("  ")
        );
        lines.styled(std::mem::take(&mut label), style, text);
    }
    if !label.is_empty() {
        lines.styled(label, CAUTION, "none".to_owned());
    }
    resources(&mut lines, &status.resources);
    lines.add("Data", status.data_folder.clone());
    lines.table
}

fn resources(lines: &mut Lines, resources: &Resources) {
    lines.add(
        "Memory",
        format!(
            "{}, {} of {} free on this machine",
            figures::bytes(resources.memory_bytes),
            figures::bytes(resources.machine_memory_free_bytes),
            figures::bytes(resources.machine_memory_bytes)
        ),
    );
    lines.add(
        "Processor",
        format!(
            "{:.1} % of one core, {} cores",
            resources.cpu_percent, resources.cores
        ),
    );
    if let Some(free) = resources.disk_free_bytes {
        lines.add("Disk", format!("{} free", figures::bytes(free)));
    }
    lines.add(
        "Errors",
        format!(
            "{} of {} calls in the last hour ({:.1} %)",
            resources.errors_last_hour, resources.calls_last_hour, resources.error_percent
        ),
    );
}

#[derive(Default)]
struct Lines {
    table: Table,
}

impl Lines {
    fn add(&mut self, label: &str, text: String) {
        self.styled(label, Style::new(), text);
    }

    fn styled(&mut self, label: &str, style: Style, text: String) {
        self.table.row([(FAINT, label.to_owned()), (style, text)]);
    }
}
