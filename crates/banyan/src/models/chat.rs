//! `banyan chat`: an answer on the terminal as it is written. The text goes to
//! standard output and nothing else does; what there is to say about it goes to
//! standard error.

use std::{
    io::{IsTerminal as _, Read as _, stdin},
    process::ExitCode,
};

use api::{
    ApiError, Code,
    calls::AskChat,
    dto::{AnswerFigures, AnswerPlace, Carry, ChatAsk, ChatMessage, ChatPiece, ChatRole, Why},
};
use gateway::client::Client;

use crate::{
    answer::{self, Answer, error_text, exit_code},
    cli::ChatOptions,
    terminal::{self, CAUTION, FAINT, paint},
};

/// What a question typed or piped in may hold; the node has a limit of its own.
const LONGEST: u64 = 16 * 1024 * 1024;

pub(super) async fn run(
    client: &Client,
    options: ChatOptions,
    json: bool,
) -> Result<Answer, ApiError> {
    let mut pieces = client.stream::<AskChat>(&question(options)?).await?;
    let mut written = Written::default();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if json {
            let line = serde_json::to_value(&piece).unwrap_or_default();
            terminal::print(answer::line(&line));
        }
        match piece {
            ChatPiece::Done {
                from,
                cut,
                figures,
                why,
            } => {
                if !json {
                    written.end();
                    terminal::print_error(&figures_line(&from, &figures, cut));
                    terminal::print_error(&tried(&why));
                }
                return Ok(Answer::nothing(ExitCode::SUCCESS));
            }
            ChatPiece::Failed { error, why } => {
                if !json {
                    written.end();
                    terminal::print_error(&error_text(&error));
                    terminal::print_error(&tried(&why));
                    terminal::print_error(&dropped(&why));
                }
                return Ok(Answer::nothing(exit_code(&error)));
            }
            piece @ (ChatPiece::Waits { .. }
            | ChatPiece::Begins { .. }
            | ChatPiece::Text { .. }
            | ChatPiece::Thinking { .. }) => {
                if !json {
                    written.write(piece);
                }
            }
        }
    }
    Err(ApiError::new(Code::Stopping, []))
}

fn question(options: ChatOptions) -> Result<ChatAsk, ApiError> {
    let prompt = match options.prompt {
        Some(prompt) => prompt,
        None if stdin().is_terminal() => return Err(ApiError::new(Code::NothingAsked, [])),
        None => piped()?,
    };
    if prompt.trim().is_empty() {
        return Err(ApiError::new(Code::NothingAsked, []));
    }
    let message = |role, content| ChatMessage {
        role,
        content,
        images: Vec::new(),
    };
    let system = options.system.map(|text| message(ChatRole::System, text));
    Ok(ChatAsk {
        messages: system
            .into_iter()
            .chain([message(ChatRole::User, prompt)])
            .collect(),
        model: options.model,
        conversation: None,
        place: options.on,
        may_leave_lan: options.leaves_lan,
        options: api::dto::ChatOptions {
            temperature: options.temperature,
            most_tokens: options.max_tokens,
            ..api::dto::ChatOptions::default()
        },
    })
}

fn piped() -> Result<String, ApiError> {
    let mut text = String::new();
    stdin()
        .lock()
        .take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| ApiError::new(Code::Internal, [("reason", api::plain(&error))]))?;
    Ok(text)
}

/// What stands on the terminal so far.
#[derive(Default)]
struct Written {
    text: String,
    thinks: bool,
}

impl Written {
    fn write(&mut self, piece: ChatPiece) {
        match piece {
            ChatPiece::Text { text } => {
                if std::mem::take(&mut self.thinks) {
                    terminal::print_error("\n\n");
                }
                terminal::print(&text);
                self.text.push_str(&text);
            }
            ChatPiece::Thinking { text } => {
                self.thinks = true;
                terminal::print_error(&paint(FAINT, text));
            }
            ChatPiece::Waits { machine, ahead, .. } => {
                let line = format!("Waiting for {machine}, behind {ahead}.\n");
                terminal::print_error(&paint(FAINT, line));
            }
            ChatPiece::Begins {
                from, carry, kept, ..
            } => match carry {
                Carry::Nothing => {}
                Carry::Continue => {
                    let line = format!("\n[continued on {}]\n", from.name);
                    terminal::print_error(&paint(CAUTION, line));
                    // What was printed cannot be taken back; the half word is said anew.
                    self.text = kept;
                }
                Carry::Restart => {
                    let line = format!("\n[{} begins anew]\n", from.name);
                    terminal::print_error(&paint(CAUTION, line));
                    self.text.clear();
                }
            },
            ChatPiece::Done { .. } | ChatPiece::Failed { .. } => {}
        }
    }

    fn end(&self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            terminal::print("\n");
        }
    }
}

fn figures_line(from: &AnswerPlace, figures: &AnswerFigures, cut: bool) -> String {
    let place = if from.this_machine {
        "this machine"
    } else {
        &from.name
    };
    let mut parts = vec![format!("{} on {place}", from.model)];
    if let Some(speed) = figures.tokens_per_second {
        parts.push(format!("{speed:.1} tokens/s"));
    }
    if let Some(first) = figures.first_word_ms {
        parts.push(format!("first word after {first} ms"));
    }
    if cut {
        parts.push("cut at its longest".to_owned());
    }
    format!("{}\n", paint(FAINT, parts.join(", ")))
}

fn tried(why: &Why) -> String {
    let lines = why.tried.iter().map(|tried| {
        let words = tried
            .words
            .as_ref()
            .map_or_else(String::new, |words| format!(" ({words})"));
        format!("  {}: {}{words}\n", tried.name, problem(&tried.problem))
    });
    lines.collect()
}

fn dropped(why: &Why) -> String {
    let lines = why.candidates.iter().filter_map(|candidate| {
        let reason = candidate.dropped.as_deref()?;
        Some(format!("  {}: {}\n", candidate.name, self::reason(reason)))
    });
    lines.collect()
}

fn problem(code: &str) -> &str {
    match code {
        "no_answer" => "did not answer in time",
        "silent" => "fell silent",
        "broken" => "the connection broke",
        "backend" => "its model server failed",
        "stopped" => "its owner ended it",
        "not_shared" => "shares no models",
        "not_permitted" => "does not let this machine use its models",
        "too_many" => "wants fewer questions in a minute",
        "full" => "has no room in its line",
        "no_model" => "does not have the model",
        other => other,
    }
}

fn reason(code: &str) -> &str {
    match code {
        "private" => "this machine asks no others",
        "not_chosen" => "another place was chosen",
        "not_permitted" => "does not let this machine use its models",
        "resting" => "failed several times and is left alone for now",
        "on_battery" => "runs on battery",
        "owner_busy" => "its owner is busy",
        "not_shared" => "shares no models",
        "no_model" => "does not have a model that fits",
        "context_too_small" => "its model holds too few tokens",
        "leaves_lan" => "its model runs outside of this network",
        "cannot_see" => "its model sees no pictures",
        "tried" => "was tried already",
        other => other,
    }
}
