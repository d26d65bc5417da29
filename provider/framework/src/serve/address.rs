use std::fmt;

/// Where registries have a provider, without the registry's host: `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAddress {
    namespace: String,
    name: String,
}

// === impl ProviderAddress ===

impl ProviderAddress {
    /// The address as `required_providers` has it, in two parts.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }

    /// What every type of the provider starts with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file name of the provider's program, without what some systems add to it.
    #[must_use]
    pub fn binary(&self) -> String {
        format!("terraform-provider-{}", self.name)
    }

    /// The full address on a registry, such as `registry.terraform.io`.
    #[must_use]
    pub fn on(&self, host: &str) -> String {
        format!("{host}/{self}")
    }
}

impl fmt::Display for ProviderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, name } = self;
        write!(f, "{namespace}/{name}")
    }
}
