use tracing::{Metadata, level_filters::LevelFilter};
use tracing_subscriber::filter::Targets;

use crate::config::LogLevel;

/// Our own crates; the level a person sets is about them.
const OURS: &[&str] = &[
    "banyan",
    "banyan_desktop",
    "gateway",
    "api",
    "node",
    "mesh",
    "chat",
    "infer",
    "library",
];

#[derive(Debug)]
pub(super) struct Filter {
    targets: Targets,
    /// `RUST_LOG` decides and settings change nothing.
    fixed: bool,
}

impl Filter {
    /// Directives that cannot be read are as good as none.
    pub(super) fn new(directives: Option<&str>) -> Self {
        let given = directives.filter(|text| !text.trim().is_empty());
        match given.and_then(|text| text.parse().ok()) {
            Some(targets) => Self {
                targets,
                fixed: true,
            },
            None => Self {
                targets: targets(LogLevel::Info),
                fixed: false,
            },
        }
    }

    /// Tells whether that changed anything.
    pub(super) fn set_level(&mut self, level: LogLevel) -> bool {
        let wanted = targets(level);
        let changes = !self.fixed && self.targets != wanted;
        if changes {
            self.targets = wanted;
        }
        changes
    }

    pub(super) fn lets_pass(&self, metadata: &Metadata<'_>) -> bool {
        self.targets
            .would_enable(metadata.target(), metadata.level())
    }

    pub(super) fn widest(&self) -> Option<LevelFilter> {
        self.targets
            .iter()
            .map(|(_, level)| level)
            .chain(self.targets.default_level())
            .max()
    }
}

/// Other people's crates fill pages below WARN with what helps only their authors.
fn targets(wanted: LogLevel) -> Targets {
    let level = match wanted {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OURS.iter().map(|target| (*target, level)))
}
