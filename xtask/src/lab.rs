//! Several machines in one: each a network namespace with an address of its
//! own, on a bridge that lives in a namespace too, and a real node in each. The
//! network of the host is never touched.
//!
//! - [`Lab`]: all machines together; made, found again, removed
//! - [`Machine`]: one of them, its cables and what happens to them
//! - [`Node`]: the real node on a machine
//! - [`Gateway`]: speaking to a node as a page does
//! - [`task`]: `cargo xtask lab`
//! - [`check`]: what the product must withstand in a lab
//!
//! Invariant: whatever a lab made can be found by its name alone and is removed
//! by it, also after this tool was killed.

pub(crate) mod asking;
pub(crate) mod check;
mod gateway;
mod guard;
mod inside;
mod machine;
mod network;
mod node;
mod order;
mod plan;
pub(crate) mod staff;
mod task;
mod weather;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    process::{self, cargo, command},
    tree::Tree,
    ui,
};
pub(crate) use gateway::{Ender, Events, Gateway};
pub(crate) use machine::Machine;
use network::Network;
pub(crate) use node::{Node, Peer, Running};
pub(crate) use plan::{Lan, Plan};
pub(crate) use task::task;

/// Labs that go away with the run that made them, unless it was killed.
pub(crate) const CHECK: &str = "banyan-check";
pub(crate) const BENCH: &str = "banyan-bench";

pub(crate) struct Lab<'a> {
    tree: &'a Tree,
    network: Network<'a>,
    folder: PathBuf,
    banyan: PathBuf,
    /// Whether it stays when this value goes away.
    kept: bool,
    /// Held while this value lives: names of namespaces are one space for the
    /// whole system, and another run would take this lab for a left-over.
    _claim: Option<File>,
}

/// Why no lab can be made here, as a sentence.
pub(crate) fn obstacle(tree: &Tree) -> Option<&'static str> {
    const PROBE: &str = "banyan-lab-probe";
    let has = |program| process::succeeds(command(tree, program).arg("-V"));
    let ip = |action| process::succeeds(command(tree, "ip").args(["netns", action, PROBE]));
    let is_root =
        || process::capture(command(tree, "id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !cfg!(target_os = "linux") || !is_root() {
        Some("a lab is made of network namespaces, which only root on Linux can make")
    } else if !has("ip") || !has("nft") {
        Some("a lab needs the programs ip and nft; `cargo xtask setup` installs them")
    } else if !ip("add") {
        Some("this system does not let root make network namespaces, as in a plain container")
    } else {
        ip("delete");
        None
    }
}

/// The debug build, for quick turns.
fn build(tree: &Tree) -> Result<()> {
    ui::ensure_built_here(tree)?;
    process::run(cargo(tree).args(["build", "--package", "banyan"]))?;
    let mut server = cargo(tree);
    server.args([
        "build",
        "--package",
        "testkit",
        "--example",
        "scripted_server",
    ]);
    process::run(&mut server)
}

impl<'a> Lab<'a> {
    /// The one of `cargo xtask lab`, which stays until it is taken down.
    fn kept(tree: &'a Tree, banyan: PathBuf) -> Result<Self> {
        let mut lab = Self::new(tree, "banyan-lab", banyan)?;
        lab.kept = true;
        Ok(lab)
    }

    /// A lab that goes away with this value. What an earlier one of this name
    /// left behind is removed first.
    pub(crate) fn passing(
        tree: &'a Tree,
        name: &'static str,
        banyan: PathBuf,
        plan: &Plan,
    ) -> Result<Self> {
        let mut lab = Self::new(tree, name, banyan)?;
        lab._claim = Some(claim(name)?);
        lab.down()?;
        lab.make(plan)?;
        Ok(lab)
    }

    fn new(tree: &'a Tree, name: &'static str, banyan: PathBuf) -> Result<Self> {
        Ok(Self {
            tree,
            network: Network::new(tree, name),
            folder: tree.target()?.join("labs").join(name),
            banyan,
            kept: false,
            _claim: None,
        })
    }

    /// The machines with their cables, without nodes.
    fn make(&self, plan: &Plan) -> Result<()> {
        let banyan = &self.banyan;
        ensure!(banyan.is_file(), "{} is not built", banyan.display());
        let seats = plan.seats()?;
        self.network.make(&seats, plan.default_route)?;
        for seat in &seats {
            self.network.guard(&self.network.machine(seat.number))?;
        }
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("{} cannot be made", self.folder.display()))?;
        if plan.trusted {
            let key = process::capture(command(self.tree, banyan).args(["mesh", "new", "--team"]))?;
            let file = self.mesh_key();
            fs::write(&file, key)
                .with_context(|| format!("{} cannot be written", file.display()))?;
            private(&file)?;
        }
        Ok(())
    }

    /// In the order of their numbers.
    pub(crate) fn machines(&'a self) -> Result<Vec<Machine<'a>>> {
        let numbers = self.network.numbers()?;
        numbers
            .into_iter()
            .map(|number| Ok(Machine::new(self, self.network.seat(number)?)))
            .collect()
    }

    pub(crate) fn machine(&'a self, number: u8) -> Result<Machine<'a>> {
        let numbers = self.network.numbers()?;
        if !numbers.contains(&number) {
            bail!("there is no machine {number}; `cargo xtask lab list` shows those there are");
        }
        Ok(Machine::new(self, self.network.seat(number)?))
    }

    /// What runs that were killed have left behind.
    fn left_behind(tree: &'a Tree) -> Result<()> {
        for name in [CHECK, BENCH] {
            // Claimed by somebody, it is in use.
            if let Ok(_claim) = claim(name) {
                Self::new(tree, name, PathBuf::new())?.down()?;
            }
        }
        Ok(())
    }

    /// Removes everything that bears its name.
    pub(crate) fn down(&self) -> Result<()> {
        self.network.remove()?;
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)
                .with_context(|| format!("{} cannot be removed", self.folder.display()))?;
        }
        Ok(())
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn banyan(&self) -> &Path {
        &self.banyan
    }

    /// There where all nodes trust each other.
    pub(crate) fn mesh_key(&self) -> PathBuf {
        self.folder.join("mesh.key")
    }
}

impl Drop for Lab<'_> {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = self.down()
        {
            eprintln!("A lab could not be removed: {error:#}. The next one tries again.");
        }
    }
}

fn claim(name: &str) -> Result<File> {
    let place = std::env::temp_dir().join(format!("{name}.lock"));
    let file =
        File::create(&place).with_context(|| format!("{} cannot be made", place.display()))?;
    file.try_lock()
        .with_context(|| format!("another run has a lab named {name}; wait for its end"))?;
    Ok(file)
}

#[cfg(unix)]
fn private(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))
        .with_context(|| format!("{} cannot be made private", file.display()))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}
