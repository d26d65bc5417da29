//! The variables that stand in for what a `provider` block leaves out.
//!
//! Their names are those that users of the vSphere and NSX-T providers have set already. Only the
//! binary reads the process's environment; everything else gets this.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use api_client::Secret;
use tf_framework::Path;

/// Variables of a process. Any of them may be a password, so all are wiped when they are dropped; those
/// of the process itself stay.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, Secret>);

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

impl Names {
    /// An attribute of the server's block.
    #[must_use]
    pub fn at(&self, attribute: &str) -> Path {
        Path::of(self.block).attribute(attribute)
    }
}

impl Environment {
    /// These variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name, Secret::from(value))).collect())
    }

    /// The variable, if it is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::reveal).filter(|value| !value.is_empty())
    }

    /// What the variable says, if it is set and not empty: by the rules of the attribute that it
    /// stands in for.
    pub fn parse<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Unusable> {
        let unusable = |why: T::Err| Unusable::new(name, why.to_string());
        self.get(name).map(str::parse).transpose().map_err(unusable)
    }
}

/// A variable that says nothing of use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the variable `{name}` is of no use: {why}")]
pub struct Unusable {
    name: String,
    why: String,
}

impl Unusable {
    /// The variable of that name, because of `why`, which must show nothing secret.
    #[must_use]
    pub fn new(name: &str, why: String) -> Self {
        Self { name: name.to_owned(), why }
    }
}

/// Yes or no, in the forms that the vSphere and NSX-T providers take: those of Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

impl FromStr for Flag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Self(true)),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Self(false)),
            _ => Err(format!("`{text}` is no bool; write `true` or `false`, or unset it")),
        }
    }
}

/// Names only: values may be secret.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_read_as_go_reads_it_and_anything_else_is_an_error() {
        let flag = |text: &str| {
            let environment = Environment::new([("ALLOW".to_owned(), text.to_owned())]);
            environment.parse::<Flag>("ALLOW")
        };
        assert_eq!(flag("True"), Ok(Some(Flag(true))));
        assert_eq!(flag("0"), Ok(Some(Flag(false))));
        assert_eq!(flag(""), Ok(None));
        for wrong in ["yes", "on", "tRUE", " true", "2"] {
            let why = flag(wrong).unwrap_err().to_string();
            let right = format!("`{wrong}` is no bool; write `true` or `false`");
            assert!(why.contains("`ALLOW`") && why.contains(&right), "{why}");
        }
    }
}
