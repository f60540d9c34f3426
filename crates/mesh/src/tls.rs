//! Connections whose two ends have proven who they are.
//!
//! TLS 1.3 and nothing older, both sides with a certificate. The certificate is
//! only the envelope of a public key: there is exactly one, its key is Ed25519,
//! and the other side has signed this very handshake with it. Names, dates and
//! issuers in it are not looked at, because the id of a device *is* its key.
//! Whoever may connect is decided above, by that id.
//!
//! There are no tickets, no resumption and no early data: every connection is
//! proven anew, and nothing can be replayed.
//!
//! The server's refusal of a client's certificate reaches the client only when
//! it first reads, so a client that got here is proven to nobody yet.

mod certificate;
mod proof;
#[cfg(test)]
mod tests;

use std::{io, sync::Arc};

use rustls::{
    ClientConfig, ServerConfig, SupportedProtocolVersion,
    client::Resumption,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
    server::NoServerSessionStorage,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};
use wire::{DeviceId, machine::pairing::ChannelBinding};

use crate::Identity;
use proof::Proof;

/// Names the protocol inside the handshake, so that whatever else listens on a
/// port is told apart before the first byte of ours.
pub const ALPN: &[u8] = b"banyan/1";

const EXPORTER: &[u8] = b"EXPORTER-banyan-channel-v1";

const VERSIONS: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

/// Makes connections as one device.
#[derive(Clone)]
pub struct Tls {
    client: TlsConnector,
    server: TlsAcceptor,
}

/// A connection whose other end is known.
#[derive(Debug)]
pub struct Proven<S> {
    pub stream: TlsStream<S>,
    pub device: DeviceId,
    /// Equal on both ends of this connection and on no other.
    pub binding: ChannelBinding,
}

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the device key cannot be used for TLS: {0}")]
    Key(#[from] rustls::Error),
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("the handshake failed: {0}")]
    Handshake(#[from] io::Error),
    #[error("the other side speaks another protocol")]
    OtherProtocol,
    #[error("the other side showed no usable key")]
    NoKey,
}

impl Tls {
    pub fn new(identity: &Identity) -> Result<Self, TlsError> {
        let own = Arc::new(certificate::of(identity)?);
        let proof = Arc::new(Proof::new());
        let provider = Arc::new(ring::default_provider());

        let mut client = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(VERSIONS)?
            .dangerous()
            .with_custom_certificate_verifier(proof.clone())
            .with_client_cert_resolver(own.clone());
        client.alpn_protocols = vec![ALPN.to_vec()];
        client.resumption = Resumption::disabled();
        client.enable_sni = false;

        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(VERSIONS)?
            .with_client_cert_verifier(proof)
            .with_cert_resolver(own);
        server.alpn_protocols = vec![ALPN.to_vec()];
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;

        Ok(Self {
            client: TlsConnector::from(Arc::new(client)),
            server: TlsAcceptor::from(Arc::new(server)),
        })
    }

    pub async fn connect<S>(&self, stream: S) -> Result<Proven<S>, TlsError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        // Never sent and never compared; the library wants one.
        let nobody = ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into());
        let stream = self.client.connect(nobody, stream).await?;
        let (_, session) = stream.get_ref();
        let binding = session.export_keying_material([0; 32], EXPORTER, None)?;
        proven(stream.into(), binding)
    }

    pub async fn accept<S>(&self, stream: S) -> Result<Proven<S>, TlsError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = self.server.accept(stream).await?;
        let (_, session) = stream.get_ref();
        let binding = session.export_keying_material([0; 32], EXPORTER, None)?;
        proven(stream.into(), binding)
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tls")
    }
}

fn proven<S>(stream: TlsStream<S>, binding: [u8; 32]) -> Result<Proven<S>, TlsError> {
    let (_, session) = stream.get_ref();
    if session.alpn_protocol() != Some(ALPN) {
        return Err(TlsError::OtherProtocol);
    }
    let device = match session.peer_certificates() {
        Some([certificate]) => proof::device_of(certificate).map_err(|_| TlsError::NoKey)?,
        Some(_) | None => return Err(TlsError::NoKey),
    };
    Ok(Proven {
        stream,
        device,
        binding: ChannelBinding(binding),
    })
}

/// The one certificate of a chain that has no other.
fn only<'a, 'b>(
    certificate: &'a CertificateDer<'b>,
    others: &[CertificateDer<'_>],
) -> Result<&'a CertificateDer<'b>, rustls::Error> {
    if others.is_empty() {
        Ok(certificate)
    } else {
        Err(rustls::Error::InvalidCertificate(
            rustls::CertificateError::ApplicationVerificationFailure,
        ))
    }
}
