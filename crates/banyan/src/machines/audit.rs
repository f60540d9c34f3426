//! `banyan audit`: what was decided, refused and handed out.

use std::collections::BTreeMap;

use anstyle::Style;
use api::{
    ApiError,
    calls::ListAudit,
    dto::{AuditEntry, AuditQuery},
    sentences::sentence,
};
use gateway::client::Client;

use super::words;
use crate::{
    answer::Answer,
    language,
    terminal::{BOLD, FAINT, Table},
};

pub(super) async fn run(
    client: &Client,
    peer: Option<String>,
    limit: u32,
) -> Result<Answer, ApiError> {
    let query = AuditQuery {
        before: None,
        peer,
        limit: Some(limit),
    };
    let entries = client.call::<ListAudit>(query).await?;
    Ok(Answer::new(text(&entries), &entries))
}

fn text(entries: &[AuditEntry]) -> String {
    if entries.is_empty() {
        return "Nothing was decided yet.\n".to_owned();
    }
    let mut table = Table::default();
    for entry in entries {
        let details: Vec<_> = entry
            .details
            .iter()
            .map(|(name, value)| detail(name, value))
            .collect();
        table.row([
            (FAINT, words::to_the_minute(&entry.at)),
            (BOLD, entry.kind.replace('_', " ")),
            (Style::new(), entry.name.clone().unwrap_or_default()),
            (FAINT, entry.peer.clone().unwrap_or_default()),
            (Style::new(), details.join(", ")),
        ]);
    }
    table.text("")
}

/// What the node writes down are words for programs.
fn detail(name: &str, value: &str) -> String {
    let told = match (name, value) {
        ("relation", "mine") => return "mine".to_owned(),
        ("relation", "other") => return "someone else's".to_owned(),
        ("reason", code) => sentence(code, &BTreeMap::new(), language::of_the_terminal()).title,
        _ => value.replace('_', " "),
    };
    format!("{}: {told}", name.replace('_', " "))
}
