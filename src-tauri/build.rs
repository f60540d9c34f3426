//! Tells the Tauri tools where the shell's parts lie, and notes the commit that
//! the program is built from. Where there is no repository, such as in a source
//! archive, the packager sets BANYAN_COMMIT.

use std::{env, error::Error, fs, path::Path, process::Command};

use tauri_build::{AppManifest, Attributes};

const PAGE: &str = "ui/dist";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=BANYAN_COMMIT");
    let commit = env::var("BANYAN_COMMIT")
        .ok()
        .or_else(commit)
        .unwrap_or("unknown".to_owned());
    println!("cargo::rustc-env=BANYAN_COMMIT={commit}");
    println!("cargo::rerun-if-changed=tauri.conf.json");
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    println!("cargo::rerun-if-changed=src-tauri/permissions");
    // The page is read while compiling, where its folder has to exist.
    fs::create_dir_all(PAGE)?;
    if !tauri_build::is_dev() && !Path::new(PAGE).join("index.html").is_file() {
        return Err("there is no page in ui/dist: `npm run build` makes it".into());
    }
    let manifest = AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml");
    tauri_build::try_build(
        Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*.json")
            .app_manifest(manifest),
    )?;
    Ok(())
}

fn commit() -> Option<String> {
    // Moves with every commit, which HEAD itself does not.
    for watched in ["HEAD", "logs/HEAD"] {
        if let Some(file) = git(&["rev-parse", "--path-format=absolute", "--git-path", watched])
            && Path::new(&file).exists()
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
