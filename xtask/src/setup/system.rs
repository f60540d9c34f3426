//! Packages of the operating system, on the three families of Linux we know.
//! macOS and Windows bring what the application needs.

use std::{
    io::IsTerminal,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::Purpose;
use crate::{
    process::{self, command},
    tree::Tree,
};

/// One need, and the package that answers it in each family.
struct Need {
    purpose: Purpose,
    why: &'static str,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
}

const NEEDS: &[Need] = &[
    need(
        Purpose::Build,
        "the C compiler",
        "build-essential",
        "gcc-c++",
        "base-devel",
    ),
    need(
        Purpose::Build,
        "finding libraries",
        "pkg-config",
        "pkgconf-pkg-config",
        "pkgconf",
    ),
    need(
        Purpose::Build,
        "the window",
        "libwebkit2gtk-4.1-dev",
        "webkit2gtk4.1-devel",
        "webkit2gtk-4.1",
    ),
    need(
        Purpose::Test,
        "a screen without a screen",
        "xvfb",
        "xorg-x11-server-Xvfb",
        "xorg-server-xvfb",
    ),
    need(
        Purpose::Test,
        "a session bus per test",
        "dbus-daemon",
        "dbus-daemon",
        "dbus",
    ),
    need(
        Purpose::Test,
        "pages in the window's engine",
        "webkit2gtk-driver",
        "webkit2gtk4.1",
        "webkit2gtk-4.1",
    ),
    need(
        Purpose::Test,
        "pages in a browser",
        "chromium",
        "chromium",
        "chromium",
    ),
    need(
        Purpose::Test,
        "a real keyring",
        "gnome-keyring",
        "gnome-keyring",
        "gnome-keyring",
    ),
    need(
        Purpose::Test,
        "the keyring's questions",
        "gcr",
        "gcr3",
        "gcr",
    ),
    need(
        Purpose::Test,
        "a clock that is wrong",
        "libfaketime",
        "libfaketime",
        "libfaketime",
    ),
    need(
        Purpose::Test,
        "networks of a lab",
        "iproute2",
        "iproute",
        "iproute2",
    ),
    need(
        Purpose::Test,
        "bad weather in a lab",
        "nftables",
        "nftables",
        "nftables",
    ),
    need(
        Purpose::Test,
        "Latin text in pictures",
        "fonts-dejavu-core",
        "dejavu-sans-fonts",
        "ttf-dejavu",
    ),
    need(
        Purpose::Test,
        "other scripts in pictures",
        "fonts-noto-core",
        "google-noto-sans-fonts",
        "noto-fonts",
    ),
    need(
        Purpose::Test,
        "a real server of models",
        "python3-venv",
        "python3",
        "python",
    ),
    need(
        Purpose::Test,
        "checking the menu entry",
        "desktop-file-utils",
        "desktop-file-utils",
        "desktop-file-utils",
    ),
    need(
        Purpose::Test,
        "checking the store page",
        "appstream",
        "appstream",
        "appstream",
    ),
];

const fn need(
    purpose: Purpose,
    why: &'static str,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
) -> Need {
    Need {
        purpose,
        why,
        debian,
        fedora,
        arch,
    }
}

#[derive(Debug, Clone, Copy)]
enum Family {
    Debian,
    Fedora,
    Arch,
}

pub(super) fn prepare(tree: &Tree, purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted: Vec<&Need> = NEEDS
        .iter()
        .filter(|need| need.purpose <= purpose)
        .collect();
    let Some(family) = Family::of_this_machine(tree) else {
        println!(
            "This Linux has none of apt, dnf and pacman, so nothing was installed. Needed are:"
        );
        for need in wanted {
            println!("  {:<26} {} on Debian", need.why, need.debian);
        }
        return Ok(());
    };
    let missing: Vec<&Need> = wanted
        .into_iter()
        .filter(|need| !family.has(tree, family.package(need)))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("This system lacks:");
    for need in &missing {
        println!("  {:<26} {}", family.package(need), need.why);
    }
    let mut packages: Vec<&str> = missing.iter().map(|need| family.package(need)).collect();
    packages.dedup();
    family.install(tree, &packages)
}

impl Family {
    fn of_this_machine(tree: &Tree) -> Option<Self> {
        let has = |program| process::succeeds(command(tree, program).arg("--version"));
        if has("apt-get") {
            Some(Self::Debian)
        } else if has("dnf") {
            Some(Self::Fedora)
        } else if has("pacman") {
            Some(Self::Arch)
        } else {
            None
        }
    }

    fn package(self, need: &Need) -> &'static str {
        match self {
            Self::Debian => need.debian,
            Self::Fedora => need.fedora,
            Self::Arch => need.arch,
        }
    }

    fn has(self, tree: &Tree, package: &str) -> bool {
        match self {
            Self::Debian => process::capture(
                command(tree, "dpkg-query")
                    .args(["--show", "--showformat=${db:Status-Status}", package])
                    .stderr(Stdio::null()),
            )
            .is_ok_and(|status| status == "installed"),
            Self::Fedora => {
                process::succeeds(command(tree, "rpm").args(["--query", "--whatprovides", package]))
            }
            // Groups count as installed when all their members are.
            Self::Arch => process::succeeds(command(tree, "pacman").args(["--deptest", package])),
        }
    }

    fn install(self, tree: &Tree, packages: &[&str]) -> Result<()> {
        let mut steps: Vec<Vec<&str>> = Vec::new();
        match self {
            Self::Debian => {
                steps.push(vec!["apt-get", "update", "--quiet"]);
                steps.push(
                    [
                        &[
                            "env",
                            "DEBIAN_FRONTEND=noninteractive",
                            "apt-get",
                            "install",
                        ][..],
                        &["--quiet", "--yes", "--no-install-recommends"],
                        packages,
                    ]
                    .concat(),
                );
            }
            Self::Fedora => steps.push([&["dnf", "install", "--assumeyes"][..], packages].concat()),
            Self::Arch => {
                steps.push(
                    [
                        &["pacman", "--sync", "--needed", "--noconfirm"][..],
                        packages,
                    ]
                    .concat(),
                );
            }
        }
        let rights = Rights::of_this_user(tree)?;
        if rights == Rights::None {
            let lines: Vec<String> = steps
                .iter()
                .map(|step| format!("  sudo {}", step.join(" ")))
                .collect();
            bail!(
                "installing packages needs the administrator's rights. Run this, then try again:\n{}",
                lines.join("\n")
            );
        }
        for step in steps {
            process::run(&mut rights.command(tree, &step))
                .context("the packages could not be installed")?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    Root,
    /// sudo that needs no password, or may ask for it on this terminal.
    Sudo,
    None,
}

impl Rights {
    fn of_this_user(tree: &Tree) -> Result<Self> {
        if process::capture(command(tree, "id").arg("-u"))?.trim() == "0" {
            return Ok(Self::Root);
        }
        let asks_nothing = process::succeeds(command(tree, "sudo").args(["-n", "true"]));
        let can_ask = std::io::stdin().is_terminal()
            && process::succeeds(command(tree, "sudo").arg("--version"));
        Ok(if asks_nothing || can_ask {
            Self::Sudo
        } else {
            Self::None
        })
    }

    fn command(self, tree: &Tree, step: &[&str]) -> Command {
        let mut words = step.iter();
        let mut command = match self {
            Self::Sudo => {
                let mut sudo = command(tree, "sudo");
                // The password, where one is needed, is typed here.
                sudo.stdin(Stdio::inherit());
                sudo
            }
            Self::Root | Self::None => command(tree, words.next().unwrap_or(&"true")),
        };
        command.args(words);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_has_a_package_and_a_reason_in_every_family() {
        for need in NEEDS {
            for family in [Family::Debian, Family::Fedora, Family::Arch] {
                assert!(!family.package(need).is_empty(), "{}", need.why);
            }
            assert!(!need.why.is_empty());
        }
    }

    #[test]
    fn building_asks_for_less_than_testing() {
        let count = |purpose| NEEDS.iter().filter(|need| need.purpose <= purpose).count();
        assert!(count(Purpose::Build) < count(Purpose::Test));
    }
}
