//! Whether others are answered now, and what people are told of others that are
//! ready to answer.

use std::time::{Duration, Instant};

use infer::queue::Ending;
use tracing::warn;
use wire::DeviceId;

use super::Actor;
use crate::{
    config::Sharing,
    events::Happening,
    router::Capability,
    store::{Grant, LlmLimits, Occasion, Permission, Scope},
    trust::Verdict,
};

/// Who is back by then has not been away.
const AWAY: Duration = Duration::from_secs(10);

/// Why others have to wait, although models are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Closed {
    pub(super) on_battery: bool,
    pub(super) owner_busy: bool,
}

impl Closed {
    fn as_set(sharing: &Sharing, on_battery: bool, owner_asks: bool) -> Self {
        Self {
            on_battery: sharing.only_plugged_in && on_battery,
            owner_busy: sharing.only_idle && owner_asks,
        }
    }
}

impl Actor<'_> {
    pub(super) fn closed(&self) -> Closed {
        let answers_here = self.asked.values().any(|asked| asked.slot.is_some());
        let asks = answers_here || self.busy_until.is_some();
        Closed::as_set(&self.node.config().sharing, self.on_battery, asks)
    }

    pub(super) fn share_as_set(&mut self) {
        let sharing = &self.node.config().sharing;
        let closed = self.closed();
        let now = Instant::now();
        if sharing.on && closed == Closed::default() {
            self.queue.share(now);
        } else {
            let ending = if !sharing.on && sharing.stop_at_once {
                Ending::Stop
            } else {
                Ending::Finish
            };
            self.queue.stop_sharing(ending, now);
        }
        self.changed();
    }

    /// The person here asked the models of this machine, or has just done so.
    pub(super) fn owner_asks(&mut self) {
        let sharing = &self.node.config().sharing;
        if sharing.only_idle {
            self.busy_until = Some(Instant::now() + sharing.idle_after);
            self.share_as_set();
        }
    }

    /// What a device may have of the models here: no more than it was granted,
    /// and no more than is shared at all.
    pub(super) fn right_of(&self, device: DeviceId) -> Option<LlmLimits> {
        let verdict = self.neighbours().trust().may(device, Permission::LlmUse);
        match verdict {
            Verdict::Allowed {
                grant: Grant::LlmUse(limits),
                ..
            } => Some(self.within_what_is_shared(limits)),
            Verdict::Allowed { .. } | Verdict::Refused(_) => None,
        }
    }

    pub(super) fn within_what_is_shared(&self, limits: LlmLimits) -> LlmLimits {
        let shared = &self.node.config().sharing.models;
        let shared: Vec<&str> = shared.iter().map(|name| name.as_str()).collect();
        LlmLimits {
            models: both(limits.models, &shared),
            ..limits
        }
    }

    /// What a machine offers is something else now.
    pub(super) fn offer_changed(
        &mut self,
        device: DeviceId,
        before: Option<&Capability>,
        now: Instant,
    ) {
        let was = before.is_some_and(is_useful);
        let is = self.offers.get(&device).is_some_and(is_useful);
        match (was, is) {
            (false, true) if self.leaving.remove(&device).is_none() => {
                self.notices.push((device, Occasion::Models));
            }
            (true, false) => {
                self.leaving.insert(device, now + AWAY);
            }
            (false, _) | (true, true) => {}
        }
    }

    pub(super) fn have_left(&mut self, now: Instant) {
        let gone = self.leaving.extract_if(.., |_, at| *at <= now);
        let gone = gone.map(|(device, _)| (device, Occasion::ModelsGone));
        self.notices.extend(gone);
    }

    pub(super) async fn tell_people(&mut self) {
        for (device, occasion) in std::mem::take(&mut self.notices) {
            if !self.node.config().desktop.notify_models {
                continue;
            }
            match self
                .neighbours()
                .trust()
                .notify_once(device, occasion)
                .await
            {
                Ok(true) => self
                    .node
                    .publish(Happening::MachineNoticed(device, occasion.into())),
                Ok(false) => {}
                Err(error) => warn!(%error, "whether somebody was told is not known"),
            }
        }
    }
}

/// Whether one could ask it something.
fn is_useful(offer: &Capability) -> bool {
    offer.permitted && offer.models.iter().any(|model| model.chats)
}

/// What is in the scope and shared. Nothing named means that all are shared.
fn both(scope: Scope, shared: &[&str]) -> Scope {
    if shared.is_empty() {
        return scope;
    }
    let of = |name: &str| name.parse::<crate::router::model::ModelName>().ok();
    match scope {
        Scope::All => Scope::only(shared.iter().copied()),
        Scope::Only(names) => Scope::Only(
            names
                .into_iter()
                .filter(|name| {
                    let meant = of(name);
                    meant.is_some() && shared.iter().any(|other| of(other) == meant)
                })
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn others_wait_for_the_battery_and_the_owner_only_as_set() {
        let sharing = &Config::default().sharing;
        assert_eq!(Closed::as_set(sharing, true, true), Closed::default());
        let careful = Sharing {
            only_plugged_in: true,
            only_idle: true,
            ..sharing.clone()
        };
        assert_eq!(Closed::as_set(&careful, false, false), Closed::default());
        assert!(Closed::as_set(&careful, true, false).on_battery);
        assert!(Closed::as_set(&careful, false, true).owner_busy);
    }

    #[test]
    fn what_is_granted_and_what_is_shared_count_together() {
        let two = || Scope::only(["llama3.2", "qwen3:8b"]);
        assert_eq!(both(Scope::All, &[]), Scope::All);
        assert_eq!(both(two(), &[]), two());
        assert_eq!(both(Scope::All, &["a", "b"]), Scope::only(["a", "b"]));
        let shared = ["Llama3.2:latest", "other"];
        assert_eq!(both(two(), &shared), Scope::only(["llama3.2"]));
        assert_eq!(both(two(), &["other"]), Scope::only([]));
    }
}
