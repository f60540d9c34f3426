//! What serves models here, or why nothing does.

use std::time::Duration;

use infer::{
    Failure, Kind, Reach,
    watcher::{Seen, Standing, View},
};
use tokio::time::timeout;

use super::{Check, CheckId};
use crate::{
    Handle,
    backends::OLLAMA,
    finding::Finding,
    host::{Host, System},
};

/// Small, and of use on most machines.
const FIRST_MODEL: &str = "banyan models pull llama3.2";

/// A node that has just started has not looked at everything.
const FIRST_LOOK: Duration = Duration::from_secs(2);

pub(super) async fn examine(node: &Handle) -> Vec<Check> {
    let seen = looked_at(node).await;
    let host = &node.shared().host;
    let around = Around {
        system: host.system(),
        installed: host.find("ollama").is_some() || has_application(host),
        is_service: host.place("etc/systemd/system/ollama.service").exists(),
        others_answer: node.models().view().can_chat(),
    };
    let views = seen.iter().map(|(id, view)| (id.as_str(), view));
    views
        .map(|(name, view)| of_view(name, view).judged(&around))
        .collect()
}

async fn looked_at(node: &Handle) -> Seen {
    let mut seen = node.backends().watch();
    let all = |seen: &Seen| {
        let mut views = seen.iter();
        let has_ollama = seen.iter().any(|(id, _)| id.as_str() == OLLAMA);
        has_ollama && views.all(|(_, view)| view.standing != Standing::Unknown)
    };
    // One that takes its time is told as one that was not looked at.
    let _ = timeout(FIRST_LOOK, seen.wait_for(all)).await;
    node.backends().seen()
}

/// The application of macOS has its program inside.
fn has_application(host: &Host) -> bool {
    host.system() == System::Macos && host.place("Applications/Ollama.app").exists()
}

/// What decides about a server that does not answer.
#[derive(Debug, Clone, Copy)]
struct Around {
    system: System,
    installed: bool,
    /// The system starts it.
    is_service: bool,
    others_answer: bool,
}

/// One server as it is seen.
#[derive(Debug, Clone)]
struct Server {
    name: String,
    kind: Kind,
    address: String,
    reach: Reach,
    standing: Standing,
    version: Option<String>,
    models: usize,
    trouble: Option<Failure>,
    /// The one that is looked for by itself.
    is_ollama: bool,
}

fn of_view(name: &str, view: &View) -> Server {
    let is_ollama = name == OLLAMA;
    let shown = if is_ollama { "Ollama" } else { name };
    Server {
        name: shown.to_owned(),
        kind: view.backend.kind(),
        address: view.backend.address().unwrap_or_default(),
        reach: view.reach,
        standing: view.standing,
        version: view.version.clone(),
        models: view.models.len(),
        trouble: view.trouble.clone(),
        is_ollama,
    }
}

impl Server {
    fn judged(self, around: &Around) -> Check {
        let finding = match self.standing {
            Standing::Up => self.up(),
            Standing::Down => self.away(around),
            Standing::Silent => Finding::BackendSilent {
                name: self.name,
                address: self.address,
            },
            Standing::Broken => self.broken(),
            Standing::Unknown => Finding::BackendNotLookedAt {
                name: self.name,
                address: self.address,
            },
        };
        let command = command(&finding, around);
        Check::new(CheckId::Backends, finding).with_command(command)
    }

    fn up(self) -> Finding {
        let Self {
            name,
            address,
            models,
            ..
        } = self;
        match (self.kind, self.version) {
            (Kind::Ollama, version) if models == 0 => Finding::OllamaWithoutModels {
                name,
                address,
                version: version.unwrap_or_default(),
            },
            (Kind::OpenAi | Kind::Embedded, _) if models == 0 => {
                Finding::BackendWithoutModels { name, address }
            }
            _ if self.reach == Reach::Beyond => Finding::BackendFar {
                name,
                address,
                models,
            },
            (_, Some(version)) => Finding::BackendGood {
                name,
                address,
                version,
                models,
            },
            (_, None) => Finding::BackendGoodUnversioned {
                name,
                address,
                models,
            },
        }
    }

    fn away(self, around: &Around) -> Finding {
        let (name, reason) = (self.name.clone(), self.reason());
        let address = self.address;
        if !self.is_ollama {
            return Finding::BackendDown {
                name,
                address,
                reason,
            };
        }
        match self.reach {
            Reach::Lan | Reach::Beyond => Finding::OllamaElsewhere { address, reason },
            Reach::ThisMachine if around.installed => Finding::OllamaStopped { address },
            Reach::ThisMachine if around.others_answer => Finding::OllamaAway { address },
            Reach::ThisMachine => Finding::OllamaMissing {},
        }
    }

    fn broken(self) -> Finding {
        let (name, reason) = (self.name.clone(), self.reason());
        let address = self.address;
        if matches!(self.trouble, Some(Failure::Forbidden { .. })) {
            Finding::BackendLocked {
                name,
                address,
                reason,
            }
        } else {
            Finding::BackendBroken {
                name,
                address,
                reason,
            }
        }
    }

    fn reason(&self) -> String {
        let trouble = self.trouble.as_ref();
        trouble.map_or_else(String::new, ToString::to_string)
    }
}

/// What a person could type.
fn command(finding: &Finding, around: &Around) -> &'static str {
    match (finding, around.system) {
        (Finding::OllamaWithoutModels { .. }, _) => FIRST_MODEL,
        (Finding::OllamaMissing {}, System::Linux) => {
            "curl -fsSL https://ollama.com/install.sh | sh"
        }
        (Finding::OllamaMissing {}, System::Macos) => "brew install ollama",
        (Finding::OllamaMissing {}, System::Windows) => "winget install Ollama.Ollama",
        (Finding::OllamaStopped { .. }, System::Linux) if around.is_service => {
            "sudo systemctl start ollama"
        }
        (Finding::OllamaStopped { .. }, System::Macos) if !around.is_service => "open -a Ollama",
        (Finding::OllamaStopped { .. }, _) => "ollama serve",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Outcome;

    const BARE: Around = Around {
        system: System::Linux,
        installed: false,
        is_service: false,
        others_answer: false,
    };

    fn ollama(standing: Standing, models: usize) -> Server {
        Server {
            name: "Ollama".to_owned(),
            kind: Kind::Ollama,
            address: "http://127.0.0.1:11434".to_owned(),
            reach: Reach::ThisMachine,
            standing,
            version: Some("0.33.0".to_owned()),
            models,
            trouble: None,
            is_ollama: true,
        }
    }

    fn by_hand(standing: Standing, trouble: Option<Failure>) -> Server {
        Server {
            name: "box".to_owned(),
            kind: Kind::OpenAi,
            version: None,
            trouble,
            is_ollama: false,
            ..ollama(standing, 1)
        }
    }

    fn found(server: Server, around: &Around) -> (&'static str, Outcome, String) {
        let check = server.judged(around);
        let command = check.command.unwrap_or_default();
        (check.finding.code(), check.outcome, command)
    }

    #[test]
    fn an_ollama_that_answers_is_good_and_without_models_says_how_to_get_one() {
        let good = found(ollama(Standing::Up, 2), &BARE);
        assert_eq!(good, ("backend_good", Outcome::Good, String::new()));
        let (code, outcome, command) = found(ollama(Standing::Up, 0), &BARE);
        assert_eq!((code, outcome), ("ollama_without_models", Outcome::Warning));
        assert_eq!(command, "banyan models pull llama3.2");
    }

    #[test]
    fn without_ollama_the_fix_fits_the_system_and_what_is_there() {
        let away = |around: Around| found(ollama(Standing::Down, 0), &around);
        let (code, _, command) = away(BARE);
        assert_eq!(code, "ollama_missing");
        assert!(command.contains("ollama.com/install.sh"), "{command}");
        for (system, word) in [(System::Windows, "winget"), (System::Macos, "brew")] {
            let (code, _, command) = away(Around { system, ..BARE });
            assert_eq!(code, "ollama_missing");
            assert!(command.starts_with(word), "{command}");
        }
        let installed = Around {
            installed: true,
            ..BARE
        };
        assert_eq!(away(installed).0, "ollama_stopped");
        assert_eq!(away(installed).2, "ollama serve");
        let service = Around {
            is_service: true,
            ..installed
        };
        assert_eq!(away(service).2, "sudo systemctl start ollama");
        let served = Around {
            others_answer: true,
            ..BARE
        };
        let away_and_served = ("ollama_away", Outcome::Good, String::new());
        assert_eq!(away(served), away_and_served);
        let set = Server {
            reach: Reach::Lan,
            ..ollama(Standing::Down, 0)
        };
        assert_eq!(found(set, &installed).0, "ollama_elsewhere");
    }

    #[test]
    fn servers_added_by_hand_have_their_own_words() {
        let words = || "no".to_owned();
        for (server, code) in [
            (by_hand(Standing::Up, None), "backend_good_unversioned"),
            (
                by_hand(Standing::Down, Some(Failure::Absent { reason: words() })),
                "backend_down",
            ),
            (by_hand(Standing::Silent, None), "backend_silent"),
            (
                by_hand(
                    Standing::Broken,
                    Some(Failure::Forbidden { words: words() }),
                ),
                "backend_locked",
            ),
            (
                by_hand(Standing::Broken, Some(Failure::Garbage { reason: words() })),
                "backend_broken",
            ),
            (by_hand(Standing::Unknown, None), "backend_not_looked_at"),
        ] {
            assert_eq!(found(server, &BARE).0, code);
        }
        let empty = Server {
            models: 0,
            ..by_hand(Standing::Up, None)
        };
        assert_eq!(found(empty, &BARE).0, "backend_without_models");
        let far = Server {
            reach: Reach::Beyond,
            ..by_hand(Standing::Up, None)
        };
        assert_eq!(
            found(far, &BARE),
            ("backend_far", Outcome::Good, String::new())
        );
    }
}
