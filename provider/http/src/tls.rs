//! How a server proves that it is the right one.

mod fingerprint;
mod verify;

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

pub use fingerprint::{Fingerprint, InvalidFingerprint};
pub(crate) use verify::Seen;
use verify::Verifier;

/// What is believed about a server's certificate.
#[derive(Clone, Debug)]
pub enum Trust {
    /// The system's certificate authorities.
    System,
    /// These, besides the system's.
    Authorities(Authorities),
    /// This very certificate, for the name that is called. Neither issuer nor dates matter.
    Pin(Fingerprint),
    /// Anything. Whoever is in between can read the password.
    AllowUnverified,
}

/// Certificates of authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorities(Vec<CertificateDer<'static>>);

/// Why nothing can be trusted.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTrust {
    /// The PEM text does not parse.
    #[error("not certificates in PEM form: {0}")]
    Pem(String),
    /// The PEM text holds no certificate.
    #[error("no certificate in it: a PEM block `BEGIN CERTIFICATE` is wanted")]
    Empty,
    /// A certificate is none.
    #[error("not a certificate of an authority")]
    Certificate(#[source] rustls::Error),
    /// No roots at all.
    #[error("this system has no certificate authorities: give a CA file or a SHA-256 pin")]
    NoRoots,
    /// The HTTP client or the proxy cannot be set up.
    #[error("the connection cannot be set up")]
    Client(#[source] crate::Cause),
}

// === impl Authorities ===

impl Authorities {
    /// The certificates in a PEM text, at least one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, InvalidTrust> {
        let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| InvalidTrust::Pem(error.to_string()))?;
        if found.is_empty() {
            return Err(InvalidTrust::Empty);
        }
        let mut store = RootCertStore::empty();
        for certificate in &found {
            store.add(certificate.clone()).map_err(InvalidTrust::Certificate)?;
        }
        Ok(Self(found))
    }

    /// The certificates as a PEM text.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut pem = String::new();
        for certificate in &self.0 {
            let text = STANDARD.encode(certificate);
            pem.push_str("-----BEGIN CERTIFICATE-----\n");
            for at in (0..text.len()).step_by(64) {
                pem.push_str(&text[at..text.len().min(at + 64)]);
                pem.push('\n');
            }
            pem.push_str("-----END CERTIFICATE-----\n");
        }
        pem
    }
}

// === impl Trust ===

impl Trust {
    /// The TLS settings, and where the certificate that a server showed can be read afterwards.
    pub(crate) fn to_rustls(&self) -> Result<(ClientConfig, Seen), InvalidTrust> {
        // Named, because a process-wide provider may be absent or another.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let seen = Seen::default();
        let verifier = match self {
            Self::System => Verifier::authorities(system_roots(), &provider, seen.clone())?,
            Self::Authorities(Authorities(own)) => {
                let mut roots = system_roots();
                roots.add_parsable_certificates(own.iter().cloned());
                Verifier::authorities(roots, &provider, seen.clone())?
            }
            Self::Pin(pin) => Verifier::pin(pin.clone(), &provider, seen.clone()),
            Self::AllowUnverified => Verifier::unverified(&provider, seen.clone()),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring offers what rustls takes as safe")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok((config, seen))
    }
}

/// What the system trusts, read once in a process; a certificate that does not parse is left out.
fn system_roots() -> RootCertStore {
    static ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    });
    ROOTS.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_a_certificate_is_refused() {
        for pem in ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(Authorities::from_pem(pem.as_bytes()).is_err(), "{pem}");
        }
        let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(matches!(Authorities::from_pem(cut.as_bytes()), Err(InvalidTrust::Pem(_))));
        let none = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(
            Authorities::from_pem(none.as_bytes()),
            Err(InvalidTrust::Certificate(_))
        ));
    }

    #[test]
    fn a_bundle_is_read_whole() {
        let make = || rcgen::generate_simple_self_signed(["ca".to_owned()]).unwrap().cert.pem();
        let bundle = Authorities::from_pem(format!("{}\n{}", make(), make()).as_bytes()).unwrap();
        assert_eq!(bundle.0.len(), 2);
        assert_eq!(Authorities::from_pem(bundle.to_pem().as_bytes()).unwrap(), bundle);
    }
}
