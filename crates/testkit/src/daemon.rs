use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;

/// Generous, because test machines are busy; a node needs a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `banyan serve`. Ended hard when dropped; what it wrote is shown
/// when the test is failing.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    ready: Value,
    written: Written,
    readers: Vec<JoinHandle<()>>,
    ended: Receiver<()>,
}

/// A daemon that came to its end.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

#[derive(Debug, Clone, Default)]
struct Written {
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
}

impl Daemon {
    /// Starts the command and waits until it says that it is ready.
    #[track_caller]
    pub fn start(command: Command) -> Self {
        match Self::try_start(command) {
            Ok(daemon) => daemon,
            Err(ended) => panic!("the daemon ended before it was ready: {ended:#?}"),
        }
    }

    /// The other outcome is a daemon that gives up, with what it said.
    #[track_caller]
    pub fn try_start(mut command: Command) -> Result<Self, Ended> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let written = Written::default();
        let (on_line, lines) = channel();
        let (on_end, ended) = channel();
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let kept = Arc::clone(&written.stdout);
            readers.push(thread::spawn(move || {
                collect(stdout, &kept, |line| {
                    // Nobody listens after the first line.
                    let _ = on_line.send(line.to_owned());
                });
                drop(on_end);
            }));
        }
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&written.stderr);
            readers.push(thread::spawn(move || collect(stderr, &kept, |_| {})));
        }
        let mut daemon = Self {
            child,
            ready: Value::Null,
            written,
            readers,
            ended,
        };
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => match serde_json::from_str::<Value>(&line) {
                Ok(ready) if ready.get("ready") == Some(&Value::Bool(true)) => {
                    daemon.ready = ready;
                    Ok(daemon)
                }
                _ => Err(daemon.wait()),
            },
            Err(RecvTimeoutError::Disconnected) => Err(daemon.wait()),
            Err(RecvTimeoutError::Timeout) => {
                panic!(
                    "the daemon said nothing for {PATIENCE:?}: {}",
                    daemon.written
                )
            }
        }
    }

    /// What it said when it was ready.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// Where it answers, as `host:port`.
    pub fn address(&self) -> &str {
        self.ready
            .get("address")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error so far.
    pub fn stderr(&self) -> String {
        text(&self.written.stderr)
    }

    /// Asks it to stop, and waits.
    #[cfg(unix)]
    #[track_caller]
    pub fn stop(self) -> Ended {
        self.signal(rustix::process::Signal::TERM);
        self.wait()
    }

    /// Ends it as a power cut would.
    #[track_caller]
    pub fn kill(mut self) -> Ended {
        self.child.kill().expect("a running daemon can be ended");
        self.wait()
    }

    #[cfg(unix)]
    #[track_caller]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("a running daemon takes signals");
    }

    /// Waits until it ends by itself.
    #[track_caller]
    pub fn wait(mut self) -> Ended {
        // Its end closes its standard output.
        if self.ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            panic!(
                "the daemon did not end within {PATIENCE:?}: {}",
                self.written
            );
        }
        let status = self.child.wait().expect("the status of a child");
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader takes whatever comes");
        }
        Ended {
            status,
            stdout: text(&self.written.stdout),
            stderr: text(&self.written.stderr),
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already, which is just as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprint_all(&self.written);
        }
    }
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "\nstdout:\n{}\nstderr:\n{}",
            text(&self.stdout),
            text(&self.stderr)
        )
    }
}

fn collect(from: impl Read, kept: &Mutex<String>, mut on_line: impl FnMut(&str)) {
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_str(&line);
            kept.push('\n');
        }
        on_line(&line);
    }
}

fn text(kept: &Mutex<String>) -> String {
    kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

#[expect(clippy::print_stderr, reason = "the log of a failed test")]
fn eprint_all(written: &Written) {
    eprintln!("what the daemon wrote:{written}");
}
