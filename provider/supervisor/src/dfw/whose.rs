//! Who answers for a policy.

use namespace_network::{
    firewall::Policy,
    isolation::{Whose, scopes},
};

use crate::{config::Owner, ownership::OWNER_SCOPE};

/// Who answers for a policy, seen from the state of `owner`: of another state of this provider's, it
/// is somebody else's.
#[must_use]
pub fn whose(policy: &Policy, owner: Option<&Owner>) -> Whose {
    let has = |scope: &str| policy.tags.iter().any(|it| it.scope == scope);
    let is_ours = owner.is_some_and(|owner| {
        policy.tags.iter().any(|it| it.scope == OWNER_SCOPE && it.tag == owner.as_str())
    });
    if is_ours {
        Whose::Ours
    } else if has(scopes::CLUSTER) || has("nsx-op/cluster") {
        Whose::Platform
    } else {
        Whose::Foreign
    }
}
