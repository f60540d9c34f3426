use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Notice;

/// Whether anything could answer a question now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatReadiness {
    pub ready: bool,
    /// Why not, one entry for each place that was considered.
    pub reasons: Vec<Notice>,
}
