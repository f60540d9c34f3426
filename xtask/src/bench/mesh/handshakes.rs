//! How many connections can be proven in a second, beside what the arithmetic
//! under it allows.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    bench::{
        figures::{Figure, Figures},
        release::Bench,
    },
    process::{self, command},
};

const SECONDS: (&str, &str) = ("5", "1");

pub(super) fn measure(bench: &Bench<'_>, figures: &mut Figures) -> Result<()> {
    let seconds = bench.choose(SECONDS.0, SECONDS.1);
    eprintln!("Handshakes over loopback, one after the other, for {seconds} s.");
    let mut program = command(bench.tree, bench.examples.join("handshakes"));
    let said = process::capture(program.arg(seconds))?;
    let said: Value = serde_json::from_str(&said).context("the handshakes wrote no JSON")?;
    let number = |key: &str| {
        let number = said.get(key).and_then(Value::as_f64);
        number.with_context(|| format!("the handshakes tell no {key}"))
    };
    let (handshakes, arithmetic) = (
        number("handshakes_per_second")?,
        number("limit_per_second")?,
    );
    let name = |what: &str| format!("handshakes: {what}");
    figures.add(Figure::one(name("both ends on one core"), "/s", handshakes));
    figures.add(Figure::one(
        name("arithmetic of both ends alone"),
        "/s",
        arithmetic,
    ));
    figures.add(Figure::one(
        name("share of that limit"),
        "%",
        handshakes / arithmetic * 100.0,
    ));
    Ok(())
}
