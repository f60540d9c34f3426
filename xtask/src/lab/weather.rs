//! What can happen to a cable: pulled out, slow, lossy.

use std::{fmt, str::FromStr};

use anyhow::{Context, Result, bail};

use super::network::{Cable, Network};
use crate::process::{self, command};

/// How much a cable carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    bits_per_second: u64,
}

/// How much is lost in each direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loss {
    per_mille: u16,
}

impl Network<'_> {
    /// As a cable that is pulled out: the address stays, nothing passes.
    pub(super) fn cut(&self, cable: &Cable) -> Result<()> {
        self.ip(&["-n", &cable.hub, "link", "set", &cable.port, "down"])
    }

    pub(super) fn heal(&self, cable: &Cable) -> Result<()> {
        self.ip(&["-n", &cable.hub, "link", "set", &cable.port, "up"])
    }

    /// In both directions; `None` is as fast as the system can.
    pub(super) fn limit(&self, cable: &Cable, rate: Option<Rate>) -> Result<()> {
        for (namespace, interface) in cable.ends() {
            let mut tc = command(self.tree(), "tc");
            tc.args(["-n", namespace, "qdisc"]);
            match rate {
                Some(rate) => {
                    tc.args(["replace", "dev", interface, "root", "tbf"]);
                    tc.args(rate.parameters());
                    process::capture(&mut tc)?;
                }
                // Fails where there was no limit, which is just as well.
                None => {
                    process::succeeds(tc.args(["delete", "dev", interface, "root"]));
                }
            }
        }
        Ok(())
    }

    /// In both directions. What is lost was sent and never arrives, so the
    /// sender hears nothing of it.
    pub(super) fn lose(&self, cable: &Cable, loss: Option<Loss>) -> Result<()> {
        for (namespace, interface) in cable.ends() {
            let table = format!("netdev banyan_loss_{interface}");
            // Added first, because what does not exist cannot be deleted.
            let mut rules = format!("add table {table}\ndelete table {table}\n");
            if let Some(Loss { per_mille }) = loss {
                rules.push_str(&format!(
                    "table {table} {{\nchain arriving {{\n\
                     type filter hook ingress device \"{interface}\" priority 0\n\
                     numgen random mod 1000 < {per_mille} drop\n}}\n}}\n"
                ));
            }
            self.rules(namespace, &rules)?;
        }
        Ok(())
    }

    /// Hands rules to the packet filter of a namespace.
    pub(super) fn rules(&self, namespace: &str, rules: &str) -> Result<()> {
        let mut nft = command(self.tree(), "ip");
        nft.args(["netns", "exec", namespace, "nft", "-f", "-"]);
        process::feed(&mut nft, rules)
    }
}

impl Cable {
    fn ends(&self) -> [(&str, &str); 2] {
        [(&self.machine, &self.interface), (&self.hub, &self.port)]
    }
}

impl Rate {
    /// For the token bucket, which must hold what passes between two of its
    /// looks at the clock.
    fn parameters(self) -> [String; 6] {
        const LOOKS_PER_SECOND: u64 = 100;
        const AT_LEAST: u64 = 32 * 1024;
        let burst = (self.bits_per_second / 8 / LOOKS_PER_SECOND).max(AT_LEAST);
        [
            "rate".to_owned(),
            format!("{}bit", self.bits_per_second),
            "burst".to_owned(),
            format!("{burst}b"),
            "latency".to_owned(),
            "50ms".to_owned(),
        ]
    }
}

impl FromStr for Rate {
    type Err = anyhow::Error;

    /// As `tc` writes it: `500kbit`, `10mbit`, `1gbit`.
    fn from_str(text: &str) -> Result<Self> {
        let units = [
            ("kbit", 1_000),
            ("mbit", 1_000_000),
            ("gbit", 1_000_000_000),
        ];
        let rate = units.iter().find_map(|(unit, bits)| {
            let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
            number.checked_mul(*bits).filter(|rate| *rate > 0)
        });
        let bits_per_second =
            rate.with_context(|| format!("a rate is written like 10mbit or 500kbit, not {text}"))?;
        Ok(Self { bits_per_second })
    }
}

impl FromStr for Loss {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let percent: Option<f64> = text
            .strip_suffix('%')
            .and_then(|number| number.parse().ok())
            .filter(|percent| (0.1..=100.0).contains(percent));
        let Some(percent) = percent else {
            bail!("a loss is written like 5% or 0.5%, up to 100%, not {text}");
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 1000 by the check above"
        )]
        let per_mille = (percent * 10.0).round() as u16;
        Ok(Self { per_mille })
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{} %", f64::from(self.per_mille) / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        let bits = |text: &str| text.parse::<Rate>().map(|rate| rate.bits_per_second);
        assert_eq!(bits("10mbit").unwrap(), 10_000_000);
        assert_eq!(bits("500kbit").unwrap(), 500_000);
        assert_eq!(bits("1gbit").unwrap(), 1_000_000_000);
        for wrong in [
            "",
            "10",
            "0mbit",
            "-1mbit",
            "fastbit",
            "99999999999999999999gbit",
        ] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_bucket_grows_with_the_rate() {
        let burst = |text: &str| text.parse::<Rate>().unwrap().parameters()[3].clone();
        assert_eq!(burst("500kbit"), "32768b");
        assert_eq!(burst("1gbit"), "1250000b");
    }

    #[test]
    fn losses_are_read_as_people_write_them() {
        let share = |text: &str| text.parse::<Loss>().map(|loss| loss.per_mille);
        assert_eq!(share("5%").unwrap(), 50);
        assert_eq!(share("0.5%").unwrap(), 5);
        assert_eq!(share("100%").unwrap(), 1000);
        for wrong in ["5", "0%", "101%", "%", "NaN%", "-5%"] {
            assert!(wrong.parse::<Loss>().is_err(), "{wrong}");
        }
    }
}
