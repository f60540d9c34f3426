use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// A program of the desktop, ended when dropped.
#[derive(Debug)]
pub(super) struct Helper {
    child: Child,
}

impl Helper {
    /// Starts it and waits for the first line it writes to standard output.
    #[track_caller]
    pub(super) fn start_with_line(command: &mut Command) -> (Self, String) {
        let mut helper = Self::start(command.stdout(Stdio::piped()));
        let stdout = helper.child.stdout.take().expect("a piped standard output");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("a line of text");
        (helper, line.trim().to_owned())
    }

    #[track_caller]
    pub(super) fn start(command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child }
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // It may have ended already, which is just as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
