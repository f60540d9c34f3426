//! Notes the commit that the program is built from. Where there is no
//! repository, such as in a source archive, the packager sets BANYAN_COMMIT.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=BANYAN_COMMIT");
    let commit = env::var("BANYAN_COMMIT")
        .ok()
        .or_else(commit)
        .unwrap_or("unknown".to_owned());
    println!("cargo::rustc-env=BANYAN_COMMIT={commit}");
}

fn commit() -> Option<String> {
    // Moves with every commit, which HEAD itself does not.
    for watched in ["HEAD", "logs/HEAD"] {
        if let Some(file) = git(&["rev-parse", "--path-format=absolute", "--git-path", watched])
            && std::path::Path::new(&file).exists()
        {
            println!("cargo::rerun-if-changed={file}");
        }
    }
    git(&["rev-parse", "--short=9", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
