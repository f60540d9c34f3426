//! The certificate of this device: its own key, signed by itself.

use std::sync::Arc;

use rcgen::{
    CertificateParams, DistinguishedName, PKCS_ED25519, PublicKeyData, SignatureAlgorithm,
};
use rustls::{
    SignatureScheme,
    crypto::ring::sign::any_eddsa_type,
    pki_types::PrivatePkcs8KeyDer,
    sign::{CertifiedKey, SigningKey, SingleCertAndKey},
};

use super::TlsError;
use crate::Identity;

pub(super) fn of(identity: &Identity) -> Result<SingleCertAndKey, TlsError> {
    let pkcs8 = identity.device_key_pkcs8();
    let key = any_eddsa_type(&PrivatePkcs8KeyDer::from(pkcs8.as_slice()))?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    // Rejected by nobody here, and the same at every start.
    params.serial_number = Some(1_u64.into());
    let certificate = params.self_signed(&Signs {
        public: identity.device_id().as_bytes(),
        key: key.clone(),
    })?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key).into())
}

/// Lets rcgen sign with the key that TLS holds, so that the secret lies in one
/// place only.
struct Signs<'a> {
    public: &'a [u8],
    key: Arc<dyn SigningKey>,
}

impl PublicKeyData for Signs<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl rcgen::SigningKey for Signs<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.key
            .choose_scheme(&[SignatureScheme::ED25519])
            .and_then(|signer| signer.sign(message).ok())
            .ok_or(rcgen::Error::RemoteKeyError)
    }
}
