//! The machine around the node, so far as its tools and files are concerned.
//!
//! Everything here is data: where tools lie, where the system's files begin,
//! which system it is. Tests put scripts and folders in their place and play
//! any machine.

#[cfg(test)]
#[cfg(unix)]
pub(crate) mod stage;

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::process::Command;

/// CREATE_NO_WINDOW: the application has no console, so each tool would flash one.
#[cfg(windows)]
const WITHOUT_A_CONSOLE: u32 = 0x0800_0000;

#[derive(Debug, Clone)]
pub(crate) struct Host {
    system: System,
    /// Where tools are looked for, in this order.
    folders: Vec<PathBuf>,
    /// Where the system's files begin, usually `/`.
    root: PathBuf,
    /// This program, for firewalls that decide by program.
    program: PathBuf,
    /// Whether this process may change the system itself.
    administrator: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Linux,
    Windows,
    Macos,
    Other,
}

/// What a tool said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

#[derive(Debug)]
pub(crate) enum RunError {
    /// There is no such tool.
    Missing,
    TimedOut,
    Failed(String),
}

impl Host {
    /// This machine; tools are looked for on `path`.
    pub(crate) fn this(path: Option<OsString>) -> Self {
        let system = match std::env::consts::OS {
            "linux" => System::Linux,
            "windows" => System::Windows,
            "macos" => System::Macos,
            _ => System::Other,
        };
        let mut folders: Vec<_> = std::env::split_paths(&path.unwrap_or_default()).collect();
        // People without rights often lack these on their path.
        folders.extend(system.tool_folders().iter().map(PathBuf::from));
        Self {
            system,
            folders,
            root: "/".into(),
            program: std::env::current_exe().unwrap_or_default(),
            administrator: runs_as_root(),
        }
    }

    pub(crate) fn system(&self) -> System {
        self.system
    }

    /// A file or folder of the system, such as `etc/ufw`.
    pub(crate) fn place(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The text of a file of the system, where it is there and may be read.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.place(path)).ok()
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    pub(crate) fn administrator(&self) -> bool {
        self.administrator
    }

    pub(crate) fn find(&self, tool: &str) -> Option<PathBuf> {
        let name = match self.system {
            System::Windows => format!("{tool}.exe"),
            System::Linux | System::Macos | System::Other => tool.to_owned(),
        };
        self.folders
            .iter()
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&name))
            .find(|file| file.is_file())
    }

    /// Runs a tool to its end, in English.
    pub(crate) async fn run(
        &self,
        tool: &str,
        arguments: &[&str],
        limit: Duration,
    ) -> Result<Ran, RunError> {
        let tool = self.find(tool).ok_or(RunError::Missing)?;
        let mut command = Command::new(tool);
        command
            .args(arguments)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        #[cfg(windows)]
        command.creation_flags(WITHOUT_A_CONSOLE);
        match tokio::time::timeout(limit, command.output()).await {
            Err(_) => Err(RunError::TimedOut),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(RunError::Missing),
            Ok(Err(error)) => Err(RunError::Failed(error.to_string())),
            Ok(Ok(output)) => Ok(Ran {
                code: output.status.code().unwrap_or(-1),
                stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
                stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            }),
        }
    }

    /// Runs a script of Windows.
    pub(crate) async fn powershell(&self, script: &str, limit: Duration) -> Result<Ran, RunError> {
        let arguments = ["-NoProfile", "-NonInteractive", "-Command", script];
        self.run("powershell", &arguments, limit).await
    }

    #[cfg(all(test, unix))]
    pub(crate) fn played(system: System, place: &Path, administrator: bool) -> Self {
        Self {
            system,
            folders: vec![place.join("bin")],
            root: place.to_owned(),
            program: place.join("Banyan's \"app\""),
            administrator,
        }
    }
}

impl System {
    fn tool_folders(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &["/usr/sbin", "/sbin", "/usr/bin", "/bin"],
            Self::Macos => &["/usr/libexec/ApplicationFirewall", "/usr/bin"],
            Self::Windows => &[
                r"C:\Windows\System32",
                r"C:\Windows\System32\WindowsPowerShell\v1.0",
            ],
            Self::Other => &[],
        }
    }
}

#[cfg(target_os = "linux")]
fn runs_as_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;

    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(target_os = "linux"))]
fn runs_as_root() -> bool {
    false
}
