//! Starting other programs: said aloud, with a sentence when they fail.

use std::{
    env,
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

use crate::tree::Tree;

/// A program that starts at the root of the checkout and never waits for typing.
pub(crate) fn command(tree: &Tree, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(tree.root()).stdin(Stdio::null());
    command
}

/// The cargo that started this tool.
pub(crate) fn cargo(tree: &Tree) -> Command {
    command(tree, env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// git, also in a checkout that belongs to another user, as in a container.
pub(crate) fn git(tree: &Tree) -> Command {
    let mut git = command(tree, "git");
    git.args(["-c", "safe.directory=*"]);
    git
}

/// npm is a batch file on Windows, which must be named in full.
pub(crate) fn npm(tree: &Tree) -> Command {
    command(tree, if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Shows the command, runs it on this terminal, and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().with_context(|| cannot_start(command))?;
    check(command, status)
}

/// As [`run`], with everything on standard error: standard output is kept for
/// a result.
pub(crate) fn aside(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", shown(command));
    let status = command
        .stdout(std::io::stderr())
        .status()
        .with_context(|| cannot_start(command))?;
    check(command, status)
}

/// What the command writes to its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| cannot_start(command))?;
    check(command, output.status)?;
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no text", shown(command)))
}

/// Hands `input` to the command, which fails when it does.
pub(crate) fn feed(command: &mut Command, input: &str) -> Result<()> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| cannot_start(command))?;
    let fed = child
        .stdin
        .take()
        .map(|mut to| to.write_all(input.as_bytes()));
    let status = child.wait()?;
    check(command, status)?;
    fed.transpose()
        .with_context(|| format!("{} did not take its input", shown(command)))?;
    Ok(())
}

/// Whether the command ends well, silently.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs with all output in a file, and ends the command when its time is over.
/// `every_minute` hears how many have passed.
pub(crate) fn logged(
    command: &mut Command,
    log: &Path,
    limit: Duration,
    every_minute: impl Fn(u64),
) -> Result<ExitStatus> {
    let out = append(log)?;
    let errors = out.try_clone().context("a log file cannot be shared")?;
    command.stdout(out).stderr(errors);
    own_group(command);
    let text = shown(command);
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let id = child.id();
    let (done, ended) = mpsc::channel();
    let waiter = thread::spawn(move || {
        // The receiver only goes away after the answer came.
        let _ = done.send(child.wait());
    });
    let began = Instant::now();
    let mut minutes = 0;
    let result = loop {
        let left = limit.saturating_sub(began.elapsed());
        match ended.recv_timeout(left.min(Duration::from_secs(60))) {
            Ok(status) => break status.with_context(|| format!("{text} was lost")),
            Err(_) if left > Duration::from_secs(60) => {
                minutes += 1;
                every_minute(minutes);
            }
            Err(_) => {
                kill(id);
                // Killed, it ends now; waiting for that keeps the next stage undisturbed.
                let _ = ended.recv();
                let limit = limit.as_secs();
                break Err(anyhow!(
                    "{text} did not end within {limit} seconds and was stopped"
                ));
            }
        }
    };
    let _ = waiter.join();
    result
}

/// The command as one would type it, shortened where it is long.
pub(crate) fn shown(command: &Command) -> String {
    let mut text = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        text.push(' ');
        let argument = argument.to_string_lossy();
        if argument.is_empty() || argument.contains([' ', '\n', '"', '\'']) {
            text.push_str(&format!("'{argument}'"));
        } else {
            text.push_str(&argument);
        }
    }
    if text.chars().count() > 300 {
        text = text.chars().take(297).chain("...".chars()).collect();
    }
    text
}

pub(crate) fn append(log: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("{} cannot be written", log.display()))
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("{} failed ({status})", shown(command));
}

fn cannot_start(command: &Command) -> String {
    format!(
        "{} cannot be started",
        command.get_program().to_string_lossy()
    )
}

/// On Unix the command leads a group of its own, so that a stop reaches all it
/// started. At a terminal it stays in ours, where Ctrl-C reaches it.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::{io::IsTerminal, os::unix::process::CommandExt};
    if !std::io::stdin().is_terminal() {
        command.process_group(0);
    }
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

/// Asks a process to end the way the system asks at logout.
#[cfg(unix)]
pub(crate) fn ask_to_end(id: u32) {
    signal("TERM", &[id]);
}

/// Sends a signal by its name. A process that has ended meanwhile hears nothing.
pub(crate) fn signal(name: &str, ids: &[u32]) {
    if ids.is_empty() {
        return;
    }
    let ids = ids.iter().map(u32::to_string);
    succeeds(
        Command::new("kill")
            .args([&format!("-{name}"), "--"])
            .args(ids),
    );
}

/// A program without a window cannot be asked on Windows.
#[cfg(not(unix))]
pub(crate) fn ask_to_end(id: u32) {
    kill(id);
}

#[cfg(unix)]
fn kill(id: u32) {
    for whom in [format!("-{id}"), id.to_string()] {
        succeeds(Command::new("kill").args(["-KILL", "--", &whom]));
    }
}

#[cfg(not(unix))]
fn kill(id: u32) {
    succeeds(Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]));
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("/usr/bin/git");
        command.args(["commit", "-m", "two words"]);
        assert_eq!(shown(&command), "git commit -m 'two words'");
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = run(&mut Command::new("false")).unwrap_err().to_string();
        assert!(error.starts_with("false failed"), "{error}");
        let error = run(&mut Command::new("no-such-program-here"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("no-such-program-here cannot be started"),
            "{error}"
        );
    }

    #[test]
    fn output_goes_to_the_log_and_the_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let status = logged(&mut command, &log, Duration::from_secs(20), |_| {}).unwrap();
        assert_eq!(status.code(), Some(3));
        assert_eq!(fs::read_to_string(&log).unwrap(), "out\nerr\n");
    }

    #[test]
    fn what_is_fed_arrives_and_a_failure_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fed");
        let mut command = Command::new("tee");
        feed(command.arg(&file), "two\nlines\n").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two\nlines\n");
        assert!(feed(&mut Command::new("false"), "").is_err());
    }

    #[test]
    fn a_command_that_hangs_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let mut command = Command::new("sleep");
        command.arg("60");
        let error = logged(
            &mut command,
            &folder.path().join("log"),
            Duration::from_millis(100),
            |_| {},
        )
        .unwrap_err()
        .to_string();
        assert!(error.contains("did not end within"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
