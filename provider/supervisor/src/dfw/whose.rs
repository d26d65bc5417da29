//! Who answers for a rule.

use namespace_network::{
    firewall::{Action, Policy, Rule},
    isolation::{NcpNamespace, Whose, scopes},
    network_policy::Origin,
    wildcard,
};

use crate::ownership::OWNER_SCOPE;

/// What the principals are called as which NCP of a Supervisor writes.
const NCP_USER: &str = "wcp-cluster-user-";

/// Who made a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A state of this provider's with one of the owners that are meant.
    Ours,
    /// NCP.
    Ncp,
    /// Anybody else, another state of this provider's included.
    Foreign,
}

/// Who made a policy, seen from a state that has, or had, one of these owners.
#[must_use]
pub fn author(policy: &Policy, owners: &[&str]) -> Author {
    let has = |scope: &str| policy.tags.iter().any(|it| it.scope == scope);
    let is_ours =
        policy.tags.iter().any(|it| it.scope == OWNER_SCOPE && owners.contains(&it.tag.as_str()));
    let is_ncps = policy.creator.as_deref().is_some_and(|it| it.starts_with(NCP_USER));
    if is_ours {
        Author::Ours
    } else if is_ncps && (has(scopes::CLUSTER) || has("nsx-op/cluster")) {
        Author::Ncp
    } else {
        Author::Foreign
    }
}

/// What a namespace's configuration asks for, and what NCP makes for it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Owners of the states that are meant.
    pub owners: &'a [&'a str],
    /// The policies that the configuration wants, where it is known.
    pub wanted: &'a [Policy],
    /// The namespace as NCP has it; none without NCP.
    pub namespace: Option<&'a NcpNamespace>,
    /// Paths of policies and rules that the configuration accepts; `*` stands for any text.
    pub accept: &'a [String],
}

impl Asked<'_> {
    /// Who answers for what a rule lets through.
    #[must_use]
    pub fn whose(&self, policy: &Policy, rule: &Rule) -> Whose {
        if self.is_ours(policy, rule) {
            Whose::Ours
        } else if self.is_for_the_namespace(policy, rule) {
            Whose::Platform
        } else if self.is_accepted(policy, rule) {
            Whose::Accepted
        } else {
            Whose::Foreign
        }
    }

    /// A rule that somebody has changed since is not ours, though it has our tags.
    fn is_ours(&self, policy: &Policy, rule: &Rule) -> bool {
        match self.wanted.iter().find(|it| it.path == policy.path) {
            Some(wanted) => wanted.scope == policy.scope && wanted.rules.contains(rule),
            None => author(policy, self.owners) == Author::Ours && !is_changed_deny(policy, rule),
        }
    }

    /// Made by NCP, in its own domain, for a NetworkPolicy of this very namespace.
    fn is_for_the_namespace(&self, policy: &Policy, rule: &Rule) -> bool {
        let Some(NcpNamespace { cluster, uid: Some(uid), .. }) = self.namespace else {
            return false;
        };
        let has = |scope: &str, tag: &str| {
            policy.tags.iter().any(|it| it.scope == scope && it.tag == tag)
        };
        author(policy, &[]) == Author::Ncp
            && policy.path.starts_with(&format!("/infra/domains/{cluster}/security-policies/"))
            && has(scopes::CLUSTER, cluster)
            && has(scopes::PROJECT_UID, uid)
            && Origin::of(policy, rule).is_some()
    }

    fn is_accepted(&self, policy: &Policy, rule: &Rule) -> bool {
        let path = format!("{}/rules/{}", policy.path, rule.id);
        self.accept
            .iter()
            .any(|it| wildcard::matches(it, &policy.path) || wildcard::matches(it, &path))
    }
}

/// Our deny lets nothing through: what does stands there because somebody changed it.
fn is_changed_deny(policy: &Policy, rule: &Rule) -> bool {
    let lets_through = !matches!(rule.action, Action::Drop | Action::Reject);
    lets_through && policy.path.ends_with("-deny")
}

#[cfg(test)]
mod tests {
    use namespace_network::firewall::{Category, Tag};

    use super::*;

    fn policy(tags: &[(&str, &str)], creator: &str) -> Policy {
        let path = "/infra/domains/domain-c8:dd58/security-policies/np_1_allow";
        let rules = vec![Rule::new("r", 1, Action::Allow)];
        Policy {
            name: "web-allow".to_owned(),
            tags: tags.iter().map(|(scope, tag)| Tag::new(*scope, *tag)).collect(),
            creator: Some(creator.to_owned()),
            ..Policy::new(path, Category::Application, 2010, rules)
        }
    }

    const NCP: &str = "wcp-cluster-user-domain-c8-dd58";
    const TAGS: [(&str, &str); 3] =
        [("ncp/cluster", "domain-c8:dd58"), ("ncp/project", "banking"), ("ncp/project_uid", "u1")];

    fn whose(policy: &Policy, accept: &[&str]) -> Whose {
        let namespace = NcpNamespace {
            cluster: "domain-c8:dd58".to_owned(),
            name: "banking".to_owned(),
            uid: Some("u1".to_owned()),
        };
        let accept: Vec<String> = accept.iter().map(|it| (*it).to_owned()).collect();
        let asked =
            Asked { owners: &["team"], wanted: &[], namespace: Some(&namespace), accept: &accept };
        asked.whose(policy, &policy.rules[0])
    }

    /// Each of the marks alone, and all but one of them, prove nothing.
    #[test]
    fn a_policy_is_ncps_for_the_namespace_by_all_of_its_marks() {
        let real = policy(&TAGS, NCP);
        assert_eq!(whose(&real, &[]), Whose::Platform);
        for missing in 0..TAGS.len() {
            let mut tags = TAGS.to_vec();
            tags.remove(missing);
            assert_eq!(whose(&policy(&tags, NCP), &[]), Whose::Foreign, "without {missing}");
        }
        let neighbour = [TAGS[0], TAGS[1], ("ncp/project_uid", "u2")];
        let another = [("ncp/cluster", "domain-c8:ee69"), TAGS[1], TAGS[2]];
        let elsewhere = real.path.replace("domain-c8:dd58", "default");
        let baseline = real.path.replace("np_1_allow", "u1-baseline");
        for forged in [
            policy(&TAGS, "admin"),
            policy(&neighbour, NCP),
            policy(&another, NCP),
            Policy { path: elsewhere, ..real.clone() },
            Policy { path: baseline, ..real.clone() },
            Policy { creator: None, ..real.clone() },
        ] {
            assert_eq!(whose(&forged, &[]), Whose::Foreign, "{forged:?}");
        }
    }

    #[test]
    fn what_the_configuration_names_is_accepted_and_what_it_writes_is_ours() {
        let theirs = policy(&[], "admin");
        assert_eq!(whose(&theirs, &["/infra/*/np_1_allow"]), Whose::Accepted);
        assert_eq!(whose(&theirs, &["/infra/*/np_1_allow/rules/r"]), Whose::Accepted);
        assert_eq!(whose(&theirs, &["/infra/*/np_1_allow/rules/other"]), Whose::Foreign);
        let ours = policy(&[(OWNER_SCOPE, "team")], "admin");
        assert_eq!(whose(&ours, &[]), Whose::Ours);
        assert_eq!(whose(&policy(&[(OWNER_SCOPE, "others")], "admin"), &[]), Whose::Foreign);
        let deny = Policy { path: ours.path.replace("np_1_allow", "banking-deny"), ..ours };
        assert_eq!(whose(&deny, &[]), Whose::Foreign, "our deny allows nothing");
    }
}
