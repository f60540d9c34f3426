//! How an identity is opened, adopted or made. The order is explained, and its
//! interruptions are listed, in [`super`].

use std::path::Path;
use std::sync::{Mutex, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::{Damage, IdentityError};
use super::keyring::{KeyringError, PatientKeyring};
use super::record::{self, Record, Store};
use super::secret::Secret;
use super::{Home, Identity, KeyPlace, KeyringChoice, adoption, key_file, private_file};

pub(super) fn open(
    folder: &Path,
    choice: KeyringChoice,
    keyring: &PatientKeyring,
) -> Result<Identity, IdentityError> {
    private_file::create_folder(folder)?;
    if let Some(record) = Record::load(folder)? {
        return reopen(folder, &record, keyring);
    }
    private_file::discard_unfinished(&record::path_in(folder))?;
    private_file::discard_unfinished(&key_file::path_in(folder))?;
    if let Some(secret) = key_file::load(folder)? {
        return adopt(folder, secret, keyring);
    }
    match choice {
        KeyringChoice::System => create(folder, keyring),
        KeyringChoice::FileOnly => create_in_file(folder, keyring, None),
    }
}

/// An identity on record: its secret must be where the record says.
fn reopen(
    folder: &Path,
    record: &Record,
    keyring: &PatientKeyring,
) -> Result<Identity, IdentityError> {
    let secret = secret_of(folder, record, keyring)?;
    if record.next.is_some() {
        record.settled(secret.person.id()).save(folder)?;
    }
    let record = record.settled(secret.person.id());
    Ok(identity(folder, keyring, secret, &record, None))
}

/// The secret that belongs to a record.
pub(super) fn secret_of(
    folder: &Path,
    record: &Record,
    keyring: &PatientKeyring,
) -> Result<Secret, IdentityError> {
    let place = match record.store {
        Store::Keyring => format!("keyring entry banyan/{}", record.store_id),
        Store::File => key_file::path_in(folder).display().to_string(),
    };
    let damaged = |damage| IdentityError::Damaged {
        place: place.clone(),
        damage,
    };
    let secret = match record.store {
        Store::Keyring => keyring
            .read(&record.store_id)?
            .map(|bytes| Secret::decode(&bytes).map_err(damaged))
            .transpose()?,
        Store::File => key_file::load(folder)?,
    };
    let secret = secret.ok_or_else(|| damaged(Damage::Missing))?;
    let person = secret.person.id();
    let expected = person == record.person
        || record
            .next
            .as_ref()
            .is_some_and(|next| person == next.person);
    if secret.device.id() != record.device || !expected {
        return Err(damaged(Damage::OtherKey));
    }
    Ok(secret)
}

/// A key file without a record: the first start was interrupted in between, or
/// somebody restored the key file alone. Either way it is this device's key.
fn adopt(
    folder: &Path,
    secret: Secret,
    keyring: &PatientKeyring,
) -> Result<Identity, IdentityError> {
    let record = save_record(folder, record::random_store_id()?, Store::File, &secret)?;
    Ok(identity(folder, keyring, secret, &record, None))
}

fn create(folder: &Path, keyring: &PatientKeyring) -> Result<Identity, IdentityError> {
    // A new name for every attempt: what a stuck attempt may still write one
    // day can then not replace what a later one wrote.
    let store_id = record::random_store_id()?;
    match keyring.probe(&store_id) {
        Ok(()) => {}
        Err(KeyringError::Unreachable(reason)) => {
            return create_in_file(folder, keyring, Some(reason));
        }
        Err(error @ KeyringError::Locked(_)) => return Err(error.into()),
    }
    let secret = Secret::generate()?;
    keyring.keep(&store_id, secret.encode())?;
    match save_record(folder, store_id.clone(), Store::Keyring, &secret) {
        Ok(record) => Ok(identity(folder, keyring, secret, &record, None)),
        Err(error) => {
            // Only tidiness: without a record the entry names nobody. But where
            // the disk failed after the record was in place, the record counts.
            if matches!(Record::load(folder), Ok(None)) {
                let _ = keyring.remove(&store_id);
            }
            Err(error)
        }
    }
}

fn create_in_file(
    folder: &Path,
    keyring: &PatientKeyring,
    keyring_absent: Option<String>,
) -> Result<Identity, IdentityError> {
    let secret = Secret::generate()?;
    key_file::save(folder, &secret)?;
    let record = save_record(folder, record::random_store_id()?, Store::File, &secret)?;
    Ok(identity(folder, keyring, secret, &record, keyring_absent))
}

fn save_record(
    folder: &Path,
    store_id: String,
    store: Store,
    secret: &Secret,
) -> Result<Record, IdentityError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
    let (device, person) = (secret.device.id(), secret.person.id());
    let record = Record::new(store_id, store, device, person, since);
    record.save(folder)?;
    Ok(record)
}

fn identity(
    folder: &Path,
    keyring: &PatientKeyring,
    secret: Secret,
    record: &Record,
    keyring_absent: Option<String>,
) -> Identity {
    let person = adoption::own(&secret, record.person_since, record.arrival.clone());
    Identity {
        device: secret.device,
        person: RwLock::new(person),
        home: Mutex::new(Home {
            folder: folder.to_owned(),
            keyring: keyring.clone(),
        }),
        place: match record.store {
            Store::Keyring => KeyPlace::Keyring,
            Store::File => KeyPlace::File(key_file::path_in(folder)),
        },
        keyring_absent,
    }
}

#[cfg(test)]
mod tests;
