//! What went over each network interface, or why it is not used.

use anstyle::Style;
use api::{
    dto::{InterfaceReport, NetworkReport, SkippedBecause, Traffic},
    sentences::sentence,
};

use crate::{
    language,
    terminal::{BOLD, CAUTION, FAINT, Table, paint},
};

type Cell = (Style, String);

pub(super) fn text(network: &NetworkReport) -> String {
    let mut used = Table::default();
    let mut skipped = Table::default();
    for interface in &network.interfaces {
        match interface.skipped_because {
            None => add_used(interface, &mut used),
            Some(reason) => skipped.row([
                (FAINT, interface.name.clone()),
                (FAINT, interface.addresses.join(" ")),
                (FAINT, format!("not used: {}", words(reason))),
            ]),
        }
    }
    let refused = match network.refused {
        0 => String::new(),
        refused => format!("  {refused} refused: from outside the local network\n"),
    };
    format!(
        "{}\n{}{}{refused}",
        paint(BOLD, "Interfaces"),
        used.text("  "),
        skipped.text("  ")
    )
}

fn add_used(interface: &InterfaceReport, table: &mut Table) {
    let name = (Style::new(), interface.name.clone());
    let addresses = (Style::new(), interface.addresses.join(" "));
    table.row(
        [name, addresses]
            .into_iter()
            .chain(cells(&interface.announcements)),
    );
    if let Some(mdns) = &interface.mdns {
        let head = [(Style::new(), String::new()), (FAINT, "mDNS".to_owned())];
        table.row(head.into_iter().chain(cells(mdns)));
    }
}

fn cells(traffic: &Traffic) -> [Cell; 4] {
    let last = match &traffic.last_heard {
        Some(at) => format!("last {}", to_the_second(at)),
        None => String::new(),
    };
    let error = traffic.error.as_ref().map(|error| {
        let said = sentence(&error.code, &error.params, language::of_the_terminal());
        said.title
    });
    [
        (Style::new(), format!("{} sent", traffic.sent)),
        (Style::new(), format!("{} heard", traffic.heard)),
        (FAINT, last),
        (CAUTION, error.unwrap_or_default()),
    ]
}

/// `2026-03-01 09:30:00 UTC` of `2026-03-01T09:30:00.250Z`.
fn to_the_second(at: &str) -> String {
    let second = at.split('.').next().unwrap_or(at);
    format!("{} UTC", second.replace('T', " "))
}

fn words(reason: SkippedBecause) -> &'static str {
    match reason {
        SkippedBecause::Down => "it is down",
        SkippedBecause::Loopback => "it leads nowhere else",
        SkippedBecause::PointToPoint => "a tunnel or a modem, without neighbours",
        SkippedBecause::Container => "it leads to containers or virtual machines here",
        SkippedBecause::NotChosen => "network.interfaces names others",
        SkippedBecause::Public => "its addresses are not of a local network",
        SkippedBecause::Alone => "its network has no room for neighbours",
    }
}
