//! Measured values, the bars they are held against, and how both are told.

use std::time::Duration;

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

    /// The value that so many of a hundred runs do not exceed. Of fewer than
    /// twenty runs the 95th of a hundred is the slowest.
    pub(super) fn percentile(
        name: impl Into<String>,
        unit: &'static str,
        percent: u8,
        runs: Vec<f64>,
    ) -> Self {
        Self {
            name: format!("{}, p{percent}", name.into()),
            unit,
            value: percentile(&runs, percent),
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
        // What could not be measured is not under its bar either.
        self.limit
            .is_some_and(|limit| self.value.is_nan() || self.value >= limit)
    }
}

pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// By nearest rank: one of the runs, never something between two.
fn percentile(runs: &[f64], percent: u8) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * usize::from(percent)).div_ceil(100);
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
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
    /// Programs that wanted a core: over the minute before the measurement, and
    /// over the last of it.
    load_before: f64,
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
            load_before: load(),
            list: Vec::new(),
        })
    }

    pub(super) fn add(&mut self, figure: Figure) {
        eprintln!("  {} = {:.2} {}", figure.name, figure.value, figure.unit);
        self.list.push(figure);
    }

    /// The middle and the slow end of several runs, with a bar for the slow end.
    pub(super) fn spread(&mut self, name: &str, runs: Vec<f64>, limit: Option<f64>) {
        let name = format!("{name} ({} runs)", runs.len());
        self.add(Figure::percentile(&name, "ms", 50, runs.clone()));
        let mut slow = Figure::percentile(&name, "ms", 95, runs);
        slow.limit = limit;
        self.add(slow);
    }

    pub(super) fn table(&self) -> String {
        let widest = self.list.iter().map(|figure| figure.name.chars().count());
        let width = widest.max().unwrap_or_default();
        let mut text = format!(
            "{}, commit {}, load {:.2} before and {:.2} at the end\n\n",
            self.machine,
            self.commit,
            self.load_before,
            load()
        );
        text.push_str(&format!(
            "{:<width$} {:>14} {:>14}\n",
            "", "measured", "bar"
        ));
        for figure in &self.list {
            let measured = format!("{:.2} {}", figure.value, figure.unit);
            let (bar, verdict) = match figure.limit {
                Some(limit) if figure.is_over() => (limit, "  OVER"),
                Some(limit) => (limit, "  holds"),
                None => {
                    text.push_str(&format!("{:<width$} {measured:>14}\n", figure.name));
                    continue;
                }
            };
            let bar = format!("< {bar} {}", figure.unit);
            text.push_str(&format!(
                "{:<width$} {measured:>14} {bar:>14}{verdict}\n",
                figure.name
            ));
        }
        let barred = self.list.iter().filter(|figure| figure.limit.is_some());
        let (over, held): (Vec<&Figure>, Vec<&Figure>) =
            barred.partition(|figure| figure.is_over());
        text.push_str(&format!(
            "\n{} bars hold, {} do not\n",
            held.len(),
            over.len()
        ));
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
        json!({
            "machine": self.machine,
            "commit": self.commit,
            "load": { "before": self.load_before, "at_end": load() },
            "figures": list,
        })
        .to_string()
    }
}

/// Of the last minute. Nothing is known of it where there is no /proc.
fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(f64::NAN)
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
    fn a_percentile_is_one_of_the_runs() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for percent in [1, 50, 95, 100] {
            let value = percentile(&hundred, percent);
            assert!((value - f64::from(percent)).abs() < f64::EPSILON, "{value}");
        }
        assert!((percentile(&[5.0, 1.0, 900.0], 95) - 900.0).abs() < f64::EPSILON);
        assert!((percentile(&[7.0], 50) - 7.0).abs() < f64::EPSILON);
        assert!(percentile(&[], 95).is_nan());
    }

    #[test]
    fn what_was_not_measured_holds_no_bar() {
        assert!(Figure::percentile("a", "ms", 95, vec![]).bar(1.0).is_over());
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
            load_before: 0.5,
            list: vec![Figure::median("start", "ms", vec![3.0, 1.0, 200.0]).bar(2.0)],
        };
        assert!(figures.table().contains("OVER"), "{}", figures.table());
        let json: Value = serde_json::from_str(&figures.json()).unwrap();
        assert_eq!(json["figures"][0]["value"], json!(3.0));
        assert_eq!(json["figures"][0]["over"], json!(true));
    }
}
