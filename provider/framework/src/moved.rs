//! State that another resource hands over, by way of a `moved` block.

use serde_json::Value as Json;

/// Where a resource remembers the import id of what was moved to it, until it is read.
pub(crate) const MOVED: &str = "framework/moved";

/// A resource of another provider, or of another type of the same, as its state has it.
///
/// ```hcl
/// moved {
///   from = vsphere_namespace.banking
///   to   = supervisor_vsphere_namespace.banking
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    provider: &'a str,
    type_name: &'a str,
    version: i64,
    state: &'a Json,
    identity: Option<&'a Json>,
}

impl<'a> Moved<'a> {
    /// A resource of a provider by its full address, with its state and that state's version.
    #[must_use]
    pub const fn new(provider: &'a str, type_name: &'a str, version: i64, state: &'a Json) -> Self {
        Self { provider, type_name, version, state, identity: None }
    }

    /// The same, known by that identity.
    #[must_use]
    pub const fn known_by(self, identity: Option<&'a Json>) -> Self {
        Self { identity, ..self }
    }

    /// The type, if the provider is `namespace/name`, from whichever registry.
    #[must_use]
    pub fn type_of(&self, namespace_and_name: &str) -> Option<&'a str> {
        let (_, rest) = self.provider.split_once('/')?;
        (rest == namespace_and_name).then_some(self.type_name)
    }

    /// The version of the state's shape.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// The state; attributes that are not there are null.
    #[must_use]
    pub const fn state(&self) -> &'a Json {
        self.state
    }

    /// What it is known by; none before Terraform 1.12, and where the provider has no identities.
    #[must_use]
    pub const fn identity(&self) -> Option<&'a Json> {
        self.identity
    }

    /// The text of an attribute; none if it has none, or an empty one, which providers of the
    /// older protocol write for null.
    #[must_use]
    pub fn text(&self, attribute: &str) -> Option<&'a str> {
        self.state.get(attribute)?.as_str().filter(|it| !it.is_empty())
    }

    /// Whether an attribute says anything: null, empty texts and empty collections do not.
    #[must_use]
    pub fn says(&self, attribute: &str) -> bool {
        match self.state.get(attribute) {
            None | Some(Json::Null) => false,
            Some(Json::String(text)) => !text.is_empty(),
            Some(Json::Array(items)) => !items.is_empty(),
            Some(Json::Object(entries)) => !entries.is_empty(),
            Some(Json::Bool(_) | Json::Number(_)) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_provider_is_known_from_every_registry() {
        let state = json!({});
        for (address, expected) in [
            ("registry.terraform.io/hashicorp/vsphere", Some("vsphere_namespace")),
            ("registry.opentofu.org/hashicorp/vsphere", Some("vsphere_namespace")),
            ("registry.terraform.io/vmware/vsphere", None),
            ("hashicorp/vsphere", None),
        ] {
            let moved = Moved::new(address, "vsphere_namespace", 0, &state);
            assert_eq!(moved.type_of("hashicorp/vsphere"), expected, "{address}");
        }
    }

    #[test]
    fn what_the_older_protocol_writes_for_null_says_nothing() {
        let state = json!({ "a": "", "b": [], "c": null, "d": "x", "e": false });
        let moved = Moved::new("r/n/p", "t", 0, &state);
        let says = ["a", "b", "c", "d", "e", "f"].map(|it| moved.says(it));
        assert_eq!(says, [false, false, false, true, true, false]);
        assert_eq!(moved.text("a"), None);
    }
}
