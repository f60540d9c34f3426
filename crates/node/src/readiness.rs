//! Whether something could answer a question now; looked up when asked.

use infer::{
    Backend as _, Failure, Reach,
    ollama::{self, LOOKING, Ollama},
};
use tokio::time::timeout;

use crate::finding::Obstacle;

/// Whether a question could be answered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pub ready: bool,
    /// One for each place that was considered.
    pub obstacles: Vec<Obstacle>,
}

impl Readiness {
    pub(crate) fn ready() -> Self {
        Self {
            ready: true,
            obstacles: Vec::new(),
        }
    }
}

/// Why nothing here answers questions.
pub(crate) async fn look(address: &str) -> Readiness {
    let address = address.trim_end_matches('/').to_owned();
    let found = timeout(LOOKING, ollama(&address)).await;
    let obstacle = match found {
        Ok(Ok((_, models))) if models > 0 => return Readiness::ready(),
        Ok(Ok((version, _))) => Obstacle::OllamaEmpty { address, version },
        Ok(Err(Failure::Absent { .. } | Failure::Silent { .. })) | Err(_) => {
            Obstacle::OllamaAbsent { address }
        }
        Ok(Err(Failure::Garbage { reason } | Failure::BrokeOff { reason })) => {
            Obstacle::OllamaBroken { address, reason }
        }
        Ok(Err(failure)) => Obstacle::OllamaBroken {
            address,
            reason: failure.to_string(),
        },
    };
    Readiness {
        ready: false,
        obstacles: vec![obstacle],
    }
}

/// Its version, and how many models it has.
async fn ollama(address: &str) -> Result<(String, usize), Failure> {
    let garbage = |reason: String| Failure::Garbage { reason };
    let place = ollama::place(address).map_err(|error| garbage(error.to_string()))?;
    // The owner named this place.
    let ollama = Ollama::new(place, Reach::Beyond).map_err(|error| garbage(error.to_string()))?;
    let version = ollama.probe().await?.version.unwrap_or_default();
    let models = ollama.models().await?.len();
    Ok((version, models))
}
