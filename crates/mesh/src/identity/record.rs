//! `identity.toml`: which identity this folder has, and where its secret is.
//!
//! Written after the secret is safe, and again when this device comes to another
//! person. A field it does not know makes the file damaged rather than half
//! understood; a later format raises `format`. Format 1 said nothing of the way.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use serde::Deserialize;
use wire::{DeviceId, PersonId, Way};

use super::error::{Damage, IdentityError};
use super::private_file;

const FORMAT: i64 = 2;
const OLDEST_FORMAT: i64 = 1;

/// A record takes 300 bytes, and up to 5000 with two ways of full length; more
/// than this is another file.
const MOST_BYTES: u64 = 16 * 1024;

const HEADING: &str = "\
# Which identity this device has, and where its secret key is kept.
# Written by Banyan at its first start. Changing it makes the identity unusable.

";

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    #[serde(default)]
    pub(super) arrival: Arrival,
    /// The person that this device is coming to: if the secret is theirs, the
    /// step before last was the last one that happened.
    #[serde(default)]
    pub(super) next: Option<NextPerson>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NextPerson {
    pub(super) person: PersonId,
    pub(super) since: u64,
    #[serde(default)]
    pub(super) arrival: Arrival,
}

/// How this device came to its person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// From the persons it was of before; empty for the first one.
    #[serde(default)]
    pub way: Way,
    #[serde(default)]
    pub how: Arrived,
}

/// How the last step of the way was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrived {
    /// It is the person of the first start.
    #[default]
    First,
    /// By pairing with a device of an older person; the move was signed here.
    Joined,
    /// Along a way that another device of the person had gone before.
    Followed,
    /// A new key was made here, for this duty.
    Renewed(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
            arrival: Arrival::default(),
            next: None,
        }
    }

    /// The record once it is known to which of its persons the secret belongs.
    pub(super) fn settled(&self, secret_of: PersonId) -> Self {
        let mut settled = self.clone();
        if let Some(next) = settled.next.take()
            && next.person == secret_of
        {
            settled.person = next.person;
            settled.person_since = next.since;
            settled.arrival = next.arrival;
        }
        settled
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
            && !(OLDEST_FORMAT..=FORMAT).contains(&format)
        {
            return Err(Damage::Format(format));
        }
        let record: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| syntax(&error.message()))?;
        Ok(Self {
            format: FORMAT,
            ..record
        })
    }

    fn render(&self) -> String {
        let Self {
            format,
            store_id,
            store,
            device,
            person,
            person_since,
            arrival,
            next,
        } = self;
        let store = match store {
            Store::Keyring => "keyring",
            Store::File => "file",
        };
        let arrival = arrival.render();
        let next = next.as_ref().map_or_else(String::new, |next| {
            let NextPerson {
                person,
                since,
                arrival,
            } = next;
            let arrival = arrival.render();
            format!("\n[next]\nsince = {since}\n{arrival}person = \"{person}\"\n")
        });
        // The keys last: a record cut short is then never a whole one.
        format!(
            "{HEADING}format = {format}\nstore_id = \"{store_id}\"\nstore = \"{store}\"\n\
             person_since = {person_since}\n{arrival}\
             device = \"{device}\"\nperson = \"{person}\"\n{next}"
        )
    }
}

impl Arrival {
    /// Nothing for a device that is still of its first person.
    fn render(&self) -> String {
        let how = match self.how {
            Arrived::First => return String::new(),
            Arrived::Joined => "\"joined\"".to_owned(),
            Arrived::Followed => "\"followed\"".to_owned(),
            Arrived::Renewed(duty) => format!("{{ renewed = {duty} }}"),
        };
        let moves = self.way.moves().iter();
        let moves: String = moves
            .map(|one| format!("    \"{}\",\n", HEXLOWER.encode(&one.encode())))
            .collect();
        format!("arrival.how = {how}\narrival.way = [\n{moves}]\n")
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
    use wire::{DeviceKey, PersonKey, PersonMove};

    use super::*;

    const GOLDEN: &str = "\
# Which identity this device has, and where its secret key is kept.
# Written by Banyan at its first start. Changing it makes the identity unusable.

format = 2
store_id = \"00112233445566778899aabbccddeeff\"
store = \"keyring\"
person_since = 1700000000000
device = \"RKEO-HXLU-BHYZ-L7KS-3MWT-ZOS5-OLFG-OCN7-DWKB-EG7T-OSEA-DNAP-N5OA\"
person = \"QE4X-ODVI-PULV-6VVD-KRTM-GTD6-ZTFY-3CUR-WTXD-PIS5-6YHV-XD6J-WOKA\"
";

    fn person(number: u8) -> PersonKey {
        PersonKey::from_seed(&[number; 32])
    }

    fn arrival(from: u8, to: u8) -> Arrival {
        let step = PersonMove::issue(&person(from), person(to).id(), 7).unwrap();
        Arrival {
            way: step.into(),
            how: Arrived::Joined,
        }
    }

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
    fn how_it_came_there_survives_the_file() {
        for how in [
            Arrived::Joined,
            Arrived::Followed,
            Arrived::Renewed(-3),
            Arrived::Renewed(i64::MAX),
        ] {
            let mut moved = record();
            moved.arrival = Arrival {
                how,
                ..arrival(1, 2)
            };
            assert_eq!(Record::parse(moved.render().as_bytes()).unwrap(), moved);
        }
    }

    #[test]
    fn a_way_with_a_forged_move_makes_it_damaged() {
        let moved = Record {
            arrival: arrival(1, 2),
            ..record()
        };
        let text = moved.render();
        let signature = HEXLOWER.encode(&moved.arrival.way.moves()[0].encode()[100..]);
        let forged = text.replace(&signature, &signature.replace('a', "b"));
        assert_ne!(forged, text);
        let damage = Record::parse(forged.as_bytes()).unwrap_err();
        assert!(matches!(damage, Damage::Syntax(_)), "{damage:?}");
    }

    #[test]
    fn a_person_it_is_coming_to_survives_the_file() {
        let next = NextPerson {
            person: person(3).id(),
            since: 7,
            arrival: arrival(2, 3),
        };
        let before = Record {
            arrival: arrival(1, 2),
            ..record()
        };
        let coming = Record {
            next: Some(next.clone()),
            ..before.clone()
        };
        let read = Record::parse(coming.render().as_bytes()).unwrap();
        assert_eq!(read, coming);
        assert_eq!(read.settled(before.person), before);
        let settled = read.settled(next.person);
        assert_eq!((settled.person, settled.person_since), (next.person, 7));
        assert_eq!(settled.arrival, next.arrival);
        assert_eq!(settled.next, None);
    }

    #[test]
    fn a_record_of_format_1_is_read() {
        let older = GOLDEN.replace("format = 2", "format = 1");
        assert_eq!(Record::parse(older.as_bytes()).unwrap(), record());
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
        for format in [-1, 0, 3, 77] {
            let text = format!("format = {format}\nsomething = [1, 2]\n");
            assert_eq!(Record::parse(text.as_bytes()), Err(Damage::Format(format)));
        }
    }

    proptest! {
        #[test]
        fn a_record_cut_short_is_never_accepted(cut in any::<prop::sample::Index>()) {
            let moved = Record { arrival: arrival(1, 2), ..record() }.render();
            for whole in [GOLDEN, &moved] {
                let length = cut.index(whole.len() - 2);
                prop_assert!(Record::parse(&whole.as_bytes()[..length]).is_err());
            }
        }

        #[test]
        fn any_bytes_give_a_record_or_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Record::parse(&bytes).is_err());
        }
    }
}
