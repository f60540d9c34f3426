use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use rustls::{
    ClientConfig, SupportedProtocolVersion,
    client::danger::ServerCertVerifier,
    crypto::ring::sign::any_supported_type,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::TlsConnector;

use super::{
    ALPN, Proven, Tls, TlsError,
    proof::{Proof, device_of},
};
use crate::{Identity, KeyringChoice};

/// Made for this test alone.
const RSA_KEY: &[u8] = include_bytes!("tests/rsa.pem");

#[tokio::test]
async fn both_ends_know_the_other_and_share_one_secret_of_the_connection() {
    let (here, there) = (machine(), machine());
    let (client, server) = connected(&here, &there).await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    assert_eq!(client.device, there.identity.device_id());
    assert_eq!(server.device, here.identity.device_id());
    assert_eq!(client.binding.0, server.binding.0);

    client.stream.write_all(b"hello").await.unwrap();
    client.stream.flush().await.unwrap();
    let mut heard = [0; 5];
    server.stream.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"hello");

    let (again, _) = connected(&here, &there).await;
    assert_ne!(again.unwrap().binding.0, client.binding.0);
}

#[tokio::test]
async fn another_kind_of_key_is_refused_on_both_sides() {
    let there = machine();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let own = || certified(vec![self_signed(&key)], &key);
    assert!(matches!(
        accepted_from(&there, client_with(own())).await,
        Err(TlsError::Handshake(_))
    ));

    let (near, far) = duplex(1 << 16);
    let config = Arc::new(
        rustls::ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(super::VERSIONS)
            .unwrap()
            .with_client_cert_verifier(Arc::new(Proof::new()))
            .with_cert_resolver(Arc::new(own())),
    );
    let acceptor = tokio_rustls::TlsAcceptor::from(config);
    let (client, _) = tokio::join!(there.tls.connect(near), acceptor.accept(far));
    assert!(matches!(client, Err(TlsError::Handshake(_))));
}

#[tokio::test]
async fn a_key_of_rsa_is_refused() {
    let there = machine();
    let key = PrivateKeyDer::from_pem_slice(RSA_KEY).unwrap();
    let key = KeyPair::from_der_and_sign_algo(&key, &PKCS_RSA_SHA256).unwrap();
    let own = certified(vec![self_signed(&key)], &key);
    assert!(matches!(
        accepted_from(&there, client_with(own)).await,
        Err(TlsError::Handshake(_))
    ));
    // Whatever signed the handshake: the certificate alone is refused.
    assert!(device_of(&self_signed(&key)).is_err());
}

/// Who a device is does not end with a date: a clock may be years wrong.
#[tokio::test]
async fn dates_in_a_certificate_are_not_looked_at() {
    let there = machine();
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    for (from, until) in [(1990, 1991), (2990, 2991)] {
        let mut params = CertificateParams::new(vec!["somebody".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        let own = certified(vec![certificate], &key);
        accepted_from(&there, client_with(own)).await.unwrap();
    }
}

#[tokio::test]
async fn two_certificates_are_refused() {
    let there = machine();
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let one = certified(vec![self_signed(&key)], &key);
    assert!(accepted_from(&there, client_with(one)).await.is_ok());
    let two = certified(vec![self_signed(&key), self_signed(&key)], &key);
    assert!(accepted_from(&there, client_with(two)).await.is_err());
}

#[tokio::test]
async fn somebody_elses_certificate_is_of_no_use_without_the_key() {
    let there = machine();
    let (victim, thief) = (
        KeyPair::generate_for(&PKCS_ED25519).unwrap(),
        KeyPair::generate_for(&PKCS_ED25519).unwrap(),
    );
    let stolen = certified(vec![self_signed(&victim)], &thief);
    assert!(accepted_from(&there, client_with(stolen)).await.is_err());
}

#[tokio::test]
async fn no_certificate_no_connection() {
    let there = machine();
    let config = client(super::VERSIONS).with_no_client_auth();
    assert!(accepted_from(&there, config).await.is_err());
}

#[tokio::test]
async fn an_older_tls_is_refused() {
    let there = machine();
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let own = certified(vec![self_signed(&key)], &key);
    let mut config = client(&[&rustls::version::TLS12]).with_client_cert_resolver(Arc::new(own));
    config.alpn_protocols = vec![ALPN.to_vec()];
    assert!(accepted_from(&there, config).await.is_err());

    let proof = Proof::new();
    let verifier: &dyn ServerCertVerifier = &proof;
    assert_eq!(verifier.supported_verify_schemes().len(), 1);
}

#[tokio::test]
async fn another_protocol_is_refused() {
    let there = machine();
    for protocols in [vec![], vec![b"h2".to_vec()]] {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let own = certified(vec![self_signed(&key)], &key);
        let mut config = client_with(own);
        config.alpn_protocols = protocols;
        assert!(accepted_from(&there, config).await.is_err());
    }
}

#[tokio::test]
async fn a_changed_byte_ends_the_handshake() {
    let (here, there) = (machine(), machine());
    // Past the hello of the client, in what the server answers.
    for place in [60, 200, 400] {
        let (near, mut near_wire) = duplex(1 << 16);
        let (far, mut far_wire) = duplex(1 << 16);
        let between = async {
            let mut bytes = [0; 4096];
            let count = near_wire.read(&mut bytes).await.unwrap();
            far_wire.write_all(&bytes[..count]).await.unwrap();
            let mut answer = vec![0; place + 1];
            far_wire.read_exact(&mut answer).await.unwrap();
            answer[place] ^= 1;
            near_wire.write_all(&answer).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut near_wire, &mut far_wire).await;
        };
        let client = async {
            let result = here.tls.connect(near).await;
            result.map(|proven| proven.device)
        };
        let (client, _, ()) = tokio::join!(client, there.tls.accept(far), between);
        assert!(client.is_err(), "{place}");
    }
}

struct Machine {
    identity: Identity,
    tls: Tls,
    _folder: tempfile::TempDir,
}

fn machine() -> Machine {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::open(folder.path(), KeyringChoice::FileOnly).unwrap();
    Machine {
        tls: Tls::new(&identity).unwrap(),
        identity,
        _folder: folder,
    }
}

type Ended = Result<Proven<DuplexStream>, TlsError>;

async fn connected(here: &Machine, there: &Machine) -> (Ended, Ended) {
    let (near, far) = duplex(1 << 16);
    tokio::join!(here.tls.connect(near), there.tls.accept(far))
}

/// What the server says to such a client.
async fn accepted_from(there: &Machine, config: ClientConfig) -> Result<(), TlsError> {
    let (near, far) = duplex(1 << 16);
    let connector = TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("anything").unwrap();
    let (_client, server) = tokio::join!(connector.connect(name, near), there.tls.accept(far));
    server.map(|_| ())
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

type WantsClientCert = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

/// Believes every server, so that only what the server thinks counts.
fn client(versions: &[&'static SupportedProtocolVersion]) -> WantsClientCert {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .unwrap();
    builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Proof::new()))
}

fn client_with(own: SingleCertAndKey) -> ClientConfig {
    let mut config = client(super::VERSIONS).with_client_cert_resolver(Arc::new(own));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config
}

fn self_signed(key: &KeyPair) -> CertificateDer<'static> {
    let params = CertificateParams::new(vec!["somebody".to_owned()]).unwrap();
    params.self_signed(key).unwrap().der().clone()
}

fn certified(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> SingleCertAndKey {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    Arc::new(CertifiedKey::new(chain, any_supported_type(&key).unwrap())).into()
}
