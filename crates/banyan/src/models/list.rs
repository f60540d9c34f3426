//! `banyan models`: a line for each model of each machine.

use anstyle::Style;
use api::{
    ApiError,
    calls::ViewModels,
    dto::{BackendStanding, Model, ModelsView},
};
use gateway::client::Client;

use crate::{
    answer::Answer,
    terminal::{BOLD, CAUTION, FAINT, GOOD, Table},
};

pub(super) async fn run(client: &Client) -> Result<Answer, ApiError> {
    let view = client.call::<ViewModels>(()).await?;
    Ok(Answer::new(text(&view), &view))
}

fn text(view: &ModelsView) -> String {
    let mut table = Table::default();
    for model in &view.here {
        table.row(line(model, "this machine"));
    }
    for machine in view.elsewhere.iter().filter(|machine| machine.permitted) {
        for model in &machine.models {
            table.row(line(model, &machine.name));
        }
    }
    let mut text = table.text("");
    if text.is_empty() {
        text = "No model is in reach.\n".to_owned();
    }
    for backend in &view.backends {
        if backend.standing != BackendStanding::Up {
            let why = backend
                .trouble
                .as_deref()
                .unwrap_or("nobody has looked yet");
            text.push_str(&format!("\n{} on this machine: {why}\n", backend.id));
        }
    }
    for machine in view.elsewhere.iter().filter(|machine| !machine.permitted) {
        let name = &machine.name;
        text.push_str(&format!(
            "\n{name} does not let this machine use its models.\n"
        ));
    }
    text
}

fn line(model: &Model, machine: &str) -> [(Style, String); 5] {
    let speed = model
        .speed
        .map_or_else(String::new, |speed| format!("{speed:.0} tokens/s"));
    let state = if model.leaves_lan {
        (CAUTION, "leaves this network".to_owned())
    } else if model.loaded {
        (GOOD, "in memory".to_owned())
    } else {
        (FAINT, String::new())
    };
    [
        (BOLD, model.name.clone()),
        (Style::new(), machine.to_owned()),
        (FAINT, size(model.bytes)),
        (FAINT, speed),
        state,
    ]
}

pub(super) fn size(bytes: u64) -> String {
    let gigabytes = bytes as f64 / 1e9;
    match bytes {
        0 => String::new(),
        _ if gigabytes >= 1.0 => format!("{gigabytes:.1} GB"),
        _ => format!("{:.0} MB", gigabytes * 1000.0),
    }
}
