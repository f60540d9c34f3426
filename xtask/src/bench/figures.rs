//! Measured values, the bars they are held against, and how both are told.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{process, tree::Tree};

#[derive(Debug)]
pub(super) struct Figure {
    name: String,
    unit: &'static str,
    value: f64,
    runs: Vec<f64>,
    pub(super) limit: Option<f64>,
}

impl Figure {
    pub(super) fn one(name: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self {
            name: name.into(),
            unit,
            value,
            runs: vec![value],
            limit: None,
        }
    }

    pub(super) fn median(name: impl Into<String>, unit: &'static str, runs: Vec<f64>) -> Self {
        Self {
            name: name.into(),
            unit,
            value: median(&runs),
            runs,
            limit: None,
        }
    }

    /// The value it should stay under.
    pub(super) fn bar(mut self, limit: f64) -> Self {
        self.limit = Some(limit);
        self
    }

    fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.value >= limit)
    }
}

fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle).copied().unwrap_or(f64::NAN);
    if sorted.len() % 2 == 1 {
        return upper;
    }
    let lower = middle
        .checked_sub(1)
        .and_then(|index| sorted.get(index))
        .copied();
    lower.map_or(upper, |lower| f64::midpoint(lower, upper))
}

/// All of one measurement, with where it was taken.
pub(super) struct Figures {
    machine: String,
    commit: String,
    list: Vec<Figure>,
}

impl Figures {
    pub(super) fn new(tree: &Tree) -> Result<Self> {
        let commit =
            process::capture(process::git(tree).args(["describe", "--always", "--dirty"]))?;
        let cores = std::thread::available_parallelism()?;
        let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = model
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, model)| model);
        Ok(Self {
            machine: format!("{cores} cores, {model}"),
            commit: commit.trim().to_owned(),
            list: Vec::new(),
        })
    }

    pub(super) fn add(&mut self, figure: Figure) {
        println!("  {} = {:.2} {}", figure.name, figure.value, figure.unit);
        self.list.push(figure);
    }

    pub(super) fn table(&self) -> String {
        let mut text = format!("{}, commit {}\n\n", self.machine, self.commit);
        text.push_str(&format!("{:<44} {:>12} {:>12}\n", "", "measured", "bar"));
        for figure in &self.list {
            let measured = format!("{:.2} {}", figure.value, figure.unit);
            let bar = figure
                .limit
                .map(|limit| format!("< {limit} {}", figure.unit))
                .unwrap_or_default();
            let verdict = if figure.is_over() { "  over" } else { "" };
            text.push_str(&format!(
                "{:<44} {measured:>12} {bar:>12}{verdict}\n",
                figure.name
            ));
        }
        text
    }

    pub(super) fn json(&self) -> String {
        let list: Vec<Value> = self
            .list
            .iter()
            .map(|figure| {
                json!({
                    "name": figure.name,
                    "unit": figure.unit,
                    "value": figure.value,
                    "runs": figure.runs,
                    "bar": figure.limit,
                    "over": figure.is_over(),
                })
            })
            .collect();
        json!({ "machine": self.machine, "commit": self.commit, "figures": list }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_not_moved_by_one_slow_run() {
        assert!((median(&[5.0, 1.0, 900.0]) - 5.0).abs() < f64::EPSILON);
        assert!((median(&[1.0, 2.0, 3.0, 900.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_bar_is_a_bar() {
        assert!(!Figure::one("a", "ms", 149.9).bar(150.0).is_over());
        assert!(Figure::one("a", "ms", 150.0).bar(150.0).is_over());
        assert!(!Figure::one("a", "ms", 1e9).is_over());
    }

    #[test]
    fn table_and_json_say_the_same() {
        let figures = Figures {
            machine: "2 cores".to_owned(),
            commit: "abc".to_owned(),
            list: vec![Figure::median("start", "ms", vec![3.0, 1.0, 200.0]).bar(2.0)],
        };
        assert!(figures.table().contains("over"), "{}", figures.table());
        let json: Value = serde_json::from_str(&figures.json()).unwrap();
        assert_eq!(json["figures"][0]["value"], json!(3.0));
        assert_eq!(json["figures"][0]["over"], json!(true));
    }
}
