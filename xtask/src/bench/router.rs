//! How well questions find their machine: days of a network in virtual time, with
//! this router, with one that knows everything, and with what others do.
//! The same questions and machines each time, so every run gives the same.

use anyhow::{Context, Result};
use serde_json::Value;

use super::figures::{Figure, Figures};
use crate::{
    process::{self, cargo, command},
    tree::Tree,
};

/// The one that is held against the bars, and the one it is compared with.
const OURS: &str = "banyan";
const ORACLE: &str = "oracle";

pub(super) fn measure(tree: &Tree, figures: &mut Figures) -> Result<()> {
    let mut build = cargo(tree);
    build.args(["build", "--release", "--package", "node"]);
    process::aside(build.args(["--example", "routing"]))?;
    eprintln!("The days of three networks, with seven ways to choose.");
    let program = tree.target()?.join("release/examples/routing");
    let said = process::capture(command(tree, program).arg("--json"))?;
    let said: Value = serde_json::from_str(&said).context("the simulation wrote no JSON")?;
    let runs = said.get("runs").and_then(Value::as_array);
    let runs = runs.context("the simulation tells of no run")?;
    for run in runs {
        tell(run, runs, figures)?;
    }
    let missing = 1.0 - number(&said, "shares")?;
    let name = "one person asks five times as much, load 1.4: tokens by person, 1 - Jain";
    figures.add(Figure::one(name, "", missing).bar(0.1));
    Ok(())
}

fn tell(run: &Value, runs: &[Value], figures: &mut Figures) -> Result<()> {
    let (machines, policy) = (number(run, "machines")?, text(run, "policy")?);
    let name = |what: &str| format!("{machines} machines, {policy}: {what}");
    let first_token = number(run, "first_token_p95")?;
    figures.add(Figure::one(name("first token, p95"), "s", first_token));
    if policy != OURS {
        return Ok(());
    }
    let oracle = runs.iter().find(|other| {
        number(other, "machines").is_ok_and(|count| count.total_cmp(&machines).is_eq())
            && text(other, "policy").is_ok_and(|policy| policy == ORACLE)
    });
    let oracle = number(oracle.context("there is no oracle")?, "first_token_p95")?;
    let share = first_token / oracle;
    figures.add(Figure::one(name("first token, p95, by that of the oracle"), "", share).bar(1.2));
    let uneven = 1.0 - number(run, "jain")?;
    figures.add(Figure::one(name("speed by person, 1 - Jain"), "", uneven).bar(0.1));
    let cold = number(run, "cold")? * 100.0;
    figures.add(Figure::one(name("answers that had to load a model"), "%", cold).bar(2.0));
    let longest = number(run, "longest_wait")?;
    figures.add(Figure::one(name("longest wait for a slot"), "s", longest).bar(30.0));
    let lost = number(run, "lost")?;
    figures.add(Figure::one(name("lost, or answered twice"), "", lost).bar(1.0));
    Ok(())
}

fn number(value: &Value, key: &str) -> Result<f64> {
    let number = value.get(key).and_then(Value::as_f64);
    number.with_context(|| format!("the simulation tells no {key}"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    let text = value.get(key).and_then(Value::as_str);
    text.with_context(|| format!("the simulation tells no {key}"))
}
