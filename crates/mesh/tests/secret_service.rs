//! The identity in a real Secret Service: gnome-keyring on a bus of its own.
//!
//! Each scenario has its own home, its own runtime folder and its own session
//! bus, all gone when it ends; nothing of the person who runs the tests is
//! touched. The keyring library connects once per process, so every opening
//! happens in a child process: this test binary again, asked for
//! `opens_and_tells`.
//!
//! Where the programs are missing the scenarios are skipped with a sentence,
//! or fail with it where `BANYAN_REQUIRE_DESKTOP=1` says that they must run.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "every function here is part of a test"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use mesh::{Identity, IdentityError, KeyPlace, KeyringChoice};
use tempfile::TempDir;

/// Which data folder the child opens. Absent in the parent.
const FOLDER: &str = "BANYAN_TEST_IDENTITY_FOLDER";

#[test]
fn keeps_the_identity_in_the_keyring() {
    let Some(desk) = Desk::new() else { return };
    let first = desk.open(Keyring::Unlocked);
    assert_eq!(first.place, "keyring", "{first:?}");
    assert!(desk.data("identity.toml").exists());
    assert!(!desk.data("identity.key").exists());
    // A later login: another daemon, another bus, the same home.
    let again = desk.open(Keyring::Unlocked);
    assert_eq!(again, first);
}

#[test]
fn a_locked_keyring_stops_the_start_and_makes_no_second_identity() {
    let Some(desk) = Desk::new() else { return };
    let first = desk.open(Keyring::Unlocked);
    let record = std::fs::read(desk.data("identity.toml")).unwrap();

    assert_eq!(desk.open(Keyring::Locked).place, "locked");
    assert_eq!(std::fs::read(desk.data("identity.toml")).unwrap(), record);
    assert!(!desk.data("identity.key").exists());

    assert_eq!(desk.open(Keyring::Unlocked), first);
}

#[test]
fn a_keyring_that_asks_for_its_password_does_not_hold_up_the_start() {
    let Some(desk) = Desk::with(&PROMPT) else {
        return;
    };
    let first = desk.open(Keyring::Unlocked);
    let screen = Screen::new();
    let asked = desk.open(Keyring::LockedWithScreen(&screen));
    assert_eq!(asked.place, "locked");
    assert!(
        asked.reason.contains("did not answer within 3 s"),
        "{asked:?}"
    );
    assert!(!desk.data("identity.key").exists());

    assert_eq!(desk.open(Keyring::Unlocked), first);
}

#[test]
fn a_locked_keyring_at_the_first_start_makes_nothing() {
    let Some(desk) = Desk::new() else { return };
    desk.make_keyring();
    assert_eq!(desk.open(Keyring::Locked).place, "locked");
    assert!(!desk.data("identity.toml").exists());
    assert!(!desk.data("identity.key").exists());
}

#[test]
fn without_a_bus_the_identity_goes_to_a_file() {
    let Some(desk) = Desk::new() else { return };
    let first = desk.open(Keyring::NoBus);
    assert_eq!(first.place, "file", "{first:?}");
    assert!(desk.data("identity.key").exists());
    // A desktop session later on changes nothing.
    let again = desk.open(Keyring::Unlocked);
    assert_eq!((again.place, again.device), (first.place, first.device));
}

#[test]
fn without_a_bus_an_identity_in_the_keyring_is_out_of_reach() {
    let Some(desk) = Desk::new() else { return };
    let first = desk.open(Keyring::Unlocked);
    assert_eq!(desk.open(Keyring::NoBus).place, "unreachable");
    assert!(!desk.data("identity.key").exists());
    assert_eq!(desk.open(Keyring::Unlocked), first);
}

#[test]
fn a_session_that_never_had_a_keyring_counts_as_none() {
    let Some(desk) = Desk::new() else { return };
    let first = desk.open(Keyring::Locked);
    assert_eq!(first.place, "file", "{first:?}");
}

/// What the child process of a scenario runs: it opens the identity of the
/// folder it was given and prints what came of it. Run by itself, it does so
/// in a folder of its own without asking any keyring.
#[test]
fn opens_and_tells() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let Opened {
            place,
            device,
            reason,
        } = open(Path::new(&folder), KeyringChoice::System);
        println!("\nOPENED|{place}|{device}|{reason}|");
    } else {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(folder.path(), KeyringChoice::FileOnly);
        assert_eq!(opened.place, "file", "{opened:?}");
    }
}

fn open(folder: &Path, choice: KeyringChoice) -> Opened {
    let (place, device, reason) = match Identity::open(folder, choice) {
        Ok(identity) => {
            let place = match identity.place() {
                KeyPlace::Keyring => "keyring",
                KeyPlace::File(_) => "file",
            };
            let reason = identity.keyring_absent().unwrap_or_default().to_owned();
            (place, identity.device_id().to_string(), reason)
        }
        Err(error) => {
            let place = match &error {
                IdentityError::KeyringLocked { .. } => "locked",
                IdentityError::KeyringUnreachable { .. } => "unreachable",
                IdentityError::Damaged { .. }
                | IdentityError::Exposed { .. }
                | IdentityError::File { .. }
                | IdentityError::Randomness(_) => "other",
            };
            (place, String::new(), error.to_string())
        }
    };
    Opened {
        place: place.to_owned(),
        device,
        reason,
    }
}

/// What opening an identity came to.
#[derive(Debug, PartialEq, Eq)]
struct Opened {
    place: String,
    device: String,
    reason: String,
}

#[derive(Clone, Copy)]
enum Keyring<'a> {
    /// Its daemon runs and has been given the password.
    Unlocked,
    /// Its daemon starts when asked, knows no password and cannot ask for it.
    Locked,
    /// The same, but there is a screen to ask on.
    LockedWithScreen(&'a Screen),
    /// No session bus at all, like a service or a login over ssh.
    NoBus,
}

/// A program, and the Debian package it comes with.
type Program = (&'static str, &'static str);

const SERVICE: [Program; 2] = [
    ("dbus-run-session", "dbus-daemon"),
    ("gnome-keyring-daemon", "gnome-keyring"),
];
const PROMPT: [Program; 2] = [("Xvfb", "xvfb"), ("/usr/libexec/gcr-prompter", "gcr")];

/// A home with its keyring files.
struct Desk {
    root: TempDir,
}

impl Desk {
    fn new() -> Option<Self> {
        Self::with(&[])
    }

    /// Nothing, after saying why, where programs are missing.
    fn with(more: &[Program]) -> Option<Self> {
        let missing: Vec<String> = SERVICE
            .iter()
            .chain(more)
            .filter(|(program, _)| !is_installed(program))
            .map(|(program, package)| format!("`{program}` (Debian package {package})"))
            .collect();
        if missing.is_empty() {
            return Some(Self {
                root: tempfile::tempdir().unwrap(),
            });
        }
        let sentence = format!(
            "this test needs a real Secret Service; missing: {}",
            missing.join(", ")
        );
        assert_ne!(
            std::env::var("BANYAN_REQUIRE_DESKTOP").as_deref(),
            Ok("1"),
            "{sentence}"
        );
        println!("skipped: {sentence}");
        None
    }

    fn data(&self, name: &str) -> PathBuf {
        self.root.path().join("data").join(name)
    }

    fn open(&self, keyring: Keyring<'_>) -> Opened {
        let child = std::env::current_exe().unwrap();
        let child = format!(
            "'{}' --exact opens_and_tells --nocapture",
            child.to_str().unwrap()
        );
        let output = self.run(keyring, &child);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let line = stdout
            .lines()
            .find_map(|line| line.strip_prefix("OPENED|"))
            .unwrap_or_else(|| panic!("the child said nothing: {output:?}"));
        let mut fields = line.split('|').map(str::to_owned);
        let mut next = || fields.next().unwrap();
        Opened {
            place: next(),
            device: next(),
            reason: next(),
        }
    }

    /// Makes the keyring's files, as the first login on a desktop does.
    fn make_keyring(&self) {
        let output = self.run(Keyring::Unlocked, "true");
        assert!(output.status.success(), "{output:?}");
    }

    /// Runs a shell command in a session of this home.
    fn run(&self, keyring: Keyring<'_>, command: &str) -> Output {
        let runtime = tempfile::tempdir_in(self.root.path()).unwrap();
        let unlock = "printf password | gnome-keyring-daemon --unlock --components=secrets >&2";
        let (bus, script) = match keyring {
            Keyring::Unlocked => (true, format!("{unlock} && {command}")),
            Keyring::Locked | Keyring::LockedWithScreen(_) => (true, command.to_owned()),
            Keyring::NoBus => (false, command.to_owned()),
        };
        let mut session = Command::new(if bus { "dbus-run-session" } else { "sh" });
        if bus {
            session.args(["--", "sh"]);
        }
        session
            .args(["-c", &script])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.root.path())
            .env("XDG_RUNTIME_DIR", runtime.path())
            .env(FOLDER, self.root.path().join("data"))
            .stdin(Stdio::null());
        if let Keyring::LockedWithScreen(screen) = keyring {
            session.env("DISPLAY", &screen.display);
        }
        let output = session.output().unwrap();
        end_processes_of(runtime.path());
        output
    }
}

/// An X server nobody sees.
struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    fn new() -> Self {
        // It chooses a free number and writes it down once it is ready.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "800x600x24"])
            .args(["-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        Self {
            server,
            display: format!(":{}", number.trim()),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The keyring's daemon leaves the session it was started in. It is recognised
/// by the runtime folder that only this session had.
fn end_processes_of(runtime: &Path) {
    let mark = format!("XDG_RUNTIME_DIR={}", runtime.display());
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let is_ours = environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == mark.as_bytes());
        if is_ours {
            // It may have ended by itself by now.
            let _ = Command::new("sh")
                .args(["-c", "kill \"$0\""])
                .arg(entry.file_name())
                .output();
        }
    }
}
