//! Makes what people install: packages with the window and the command line in
//! them, and a plain archive of the command line.
//!
//! The binaries are built by cargo and only packed by the Tauri tools, so both
//! programs come from one build and one lock file. What the packages hold besides
//! is listed here once for deb and rpm.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    process::{self, cargo, command, npm},
    setup::{self, Purpose},
    tree::{self, Tree},
    ui,
};

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    let mut kinds = Vec::new();
    let mut triple = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("target") => {
                triple = Some(arguments.value()?.to_string_lossy().into_owned());
            }
            lexopt::Arg::Value(kind) => kinds.push(kind.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    if kinds.is_empty() {
        kinds.extend(kinds_of_this_system().iter().map(|kind| (*kind).to_owned()));
    }
    setup::prepare(tree, Purpose::Build)?;
    ui::ensure_built_here(tree)?;
    let build = Build::release(tree, triple)?;
    process::run(&mut build.compile(tree))?;

    let out = tree.path("dist");
    fs::create_dir_all(&out).with_context(|| format!("{} cannot be made", out.display()))?;
    let mut made = Vec::new();
    if kinds.iter().any(|kind| kind == ARCHIVE) {
        made.push(build.archive(tree, &out)?);
        kinds.retain(|kind| kind != ARCHIVE);
    }
    if !kinds.is_empty() {
        build.forget_old_packages(&kinds)?;
        process::run(&mut build.pack(tree, &kinds, process::capture)?)?;
        for package in build.packages(&kinds)? {
            let copy = out.join(package.file_name().context("a package has no name")?);
            fs::copy(&package, &copy)
                .with_context(|| format!("{} cannot be copied", package.display()))?;
            made.push(copy);
        }
    }
    write_checksums(&out, &build.triple, &made)?;
    println!("\nIn {}:", out.display());
    for file in &made {
        let size = fs::metadata(file).map_or(0, |data| data.len());
        println!("  {:>7.1} MB  {}", size as f64 / 1e6, name(file));
    }
    Ok(())
}

const ARCHIVE: &str = "archive";

/// What is made without being asked. An AppImage is made on request only: its
/// tools are downloaded while it is packed.
fn kinds_of_this_system() -> &'static [&'static str] {
    match env::consts::OS {
        "linux" => &[ARCHIVE, "deb", "rpm"],
        "macos" => &[ARCHIVE, "app", "dmg"],
        "windows" => &[ARCHIVE, "nsis", "msi"],
        _ => &[ARCHIVE],
    }
}

/// Where a file of this tree goes on Linux.
const LINUX_FILES: &[(&str, &str)] = &[
    (
        "/usr/lib/systemd/user/banyan.service",
        "packaging/linux/banyan.service",
    ),
    (
        "/usr/lib/systemd/system/banyan@.service",
        "packaging/linux/banyan@.service",
    ),
    (
        "/usr/share/metainfo/dev.banyan.desktop.metainfo.xml",
        "packaging/linux/dev.banyan.desktop.metainfo.xml",
    ),
    (
        "/etc/ufw/applications.d/banyan",
        "packaging/linux/ufw-banyan",
    ),
    (
        "/usr/lib/firewalld/services/banyan.xml",
        "packaging/linux/firewalld-banyan.xml",
    ),
    (
        "/usr/share/icons/hicolor/scalable/apps/banyan-desktop.svg",
        "icons/banyan.svg",
    ),
    (
        "/usr/share/doc/banyan/copyright",
        "packaging/linux/copyright",
    ),
];

/// Where something the command line prints goes on Linux.
const LINUX_PAGES: &[(&str, &[&str])] = &[
    ("/usr/share/man/man1/banyan.1", &["man"]),
    (
        "/usr/share/bash-completion/completions/banyan",
        &["completions", "bash"],
    ),
    (
        "/usr/share/zsh/vendor-completions/_banyan",
        &["completions", "zsh"],
    ),
    (
        "/usr/share/fish/vendor_completions.d/banyan.fish",
        &["completions", "fish"],
    ),
];

/// Every path the Linux packages must hold, for the test that unpacks one.
pub(crate) fn installed_on_linux() -> impl Iterator<Item = &'static str> {
    let programs = ["/usr/bin/banyan", "/usr/bin/banyan-desktop"];
    let files = LINUX_FILES.iter().map(|(installed, _)| *installed);
    programs
        .into_iter()
        .chain(files)
        .chain(LINUX_PAGES.iter().map(|(installed, _)| *installed))
}

/// One build of both binaries.
pub(crate) struct Build {
    triple: String,
    /// Named only when asked for, because it moves cargo's output.
    asked_for_triple: bool,
    debug: bool,
    folder: PathBuf,
}

impl Build {
    pub(crate) fn release(tree: &Tree, triple: Option<String>) -> Result<Self> {
        let target = tree.target()?;
        let asked_for_triple = triple.is_some();
        let (triple, folder) = match triple {
            Some(triple) => (triple.clone(), target.join(triple).join("release")),
            None => (host(tree)?, target.join("release")),
        };
        Ok(Self {
            triple,
            asked_for_triple,
            debug: false,
            folder,
        })
    }

    /// What the tests have compiled.
    pub(crate) fn tested(tree: &Tree) -> Result<Self> {
        let folder = tree.target()?.join("debug");
        Ok(Self {
            triple: host(tree)?,
            asked_for_triple: false,
            debug: true,
            folder,
        })
    }

    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        let suffix = if self.triple.contains("windows") {
            ".exe"
        } else {
            ""
        };
        self.folder.join(format!("{name}{suffix}"))
    }

    pub(crate) fn compile(&self, tree: &Tree) -> Command {
        let mut command = cargo(tree);
        command.args(["build", "--release", "--locked", "--bins"]);
        command.args(["--package", "banyan", "--package", "banyan-desktop"]);
        command.args(["--features", "tauri/custom-protocol"]);
        if self.asked_for_triple {
            command.args(["--target", &self.triple]);
        }
        command
    }

    /// The command that packs; its ingredients lie ready when this returns.
    pub(crate) fn pack(
        &self,
        tree: &Tree,
        kinds: &[String],
        capture: impl Fn(&mut Command) -> Result<String>,
    ) -> Result<Command> {
        let parts = self.folder.join("bundle-parts");
        fs::create_dir_all(&parts)
            .with_context(|| format!("{} cannot be made", parts.display()))?;

        // The Tauri tools want a second program under its name and triple.
        let banyan = self.binary("banyan");
        let suffix = banyan
            .extension()
            .map_or(String::new(), |_| ".exe".to_owned());
        fs::copy(
            &banyan,
            parts.join(format!("banyan-{}{suffix}", self.triple)),
        )
        .with_context(|| format!("{} cannot be copied", banyan.display()))?;

        let mut files = Map::new();
        for (installed, source) in LINUX_FILES {
            files.insert((*installed).to_owned(), json!(tree.path(source)));
        }
        if self.triple.contains("linux") {
            for (installed, arguments) in LINUX_PAGES {
                let page = parts.join(name(Path::new(installed)));
                let text = capture(command(tree, &banyan).args(*arguments))?;
                fs::write(&page, text)
                    .with_context(|| format!("{} cannot be written", page.display()))?;
                files.insert((*installed).to_owned(), json!(page));
            }
        }
        let overlay = parts.join("overlay.json");
        let mut settings = json!({ "bundle": {
            "externalBin": [parts.join("banyan")],
            "linux": { "deb": { "files": files.clone() }, "rpm": { "files": files } },
        }});
        add_signatures(&mut settings, |name| {
            env::var(name).ok().filter(|value| !value.is_empty())
        });
        fs::write(&overlay, Value::to_string(&settings))
            .with_context(|| format!("{} cannot be written", overlay.display()))?;

        let mut command = npm(tree);
        command.args([
            "run",
            "tauri",
            "--",
            "bundle",
            "--ci",
            "--bundles",
            &kinds.join(","),
        ]);
        command.arg("--config").arg(overlay);
        if self.debug {
            command.arg("--debug");
        }
        if self.asked_for_triple {
            command.args(["--target", &self.triple]);
        }
        Ok(command)
    }

    /// Packages of an earlier version must not be taken for today's.
    pub(crate) fn forget_old_packages(&self, kinds: &[String]) -> Result<()> {
        for package in self.packages(kinds)? {
            if package.is_dir() {
                fs::remove_dir_all(&package)
            } else {
                fs::remove_file(&package)
            }
            .with_context(|| format!("{} cannot be removed", package.display()))?;
        }
        Ok(())
    }

    pub(crate) fn packages(&self, kinds: &[String]) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for kind in kinds {
            let (folder, ending) = match kind.as_str() {
                "deb" => ("deb", "deb"),
                "rpm" => ("rpm", "rpm"),
                "appimage" => ("appimage", "AppImage"),
                "dmg" => ("dmg", "dmg"),
                "nsis" => ("nsis", "exe"),
                "msi" => ("msi", "msi"),
                // The dmg holds it; alone it is packed for updates only.
                "app" => ("macos", "gz"),
                _ => bail!(
                    "{kind} is no kind of package; there are archive, deb, rpm, appimage, app, dmg, nsis, msi"
                ),
            };
            let Ok(entries) = fs::read_dir(self.folder.join("bundle").join(folder)) else {
                continue;
            };
            for entry in entries {
                let path = entry?.path();
                // Beside it may lie the signature that an update is held against.
                let is_package = |extension: &OsStr| extension == ending || extension == "sig";
                if path.extension().is_some_and(is_package) {
                    found.push(path);
                }
            }
        }
        Ok(found)
    }

    fn archive(&self, tree: &Tree, out: &Path) -> Result<PathBuf> {
        let version = tree
            .metadata()?
            .pointer("/packages/0/version")
            .and_then(Value::as_str)
            .context("cargo metadata names no version")?
            .to_owned();
        let title = format!("banyan-{version}-{}", self.triple);
        let folder = self.folder.join("bundle-parts").join(&title);
        fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let banyan = self.binary("banyan");
        let mut parts = vec![banyan];
        parts.extend(["LICENSE", "README.md", "CHANGELOG.md"].map(|page| tree.path(page)));
        if self.triple.contains("linux") {
            parts.push(tree.path("packaging/linux/banyan.service"));
        }
        for part in &parts {
            fs::copy(part, folder.join(name(part)))
                .with_context(|| format!("{} cannot be copied", part.display()))?;
        }
        let ending = if self.triple.contains("windows") {
            "zip"
        } else {
            "tar.gz"
        };
        let archive = out.join(format!("{title}.{ending}"));
        // The tar of Windows and macOS makes a zip when the name asks for one.
        process::run(
            command(tree, "tar")
                .args(["--auto-compress", "--create", "--file"])
                .arg(&archive)
                .arg("--directory")
                .arg(self.folder.join("bundle-parts"))
                .arg(&title),
        )?;
        Ok(archive)
    }
}

/// Signing, where the keys are there. The Tauri tools find those of macOS and of
/// updates in the environment by themselves; what to do with them is said here.
fn add_signatures(settings: &mut Value, variable: impl Fn(&str) -> Option<String>) {
    let Some(bundle) = settings.get_mut("bundle").and_then(Value::as_object_mut) else {
        return;
    };
    if let Some(thumbprint) = variable("WINDOWS_CERTIFICATE_THUMBPRINT") {
        let windows = json!({
            "certificateThumbprint": thumbprint,
            "digestAlgorithm": "sha256",
            "timestampUrl": "http://timestamp.digicert.com",
        });
        bundle.insert("windows".to_owned(), windows);
    }
    let has_key = variable("TAURI_SIGNING_PRIVATE_KEY").is_some();
    if let Some(public_key) = variable("UPDATER_PUBLIC_KEY").filter(|_| has_key) {
        bundle.insert("createUpdaterArtifacts".to_owned(), json!(true));
        if let Some(settings) = settings.as_object_mut() {
            settings.insert(
                "plugins".to_owned(),
                json!({ "updater": { "pubkey": public_key } }),
            );
        }
    }
}

fn host(tree: &Tree) -> Result<String> {
    let text = process::capture(command(tree, "rustc").args(["--version", "--verbose"]))?;
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc does not say for which system it compiles")
}

fn write_checksums(out: &Path, triple: &str, files: &[PathBuf]) -> Result<()> {
    let mut text = String::new();
    for file in files {
        let content =
            fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        text.push_str(&format!(
            "{}  {}\n",
            tree::hex(&Sha256::digest(content)),
            name(file)
        ));
    }
    let list = out.join(format!("SHA256SUMS-{triple}"));
    fs::write(&list, text).with_context(|| format!("{} cannot be written", list.display()))
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(folder: &Path, triple: &str) -> Build {
        Build {
            triple: triple.to_owned(),
            asked_for_triple: false,
            debug: false,
            folder: folder.to_owned(),
        }
    }

    #[test]
    fn a_package_of_another_version_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let debs = folder.path().join("bundle/deb");
        fs::create_dir_all(&debs).unwrap();
        fs::write(debs.join("old.deb"), "").unwrap();
        fs::write(debs.join("note.txt"), "").unwrap();
        let build = build(folder.path(), "x86_64-unknown-linux-gnu");
        let kinds = ["deb".to_owned()];
        assert_eq!(build.packages(&kinds).unwrap().len(), 1);
        build.forget_old_packages(&kinds).unwrap();
        assert!(build.packages(&kinds).unwrap().is_empty());
        assert!(debs.join("note.txt").is_file());
    }

    #[test]
    fn an_unknown_kind_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = build(folder.path(), "any")
            .packages(&["snap".to_owned()])
            .unwrap_err();
        assert!(error.to_string().contains("snap"));
    }

    #[test]
    fn programs_have_the_ending_of_their_system() {
        let at = Path::new("out");
        assert_eq!(
            build(at, "x86_64-pc-windows-msvc").binary("banyan"),
            at.join("banyan.exe")
        );
        assert_eq!(
            build(at, "aarch64-apple-darwin").binary("banyan"),
            at.join("banyan")
        );
    }

    #[test]
    fn nothing_is_signed_without_keys() {
        let mut settings = json!({ "bundle": {} });
        add_signatures(&mut settings, |_| None);
        assert_eq!(settings, json!({ "bundle": {} }));
        add_signatures(&mut settings, |name| {
            (name == "UPDATER_PUBLIC_KEY").then(|| "key".to_owned())
        });
        assert_eq!(
            settings,
            json!({ "bundle": {} }),
            "a public key alone signs nothing"
        );
        add_signatures(&mut settings, |name| Some(format!("the {name}")));
        assert_eq!(settings["bundle"]["createUpdaterArtifacts"], json!(true));
        assert_eq!(
            settings["plugins"]["updater"]["pubkey"],
            json!("the UPDATER_PUBLIC_KEY")
        );
        assert_eq!(
            settings["bundle"]["windows"]["digestAlgorithm"],
            json!("sha256")
        );
    }

    #[test]
    fn units_start_what_the_packages_install() {
        let tree = Tree::find().unwrap();
        for (_, source) in LINUX_FILES
            .iter()
            .filter(|(_, source)| source.ends_with(".service"))
        {
            let unit = fs::read_to_string(tree.path(source)).unwrap();
            let start = unit
                .lines()
                .find_map(|line| line.strip_prefix("ExecStart="))
                .unwrap();
            let program = start.split(' ').next().unwrap();
            assert!(
                installed_on_linux().any(|file| file == program),
                "{source} starts {program}"
            );
            assert!(
                unit.contains("\n[Install]\nWantedBy="),
                "{source} cannot be enabled"
            );
        }
    }

    #[test]
    fn checksums_have_the_form_sha256sum_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        fs::write(&file, "abc").unwrap();
        write_checksums(folder.path(), "here", &[file]).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join("SHA256SUMS-here")).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.txt\n"
        );
    }

    #[test]
    fn every_packed_file_is_in_the_tree() {
        let tree = Tree::find().unwrap();
        for (installed, source) in LINUX_FILES {
            assert!(
                tree.path(source).is_file(),
                "{installed} comes from {source}, which is not there"
            );
        }
    }
}
