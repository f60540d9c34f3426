//! The package is built, unpacked and started; and what lies beside it is well
//! formed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use super::{counts::Counts, log::Log};
use crate::{
    bundle::{self, Build},
    process::{self, command},
    screen::Screen,
    tree::Tree,
    trial::{self, Home, Trial},
};

/// A debug build on a busy machine is slow; a hang is longer.
const LIMIT: Duration = Duration::from_secs(60);

/// Made by the Tauri tools from `packaging/linux/banyan.desktop`.
const MENU_ENTRY: &str = "/usr/share/applications/Banyan.desktop";

pub(super) fn deb(tree: &Tree, log: &mut Log) -> Result<Counts> {
    let build = Build::tested(tree)?;
    let kinds = ["deb".to_owned()];
    build.forget_old_packages(&kinds)?;
    log.run(&mut build.pack(tree, &kinds, process::capture)?)?;
    let packages = build.packages(&kinds)?;
    let [package] = packages.as_slice() else {
        bail!("one package was expected, there are {}", packages.len());
    };

    let root = install(tree, log, package)?;
    let mut passed = 1;
    for file in bundle::installed_on_linux() {
        ensure!(inside(&root, file).is_file(), "the package lacks {file}");
        passed += 1;
    }
    log.run(command(tree, "desktop-file-validate").arg(inside(&root, MENU_ENTRY)))
        .context("the menu entry")?;
    passed += 1;
    let banyan = inside(&root, "/usr/bin/banyan");
    let window = inside(&root, "/usr/bin/banyan-desktop");
    log.run(command(tree, &banyan).arg("--version"))?;
    daemon_starts(tree, log, &banyan).context("the packaged daemon")?;
    window_starts(tree, log, &banyan, &window).context("the packaged application")?;
    Ok(Counts {
        passed: passed + 3,
        failed: 0,
        skipped: 0,
    })
}

/// Installs for real where the machine is there for nothing else; elsewhere the
/// package is only unpacked.
fn install(tree: &Tree, log: &mut Log, package: &Path) -> Result<PathBuf> {
    let is_throw_away = env::var_os("CI").is_some_and(|value| value == "true")
        && process::capture(command(tree, "id").arg("-u"))?.trim() == "0";
    if is_throw_away {
        log.run(
            command(tree, "apt-get")
                .args([
                    "install",
                    "--quiet",
                    "--yes",
                    "--reinstall",
                    "--no-install-recommends",
                ])
                .arg(package)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
        return Ok(PathBuf::from("/"));
    }
    let root = package.with_file_name("unpacked");
    if root.exists() {
        fs::remove_dir_all(&root)
            .with_context(|| format!("{} cannot be emptied", root.display()))?;
    }
    log.run(
        command(tree, "dpkg")
            .arg("--extract")
            .arg(package)
            .arg(&root),
    )?;
    Ok(root)
}

fn daemon_starts(tree: &Tree, log: &mut Log, banyan: &Path) -> Result<()> {
    let home = Home::new(log.beside("home"))?;
    let mut serve = home.command(tree, banyan);
    serve.args(["serve", "--no-keyring"]);
    let mut trial = Trial::start(&mut serve, &log.beside("daemon.log"))?;
    trial.wait_for("an answer to `banyan status`", LIMIT, || {
        trial::status(tree, &home, banyan)
    })?;
    let status = trial.stop(LIMIT)?;
    ensure!(
        status.success(),
        "it ended badly after being asked to end ({status})"
    );
    Ok(())
}

fn window_starts(tree: &Tree, log: &mut Log, banyan: &Path, window: &Path) -> Result<()> {
    let screen = Screen::open(tree)?;
    let home = Home::new(log.beside("home"))?;
    let mut open = home.command(tree, window);
    screen.show(&mut open);
    let mut trial = Trial::start(&mut open, &log.beside("window.log"))?;
    trial.wait_for("an answer to `banyan status`", LIMIT, || {
        trial::status(tree, &home, banyan)
    })?;
    let status = trial.stop(LIMIT)?;
    ensure!(
        status.success(),
        "it ended badly after being asked to end ({status})"
    );
    Ok(())
}

fn inside(root: &Path, file: &str) -> PathBuf {
    root.join(file.trim_start_matches('/'))
}

/// Each file is judged by the tool that will read it, or its nearest relative.
pub(super) fn files(tree: &Tree, log: &mut Log) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut judge = |log: &mut Log, program: &str, arguments: &[&str], file: &str| -> Result<()> {
        let well = log.ends_well(command(tree, program).args(arguments).arg(file))?;
        let one = if well {
            Counts::ONE
        } else {
            Counts {
                failed: 1,
                ..Counts::default()
            }
        };
        counts = counts + one;
        Ok(())
    };
    judge(
        log,
        "appstreamcli",
        &["validate", "--no-net"],
        "packaging/linux/dev.banyan.desktop.metainfo.xml",
    )?;
    judge(log, "bash", &["-n"], ".ci/run")?;
    Ok(counts)
}
