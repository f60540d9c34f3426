//! The secret of an identity as bytes, for the keyring or the key file.
//!
//! | bytes | content |
//! |---|---|
//! | 1 | format, 1 |
//! | 32 | seed of the device key |
//! | 32 | public device key |
//! | 32 | seed of the person key |
//! | 32 | public person key |
//!
//! The public keys follow from the seeds. They are there so that a single
//! flipped bit is noticed instead of becoming somebody else.

use wire::{DeviceKey, PersonKey};
use zeroize::Zeroizing;

use super::error::Damage;

/// Length of the encoded secret.
pub(super) const LENGTH: usize = 1 + 4 * KEY;

const FORMAT: u8 = 1;
const KEY: usize = 32;

#[derive(Debug)]
pub(super) struct Secret {
    pub(super) device: DeviceKey,
    pub(super) person: PersonKey,
}

impl Secret {
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        Ok(Self {
            device: DeviceKey::from_seed(&*random_seed()?),
            person: random_person()?,
        })
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        // The exact capacity matters: a vector that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LENGTH));
        bytes.push(FORMAT);
        bytes.extend_from_slice(self.device.seed());
        bytes.extend_from_slice(self.device.id().as_bytes());
        bytes.extend_from_slice(self.person.seed());
        bytes.extend_from_slice(self.person.id().as_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let wrong_length = || Damage::Length(bytes.len());
        let (format, rest) = bytes.split_first().ok_or_else(wrong_length)?;
        if *format != FORMAT {
            return Err(Damage::Format(i64::from(*format)));
        }
        let (device_seed, rest) = rest.split_first_chunk::<KEY>().ok_or_else(wrong_length)?;
        let (device_id, rest) = rest.split_first_chunk::<KEY>().ok_or_else(wrong_length)?;
        let (person_seed, rest) = rest.split_first_chunk::<KEY>().ok_or_else(wrong_length)?;
        let person_id: &[u8; KEY] = rest.try_into().map_err(|_| wrong_length())?;

        let secret = Self {
            device: DeviceKey::from_seed(device_seed),
            person: PersonKey::from_seed(person_seed),
        };
        if secret.device.id().as_bytes() != device_id || secret.person.id().as_bytes() != person_id
        {
            return Err(Damage::Mismatch);
        }
        Ok(secret)
    }
}

pub(super) fn random_person() -> Result<PersonKey, getrandom::Error> {
    Ok(PersonKey::from_seed(&*random_seed()?))
}

fn random_seed() -> Result<Zeroizing<[u8; KEY]>, getrandom::Error> {
    let mut seed = Zeroizing::new([0; KEY]);
    getrandom::fill(&mut *seed)?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    const GOLDEN: &str = concat!(
        "01",
        "0101010101010101010101010101010101010101010101010101010101010101",
        "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
        "0202020202020202020202020202020202020202020202020202020202020202",
        "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
    );

    fn secret() -> Secret {
        Secret {
            device: DeviceKey::from_seed(&[1; KEY]),
            person: PersonKey::from_seed(&[2; KEY]),
        }
    }

    #[test]
    fn golden() {
        assert_eq!(HEXLOWER.encode(&secret().encode()), GOLDEN);
        let decoded = Secret::decode(&HEXLOWER.decode(GOLDEN.as_bytes()).unwrap()).unwrap();
        assert_eq!(decoded.device.seed(), &[1; KEY]);
        assert_eq!(decoded.person.seed(), &[2; KEY]);
    }

    #[test]
    fn length() {
        let bytes = secret().encode();
        assert_eq!(bytes.len(), LENGTH);
        for length in 0..bytes.len() {
            let damage = Secret::decode(&bytes[..length]).unwrap_err();
            assert_eq!(damage, Damage::Length(length));
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(
            Secret::decode(&longer).unwrap_err(),
            Damage::Length(LENGTH + 1)
        );
    }

    #[test]
    fn other_formats_are_refused() {
        for format in [0, 2, 255] {
            let mut bytes = secret().encode();
            bytes[0] = format;
            assert_eq!(
                Secret::decode(&bytes).unwrap_err(),
                Damage::Format(i64::from(format))
            );
        }
    }

    #[test]
    fn two_secrets_differ_and_show_nothing() {
        let (one, two) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_ne!(one.device.id(), two.device.id());
        assert_ne!(one.device.seed(), one.person.seed());
        assert_eq!(
            format!("{one:?}"),
            "Secret { device: DeviceKey(secret), person: PersonKey(secret) }"
        );
    }

    proptest! {
        #[test]
        fn round_trip(device: [u8; KEY], person: [u8; KEY]) {
            let secret = Secret {
                device: DeviceKey::from_seed(&device),
                person: PersonKey::from_seed(&person),
            };
            let decoded = Secret::decode(&secret.encode()).unwrap();
            prop_assert_eq!(decoded.device.seed(), &device);
            prop_assert_eq!(decoded.person.seed(), &person);
        }

        #[test]
        fn a_changed_byte_is_noticed(place in 0..LENGTH, change in 1_u8..) {
            let mut bytes = secret().encode();
            bytes[place] ^= change;
            prop_assert!(Secret::decode(&bytes).is_err());
        }
    }
}
