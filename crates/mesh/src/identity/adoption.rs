//! How a device becomes one more device of an older person. The order is
//! explained in [`super`].

use wire::{DeviceCertificate, DeviceKey, PersonKey};

use super::error::{Damage, IdentityError};
use super::record::{NextPerson, Record, Store};
use super::secret::Secret;
use super::{Home, key_file, opening, record};

pub(super) fn person_key(home: &Home) -> Result<PersonKey, IdentityError> {
    let record = record(home)?;
    Ok(opening::secret_of(&home.folder, &record, &home.keyring)?.person)
}

pub(super) fn adopt(
    home: &Home,
    key: &PersonKey,
    since: u64,
) -> Result<DeviceCertificate, IdentityError> {
    let before = record(home)?;
    let old = opening::secret_of(&home.folder, &before, &home.keyring)?;
    let new = Secret {
        device: DeviceKey::from_seed(old.device.seed()),
        person: PersonKey::from_seed(key.seed()),
    };
    match before.store {
        Store::Keyring => in_keyring(home, &before, &new, since)?,
        Store::File => in_file(home, before, &new, since)?,
    }
    Ok(DeviceCertificate::issue(key, new.device.id()))
}

/// A new entry, then a record that names it: the record decides. An attempt to
/// write that got stuck undoes itself under a name that nobody uses.
fn in_keyring(home: &Home, before: &Record, new: &Secret, since: u64) -> Result<(), IdentityError> {
    let store_id = record::random_store_id()?;
    home.keyring.keep(&store_id, new.encode())?;
    let after = Record {
        store_id: store_id.clone(),
        person: new.person.id(),
        person_since: since,
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
fn in_file(home: &Home, before: Record, new: &Secret, since: u64) -> Result<(), IdentityError> {
    let person = new.person.id();
    let announced = Record {
        next: Some(NextPerson { person, since }),
        ..before
    };
    announced.save(&home.folder)?;
    key_file::save(&home.folder, new)?;
    announced.settled(person).save(&home.folder)
}

fn record(home: &Home) -> Result<Record, IdentityError> {
    Record::load(&home.folder)?.ok_or_else(|| IdentityError::Damaged {
        place: record::path_in(&home.folder).display().to_string(),
        damage: Damage::Missing,
    })
}

#[cfg(test)]
mod tests;
