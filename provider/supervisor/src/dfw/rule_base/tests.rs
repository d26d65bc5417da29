//! Which policy is asked last.

use namespace_network::firewall::Category;

use super::*;

const LAST: &str = "/infra/domains/default/security-policies/default-layer3-section";

/// The place of a policy at that path, with what NSX says of its own section.
fn place(path: &str, category: Option<&str>) -> Category {
    let mut policy = wire::SecurityPolicy::named("p");
    policy.meta.path = Some(path.to_owned());
    policy.category = category.map(str::to_owned);
    let read = with_policies(&[policy], &[]);
    let [found] = &read.policies[..] else { panic!("{:?}", read.policies) };
    found.category
}

#[test]
fn the_section_of_the_default_domain_comes_last_and_no_other_of_that_id() {
    assert_eq!(place(LAST, Some("Application")), Category::Last);
    let elsewhere = LAST.replace("/domains/default/", "/domains/domain-c8/");
    assert_eq!(place(&elsewhere, Some("Application")), Category::Application);
    assert_eq!(place(&elsewhere, Some("Emergency")), Category::Emergency);
}

/// Its number counts among those of its own category alone.
#[test]
fn a_category_that_is_not_known_comes_before_all() {
    let policy = wire::SecurityPolicy {
        category: Some("Quarantine".to_owned()),
        sequence_number: Some(9),
        ..wire::SecurityPolicy::named("p")
    };
    let read = with_policies(&[policy], &[]);
    let place = (read.policies[0].category, read.policies[0].sequence);
    assert_eq!(place, (Category::Emergency, 0));
}

#[test]
fn what_has_no_display_name_goes_by_its_id() {
    let by_id = |id: &str| nsx::Meta { id: Some(id.to_owned()), ..nsx::Meta::default() };
    let rule = wire::Rule { meta: by_id("r-1"), ..wire::Rule::default() };
    let (meta, rules) = (by_id("p-1"), Some(vec![rule]));
    let policy = wire::SecurityPolicy { meta, rules, ..wire::SecurityPolicy::default() };
    let read = with_policies(&[policy], &[]);
    let [found] = &read.policies[..] else { panic!("{:?}", read.policies) };
    assert_eq!((found.name.as_str(), found.rules[0].name.as_str()), ("p-1", "r-1"));
}

#[test]
fn what_no_rule_decides_passes() {
    assert_eq!(with_policies(&[], &[]).default, Action::Allow);
}
