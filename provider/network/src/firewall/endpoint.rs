//! What sends and receives.

use std::{collections::BTreeSet, fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

/// A tag of an NSX object; how long its parts may be is in [`limits`](super::limits).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tag {
    /// What kind of tag it is, such as `ncp/project`.
    pub scope: String,
    /// Its value, such as `banking`.
    pub tag: String,
}

/// A pod, a VM, or an address outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// What it is called in answers, such as `banking/web-0`.
    pub name: String,
    /// Its addresses; not known if there are none.
    pub addresses: Vec<IpAddr>,
    /// Where the DFW sees it; none for what lies outside of NSX, where no rule is enforced.
    pub attachment: Option<Attachment>,
}

/// A port on a segment, and what is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The segment port.
    pub port: Object,
    /// Its segment.
    pub segment: Object,
    /// The virtual machine behind the port. None if that is not known, nor whether there is one:
    /// then nobody can tell whether a condition on machines holds.
    pub machine: Option<Object>,
}

/// An NSX object that groups can name or match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its policy path.
    pub path: String,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
}

impl Tag {
    /// A tag by scope and value.
    pub fn new(scope: impl Into<String>, tag: impl Into<String>) -> Self {
        Self { scope: scope.into(), tag: tag.into() }
    }
}

impl fmt::Display for Tag {
    /// As NSX writes it in conditions: `scope|tag`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.scope, self.tag)
    }
}

impl Object {
    /// An object by its path and tags.
    pub fn new(path: impl Into<String>, tags: impl IntoIterator<Item = Tag>) -> Self {
        Self { path: path.into(), tags: tags.into_iter().collect() }
    }

    /// The value of its tag of that scope; of the first, if there are several.
    #[must_use]
    pub fn tag(&self, scope: &str) -> Option<&str> {
        self.tags.iter().find(|it| it.scope == scope).map(|it| it.tag.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_as_in_a_condition_of_nsx() {
        assert_eq!(Tag::new("ncp/project", "banking").to_string(), "ncp/project|banking");
    }
}
