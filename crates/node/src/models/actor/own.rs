//! Questions of this machine.

use std::time::{Duration, Instant};

use infer::{
    Chat,
    queue::{Answer, GrantId, Request},
};
use tokio::sync::mpsc;
use tracing::debug;
use wire::{
    DeviceId,
    msg::llm::{AdmissionRequest, Grant},
};

use super::{
    super::{
        asking::{Asking, Open, OpenAt, Order, Told, What, ask},
        serving::{self, Ticket, Within},
    },
    Actor, Asked, ORDERS, Wish,
    written::refused,
};
use crate::router::{
    Admission, Effect, RequestId, Wish as Routed,
    model::ModelName,
    why::{Problem, Refused},
};

/// What a message costs besides its words.
const MESSAGE_TOKENS: u64 = 4;

const IMAGE_TOKENS: u64 = 600;

/// Bytes of a token, roughly: the server counts exactly, and only the comparison
/// between machines matters.
const TOKEN_BYTES: u64 = 4;

/// Nobody knows how long it takes.
const LONG: Duration = Duration::from_secs(600);

impl Actor<'_> {
    pub(super) fn wished(&mut self, wish: Wish) {
        let Wish::Ask(question, pieces) = wish;
        let most = question.chat.options.num_predict;
        let routed = Routed {
            model: question.model,
            place: question.place,
            conversation: question.conversation,
            prompt_tokens: tokens_of(&question.chat),
            expected_tokens: None,
            most_tokens: most.and_then(|most| u64::try_from(most).ok()),
            shows: question
                .chat
                .messages
                .iter()
                .any(|message| !message.images.is_empty()),
            may_leave_lan: question.may_leave_lan,
        };
        let request = self.router.submit(routed, Instant::now());
        let (orders, ordered) = mpsc::channel(ORDERS);
        let within = if question.may_leave_lan {
            Within::Anywhere
        } else {
            Within::Lan
        };
        let asked = Asked {
            orders,
            slot: None,
            within,
        };
        self.asked.insert(request, asked);
        self.tasks.spawn(ask(Asking {
            request,
            chat: question.chat,
            orders: ordered,
            pieces,
            told: self.answers.0.clone(),
        }));
    }

    /// Does what the router and the line want done.
    pub(super) fn carry_out(&mut self) {
        loop {
            if let Some(effect) = self.router.poll_effect() {
                self.effect(effect);
            } else if let Some(event) = self.queue.poll_event() {
                self.line_moved(event);
            } else {
                return;
            }
        }
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Ask {
                device,
                number,
                model,
                prompt_tokens,
                tokens,
                ..
            } => {
                if device == self.me {
                    let said = self.ask_here(number, &model, prompt_tokens, tokens);
                    self.router.answered(device, number, said, Instant::now());
                } else {
                    let request = AdmissionRequest::Ask {
                        number,
                        model: model.as_str().to_owned(),
                        prompt_tokens,
                        tokens,
                    };
                    self.say(device, request.to_frame());
                    self.get_ready(device);
                }
            }
            Effect::Withdraw { device, number } => {
                if device == self.me {
                    self.queue.finish(Ticket { device, number }, Instant::now());
                    self.changed();
                } else {
                    self.say(device, AdmissionRequest::Withdraw { number }.to_frame());
                }
            }
            Effect::Open {
                request,
                device,
                model,
                grant,
                carry,
            } => {
                let place = if device == self.me {
                    self.open_here(request, &model, grant)
                } else {
                    self.open_there(&model, grant)
                };
                match place {
                    Some((place, model)) => {
                        self.tally(device).asked.begin();
                        let why = self.router.why(request).cloned().unwrap_or_default();
                        let open = Open {
                            device,
                            place,
                            model,
                            carry,
                            why,
                        };
                        self.order(request, Order::Open(Box::new(open)));
                    }
                    None => {
                        let now = Instant::now();
                        self.router.lost(request, device, Problem::Broken, now);
                    }
                }
                self.changed();
            }
            Effect::Close { request, .. } => {
                self.order(request, Order::Close);
                self.free_slot(request);
            }
            Effect::Waits { request, lines } => self.order(request, Order::Waits(lines)),
            Effect::Failed { request, failure } => {
                self.order(request, Order::Failed(Box::new(failure)));
            }
        }
    }

    /// Where a slot is free, a grant comes in a moment, and the connection for it
    /// is ready then.
    fn get_ready(&self, device: DeviceId) {
        let offer = self.offers.get(&device);
        if offer.is_some_and(|offer| offer.load.free > 0)
            && let Some(mesh) = self.neighbours().mesh()
        {
            mesh.dial_ahead(device);
        }
    }

    fn ask_here(
        &mut self,
        number: u64,
        model: &ModelName,
        prompt_tokens: u64,
        tokens: u64,
    ) -> Admission {
        let Some(grant) = super::draw_grant() else {
            return Admission::Refused(Refused::Full);
        };
        let request = Request {
            from: self.here(),
            number,
            grant,
            takes: self.takes(model, prompt_tokens, tokens),
            tokens,
        };
        match self.queue.ask(request, Instant::now()) {
            Answer::Granted { grant, .. } => Admission::Granted(grant),
            Answer::Waiting(place) => Admission::Busy {
                ahead: place.ahead,
                eta: place.eta,
            },
            Answer::Refused(refusal) => Admission::Refused(refused(refusal)),
        }
    }

    /// How long this machine takes for it.
    pub(super) fn takes(&self, model: &ModelName, prompt_tokens: u64, tokens: u64) -> Duration {
        let found = serving::find(&self.watcher.seen(), model, Within::Anywhere);
        let speed = self.speeds.of(model, found.map_or(0, |found| found.bytes));
        let seconds = prompt_tokens as f64 / speed.prefill + tokens as f64 / speed.decode;
        Duration::try_from_secs_f64(seconds).unwrap_or(LONG)
    }

    fn open_here(
        &mut self,
        request: RequestId,
        model: &ModelName,
        grant: GrantId,
    ) -> Option<(OpenAt, infer::ModelName)> {
        let ticket = self.queue.redeem(grant, self.me, Instant::now()).ok()?;
        let asked = self.asked.get_mut(&request);
        let within = asked.as_ref().map_or(Within::Lan, |asked| asked.within);
        if let Some(asked) = asked {
            asked.slot = Some((ticket, model.clone()));
        }
        self.owner_asks();
        let found = serving::find(&self.watcher.seen(), model, within);
        if found.is_none() {
            self.free_slot(request);
        }
        let keep = self.keep();
        found.map(|found| (OpenAt::Here(found.backend, keep), found.name))
    }

    fn open_there(&self, model: &ModelName, grant: GrantId) -> Option<(OpenAt, infer::ModelName)> {
        let mesh = self.neighbours().mesh()?;
        let name = infer::ModelName::parse(model.as_str()).ok()?;
        Some((OpenAt::There(mesh, Grant(grant.0)), name))
    }

    /// What a question tells of its answer.
    pub(super) fn told(&mut self, told: Told) {
        let Told { request, what } = told;
        let now = Instant::now();
        match what {
            What::Well { device, has_text } => self.router.frame(request, device, has_text, now),
            What::Lost { device, problem } => {
                debug!(device = device.short(), "an answer was lost");
                self.free_slot(request);
                self.router.lost(request, device, problem, now);
            }
            What::Finished {
                device,
                tokens,
                statistics,
                model,
            } => {
                if let Some(model) = model.filter(|_| device == self.me) {
                    self.learn(&model, &statistics);
                }
                self.tally(device).asked.end(tokens, Some(&statistics));
                self.router.finished(request, device, tokens, now);
                self.is_over(request);
                self.show();
            }
            What::Over => {
                self.router.cancel(request);
                self.is_over(request);
            }
        }
    }

    fn is_over(&mut self, request: RequestId) {
        self.free_slot(request);
        self.asked.remove(&request);
    }

    fn free_slot(&mut self, request: RequestId) {
        let asked = self.asked.get_mut(&request);
        if let Some((ticket, _)) = asked.and_then(|asked| asked.slot.take()) {
            self.queue.finish(ticket, Instant::now());
            self.owner_asks();
            self.changed();
        }
    }
}

fn tokens_of(chat: &Chat) -> u64 {
    let messages = chat.messages.iter().map(|message| {
        let words = message.content.len() as u64 / TOKEN_BYTES;
        MESSAGE_TOKENS + words + IMAGE_TOKENS * message.images.len() as u64
    });
    messages.sum()
}
