//! What the mesh tells, and what follows from it.

use std::{collections::BTreeMap, net::SocketAddr, time::SystemTime};

use mesh::hub::{Card, Event, PairingEnd, SessionInfo};
use tokio::sync::mpsc;
use tracing::{debug, info, warn};
use wire::{
    DeviceId,
    frame::{Frame, Marker},
    machine::presence::Sighting,
    msg::pair::Relation,
};

use super::{
    super::{
        Overheard, kept,
        pairing::{Asker, Outcome, Pairing, Step},
    },
    Actor,
    joined::{Claim, Vouched},
    logged,
};
use crate::{
    store::{AuditKind, Occasion},
    trust::{Introduction, Met as Meeting, Standing},
};

impl Actor<'_> {
    pub(super) async fn happened(&mut self, event: Event) {
        match event {
            Event::Sighted(sighting) => self.sighted(sighting),
            Event::Gone { device } => {
                let met = self.met(device);
                met.sighting = None;
                self.look_at(device);
            }
            Event::Met { device, card } => self.introduced(device, card).await,
            Event::Up { session, inbox } => self.up(session, inbox).await,
            Event::Down { device, why } => {
                info!(device = device.short(), ?why, "a session ended");
                let met = self.met(device);
                met.session = None;
                // It was there until now, however long ago it announced itself.
                met.heard = Some(SystemTime::now());
                let meeting = Meeting {
                    device,
                    who: None,
                    address: None,
                };
                let noted = self.carrier.trust.met(vec![meeting]).await;
                logged("when a machine was there last is not noted", noted);
                self.look_at(device);
            }
            Event::NotReached { device, failure } => {
                debug!(device = device.short(), ?failure, "not reached");
                self.met(device).trouble = Some(failure);
                self.look_at(device);
            }
            Event::PairingRequested {
                device,
                card,
                address,
            } => self.asked_to_pair(device, card, address).await,
            Event::PairingCode { device, code } => {
                let now = SystemTime::now();
                let met = self.met(device);
                match &mut met.pairing {
                    Some(pairing) => pairing.step(Step::Compare(code), now),
                    None => {
                        met.pairing = Some(Pairing::new(Asker::Here, Step::Compare(code), now));
                    }
                }
                self.look_at(device);
            }
            Event::PairingEnded { device, end } => self.pairing_ended(device, end).await,
            Event::Vouched {
                device,
                ground,
                relation,
                certificate,
                card,
                addresses,
            } => {
                self.vouched(Vouched {
                    device,
                    ground,
                    relation,
                    certificate,
                    card,
                    addresses,
                })
                .await;
            }
            Event::TrustClaimed {
                device,
                card,
                ground,
                kind,
                person,
                answer,
                ..
            } => {
                let claim = Claim {
                    device,
                    card,
                    ground,
                    kind,
                    person,
                };
                let decided = self.claimed(claim).await;
                // It may have gone away meanwhile, and comes again.
                let _ = answer.send(decided);
            }
            Event::Stream(stream) => self.hand_on(Overheard::Stream(stream)),
        }
    }

    fn sighted(&mut self, sighting: Sighting) {
        let device = sighting.device;
        let met = self.met(device);
        met.sighting = Some(sighting);
        met.heard = Some(SystemTime::now());
        self.look_at(device);
    }

    /// A machine said what it is called.
    async fn introduced(&mut self, device: DeviceId, card: Card) {
        self.met(device).card = Some(card.clone());
        let who = said(&card);
        match self.carrier.trust.standing(device) {
            Standing::Discovered if self.carrier.trust.view().policy().open => {
                self.came_openly(device, who).await;
            }
            Standing::Discovered => self.notice(device, Occasion::Nearby).await,
            Standing::Pending | Standing::Trusted(_) => {
                let meeting = Meeting {
                    device,
                    who: Some(who),
                    address: None,
                };
                let noted = self.carrier.trust.met(vec![meeting]).await;
                logged("what a machine is called now is not noted", noted);
            }
            Standing::Blocked => {}
        }
        self.look_at(device);
    }

    /// The network was opened while machines were there already.
    pub(super) async fn let_everybody_in(&mut self) {
        let strangers: Vec<_> = self
            .met
            .iter()
            .filter_map(|(device, met)| Some((*device, said(met.card.as_ref()?))))
            .filter(|(device, _)| self.carrier.trust.standing(*device) == Standing::Discovered)
            .collect();
        for (device, who) in strangers {
            self.came_openly(device, who).await;
            self.look_at(device);
        }
    }

    async fn came_openly(&mut self, device: DeviceId, who: Introduction) {
        match self.carrier.trust.came_openly(device, who).await {
            Ok(effects) => {
                self.carrier.carry_out(effects).await;
                let heard = self.met.get(&device).and_then(|met| met.sighting.as_ref());
                let addresses = heard.map(|heard| heard.addresses.clone());
                self.trust(device, addresses.unwrap_or_default()).await;
            }
            Err(error) => debug!(%error, "a machine is not let in by the open network"),
        }
    }

    async fn up(&mut self, session: SessionInfo, inbox: mpsc::Receiver<Frame>) {
        let device = session.device;
        info!(device = device.short(), "a session is up");
        let met = self.met(device);
        met.card = Some(session.card.clone());
        met.trouble = None;
        let address = if session.incoming {
            // Its port is only where it came from; where it listens was heard.
            met.sighting
                .as_ref()
                .map(|heard| SocketAddr::new(session.address.ip(), heard.tcp_port))
        } else {
            Some(session.address)
        };
        let meeting = Meeting {
            device,
            who: Some(said(&session.card)),
            address: address.and_then(kept),
        };
        met.session = Some(session);
        self.sessions
            .spawn(listen(device, inbox, self.into_frames.clone()));
        let noted = self.carrier.trust.met(vec![meeting]).await;
        logged("where a machine was reached is not noted", noted);
        for (device, frame) in self.carrier.persons.on_up(device) {
            self.carrier.say(device, frame).await;
        }
        self.hand_over_keys(device).await;
        self.ask_again(device).await;
        self.look_at(device);
    }

    /// A machine said something in its session.
    pub(super) async fn said(&mut self, device: DeviceId, frame: &Frame) {
        // What was on its way when trust ended counts no more.
        if self.carrier.trust.view().trusted(device).is_none() {
            return;
        }
        if frame.marker == Marker::MeshKey {
            self.key_handed_over(device, frame).await;
        } else if frame.marker == Marker::Person {
            let heard = self.carrier.persons.on_frame(device, frame).await;
            let effects = self.carrier.follow_up(heard).await;
            self.carrier.carry_out(effects).await;
            // It may be mine again only since it said this.
            self.hand_over_keys(device).await;
        } else if matches!(
            frame.marker,
            Marker::Capability | Marker::AdmissionRequest | Marker::AdmissionResponse
        ) {
            self.hand_on(Overheard::Said(device, frame.clone()));
        } else if matches!(frame.marker, Marker::AccessRequest | Marker::AccessResponse) {
            self.asked_or_answered(device, frame).await;
        } else {
            debug!(device = device.short(), marker = ?frame.marker, "nobody here knows this message");
        }
    }

    /// Whoever answers with models keeps up, or hears it the next time it is said.
    fn hand_on(&self, overheard: Overheard) {
        if let Err(error) = self.overheard.try_send(overheard) {
            warn!(%error, "something about models was not heard");
        }
    }

    async fn asked_to_pair(&mut self, device: DeviceId, card: Card, address: SocketAddr) {
        info!(device = device.short(), %address, "somebody asks for pairing");
        let who = said(&card);
        let met = self.met(device);
        met.card = Some(card);
        met.pairing = Some(Pairing::new(
            Asker::There,
            Step::Requested,
            SystemTime::now(),
        ));
        let asked = self.carrier.trust.pairing_asked(device, who).await;
        logged("a request for pairing is not noted", asked);
        self.look_at(device);
        self.notice(device, Occasion::PairingRequest).await;
    }

    async fn pairing_ended(&mut self, device: DeviceId, end: PairingEnd) {
        info!(
            device = device.short(),
            outcome = ?Outcome::from(&end),
            "a pairing ended"
        );
        // However it ended, this machine may have come to another person.
        self.in_step().await;
        let mut outcome = Outcome::from(&end);
        if let PairingEnd::Paired {
            relation,
            certificate,
            card,
            addresses,
        } = end
        {
            let who = Introduction {
                person: Some(certificate.person()),
                ..said(&card)
            };
            self.met(device).card = Some(card);
            if let Err(reason) = self.paired(device, who, relation, &addresses).await {
                warn!(reason, "a machine that was paired could not be kept");
                outcome = Outcome::NotKept(reason);
            }
        } else {
            let ended = self.carrier.trust.pairing_ended(device).await;
            logged("the end of a pairing is not noted", ended);
            self.note_differing(device, &outcome).await;
        }
        let now = SystemTime::now();
        let met = self.met(device);
        let step = Step::Ended(outcome);
        match &mut met.pairing {
            Some(pairing) => pairing.step(step, now),
            None => met.pairing = Some(Pairing::new(Asker::Here, step, now)),
        }
        self.look_at(device);
    }

    /// Somebody may have stood between the two machines.
    async fn note_differing(&self, device: DeviceId, outcome: &Outcome) {
        let side = if *outcome == Outcome::CodesDiffer {
            "here"
        } else if *outcome == Outcome::CodesDifferThere {
            "there"
        } else {
            return;
        };
        let details = BTreeMap::from([("said".to_owned(), side.to_owned())]);
        let kind = AuditKind::CodesDiffered;
        let noted = self.carrier.trust.record(kind, Some(device), None, details);
        logged("codes that differed are not noted", noted.await);
    }

    /// The mesh trusts the machine already; where that cannot be kept, it must
    /// not.
    async fn paired(
        &mut self,
        device: DeviceId,
        who: Introduction,
        relation: Relation,
        addresses: &[SocketAddr],
    ) -> Result<(), String> {
        match self.carrier.trust.paired(device, who, relation).await {
            Ok(effects) => {
                self.carrier.carry_out(effects).await;
                let told = addresses.iter().copied().filter_map(kept).collect();
                let noted = self.carrier.trust.told_addresses(device, told).await;
                logged("where a machine was met is not noted", noted);
                Ok(())
            }
            Err(error) => {
                self.distrust(device).await;
                Err(error.to_string())
            }
        }
    }

    pub(super) async fn trust(&self, device: DeviceId, addresses: Vec<SocketAddr>) {
        if let Err(stopped) = self.mesh.trust(device, addresses).await {
            debug!(%stopped, "a machine is dialled at the next start");
        }
    }
}

/// Hands on what the other says, until the session ends.
async fn listen(
    device: DeviceId,
    mut inbox: mpsc::Receiver<Frame>,
    into_frames: mpsc::Sender<(DeviceId, Frame)>,
) {
    while let Some(frame) = inbox.recv().await {
        if into_frames.send((device, frame)).await.is_err() {
            return;
        }
    }
}

pub(super) fn said(card: &Card) -> Introduction {
    Introduction {
        name: card.name.clone(),
        form: card.form,
        instance: card.instance,
        person: None,
    }
}
