//! The scripted server of models as a program of its own, so that a measurement
//! does not share its processor time.
//!
//! `scripted_server [NAME=VALUE ...]`, where everything may be left out:
//!
//! - `models=tiny:latest,other:7b`: what it has
//! - `tokens=200`: how long every answer is; otherwise what was said is said again
//! - `speed=200`, `prompt_speed=2000`: tokens per second; without them as fast as
//!   they are taken
//! - `load=1500`: milliseconds until a model is in memory
//! - `slots=4`, `queue=512`: how many turns run at once, and wait
//! - `address=127.0.0.1:11434`: otherwise a free port
//!
//! Writes `{"ready":true,"url":...}` once it listens, and ends with its standard
//! input.
#![expect(clippy::print_stdout, reason = "the line that says it is there")]

use std::{collections::BTreeMap, env, error::Error, io, str::FromStr, time::Duration};

use serde_json::json;
use testkit::scripted::{Answer, Model, Pace, Server};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut given = Given::read()?;
    let server = match given.take("address")? {
        Some(address) => Server::at(address),
        None => Server::start(),
    };
    let pace = Pace {
        load: Duration::from_millis(given.take("load")?.unwrap_or(0)),
        prompt_tokens_per_second: given.take("prompt_speed")?.unwrap_or(0.0),
        tokens_per_second: given.take("speed")?.unwrap_or(0.0),
    };
    let models: Option<String> = given.take("models")?;
    for name in models.as_deref().unwrap_or("tiny:latest").split(',') {
        server.add(Model::new(name).at(pace));
    }
    if let Some(tokens) = given.take("tokens")? {
        server.otherwise(Answer::tokens(tokens));
    }
    let slots = given.take("slots")?;
    let queue = given.take("queue")?;
    if slots.is_some() || queue.is_some() {
        server.set_slots(slots.unwrap_or(1), queue.unwrap_or(512));
    }
    given.nothing_left()?;
    println!("{}", json!({"ready": true, "url": server.url()}));
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

struct Given(BTreeMap<String, String>);

impl Given {
    fn read() -> Outcome<Self> {
        let pairs = env::args().skip(1).map(|word| {
            let (name, value) = word
                .split_once('=')
                .ok_or_else(|| format!("{word} is not NAME=VALUE"))?;
            Ok((name.to_owned(), value.to_owned()))
        });
        Ok(Self(pairs.collect::<Outcome<_>>()?))
    }

    fn take<T: FromStr>(&mut self, name: &str) -> Outcome<Option<T>> {
        let Some(value) = self.0.remove(name) else {
            return Ok(None);
        };
        let value = value
            .parse()
            .map_err(|_| format!("{name}={value} cannot be read"))?;
        Ok(Some(value))
    }

    fn nothing_left(&self) -> Outcome<()> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("{name} is nothing that can be set").into()),
        }
    }
}
