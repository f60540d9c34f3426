//! Ways to choose a machine.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// The router; with the truth it knows real speeds, real lengths and the
    /// state of this very moment.
    Router { truth: bool, in_line: bool },
    /// Straight to a machine and into its line.
    Direct(Rule),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Random,
    RoundRobin,
    LeastConnections,
    PowerOfTwo,
}

pub(crate) const ORACLE: Policy = Policy::Router {
    truth: true,
    in_line: true,
};
pub(crate) const BANYAN: Policy = Policy::Router {
    truth: false,
    in_line: true,
};
/// Nobody is called: whoever was turned away hears of a free slot with everybody
/// else.
pub(crate) const NEWS_ONLY: Policy = Policy::Router {
    truth: false,
    in_line: false,
};

pub(crate) const ALL: &[(&str, Policy)] = &[
    ("oracle", ORACLE),
    ("banyan", BANYAN),
    ("banyan, without lines", NEWS_ONLY),
    ("least connections", Policy::Direct(Rule::LeastConnections)),
    ("power of two", Policy::Direct(Rule::PowerOfTwo)),
    ("round robin", Policy::Direct(Rule::RoundRobin)),
    ("random", Policy::Direct(Rule::Random)),
];

impl Policy {
    pub(crate) fn stays_in_line(self) -> bool {
        match self {
            Policy::Router { in_line, .. } => in_line,
            Policy::Direct(_) => true,
        }
    }

    /// The rivals have nowhere else to go.
    pub(crate) fn longest_line(self) -> usize {
        match self {
            Policy::Router { .. } => 64,
            Policy::Direct(_) => usize::MAX,
        }
    }
}
