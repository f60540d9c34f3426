//! What a node writes down for itself, in small files of JSON that only their
//! owner may read: each is there whole, as it was or as it is.

use std::{
    ffi::OsString,
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

/// Far more than any of them has.
const MOST_BYTES: u64 = 1024 * 1024;

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Found<T> {
    /// Empty where there is no file.
    pub(crate) value: T,
    /// Where a file lies now that made no sense.
    pub(crate) set_aside: Option<PathBuf>,
}

/// A file that makes no sense is set aside, and nothing is lost. Blocks.
pub(crate) fn read<T: DeserializeOwned + Default>(file: &Path) -> io::Result<Found<T>> {
    let understood = match bytes(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(error),
    };
    match understood {
        Ok(value) => Ok(Found {
            value,
            set_aside: None,
        }),
        Err(error) => {
            let mut aside = OsString::from(file);
            aside.push(".damaged");
            let aside = PathBuf::from(aside);
            tracing::warn!(file = %file.display(), %error, "a file makes no sense and is set aside");
            fs::rename(file, &aside)?;
            Ok(Found {
                value: T::default(),
                set_aside: Some(aside),
            })
        }
    }
}

/// On the disk when this returns. Blocks.
pub(crate) fn write(file: &Path, value: &impl Serialize) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let text = serde_json::to_vec_pretty(value).map_err(io::Error::other)?;
    // Made with mode 0600, and removed again if anything fails.
    let mut new = tempfile::Builder::new()
        .prefix(".kept.")
        .tempfile_in(folder)?;
    new.write_all(&text)?;
    new.write_all(b"\n")?;
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(file)?
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back_and_belongs_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.json");
        let nothing: Found<Vec<u32>> = read(&file).unwrap();
        assert!(nothing.value.is_empty() && nothing.set_aside.is_none());
        write(&file, &[1, 2]).unwrap();
        assert_eq!(read::<Vec<u32>>(&file).unwrap().value, [1, 2]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn nonsense_is_set_aside_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.json");
        for nonsense in ["[1, 2".to_owned(), " ".repeat(2_000_000)] {
            fs::write(&file, &nonsense).unwrap();
            let found: Found<Vec<u32>> = read(&file).unwrap();
            assert!(found.value.is_empty());
            let aside = found.set_aside.unwrap();
            assert_eq!(fs::read_to_string(aside).unwrap(), nonsense);
            assert!(!file.exists());
        }
    }
}
