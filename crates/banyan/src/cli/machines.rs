//! The commands about other machines.

use clap::{Args, CommandFactory as _, Subcommand, ValueEnum, error::ErrorKind};

use super::Cli;

#[derive(Debug, Subcommand)]
pub(crate) enum MachineCommand {
    /// List the machines that are near, and those about which something was decided
    Peers,
    /// Ask a machine for pairing, and compare the code that both show
    ///
    /// Somebody at the other machine has to open the request, with `banyan
    /// accept` or in its window. Then both show a code of six digits; the
    /// machines are paired once both sides say that it is the same. Without a
    /// terminal and without --code the command ends when the code is there, and
    /// the same command with --code goes on from there. Ctrl+C cancels.
    Pair(PairOptions),
    /// Open the request of a machine that asks for pairing, and compare the code
    Accept(PairOptions),
    /// Allow a paired machine something here
    Allow(AllowOptions),
    /// Deny a paired machine something here
    Deny {
        #[command(flatten)]
        peer: PeerArgument,
        permission: Permission,
    },
    /// Block a machine: it is neither dialled nor answered
    Block(PeerArgument),
    /// Make a blocked machine a stranger again
    Unblock(PeerArgument),
    /// End trust in a machine and forget what was decided about it
    Forget(PeerArgument),
    /// Take the name that a machine has given itself since it was paired
    AdoptName(PeerArgument),
    /// Show what was decided, refused and handed out, newest first
    Audit {
        /// Only what is about this machine
        peer: Option<String>,
        /// How many entries
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PeerArgument {
    /// The machine: its name, its id, or the beginning of its id
    pub(crate) peer: String,
}

#[derive(Debug, Args)]
pub(crate) struct PairOptions {
    /// The machine: its name, its id, the beginning of its id, its address such
    /// as 192.168.1.20 or atlas.local:7878, or a ticket from there
    pub(crate) peer: String,

    /// The code that the other machine shows; is it the same, the answer is yes
    #[arg(long, value_parser = six_digits)]
    pub(crate) code: Option<String>,

    /// Both machines are yours; holds only where both sides say so
    #[arg(long)]
    pub(crate) mine: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AllowOptions {
    #[command(flatten)]
    pub(crate) peer: PeerArgument,

    pub(crate) permission: Permission,

    /// For so long, such as 30m, 2h or 7d
    #[arg(long = "for", value_name = "TIME", value_parser = minutes, conflicts_with = "once")]
    pub(crate) minutes: Option<u32>,

    /// For a single use
    #[arg(long)]
    pub(crate) once: bool,

    /// Of llm.use: only these models, with commas between them
    #[arg(long, value_name = "MODEL", value_delimiter = ',')]
    pub(crate) models: Vec<String>,

    /// Of llm.use: the longest answer, in tokens
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_tokens: Option<u32>,

    /// Of llm.use: how many questions a minute
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,

    /// Of llm.use: how many answers at the same time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) parallel: Option<u32>,

    /// Of files.read: only this shared folder; may be given several times
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Permission {
    /// Send questions to shared models
    #[value(name = "llm.use")]
    LlmUse,
    /// Read files of shared folders
    #[value(name = "files.read")]
    FilesRead,
    /// Copy models from disk to disk
    #[value(name = "models.copy")]
    ModelsCopy,
    /// Change settings and decide in this machine's name
    #[value(name = "admin")]
    Admin,
}

impl AllowOptions {
    pub(crate) fn limits_models(&self) -> bool {
        !self.models.is_empty()
            || self.max_tokens.is_some()
            || self.rate.is_some()
            || self.parallel.is_some()
    }

    /// Limits of one permission say nothing about another, and must not seem to.
    pub(super) fn check(&self) -> Result<(), clap::Error> {
        let mistake = if self.limits_models() && self.permission != Permission::LlmUse {
            "--models, --max-tokens, --rate and --parallel belong to llm.use"
        } else if !self.folder.is_empty() && self.permission != Permission::FilesRead {
            "--folder belongs to files.read"
        } else {
            return Ok(());
        };
        Err(Cli::command().error(ErrorKind::ArgumentConflict, mistake))
    }
}

impl From<Permission> for api::dto::Permission {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::LlmUse => Self::LlmUse,
            Permission::FilesRead => Self::FilesRead,
            Permission::ModelsCopy => Self::ModelsCopy,
            Permission::Admin => Self::Admin,
        }
    }
}

/// People write a code as they read it: in groups, and with the digits that a
/// window in Persian shows.
fn six_digits(text: &str) -> Result<String, &'static str> {
    let digits: Option<String> = text
        .chars()
        .filter(|char| !matches!(char, ' ' | '-'))
        .map(digit)
        .collect();
    digits
        .filter(|digits| digits.len() == 6)
        .ok_or("a code has six digits, such as 123456 or \"123 456\"")
}

fn digit(char: char) -> Option<char> {
    let zero = match char {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return None,
    };
    char::from_digit(u32::from(char) - u32::from(zero), 10)
}

fn minutes(text: &str) -> Result<u32, &'static str> {
    const WRONG: &str = "write it like 30m, 2h or 7d";
    let (number, of_unit) = match text.char_indices().next_back() {
        Some((at, 'm')) => (text.get(..at), 1),
        Some((at, 'h')) => (text.get(..at), 60),
        Some((at, 'd')) => (text.get(..at), 24 * 60),
        _ => (None, 0),
    };
    let number: u32 = number.and_then(|text| text.parse().ok()).ok_or(WRONG)?;
    let minutes = number.checked_mul(of_unit).ok_or("that is too long")?;
    if minutes == 0 {
        return Err("that is no time at all");
    }
    Ok(minutes)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Command;

    fn allowed(arguments: &[&str]) -> Result<AllowOptions, clap::Error> {
        let start = ["banyan", "allow", "bert"];
        let cli = Cli::try_parse_from(start.iter().chain(arguments))?;
        let Command::Machines(MachineCommand::Allow(options)) = cli.command else {
            panic!("another command");
        };
        options.check().map(|()| options)
    }

    #[test]
    fn codes_are_read_in_groups() {
        for text in ["012345", "012 345", "012-345", "۰۱۲ ۳۴۵", "٠١٢٣٤٥"] {
            assert_eq!(six_digits(text).unwrap(), "012345");
        }
        for text in ["", "12345", "1234567", "12345x", "১২৩৪৫৬"] {
            assert!(six_digits(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_have_a_unit() {
        for (text, expected) in [("30m", 30), ("2h", 120), ("7d", 10_080)] {
            assert_eq!(minutes(text).unwrap(), expected);
        }
        for text in ["", "h", "2", "2 h", "2y", "-2h", "0m", "4000000d", "2ü"] {
            assert!(minutes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn limits_stand_only_with_what_they_limit() {
        let options = allowed(&["llm.use", "--models", "a,b", "--rate", "5"]).unwrap();
        assert_eq!(options.models, ["a", "b"]);
        assert!(allowed(&["files.read", "--folder", "papers"]).is_ok());
        for wrong in [
            &["admin", "--rate", "5"][..],
            &["files.read", "--models", "a"],
            &["llm.use", "--folder", "papers"],
            &["llm.use", "--for", "2h", "--once"],
            &["llm.use", "--parallel", "0"],
            &["everything"],
        ] {
            assert_eq!(allowed(wrong).unwrap_err().exit_code(), 2, "{wrong:?}");
        }
    }
}
