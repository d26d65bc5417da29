//! The check of a server's certificate.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use super::{Fingerprint, InvalidTrust};

/// The certificate that the server showed last, for the error that refuses it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Option<Fingerprint>>>);

impl Seen {
    pub(crate) fn get(&self) -> Option<Fingerprint> {
        self.0.lock().expect("nothing panics while it is held").clone()
    }

    fn set(&self, print: Fingerprint) {
        *self.0.lock().expect("nothing panics while it is held") = Some(print);
    }
}

#[derive(Debug)]
enum Rule {
    Authorities(Arc<WebPkiServerVerifier>),
    Pin(Fingerprint),
    Unverified,
}

#[derive(Debug)]
pub(super) struct Verifier {
    rule: Rule,
    provider: Arc<CryptoProvider>,
    seen: Seen,
}

#[derive(Debug, thiserror::Error)]
#[error("its SHA-256 is not the pinned one")]
struct OtherCertificate;

impl Verifier {
    pub(super) fn authorities(
        roots: RootCertStore,
        provider: &Arc<CryptoProvider>,
        seen: Seen,
    ) -> Result<Self, InvalidTrust> {
        let provider = Arc::clone(provider);
        let web = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
        let rule = Rule::Authorities(web.build().map_err(|_| InvalidTrust::NoRoots)?);
        Ok(Self { rule, provider, seen })
    }

    pub(super) fn pin(pin: Fingerprint, provider: &Arc<CryptoProvider>, seen: Seen) -> Self {
        Self { rule: Rule::Pin(pin), provider: Arc::clone(provider), seen }
    }

    pub(super) fn unverified(provider: &Arc<CryptoProvider>, seen: Seen) -> Self {
        Self { rule: Rule::Unverified, provider: Arc::clone(provider), seen }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let print = Fingerprint::of(end_entity);
        self.seen.set(print.clone());
        match &self.rule {
            Rule::Authorities(web) => {
                web.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            Rule::Pin(pin) if *pin == print => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            Rule::Pin(_) => {
                let other = OtherError(Arc::new(OtherCertificate));
                Err(CertificateError::Other(other).into())
            }
            Rule::Unverified => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
