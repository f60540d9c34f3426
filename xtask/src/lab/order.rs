//! What a person may ask of a lab.

use std::{ffi::OsString, str::FromStr};

use anyhow::{Context, Result, bail};

use super::{
    plan::Plan,
    weather::{Loss, Rate},
};

pub(super) const USAGE: &str = "\
cargo xtask lab:
  up [N] [--second-lan M] [--dual-homed] [--trusted] [--default-route]
                     N machines (3) on one network, M on another, one on both;
                     all with one mesh key; with a way out that nobody may use
  list               the machines, how to speak to them, what they sent far away
  cut K, heal K      pull the cable of machine K, and plug it in again
  rate K 10mbit|off  let its cable carry so much in each direction
  loss K 5%|off      let its cable lose so much in each direction
  kill K, stop K, cont K
                     end its node as a power cut would; let it sleep and wake
  start K            start its node again
  exec K -- COMMAND  run a program on machine K
  down               end and remove all of it
  check [NAME...]    what the product must withstand, each in a lab of its own";

#[derive(Debug, PartialEq)]
pub(super) enum Order {
    Help,
    Up(Plan),
    Down,
    List,
    Check(Vec<String>),
    Cut(u8),
    Heal(u8),
    Rate(u8, Option<Rate>),
    Loss(u8, Option<Loss>),
    Signal(u8, &'static str),
    Start(u8),
    Exec(u8, Vec<OsString>),
}

pub(super) fn read(mut arguments: lexopt::Parser) -> Result<Order> {
    let word = match arguments.next()? {
        Some(lexopt::Arg::Value(word)) => word.to_string_lossy().into_owned(),
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) => return Ok(Order::Help),
        Some(other) => return Err(other.unexpected().into()),
        None => "list".to_owned(),
    };
    match word.as_str() {
        "up" => return plan(arguments).map(Order::Up),
        "exec" => return exec(arguments),
        _ => {}
    }
    let mut words = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Value(word) => words.push(word.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Ok(match (word.as_str(), words.as_slice()) {
        ("down", []) => Order::Down,
        ("list", []) => Order::List,
        ("check", names) => Order::Check(names.iter().map(|name| (*name).to_owned()).collect()),
        ("cut", [machine]) => Order::Cut(number(machine)?),
        ("heal", [machine]) => Order::Heal(number(machine)?),
        ("rate", [machine, rate]) => Order::Rate(number(machine)?, unless_off(rate)?),
        ("loss", [machine, loss]) => Order::Loss(number(machine)?, unless_off(loss)?),
        ("kill", [machine]) => Order::Signal(number(machine)?, "KILL"),
        ("stop", [machine]) => Order::Signal(number(machine)?, "STOP"),
        ("cont", [machine]) => Order::Signal(number(machine)?, "CONT"),
        ("start", [machine]) => Order::Start(number(machine)?),
        _ => bail!("that is no order for a lab.\n\n{USAGE}"),
    })
}

fn plan(mut arguments: lexopt::Parser) -> Result<Plan> {
    let mut plan = Plan::of(3);
    let mut second = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Value(count) => plan.first = number(&count.to_string_lossy())?,
            lexopt::Arg::Long("second-lan") => {
                second = Some(number(&arguments.value()?.to_string_lossy())?);
            }
            lexopt::Arg::Long("dual-homed") => plan.dual_homed = true,
            lexopt::Arg::Long("trusted") => plan.trusted = true,
            lexopt::Arg::Long("default-route") => plan.default_route = true,
            other => return Err(other.unexpected().into()),
        }
    }
    // A second network with nobody on it would prove nothing.
    plan.second = second.unwrap_or(u8::from(plan.dual_homed));
    plan.seats()?;
    Ok(plan)
}

fn exec(mut arguments: lexopt::Parser) -> Result<Order> {
    let machine = arguments.value().context("which machine?")?;
    let machine = number(&machine.to_string_lossy())?;
    let mut words: Vec<OsString> = arguments.raw_args()?.collect();
    if words.first().is_some_and(|word| word == "--") {
        words.remove(0);
    }
    if words.is_empty() {
        bail!("what is to run on machine {machine}?\n\n{USAGE}");
    }
    Ok(Order::Exec(machine, words))
}

fn number(word: &str) -> Result<u8> {
    word.parse()
        .ok()
        .filter(|number| *number > 0)
        .with_context(|| format!("a number from 1 to 200 was expected, not {word}"))
}

fn unless_off<T: FromStr<Err = anyhow::Error>>(word: &str) -> Result<Option<T>> {
    if word == "off" {
        return Ok(None);
    }
    word.parse().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(line: &str) -> Result<Order> {
        read(lexopt::Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn a_lab_is_described_in_one_line() {
        assert_eq!(order("up").unwrap(), Order::Up(Plan::of(3)));
        let plan = Plan {
            first: 5,
            second: 2,
            dual_homed: true,
            trusted: true,
            default_route: true,
        };
        let line = "up 5 --second-lan 2 --dual-homed --trusted --default-route";
        assert_eq!(order(line).unwrap(), Order::Up(plan));
        let Order::Up(plan) = order("up 2 --dual-homed").unwrap() else {
            panic!("that is an order to make a lab");
        };
        assert_eq!(plan.second, 1);
    }

    #[test]
    fn weather_and_signals_name_a_machine() {
        assert_eq!(order("cut 2").unwrap(), Order::Cut(2));
        let rate = Some("10mbit".parse().unwrap());
        assert_eq!(order("rate 2 10mbit").unwrap(), Order::Rate(2, rate));
        assert_eq!(order("loss 2 off").unwrap(), Order::Loss(2, None));
        assert_eq!(order("stop 3").unwrap(), Order::Signal(3, "STOP"));
        assert_eq!(order("").unwrap(), Order::List);
    }

    #[test]
    fn a_program_keeps_its_own_flags() {
        let words = ["ip", "-6", "route"].map(OsString::from).to_vec();
        assert_eq!(
            order("exec 1 -- ip -6 route").unwrap(),
            Order::Exec(1, words.clone())
        );
        assert_eq!(order("exec 1 ip -6 route").unwrap(), Order::Exec(1, words));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            "up 0",
            "up 201",
            "up three",
            "up --fast",
            "cut",
            "cut 0",
            "cut 1 2",
            "loss 1 lots",
            "rate 1",
            "exec 1",
            "exec",
            "explode",
        ] {
            assert!(order(line).is_err(), "{line}");
        }
    }
}
