//! What is said when the node is ready: one block for people, or one line of
//! JSON for the program that started it.

use std::io::{self, IsTerminal as _};

use api::dto::Notice;
use gateway::Gateway;
use node::Handle;
use serde_json::json;

use crate::{
    answer,
    notices::notice_text,
    terminal::{ACCENT, BOLD, FAINT, GOOD, Table, paint},
};

pub(super) fn text(node: &Handle, gateway: Option<&Gateway>, json: bool) -> String {
    if json {
        json_line(node, gateway)
    } else {
        block(node, gateway)
    }
}

fn json_line(node: &Handle, gateway: Option<&Gateway>) -> String {
    let machine = node.machine();
    answer::line(&json!({
        "ready": true,
        "address": gateway.map(|gateway| gateway.address().to_string()),
        "page": gateway.map(Gateway::page),
        "name": machine.name,
        "id": machine.short_id,
        "data_folder": node.folder().root().display().to_string(),
        "notices": notices(node),
    }))
}

fn block(node: &Handle, gateway: Option<&Gateway>) -> String {
    let machine = node.machine();
    let watched = io::stdout().is_terminal();
    let mut table = Table::default();
    let mut row = |label: &str, style, text: String| {
        table.row([(FAINT, label.to_owned()), (style, text)]);
    };
    row(
        "Machine",
        BOLD,
        format!("{} ({})", machine.name, machine.short_id),
    );
    match gateway.map(|gateway| (gateway, gateway.links().make())) {
        // A log may be kept for years and read by others; a terminal is the person's own.
        Some((_, Ok(link))) if watched => {
            row("Page", ACCENT, link);
            row(
                "",
                FAINT,
                "opens once, within five minutes; `banyan link` makes another".to_owned(),
            );
        }
        Some((gateway, _)) => {
            row("Page", ACCENT, gateway.page());
            row(
                "",
                FAINT,
                "`banyan link` makes a link that opens it".to_owned(),
            );
        }
        None => row("Page", FAINT, "switched off (http.enabled)".to_owned()),
    }
    row("Data", BOLD, node.folder().root().display().to_string());

    let notices: String = notices(node)
        .iter()
        .map(|notice| format!("\n{}", notice_text(notice, "  ")))
        .collect();
    let farewell = if watched {
        paint(FAINT, "\n  Ctrl+C stops it.\n")
    } else {
        String::new()
    };
    format!(
        "{} {}\n\n{}{notices}{farewell}\n",
        paint(GOOD, "●"),
        paint(BOLD, "Banyan is ready"),
        table.text("  ")
    )
}

fn notices(node: &Handle) -> Vec<Notice> {
    node.notices().iter().map(Into::into).collect()
}
