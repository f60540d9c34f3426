//! The secrets of mesh keys, in a file that only its owner may read.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use wire::{MeshKey, MeshKeyId, mesh_key};
use zeroize::Zeroizing;

/// All keys that may be held, with the comment above them.
const MOST_BYTES: u64 = 16 * 1024;

const HEAD: &str = "# The mesh keys of this machine, newest first. Whoever reads them can join.\n";

/// Why the keys cannot be read. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    #[error("{}: {reason}", file.display())]
    File { file: PathBuf, reason: io::Error },
    #[error("{}, line {line}: {reason}", file.display())]
    Line {
        file: PathBuf,
        line: usize,
        reason: mesh_key::MeshKeyError,
    },
    /// One more would be a key that nobody goes by.
    #[error(
        "{} mesh keys are held already; one has to be removed first",
        mesh_key::MOST
    )]
    Full,
}

#[derive(Debug)]
pub(super) struct Ring {
    file: PathBuf,
    /// Newest first.
    keys: Vec<MeshKey>,
}

impl Ring {
    pub(super) fn open(file: PathBuf) -> Result<Self, RingError> {
        let text = match read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    file,
                    keys: Vec::new(),
                });
            }
            Err(reason) => return Err(RingError::File { file, reason }),
        };
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.parse() {
                Ok(key) => keys.push(key),
                Err(reason) => {
                    return Err(RingError::Line {
                        file,
                        line: number,
                        reason,
                    });
                }
            }
        }
        Ok(Self { file, keys })
    }

    /// Newest first.
    pub(super) fn keys(&self) -> &[MeshKey] {
        &self.keys
    }

    /// On the disk when this returns.
    pub(super) fn add(&mut self, key: MeshKey) -> Result<(), RingError> {
        if self.keys.contains(&key) {
            return Ok(());
        }
        if self.keys.len() >= mesh_key::MOST {
            return Err(RingError::Full);
        }
        let mut keys = self.keys.clone();
        keys.insert(0, key);
        self.replace(keys)
    }

    /// Keeps those keys and wipes the others from the file.
    pub(super) fn keep(&mut self, keep: impl Fn(MeshKeyId) -> bool) -> Result<(), RingError> {
        let kept: Vec<_> = self
            .keys
            .iter()
            .filter(|key| keep(key.id()))
            .cloned()
            .collect();
        if kept.len() == self.keys.len() {
            return Ok(());
        }
        self.replace(kept)
    }

    fn replace(&mut self, keys: Vec<MeshKey>) -> Result<(), RingError> {
        write(&self.file, &keys).map_err(|reason| RingError::File {
            file: self.file.clone(),
            reason,
        })?;
        self.keys = keys;
        Ok(())
    }
}

fn read(file: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    fs::File::open(file)?
        .take(MOST_BYTES + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("it is larger than all keys together"));
    }
    Ok(text)
}

/// Either completely or not at all. Made with mode 0600, and removed again if
/// anything fails.
fn write(file: &Path, keys: &[MeshKey]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(".mesh-keys.")
        .tempfile_in(folder)?;
    new.write_all(HEAD.as_bytes())?;
    for key in keys {
        new.write_all(key.text().as_bytes())?;
        new.write_all(b"\n")?;
    }
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use wire::MeshKind;

    use super::*;

    fn key(number: u8) -> MeshKey {
        MeshKey::new(MeshKind::Team, &[number; 32])
    }

    #[test]
    fn keys_come_back_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mesh.keys");
        let mut ring = Ring::open(file.clone()).unwrap();
        assert!(ring.keys().is_empty());
        ring.add(key(1)).unwrap();
        ring.add(key(2)).unwrap();
        ring.add(key(1)).unwrap();
        assert_eq!(Ring::open(file.clone()).unwrap().keys(), [key(2), key(1)]);
        ring.keep(|id| id == key(1).id()).unwrap();
        assert_eq!(Ring::open(file.clone()).unwrap().keys(), [key(1)]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn no_more_keys_are_held_than_are_gone_by() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mesh.keys");
        let mut ring = Ring::open(file.clone()).unwrap();
        for number in 1..=8 {
            ring.add(key(number)).unwrap();
        }
        assert!(matches!(ring.add(key(9)), Err(RingError::Full)));
        ring.add(key(8)).unwrap();
        assert_eq!(Ring::open(file).unwrap().keys().len(), 8);
        ring.keep(|id| id != key(1).id()).unwrap();
        ring.add(key(9)).unwrap();
    }

    #[test]
    fn a_damaged_file_is_named_to_the_line_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mesh.keys");
        let text = format!("# mine\n\n{}\nbanyan-team-AAAA\n", *key(1).text());
        fs::write(&file, &text).unwrap();
        let error = Ring::open(file.clone()).unwrap_err();
        assert!(error.to_string().contains("line 4"), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        fs::write(&file, "#".repeat(20_000)).unwrap();
        assert!(matches!(Ring::open(file), Err(RingError::File { .. })));
    }
}
