#![allow(dead_code, reason = "each test file uses its own part of this")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests come here"
)]

pub(crate) mod people;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Generous, because test machines are busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something that will be true soon.
pub(crate) fn wait_until(what: &str, is_true: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What gives a process another clock. The program of that name would stand
/// between us and the process.
pub(crate) fn faketime_library() -> Option<PathBuf> {
    let folders = ["/usr/lib", "/usr/lib64"].into_iter().map(PathBuf::from);
    let nested = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    folders
        .chain(nested.map(|entry| entry.path()))
        .map(|folder| folder.join("faketime/libfaketime.so.1"))
        .find(|library| library.is_file())
}

/// A very small disk, which needs the rights of an administrator.
pub(crate) struct SmallDisk {
    pub(crate) folder: tempfile::TempDir,
}

impl SmallDisk {
    pub(crate) fn mount(kilobytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = format!("size={kilobytes}k,mode=0700");
        run(
            "mount",
            &["-t", "tmpfs", "-o", &options, "banyan-test"],
            folder.path(),
        )
        .then_some(Self { folder })
    }

    pub(crate) fn make_read_only(&self) -> bool {
        run("mount", &["-o", "remount,ro"], self.folder.path())
    }

    /// Leaves no room at all.
    pub(crate) fn fill(&self) {
        let filler = self.folder.path().join("filler");
        let mut file = std::fs::File::create(filler).expect("a new file");
        while std::io::Write::write_all(&mut file, &[0; 1024]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["-l"], self.folder.path());
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
