//! What a person wants, as far as this task has to know of it.

use std::{net::SocketAddr, time::SystemTime};

use mesh::hub::Card;
use tokio::sync::oneshot;
use wire::DeviceId;

use super::{
    super::pairing::{Asker, Pairing, Step},
    Actor, logged, taken_in,
};

#[derive(Debug)]
pub(in crate::neighbours) enum Wish {
    /// A machine answered at an address that a person gave.
    Found(DeviceId, Card, SocketAddr),
    /// The person here asked for pairing.
    Asked(DeviceId),
    /// The person here opened the request.
    Opened(DeviceId),
    /// The person here said that the codes are the same.
    Confirmed(DeviceId),
    /// The person has seen how the pairing ended.
    Dismissed(DeviceId),
    /// Something was decided.
    Look(DeviceId),
    Then(Box<Self>, oneshot::Sender<()>),
}

impl Actor<'_> {
    pub(super) async fn wished(&mut self, wish: Wish) {
        let now = SystemTime::now();
        match wish {
            Wish::Found(device, card, address) => {
                let met = self.met(device);
                met.card = Some(card);
                met.found_at = Some(address);
                self.look_at(device);
            }
            Wish::Asked(device) => {
                self.met(device).pairing = Some(Pairing::new(Asker::Here, Step::Waiting, now));
                let who = self.introduction(device);
                let asked = self.carrier.trust.pairing_asked(device, who).await;
                logged("a pairing that was asked for is not noted", asked);
                self.look_at(device);
            }
            Wish::Opened(device) => self.step(device, |step| {
                matches!(step, Step::Requested).then_some(Step::Opened)
            }),
            Wish::Confirmed(device) => self.step(device, |step| match step {
                Step::Compare(code) => Some(Step::Confirmed(*code)),
                Step::Waiting
                | Step::Requested
                | Step::Opened
                | Step::Confirmed(_)
                | Step::Ended(_) => None,
            }),
            Wish::Dismissed(device) => {
                let met = self.met(device);
                met.pairing
                    .take_if(|pairing| matches!(pairing.step, Step::Ended(_)));
                self.look_at(device);
            }
            Wish::Look(device) => self.look_at(device),
            Wish::Then(wish, told) => {
                Box::pin(self.wished(*wish)).await;
                taken_in(told);
            }
        }
    }

    /// Events and wishes travel on two ways, so a step may be over already.
    fn step(&mut self, device: DeviceId, next: impl FnOnce(&Step) -> Option<Step>) {
        if let Some(pairing) = &mut self.met(device).pairing
            && let Some(step) = next(&pairing.step)
        {
            pairing.step(step, SystemTime::now());
        }
        self.look_at(device);
    }
}
