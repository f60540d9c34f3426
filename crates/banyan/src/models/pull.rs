//! `banyan models pull` and what belongs to it.

use std::process::ExitCode;

use anstyle::Style;
use api::{
    ApiError, Code,
    calls::{CancelPull, DeleteModel, ListPulls, PullModel},
    dto::{Event, Happening, ModelRef, NodeState, Pull, PullState},
};
use gateway::client::{Client, Events};
use serde_json::json;

use super::{list::size, show};
use crate::{
    answer::{self, Answer},
    cli::{ModelOptions, ModelsAction},
    terminal::{self, BAD, BOLD, CAUTION, FAINT, GOOD, Table, paint},
};

pub(super) async fn run(
    client: &Client,
    action: ModelsAction,
    json: bool,
) -> Result<Answer, ApiError> {
    match action {
        ModelsAction::Pull(options) => pull(client, options, json).await,
        ModelsAction::Cancel { model } => cancel(client, model).await,
        ModelsAction::Pulls => pulls(client).await,
        ModelsAction::Delete(options) => delete(client, options).await,
        ModelsAction::Show(options) => show::run(client, options).await,
    }
}

pub(super) fn meant(options: ModelOptions) -> ModelRef {
    ModelRef {
        model: options.model,
        backend: options.backend,
    }
}

async fn pull(client: &Client, options: ModelOptions, json: bool) -> Result<Answer, ApiError> {
    let mut events = client.events(None).await?;
    let mut pull = client.call::<PullModel>(meant(options)).await?;
    let mut told = String::new();
    loop {
        let line = if json {
            answer::line(&serde_json::to_value(&pull).unwrap_or_default())
        } else {
            format!("{}\n", step(&pull))
        };
        // What reads the same says nothing new.
        if line != told {
            terminal::print(&line);
            told = line;
        }
        match pull.state {
            PullState::Done => return Ok(Answer::nothing(ExitCode::SUCCESS)),
            PullState::Failed => return Ok(Answer::nothing(ExitCode::FAILURE)),
            PullState::Running | PullState::Waiting => {}
        }
        match next(client, &mut events, &pull.id).await? {
            Some(next) => pull = next,
            None => {
                let model = pull.model;
                return Err(ApiError::new(Code::PullUnknown, [("model", model)]));
            }
        }
    }
}

/// How it is after the next event about it; nothing where it was cancelled.
async fn next(
    client: &Client,
    events: &mut Events<Event>,
    id: &str,
) -> Result<Option<Pull>, ApiError> {
    loop {
        let Some(event) = events.next().await else {
            return Err(ApiError::new(Code::Stopping, []));
        };
        match event?.happening {
            Happening::PullChanged { pull } if pull.id == id => return Ok(Some(*pull)),
            Happening::PullGone { id: gone } if gone == id => return Ok(None),
            Happening::Resync => {
                let pulls = client.call::<ListPulls>(()).await?;
                return Ok(pulls.into_iter().find(|pull| pull.id == id));
            }
            Happening::NodeState {
                state: NodeState::Stopping,
            } => return Err(ApiError::new(Code::Stopping, [])),
            Happening::NodeState { .. }
            | Happening::MachineChanged { .. }
            | Happening::SettingChanged { .. }
            | Happening::NoticesChanged { .. }
            | Happening::PeerChanged { .. }
            | Happening::PeerGone { .. }
            | Happening::PeerNoticed { .. }
            | Happening::ModelsChanged
            | Happening::AccessChanged
            | Happening::PullChanged { .. }
            | Happening::PullGone { .. } => {}
        }
    }
}

async fn cancel(client: &Client, model: String) -> Result<Answer, ApiError> {
    let text = format!("The download of {} has ended.\n", paint(BOLD, &model));
    let document = json!({ "model": model, "decided": "cancelled" });
    let wanted = ModelRef {
        model,
        backend: None,
    };
    client.call::<CancelPull>(wanted).await?;
    Ok(Answer::new(text, &document))
}

async fn pulls(client: &Client) -> Result<Answer, ApiError> {
    let pulls = client.call::<ListPulls>(()).await?;
    if pulls.is_empty() {
        return Ok(Answer::new(
            "Nothing is being downloaded.\n".to_owned(),
            &pulls,
        ));
    }
    let mut table = Table::default();
    for pull in &pulls {
        table.row([(BOLD, pull.model.clone()), (Style::new(), step(pull))]);
    }
    Ok(Answer::new(table.text(""), &pulls))
}

async fn delete(client: &Client, options: ModelOptions) -> Result<Answer, ApiError> {
    let text = format!("{} is deleted.\n", paint(BOLD, &options.model));
    let document = json!({ "model": options.model, "decided": "deleted" });
    client.call::<DeleteModel>(meant(options)).await?;
    Ok(Answer::new(text, &document))
}

/// Where it is, in whole percent: what changes less is no news on a terminal.
fn step(pull: &Pull) -> String {
    let trouble = pull.trouble.as_deref().unwrap_or_default();
    match pull.state {
        PullState::Done => paint(GOOD, "It is there."),
        PullState::Failed => paint(BAD, trouble),
        PullState::Waiting => paint(CAUTION, format!("Waits for the server: {trouble}")),
        PullState::Running if !pull.words.is_empty() => paint(FAINT, &pull.words),
        PullState::Running if pull.total_bytes > 0 => {
            let percent = u128::from(pull.bytes) * 100 / u128::from(pull.total_bytes);
            format!("{percent:>3} % of {}", size(pull.total_bytes))
        }
        PullState::Running => paint(FAINT, "begins"),
    }
}
