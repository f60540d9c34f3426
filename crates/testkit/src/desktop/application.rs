use std::{
    env,
    io::{BufRead as _, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread::{self, JoinHandle},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{PATIENCE, eventually};

/// The application under test: `BANYAN_DESKTOP_BIN`, or the one cargo built
/// beside the test. It must contain its page (`cargo build --package
/// banyan-desktop --features tauri/custom-protocol`).
pub fn binary() -> PathBuf {
    if let Some(chosen) = env::var_os("BANYAN_DESKTOP_BIN") {
        return chosen.into();
    }
    let test = env::current_exe().expect("a test knows its own path");
    test.ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join("banyan-desktop"))
        .find(|candidate| candidate.is_file())
        .unwrap_or_else(|| {
            panic!(
                "no banyan-desktop above {}; build it, or set BANYAN_DESKTOP_BIN",
                test.display()
            )
        })
}

/// The running application. Ended hard when dropped; what it wrote is shown
/// when the test is failing.
#[derive(Debug)]
pub struct Application {
    child: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    ended: Receiver<()>,
}

/// How it ended.
#[derive(Debug)]
pub struct Outcome {
    pub status: ExitStatus,
    pub log: String,
}

impl Application {
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stderr = child.stderr.take().expect("a piped standard error");
        let log = Arc::new(Mutex::new(String::new()));
        let (on_end, ended) = channel();
        let kept = Arc::clone(&log);
        let reader = thread::spawn(move || {
            collect(stderr, &kept);
            drop(on_end);
        });
        Self {
            child,
            log,
            reader: Some(reader),
            ended,
        }
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until it has logged this.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        eventually(text, || self.log().contains(text).then_some(()));
    }

    /// Waits until it has logged this so many times.
    #[track_caller]
    pub fn wait_for_times(&self, times: usize, text: &str) {
        eventually(text, || {
            (self.log().matches(text).count() >= times).then_some(())
        });
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a running application");
    }

    /// Waits until it ends by itself.
    #[track_caller]
    pub fn wait(mut self) -> Outcome {
        if self.ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            panic!("the application did not end within {PATIENCE:?}");
        }
        let status = self.child.wait().expect("the status of a child");
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a reader takes whatever comes");
        }
        Outcome {
            status,
            log: self.log(),
        }
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        // It may have ended already, which is just as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            print(&self.log());
        }
    }
}

/// The processes below `parent`, in any depth, with that name.
pub(super) fn descendants(parent: u32, name: &str) -> Vec<i32> {
    let mut found = Vec::new();
    for child in children(parent) {
        let of_child = |file| std::fs::read_to_string(format!("/proc/{child}/{file}"));
        // One that has ended and waits for its parent has no command line left.
        let runs = of_child("cmdline").is_ok_and(|line| !line.is_empty());
        if runs && of_child("comm").is_ok_and(|comm| comm.trim() == name) {
            found.push(child.cast_signed());
        }
        found.extend(descendants(child, name));
    }
    found
}

fn children(parent: u32) -> Vec<u32> {
    // A process may end while its threads are listed.
    let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

impl Application {
    /// Ends the process of its page, as the system does when memory runs out.
    #[track_caller]
    pub fn crash_page(&self) {
        let page = eventually("a process of the page", || {
            // The kernel cuts names at fifteen characters.
            descendants(self.pid(), "WebKitWebProces")
                .into_iter()
                .next()
        });
        let page = Pid::from_raw(page).expect("the number of a process");
        kill_process(page, Signal::KILL).expect("a running page");
    }

    /// Whether a page runs.
    pub fn has_page(&self) -> bool {
        !descendants(self.pid(), "WebKitWebProces").is_empty()
    }
}

fn collect(from: impl Read, kept: &Mutex<String>) {
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_str(&line);
        kept.push('\n');
    }
}

#[expect(clippy::print_stderr, reason = "the log of a failed test")]
fn print(log: &str) {
    eprintln!("what the application wrote:\n{log}");
}
