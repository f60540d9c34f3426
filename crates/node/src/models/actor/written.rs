//! Answers that are written here, and words for what the line says.

use std::time::Instant;

use infer::{
    Statistics,
    queue::{Place, Refusal},
};
use wire::msg::llm;

use super::{
    super::serving::{self, Measured, Report, Within},
    Actor,
};
use crate::router::{model::ModelName, speed, why::Refused};

impl Actor<'_> {
    pub(super) fn wrote(&mut self, report: Report) {
        match report {
            Report::Began { ticket, model } => {
                if let Some(served) = self.served.get_mut(&ticket) {
                    served.model = Some(model);
                }
                self.changed();
            }
            Report::Wrote { ticket, tokens } => self.queue.generated(ticket, tokens),
            Report::Ended {
                ticket,
                tokens,
                measured,
            } => {
                let statistics = measured.as_ref().map(|measured| &measured.statistics);
                self.tally(ticket.device).served.end(tokens, statistics);
                if let Some(Measured { model, statistics }) = measured {
                    self.learn(&model, &statistics);
                }
                self.served.remove(&ticket);
                self.queue.generated(ticket, tokens);
                self.queue.finish(ticket, Instant::now());
                self.changed();
            }
        }
    }

    /// How fast this machine is with a model.
    pub(super) fn learn(&mut self, model: &ModelName, statistics: &Statistics) {
        let Some(found) = serving::find(&self.watcher.seen(), model, Within::Anywhere) else {
            return;
        };
        let (prompt, decode) = (statistics.prompt, statistics.decode);
        let measured = speed::Statistics {
            prompt_tokens: prompt.map_or(0, |phase| phase.tokens.into()),
            prompt_time: prompt.and_then(|phase| phase.time).unwrap_or_default(),
            tokens: decode.map_or(0, |phase| phase.tokens.into()),
            decode_time: decode.and_then(|phase| phase.time).unwrap_or_default(),
            load_time: statistics.load.unwrap_or_default(),
        };
        let now = Instant::now();
        self.speeds.finished(model, found.bytes, &measured, now);
    }
}

pub(super) fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::NotShared => Refused::NotShared,
        Refusal::TooMany { .. } => Refused::TooMany,
        Refusal::Full { .. } | Refusal::Running => Refused::Full,
    }
}

pub(super) fn understood(why: llm::Refused) -> Refused {
    match why {
        llm::Refused::NotShared => Refused::NotShared,
        llm::Refused::NotPermitted => Refused::NotPermitted,
        llm::Refused::TooMany => Refused::TooMany,
        llm::Refused::Full => Refused::Full,
        llm::Refused::NoModel => Refused::NoModel,
        llm::Refused::Unknown => Refused::Unknown,
    }
}

pub(super) fn spoken(place: Place) -> llm::Admission {
    llm::Admission::Busy {
        ahead: u32::try_from(place.ahead).unwrap_or(u32::MAX),
        eta_ms: u64::try_from(place.eta.as_millis()).unwrap_or(u64::MAX),
    }
}
