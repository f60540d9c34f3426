//! What becomes of a packet that a machine nearby sends to one of our ports.
//!
//! A rule either concerns such a packet for sure, or for sure not, or nobody
//! can tell from here. So a packet has all the fates that are possible.

use super::ruleset::{Chain, Rule, Ruleset, Term};

/// Chains that jump to each other end somewhere; this ends those that do not.
const DEEPEST: usize = 16;

/// What may become of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fate {
    accepted: bool,
    dropped: bool,
    /// Nothing decided about it.
    passes: bool,
}

const ACCEPTED: Fate = fate(true, false, false);
const DROPPED: Fate = fate(false, true, false);
const PASSES: Fate = fate(false, false, true);
const ANYTHING: Fate = fate(true, true, true);

const fn fate(accepted: bool, dropped: bool, passes: bool) -> Fate {
    Fate {
        accepted,
        dropped,
        passes,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Concerns {
    No,
    Maybe,
    Yes,
}

struct Packet<'a> {
    protocol: &'a str,
    port: u16,
}

impl Fate {
    pub(super) fn of(rules: &Ruleset, entrance: &Chain, protocol: &str, port: u16) -> Self {
        let packet = Packet { protocol, port };
        let mut fate = packet.in_chain(rules, entrance, 0);
        if std::mem::take(&mut fate.passes) {
            fate.dropped |= entrance.drops_the_rest;
            fate.accepted |= !entrance.drops_the_rest;
        }
        fate
    }

    pub(super) fn may_be_dropped(self) -> bool {
        self.dropped
    }

    pub(super) fn is_dropped(self) -> bool {
        self.dropped && !self.accepted
    }
}

impl Packet<'_> {
    fn in_chain(&self, rules: &Ruleset, chain: &Chain, depth: usize) -> Fate {
        let mut fate = Fate::default();
        if depth > DEEPEST {
            return ANYTHING;
        }
        for rule in &chain.rules {
            let concerns = self.concerned_by(rule);
            let Some((verdict, named)) = verdict(rule) else {
                continue;
            };
            if concerns == Concerns::No {
                continue;
            }
            let decided = match (verdict, named) {
                ("accept", _) => ACCEPTED,
                ("drop" | "reject", _) => DROPPED,
                ("return", _) => PASSES,
                ("jump" | "goto", Some(name)) => match rules.beside(chain, name) {
                    Some(next) => self.in_chain(rules, next, depth + 1),
                    None => ANYTHING,
                },
                _ => ANYTHING,
            };
            fate.accepted |= decided.accepted;
            fate.dropped |= decided.dropped;
            // Neither comes back to the next rule.
            let leaves = matches!(verdict, "return" | "goto");
            fate.passes |= leaves && decided.passes;
            if concerns == Concerns::Yes && (leaves || !decided.passes) {
                return fate;
            }
        }
        fate.passes = true;
        fate
    }

    fn concerned_by(&self, rule: &Rule) -> Concerns {
        let mut terms = &rule[..];
        let mut concerns = Concerns::Yes;
        while let Some((known, rest)) = self.condition(terms) {
            match known {
                Concerns::No => return Concerns::No,
                Concerns::Maybe => concerns = Concerns::Maybe,
                Concerns::Yes => {}
            }
            terms = rest;
        }
        concerns
    }

    /// What the first condition says, and what stands behind it; None where
    /// only the verdict is left.
    fn condition<'rule>(&self, terms: &'rule [Term]) -> Option<(Concerns, &'rule [Term])> {
        let word = |at: usize| match terms.get(at) {
            Some(Term::Word(word)) => word.as_str(),
            Some(Term::Set(_)) | None => "",
        };
        let after = |count: usize| terms.get(count..).unwrap_or_default();
        terms.first()?;
        let value = terms.get(2);
        Some(match (word(0), word(1)) {
            ("accept" | "drop" | "reject" | "jump" | "goto" | "return" | "queue", _) => {
                return None;
            }
            ("counter", "packets") => (Concerns::Yes, after(5)),
            ("counter", _) => (Concerns::Yes, after(1)),
            ("comment", _) => (Concerns::Yes, after(2)),
            ("log", _) => (Concerns::Yes, after_log(terms)),
            ("tcp" | "udp", "dport") if word(0) == self.protocol => self.by_port(value, after(3)),
            ("th", "dport") => self.by_port(value, after(3)),
            ("tcp" | "udp" | "icmp" | "icmpv6" | "igmp" | "ip6" | "sctp" | "dccp", _)
                if word(0) != self.protocol =>
            {
                (Concerns::No, after(1))
            }
            // A verdict for each state.
            ("ct", "state") if word(2) == "vmap" => (of_new(terms.get(3)), after(4)),
            ("ct", "state") => (of_new(value), after(3)),
            ("iif" | "iifname", "lo") => (Concerns::No, after(2)),
            ("iif" | "iifname", "!=") if word(2) == "lo" => (Concerns::Yes, after(3)),
            ("meta", "l4proto") | ("ip", "protocol") => (self.by_protocol(value), after(3)),
            ("meta", "nfproto") => {
                let ours = if word(2) == "ipv4" {
                    Concerns::Yes
                } else {
                    Concerns::No
                };
                (ours, after(3))
            }
            _ => (Concerns::Maybe, after(1)),
        })
    }

    fn by_port<'rule>(
        &self,
        ports: Option<&Term>,
        rest: &'rule [Term],
    ) -> (Concerns, &'rule [Term]) {
        match ports {
            Some(Term::Word(not)) if not == "!=" => {
                let (concerns, rest) = match rest.split_first() {
                    Some((ports, rest)) => (self.holds_port(ports), rest),
                    None => (Concerns::Maybe, rest),
                };
                (concerns.opposite(), rest)
            }
            Some(ports) => (self.holds_port(ports), rest),
            None => (Concerns::Maybe, rest),
        }
    }

    fn holds_port(&self, ports: &Term) -> Concerns {
        any_of(ports, |part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (first.parse::<u16>(), last.parse::<u16>()) {
                (Ok(first), Ok(last)) if (first..=last).contains(&self.port) => Concerns::Yes,
                (Ok(_), Ok(_)) => Concerns::No,
                _ => Concerns::Maybe,
            }
        })
    }

    fn by_protocol(&self, protocols: Option<&Term>) -> Concerns {
        protocols.map_or(Concerns::Maybe, |protocols| {
            any_of(protocols, |name| match name {
                name if name == self.protocol => Concerns::Yes,
                name if name.starts_with('@') || name == "!=" => Concerns::Maybe,
                _ => Concerns::No,
            })
        })
    }
}

impl Concerns {
    fn opposite(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

fn any_of(term: &Term, is: impl Fn(&str) -> Concerns) -> Concerns {
    let found: Vec<_> = match term {
        Term::Word(word) => word.split(',').map(is).collect(),
        Term::Set(words) => words.iter().map(|word| is(word)).collect(),
    };
    if found.contains(&Concerns::Yes) {
        Concerns::Yes
    } else if found.contains(&Concerns::Maybe) {
        Concerns::Maybe
    } else {
        Concerns::No
    }
}

/// Whoever opens a connection is new to the firewall.
fn of_new(states: Option<&Term>) -> Concerns {
    states.map_or(Concerns::Maybe, |states| {
        any_of(states, |state| match state {
            "new" => Concerns::Yes,
            state if state.starts_with(['!', '@', '$']) => Concerns::Maybe,
            _ => Concerns::No,
        })
    })
}

/// `log prefix "…" level info` and the like.
fn after_log(terms: &[Term]) -> &[Term] {
    let mut rest = terms.get(1..).unwrap_or_default();
    while let [Term::Word(option), _, more @ ..] = rest
        && matches!(option.as_str(), "prefix" | "level" | "flags" | "group")
    {
        rest = more;
    }
    rest
}

/// The verdict, and the chain it names.
fn verdict(rule: &Rule) -> Option<(&str, Option<&str>)> {
    rule.iter().enumerate().find_map(|(at, term)| {
        let Term::Word(word) = term else {
            return None;
        };
        let verdicts = [
            "accept", "drop", "reject", "jump", "goto", "return", "queue", "vmap",
        ];
        verdicts.contains(&word.as_str()).then(|| {
            let next = rule.get(at + 1).and_then(|term| match term {
                Term::Word(word) => Some(word.as_str()),
                Term::Set(_) => None,
            });
            (word.as_str(), next)
        })
    })
}
