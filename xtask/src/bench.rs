//! `cargo xtask bench`: how fast Banyan is, and how little it takes.
//!
//! What is measured is the release build that people install. Every figure that
//! a person would notice has a bar it should stay under; the bars live here and
//! never in tests. The result goes to standard output, what happens meanwhile
//! to standard error.

mod delegation;
mod figures;
mod mesh;
mod processes;
mod release;
mod router;
mod start;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};

use crate::tree::Tree;
use figures::Figures;

const USAGE: &str = "\
cargo xtask bench start [--json]
cargo xtask bench router [--json]
cargo xtask bench delegation [--json] [--quick] [PART...]   (Linux, root)
cargo xtask bench mesh [--json] [--quick] [PART...]   (Linux, root)";

#[derive(Debug, PartialEq)]
struct Order {
    what: What,
    json: bool,
}

#[derive(Debug, PartialEq)]
enum What {
    Start,
    Router,
    Delegation(delegation::Order),
    Mesh(mesh::Order),
}

pub(crate) fn task(tree: &Tree, arguments: lexopt::Parser) -> Result<()> {
    let order = read(arguments)?;
    if !cfg!(target_os = "linux") {
        bail!("these measurements read /proc, so they run on Linux only");
    }
    let mut figures = Figures::new(tree)?;
    let name = match &order.what {
        What::Start => {
            start::measure(tree, &mut figures)?;
            "start"
        }
        What::Router => {
            router::measure(tree, &mut figures)?;
            "router"
        }
        What::Delegation(order) => {
            delegation::measure(tree, order, &mut figures)?;
            "delegation"
        }
        What::Mesh(order) => {
            mesh::measure(tree, order, &mut figures)?;
            "mesh"
        }
    };
    let file = folder(tree)?.join(format!("{name}.json"));
    fs::write(&file, figures.json())
        .with_context(|| format!("{} cannot be written", file.display()))?;
    if order.json {
        eprintln!("\n{}", figures.table());
        println!("{}", figures.json());
    } else {
        println!("\n{}\nAs JSON: {}", figures.table(), file.display());
    }
    Ok(())
}

/// Where measurements keep what they need and what they found.
fn folder(tree: &Tree) -> Result<PathBuf> {
    let folder = tree.target()?.join("xtask-logs/bench");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

fn read(mut arguments: lexopt::Parser) -> Result<Order> {
    let (mut json, mut quick) = (false, false);
    let mut words = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("json") => json = true,
            lexopt::Arg::Long("quick") => quick = true,
            lexopt::Arg::Value(value) => words.push(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let what = match words.split_first() {
        Some((what, [])) if what == "start" && !quick => What::Start,
        Some((what, [])) if what == "router" && !quick => What::Router,
        Some((what, parts)) if what == "delegation" => {
            What::Delegation(delegation::Order::new(parts, quick)?)
        }
        Some((what, parts)) if what == "mesh" => What::Mesh(mesh::Order::new(parts, quick)?),
        _ => bail!("what is to be measured?\n\n{USAGE}"),
    };
    Ok(Order { what, json })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(line: &str) -> Result<Order> {
        read(lexopt::Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn a_measurement_is_named() {
        let start = Order {
            what: What::Start,
            json: true,
        };
        assert_eq!(order("start --json").unwrap(), start);
        assert_eq!(order("router").unwrap().what, What::Router);
        let What::Mesh(mesh) = order("mesh --quick idle").unwrap().what else {
            panic!("that is a measurement of the mesh");
        };
        assert_eq!(mesh, mesh::Order::new(&["idle".to_owned()], true).unwrap());
        for wrong in [
            "",
            "mash",
            "start --quick",
            "router --quick",
            "start 3",
            "mesh sprint",
            "mesh --slow",
        ] {
            assert!(order(wrong).is_err(), "{wrong}");
        }
    }
}
