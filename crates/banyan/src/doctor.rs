use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anstyle::Style;
use api::{
    ApiError,
    calls::Diagnose,
    dto::{Check, Diagnostics, Outcome},
    sentences::{Sentence, sentence},
};
use gateway::client::{Client, ClientError};

use crate::{
    answer::Answer,
    language, node_client,
    notices::marked_text,
    settings,
    terminal::{BAD, BOLD, CAUTION, FAINT, GOOD, Table, paint},
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

/// What is in order takes a line each; what is not comes below it, in full.
fn text(diagnostics: &Diagnostics) -> String {
    let mut good = Table::default();
    let mut remarks = String::new();
    for check in &diagnostics.checks {
        match check.outcome {
            Outcome::Good => good.row(good_line(check)),
            Outcome::Warning => remarks += &remark(check, CAUTION, "!"),
            Outcome::Problem => remarks += &remark(check, BAD, "✗"),
        }
    }
    format!("{}{remarks}\n{}\n", good.text(""), verdict(diagnostics))
}

fn good_line(check: &Check) -> [(Style, String); 3] {
    let Sentence { title, text, .. } = sentence(
        &check.finding.code,
        &check.finding.params,
        language::of_the_terminal(),
    );
    [(GOOD, "✓".to_owned()), (Style::new(), title), (FAINT, text)]
}

fn remark(check: &Check, style: Style, mark: &str) -> String {
    format!("\n{}", marked_text(&check.finding, style, mark, ""))
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
