//! The variables that stand in for what a `provider` block leaves out.
//!
//! Their names are those that users of the vSphere and NSX-T providers have set already. Only the
//! binary reads the process's environment; everything else gets this.

use std::collections::BTreeMap;

/// Variables of a process.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// The variables of one server.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// Name of the server in the `provider` block.
    pub block: &'static str,
    /// Host.
    pub server: &'static str,
    /// User.
    pub username: &'static str,
    /// Password.
    pub password: &'static str,
    /// Certificates of authorities, in PEM form.
    pub ca_pem: Option<&'static str>,
    /// File with such certificates.
    pub ca_file: Option<&'static str>,
    /// Whether to accept any certificate.
    pub allow_unverified: &'static str,
}

/// vCenter's, as the vSphere provider names them.
pub const VCENTER: Names = Names {
    block: "vcenter",
    server: "VSPHERE_SERVER",
    username: "VSPHERE_USER",
    password: "VSPHERE_PASSWORD",
    ca_pem: None,
    ca_file: None,
    allow_unverified: "VSPHERE_ALLOW_UNVERIFIED_SSL",
};

/// NSX's, as the NSX-T provider names them.
pub const NSX: Names = Names {
    block: "nsx",
    server: "NSXT_MANAGER_HOST",
    username: "NSXT_USERNAME",
    password: "NSXT_PASSWORD",
    ca_pem: Some("NSXT_CA"),
    ca_file: Some("NSXT_CA_FILE"),
    allow_unverified: "NSXT_ALLOW_UNVERIFIED_SSL",
};

/// The owner of what a state creates.
pub const OWNER: &str = "SUPERVISOR_OWNER";

impl Environment {
    /// These variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// The variable, if it is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether the variable says yes, as Go reads it.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        matches!(self.get(name), Some("1" | "t" | "T" | "true" | "TRUE" | "True"))
    }
}

/// Names only: values may be secret.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
