//! `banyan doctor`: what is in order, what is not and what to do about it, and
//! what went over each network interface.

mod interfaces;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anstyle::Style;
use api::{
    ApiError,
    calls::{Diagnose, GetReport},
    dto::{Check, Diagnostics, Outcome},
    sentences::{Sentence, sentence},
};
use gateway::client::{Client, ClientError};

use crate::{
    answer::Answer,
    language, node_client,
    notices::marked_text,
    settings,
    terminal::{ACCENT, BAD, BOLD, CAUTION, FAINT, GOOD, Table, paint},
};

pub(crate) async fn run(data: Option<PathBuf>) -> Result<Answer, ApiError> {
    let folder = node_client::folder(data)?;
    let diagnostics = match examine(&folder).await {
        // What keeps a node from starting is worth more than that there is none.
        Err(error @ ClientError::NoNode { .. }) => {
            settings::of_file(&folder)?;
            return Err(error.into());
        }
        outcome => outcome?,
    };
    let mut answer = Answer::new(text(&diagnostics), &diagnostics);
    if count(&diagnostics, Outcome::Problem) > 0 {
        answer.exit = ExitCode::FAILURE;
    }
    Ok(answer)
}

async fn examine(folder: &Path) -> Result<Diagnostics, ClientError> {
    Client::from_folder(folder)?.call::<Diagnose>(()).await
}

/// The text for somebody who helps.
pub(crate) async fn report(data: Option<PathBuf>) -> Result<Answer, ApiError> {
    let report = node_client::connect(data)?.call::<GetReport>(()).await?;
    Ok(Answer::new(report.text.clone(), &report))
}

/// What is in order takes a line each; what is not, or could be better, comes
/// below it, in full.
fn text(diagnostics: &Diagnostics) -> String {
    let mut good = Table::default();
    let mut remarks = String::new();
    for check in &diagnostics.checks {
        let said = said(check);
        match check.outcome {
            Outcome::Good if said.fix.is_empty() => good.row(good_line(said)),
            Outcome::Good => remarks += &remark(check, ACCENT, "i"),
            Outcome::Warning => remarks += &remark(check, CAUTION, "!"),
            Outcome::Problem => remarks += &remark(check, BAD, "✗"),
        }
    }
    let interfaces = interfaces::text(&diagnostics.network);
    let verdict = verdict(diagnostics);
    format!("{}{remarks}\n{interfaces}\n{verdict}\n", good.text(""))
}

fn said(check: &Check) -> Sentence {
    let finding = &check.finding;
    sentence(&finding.code, &finding.params, language::of_the_terminal())
}

fn good_line(said: Sentence) -> [(Style, String); 3] {
    [
        (GOOD, "✓".to_owned()),
        (Style::new(), said.title),
        (FAINT, said.text),
    ]
}

/// A command keeps its line whole, so that it can be copied.
fn remark(check: &Check, style: Style, mark: &str) -> String {
    let text = marked_text(&check.finding, style, mark, "");
    let command = check
        .command
        .as_ref()
        .map(|command| format!("    {}\n", paint(BOLD, command)));
    format!("\n{text}{}", command.unwrap_or_default())
}

fn verdict(diagnostics: &Diagnostics) -> String {
    let problems = count(diagnostics, Outcome::Problem);
    let warnings = count(diagnostics, Outcome::Warning);
    match (problems, warnings) {
        (0, 0) => paint(BOLD, "Everything is in order."),
        (0, _) => paint(
            BOLD,
            format!(
                "It works; {warnings} of {} checks have a remark.",
                diagnostics.checks.len()
            ),
        ),
        _ => paint(
            BOLD,
            format!(
                "{problems} of {} checks found something broken.",
                diagnostics.checks.len()
            ),
        ),
    }
}

fn count(diagnostics: &Diagnostics, outcome: Outcome) -> usize {
    diagnostics
        .checks
        .iter()
        .filter(|check| check.outcome == outcome)
        .count()
}
