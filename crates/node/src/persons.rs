//! My person across machines, and other people's.
//!
//! The identity holds the key and says whose device this is; the rules of trust
//! say what is believed of others. This stands between the two: it shows my
//! certificate in every session, hands what others show to the rules, makes a new
//! key when one of my devices went, and hands keys over between devices of mine.
//!
//! It keeps nothing of its own. A renewal is done in three steps, each of which
//! is on the disk before the next begins, and each of which can be taken again:
//!
//! | stopped after | the next start finds | and |
//! |---|---|---|
//! | the decision that a device goes | the duty | makes the new key |
//! | the new key | an identity that is ahead of the decisions | writes down what follows, then finds the duty and the key made for it |
//! | what follows: who awaits the key | the duty | finds the key made for it, and ends the duty |
//!
//! Who awaits the key stands with the devices, and gets it in whichever session
//! shows that it is behind. The moves stand in the identity and are told in every
//! session.
//!
//! Invariant: a key goes to a device only where a person here joined it to mine
//! and the device did not show another person since; a key is taken only from
//! such a device, and only along moves that my present key began.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use mesh::{Identity, PersonError};
use tokio::sync::Mutex;
use tracing::{debug, info, warn};
use wire::{
    DeviceCertificate, DeviceId, PersonKey, Way,
    frame::{Frame, Marker},
    msg::{pair::PersonSeed, person::PersonMessage},
};

use crate::{
    store::{Duty, Moment},
    trust::{Effect, Trust, TrustError},
};

/// Clones share it.
#[derive(Debug, Clone)]
pub struct Persons {
    identity: Arc<Identity>,
    trust: Trust,
    /// What the identity says is written down by one at a time.
    step: Arc<Mutex<()>>,
}

/// What is to be done because something was heard or decided.
#[derive(Debug, Default)]
pub struct Outcome {
    /// For the sessions with these devices. Where none is up, nothing is lost: the
    /// next one begins with what counts by then.
    pub frames: Vec<(DeviceId, Frame)>,
    pub effects: Vec<Effect>,
}

/// Why something about persons was not done. What was begun is completed by the
/// next attempt.
#[derive(Debug, thiserror::Error)]
pub enum PersonsError {
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error(transparent)]
    Person(#[from] PersonError),
    #[error("the thread that asked for the key was ended")]
    Ended,
}

impl Persons {
    pub fn new(identity: Arc<Identity>, trust: Trust) -> Self {
        Self {
            identity,
            trust,
            step: Arc::new(Mutex::new(())),
        }
    }

    /// Writes down what follows from whose device this is by now: at the start, and
    /// whenever a pairing may have changed it.
    pub async fn in_step(&self) -> Result<Outcome, PersonsError> {
        let one_at_a_time = self.step.lock().await;
        let own = self.identity.person();
        let person = own.certificate.person();
        let before = self.trust.view().own_person();
        if before == Some(person) {
            return Ok(Outcome::default());
        }
        let arrival = own.arrival;
        let effects = self
            .trust
            .person_is(person, arrival.way, arrival.how)
            .await?;
        drop(one_at_a_time);
        if before.is_some() {
            info!(person = person.short(), "this device is of another person");
        }
        Ok(Outcome {
            frames: self.tell_everybody().await,
            effects,
        })
    }

    /// What a session begins with.
    pub fn on_up(&self, device: DeviceId) -> Vec<(DeviceId, Frame)> {
        vec![(device, self.certificate())]
    }

    /// A message about persons came in the session with a device.
    pub async fn on_frame(&self, device: DeviceId, frame: &Frame) -> Result<Outcome, PersonsError> {
        if frame.marker != Marker::Person {
            return Ok(Outcome::default());
        }
        match PersonMessage::parse(&frame.payload) {
            Ok(PersonMessage::Certificate { certificate, way }) => {
                self.shown(device, &certificate, way).await
            }
            Ok(PersonMessage::Key { seed, since }) => self.offered(device, seed.key(), since).await,
            Err(error) => {
                debug!(device = device.short(), %error, "a message about persons is not understood");
                Ok(Outcome::default())
            }
        }
    }

    /// Carries out [`Effect::NewPersonKey`]. Where the duty is done already,
    /// nothing happens.
    pub async fn renew(&self, since: Moment) -> Result<Outcome, PersonsError> {
        let duty = self.trust.view();
        if duty.tables().duties().get(&Duty::NewPersonKey) != Some(&since) {
            return Ok(Outcome::default());
        }
        let identity = Arc::clone(&self.identity);
        blocking(move || identity.renew_person(since.millis())).await?;
        let outcome = self.in_step().await?;
        self.trust.person_key_renewed(since).await?;
        Ok(outcome)
    }

    async fn shown(
        &self,
        device: DeviceId,
        certificate: &DeviceCertificate,
        way: Way,
    ) -> Result<Outcome, PersonsError> {
        if certificate.device() != device {
            warn!(
                device = device.short(),
                "showed the certificate of another device"
            );
            return Ok(Outcome::default());
        }
        let shown = self
            .trust
            .certificate_shown(device, certificate.person(), way);
        let Some(effects) = unless_refused(device, shown.await)? else {
            return Ok(Outcome::default());
        };
        let heirs = self.trust.awaits_key(device).then_some(device);
        Ok(Outcome {
            frames: self.hand_over(heirs.into_iter().collect()).await,
            effects,
        })
    }

    async fn offered(
        &self,
        device: DeviceId,
        key: PersonKey,
        since: u64,
    ) -> Result<Outcome, PersonsError> {
        let person = key.id();
        if person == self.identity.person_id() {
            return Ok(Outcome::default());
        }
        let offered = self.trust.key_offered(device, person).await;
        let Some(way) = unless_refused(device, offered)? else {
            return Ok(Outcome::default());
        };
        info!(
            device = device.short(),
            person = person.short(),
            "takes the key of its person"
        );
        let identity = Arc::clone(&self.identity);
        blocking(move || identity.follow_person(&key, since, &way)).await?;
        self.in_step().await
    }

    async fn tell_everybody(&self) -> Vec<(DeviceId, Frame)> {
        let certificate = self.certificate();
        let view = self.trust.view();
        let trusted = view.all_trusted().map(|(known, _)| known.peer.device);
        let trusted: Vec<_> = trusted.collect();
        let heirs = trusted.iter().copied();
        let heirs = heirs.filter(|device| self.trust.awaits_key(*device));
        let keys = self.hand_over(heirs.collect()).await;
        let certificates = trusted
            .into_iter()
            .map(|device| (device, certificate.clone()));
        // A key is taken only from a device that has shown whose it is.
        certificates.chain(keys).collect()
    }

    fn certificate(&self) -> Frame {
        let own = self.identity.person();
        let message = PersonMessage::Certificate {
            certificate: own.certificate,
            way: own.arrival.way,
        };
        message.to_frame()
    }

    /// My person's key for these devices. Where it cannot be read now, they ask for
    /// it again by showing that they are behind.
    async fn hand_over(&self, heirs: Vec<DeviceId>) -> Vec<(DeviceId, Frame)> {
        if heirs.is_empty() {
            return Vec::new();
        }
        let identity = Arc::clone(&self.identity);
        let own = identity.person();
        match blocking(move || identity.person_key()).await {
            // Changed while the keyring was asked: whoever changed it tells everybody.
            Ok(key) if key.id() != own.certificate.person() => Vec::new(),
            Ok(key) => {
                let since = own.since;
                let seed = PersonSeed::of(&key);
                let frame = PersonMessage::Key { seed, since }.to_frame();
                heirs
                    .into_iter()
                    .map(|device| (device, frame.clone()))
                    .collect()
            }
            Err(error) => {
                warn!(%error, "the person's key cannot be handed over now");
                Vec::new()
            }
        }
    }
}

/// A keyring may wait for its password.
async fn blocking<T: Send + 'static, E: Into<PersonError> + Send + 'static>(
    ask: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, PersonsError> {
    let answer = tokio::task::spawn_blocking(ask).await;
    let answer = answer.map_err(|_| PersonsError::Ended)?;
    answer.map_err(|error| PersonsError::Person(error.into()))
}

/// What a device may not say is nothing that went wrong here.
fn unless_refused<T>(
    device: DeviceId,
    answer: Result<T, TrustError>,
) -> Result<Option<T>, PersonsError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(TrustError::Refused(refusal)) => {
            debug!(device = device.short(), %refusal, "not believed");
            Ok(None)
        }
        Err(error @ TrustError::Store(_)) => Err(error.into()),
    }
}
