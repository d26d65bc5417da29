//! Which policy decides what no rule does.

use super::*;

/// A policy at that path whose only rule does that.
fn policy(path: &str, action: wire::Action) -> wire::SecurityPolicy {
    let mut policy = wire::SecurityPolicy::named("p");
    policy.meta.id = path.rsplit('/').next().map(str::to_owned);
    policy.meta.path = Some(path.to_owned());
    policy.rules = Some(vec![wire::Rule { action: Some(action), ..wire::Rule::named("r") }]);
    policy
}

#[test]
fn the_last_policy_of_the_default_domain_is_the_firewalls_default() {
    let read = with_policies(&[policy(DEFAULT_POLICY, wire::Action::Drop)], &[]);
    assert_eq!((read.default, read.policies.len()), (Action::Drop, 0));
    let read = with_policies(&[], &[]);
    assert_eq!(read.default, Action::Allow, "and NSX lets everything through without it");
}

#[test]
fn a_policy_that_is_called_so_elsewhere_is_one_as_any_other() {
    let other = DEFAULT_POLICY.replace("/default/", "/domain-c8/");
    let emergency = wire::SecurityPolicy {
        category: Some("Emergency".to_owned()),
        ..policy(&other, wire::Action::Allow)
    };
    let read = with_policies(&[policy(DEFAULT_POLICY, wire::Action::Drop), emergency], &[]);
    assert_eq!(read.default, Action::Drop);
    let [found] = &read.policies[..] else { panic!("{:?}", read.policies) };
    assert_eq!((&found.path, found.rules.len()), (&other, 1));
}
