//! The hierarchical GET.

use super::*;

/// Wrapper and path of all that is in a tree, in its order.
fn listed(tree: &Value) -> Vec<String> {
    let children = tree["children"].as_array().into_iter().flatten();
    children
        .flat_map(|wrapper| {
            let kind = wrapper["resource_type"].as_str().unwrap();
            let object = &wrapper[kind.strip_prefix("Child").unwrap()];
            let own = format!("{kind} {}", object["path"].as_str().unwrap());
            std::iter::once(own).chain(listed(object)).collect::<Vec<_>>()
        })
        .collect()
}

fn with_firewall() -> Nsx {
    let nsx = Nsx::new();
    nsx.make("/infra/domains/other", json!({}));
    for domain in ["default", "other"] {
        nsx.make(&format!("/infra/domains/{domain}/groups/g"), json!({}));
        let rules = json!([{ "id": "r", "action": "DROP" }]);
        let policy = format!("/infra/domains/{domain}/security-policies/p");
        nsx.make(&policy, json!({ "rules": rules }));
    }
    nsx.make("/infra/segments/s", json!({}));
    nsx
}

#[test]
fn types_come_with_what_they_hang_below_and_with_their_parts() {
    let nsx = with_firewall();
    let asked = |types: &str| listed(&nsx.get_with("/infra", &[("type_filter", types)]).value());
    let groups = [
        "ChildDomain /infra/domains/default",
        "ChildGroup /infra/domains/default/groups/g",
        "ChildDomain /infra/domains/other",
        "ChildGroup /infra/domains/other/groups/g",
    ];
    assert_eq!(asked("Group"), groups);
    let all = asked("Domain;SecurityPolicy;Segment");
    let rule = "ChildRule /infra/domains/other/security-policies/p/rules/r".to_owned();
    assert!(all.contains(&rule) && all.contains(&"ChildSegment /infra/segments/s".to_owned()));
    assert!(!all.iter().any(|it| it.contains("Group") || it.contains("Service")), "{all:?}");
}

#[test]
fn a_filter_has_to_match_each_level() {
    let nsx = with_firewall();
    let asked = |filter: &str| listed(&nsx.get_with("/infra", &[("filter", filter)]).value());
    assert_eq!(asked("Type-Group"), Vec::<String>::new());
    assert_eq!(asked("Type-Domain|Group").len(), 4);
    assert_eq!(asked("Type-Domain|SecurityPolicy").len(), 4, "and no rules");
    assert_eq!(asked("Type-Domain|Type-SecurityPolicy|Rule").len(), 6);
}

#[test]
fn only_what_is_at_the_base_or_below_it_comes() {
    let nsx = with_firewall();
    let below = |base: &str| {
        listed(&nsx.get_with("/infra", &[("base_path", base), ("type_filter", "Group")]).value())
    };
    assert_eq!(below("/infra/domains/other").len(), 2);
    assert_eq!(below("/infra/domains/other/groups/g").len(), 2);
    assert_eq!(below("/infra").len(), 4);
    let gone = [("base_path", "/infra/domains/none"), ("type_filter", "Group")];
    assert_eq!(refusal(&nsx.get_with("/infra", &gone)), (404, 600));
}

#[test]
fn the_tree_is_the_intent_and_not_an_index() {
    let nsx = with_firewall();
    let paths = || listed(&nsx.get_with("/infra", &[("type_filter", "Group")]).value());
    nsx.make("/infra/domains/default/groups/fresh", json!({}));
    let fresh = "ChildGroup /infra/domains/default/groups/fresh".to_owned();
    assert!(paths().contains(&fresh), "before search knows it");
    nsx.delete("/infra/domains/default/groups/fresh");
    assert!(!paths().contains(&fresh), "before it is purged");
}

#[test]
fn what_nobody_asked_for_does_not_come() {
    let nsx = with_firewall();
    let root = nsx.object("/infra");
    assert_eq!((&root["path"], root.get("children")), (&json!("/infra"), None));
}

#[test]
fn what_is_no_type_and_no_parameter_is_refused() {
    let nsx = Nsx::new();
    for query in [
        &[("type_filter", "Colour")][..],
        &[("type_filter", "ChildGroup")],
        &[("type_filter", "Group;group")],
        &[("filter", "Group")],
        &[("filter", "Type-Colour")],
        &[("filter", "Type-Group"), ("type_filter", "Group")],
        &[("page_size", "10")],
    ] {
        assert_eq!(refusal(&nsx.get_with("/infra", query)), (400, 255), "{query:?}");
    }
    // The real one has it.
    let other = nsx.get_with("/infra", &[("type_filter", "PolicyContextProfile")]);
    assert_eq!(refusal(&other), (501, 0));
}
