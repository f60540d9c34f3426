//! The data folder: which one, whether it can be used, and that no other node
//! uses it at the same time.
//!
//! Flow: [`choose`] names the folder (flag, then environment, then the
//! system's place for data), [`Folder::open`] makes it, closes it to others,
//! takes the lock and proves that it can be written.
//!
//! Invariant: while a [`Lock`] lives, no other node can open the same folder.
//! The lock belongs to the open file, so the system frees it however the
//! process ends; there is no process number that could go stale.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::plain::plain;

/// What stands in the way of using a data folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("no home folder is known, so there is no place for data")]
    NoHome,
    #[error("the data folder {} cannot be written: {}", folder.display(), plain(reason))]
    Unwritable { folder: PathBuf, reason: io::Error },
    #[error("the disk of the data folder {} is full", folder.display())]
    DiskFull { folder: PathBuf },
    #[error("another node runs on the data folder {}", folder.display())]
    Locked { folder: PathBuf },
}

impl FolderError {
    /// Sorts out what a failed write in `folder` means for a person.
    pub fn of_write(folder: &Path, reason: io::Error) -> Self {
        let folder = folder.to_owned();
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        if full.contains(&reason.kind()) {
            Self::DiskFull { folder }
        } else {
            Self::Unwritable { folder, reason }
        }
    }
}

/// The data folder that the flag `--data`, the variable `BANYAN_DATA` or else
/// the system names.
pub fn choose(
    flag: Option<PathBuf>,
    variable: Option<OsString>,
    system: Option<PathBuf>,
) -> Result<PathBuf, FolderError> {
    let variable = variable
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    let folder = flag.or(variable).or(system).ok_or(FolderError::NoHome)?;
    std::path::absolute(&folder).map_err(|reason| FolderError::Unwritable { folder, reason })
}

/// Where this system keeps a person's application data; nowhere without a home.
pub fn system_place() -> Option<PathBuf> {
    directories::ProjectDirs::from("org", "banyan-mesh", "Banyan")
        .map(|places| places.data_local_dir().to_owned())
        .filter(|place| place.is_absolute())
}

/// The places inside a data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes the folder ready and takes its lock.
    pub fn open(root: PathBuf) -> Result<(Self, Lock), FolderError> {
        create_private(&root).map_err(|reason| FolderError::of_write(&root, reason))?;
        let folder = Self { root };
        let lock = Lock::take(&folder)?;
        folder.prove_writable()?;
        Ok((folder, lock))
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn config_file(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Writes and removes a small file, as every later write would.
    pub fn prove_writable(&self) -> Result<(), FolderError> {
        let probe = self.root.join(".probe");
        let written = private_file(&probe).and_then(|mut file| {
            file.write_all(&[b'.'; PROBE_BYTES])?;
            file.sync_all()
        });
        let removed = fs::remove_file(&probe);
        written
            .and(removed)
            .map_err(|reason| FolderError::of_write(&self.root, reason))
    }

    /// Whether others than the owner may look inside.
    pub fn exposed(&self) -> io::Result<bool> {
        exposed(&self.root)
    }
}

/// The right to be the only node on a folder. Clones share it; the last one
/// gives it back.
#[derive(Debug, Clone)]
pub struct Lock {
    _held: Arc<Held>,
}

impl Lock {
    fn take(folder: &Folder) -> Result<Self, FolderError> {
        let file = private_file(&folder.root.join("lock"))
            .map_err(|reason| FolderError::of_write(&folder.root, reason))?;
        match file.try_lock() {
            Ok(()) => Ok(Self {
                _held: Arc::new(Held(file)),
            }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Locked {
                folder: folder.root.clone(),
            }),
            Err(TryLockError::Error(reason)) => Err(FolderError::of_write(&folder.root, reason)),
        }
    }
}

#[derive(Debug)]
struct Held(File);

impl Drop for Held {
    /// Closing alone is not enough: a program that is just being started holds
    /// a copy of every open file for a moment.
    fn drop(&mut self) {
        // Closing, which follows, gives the lock back as well, only later.
        let _ = self.0.unlock();
    }
}

/// A block, so that a file system with room for names only is noticed.
const PROBE_BYTES: usize = 4096;

/// Makes a folder for the owner only; one that is there is closed to others.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)?;
    close_to_others(folder)
}

/// Opens a file that only its owner may read, without emptying it.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(unix)]
fn close_to_others(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    if exposed(folder)? {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(unix)]
fn exposed(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;

    Ok(fs::metadata(folder)?.permissions().mode() & 0o077 != 0)
}

/// Folders below a person's profile are closed to other people by Windows.
#[cfg(not(unix))]
fn close_to_others(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn exposed(_folder: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flag_beats_variable_beats_system() {
        // Windows puts the letter of the disk before it.
        let at = |path| std::path::absolute(path).unwrap();
        let flag = Some(PathBuf::from("/flag"));
        let variable = Some(OsString::from("/variable"));
        let system = Some(PathBuf::from("/system"));
        let chosen = choose(flag, variable.clone(), system.clone()).unwrap();
        assert_eq!(chosen, at("/flag"));
        assert_eq!(
            choose(None, variable, system.clone()).unwrap(),
            at("/variable")
        );
        assert_eq!(
            choose(None, Some(OsString::new()), system).unwrap(),
            at("/system")
        );
        assert!(matches!(choose(None, None, None), Err(FolderError::NoHome)));
    }

    #[test]
    fn a_relative_folder_is_made_absolute() {
        assert!(
            choose(Some("here".into()), None, None)
                .unwrap()
                .is_absolute()
        );
    }

    #[test]
    fn spaces_and_other_letters_are_fine() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("my data").join("دانیال ü 数据");
        let (folder, _lock) = Folder::open(root.clone()).unwrap();
        assert_eq!(folder.root(), root);
        assert!(root.join("lock").exists());
        assert!(!root.join(".probe").exists());
    }

    #[test]
    fn two_nodes_cannot_share_a_folder() {
        let place = tempfile::tempdir().unwrap();
        let (_folder, lock) = Folder::open(place.path().to_owned()).unwrap();
        let second = Folder::open(place.path().to_owned());
        assert!(
            matches!(second, Err(FolderError::Locked { .. })),
            "{second:?}"
        );
        let shared = lock.clone();
        drop(lock);
        assert!(Folder::open(place.path().to_owned()).is_err());
        drop(shared);
        Folder::open(place.path().to_owned()).unwrap();
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "precious").unwrap();
        for root in [file.clone(), file.join("below")] {
            let refused = Folder::open(root);
            assert!(
                matches!(refused, Err(FolderError::Unwritable { .. })),
                "{refused:?}"
            );
        }
        assert_eq!(fs::read_to_string(file).unwrap(), "precious");
    }

    #[cfg(unix)]
    #[test]
    fn others_are_kept_out() {
        use std::os::unix::fs::PermissionsExt as _;

        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("data");
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
        let (folder, _lock) = Folder::open(root.clone()).unwrap();
        assert!(!folder.exposed().unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&root), 0o700);
        assert_eq!(mode(&root.join("lock")), 0o600);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_apart() {
        let Some(disk) = SmallDisk::mount() else {
            testkit::skip("this test must be allowed to mount a small file system");
            return;
        };
        let root = disk.place.path().join("data");
        Folder::open(root.clone()).unwrap();
        let filler = disk.place.path().join("filler");
        let full = fs::write(&filler, vec![0; 1 << 20]);
        assert!(full.is_err(), "the disk took everything");
        let refused = Folder::open(root.clone());
        assert!(
            matches!(refused, Err(FolderError::DiskFull { .. })),
            "{refused:?}"
        );
        fs::remove_file(filler).unwrap();
        Folder::open(root).unwrap();
    }

    #[cfg(target_os = "linux")]
    struct SmallDisk {
        place: tempfile::TempDir,
    }

    #[cfg(target_os = "linux")]
    impl SmallDisk {
        fn mount() -> Option<Self> {
            let place = tempfile::tempdir().unwrap();
            let mounted = std::process::Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
                .arg(place.path())
                .stderr(std::process::Stdio::null())
                .status();
            mounted
                .is_ok_and(|status| status.success())
                .then_some(Self { place })
        }
    }

    #[cfg(target_os = "linux")]
    impl Drop for SmallDisk {
        fn drop(&mut self) {
            drop(
                std::process::Command::new("umount")
                    .arg(self.place.path())
                    .status(),
            );
        }
    }
}
