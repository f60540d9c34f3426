//! Who this device is: its key, the key of its person, and where they rest.
//!
//! An identity is made once, at the first start, and kept for ever. Two files
//! of the data folder and one entry of the system's keyring may take part:
//!
//! - `identity.toml`, the record: the public ids, which store holds the secret,
//!   and the random name of the keyring entry. It holds no secret.
//! - the secret, both keys in one piece: in the keyring where there is one,
//!   else in `identity.key`, which only the owner may read.
//!
//! **The record is written last, and an [`Identity`] is handed out only after
//! that.** So nobody has ever seen an identity that is not on record, and an
//! interrupted first start can be begun again:
//!
//! | stopped after | the next start finds | and |
//! |---|---|---|
//! | nothing, or a half-written file | nothing (`*.new` does not count) | begins again |
//! | the secret went to the keyring | no record | begins again under a new entry name; the old entry names nobody |
//! | the secret went to `identity.key` | no record, a key file | takes the key file and writes its record |
//! | the record was written | both | opens |
//!
//! The device's key never changes. The person's key changes when this device is
//! paired as one more device of an older person, when a device of this person
//! went and a new key is made here, and when another of the person's devices
//! hands over the key it made. Each time the old key signs a move to the new one,
//! and the record keeps the moves ([`Arrival`]), so that those who know the old
//! person can follow.
//!
//! In a keyring the new secret gets a new entry and then the record names that
//! one. In the file the record first names the person to come beside the present
//! one, then the secret is replaced, then the record names the new person alone;
//! whichever of the two the secret belongs to when it is looked at again is the
//! person. The move lies in the record from the first step on, because after the
//! second nobody here could sign it any more.
//!
//! Invariant: where a record or a key file exists, no key is ever made. A locked or absent keyring, a lost entry, a
//! damaged file: each is an error that says so. A second identity would be a
//! stranger to every paired machine.
//!
//! Opening blocks (disk, D-Bus, at worst the keyring's time limit): call it on
//! a thread that may. The caller holds the lock of the data folder, so no other
//! process does the same.

mod adoption;
mod error;
mod key_file;
mod keyring;
mod opening;
mod private_file;
mod record;
mod safe;
mod secret;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use zeroize::Zeroizing;

use wire::{
    DeviceCertificate, DeviceId, DeviceKey, Label, PersonId, PersonKey, Signature, Signer, Way,
};

pub use error::{Damage, IdentityError, PersonError};
pub use record::{Arrival, Arrived};
pub use safe::{NotASecretName, Safe, SecretName};

use adoption::Coming;
use keyring::{PatientKeyring, SystemKeyring};

/// Where a new identity may put its secret. An existing one stays where its
/// record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringChoice {
    /// In the system's keyring, or in a file where there is no keyring.
    System,
    /// In a file. The keyring is not asked.
    FileOnly,
}

/// Where the secret of an identity is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    Keyring,
    File(PathBuf),
}

/// The keys of this device and of its person.
#[derive(Debug)]
pub struct Identity {
    device: DeviceKey,
    /// Replaced, never half: see [`Identity::come`].
    person: RwLock<OwnPerson>,
    place: KeyPlace,
    keyring_absent: Option<String>,
    /// One change at a time.
    home: Mutex<Home>,
}

/// Whose device this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPerson {
    /// The person's proof that this device is theirs.
    pub certificate: DeviceCertificate,
    /// The age of the person, as pairing compares it: when their first key was
    /// made, in milliseconds since 1970 by the clock of the device that made it,
    /// and one less for every key that replaced it.
    pub since: u64,
    pub arrival: Arrival,
}

/// Where the identity rests, to read the person's key when it is handed over
/// and to keep another one.
#[derive(Debug)]
struct Home {
    folder: PathBuf,
    keyring: PatientKeyring,
}

impl Identity {
    /// Opens the identity of a data folder, or makes it at the first start.
    /// Blocks.
    pub fn open(folder: &Path, choice: KeyringChoice) -> Result<Self, IdentityError> {
        let keyring = PatientKeyring::new(Arc::new(SystemKeyring), keyring::ANSWER_LIMIT);
        opening::open(folder, choice, &keyring)
    }

    pub fn device_id(&self) -> DeviceId {
        self.device.id()
    }

    pub fn person_id(&self) -> PersonId {
        self.certificate().person()
    }

    /// The person's proof that this device is theirs.
    pub fn certificate(&self) -> DeviceCertificate {
        self.person().certificate
    }

    /// See [`OwnPerson::since`].
    pub fn person_since(&self) -> u64 {
        self.person().since
    }

    /// Everything about the person, as it is at one moment.
    pub fn person(&self) -> OwnPerson {
        let person = self.person.read().unwrap_or_else(PoisonError::into_inner);
        person.clone()
    }

    /// The key of the person, to hand it to another of their devices. It is
    /// read where it rests and not kept. Blocks.
    pub fn person_key(&self) -> Result<PersonKey, IdentityError> {
        adoption::person_key(&self.home.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// This device and another are to be one person's: from now on it is a device
    /// of that older person. `way` is how the other came to it; where that does not
    /// lead from the present person, the present key signs the move. Refused where
    /// the present person is not the one that was compared with the older any
    /// more: several devices may be settled with at a time. Blocks.
    pub fn adopt_person(
        &self,
        compared: PersonId,
        key: &PersonKey,
        since: u64,
        way: &Way,
    ) -> Result<DeviceCertificate, PersonError> {
        self.come(&Coming::Joined {
            compared,
            key,
            since,
            way,
        })
    }

    /// Another device of the person hands over the key that they went on to.
    /// Taken only where the way leads there from the present key. Blocks.
    pub fn follow_person(
        &self,
        key: &PersonKey,
        since: u64,
        way: &Way,
    ) -> Result<DeviceCertificate, PersonError> {
        self.come(&Coming::Following { key, since, way })
    }

    /// Somebody knows the person's key who should not: makes a new one, and signs
    /// the move with the old. Again for the same duty, it changes nothing: so it
    /// can be asked for until whoever asks has written down that it is done.
    /// Blocks.
    pub fn renew_person(&self, duty: i64) -> Result<DeviceCertificate, PersonError> {
        self.come(&Coming::Renewed { duty })
    }

    /// When this returns, the change is kept durably. When it fails, this process
    /// goes on as what the next start would find, so that the two never differ.
    fn come(&self, coming: &Coming<'_>) -> Result<DeviceCertificate, PersonError> {
        let home = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        let come = adoption::come(&home, coming);
        let now = match &come {
            Ok(person) => Some(person.clone()),
            Err(_) => adoption::present(&home).ok(),
        };
        if let Some(now) = now {
            *self.person.write().unwrap_or_else(PoisonError::into_inner) = now;
        }
        come.map(|person| person.certificate)
    }

    /// Where the secret lies.
    pub fn place(&self) -> &KeyPlace {
        &self.place
    }

    /// Keeps other secrets of this machine where its own is.
    pub fn safe(&self) -> Safe {
        let home = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        match self.place {
            KeyPlace::Keyring => Safe::of_keyring(home.keyring.clone()),
            KeyPlace::File(_) => Safe::of_folder(&home.folder),
        }
    }

    /// Why the secret went into a file, if that happened at this very start
    /// because there is no keyring: worth telling once.
    pub fn keyring_absent(&self) -> Option<&str> {
        self.keyring_absent.as_deref()
    }
}

impl Identity {
    /// The device key as TLS wants it (PKCS #8, RFC 8410). For [`crate::tls`]
    /// only, which signs with it what a handshake prescribes; everything else
    /// is signed under a label.
    pub(crate) fn device_key_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        const PREFIX: [u8; 16] = [
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22,
            0x04, 0x20,
        ];
        let seed = self.device.seed();
        // The exact capacity matters: a vector that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(PREFIX.len() + seed.len()));
        bytes.extend_from_slice(&PREFIX);
        bytes.extend_from_slice(seed);
        bytes
    }
}

impl Signer for Identity {
    fn device_id(&self) -> DeviceId {
        self.device.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.device.sign(label, fields)
    }
}
