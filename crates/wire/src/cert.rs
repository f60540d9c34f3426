//! The proof that a device belongs to a person.
//!
//! The person's key signs `banyan device v1`, the person's key and the device's
//! key. The proof names no date and no name: it holds until the person's key is
//! replaced.
//!
//! Invariant: a [`DeviceCertificate`] in memory carries a signature that was
//! made here or checked here; there is no way to hold a wrong one.
//!
//! Bytes (128): person key 32, device key 32, signature 64.

use crate::id::{DeviceId, PersonId, PersonKey};
use crate::key::InvalidKey;
use crate::sign::{BadSignature, Label, Signature};

/// Why bytes are no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("a device certificate has 128 bytes, this has {0}")]
    Length(usize),
    #[error("the person's key in the certificate: {0}")]
    Person(#[source] InvalidKey),
    #[error("the device's key in the certificate: {0}")]
    Device(#[source] InvalidKey),
    #[error("the person did not sign this certificate")]
    Signature(#[from] BadSignature),
}

/// A person's signed statement that a device is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceCertificate {
    person: PersonId,
    device: DeviceId,
    signature: Signature,
}

impl DeviceCertificate {
    pub const LENGTH: usize = PersonId::LENGTH + DeviceId::LENGTH + Signature::LENGTH;

    pub fn issue(person: &PersonKey, device: DeviceId) -> Self {
        let fields = signed_fields(&person.id(), &device);
        Self {
            person: person.id(),
            device,
            signature: person.sign(Label::DEVICE_V1, &fields),
        }
    }

    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn device(&self) -> DeviceId {
        self.device
    }

    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        let parts = [
            self.person.as_bytes().as_slice(),
            self.device.as_bytes(),
            self.signature.as_bytes(),
        ];
        for (place, byte) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *place = *byte;
        }
        bytes
    }

    /// Reads a certificate and checks its signature.
    pub fn decode(bytes: &[u8]) -> Result<Self, CertificateError> {
        let wrong_length = || CertificateError::Length(bytes.len());
        let (person, rest) = bytes
            .split_first_chunk::<{ PersonId::LENGTH }>()
            .ok_or_else(wrong_length)?;
        let (device, rest) = rest
            .split_first_chunk::<{ DeviceId::LENGTH }>()
            .ok_or_else(wrong_length)?;
        let signature: [u8; Signature::LENGTH] = rest.try_into().map_err(|_| wrong_length())?;

        let person = PersonId::from_bytes(person).map_err(CertificateError::Person)?;
        let device = DeviceId::from_bytes(device).map_err(CertificateError::Device)?;
        let signature = Signature::from_bytes(signature);
        person.verify(
            Label::DEVICE_V1,
            &signed_fields(&person, &device),
            &signature,
        )?;
        Ok(Self {
            person,
            device,
            signature,
        })
    }
}

fn signed_fields(person: &PersonId, device: &DeviceId) -> Vec<u8> {
    [person.as_bytes().as_slice(), device.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;
    use crate::id::DeviceKey;

    /// Person key from the seed 01 repeated, device key from 02 repeated.
    const GOLDEN: &str = concat!(
        "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
        "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
        "d5c1eee5d73a6a3e2d5706dc5fa790426688acbe469c61d63566629977c1dbeb",
        "b695fe6fdcbb77e92616fba1b178166f73b5ca88cea3127741dd097faf7a940c",
    );

    fn person() -> PersonKey {
        PersonKey::from_seed(&[1; 32])
    }

    fn device() -> DeviceKey {
        DeviceKey::from_seed(&[2; 32])
    }

    fn certificate() -> DeviceCertificate {
        DeviceCertificate::issue(&person(), device().id())
    }

    #[test]
    fn golden() {
        assert_eq!(HEXLOWER.encode(&certificate().encode()), GOLDEN);
        let bytes = HEXLOWER.decode(GOLDEN.as_bytes()).unwrap();
        assert_eq!(DeviceCertificate::decode(&bytes), Ok(certificate()));
    }

    #[test]
    fn what_is_signed_is_label_person_device() {
        let statement = [
            b"banyan device v1".as_slice(),
            person().id().as_bytes(),
            device().id().as_bytes(),
        ]
        .concat();
        let plain = ed25519_dalek::VerifyingKey::from_bytes(person().id().as_bytes()).unwrap();
        let signature = ed25519_dalek::Signature::from_bytes(certificate().signature.as_bytes());
        assert!(plain.verify_strict(&statement, &signature).is_ok());
        assert_eq!(statement.len(), 80);
    }

    #[test]
    fn length() {
        assert_eq!(DeviceCertificate::LENGTH, 128);
        let bytes = certificate().encode();
        for length in 0..bytes.len() {
            assert_eq!(
                DeviceCertificate::decode(&bytes[..length]),
                Err(CertificateError::Length(length))
            );
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(
            DeviceCertificate::decode(&longer),
            Err(CertificateError::Length(129))
        );
    }

    #[test]
    fn a_device_cannot_certify_itself_for_someone() {
        let mut bytes = certificate().encode();
        let forged = PersonKey::from_seed(&[2; 32]).sign(
            Label::DEVICE_V1,
            &signed_fields(&person().id(), &device().id()),
        );
        bytes[64..].copy_from_slice(forged.as_bytes());
        assert_eq!(
            DeviceCertificate::decode(&bytes),
            Err(CertificateError::Signature(BadSignature))
        );
    }

    #[test]
    fn a_weak_person_key_is_refused_before_its_signature_counts() {
        let mut bytes = certificate().encode();
        bytes[..32].copy_from_slice(&{
            let mut identity = [0; 32];
            identity[0] = 1;
            identity
        });
        assert_eq!(
            DeviceCertificate::decode(&bytes),
            Err(CertificateError::Person(InvalidKey::NotAKey))
        );
    }

    proptest! {
        #[test]
        fn round_trip(person: [u8; 32], device: [u8; 32]) {
            let certificate = DeviceCertificate::issue(
                &PersonKey::from_seed(&person),
                DeviceKey::from_seed(&device).id(),
            );
            prop_assert_eq!(DeviceCertificate::decode(&certificate.encode()), Ok(certificate));
        }

        #[test]
        fn perturbed_bytes_never_pass(
            changes in prop::collection::vec((0..DeviceCertificate::LENGTH, 1_u8..), 1..6),
        ) {
            let original = certificate().encode();
            let mut bytes = original;
            for (place, change) in changes {
                bytes[place] ^= change;
            }
            prop_assume!(bytes != original);
            prop_assert!(DeviceCertificate::decode(&bytes).is_err());
        }

        #[test]
        fn random_bytes_never_pass(bytes in prop::collection::vec(any::<u8>(), 126..131)) {
            prop_assert!(DeviceCertificate::decode(&bytes).is_err());
        }
    }
}
