//! A host that signs with P-521, as go-plugin's does.

use std::sync::Arc;

use p521::ecdsa::{Signature, SigningKey, signature::Signer as _};
use rustls::{
    ClientConfig, RootCertStore, SignatureAlgorithm, SignatureScheme,
    client::ResolvesClientCert,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    sign::{CertifiedKey, Signer, SigningKey as RustlsKey},
};
use tokio::{io::copy_bidirectional, net::UnixStream};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::serve::{
    Environment,
    listener::{self, Files, Io, Listen},
};

/// A certificate as go-plugin makes them, valid for a hundred years, and the key that it is for:
/// two zeros and 64 times the same byte.
#[derive(Clone, Copy)]
pub(in crate::serve) struct Identity {
    pub(in crate::serve) pem: &'static str,
    key: u8,
}

/// The client whose certificate the host hands over.
pub(in crate::serve) const CLIENT: Identity =
    Identity { pem: include_str!("../testdata/client.pem"), key: 0x11 };

/// Another client of the same kind.
pub(in crate::serve) const STRANGER: Identity =
    Identity { pem: include_str!("../testdata/stranger.pem"), key: 0x22 };

/// The scalar of a private key.
#[derive(Clone, Copy, Debug)]
pub(in crate::serve) struct Key([u8; 66]);

#[derive(Debug)]
struct Resolver(Option<Arc<CertifiedKey>>);

pub(in crate::serve) struct Client(TlsConnector);

/// A socket without TLS, in front of one with it.
pub(in crate::serve) struct Bridge {
    pub(in crate::serve) address: String,
    _files: Files,
}

// === impl Key ===

impl Key {
    pub(in crate::serve) fn of(identity: &Identity) -> Self {
        let mut scalar = [identity.key; 66];
        scalar[..2].fill(0);
        Self(scalar)
    }
}

impl RustlsKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = SignatureScheme::ECDSA_NISTP521_SHA512;
        offered.contains(&scheme).then(|| Box::new(*self) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let signature: Signature = SigningKey::from_slice(&self.0).unwrap().sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP521_SHA512
    }
}

// === impl Resolver ===

impl ResolvesClientCert for Resolver {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        // As Go's: without a scheme in common it sends no certificate at all.
        self.0.clone().filter(|certified| certified.key.choose_scheme(schemes).is_some())
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

// === impl Client ===

impl Client {
    /// Trusts one server. Presents a certificate and signs with a key, which may not belong to it.
    pub(in crate::serve) fn new(
        server: CertificateDer<'static>,
        identity: Option<(Identity, Key)>,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(server).unwrap();
        let certified = identity.map(|(identity, key)| {
            let certificate = CertificateDer::from_pem_slice(identity.pem.as_bytes()).unwrap();
            Arc::new(CertifiedKey::new(vec![certificate], Arc::new(key)))
        });
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(Resolver(certified)));
        config.alpn_protocols = vec![b"h2".to_vec()];
        Self(TlsConnector::from(Arc::new(config)))
    }

    pub(in crate::serve) async fn connect<T: Io>(&self, io: T) -> std::io::Result<TlsStream<T>> {
        self.0.connect(ServerName::try_from("localhost").unwrap(), io).await
    }

    /// Lets clients without TLS reach a server with it.
    pub(in crate::serve) async fn bridge_to(self, address: &str) -> Bridge {
        let bound = listener::bind(&Environment::from_vars([])).await.unwrap();
        let server = address.trim_start_matches("unix:").to_owned();
        tokio::spawn(async move {
            let mut near = Listen::accept(&bound.listener).await.unwrap();
            let mut far = self.connect(UnixStream::connect(server).await.unwrap()).await.unwrap();
            copy_bidirectional(&mut near, &mut far).await
        });
        Bridge { address: format!("unix:{}", bound.address), _files: bound.files }
    }
}
