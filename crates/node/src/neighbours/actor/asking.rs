//! Asking for the use of models: what the other machine is told, and what people
//! are.
//!
//! The table of requests says how each one stands. Whatever changes in it, by
//! whom or by time alone, is told from here, so nothing that is decided about a
//! request has to think of that. A message that gets lost is made good when the
//! machines meet again: whoever asked asks again under the same number.

use std::collections::BTreeMap;

use tracing::{debug, warn};
use wire::{
    DeviceId,
    frame::{Frame, Marker},
    msg::{
        llm::{AccessAnswer, AccessRequest, Given as Word},
        session::Malformed,
    },
};

use super::Actor;
use crate::{
    events::{Happening, Noticed},
    store::{Access, Answer, AskedBy, Given, Moment, Tables},
    trust::{Heard, TrustError},
};

/// How each request stood when somebody was told of it last.
pub(super) type Requests = BTreeMap<(DeviceId, AskedBy), Access>;

pub(super) fn all(tables: &Tables) -> Requests {
    let all = tables.all_known().flat_map(|known| {
        let device = known.peer.device;
        let requests = known.access.iter();
        requests.map(move |(by, access)| ((device, *by), access.clone()))
    });
    all.collect()
}

impl Actor<'_> {
    pub(super) async fn requests_changed(&mut self) {
        let now = all(self.carrier.trust.view().tables());
        if now == self.requests {
            return;
        }
        let before = std::mem::replace(&mut self.requests, now.clone());
        for (key, access) in now {
            let before = before.get(&key);
            if before != Some(&access) {
                let was_open = before.is_some_and(Access::is_open);
                self.request_changed(key.0, &access, was_open).await;
            }
        }
        self.node.publish(Happening::AccessChanged);
    }

    async fn request_changed(&self, device: DeviceId, access: &Access, was_open: bool) {
        let notice = |noticed| {
            self.node
                .publish(Happening::MachineNoticed(device, noticed));
        };
        match (access.by, &access.answer) {
            (AskedBy::Them, None) if was_open => {}
            (AskedBy::Them, None) => notice(Noticed::AccessRequest),
            (AskedBy::Them, Some(answer)) => self.answer(device, access.number, answer).await,
            (AskedBy::Us, None) => self.say_request(device, access).await,
            (AskedBy::Us, Some(answer)) => match answer.given {
                Given::Always | Given::Until(_) | Given::Once | Given::No => {
                    notice(Noticed::AccessAnswer);
                }
                Given::Withdrawn => self.say_request(device, access).await,
                Given::Expired => {}
            },
        }
    }

    /// What was asked while the other machine was away.
    pub(super) async fn ask_again(&self, device: DeviceId) {
        if let Some(access) = self.requests.get(&(device, AskedBy::Us)) {
            self.say_request(device, access).await;
        }
    }

    pub(super) async fn asked_or_answered(&mut self, device: DeviceId, frame: &Frame) {
        let understood = if frame.marker == Marker::AccessRequest {
            self.asked(device, &frame.payload).await
        } else {
            self.answered(device, &frame.payload).await
        };
        if let Err(error) = understood {
            debug!(device = device.short(), %error, "a request is not understood");
        }
        self.requests_changed().await;
    }

    async fn asked(&self, device: DeviceId, payload: &[u8]) -> Result<(), Malformed> {
        let trust = &self.carrier.trust;
        match AccessRequest::parse(payload)? {
            AccessRequest::Models { number, reason } => {
                match trust.access_asked(device, number, reason).await {
                    Ok(Heard::Waits) => {}
                    Ok(Heard::Answered(answer)) => self.answer(device, number, &answer).await,
                    Err(TrustError::Refused(refusal)) => {
                        debug!(device = device.short(), %refusal, "a request is not heard");
                    }
                    Err(error) => warn!(%error, "a request is not kept"),
                }
            }
            AccessRequest::Withdrawn { number } => {
                let withdrawn = trust.access_unasked(device, number).await;
                super::logged("that a request was withdrawn is not kept", withdrawn);
            }
        }
        Ok(())
    }

    async fn answered(&self, device: DeviceId, payload: &[u8]) -> Result<(), Malformed> {
        let answer = AccessAnswer::parse(payload)?;
        let given = match (answer.given, answer.until) {
            (Word::Always, _) => Given::Always,
            (Word::Until, Some(until)) => Given::Until(Moment::from_millis(until)),
            (Word::Once, _) => Given::Once,
            (Word::No, _) => Given::No,
            (Word::Expired, _) => Given::Expired,
            // Whatever a newer build gave, what it offers says whether it counts.
            (Word::Until | Word::Unknown, _) => return Ok(()),
        };
        let trust = &self.carrier.trust;
        let kept = trust
            .access_answered(device, answer.number, given, answer.words)
            .await;
        super::logged("an answer is not kept", kept.map(drop));
        Ok(())
    }

    async fn say_request(&self, device: DeviceId, access: &Access) {
        let number = access.number;
        let request = match access.answer.as_ref().map(|answer| answer.given) {
            None => AccessRequest::Models {
                number,
                reason: access.reason.clone(),
            },
            Some(Given::Withdrawn | Given::Expired) => AccessRequest::Withdrawn { number },
            Some(Given::Always | Given::Until(_) | Given::Once | Given::No) => return,
        };
        self.carrier.say(device, request.to_frame()).await;
    }

    async fn answer(&self, device: DeviceId, number: i64, answer: &Answer) {
        let (given, until) = match answer.given {
            Given::Always => (Word::Always, None),
            Given::Until(until) => (Word::Until, Some(until.millis())),
            Given::Once => (Word::Once, None),
            Given::No => (Word::No, None),
            Given::Expired => (Word::Expired, None),
            // It said so itself.
            Given::Withdrawn => return,
        };
        let answer = AccessAnswer {
            number,
            given,
            until,
            words: answer.words.clone(),
        };
        self.carrier.say(device, answer.to_frame()).await;
    }
}
