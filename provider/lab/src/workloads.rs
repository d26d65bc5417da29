//! What somebody with `kubectl` has in the lab's namespaces.

use std::fmt;

use namespace_network::kubernetes::InvalidObjects;

use crate::ncp::Declared;

/// Ordinary objects of Kubernetes, for namespaces that exist or will: labels of Namespaces, Pods,
/// `VirtualMachines` of the VM service, Services of type `LoadBalancer`, `NetworkPolicies`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workloads(Declared);

/// What is wrong with a text of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidWorkloads {
    /// An object is not as it should be.
    Objects(String, InvalidObjects),
    /// An object is in two texts.
    Twice(String, String),
}

impl Workloads {
    /// Reads YAML or JSON texts: one document, several, or a list. Each comes with a name for
    /// errors, such as its file's.
    pub fn read<'t>(
        texts: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, InvalidWorkloads> {
        let mut all = Declared::default();
        for (name, text) in texts {
            let declared = Declared::read(text);
            let declared =
                declared.map_err(|why| InvalidWorkloads::Objects(name.to_owned(), why))?;
            all.add(declared).map_err(|what| InvalidWorkloads::Twice(name.to_owned(), what))?;
        }
        Ok(Self(all))
    }

    /// The objects that the lab makes nothing of, each with the reason.
    #[must_use]
    pub fn passed_over(&self) -> &[String] {
        &self.0.passed_over
    }

    pub(crate) fn declared(&self) -> &Declared {
        &self.0
    }
}

impl fmt::Display for InvalidWorkloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Objects(name, errors) => write!(f, "{name}: {errors}"),
            Self::Twice(name, what) => {
                write!(f, "{name}: {what} is in an earlier file, too; keep one of the two")
            }
        }
    }
}

impl std::error::Error for InvalidWorkloads {}
