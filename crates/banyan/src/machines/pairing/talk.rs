//! What is said on the way to the end of a pairing.

use std::io;

use anstyle::Style;
use api::{
    ApiError, Code,
    dto::{Machine, PairingOutcome, Peer, Relation},
};

use super::{super::words, Stage, Way};
use crate::{
    cli::PairOptions,
    terminal::{self, ACCENT, BAD, BOLD, FAINT, GOOD, Table, paint},
};

#[derive(Debug, Clone, Copy)]
pub(super) struct Talk {
    /// Another program listens, and wants one document.
    pub(super) silent: bool,
    pub(super) way: Way,
    /// A person sits at the terminal.
    pub(super) asks: bool,
}

impl Talk {
    pub(super) fn begun(self, peer: &Peer, stage: &Stage) {
        if *stage == Stage::CodeComes && self.way == Way::Ask {
            self.say(&format!(
                "Asking {} for pairing. Open the request there within a minute: in its window, \
                 or with `banyan accept`.\n",
                words::name_and_id(peer)
            ));
        }
    }

    pub(super) fn code(self, here: Option<&Machine>, peer: &Peer, code: &str) {
        let mut table = Table::default();
        let mut row = |label: &str, style, text: String, id: &str| {
            table.row([
                (FAINT, label.to_owned()),
                (style, text),
                (FAINT, id.to_owned()),
            ]);
        };
        if let Some(here) = here {
            row("Here", Style::new(), here.name.clone(), &here.short_id);
        }
        let name = words::name(peer).to_owned();
        row("There", Style::new(), name, &peer.short_id);
        row("Code", BOLD, in_groups(code), "");
        self.say(&format!("\n{}\n", table.text("  ")));
    }

    /// Whether the person says that the codes are the same. Anything but a yes
    /// is a no.
    pub(super) async fn ask(self, there: &str) -> Result<bool, ApiError> {
        self.say(&format!("Does {there} show the same code? [y/N] "));
        let reading = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|_| line)
        });
        let unread = |reason: String| ApiError::new(Code::Internal, [("reason", reason)]);
        let line = reading
            .await
            .map_err(|error| unread(error.to_string()))?
            .map_err(|error| unread(error.to_string()))?;
        let word = line.trim().to_lowercase();
        Ok(matches!(word.as_str(), "y" | "yes"))
    }

    pub(super) fn confirmed(self, there: &str) {
        self.say(&format!(
            "The codes are the same here; waiting for {there} to say so too.\n"
        ));
    }

    fn say(self, text: &str) {
        if !self.silent {
            terminal::print(text);
        }
    }
}

/// Nobody was there to compare the codes.
pub(super) fn what_to_run(peer: &Peer, options: &PairOptions, way: Way) -> String {
    let command = match way {
        Way::Ask => "pair",
        Way::Open => "accept",
    };
    let mine = if options.mine { " --mine" } else { "" };
    let run = format!("banyan {command} {} --code CODE{mine}", peer.short_id);
    format!(
        "Look at the code that {} shows, and run this within a minute:\n  {}\n",
        words::name(peer),
        paint(ACCENT, run)
    )
}

pub(super) fn outcome(peer: &Peer, options: &PairOptions, outcome: PairingOutcome) -> String {
    let name = words::name(peer);
    let (title, text, fix) = match outcome {
        PairingOutcome::Paired => return paired(peer, options),
        PairingOutcome::CodesDiffer => (
            "The codes are different".to_owned(),
            "Nothing was trusted. Somebody may stand between the two machines.".to_owned(),
            "Compare again. If they differ again, ask whoever looks after this network.",
        ),
        PairingOutcome::CodesDifferThere => (
            format!("At {name} somebody said that the codes are different"),
            "Nothing was trusted. Somebody may stand between the two machines.".to_owned(),
            "Compare again. If they differ again, ask whoever looks after this network.",
        ),
        PairingOutcome::Cancelled => (
            "The pairing was cancelled".to_owned(),
            format!("Here or at {name} somebody ended it."),
            "",
        ),
        PairingOutcome::TimedOut => (
            format!("{name} did not answer in time"),
            "A request waits for a minute, and so does a code.".to_owned(),
            "Ask again when somebody is at the other machine.",
        ),
        PairingOutcome::Broken => (
            "The connection broke".to_owned(),
            "Nothing was trusted.".to_owned(),
            "Try again.",
        ),
        PairingOutcome::NotReached => (
            format!("{name} was not reached"),
            "It may be switched off, or a firewall is between the two.".to_owned(),
            "`banyan doctor`, here and there, says what is in the way.",
        ),
        PairingOutcome::TooOften => (
            format!("{name} hears no more requests from here for now"),
            "It takes three in ten minutes, cancelled ones included, so that nobody can guess a code."
                .to_owned(),
            "Wait ten minutes, or let the other side ask: `banyan pair` there.",
        ),
        PairingOutcome::NotKept => (
            "The pairing could not be kept".to_owned(),
            "The data folder cannot be written, so nothing was trusted here.".to_owned(),
            "`banyan doctor` says why; then pair again.",
        ),
    };
    let title = format!("{} {title}", paint(BAD, "✗"));
    terminal::paragraphs(&title, "  ", &text, fix)
}

fn paired(peer: &Peer, options: &PairOptions) -> String {
    let title = format!(
        "{} Paired with {}",
        paint(GOOD, "✓"),
        words::name_and_id(peer)
    );
    let id = &peer.short_id;
    let (text, fix) = match (peer.relation, options.mine) {
        (Some(Relation::Mine), _) => ("Both machines are yours.", String::new()),
        (_, true) => (
            "It counts as someone else's: the other side did not say that it is yours.",
            format!("`banyan forget {id}`, then pair with --mine on both sides."),
        ),
        (_, false) if peer.permissions.iter().any(|one| one.allowed) => (
            "It is someone else's, and may do here what this way of joining allows.",
            format!("`banyan deny {id} llm.use` keeps it from shared models."),
        ),
        (_, false) => (
            "It is someone else's, and may do nothing here until you allow it.",
            format!("`banyan allow {id} llm.use` lets it use shared models."),
        ),
    };
    terminal::paragraphs(&title, "  ", text, &fix)
}

fn in_groups(code: &str) -> String {
    match (code.get(..3), code.get(3..)) {
        (Some(first), Some(second)) => format!("{first} {second}"),
        _ => code.to_owned(),
    }
}
