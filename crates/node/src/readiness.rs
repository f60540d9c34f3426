//! Whether something could answer a question now; looked up when asked.

use infer::ollama::{LIMIT, Ollama, Unreachable};
use tokio::sync::OnceCell;

use crate::finding::Obstacle;

/// Whether a question could be answered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pub ready: bool,
    /// One for each place that was considered.
    pub obstacles: Vec<Obstacle>,
}

/// Looks for what answers questions.
#[derive(Debug, Default)]
pub(crate) struct Lookout {
    /// Made at the first look: it reads the system's certificates.
    ollama: OnceCell<Ollama>,
}

impl Lookout {
    pub(crate) async fn look(&self, address: &str) -> Readiness {
        let address = address.trim_end_matches('/').to_owned();
        let found = match self.ollama().await {
            Ok(ollama) => ollama.probe(&address).await,
            Err(error) => Err(error),
        };
        let obstacle = match found {
            // Sending questions comes with the work on language models.
            Ok(found) => Obstacle::OllamaUnused {
                address,
                version: found.version,
                models: found.models,
            },
            Err(Unreachable::Absent { .. }) => Obstacle::OllamaAbsent { address },
            Err(Unreachable::Broken { reason }) => Obstacle::OllamaBroken { address, reason },
        };
        Readiness {
            ready: false,
            obstacles: vec![obstacle],
        }
    }

    async fn ollama(&self) -> Result<&Ollama, Unreachable> {
        self.ollama
            .get_or_try_init(|| async {
                let made = tokio::task::spawn_blocking(|| Ollama::new(LIMIT)).await;
                made.unwrap_or_else(|error| {
                    Err(Unreachable::Broken {
                        reason: error.to_string(),
                    })
                })
            })
            .await
    }
}
