//! One file per stage that takes what its commands write.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::LIMIT;
use crate::process;

pub(super) struct Log {
    stage: &'static str,
    path: PathBuf,
}

impl Log {
    pub(super) fn create(folder: &Path, stage: &'static str) -> Result<Self> {
        let path = folder.join(format!("{stage}.log"));
        fs::write(&path, "").with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { stage, path })
    }

    pub(super) fn say(&mut self, text: &str) -> Result<()> {
        writeln!(process::append(&self.path)?, "{text}").context("a log file cannot be written")
    }

    /// Runs the command to its end and says whether that was a good one.
    pub(super) fn ends_well(&mut self, command: &mut Command) -> Result<bool> {
        self.say(&format!("$ {}", process::shown(command)))?;
        // A file has no colours.
        command
            .env("NO_COLOR", "1")
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("FORCE_COLOR");
        let status = process::logged(command, &self.path, LIMIT, |minutes| {
            println!(
                "          {:<10} {minutes} min: {}",
                self.stage,
                self.last_line()
            );
        })?;
        Ok(status.success())
    }

    pub(super) fn run(&mut self, command: &mut Command) -> Result<()> {
        if !self.ends_well(command)? {
            bail!("{} failed", process::shown(command));
        }
        Ok(())
    }

    pub(super) fn text(&self) -> Result<String> {
        let bytes = fs::read(&self.path)
            .with_context(|| format!("{} cannot be read", self.path.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A file beside the log, for a report that a command writes.
    pub(super) fn report(&self) -> PathBuf {
        self.path.with_extension("json")
    }

    /// Another file of this stage.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.path.with_file_name(format!("{}-{name}", self.stage))
    }

    fn last_line(&self) -> String {
        let text = self.text().unwrap_or_default();
        let line = text
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        line.trim().chars().take(80).collect()
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_holds_the_command_and_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::create(folder.path(), "words").unwrap();
        let mut command = Command::new("echo");
        command.arg("hello");
        log.run(&mut command).unwrap();
        assert_eq!(log.text().unwrap(), "$ echo hello\nhello\n");
        assert!(log.run(&mut Command::new("false")).is_err());
        assert_eq!(log.last_line(), "$ false");
    }
}
