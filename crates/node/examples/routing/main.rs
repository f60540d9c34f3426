//! Plays a day of a network in virtual time and says how well questions found
//! their machine: this router, one that knows everything, and what others do.
//! The same seed gives the same day.
#![expect(
    clippy::print_stdout,
    reason = "the table, or the line with the result"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "machines and questions are numbered by the simulation itself"
)]

mod measure;
mod policy;
mod server;
mod town;
mod world;

use std::{env, time::Duration};

use measure::Measured;
use serde_json::json;
use town::Plan;

/// Machines, and minutes of their day.
const DAYS: [(usize, u64); 3] = [(8, 30), (20, 30), (50, 15)];

/// How it goes before the machines know themselves says nothing of the days after.
const LEARNS: Duration = Duration::from_secs(300);

fn main() {
    let as_json = env::args().any(|argument| argument == "--json");
    let mut all = Vec::new();
    for (machines, minutes) in DAYS {
        let lasts = Duration::from_secs(60 * minutes);
        let plan = Plan {
            machines,
            load: 0.7,
            learns: LEARNS,
            lasts,
            seed: 1,
            greed: 1.0,
        };
        if !as_json {
            println!(
                "\n{machines} machines, load {}, {lasts:?}\n{}",
                plan.load,
                head()
            );
        }
        for (name, policy) in policy::ALL {
            let measured = world::run(plan, *policy).measured();
            if as_json {
                all.push(as_value(machines, name, &measured));
            } else {
                println!("{}", line(name, &measured));
            }
        }
    }
    let shares = world::run(CROWDED, policy::BANYAN).shares();
    if as_json {
        println!("{}", json!({ "runs": all, "shares": shares }));
    } else {
        println!(
            "\n{} machines, load {}, one person asks {} times as much: Jain of tokens {shares:.3}",
            CROWDED.machines, CROWDED.load, CROWDED.greed
        );
    }
}

/// More to do than can be done, and somebody who does not stop asking.
const CROWDED: Plan = Plan {
    machines: 8,
    load: 1.4,
    learns: Duration::ZERO,
    lasts: Duration::from_secs(120),
    seed: 1,
    greed: 5.0,
};

fn head() -> String {
    format!(
        "{:<22} {:>9} {:>9} {:>9} {:>9} {:>7} {:>6} {:>6} {:>5}",
        "", "TTFT p50", "p95", "done p95", "max wait", "cold", "Jain", "asked", "lost"
    )
}

fn line(name: &str, measured: &Measured) -> String {
    let Measured {
        first_token_p50,
        first_token_p95,
        complete_p95,
        longest_wait,
        cold,
        jain,
        asked,
        lost,
        questions,
    } = measured;
    format!(
        "{name:<22} {first_token_p50:>8.2}s {first_token_p95:>8.2}s {complete_p95:>8.1}s \
         {longest_wait:>8.1}s {:>6.2}% {jain:>6.3} {asked:>6.2} {lost:>5} of {questions}",
        cold * 100.0
    )
}

fn as_value(machines: usize, name: &str, measured: &Measured) -> serde_json::Value {
    json!({
        "machines": machines,
        "policy": name,
        "questions": measured.questions,
        "first_token_p50": measured.first_token_p50,
        "first_token_p95": measured.first_token_p95,
        "complete_p95": measured.complete_p95,
        "longest_wait": measured.longest_wait,
        "cold": measured.cold,
        "jain": measured.jain,
        "asked": measured.asked,
        "lost": measured.lost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::{BANYAN, ORACLE, Policy};

    fn day(machines: usize, policy: Policy) -> Measured {
        let plan = Plan {
            machines,
            load: 0.7,
            learns: LEARNS,
            lasts: Duration::from_secs(900),
            seed: 1,
            greed: 1.0,
        };
        world::run(plan, policy).measured()
    }

    #[test]
    fn questions_find_their_machine_nearly_as_if_everything_were_known() {
        for machines in [8, 16] {
            let (banyan, oracle) = (day(machines, BANYAN), day(machines, ORACLE));
            assert!(
                banyan.first_token_p95 <= 1.2 * oracle.first_token_p95,
                "{banyan:?} {oracle:?}"
            );
            assert!(banyan.cold < 0.02, "{banyan:?}");
            assert!(banyan.jain >= 0.9, "{banyan:?}");
            assert!(banyan.longest_wait <= 30.0, "{banyan:?}");
            assert_eq!(banyan.lost, 0);
        }
    }

    #[test]
    fn who_asks_for_most_does_not_get_most() {
        let shares = world::run(CROWDED, BANYAN).shares();
        assert!(shares >= 0.9, "{shares}");
    }
}
