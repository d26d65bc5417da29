//! The lab's own CA and its certificate, kept in the state so that they stay the same.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer};
use rcgen::{KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;

use crate::{Error, Tx};

/// What the certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// PEM texts.
#[derive(Serialize, Deserialize)]
pub(super) struct Certificates {
    /// The CA's certificate. Its key is not kept: nothing else is ever signed with it.
    pub(super) ca: String,
    chain: String,
    key: String,
}

impl Certificates {
    /// The state's certificates, made at the first call.
    pub(super) fn of(tx: &mut Tx<'_>) -> Result<Self, Error> {
        if let Some(kept) = tx.setting("certificates") {
            return Ok(kept);
        }
        let made = Self::make().map_err(|error| Error::Certificate(error.to_string()))?;
        tx.set_setting("certificates", &made);
        Ok(made)
    }

    fn make() -> Result<Self, rcgen::Error> {
        let mut ca = params(&[])?;
        ca.distinguished_name.push(DnType::CommonName, "Supervisor lab CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_key = KeyPair::generate()?;
        let ca_pem = ca.self_signed(&ca_key)?.pem();
        let issuer = Issuer::new(ca, ca_key);

        let mut leaf = params(&NAMES)?;
        leaf.distinguished_name.push(DnType::CommonName, "localhost");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let leaf_pem = leaf.signed_by(&key, &issuer)?.pem();
        Ok(Self { chain: leaf_pem + &ca_pem, ca: ca_pem, key: key.serialize_pem() })
    }

    /// What turns connections into TLS ones.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Certificate(error.to_string());
        let chain: Vec<_> = CertificateDer::pem_slice_iter(self.chain.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| failed(&error))?;
        let key =
            PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(|error| failed(&error))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| failed(&error))?;
        // One request on a connection at a time: a cut then hits the request it is meant for.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn params(names: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 12, 31);
    Ok(params)
}
