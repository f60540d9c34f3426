use std::fmt::Write as _;

use serde_json::json;
use tracing::Level;

use super::Line;
use crate::{clock, config::LogFormat};

pub(super) fn for_file(line: &Line, format: LogFormat) -> String {
    match format {
        LogFormat::Human => human(&clock::rfc3339(line.at), line, false),
        LogFormat::Json => machine(line),
    }
}

/// A person at a terminal knows the day.
pub(super) fn for_terminal(line: &Line, format: LogFormat, colours: bool) -> String {
    match format {
        LogFormat::Human => {
            let at = clock::rfc3339(line.at);
            human(at.get(11..19).unwrap_or(&at), line, colours)
        }
        LogFormat::Json => machine(line),
    }
}

fn human(time: &str, line: &Line, colours: bool) -> String {
    let (dim, strong, plain) = if colours {
        ("\x1b[2m", colour(line.level), "\x1b[0m")
    } else {
        ("", "", "")
    };
    let level = line.level;
    let target = &line.target;
    let message = one_line(&line.message);
    let mut text =
        format!("{dim}{time}{plain} {strong}{level:>5}{plain} {dim}{target}{plain} {message}");
    for (name, value) in &line.fields {
        let value = one_line(value);
        // Writing to a String cannot fail.
        let _ = if value.contains([' ', '"']) {
            write!(text, " {dim}{name}={plain}{value:?}")
        } else {
            write!(text, " {dim}{name}={plain}{value}")
        };
    }
    if line.count > 1 {
        let _ = write!(text, " (repeated {} times)", line.count);
    }
    text.push('\n');
    text
}

fn machine(line: &Line) -> String {
    let mut object = json!({
        "at": clock::rfc3339(line.at),
        "level": line.level.as_str().to_lowercase(),
        "target": line.target,
        "message": line.message,
    });
    if let Some(object) = object.as_object_mut() {
        if !line.fields.is_empty() {
            object.insert("fields".to_owned(), json!(line.fields));
        }
        if line.count > 1 {
            object.insert("count".to_owned(), json!(line.count));
        }
    }
    format!("{object}\n")
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        _ => "\x1b[34m",
    }
}

/// Control characters written out: what others send us must not be able to
/// begin a line of its own or to speak to the terminal.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}
