//! `cargo xtask lab check`, and the stage `lab` of the tests: what real nodes
//! must withstand on a real network, each in a lab of its own.

mod answers;
mod scenarios;
mod scene;

use std::time::Instant;

use anyhow::{Result, anyhow, bail};

use super::{CHECK, Lab, Machine, Plan};
use crate::{AlreadyTold, tree::Tree};
use scenarios::SCENARIOS;

struct Scenario {
    name: &'static str,
    about: &'static str,
    plan: Plan,
    /// Takes a minute by its nature.
    slow: bool,
    run: fn(&[Machine<'_>]) -> Result<Verdict>,
}

#[derive(Debug)]
pub(crate) enum Verdict {
    Held,
    /// It could not be tried here.
    Skipped(&'static str),
}

pub(super) fn task(tree: &Tree, names: &[String]) -> Result<()> {
    let mut chosen = Vec::new();
    for name in names {
        match SCENARIOS.iter().find(|scenario| scenario.name == name) {
            Some(scenario) => chosen.push(scenario),
            None => {
                let known: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
                bail!(
                    "there is no check named {name}; there are {}",
                    known.join(", ")
                );
            }
        }
    }
    if chosen.is_empty() {
        chosen = SCENARIOS.iter().collect();
    }
    if let Some(obstacle) = super::obstacle(tree) {
        bail!(obstacle);
    }
    super::build(tree)?;
    let results = run(tree, &chosen, |line| println!("{line}"));
    if results.iter().any(Result::is_err) {
        return Err(anyhow!(AlreadyTold));
    }
    Ok(())
}

/// Those that do not take a minute; what they say goes to `say`.
pub(crate) fn quick(tree: &Tree, say: impl FnMut(&str)) -> Vec<Result<Verdict>> {
    let quick = SCENARIOS.iter().filter(|scenario| !scenario.slow);
    run(tree, &quick.collect::<Vec<_>>(), say)
}

fn run(tree: &Tree, chosen: &[&Scenario], mut say: impl FnMut(&str)) -> Vec<Result<Verdict>> {
    let mut results = Vec::new();
    for scenario in chosen {
        if scenario.slow {
            say(&format!("{:<12} takes a minute and more", scenario.name));
        }
        let began = Instant::now();
        let result = alone(tree, scenario);
        let word = match &result {
            Ok(Verdict::Held) => "held".to_owned(),
            Ok(Verdict::Skipped(why)) => format!("skipped: {why}"),
            Err(error) => format!("BROKEN: {error:#}"),
        };
        let seconds = began.elapsed().as_secs_f64();
        say(&format!(
            "{:<12} {seconds:>6.1} s  {}: {word}",
            scenario.name, scenario.about
        ));
        results.push(result);
    }
    results
}

fn alone(tree: &Tree, scenario: &Scenario) -> Result<Verdict> {
    if let Some(obstacle) = super::obstacle(tree) {
        return Ok(Verdict::Skipped(obstacle));
    }
    let banyan = tree.target()?.join("debug/banyan");
    let lab = Lab::passing(tree, CHECK, banyan, &scenario.plan)?;
    (scenario.run)(&lab.machines()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_plans_can_be_made() {
        for scenario in SCENARIOS {
            let same = SCENARIOS.iter().filter(|other| other.name == scenario.name);
            assert_eq!(same.count(), 1, "{}", scenario.name);
            scenario.plan.seats().unwrap();
        }
    }

    #[test]
    fn an_unknown_check_is_named() {
        let tree = Tree::find().unwrap();
        let error = task(&tree, &["nonsense".to_owned()])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("nonsense") && error.contains("killed"),
            "{error}"
        );
    }
}
