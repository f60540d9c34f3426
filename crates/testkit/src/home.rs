use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    Daemon, Output, free_tcp_port, free_udp_port,
    program::{self, binary},
};

/// A person's home with a data folder in it, and nothing of the real one's
/// environment: no session bus, no settings, no other node.
#[derive(Debug)]
pub struct Home {
    root: TempDir,
    data: PathBuf,
}

impl Home {
    pub fn new() -> Self {
        Self::with_data_named("data")
    }

    /// With a data folder of that name, which is not made.
    pub fn with_data_named(name: &str) -> Self {
        let root = tempfile::Builder::new()
            .prefix("banyan-test-")
            .tempdir()
            .expect("a temporary folder");
        let data = root.path().join(name);
        Self { root, data }
    }

    /// With a data folder anywhere, such as on a small disk.
    pub fn with_data_at(data: PathBuf) -> Self {
        Self {
            data,
            ..Self::new()
        }
    }

    pub fn path(&self) -> &Path {
        self.root.path()
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// `banyan --data DATA ARGUMENTS`, not started.
    pub fn command<I>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        let mut command = self.bare_command();
        command.arg("--data").arg(&self.data).args(arguments);
        command
    }

    /// `banyan` without any argument. Nodes of different homes do not hear each
    /// other, unless a test says so.
    pub fn bare_command(&self) -> Command {
        let mut command = Command::new(binary());
        command
            .env_clear()
            .env("HOME", self.path())
            .env("BANYAN_NETWORK_MDNS", "false")
            .stdin(Stdio::null());
        // Windows finds its libraries and folders by these.
        for kept in ["PATH", "SystemRoot", "TEMP", "TMP", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        if cfg!(windows) {
            command
                .env("USERPROFILE", self.path())
                .env("LOCALAPPDATA", self.path());
        }
        command
    }

    /// Runs a command to its end.
    pub fn run<I>(&self, arguments: I) -> Output
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        program::run(&mut self.command(arguments))
    }

    /// `banyan serve` on free ports and without a keyring, not started.
    pub fn serve_command(&self) -> Command {
        let mut command =
            self.command(["--json", "serve", "--no-keyring", "--name", "test machine"]);
        command
            .args(["--http", &format!("127.0.0.1:{}", free_tcp_port())])
            .args(["--tcp", &free_tcp_port().to_string()])
            .args(["--udp", &free_udp_port().to_string()]);
        command
    }

    /// A node on this home's data folder, ready.
    pub fn serve(&self) -> Daemon {
        Daemon::start(self.serve_command())
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}
