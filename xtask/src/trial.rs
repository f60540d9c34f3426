//! Starting a real Banyan for a while, in a home of its own: used to prove that a
//! package works and to measure how fast and how small it is.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    process::{self, command},
    tree::Tree,
};

/// Between two looks at something that gives no sign by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A home folder with a data folder in it.
pub(crate) struct Home {
    folder: PathBuf,
    /// Whether the folder stays when this value goes away.
    kept: bool,
}

impl Home {
    /// A new home at `folder`, which goes away with this value.
    pub(crate) fn new(folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        let mut home = Self::kept(folder)?;
        home.kept = false;
        Ok(home)
    }

    /// The home at `folder`, made if need be and left there.
    pub(crate) fn kept(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(folder.join("run"))
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        private(&folder.join("run"))?;
        Ok(Self { folder, kept: true })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A command that knows this home and none of the real one's settings.
    pub(crate) fn command(&self, tree: &Tree, program: &Path) -> Command {
        let mut command = command(tree, program);
        command
            .env_clear()
            .env("HOME", &self.folder)
            .env("XDG_RUNTIME_DIR", self.folder.join("run"))
            .env("BANYAN_DATA", self.data());
        for kept in ["PATH", "LANG"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if !self.kept {
            // Left behind, it is emptied by the next trial.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A program under way.
pub(crate) struct Trial {
    child: Child,
    began: Instant,
    /// Whether it goes on when this value goes away.
    kept: bool,
}

impl Trial {
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let out = process::append(log)?;
        let errors = out.try_clone().context("a log file cannot be shared")?;
        let began = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("{} cannot be started", process::shown(command)))?;
        Ok(Self {
            child,
            began,
            kept: false,
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Looks until `sign` has an answer, and says how long after the start that was.
    pub(crate) fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut sign: impl FnMut() -> Option<T>,
    ) -> Result<(T, Duration)> {
        loop {
            if let Some(answer) = sign() {
                return Ok((answer, self.began.elapsed()));
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended ({status}) before {what}");
            }
            if self.began.elapsed() > limit {
                bail!("{} seconds passed without {what}", limit.as_secs());
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// From here on it runs on its own.
    pub(crate) fn leave_running(mut self) {
        self.kept = true;
    }

    /// Asks politely and waits for the end.
    pub(crate) fn stop(mut self, limit: Duration) -> Result<ExitStatus> {
        process::ask_to_end(self.child.id());
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if asked.elapsed() > limit {
                bail!(
                    "it did not end within {} seconds of being asked",
                    limit.as_secs()
                );
            }
            thread::sleep(LOOK_AGAIN);
        }
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if !self.kept {
            // It may have ended by itself; either way it is gone after this.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// What `banyan status` says of the node in this home, once one is there to ask.
pub(crate) fn status(tree: &Tree, home: &Home, banyan: &Path) -> Option<Value> {
    if !home.data().join("node.json").is_file() {
        return None;
    }
    let output = home
        .command(tree, banyan)
        .args(["--json", "status"])
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    serde_json::from_slice(&output.stdout).ok()
}

#[cfg(unix)]
fn private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("{} cannot be made private", folder.display()))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn trial(script: &str) -> (tempfile::TempDir, Trial) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let trial = Trial::start(&mut command, &folder.path().join("log")).unwrap();
        (folder, trial)
    }

    #[test]
    fn an_end_before_the_sign_is_told() {
        let (_folder, mut trial) = trial("exit 7");
        let error = trial
            .wait_for("a sign", LONG, || None::<()>)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("7") && error.contains("before a sign"),
            "{error}"
        );
    }

    #[test]
    fn a_program_that_is_asked_ends() {
        let (folder, mut trial) =
            trial("trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done");
        let log = folder.path().join("log");
        let ready = || {
            fs::read_to_string(&log)
                .unwrap()
                .contains("ready")
                .then_some(())
        };
        trial.wait_for("its word", LONG, ready).unwrap();
        assert!(trial.stop(LONG).unwrap().success());
    }
}
