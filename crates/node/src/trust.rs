//! Who is trusted, with what, and on which ground.
//!
//! The rules are pure: each is a function of what is known ([`View`]), the time,
//! and what happened, and returns a [`Decision`]: the rows to write, the effects
//! that others must carry out, and the answer. [`Trust`] lets the thread of the
//! store make them one after the other, so a rule always sees the latest state.
//! Reading ([`Trust::may`], [`Trust::standing`]) looks at the mirror and waits for
//! nobody.
//!
//! - `view`: what is so at a moment
//! - `persons`: whose device a device is, and what is wrong with that
//! - `rules/*`: what changes it
//! - [`Refusal`]: every way to say no
//!
//! Invariants: a device is known by its id, never by its address or name. Blocked
//! beats everything. What nobody allowed is refused. Whoever is in doubt may do
//! nothing. A decision is on the disk
//! before it is acknowledged, and in the audit log with it.

mod decision;
mod persons;
mod refusal;
mod rules;
#[cfg(test)]
mod tests;
mod view;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use mesh::Arrived;
use tokio::sync::watch;
use wire::{DeviceId, PersonId, Way, msg::llm::Words};

pub use decision::{Done, Effect, Ended};
pub use persons::Concern;
pub use refusal::Refusal;
pub use rules::{
    Introduction, Met,
    asking::{Heard, Say, may_ask_again, request_expires},
};
pub use view::{Policy, Standing, Verdict, View};

use crate::clock;
use crate::store::{
    AuditKind, Durability, Entry, Given, Grant, InvitationId, MeshKeyId, MeshKeyKind, Moment,
    Occasion, Page, PeerAddress, Permission, Quota, Recorded, Relation, Store, StoreError, Tables,
    Term,
};
use decision::Decision;

/// How long trust through a retired mesh key lasts unless said otherwise: over a
/// week's holiday every machine was on once.
pub const GRACE: Duration = Duration::from_hours(7 * 24);

/// How long an invitation is good unless said otherwise.
pub const INVITATION: Duration = Duration::from_hours(24);

/// Why something was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where decisions are handed in and looked up. Clones share it.
#[derive(Debug, Clone)]
pub struct Trust {
    store: Store,
    policy: Arc<watch::Sender<Policy>>,
    clock: Clock,
}

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Trust {
    pub fn new(store: Store, policy: Policy, clock: Clock) -> Self {
        Self {
            store,
            policy: Arc::new(watch::Sender::new(policy)),
            clock,
        }
    }

    /// What is so now; for those who look several things up at once.
    pub fn view(&self) -> View {
        View::new(self.store.tables(), *self.policy.borrow(), self.clock.now())
    }

    pub fn standing(&self, device: DeviceId) -> Standing {
        self.view().standing(device)
    }

    /// Whether a device may do something. To look, not to let it: see [`Self::admit`].
    pub fn may(&self, device: DeviceId, permission: Permission) -> Verdict {
        self.view().may(device, permission)
    }

    pub fn quota(&self, device: DeviceId) -> Quota {
        self.view().quota(device)
    }

    /// Tells when anything of this changes.
    pub fn watch(&self) -> watch::Receiver<Arc<Tables>> {
        self.store.watch()
    }

    /// The settings changed. Ends what rested on a policy that is no more.
    pub async fn set_policy(&self, policy: Policy) -> Result<Vec<Effect>, TrustError> {
        self.policy.send_replace(policy);
        self.tidy().await
    }

    // What happens between machines.

    /// Lets a device do something, once it asks for it. A grant for a single use
    /// is used up; a refusal goes to the audit log.
    pub async fn admit(
        &self,
        device: DeviceId,
        permission: Permission,
    ) -> Result<Grant, TrustError> {
        if let Verdict::Allowed { grant, once: false } = self.may(device, permission) {
            return Ok(grant);
        }
        self.decide(move |view| rules::permitting::admit(view, device, permission))
            .await
            .map(|done| done.answer)
    }

    /// Somebody asked for pairing, there or here.
    pub async fn pairing_asked(
        &self,
        device: DeviceId,
        who: Introduction,
    ) -> Result<(), TrustError> {
        self.note(move |view| rules::trusting::pairing_asked(view, device, &who))
            .await
            .map(drop)
    }

    /// Pairing ended without trust.
    pub async fn pairing_ended(&self, device: DeviceId) -> Result<(), TrustError> {
        self.note(move |view| rules::trusting::pairing_ended(view, device))
            .await
            .map(drop)
    }

    /// Both people said that the codes are the same.
    pub async fn paired(
        &self,
        device: DeviceId,
        who: Introduction,
        relation: Relation,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::trusting::paired(view, device, &who, relation))
            .await
            .map(|done| done.effects)
    }

    /// A device proved that it holds this mesh key. Whoever gets the key of a
    /// person for that is on the disk first; one of a team gets nothing, and shows
    /// its key again should the power fail.
    pub async fn mesh_key_proved(
        &self,
        device: DeviceId,
        who: Introduction,
        key: MeshKeyId,
    ) -> Result<Vec<Effect>, TrustError> {
        let view = self.view();
        let kind = view.tables().mesh_key(key).map(|row| row.kind);
        let durability = match kind {
            Some(MeshKeyKind::Team) => Durability::Note,
            Some(MeshKeyKind::Mine) | None => Durability::Decision,
        };
        self.change(durability, move |view| {
            rules::trusting::mesh_key_proved(view, device, &who, key)
        })
        .await
        .map(|done| done.effects)
    }

    /// A device showed the secret of an invitation.
    pub async fn invitation_shown(
        &self,
        device: DeviceId,
        who: Introduction,
        invitation: InvitationId,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::trusting::invitation_shown(view, device, &who, invitation))
            .await
            .map(|done| done.effects)
    }

    /// This machine redeemed an invitation of the device.
    pub async fn invited(
        &self,
        device: DeviceId,
        who: Introduction,
        relation: Relation,
        invitation: InvitationId,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::trusting::invited(view, device, &who, relation, invitation))
            .await
            .map(|done| done.effects)
    }

    /// A device came along while everybody on this network is welcome.
    pub async fn came_openly(
        &self,
        device: DeviceId,
        who: Introduction,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::trusting::came_openly(view, device, &who))
            .await
            .map(|done| done.effects)
    }

    /// A device showed that it is of a person, in its session, and how it came there.
    pub async fn certificate_shown(
        &self,
        device: DeviceId,
        person: PersonId,
        way: Way,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::persons::certificate_shown(view, device, person, &way))
            .await
            .map(|done| done.effects)
    }

    /// A device hands over the key of its person. Answers the way there from mine,
    /// where the key is to be taken.
    pub async fn key_offered(&self, device: DeviceId, person: PersonId) -> Result<Way, TrustError> {
        self.decide(move |view| rules::persons::key_offered(view, device, person))
            .await
            .map(|done| done.answer)
    }

    /// Whether a device is one of mine and is to be handed my person's key.
    pub fn awaits_key(&self, device: DeviceId) -> bool {
        rules::persons::awaits_key(&self.view(), device)
    }

    /// What was met on the network; of devices without a row nothing is kept.
    pub async fn met(&self, met: Vec<Met>) -> Result<(), TrustError> {
        self.note(move |view| rules::meeting::met(view, &met))
            .await
            .map(drop)
    }

    /// Addresses that somebody told, such as a ticket.
    pub async fn told_addresses(
        &self,
        device: DeviceId,
        addresses: Vec<PeerAddress>,
    ) -> Result<(), TrustError> {
        self.note(move |view| rules::meeting::told_addresses(view, device, &addresses))
            .await
            .map(drop)
    }

    /// Whether to show a notification, which then counts as shown.
    pub async fn notify_once(
        &self,
        device: DeviceId,
        occasion: Occasion,
    ) -> Result<bool, TrustError> {
        self.note(move |view| rules::meeting::notify_once(view, device, occasion))
            .await
            .map(|done| done.answer)
    }

    // What the person decides.

    pub async fn forget(&self, device: DeviceId) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::removing::forget(view, device))
            .await
            .map(|done| done.effects)
    }

    /// `name` is for a device without a row.
    pub async fn block(
        &self,
        device: DeviceId,
        name: Option<String>,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::removing::block(view, device, name))
            .await
            .map(|done| done.effects)
    }

    /// The device is a stranger again.
    pub async fn unblock(&self, device: DeviceId) -> Result<(), TrustError> {
        self.decide(move |view| rules::removing::unblock(view, device))
            .await
            .map(drop)
    }

    pub async fn allow(
        &self,
        device: DeviceId,
        grant: Grant,
        term: Term,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::permitting::allow(view, device, grant, term))
            .await
            .map(|done| done.effects)
    }

    pub async fn deny(
        &self,
        device: DeviceId,
        permission: Permission,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::permitting::deny(view, device, permission))
            .await
            .map(|done| done.effects)
    }

    /// Nothing brings back what is usual.
    pub async fn set_quota(
        &self,
        device: DeviceId,
        quota: Option<Quota>,
    ) -> Result<(), TrustError> {
        self.decide(move |view| rules::permitting::set_quota(view, device, quota))
            .await
            .map(drop)
    }

    /// Takes the name that the device offers.
    pub async fn adopt_name(&self, device: DeviceId) -> Result<(), TrustError> {
        self.decide(move |view| rules::meeting::adopt_name(view, device))
            .await
            .map(drop)
    }

    // Asking for the use of models.

    /// A device asks its way in. It asks again where this got lost.
    pub async fn access_asked(
        &self,
        device: DeviceId,
        number: i64,
        reason: Words,
    ) -> Result<Heard, TrustError> {
        self.note(move |view| rules::asking::heard(view, device, number, reason))
            .await
            .map(|done| done.answer)
    }

    /// The device that asked wants it no more.
    pub async fn access_unasked(&self, device: DeviceId, number: i64) -> Result<(), TrustError> {
        self.decide(move |view| rules::asking::withdrawn(view, device, number))
            .await
            .map(drop)
    }

    /// The person here answers the open request of a device.
    pub async fn answer_access(
        &self,
        device: DeviceId,
        say: Say,
        words: Words,
    ) -> Result<Vec<Effect>, TrustError> {
        let midnight = clock::midnight_after(self.clock.now().into()).into();
        self.decide(move |view| rules::asking::answer(view, device, say, words, midnight))
            .await
            .map(|done| done.effects)
    }

    /// The person here asks for the use of a device's models.
    pub async fn ask_access(&self, device: DeviceId, reason: Words) -> Result<(), TrustError> {
        self.decide(move |view| rules::asking::ask(view, device, reason))
            .await
            .map(drop)
    }

    /// The person here wants it no more.
    pub async fn withdraw_access(&self, device: DeviceId) -> Result<(), TrustError> {
        self.decide(move |view| rules::asking::withdraw(view, device))
            .await
            .map(drop)
    }

    /// A device answers what was asked there; whether anything was.
    pub async fn access_answered(
        &self,
        device: DeviceId,
        number: i64,
        given: Given,
        words: Words,
    ) -> Result<bool, TrustError> {
        self.decide(move |view| rules::asking::told(view, device, number, given, words))
            .await
            .map(|done| done.answer)
    }

    // Keys and invitations.

    /// What is still to be done because a device went; asked at every start, for
    /// the process may have ended in between.
    pub fn duties(&self) -> Vec<Effect> {
        let view = self.view();
        let duties = view.tables().duties().iter();
        duties
            .filter_map(|(duty, since)| rules::removing::effect_of(&view, *duty, *since))
            .collect()
    }

    /// Whose device this is, as its identity says, and how it came there. Nobody is
    /// one of mine before this was said once.
    pub async fn person_is(
        &self,
        own: PersonId,
        way: Way,
        how: Arrived,
    ) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::own_person::person_is(view, own, &way, how))
            .await
            .map(|done| done.effects)
    }

    /// My person has a new key since the device went that [`Effect::NewPersonKey`]
    /// told of. Where another went meanwhile, the duty stays.
    pub async fn person_key_renewed(&self, since: Moment) -> Result<(), TrustError> {
        self.decide(move |view| rules::removing::person_key_renewed(view, since))
            .await
            .map(drop)
    }

    /// A mesh key was made or handed over. Saying so again changes nothing.
    pub async fn add_mesh_key(&self, id: MeshKeyId, kind: MeshKeyKind) -> Result<(), TrustError> {
        self.decide(move |view| rules::keys::add(view, id, kind))
            .await
            .map(drop)
    }

    /// Replaces a mesh key. Answers which devices are trusted through the old one:
    /// until they hold the new one, but no longer than `grace`.
    pub async fn rotate_mesh_key(
        &self,
        old: MeshKeyId,
        new: MeshKeyId,
        grace: Duration,
    ) -> Result<Done<Vec<DeviceId>>, TrustError> {
        self.decide(move |view| rules::keys::rotate(view, old, new, grace))
            .await
    }

    /// Answers which of these devices may be given a key, and are counted as
    /// holding it from then on.
    pub async fn give_mesh_key(
        &self,
        id: MeshKeyId,
        devices: Vec<DeviceId>,
    ) -> Result<Vec<DeviceId>, TrustError> {
        self.decide(move |view| rules::handing::give(view, id, &devices))
            .await
            .map(|done| done.answer)
    }

    /// Whether a device may bring the key that replaces another.
    pub fn takes_mesh_key(
        &self,
        device: DeviceId,
        replaces: MeshKeyId,
        brought: (MeshKeyId, MeshKeyKind),
    ) -> bool {
        rules::handing::is_taken_from(&self.view(), device, replaces, brought)
    }

    /// Retired keys that a device holds, and may be given another for.
    pub fn outdated_keys(&self, device: DeviceId) -> Vec<(MeshKeyId, MeshKeyKind)> {
        rules::handing::outdated(&self.view(), device)
    }

    /// Ends the trust that rests on a mesh key at once.
    pub async fn remove_mesh_key(&self, id: MeshKeyId) -> Result<Vec<Effect>, TrustError> {
        self.decide(move |view| rules::keys::remove(view, id))
            .await
            .map(|done| done.effects)
    }

    pub async fn invite(
        &self,
        id: InvitationId,
        kind: MeshKeyKind,
        good_for: Duration,
    ) -> Result<(), TrustError> {
        self.decide(move |view| rules::keys::invite(view, id, kind, good_for))
            .await
            .map(drop)
    }

    pub async fn withdraw_invitation(&self, id: InvitationId) -> Result<(), TrustError> {
        self.decide(move |view| rules::keys::withdraw(view, id))
            .await
            .map(drop)
    }

    // The log, and what time takes.

    /// Writes down what others did, such as an export or a deletion.
    pub async fn record(
        &self,
        kind: AuditKind,
        device: Option<DeviceId>,
        person: Option<PersonId>,
        details: BTreeMap<String, String>,
    ) -> Result<(), TrustError> {
        self.decide(move |view| {
            Decision::done(()).record(Entry {
                at: view.now(),
                kind,
                device,
                person,
                details,
            })
        })
        .await
        .map(drop)
    }

    pub async fn audit(&self, page: Page) -> Result<Vec<Recorded>, StoreError> {
        self.store.audit(page).await
    }

    /// Removes what has ended. Nothing depends on how often: what has ended does
    /// not count, whether its row is still there or not.
    pub async fn tidy(&self) -> Result<Vec<Effect>, TrustError> {
        self.decide(rules::tidying::tidy)
            .await
            .map(|done| done.effects)
    }

    async fn decide<T: Send + 'static>(
        &self,
        rule: impl FnOnce(&View) -> Decision<T> + Send + 'static,
    ) -> Result<Done<T>, TrustError> {
        self.change(Durability::Decision, rule).await
    }

    async fn note<T: Send + 'static>(
        &self,
        rule: impl FnOnce(&View) -> Decision<T> + Send + 'static,
    ) -> Result<Done<T>, TrustError> {
        self.change(Durability::Note, rule).await
    }

    async fn change<T: Send + 'static>(
        &self,
        durability: Durability,
        rule: impl FnOnce(&View) -> Decision<T> + Send + 'static,
    ) -> Result<Done<T>, TrustError> {
        let (policy, clock) = (self.policy.subscribe(), self.clock.clone());
        let outcome = self
            .store
            .change(durability, move |tables| {
                let view = View::new(Arc::clone(tables), *policy.borrow(), clock.now());
                rule(&view).split()
            })
            .await?;
        Ok(outcome?)
    }
}

impl Clock {
    pub fn system() -> Self {
        Self::of(|| std::time::SystemTime::now().into())
    }

    pub fn of(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    fn now(&self) -> Moment {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}
