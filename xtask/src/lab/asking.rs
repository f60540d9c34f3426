//! One question, and when each piece of its answer came.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::staff::{Asker, MODEL};

/// What became of a question.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) began: Instant,
    /// When each piece with text came.
    pub(crate) pieces: Vec<Instant>,
    pub(crate) ended: Instant,
    pub(crate) tokens: u32,
    /// It came to its end as it should.
    pub(crate) whole: bool,
    /// The machines that wrote it, one after the other.
    pub(crate) from: Vec<String>,
    /// Why it has no end, where somebody said so.
    pub(crate) problem: Option<String>,
}

impl Answer {
    fn beginning() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            pieces: Vec::new(),
            ended: now,
            tokens: 0,
            whole: false,
            from: Vec::new(),
            problem: None,
        }
    }

    /// Until the first word; nothing where none came.
    pub(crate) fn first_word(&self) -> Option<Duration> {
        let first = self.pieces.first()?;
        Some(*first - self.began)
    }

    /// Tokens a second, from the first word to the end.
    pub(crate) fn speed(&self) -> Option<f64> {
        let first = self.pieces.first()?;
        let writing = (self.ended - *first).as_secs_f64();
        Some(f64::from(self.tokens.saturating_sub(1)) / writing)
    }

    /// Between one piece and the next.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = Duration> {
        self.pieces.windows(2).filter_map(|pair| match pair {
            [one, next] => Some(*next - *one),
            _ => None,
        })
    }
}

/// Through the mesh. `place` is as `chat.ask` takes it, and an answer may be
/// limited.
pub(crate) fn through(asker: &Asker<'_>, place: &str, most: Option<u32>) -> Result<Answer> {
    through_and_told(asker, place, most, |_| ())
}

/// The same; `heard` is told of each piece with text.
pub(crate) fn through_and_told(
    asker: &Asker<'_>,
    place: &str,
    most: Option<u32>,
    mut heard: impl FnMut(&Answer),
) -> Result<Answer> {
    let mut answer = Answer::beginning();
    let question = json!({
        "messages": [{ "role": "user", "content": "Who is there?" }],
        "model": MODEL,
        "place": place,
        "options": most.map_or_else(|| json!({}), |most| json!({ "most_tokens": most })),
    });
    let mut pieces = asker.gateway.pieces("chat.ask", &question)?;
    while let Some((at, piece)) = pieces.next() {
        match piece.get("kind").and_then(Value::as_str) {
            Some("text") => {
                answer.pieces.push(at);
                heard(&answer);
            }
            Some("begins") => {
                let machine = piece.pointer("/from/machine").and_then(Value::as_str);
                answer.from.extend(machine.map(str::to_owned));
            }
            Some("done") => {
                let tokens = piece.pointer("/figures/tokens").and_then(Value::as_u64);
                answer.tokens = tokens.and_then(|all| u32::try_from(all).ok()).unwrap_or(0);
                answer.whole = true;
                answer.ended = at;
                break;
            }
            Some("failed") => {
                answer.problem = Some(piece.to_string());
                answer.ended = at;
                break;
            }
            _ => {}
        }
    }
    Ok(answer)
}

/// From the server itself, past all nodes; the socket is opened where the asking
/// machine is.
pub(crate) fn straight(asker: &Asker<'_>, server: (Ipv4Addr, u16)) -> Result<Answer> {
    let mut answer = Answer::beginning();
    let place = SocketAddr::from(server);
    let mut stream = asker
        .machine
        .inside(|| TcpStream::connect(place))?
        .with_context(|| format!("no server of models answers at {place}"))?;
    let body = json!({
        "model": MODEL,
        "messages": [{ "role": "user", "content": "Who is there?" }],
    })
    .to_string();
    write!(
        stream,
        "POST /api/chat HTTP/1.0\r\nHost: {place}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(answer);
        }
        let at = Instant::now();
        // What stands before the body is no JSON.
        let Ok(piece) = serde_json::from_str::<Value>(&line) else {
            ensure!(!line.contains(" 4") || !line.starts_with("HTTP"), "{line}");
            continue;
        };
        let text = piece.pointer("/message/content").and_then(Value::as_str);
        if text.is_some_and(|text| !text.is_empty()) {
            answer.pieces.push(at);
        }
        if piece.get("done").and_then(Value::as_bool) == Some(true) {
            let tokens = piece.get("eval_count").and_then(Value::as_u64);
            answer.tokens = tokens.and_then(|all| u32::try_from(all).ok()).unwrap_or(0);
            answer.whole = true;
            answer.ended = at;
            return Ok(answer);
        }
    }
}
