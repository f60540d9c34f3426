//! `identity.toml`: which identity this folder has, and where its secret is.
//!
//! Written once, after the secret is safe, and never changed by this version.
//! A field it does not know makes the file damaged rather than half understood;
//! a later format raises `format`.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use wire::{DeviceId, PersonId};

use super::error::{Damage, IdentityError};
use super::private_file;

const FORMAT: i64 = 1;

/// A record takes 300 bytes; more than this is another file.
const MOST_BYTES: u64 = 16 * 1024;

const HEADING: &str = "\
# Which identity this device has, and where its secret key is kept.
# Written by Banyan at its first start. Changing it makes the identity unusable.

";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) format: i64,
    /// Names the entry in the keyring. Random, so that two data folders of one
    /// user never share an identity.
    pub(super) store_id: String,
    pub(super) store: Store,
    pub(super) device: DeviceId,
    pub(super) person: PersonId,
    /// When that person's key was made, in milliseconds since 1970. Records of
    /// before it was written down count as the oldest.
    #[serde(default)]
    pub(super) person_since: u64,
    /// The person that is being adopted: if the secret is theirs, the step
    /// before last was the last one that happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<NextPerson>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NextPerson {
    pub(super) person: PersonId,
    pub(super) since: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Store {
    Keyring,
    File,
}

impl Record {
    pub(super) fn new(
        store_id: String,
        store: Store,
        device: DeviceId,
        person: PersonId,
        person_since: u64,
    ) -> Self {
        Self {
            format: FORMAT,
            store_id,
            store,
            device,
            person,
            person_since,
            next: None,
        }
    }

    /// The record once it is known to which of its persons the secret belongs.
    pub(super) fn settled(&self, secret_of: PersonId) -> Self {
        let adopted = self.next.filter(|next| next.person == secret_of);
        Self {
            person: adopted.map_or(self.person, |next| next.person),
            person_since: adopted.map_or(self.person_since, |next| next.since),
            next: None,
            ..self.clone()
        }
    }

    /// The record of a folder, or nothing where there is none.
    pub(super) fn load(folder: &Path) -> Result<Option<Self>, IdentityError> {
        let path = path_in(folder);
        let Some(mut file) = private_file::open(&path)? else {
            return Ok(None);
        };
        let bytes = file.read_up_to(MOST_BYTES)?;
        Self::parse(&bytes)
            .map(Some)
            .map_err(IdentityError::damaged_file(&path))
    }

    pub(super) fn save(&self, folder: &Path) -> Result<(), IdentityError> {
        private_file::write(&path_in(folder), self.render().as_bytes())
    }

    fn parse(bytes: &[u8]) -> Result<Self, Damage> {
        let syntax = |error: &dyn std::fmt::Display| Damage::Syntax(error.to_string());
        let text = str::from_utf8(bytes).map_err(|error| syntax(&error))?;
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| syntax(&error.message()))?;
        // Before anything else: a later format may have other fields.
        if let Some(format) = table.get("format").and_then(toml::Value::as_integer)
            && format != FORMAT
        {
            return Err(Damage::Format(format));
        }
        table
            .try_into()
            .map_err(|error: toml::de::Error| syntax(&error.message()))
    }

    fn render(&self) -> String {
        let Self {
            format,
            store_id,
            store,
            device,
            person,
            person_since,
            next,
        } = self;
        let store = match store {
            Store::Keyring => "keyring",
            Store::File => "file",
        };
        let next = next.map_or_else(String::new, |NextPerson { person, since }| {
            format!("\n[next]\nperson = \"{person}\"\nsince = {since}\n")
        });
        // Numbers before keys: a record cut short is then never a whole one.
        format!(
            "{HEADING}format = {format}\nstore_id = \"{store_id}\"\nstore = \"{store}\"\n\
             person_since = {person_since}\ndevice = \"{device}\"\nperson = \"{person}\"\n{next}"
        )
    }
}

/// A name nobody else uses: 128 random bits.
pub(super) fn random_store_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(HEXLOWER.encode(&bytes))
}

pub(super) fn path_in(folder: &Path) -> PathBuf {
    folder.join("identity.toml")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wire::{DeviceKey, PersonKey};

    use super::*;

    const GOLDEN: &str = "\
# Which identity this device has, and where its secret key is kept.
# Written by Banyan at its first start. Changing it makes the identity unusable.

format = 1
store_id = \"00112233445566778899aabbccddeeff\"
store = \"keyring\"
person_since = 1700000000000
device = \"RKEO-HXLU-BHYZ-L7KS-3MWT-ZOS5-OLFG-OCN7-DWKB-EG7T-OSEA-DNAP-N5OA\"
person = \"QE4X-ODVI-PULV-6VVD-KRTM-GTD6-ZTFY-3CUR-WTXD-PIS5-6YHV-XD6J-WOKA\"
";

    fn record() -> Record {
        Record::new(
            "00112233445566778899aabbccddeeff".to_owned(),
            Store::Keyring,
            DeviceKey::from_seed(&[1; 32]).id(),
            PersonKey::from_seed(&[2; 32]).id(),
            1_700_000_000_000,
        )
    }

    #[test]
    fn golden() {
        assert_eq!(record().render(), GOLDEN);
        assert_eq!(Record::parse(GOLDEN.as_bytes()).unwrap(), record());
    }

    #[test]
    fn both_stores_survive_the_file() {
        for store in [Store::Keyring, Store::File] {
            let record = Record { store, ..record() };
            assert_eq!(Record::parse(record.render().as_bytes()).unwrap(), record);
        }
    }

    #[test]
    fn a_person_that_is_being_adopted_survives_the_file() {
        let next = NextPerson {
            person: PersonKey::from_seed(&[3; 32]).id(),
            since: 7,
        };
        let adopting = Record {
            next: Some(next),
            ..record()
        };
        let read = Record::parse(adopting.render().as_bytes()).unwrap();
        assert_eq!(read, adopting);
        assert_eq!(read.settled(record().person), record());
        let settled = read.settled(next.person);
        assert_eq!((settled.person, settled.person_since), (next.person, 7));
        assert_eq!(settled.next, None);
    }

    #[test]
    fn an_older_record_has_the_oldest_person() {
        let older = GOLDEN.replace("person_since = 1700000000000\n", "");
        assert_eq!(Record::parse(older.as_bytes()).unwrap().person_since, 0);
    }

    #[test]
    fn store_ids_differ() {
        let (one, two) = (random_store_id().unwrap(), random_store_id().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, two);
    }

    #[test]
    fn other_formats_are_refused_before_their_fields_are_looked_at() {
        for format in [-1, 0, 2, 77] {
            let text = format!("format = {format}\nsomething = [1, 2]\n");
            assert_eq!(Record::parse(text.as_bytes()), Err(Damage::Format(format)));
        }
    }

    proptest! {
        #[test]
        fn a_record_cut_short_is_never_accepted(length in 0..GOLDEN.len() - 2) {
            prop_assert!(Record::parse(&GOLDEN.as_bytes()[..length]).is_err());
        }

        #[test]
        fn any_bytes_give_a_record_or_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Record::parse(&bytes).is_err());
        }
    }
}
