//! `banyan models show`: what its server tells of a model.

use anstyle::Style;
use api::{ApiError, calls::ShowModel, dto::ModelShown};
use gateway::client::Client;

use super::pull::meant;
use crate::{
    answer::Answer,
    cli::ModelOptions,
    terminal::{BOLD, FAINT, Table, paint},
};

/// Licences fill screens; the whole is in the JSON.
const LINES: usize = 3;

pub(super) async fn run(client: &Client, options: ModelOptions) -> Result<Answer, ApiError> {
    let shown = client.call::<ShowModel>(meant(options)).await?;
    Ok(Answer::new(text(&shown), &shown))
}

fn text(shown: &ModelShown) -> String {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let abilities = shown.abilities.as_ref().map(|words| words.join(", "));
    let mut table = Table::default();
    for (name, value) in [
        ("Server", Some(shown.backend.clone())),
        ("Family", shown.family.clone()),
        ("Parameters", shown.size.clone()),
        ("Quantisation", shown.quantisation.clone()),
        ("Context", number(shown.context)),
        ("Dimensions", number(shown.dimensions)),
        ("Abilities", abilities),
    ] {
        if let Some(value) = value {
            table.row([(FAINT, name.to_owned()), (Style::new(), value)]);
        }
    }
    let mut text = format!("{}\n{}", paint(BOLD, &shown.model), table.text("  "));
    for (name, block) in [
        ("Run with", &shown.parameters),
        ("Told before every conversation", &shown.system),
        ("Licence", &shown.licence),
    ] {
        if let Some(block) = block {
            text.push_str(&format!("\n{name}\n{}", beginning(block)));
        }
    }
    text
}

fn beginning(block: &str) -> String {
    let mut lines: Vec<_> = block.lines().take(LINES).collect();
    if block.lines().count() > LINES {
        lines.push("…");
    }
    lines.iter().map(|line| format!("  {line}\n")).collect()
}
