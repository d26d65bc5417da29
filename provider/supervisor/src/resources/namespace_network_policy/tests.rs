//! What is written is what is meant, and comes back as it was written.

use expect_test::{Expect, expect};
use namespace_network::{
    firewall::{Action, Category, Endpoint, Firewall, Policy, Traffic},
    isolation::{Isolation, Members, Mode, NcpNamespace, Paths},
    network_policy::{Cluster, Pod},
    port::{Port, Protocol},
    reachability::{Assuming, Reachability},
};
use serde_json::{Value as Json, json};
use tf_framework::{Optional, codec};

use super::*;
use crate::{dfw, resources::given};

const CLUSTER: &str = "domain-c8:dd58";

fn policy(namespace: &str, name: &str, rest: &Json) -> Model {
    let mut config = json!({ "namespace": namespace, "name": name });
    config.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    given::model(&config)
}

fn from_trading() -> Model {
    policy(
        "banking",
        "from-trading",
        &json!({ "ingress": [{
        "from": [{ "namespace_selector": { "match_labels": {
            "kubernetes.io/metadata.name": "trading" } } }],
        "ports": [{ "port": 8443 }],
    }] }),
    )
}

fn to_banking() -> Model {
    policy(
        "trading",
        "to-banking",
        &json!({ "egress": [{
        "to": [{ "namespace_selector": { "match_labels": {
            "kubernetes.io/metadata.name": "banking" } } }],
        "ports": [{ "port": 8443 }],
    }] }),
    )
}

fn translated(model: &Model, stem: &str) -> namespace_network::network_policy::Translation {
    let policy = model.meaning().unwrap().unwrap();
    translation::translate(&policy, CLUSTER, &Ids::new(stem)).unwrap()
}

/// The errors of a policy, each with its attribute.
fn wrong(model: &Model) -> Vec<String> {
    let mut found = Diagnostics::new();
    rules::validate(model, &mut found);
    let told = found.iter().map(|it| {
        let path = it.path.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{path}: {}", it.summary)
    });
    told.collect()
}

#[track_caller]
fn check(model: &Model, expect: &Expect) {
    let translated = translated(model, "p");
    let groups = translated
        .groups
        .iter()
        .map(|(path, it)| format!("{}: {it}\n", path.rsplit('/').next().unwrap()));
    let policies = translated.policies.iter().map(Policy::to_string);
    expect.assert_eq(&groups.chain(policies).collect::<String>());
}

#[test]
fn a_policy_stands_between_the_sections_of_ncp() {
    check(
        &from_trading(),
        &expect![[r"
            p-ingress-0-0: (Segment ncp/cluster|domain-c8:dd58 and Segment ncp/project|trading)
            p-scope: (Segment ncp/cluster|domain-c8:dd58 and Segment ncp/project|banking)
            banking/from-trading allow (Application 4)
              10 ingress-0: allow in p-ingress-0-0 -> any, TCP/8443, at p-scope
            banking/from-trading isolation (Application 98)
              10 ingress-isolation: drop in any -> any, any service, at p-scope
        "]],
    );
}

/// As many policies as there are ways to write one.
fn all_forms() -> Vec<Model> {
    let with = |rest: Json| policy("banking", "web", &rest);
    vec![
        from_trading(),
        to_banking(),
        with(json!({})),
        with(json!({ "policy_types": ["Egress"] })),
        with(json!({ "policy_types": ["Ingress", "Egress"] })),
        with(json!({
            "pod_selector": { "match_labels": { "app": "web" } },
            "ingress": [{
                "from": [
                    { "pod_selector": { "match_labels": { "app": "gateway" } } },
                    { "ip_block": { "cidr": "10.50.0.0/16", "except": ["10.50.99.0/24"] } },
                ],
                "ports": [{ "port": 8443 }],
            }],
            "egress": [{
                "to": [{ "any": true }],
                "ports": [{ "protocol": "UDP", "port": 53 }],
            }],
        })),
        with(json!({
            "pod_selector": { "match_expressions": [
                { "key": "old", "operator": "DoesNotExist" },
                { "key": "tier", "operator": "In", "values": ["a", "b", "c", "d", "e", "f"] },
            ] },
            "ingress": [
                { "from": [{ "any": true }], "ports": [{ "any": true }] },
                { "from": [{ "pod_selector": {} }],
                  "ports": [{ "protocol": "UDP", "any": true }, { "port": 80, "end_port": 90 }] },
                { "from": [{
                    "pod_selector": { "match_expressions": [{ "key": "app", "operator": "Exists" }] },
                    "namespace_selector": { "match_expressions": [{
                        "key": "kubernetes.io/metadata.name", "operator": "NotIn",
                        "values": ["test"] }] } },
                    { "namespace_selector": { "match_expressions": [{
                        "key": "kubernetes.io/metadata.name", "operator": "Exists" }] } },
                    { "ip_block": { "cidr": "2001:db8::/64" } }],
                  "ports": [{ "port": 1 }] },
            ],
        })),
    ]
}

#[test]
fn every_form_of_a_policy_is_taken_and_comes_back_from_its_objects() {
    let ids = Ids::new("p");
    for written in all_forms() {
        assert_eq!(wrong(&written), [""; 0]);
        let translated = translated(&written, "p");
        let objects = wire::objects(&translated, &ids, "p").unwrap();
        let mut read = policy(
            written.namespace.get().unwrap().as_str(),
            &written.name.get().unwrap().to_string(),
            &json!({}),
        );
        let groups = objects.groups.iter();
        let groups = groups.map(|(id, it)| (id.path().to_owned(), dfw::expression(it))).collect();
        let policies: Vec<Policy> = objects
            .policies
            .iter()
            .map(|(id, it)| {
                let mut it = it.clone();
                it.meta.path = Some(id.path().to_owned());
                dfw::policy(&it, it.rules.as_deref().unwrap(), &std::collections::BTreeMap::new())
                    .unwrap()
            })
            .collect();
        imported::fill(&mut read, &policies, &groups, &ids);
        assert_eq!(read.ncp_cluster.known().map(String::as_str), Some(CLUSTER));
        read.ncp_cluster = tf_framework::Computed::null();
        assert_eq!(codec::encode(&read), codec::encode(&written));
    }
}

#[test]
fn a_list_that_is_left_out_or_empty_opens_nothing() {
    let with = |rest: Json| wrong(&policy("banking", "web", &json!({ "ingress": [rest] })));
    let any = json!([{ "any": true }]);
    assert_eq!(with(json!({ "ports": any })), ["ingress[0].from: nobody is named"]);
    assert_eq!(with(json!({ "from": [], "ports": any })), ["ingress[0].from: nobody is named"]);
    assert_eq!(with(json!({ "from": any })), ["ingress[0].ports: no port is named"]);
    assert_eq!(with(json!({ "from": any, "ports": [] })), ["ingress[0].ports: no port is named"]);
    let peer = |peer: Json| with(json!({ "from": [peer], "ports": any }));
    assert_eq!(peer(json!({})), ["ingress[0].from[0]: nobody is named"]);
    assert_eq!(peer(json!({ "any": false })), ["ingress[0].from[0]: nobody is named"]);
    assert_eq!(
        peer(json!({ "namespace_selector": {} })),
        ["ingress[0].from[0].namespace_selector: an empty selector"]
    );
    assert_eq!(
        peer(json!({ "pod_selector": { "match_labels": {} } })),
        ["ingress[0].from[0].pod_selector.match_labels: an empty selector"]
    );
}

#[test]
fn what_makes_others_void_stands_alone() {
    let any = json!([{ "any": true }]);
    let with = |from: Json, ports: Json| {
        wrong(&policy("a", "b", &json!({ "ingress": [{ "from": from, "ports": ports }] })))
    };
    let other = json!({ "pod_selector": { "match_labels": { "app": "web" } } });
    assert_eq!(with(json!([{ "any": true }, other]), any.clone()).len(), 1);
    let both = json!([{ "any": true, "pod_selector": other["pod_selector"] }]);
    assert_eq!(with(both, any.clone()).len(), 1);
    assert_eq!(with(any.clone(), json!([{ "any": true }, { "port": 1 }])).len(), 1);
    assert_eq!(with(any.clone(), json!([{ "any": true, "port": 1 }])).len(), 1);
    assert_eq!(with(any, json!([{ "any": true, "protocol": "UDP" }, { "port": 1 }])), [""; 0]);
}

#[test]
fn what_nsx_does_not_know_or_cannot_hold_is_refused_at_its_attribute() {
    let peer = |peer: Json| {
        let rule = json!({ "from": [peer], "ports": [{ "port": 1 }] });
        wrong(&policy("a", "b", &json!({ "ingress": [rule] })))
    };
    assert_eq!(
        peer(json!({ "namespace_selector": { "match_labels": { "team": "bank" } } })),
        ["ingress[0].from[0].namespace_selector.match_labels[\"team\"]: \
             a label that NSX does not know"]
    );
    let hole = json!({ "ip_block": { "cidr": "10.0.0.0/24", "except": ["10.1.0.0/25"] } });
    assert_eq!(peer(hole), ["ingress[0].from[0].ip_block.except[0]: not a NetworkPolicy"]);
    let sctp = json!([{ "from": [{ "any": true }], "ports": [{ "protocol": "SCTP", "port": 1 }] }]);
    assert_eq!(
        wrong(&policy("a", "b", &json!({ "ingress": sctp }))),
        ["ingress[0].ports[0]: too much for NSX"]
    );
    let reversed = json!([{ "from": [{ "any": true }], "ports": [{ "port": 9, "end_port": 8 }] }]);
    assert_eq!(
        wrong(&policy("a", "b", &json!({ "ingress": reversed }))),
        ["ingress[0].ports[0].end_port: a reversed range"]
    );
}

#[test]
fn the_longest_names_fit_into_a_tag_and_into_display_names() {
    let label = "p".repeat(63);
    let name = format!("{label}.{label}.{label}.{}", "p".repeat(61));
    assert_eq!(wrong(&policy("xx", &name, &json!({}))), [""; 0]);
    assert_eq!(wrong(&policy("xxx", &name, &json!({}))), ["name: too much for NSX"]);
    let longest = policy("xx", &name, &json!({}));
    let full_name = format!("xx/{name}");
    let objects = wire::objects(&translated(&longest, "p"), &Ids::new("p"), &full_name).unwrap();
    let names = objects.groups.iter().map(|(_, it)| it.meta.display_name.clone().unwrap());
    let names: Vec<String> = names.collect();
    assert!(names.iter().all(|it| it.len() == 255 && it.ends_with("p scope")), "{names:?}");
    let names = objects.policies.iter().map(|(_, it)| it.meta.display_name.as_ref().unwrap());
    assert!(names.into_iter().all(|it| it.len() == 255 && it.ends_with(" isolation")));
}

#[test]
fn what_is_not_known_yet_is_not_refused_before_it_is() {
    let mut model = from_trading();
    model.ingress = Optional::unknown();
    assert_eq!(wrong(&model), [""; 0]);
    // An apply that finds an empty list there does not take it for anybody.
    model.ingress = vec![model::IngressRule { from: vec![].into(), ports: vec![].into() }].into();
    model.ncp_cluster = CLUSTER.to_owned().into();
    assert!(wanted(&model, &Ids::new("p")).is_err());
}

/// The bank's two namespaces, a neighbour, and the isolation of both.
fn bank(ncp: Vec<Policy>) -> (Firewall, Vec<Endpoint>) {
    let pod = |namespace: &str, last: u8| Pod {
        namespace: namespace.to_owned(),
        name: format!("pod-{last}"),
        addresses: vec![[10, 244, 0, last].into()],
        labels: std::collections::BTreeMap::new(),
        ports: Vec::new(),
    };
    let pods = vec![pod("banking", 1), pod("trading", 2), pod("other", 3), pod("banking", 4)];
    let mut endpoints = Cluster { pods, ..Cluster::default() }.endpoints(CLUSTER);
    let addresses = vec![[203, 0, 113, 1].into()];
    endpoints.push(Endpoint { name: "outside".to_owned(), addresses, attachment: None });
    let mut firewall = Firewall::with_default(Action::Allow);
    firewall.policies.extend(ncp);
    for name in ["banking", "trading"] {
        let path = |kind: &str| format!("/infra/domains/default/{kind}/{name}");
        let paths = Paths {
            group: path("groups"),
            deny: path("security-policies"),
            allow: path("security-policies") + "-allow",
        };
        let (cluster, name) = (CLUSTER.to_owned(), name.to_owned());
        let members = Members::Ncp(NcpNamespace { cluster, name, uid: None });
        firewall.groups.insert(paths.group.clone(), members.expression());
        firewall.policies.extend(Isolation::closed(Mode::Baseline).policies(&paths).unwrap());
    }
    (firewall, endpoints)
}

/// NCP's baselines, from the strictest to the one that lets everything through.
fn baselines() -> Vec<Vec<Policy>> {
    let path = "/infra/domains/ncp/security-policies/baseline";
    let one = |action| {
        let rules = vec![namespace_network::firewall::Rule::new("all", 0, action)];
        Policy::new(path, Category::Application, 99, rules)
    };
    vec![vec![one(Action::Drop)], vec![], vec![one(Action::Allow)]]
}

/// Who reaches whom on a port of TCP, as `from>to`.
fn open(firewall: &Firewall, endpoints: &[Endpoint], port: u16) -> Vec<String> {
    let reachability = Reachability::new(firewall, endpoints, Assuming::default());
    let traffic = Traffic::Port(Protocol::Tcp, Port::new(port).unwrap());
    let pairs = (0..endpoints.len()).flat_map(|a| (0..endpoints.len()).map(move |b| (a, b)));
    let pairs = pairs.filter(|(a, b)| a != b && reachability.decide(*a, *b, traffic).is_allowed());
    pairs.map(|(a, b)| format!("{}>{}", endpoints[a].name, endpoints[b].name)).collect()
}

#[test]
fn two_policies_open_one_port_one_way_under_every_baseline_of_ncp() {
    for baseline in baselines() {
        let (mut firewall, endpoints) = bank(baseline);
        let of_the_bank = |all: Vec<String>| -> Vec<String> {
            all.into_iter().filter(|it| it.contains("banking") && it.contains("trading")).collect()
        };
        let before = open(&firewall, &endpoints, 443);
        translated(&from_trading(), "in").add_to(&mut firewall);
        translated(&to_banking(), "out").add_to(&mut firewall);
        assert_eq!(
            of_the_bank(open(&firewall, &endpoints, 8443)),
            ["trading/pod-2>banking/pod-1", "trading/pod-2>banking/pod-4"]
        );
        assert_eq!(of_the_bank(open(&firewall, &endpoints, 443)), [""; 0]);
        // Nothing that was closed to anybody else is open now.
        for port in [443, 8443] {
            let more = open(&firewall, &endpoints, port);
            let more = more.iter().filter(|it| !before.contains(it));
            let stray = more.filter(|it| !it.starts_with("trading/pod-2>banking/"));
            assert_eq!(stray.collect::<Vec<_>>(), [""; 0]);
        }
    }
}

/// What `from_trading` says, as a manifest.
const FROM_TRADING: &str = r"
# Orders come in from trading.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: from-trading, namespace: banking }
spec:
  podSelector: {}
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: trading } } }]
      ports: [{ protocol: TCP, port: 8443 }]
";

fn with_manifest(text: &str, rest: &Json) -> Model {
    let mut config = json!({ "manifest": text });
    config.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    given::model(&config)
}

/// The errors of a manifest, each of which is at the manifest.
fn wrong_text(model: &Model) -> Vec<String> {
    let mut found = Diagnostics::new();
    rules::validate(model, &mut found);
    let told = found.iter().map(|it| {
        assert_eq!(it.path, Some(Path::of("manifest")), "{}", it.detail);
        it.detail.clone()
    });
    told.collect()
}

#[test]
fn a_manifest_and_the_attributes_lead_to_the_same_objects() {
    let model = with_manifest(FROM_TRADING, &json!({ "namespace": "banking" }));
    assert_eq!(wrong_text(&model), [""; 0]);
    let policy = model.meaning().unwrap().unwrap();
    let ids = Ids::new("p");
    let of_manifest = translation::translate(&policy, CLUSTER, &ids).unwrap();
    assert_eq!(of_manifest.groups, translated(&from_trading(), "p").groups);
    assert_eq!(of_manifest.policies, translated(&from_trading(), "p").policies);
}

#[test]
fn every_form_of_a_policy_can_be_written_as_a_manifest_that_means_the_same() {
    for written in all_forms() {
        let meaning = written.meaning().unwrap().unwrap();
        let mut model = written;
        manifest::replace_attributes(&mut model).unwrap();
        assert_eq!(wrong_text(&model), [""; 0]);
        let read = model.meaning().unwrap().unwrap();
        let objects = |policy| translation::translate(policy, CLUSTER, &Ids::new("p")).unwrap();
        assert_eq!(objects(&read).groups, objects(&meaning).groups);
        assert_eq!(objects(&read).policies, objects(&meaning).policies);
    }
}

#[test]
fn a_list_in_which_nobody_is_left_does_not_become_anybody_in_a_manifest() {
    let mut model = from_trading();
    let nobody = model::IngressRule { from: vec![].into(), ports: vec![].into() };
    model.ingress = vec![nobody].into();
    assert!(manifest::replace_attributes(&mut model).is_err());
}

#[test]
fn what_is_wrong_with_a_manifest_is_told_with_document_and_field() {
    let banking = json!({ "namespace": "banking" });
    let told = |text: &str, rest: &Json| wrong_text(&with_manifest(text, rest)).join("\n");
    let spec = |spec: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p}}\nspec: \
             {spec}\n"
        )
    };
    expect![[r"
        `manifest`: document 1 (line 1), NetworkPolicy p: `spec.ingress[0].from[0].ipBlock.except[0]`: 10.1.0.0/25 is not strictly inside 10.0.0.0/24
        `manifest`: document 1 (line 1), NetworkPolicy p: `spec.ingress[0].ports[0].port`: 0: a port is 1-65535"]]
    .assert_eq(&told(
        &spec("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24, except: [10.1.0.0/25]}}], ports: [{port: 0}]}]}"),
        &banking,
    ));
    expect!["`manifest`: document 1 (line 1), NetworkPolicy p: `spec.podSelectors`: unknown field `podSelectors`, expected one of `podSelector`, `ingress`, `egress`, `policyTypes`"]
        .assert_eq(&told(&spec("{podSelectors: {}}"), &banking));
    expect!["`manifest`: document 1 (line 1): x/p: `ingress[0].ports[0]` is about ports of SCTP, and NSX knows ports of TCP and UDP only"]
        .assert_eq(&told(&spec("{ingress: [{ports: [{protocol: SCTP, port: 9}]}]}"), &banking).replace("default/p", "x/p"));
    expect!["`manifest`: document 1 (line 1): `spec.egress[0].to[0].namespaceSelector`: NSX does not know the label `team` of a namespace; select namespaces by `kubernetes.io/metadata.name`, which is their name"]
        .assert_eq(&told(&spec("{egress: [{to: [{namespaceSelector: {matchLabels: {team: a}}}]}]}"), &banking));
    expect!["`manifest`: document 1 (line 1): default/p: `ingress[0].ports[0]` is `http`, a name, and the pods are not known; write its number"]
        .assert_eq(&told(&spec("{ingress: [{ports: [{port: http}]}]}"), &banking));
    let two = format!("{}---\n{}", spec("{}").replace("name: p", "name: q"), spec("{}"));
    expect!["`manifest`: holds 2 policies (default/q in document 1 (line 1), default/p in document 2 (line 5)), and a resource is one of them; give each a resource of its own, for instance by `for_each`"]
        .assert_eq(&told(&two, &banking));
}

#[test]
fn names_are_those_of_the_manifest_and_need_not_be_repeated() {
    let told = |text: &str, rest: &Json| wrong_text(&with_manifest(text, rest)).join("\n");
    assert_eq!(told(FROM_TRADING, &json!({})), "");
    assert_eq!(told(FROM_TRADING, &json!({ "name": "from-trading", "namespace": "banking" })), "");
    expect![[r"
        `manifest`: document 1 (line 3): `metadata.name`: is `from-trading`, and the attribute `name` is `a`; make them equal, or leave one of them out
        `manifest`: document 1 (line 3): `metadata.namespace`: is `banking`, and the attribute `namespace` is `b`; make them equal, or leave one of them out"]]
    .assert_eq(&told(FROM_TRADING, &json!({ "name": "a", "namespace": "b" })));
    let nowhere = FROM_TRADING.replace(", namespace: banking", "");
    assert_eq!(told(&nowhere, &json!({ "namespace": "banking" })), "");
    expect!["`manifest`: document 1 (line 3): `metadata.namespace`: is needed, or the attribute `namespace`: the vSphere Namespace that the policy is in"]
        .assert_eq(&told(&nowhere, &json!({})));
}

#[test]
fn a_policy_is_written_in_one_of_the_two_forms() {
    let both = with_manifest(FROM_TRADING, &json!({ "ingress": [], "policy_types": ["Ingress"] }));
    assert_eq!(wrong(&both), ["policy_types: two policies in one", "ingress: two policies in one"]);
    assert_eq!(
        wrong(&given::model(&json!({ "policy_types": ["Ingress"] }))),
        ["namespace: a missing name", "name: a missing name"]
    );
    assert_eq!(wrong_text(&with_manifest("", &json!({}))).len(), 1);
}

#[test]
fn ids_come_from_names_and_paths_lead_back_to_them() {
    let owner: Owner = "bank".parse().unwrap();
    let ids = ids(&owner, &from_trading()).unwrap();
    assert!(ids.stem().starts_with("banking-from-trading-"), "{}", ids.stem());
    assert_eq!(Ids::of_isolation(&ids.isolation()), Some(ids.clone()));
    assert_eq!(named(&owner, "banking/from-trading"), Ok(ids.clone()));
    assert_ne!(named(&owner, "domain-c8/banking/from-trading"), Ok(ids.clone()));
    assert_eq!(Ids::of_stem(ids.stem()), Some(ids.clone()));
    for other in ["banking/from-trading", "", "-scope", "a b", "a|b", ids.isolation().as_str()] {
        assert_eq!(Ids::of_stem(other), None, "{other}");
    }
    assert!(named(&owner, "a/b/c/d").is_err() && named(&owner, "/from-trading").is_err());
    assert_eq!(Ids::of_isolation("/infra/domains/default/security-policies/-isolation"), None);
    assert!(ids.is_group(&ids.scope()) && !ids.is_group(&ids.isolation()));
}

#[test]
fn each_change_in_nsx_is_told_in_the_words_of_the_policy() {
    let ids = Ids::new("p");
    let wanted = wire::objects(&translated(&from_trading(), "p"), &ids, "p").unwrap();
    assert_eq!(wire::differences(&wanted, &wanted, &ids), [""; 0]);
    let mut found = wanted.clone();
    let rules = found.policies[0].1.rules.as_mut().unwrap();
    rules[0].disabled = Some(true);
    let mut mine = rules[0].clone();
    mine.meta.id = Some("mine".to_owned());
    mine.source_groups = Some(vec!["/infra/domains/default/groups/theirs".to_owned()]);
    rules.push(mine);
    found.policies[1].1.sequence_number = Some(910_000);
    found.policies[1].1.rules = Some(vec![]);
    found.policies[1].1.scope = Some(vec![ids.group("-ingress-0-0")]);
    found.groups[0].1.expression = Some(vec![]);
    found.groups.truncate(1);
    expect![[r#"
        [
            "`ingress[0].from[0]`: group `p-ingress-0-0` has other members",
            "`pod_selector`: group `p-scope` is missing",
            "`p-allow`: `ingress[0]` is: (disabled) allow in ingress[0].from[0] -> any, TCP/8443, everywhere",
            "`p-allow`: rule `mine` is not wanted: (disabled) allow in theirs -> any, TCP/8443, everywhere",
            "policy `p-isolation` stands at Application 910000, not at Application 98",
            "policy `p-isolation` applies elsewhere: at ingress[0].from[0]",
            "`p-isolation`: the drop of all else that comes in is missing",
        ]
    "#]].assert_debug_eq(&wire::differences(&found, &wanted, &ids));
    let nothing = Objects::default();
    assert_eq!(wire::differences(&nothing, &wanted, &ids).len(), 4);
}
