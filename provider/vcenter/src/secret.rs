//! Secrets in requests. They never come back in answers.

use api_client::Secret;
use serde::Serializer;

/// Writes a secret into the body of the request that needs it.
pub(crate) fn reveal<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.reveal())
}

/// The same for one that may be left out.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn reveal_some<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => reveal(secret, serializer),
        None => serializer.serialize_none(),
    }
}
