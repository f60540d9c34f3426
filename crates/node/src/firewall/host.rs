use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::process::Command;

/// CREATE_NO_WINDOW: the application has no console, so each tool would flash one.
#[cfg(windows)]
const WITHOUT_A_CONSOLE: u32 = 0x0800_0000;

/// The machine, so far as firewalls are concerned; all of it data, so that any
/// machine can be played.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    system: System,
    /// Where tools are looked for, in this order.
    folders: Vec<PathBuf>,
    /// The folder of the system's configuration, usually `/etc`.
    etc: PathBuf,
    /// This program, for firewalls that decide by program.
    program: PathBuf,
    /// Whether this process may change the system itself.
    administrator: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    Windows,
    Macos,
    Other,
}

/// What a tool said.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

#[derive(Debug)]
pub(super) enum RunError {
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
            etc: "/etc".into(),
            program: std::env::current_exe().unwrap_or_default(),
            administrator: runs_as_root(),
        }
    }

    pub(super) fn system(&self) -> System {
        self.system
    }

    pub(super) fn etc(&self) -> &Path {
        &self.etc
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    pub(super) fn administrator(&self) -> bool {
        self.administrator
    }

    pub(super) fn find(&self, tool: &str) -> Option<PathBuf> {
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
    pub(super) async fn run(
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

    #[cfg(all(test, unix))]
    pub(super) fn played(system: System, place: &Path, administrator: bool) -> Self {
        Self {
            system,
            folders: vec![place.join("bin")],
            etc: place.join("etc"),
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

    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(target_os = "linux"))]
fn runs_as_root() -> bool {
    false
}
