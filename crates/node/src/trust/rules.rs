//! What changes trust. Every rule is a function of what is so and what happened.

pub(super) mod asking;
mod freezing;
pub(super) mod handing;
pub(super) mod keys;
pub(super) mod meeting;
pub(super) mod own_person;
pub(super) mod permitting;
pub(super) mod persons;
pub(super) mod removing;
pub(super) mod tidying;
pub(super) mod trusting;

use std::time::Duration;

use wire::{DeviceId, PersonId};

use super::{decision::Decision, refusal::Refusal, view::View};
use crate::store::{AuditKind, Entry, Form, PeerAddress, Write};

/// What a device said about itself over an authenticated connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    pub name: String,
    pub form: Form,
    pub instance: u64,
    /// Whose device it proved to be.
    pub person: Option<PersonId>,
}

/// A device was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    pub device: DeviceId,
    /// What it said over an authenticated connection; nothing, where it was only
    /// heard.
    pub who: Option<Introduction>,
    /// Where it answered.
    pub address: Option<PeerAddress>,
}

/// The same refusal again, within this, is not written down again.
const REPEATS: Duration = Duration::from_secs(60);

/// A refusal to another machine, written down. Strangers share one entry: ids
/// cost nothing, and must not wash everything else out of the log.
fn refused_to<T>(
    view: &View,
    kind: AuditKind,
    device: DeviceId,
    refusal: Refusal,
    detail: Option<(&str, &str)>,
) -> Decision<T> {
    let mut entry = Entry::new(view.now(), kind).detail("reason", refusal.code());
    if let Some(known) = view.tables().known(device) {
        entry = entry.device(device).person(known.peer.person);
    }
    if let Some((name, value)) = detail {
        entry = entry.detail(name, value);
    }
    Decision::refused(refusal).write(Write::RecordOnceIn(REPEATS, entry))
}

/// An entry about a device, with its person where it is known.
fn about(view: &View, kind: AuditKind, device: DeviceId) -> Entry {
    let known = view.tables().known(device);
    Entry::new(view.now(), kind)
        .device(device)
        .person(known.and_then(|known| known.peer.person))
}
