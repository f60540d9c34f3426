//! Other machines: what they offer, and what they ask of this one.

use std::time::{Duration, Instant};

use infer::queue::{Allowance, Answer, Asker, Event, GrantId, Request};
use mesh::hub::PeerStream;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};
use wire::{
    DeviceId,
    frame::{Frame, Marker},
    msg::llm::{self, AdmissionAnswer, AdmissionRequest, Capability, Grant},
};

use super::{
    super::{
        Payer, offer,
        serving::{self, Serving, Ticket, Within},
    },
    Actor,
    written::{spoken, understood},
};
use crate::{
    neighbours::Overheard,
    router::{Admission, model::ModelName},
    store::{Grant as Right, Permission},
    trust::Verdict,
};

impl Actor<'_> {
    pub(super) async fn heard(&mut self, heard: Overheard) {
        match heard {
            Overheard::Said(device, frame) => self.said(device, &frame),
            Overheard::Stream(stream) => self.stream_opened(stream).await,
        }
    }

    fn said(&mut self, device: DeviceId, frame: &Frame) {
        self.tally(device).messages_heard += 1;
        let payload = &frame.payload;
        let understood = match frame.marker {
            Marker::Capability => {
                Capability::parse(payload).map(|capability| self.offered(device, &capability))
            }
            Marker::AdmissionRequest => {
                AdmissionRequest::parse(payload).map(|request| self.asked_for(device, request))
            }
            Marker::AdmissionResponse => {
                AdmissionAnswer::parse(payload).map(|answer| self.answered(device, &answer))
            }
            // Of the session itself, of other layers, or of a stream.
            Marker::Hello
            | Marker::Pair
            | Marker::AccessRequest
            | Marker::AccessResponse
            | Marker::Question
            | Marker::Answer
            | Marker::Sync
            | Marker::Operations
            | Marker::Draft
            | Marker::File
            | Marker::Person
            | Marker::MeshKey
            | Marker::Ping
            | Marker::Bye => Ok(()),
        };
        if let Err(error) = understood {
            debug!(device = device.short(), %error, "a message about models is not understood");
        }
    }

    fn offered(&mut self, device: DeviceId, capability: &Capability) {
        let offered = offer::heard(capability);
        self.router.offers(device, offered.clone(), Instant::now());
        let before = self.offers.insert(device, offered);
        self.offer_changed(device, before.as_ref(), Instant::now());
        self.show();
    }

    fn answered(&mut self, device: DeviceId, answer: &AdmissionAnswer) {
        let said = match answer.admission {
            llm::Admission::Granted { grant } => Admission::Granted(GrantId(grant.0)),
            llm::Admission::Busy { ahead, eta_ms } => Admission::Busy {
                ahead: usize::try_from(ahead).unwrap_or(usize::MAX),
                eta: Duration::from_millis(eta_ms),
            },
            llm::Admission::Refused { why } => Admission::Refused(understood(why)),
        };
        let now = Instant::now();
        self.router.answered(device, answer.number, said, now);
    }

    fn asked_for(&mut self, device: DeviceId, request: AdmissionRequest) {
        match request {
            AdmissionRequest::Ask {
                number,
                model,
                prompt_tokens,
                tokens,
            } => {
                let admission = self
                    .admit(device, number, &model, prompt_tokens, tokens)
                    .unwrap_or_else(|why| llm::Admission::Refused { why });
                self.say(device, AdmissionAnswer { number, admission }.to_frame());
            }
            AdmissionRequest::Withdraw { number } => {
                self.queue.finish(Ticket { device, number }, Instant::now());
            }
        }
        self.changed();
    }

    fn admit(
        &mut self,
        device: DeviceId,
        number: u64,
        model: &str,
        prompt_tokens: u64,
        tokens: u64,
    ) -> Result<llm::Admission, llm::Refused> {
        let limits = self.right_of(device).ok_or(llm::Refused::NotPermitted)?;
        let model: ModelName = model.parse().map_err(|_| llm::Refused::NoModel)?;
        let is_here = serving::find(&self.watcher.seen(), &model, Within::Lan).is_some();
        if !is_here || !serving::is_allowed(&limits.models, &model) {
            return Err(llm::Refused::NoModel);
        }
        let allowance = Allowance {
            requests_per_minute: limits.requests_per_minute,
            at_once: usize::try_from(limits.concurrency).unwrap_or(usize::MAX),
        };
        self.queue.allow(device, allowance);
        let request = Request {
            from: Asker {
                person: self.payer(device),
                device,
            },
            number,
            grant: super::draw_grant().ok_or(llm::Refused::Full)?,
            takes: self.takes(&model, prompt_tokens, tokens),
            tokens,
        };
        match self.queue.ask(request, Instant::now()) {
            Answer::Granted { grant, .. } => Ok(llm::Admission::Granted {
                grant: Grant(grant.0),
            }),
            Answer::Waiting(place) => Ok(spoken(place)),
            Answer::Refused(refusal) => Err(match refusal {
                infer::queue::Refusal::NotShared => llm::Refused::NotShared,
                infer::queue::Refusal::TooMany { .. } => llm::Refused::TooMany,
                infer::queue::Refusal::Full { .. } | infer::queue::Refusal::Running => {
                    llm::Refused::Full
                }
            }),
        }
    }

    /// Whoever has no person that is beyond doubt pays for itself.
    fn payer(&self, device: DeviceId) -> Payer {
        let view = self.neighbours().trust().view();
        let peer = view.tables().known(device).map(|known| &known.peer);
        let person = peer
            .filter(|peer| peer.doubt.is_none())
            .and_then(|peer| peer.person);
        person.map_or(Payer::Device(device), Payer::Person)
    }

    async fn stream_opened(&mut self, stream: PeerStream) {
        let device = stream.device;
        let grant = Grant::from_text(&stream.grant).map(|grant| GrantId(grant.0));
        let redeemed = grant.and_then(|grant| {
            let now = Instant::now();
            self.queue.redeem(grant, device, now).ok()
        });
        let Some(ticket) = redeemed else {
            info!(
                device = device.short(),
                "a stream without a grant is refused"
            );
            return;
        };
        // A permission for a single use is used up now.
        let trust = self.neighbours().trust().clone();
        let once = match trust.may(device, Permission::LlmUse) {
            Verdict::Allowed { once, .. } => once,
            Verdict::Refused(_) => false,
        };
        let Ok(Right::LlmUse(limits)) = trust.admit(device, Permission::LlmUse).await else {
            info!(device = device.short(), "it may use models here no longer");
            self.queue.finish(ticket, Instant::now());
            return self.changed();
        };
        let limits = self.within_what_is_shared(limits);
        let most = self.node.config().sharing.most_tokens.get();
        let stop = CancellationToken::new();
        let served = super::Served {
            stop: stop.clone(),
            once,
            model: None,
        };
        self.tally(device).served.begin();
        self.served.insert(ticket, served);
        self.tasks.spawn(serving::serve(Serving {
            ticket,
            stream,
            seen: self.watcher.seen(),
            models: limits.models,
            most_tokens: limits.max_tokens.map_or(most, |theirs| theirs.min(most)),
            keep: self.keep(),
            reports: self.reports.0.clone(),
            stop,
        }));
        self.changed();
    }

    /// The line in front of the models here moved.
    pub(super) fn line_moved(&mut self, event: Event<DeviceId>) {
        match event {
            Event::Granted { ticket, grant, .. } if ticket.device == self.me => {
                let granted = Admission::Granted(grant);
                let now = Instant::now();
                self.router.answered(self.me, ticket.number, granted, now);
            }
            Event::Granted { ticket, grant, .. } => {
                let grant = Grant(grant.0);
                self.call(ticket, llm::Admission::Granted { grant });
            }
            Event::Withdrawn { ticket } => {
                let why = llm::Refused::NotShared;
                self.call(ticket, llm::Admission::Refused { why });
            }
            // Whoever did not come hears nothing of it.
            Event::Expired { .. } => {}
            Event::Stop { ticket } => self.stop(ticket),
        }
        self.changed();
    }

    fn call(&mut self, ticket: Ticket, admission: llm::Admission) {
        let number = ticket.number;
        let answer = AdmissionAnswer { number, admission };
        self.say(ticket.device, answer.to_frame());
    }

    fn stop(&mut self, ticket: Ticket) {
        if let Some(served) = self.served.remove(&ticket) {
            served.stop.cancel();
        }
    }

    /// Ends what is answered for machines that may not have it any more.
    pub(super) fn rights_changed(&mut self) {
        let trust = self.neighbours().trust().clone();
        let ended: Vec<Ticket> = self
            .served
            .iter()
            .filter(|(ticket, served)| {
                let trusted = trust.view().trusted(ticket.device).is_some();
                let permitted = served.once || self.right_of(ticket.device).is_some();
                !trusted || !permitted
            })
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in ended {
            info!(
                device = ticket.device.short(),
                "an answer ends with its permission"
            );
            self.stop(ticket);
        }
        self.changed();
    }

    /// A message that cannot go out now says nothing any more later.
    pub(super) fn say(&mut self, device: DeviceId, frame: Frame) {
        let Some(mesh) = self.neighbours().mesh() else {
            return;
        };
        match mesh.try_send(device, frame) {
            Ok(()) => self.tally(device).messages_sent += 1,
            Err(error) => {
                debug!(%error, device = device.short(), "a message about models did not go out");
            }
        }
    }

    /// Says to every machine what it may know, where that changed.
    pub(super) async fn tell(&mut self) {
        let own = self.own();
        let shared = self.node.config().sharing.on;
        let devices: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for device in devices {
            let right = self.right_of(device);
            let permitted = right.is_some();
            let models = right.filter(|_| shared).map(|limits| limits.models);
            let capability = offer::told(&own, permitted, models.as_ref());
            if self.heard_of_us.get(&device) != Some(&capability) {
                self.say(device, capability.to_frame());
                self.heard_of_us.insert(device, capability);
            }
        }
        let has_llm = shared && own.models.iter().any(|model| !model.leaves_lan);
        if self.has_llm != Some(has_llm)
            && let Some(mesh) = self.neighbours().mesh()
            && mesh.set_has_llm(has_llm).await.is_ok()
        {
            self.has_llm = Some(has_llm);
        }
    }
}
