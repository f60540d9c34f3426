use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::{clock, folder, plain::plain};

/// A day's log goes on in a further file from here on, so that a fault that
/// logs without end fills at most the kept files, not the disk.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A disk that refused a line is asked again this often.
const RETRY: Duration = Duration::from_secs(60);

/// Files named by day, `banyan-2026-03-01.log`, then `banyan-2026-03-01.2.log`.
#[derive(Debug)]
pub(super) struct LogFiles {
    folder: PathBuf,
    keep: usize,
    open: Option<OpenFile>,
    refused: Option<(SystemTime, String)>,
    largest: u64,
}

#[derive(Debug)]
struct OpenFile {
    file: File,
    name: Name,
    size: u64,
}

/// In the order in which files were written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    day: String,
    part: u32,
}

impl LogFiles {
    pub(super) fn new(folder: PathBuf, keep: usize) -> Self {
        Self {
            folder,
            keep,
            open: None,
            refused: None,
            largest: LARGEST,
        }
    }

    pub(super) fn set_keep(&mut self, keep: usize) {
        self.keep = keep;
        self.remove_old();
    }

    pub(super) fn write(&mut self, text: &str, now: SystemTime) -> io::Result<()> {
        if let Some((since, reason)) = &self.refused
            && now.duration_since(*since).is_ok_and(|age| age < RETRY)
        {
            return Err(io::Error::other(reason.clone()));
        }
        let written = self.try_write(text, now);
        self.refused = match &written {
            Ok(()) => None,
            Err(error) => {
                self.open = None;
                Some((now, plain(error)))
            }
        };
        written
    }

    fn try_write(&mut self, text: &str, now: SystemTime) -> io::Result<()> {
        let open = self.file_for(now)?;
        open.file.write_all(text.as_bytes())?;
        open.size += text.len() as u64;
        Ok(())
    }

    fn file_for(&mut self, now: SystemTime) -> io::Result<&mut OpenFile> {
        let day = clock::date(now);
        let fits = |open: &OpenFile| open.name.day == day && open.size < self.largest;
        let open = match self.open.take().filter(fits) {
            Some(open) => open,
            None => self.open_next(day)?,
        };
        Ok(self.open.insert(open))
    }

    /// Opens the day's first file that still has room.
    fn open_next(&mut self, day: String) -> io::Result<OpenFile> {
        folder::create_private(&self.folder)?;
        let mut name = Name { day, part: 1 };
        let open = loop {
            let file = append_private(&self.folder.join(name.to_string()))?;
            let size = file.metadata()?.len();
            if size < self.largest {
                break OpenFile { file, name, size };
            }
            name.part += 1;
        };
        self.remove_old();
        Ok(open)
    }

    /// Removing is housekeeping: what cannot be removed stays.
    fn remove_old(&self) {
        let mut names = list(&self.folder);
        names.sort();
        let surplus = names.len().saturating_sub(self.keep.max(1));
        for name in names.iter().take(surplus) {
            drop(fs::remove_file(self.folder.join(name.to_string())));
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.part {
            1 => write!(f, "banyan-{}.log", self.day),
            part => write!(f, "banyan-{}.{part}.log", self.day),
        }
    }
}

impl Name {
    fn parse(name: &str) -> Option<Self> {
        let rest = name.strip_prefix("banyan-")?.strip_suffix(".log")?;
        let (day, part) = match rest.split_once('.') {
            Some((day, part)) => (day, part.parse().ok()?),
            None => (rest, 1),
        };
        let shape = day.len() == 10 && day.chars().all(|c| c.is_ascii_digit() || c == '-');
        shape.then(|| Self {
            day: day.to_owned(),
            part,
        })
    }
}

/// Our own files only: what a person put beside them is not ours to remove.
fn list(folder: &Path) -> Vec<Name> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| Name::parse(entry.file_name().to_str()?))
        .collect()
}

fn append_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_per_day_and_the_latest_are_kept() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("logs");
        let mut files = LogFiles::new(folder.clone(), 2);
        files.write("one\n", UNIX_EPOCH).unwrap();
        files.write("two\n", UNIX_EPOCH).unwrap();
        assert_eq!(
            fs::read_to_string(folder.join("banyan-1970-01-01.log")).unwrap(),
            "one\ntwo\n"
        );
        fs::write(folder.join("notes.txt"), "mine").unwrap();
        fs::write(folder.join("banyan-holiday.log"), "mine").unwrap();
        for day in 1..4 {
            files.write("later\n", UNIX_EPOCH + DAY * day).unwrap();
        }
        let kept = [
            "banyan-1970-01-03.log",
            "banyan-1970-01-04.log",
            "banyan-holiday.log",
            "notes.txt",
        ];
        assert_eq!(names(&folder), kept);
    }

    #[test]
    fn a_large_day_goes_on_in_further_files() {
        let place = tempfile::tempdir().unwrap();
        let mut files = LogFiles {
            largest: 8,
            ..LogFiles::new(place.path().to_owned(), 2)
        };
        for _ in 0..3 {
            files.write("12345678\n", UNIX_EPOCH).unwrap();
        }
        assert_eq!(
            names(place.path()),
            ["banyan-1970-01-01.2.log", "banyan-1970-01-01.3.log"]
        );
    }

    #[test]
    fn a_refusing_disk_is_told_and_asked_again_later() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("logs");
        fs::write(&folder, "a file in the way").unwrap();
        let mut files = LogFiles::new(folder.clone(), 2);
        assert!(files.write("lost\n", UNIX_EPOCH).is_err());
        fs::remove_file(&folder).unwrap();
        assert!(files.write("too early\n", UNIX_EPOCH + RETRY / 2).is_err());
        files.write("kept\n", UNIX_EPOCH + RETRY).unwrap();
        assert_eq!(
            fs::read_to_string(folder.join("banyan-1970-01-01.log")).unwrap(),
            "kept\n"
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read() {
        use std::os::unix::fs::PermissionsExt as _;

        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("logs");
        LogFiles::new(folder.clone(), 2)
            .write("one\n", UNIX_EPOCH)
            .unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join("banyan-1970-01-01.log")), 0o600);
    }
}
