//! `cargo xtask lab`.

use anyhow::{Result, bail};

use super::{
    Lab, check,
    machine::Machine,
    obstacle,
    order::{self, Order, USAGE},
    plan::Plan,
};
use crate::tree::Tree;

pub(crate) fn task(tree: &Tree, arguments: lexopt::Parser) -> Result<()> {
    match order::read(arguments)? {
        Order::Help => println!("{USAGE}"),
        Order::Check(names) => return check::task(tree, &names),
        Order::Up(plan) => up(tree, &lab(tree)?, &plan)?,
        Order::Down => {
            lab(tree)?.down()?;
            Lab::left_behind(tree)?;
            println!("The lab is gone.");
        }
        Order::List => list(&lab(tree)?)?,
        Order::Cut(number) => lab(tree)?.machine(number)?.cut()?,
        Order::Heal(number) => lab(tree)?.machine(number)?.heal()?,
        Order::Rate(number, rate) => lab(tree)?.machine(number)?.limit(rate)?,
        Order::Loss(number, loss) => lab(tree)?.machine(number)?.lose(loss)?,
        Order::Signal(number, signal) => lab(tree)?.machine(number)?.node()?.signal(signal)?,
        Order::Start(number) => start(&lab(tree)?.machine(number)?)?,
        Order::Exec(number, words) => lab(tree)?.machine(number)?.run(&words)?,
    }
    Ok(())
}

fn lab(tree: &Tree) -> Result<Lab<'_>> {
    if let Some(obstacle) = obstacle(tree) {
        bail!(obstacle);
    }
    Lab::kept(tree, tree.target()?.join("debug/banyan"))
}

fn up(tree: &Tree, lab: &Lab<'_>, plan: &Plan) -> Result<()> {
    if !lab.machines()?.is_empty() {
        bail!("a lab is up already; `cargo xtask lab down` ends it");
    }
    super::build(tree)?;
    lab.make(plan)?;
    for machine in lab.machines()? {
        machine.node()?.start_for_good()?;
    }
    list(lab)
}

fn start(machine: &Machine<'_>) -> Result<()> {
    let node = machine.node()?;
    if node.process()?.is_some() {
        bail!("a node runs on machine {} already", machine.number());
    }
    node.start_for_good()
}

fn list(lab: &Lab<'_>) -> Result<()> {
    let machines = lab.machines()?;
    if machines.is_empty() {
        println!("No lab is up; `cargo xtask lab up 3` makes one.");
    }
    for machine in machines {
        let node = machine.node()?;
        let lans: Vec<String> = machine
            .lans()
            .iter()
            .map(|lan| lan.address(machine.number()).to_string())
            .collect();
        println!("\n{}, {}", machine.namespace(), lans.join(" and "));
        let link = match node.process()? {
            Some(_) => node.says(&["link"])?,
            None => "no node runs here".to_owned(),
        };
        println!("  page:      {}", link.trim());
        println!("  far away:  {} packets sent", machine.sent_far()?);
        println!("  command:   {} status", node.as_typed());
    }
    Ok(())
}
