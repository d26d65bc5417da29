//! Trees come apart into what was put into them, and what is no tree is not taken for one.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::Meta;

fn child(kind: &str, object: Value) -> Value {
    let name = format!("Child{kind}");
    let mut wrapper = json!({ "resource_type": name, "marked_for_delete": false });
    wrapper[kind] = object;
    wrapper
}

fn infra(children: &[Value]) -> Value {
    json!({ "resource_type": "Infra", "path": "/infra", "children": children })
}

/// How an object says where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Everything,
    ItsPath,
    Nothing,
}

fn object(says: Says, parent: &str, collection: &str, id: &str, children: &[Value]) -> Value {
    let mut object = json!({ "id": id, "display_name": format!("name of {id}") });
    if says != Says::Nothing {
        object["path"] = json!(format!("{parent}/{collection}/{id}"));
    }
    if says == Says::Everything {
        object["parent_path"] = json!(parent);
    }
    if !children.is_empty() {
        object["children"] = json!(children);
    }
    object
}

/// For each domain its groups, and for each of its policies the rules.
type Shape = Vec<(usize, Vec<usize>)>;

fn shape() -> impl Strategy<Value = Shape> {
    let domain = (0_usize..4, prop::collection::vec(0_usize..5, 0..4));
    prop::collection::vec(domain, 0..4)
}

fn says() -> impl Strategy<Value = Says> {
    prop_oneof![Just(Says::Everything), Just(Says::ItsPath), Just(Says::Nothing)]
}

fn built(shape: &Shape, says: Says) -> Value {
    let domains = shape.iter().enumerate().map(|(number, (groups, policies))| {
        let path = format!("/infra/domains/d{number}");
        let groups = (0..*groups)
            .map(|n| child("Group", object(says, &path, "groups", &format!("g{n}"), &[])));
        let policies = policies.iter().enumerate().map(|(n, rules)| {
            let policy = format!("{path}/security-policies/p{n}");
            let rules: Vec<Value> = (0..*rules)
                .map(|n| child("Rule", object(says, &policy, "rules", &format!("r{n}"), &[])))
                .collect();
            let id = format!("p{n}");
            child("SecurityPolicy", object(says, &path, "security-policies", &id, &rules))
        });
        let children: Vec<Value> = groups.chain(policies).collect();
        child("Domain", object(says, "/infra", "domains", &format!("d{number}"), &children))
    });
    infra(&domains.collect::<Vec<_>>())
}

fn expected(shape: &Shape) -> [Vec<String>; 4] {
    let mut found = [vec![], vec![], vec![], vec![]];
    for (number, (groups, policies)) in shape.iter().enumerate() {
        let path = format!("/infra/domains/d{number}");
        found[1].extend((0..*groups).map(|n| format!("{path}/groups/g{n}")));
        for (n, rules) in policies.iter().enumerate() {
            let policy = format!("{path}/security-policies/p{n}");
            found[3].extend((0..*rules).map(|n| format!("{policy}/rules/r{n}")));
            found[2].push(policy);
        }
        found[0].push(path);
    }
    found
}

fn paths<T: Object, P: Node>(tree: &Tree<'_>) -> Vec<String> {
    let all = tree.below::<T, P>().unwrap().into_iter();
    all.map(|it| {
        let Meta { path, parent_path, display_name, id, .. } = it.meta().clone();
        let (path, parent) = (path.unwrap(), parent_path.unwrap());
        assert!(path.starts_with(&format!("{parent}/{}/", T::COLLECTION)));
        assert_eq!(display_name.unwrap(), format!("name of {}", id.unwrap()));
        path
    })
    .collect()
}

fn wrong(tree: &Value) -> String {
    match Tree::parse(tree.to_string().as_bytes()) {
        Ok(tree) => panic!("{tree:?}"),
        Err(NoTree::Unreadable(why)) => why.to_string(),
        Err(NoTree::Flawed(path, flaw)) => format!("{path}: {flaw}"),
    }
}

proptest! {
    #[test]
    fn a_tree_comes_apart_into_what_it_was_built_of(shape in shape(), says in says()) {
        let text = built(&shape, says).to_string();
        let tree = Tree::parse(text.as_bytes()).unwrap();
        let found = [
            paths::<Domain, Infra>(&tree),
            paths::<Group, Domain>(&tree),
            paths::<SecurityPolicy, Domain>(&tree),
            paths::<Rule, SecurityPolicy>(&tree),
        ];
        prop_assert_eq!(found, expected(&shape));
    }

    #[test]
    fn a_tree_that_breaks_off_is_none(shape in shape(), cut in 0.0..1.0_f64) {
        let text = built(&shape, Says::Everything).to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "somewhere in the text")]
        let at = (text.len() as f64 * cut) as usize;
        prop_assert!(Tree::parse(&text.as_bytes()[..at]).is_err());
    }
}

#[test]
fn what_was_not_asked_for_is_passed_over_and_what_is_below_it_is_no_ones() {
    let rule = |id| child("Rule", json!({ "id": id }));
    let policy = json!({ "id": "p", "children": [
        rule("r"), child("Colour", json!({ "id": "red" })), { "resource_type": "ChildOfSomeForm" },
    ] });
    // A gateway's firewall has rules, too.
    let gateway = json!({ "id": "gw", "path": "/infra/domains/default/gateway-policies/gw",
        "children": [rule("other")] });
    let children = [child("SecurityPolicy", policy), child("GatewayPolicy", gateway)];
    let tree = infra(&[
        child("Domain", json!({ "id": "default", "children": children })),
        child("PolicyContextProfile", json!({ "id": "x", "attributes": [] })),
    ])
    .to_string();
    let tree = Tree::parse(tree.as_bytes()).unwrap();
    let rules = tree.below::<Rule, SecurityPolicy>().unwrap();
    let paths: Vec<_> = rules.iter().filter_map(|it| it.meta.path.as_deref()).collect();
    assert_eq!(paths, ["/infra/domains/default/security-policies/p/rules/r"]);
    let policies = tree.below::<SecurityPolicy, Domain>().unwrap();
    assert!(policies[0].others.is_empty(), "children are no field of the policy");
}

#[test]
fn segments_below_a_gateway_are_found_there() {
    let port = child("SegmentPort", json!({ "id": "p" }));
    let segment = child("Segment", json!({ "id": "s", "children": [port] }));
    let gateway = child("Tier1", json!({ "id": "t1", "children": [segment] }));
    let text = infra(&[gateway]).to_string();
    let tree = Tree::parse(text.as_bytes()).unwrap();
    let ports = tree.below::<SegmentPort, Segment>().unwrap();
    assert_eq!(ports[0].meta.path.as_deref(), Some("/infra/tier-1s/t1/segments/s/ports/p"));
    assert_eq!(tree.below::<Segment, Tier1>().unwrap().len(), 1);
    assert_eq!(tree.below::<Segment, Infra>().unwrap().len(), 0);
}

#[test]
fn a_reference_is_on_the_way_and_nothing_by_itself() {
    let reference = json!({ "resource_type": "ChildResourceReference", "target_type": "Domain",
        "id": "default", "children": [child("Group", json!({ "id": "g" }))] });
    let text = infra(&[reference]).to_string();
    let tree = Tree::parse(text.as_bytes()).unwrap();
    let groups = tree.below::<Group, Domain>().unwrap();
    assert_eq!(groups[0].meta.path.as_deref(), Some("/infra/domains/default/groups/g"));
    assert!(tree.below::<Domain, Infra>().unwrap().is_empty());
}

#[test]
fn what_is_being_purged_is_not_there() {
    let group = child("Group", json!({ "id": "g", "marked_for_delete": true }));
    let text = infra(&[child("Domain", json!({ "id": "d", "children": [group] }))]).to_string();
    let tree = Tree::parse(text.as_bytes()).unwrap();
    assert!(tree.below::<Group, Domain>().unwrap().is_empty());
}

#[test]
fn a_tree_that_contradicts_itself_is_none() {
    let below = |object: Value| {
        infra(&[child("Domain", json!({ "id": "d", "children": [child("Group", object)] }))])
    };
    let elsewhere = json!({ "id": "g", "path": "/infra/domains/e/groups/g" });
    assert_eq!(
        wrong(&below(elsewhere)),
        "/infra/domains/e/groups/g: it is said to belong to `/infra/domains/d`, and does not"
    );
    let others = json!({ "id": "g", "parent_path": "/infra/domains/e" });
    assert_eq!(
        wrong(&below(others)),
        "/infra/domains/d/groups/g: it is said to belong to `/infra/domains/e`, and does not"
    );
    let group = child("Group", json!({ "id": "g" }));
    let twice = json!({ "id": "d", "children": [group, group] });
    assert_eq!(
        wrong(&infra(&[child("Domain", twice)])),
        "/infra/domains/d/groups/g: `/infra/domains/d/groups/g` comes twice"
    );
}

#[test]
fn what_is_not_of_the_apis_form_is_no_tree() {
    assert_eq!(
        wrong(&infra(&[json!({ "resource_type": "ChildGroup" })])),
        "ChildGroup has no Group"
    );
    assert_eq!(wrong(&infra(&[json!({ "Group": {} })])), "a child has no resource_type");
    assert_eq!(wrong(&infra(&[child("Service", json!({}))])), "a Service has no id");
    let mut deep = child("Colour", json!({ "id": "0" }));
    for _ in 0..40 {
        deep = child("Colour", json!({ "id": "0", "children": [deep] }));
    }
    assert_eq!(wrong(&infra(&[deep])), "the tree has no end");
}
