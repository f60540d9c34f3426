use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The program under test: `BANYAN_BIN`, or the one cargo built beside the test.
pub fn binary() -> PathBuf {
    if let Some(chosen) = env::var_os("BANYAN_BIN") {
        return chosen.into();
    }
    let test = env::current_exe().expect("a test knows its own path");
    let name = format!("banyan{}", env::consts::EXE_SUFFIX);
    test.ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join(&name))
        .find(|candidate| is_program(candidate))
        .unwrap_or_else(|| {
            panic!(
                "no {name} above {}; build it, or set BANYAN_BIN",
                test.display()
            )
        })
}

/// What a command left behind.
#[derive(Debug)]
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// The document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON document ({error}): {self:#?}"))
    }

    /// Asserts the exit code, with everything the command wrote in the message.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}

pub(crate) fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}
