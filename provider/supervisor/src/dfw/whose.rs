//! Who answers for a policy.

use namespace_network::{
    firewall::Policy,
    isolation::{Whose, scopes},
};

use crate::ownership::OWNER_SCOPE;

/// Who answers for a policy, seen from a state that has, or had, one of these owners: of another state
/// of this provider's, it is somebody else's.
#[must_use]
pub fn whose(policy: &Policy, owners: &[&str]) -> Whose {
    let has = |scope: &str| policy.tags.iter().any(|it| it.scope == scope);
    let is_ours =
        policy.tags.iter().any(|it| it.scope == OWNER_SCOPE && owners.contains(&it.tag.as_str()));
    if is_ours {
        Whose::Ours
    } else if has(scopes::CLUSTER) || has("nsx-op/cluster") {
        Whose::Platform
    } else {
        Whose::Foreign
    }
}
