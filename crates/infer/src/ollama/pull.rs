//! The lines in which Ollama tells of a download.

use std::collections::VecDeque;

use serde::Deserialize;

use crate::{
    Failure, PullProgress,
    failure::words,
    http::{Decoder, Lines},
};

#[derive(Debug, Default)]
pub(super) struct Pull {
    lines: Lines,
}

impl Decoder for Pull {
    type Item = PullProgress;

    fn take(&mut self, piece: &[u8], ready: &mut VecDeque<PullProgress>) -> Result<(), Failure> {
        self.lines.push(piece);
        while let Some(line) = self.lines.next()? {
            ready.extend(step(&line)?);
        }
        Ok(())
    }

    fn end(&mut self, ready: &mut VecDeque<PullProgress>) -> Result<(), Failure> {
        let rest = self.lines.rest();
        ready.extend(step(&rest)?);
        Ok(())
    }

    fn is_last(step: &PullProgress) -> bool {
        *step == PullProgress::Done
    }
}

#[derive(Debug, Deserialize)]
struct Line {
    error: Option<String>,
    status: Option<String>,
    digest: Option<String>,
    #[serde(default)]
    total: u64,
    /// Left out while it is nothing.
    #[serde(default)]
    completed: u64,
}

fn step(line: &[u8]) -> Result<Option<PullProgress>, Failure> {
    if line.trim_ascii().is_empty() {
        return Ok(None);
    }
    let line: Line =
        serde_json::from_slice(line).map_err(|error| Failure::garbage(&error.to_string()))?;
    if let Some(error) = line.error {
        return Err(Failure::Failed {
            words: words(&error),
        });
    }
    let Some(status) = line.status else {
        return Err(Failure::garbage("a line that says nothing"));
    };
    Ok(Some(match line.digest {
        Some(digest) if line.total > 0 => PullProgress::Part {
            digest: words(&digest),
            completed: line.completed.min(line.total),
            total: line.total,
        },
        Some(_) | None if status == "success" => PullProgress::Done,
        Some(_) | None => PullProgress::Working {
            words: words(&status),
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read() {
        for (line, expected) in [
            (
                r#"{"status":"pulling manifest"}"#,
                PullProgress::Working {
                    words: "pulling manifest".to_owned(),
                },
            ),
            (
                r#"{"status":"pulling a2af","digest":"sha256:a2af","total":100,"completed":40}"#,
                PullProgress::Part {
                    digest: "sha256:a2af".to_owned(),
                    completed: 40,
                    total: 100,
                },
            ),
            (
                r#"{"status":"pulling a2af","digest":"sha256:a2af","total":100}"#,
                PullProgress::Part {
                    digest: "sha256:a2af".to_owned(),
                    completed: 0,
                    total: 100,
                },
            ),
            (r#"{"status":"success"}"#, PullProgress::Done),
        ] {
            assert_eq!(step(line.as_bytes()), Ok(Some(expected)), "{line}");
        }
        assert_eq!(step(b" "), Ok(None));
        let failed = step(br#"{"error":"pull model manifest: file does not exist"}"#);
        assert!(matches!(failed, Err(Failure::Failed { .. })), "{failed:?}");
        for line in ["{}", "7", r#"{"status":1}"#, r#"{"status":"x","total":-1}"#] {
            let nonsense = step(line.as_bytes());
            assert!(matches!(nonsense, Err(Failure::Garbage { .. })), "{line}");
        }
    }
}
