//! How this device comes to another person: joined to one by two people who
//! paired, along a way that another of its person's devices shows, or with a new
//! key that is made here. The order of the steps is explained in [`super`].

use wire::{DeviceCertificate, DeviceKey, PersonId, PersonKey, PersonMove, Way};

use super::error::{Damage, IdentityError, PersonError};
use super::record::{Arrival, Arrived, NextPerson, Record, Store};
use super::secret::{self, Secret};
use super::{Home, OwnPerson, key_file, opening, record};

/// How the other person is come to.
#[derive(Debug)]
pub(super) enum Coming<'a> {
    /// Two people paired their devices as one person's. `way` is the other's; where
    /// it does not pass the present person, the move there is made here.
    Joined {
        compared: PersonId,
        key: &'a PersonKey,
        since: u64,
        way: &'a Way,
    },
    /// Another device of the person went on and hands over the key.
    Following {
        key: &'a PersonKey,
        since: u64,
        way: &'a Way,
    },
    /// A removed device knows the key; a new one is made, once for each duty.
    Renewed { duty: i64 },
}

/// What the record and the secret say, whatever was interrupted before.
pub(super) fn present(home: &Home) -> Result<OwnPerson, IdentityError> {
    let (record, secret) = load(home)?;
    Ok(own(&secret, record.person_since, record.arrival))
}

pub(super) fn person_key(home: &Home) -> Result<PersonKey, IdentityError> {
    Ok(load(home)?.1.person)
}

pub(super) fn come(home: &Home, coming: &Coming<'_>) -> Result<OwnPerson, PersonError> {
    let (before, old) = load(home)?;
    let Some(next) = next(&before, &old, coming)? else {
        return Ok(own(&old, before.person_since, before.arrival));
    };
    let new = Secret {
        device: DeviceKey::from_seed(old.device.seed()),
        person: next.key,
    };
    let come = own(&new, next.since, next.arrival.clone());
    let next = NextPerson {
        person: new.person.id(),
        since: next.since,
        arrival: next.arrival,
    };
    match before.store {
        Store::Keyring => in_keyring(home, &before, &new, next)?,
        Store::File => in_file(home, before, &new, next)?,
    }
    Ok(come)
}

pub(super) fn own(secret: &Secret, since: u64, arrival: Arrival) -> OwnPerson {
    OwnPerson {
        certificate: DeviceCertificate::issue(&secret.person, secret.device.id()),
        since,
        arrival,
    }
}

struct Next {
    key: PersonKey,
    since: u64,
    arrival: Arrival,
}

/// Nothing where this device is there already.
fn next(before: &Record, old: &Secret, coming: &Coming<'_>) -> Result<Option<Next>, PersonError> {
    let passed = &before.arrival.way;
    let arrive = |step: &Way, how| Arrival {
        way: passed.then(step),
        how,
    };
    match *coming {
        Coming::Joined { key, .. } | Coming::Following { key, .. }
            if key.id() == old.person.id() =>
        {
            Ok(None)
        }
        Coming::Joined { key, .. } | Coming::Following { key, .. } if passed.left(key.id()) => {
            Err(PersonError::Left)
        }
        Coming::Joined { compared, .. } if compared != old.person.id() => Err(PersonError::Changed),
        Coming::Joined {
            key, since, way, ..
        } => {
            let since = since.min(LATEST);
            let arrival = match way_to(key, way, old) {
                Some(step) => arrive(&step, Arrived::Followed),
                None => arrive(&signed(old, key, since)?, Arrived::Joined),
            };
            let key = PersonKey::from_seed(key.seed());
            Ok(Some(Next {
                key,
                since,
                arrival,
            }))
        }
        Coming::Following { key, since, way } => {
            let step = way_to(key, way, old)
                .filter(|step| step.last().map(PersonMove::since) == Some(since))
                .filter(|_| since <= LATEST)
                .ok_or(PersonError::NoWay)?;
            let arrival = arrive(&step, Arrived::Followed);
            let key = PersonKey::from_seed(key.seed());
            Ok(Some(Next {
                key,
                since,
                arrival,
            }))
        }
        Coming::Renewed { duty } if before.arrival.how == Arrived::Renewed(duty) => Ok(None),
        Coming::Renewed { duty } => {
            let key = secret::random_person()?;
            // Older than every copy of the key it replaces, so that pairing with a
            // device that still has one never brings the old key back.
            let since = before.person_since.saturating_sub(1);
            let arrival = arrive(&signed(old, &key, since)?, Arrived::Renewed(duty));
            Ok(Some(Next {
                key,
                since,
                arrival,
            }))
        }
    }
}

/// What the record can hold: its numbers are signed.
const LATEST: u64 = i64::MAX.unsigned_abs();

fn way_to(key: &PersonKey, way: &Way, old: &Secret) -> Option<Way> {
    way.starting_at(old.person.id())
        .filter(|step| step.last().map(PersonMove::new_person) == Some(key.id()))
}

fn signed(old: &Secret, key: &PersonKey, since: u64) -> Result<Way, PersonError> {
    PersonMove::issue(&old.person, key.id(), since)
        .map(Way::from)
        .ok_or(PersonError::NoWay)
}

/// A new entry, then a record that names it: the record decides. An attempt to
/// write that got stuck undoes itself under a name that nobody uses.
fn in_keyring(
    home: &Home,
    before: &Record,
    new: &Secret,
    next: NextPerson,
) -> Result<(), IdentityError> {
    let store_id = record::random_store_id()?;
    home.keyring.keep(&store_id, new.encode())?;
    let after = Record {
        store_id: store_id.clone(),
        person: next.person,
        person_since: next.since,
        arrival: next.arrival,
        ..before.clone()
    };
    let saved = after.save(&home.folder);
    // Only tidiness: what no record names is of no use to anyone.
    match Record::load(&home.folder) {
        Ok(Some(record)) if record == after => drop(home.keyring.remove(&before.store_id)),
        Ok(Some(record)) if record == *before => drop(home.keyring.remove(&store_id)),
        Ok(_) | Err(_) => {}
    }
    saved
}

/// The file has one name, so the record announces the change first; from then
/// on the secret decides.
fn in_file(
    home: &Home,
    before: Record,
    new: &Secret,
    next: NextPerson,
) -> Result<(), IdentityError> {
    let person = next.person;
    let announced = Record {
        next: Some(next),
        ..before
    };
    announced.save(&home.folder)?;
    key_file::save(&home.folder, new)?;
    announced.settled(person).save(&home.folder)
}

/// The record as it is since the last step that happened, and its secret.
fn load(home: &Home) -> Result<(Record, Secret), IdentityError> {
    let record = Record::load(&home.folder)?.ok_or_else(|| IdentityError::Damaged {
        place: record::path_in(&home.folder).display().to_string(),
        damage: Damage::Missing,
    })?;
    let secret = opening::secret_of(&home.folder, &record, &home.keyring)?;
    Ok((record.settled(secret.person.id()), secret))
}

#[cfg(test)]
mod tests;
