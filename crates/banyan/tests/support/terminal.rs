//! A terminal with a person in front of it.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    path::Path,
    process::{Child, Command, ExitStatus},
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A command that runs at it.
pub(crate) struct Seated {
    child: Child,
    screen: File,
    said: Vec<u8>,
}

impl Seated {
    pub(crate) fn start(mut command: Command) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let terminal = || File::options().read(true).write(true).open(path).unwrap();
        let child = command
            .stdin(terminal())
            .stdout(terminal())
            .stderr(terminal())
            .spawn()
            .unwrap();
        Self {
            child,
            screen: screen.into(),
            said: Vec::new(),
        }
    }

    /// Reads until it says this.
    pub(crate) fn hear(&mut self, words: &str) -> String {
        let mut piece = [0; 1024];
        loop {
            let said = String::from_utf8_lossy(&self.said).into_owned();
            if said.contains(words) {
                return said;
            }
            match self.screen.read(&mut piece) {
                Ok(length) if length > 0 => self.said.extend(&piece[..length]),
                ended => panic!("it ended ({ended:?}) without saying {words}: {said}"),
            }
        }
    }

    pub(crate) fn say(&mut self, words: &str) {
        self.screen.write_all(words.as_bytes()).unwrap();
    }

    pub(crate) fn end(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}
