//! What the lives of Supervisors and namespaces have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Defaulted, Error, Path};

/// What happens to what is not running in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnTimeout {
    /// It is kept, with a warning, and the next apply goes on.
    Warn,
    /// The run fails.
    Error,
}

/// An error unless `deletion_protection` is off. Asked when a destroy is planned and again when it
/// is carried out: Terraform plans none for what is tainted, or replaced by `-replace`.
pub(super) fn unprotected(
    protection: &Defaulted<bool>,
    noun: &str,
    harm: &str,
) -> Result<(), Error> {
    if protection.known() == Some(&false) {
        return Ok(());
    }
    Err(Error::new(
        format!("the {noun} is protected"),
        format!(
            "{harm}; if that is meant, apply `deletion_protection = false` first (after `terraform \
             untaint`, if it is tainted)"
        ),
    )
    .at(&Path::of("deletion_protection")))
}
