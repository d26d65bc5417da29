//! `AutoMTLS`: host and plugin give each other a certificate before they connect, and accept no
//! other.

use std::{sync::Arc, time::SystemTime};

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{ring, verify_tls13_signature},
    pki_types::{
        CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime,
        pem::{self, PemObject as _},
    },
    server::{
        NoServerSessionStorage,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;

use super::p521;

/// The name that go-plugin's host expects of every plugin.
const SERVER_NAME: &str = "localhost";

/// How long the certificate holds: longer than any run.
const VALIDITY: Duration = Duration::days(365);

/// Clocks of host and plugin are the same one, but it may be set back.
const SKEW: Duration = Duration::hours(1);

/// Why there is no `AutoMTLS` although the host asks for it.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The host's certificate is what decides who gets in.
    #[error("read `PLUGIN_CLIENT_CERT`: no certificate in PEM")]
    Client(#[source] pem::Error),
    /// Our own certificate is made anew for each process.
    #[error("make a certificate for this process")]
    Own(#[from] rcgen::Error),
    /// Both are there, and do not work.
    #[error("set up TLS")]
    Config(#[from] rustls::Error),
}

/// Lets in whoever proves to have the key of one certificate.
pub(super) struct AutoMtls {
    pub(super) acceptor: TlsAcceptor,
    /// What the server presents, for the handshake line.
    pub(super) certificate: CertificateDer<'static>,
}

// === impl AutoMtls ===

impl AutoMtls {
    /// Pins the client's certificate, and makes one for the server that is valid around `now`.
    pub(super) fn new(client: &str, now: SystemTime) -> Result<Self, TlsError> {
        let client = CertificateDer::from_pem_slice(client.as_bytes()).map_err(TlsError::Client)?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = parameters(now.into())?.self_signed(&key)?.der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));

        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(Arc::new(Pinned { client }))
            .with_single_cert(vec![certificate.clone()], key)?;
        // gRPC in Go insists.
        config.alpn_protocols = vec![b"h2".to_vec()];
        // There is one connection; nothing is ever resumed.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }
}

fn parameters(now: OffsetDateTime) -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new([SERVER_NAME.to_owned()])?;
    parameters.not_before = now - SKEW;
    parameters.not_after = now + VALIDITY;
    parameters.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    Ok(parameters)
}

/// Accepts one certificate, byte for byte.
///
/// No chain is built: the host's certificate says of itself that it is an authority, and as such
/// webpki would refuse it where a client's belongs.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
}

// === impl Pinned ===

impl ClientCertVerifier for Pinned {
    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        presented: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *presented == self.client {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        // TLS 1.2 is not offered.
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &p521::ALGORITHMS)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        p521::ALGORITHMS.supported_schemes()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
