//! `supervisor_reachability` and `supervisor_namespace_isolation` against the lab.

use lab::{Fault, FaultAnswer, FaultBody, FaultKind, IsolationProfile, Workloads};
use serde_json::{Value as Json, json};

use crate::{
    bank::{bank, nsx, overwrite},
    driver::World,
    network_policy::to_banking,
};

const ISOLATION: &str = "supervisor_namespace_isolation";

/// Somebody in both namespaces of the bank.
async fn people(world: &mut World, more: &str) {
    let text = format!(
        "
apiVersion: v1
kind: Pod
metadata: {{ name: api-0, namespace: banking, labels: {{ app: api }} }}
---
apiVersion: v1
kind: Pod
metadata: {{ name: web-0, namespace: trading, labels: {{ app: web }} }}
---
apiVersion: v1
kind: Pod
metadata: {{ name: batch-0, namespace: trading, labels: {{ app: batch }} }}
{more}"
    );
    let workloads = Workloads::read([("bank.yaml", text.as_str())]).unwrap();
    world.lab.store().declare(&workloads).unwrap();
    // A rule base is read once in a run.
    world.restart().await;
}

async fn ask(world: &mut World, from: &str, to: &str, port: u16) -> Json {
    world.restart().await;
    let config = json!({ "from": from, "to": to, "port": port });
    let (found, told) = world.data("supervisor_reachability", &config).await;
    told.nothing();
    found
}

/// Whether it is allowed and whether it is denied.
fn verdict(answer: &Json) -> (bool, bool) {
    (answer["allowed"] == json!(true), answer["denied"] == json!(true))
}

const ALLOWED: (bool, bool) = (true, false);
const DENIED: (bool, bool) = (false, true);
const MIXED: (bool, bool) = (false, false);

fn from_pods_called(app: &str) -> Json {
    let namespace = json!({ "match_labels": { "kubernetes.io/metadata.name": "trading" } });
    let pods = json!({ "match_labels": { "app": app } });
    json!({
        "namespace": "banking",
        "name": "from-trading",
        "ingress": [{
            "from": [{ "namespace_selector": namespace, "pod_selector": pods }],
            "ports": [{ "port": 8443 }],
        }],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_is_opened_step_by_step_and_each_step_names_its_rule() {
    let mut world = bank(IsolationProfile::Open).await;
    people(&mut world, "").await;
    let closed = ask(&mut world, "trading", "banking", 8443).await;
    assert_eq!(verdict(&closed), DENIED, "{closed:#}");
    assert_eq!(closed["sender"]["rule"], "drop-out");
    assert_eq!(closed["receiver"]["rule"], "drop-in");
    assert_eq!(closed["receiver"]["whose"], "ours");
    assert_eq!(closed["receiver"]["category"], "Application");

    let address = "supervisor_namespace_network_policy.to_banking";
    world.apply(address, &to_banking()).await.nothing();
    let half = ask(&mut world, "trading", "banking", 8443).await;
    assert_eq!(verdict(&half), DENIED, "{half:#}");
    assert_eq!(half["sender"]["network_policy"], "trading/to-banking");
    assert_eq!(half["sender"]["allowed"], true);

    let address = "supervisor_namespace_network_policy.from_trading";
    world.apply(address, &from_pods_called("web")).await.nothing();
    let some = ask(&mut world, "trading", "banking", 8443).await;
    assert_eq!(verdict(&some), MIXED, "{some:#}");
    assert_eq!(some["outcomes"].as_array().unwrap().len(), 2);
    assert_eq!(some["receiver"], Json::Null);
    let text = some["explanation"].as_str().unwrap();
    assert!(text.contains("trading/web-0 -> banking/api-0 TCP/8443: allowed"), "{text}");
    assert!(text.contains("trading/batch-0 -> banking/api-0 TCP/8443: denied"), "{text}");

    let one = ask(&mut world, "trading/web-0", "banking/api-0", 8443).await;
    assert_eq!(verdict(&one), ALLOWED, "{one:#}");
    assert_eq!(one["receiver"]["network_policy"], "banking/from-trading");
    let other = ask(&mut world, "trading/web-0", "banking", 22).await;
    assert_eq!(verdict(&other), DENIED, "{other:#}");
    let outside = ask(&mut world, "192.0.2.7", "banking", 8443).await;
    assert_eq!(verdict(&outside), DENIED, "{outside:#}");
    assert!(outside["explanation"].as_str().unwrap().contains("it is outside of NSX"));
}

/// Every hierarchical read is answered so.
fn on_trees(status: u16, body: FaultBody) -> Fault {
    let answer = FaultAnswer { status, headers: Vec::new(), body };
    Fault { times: 100, ..Fault::new(FaultKind::Answer(answer)).on("GET", "/policy/api/v1/infra") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nsx_reads_no_tree_lists_say_the_same() {
    let mut world = bank(IsolationProfile::Open).await;
    people(&mut world, "").await;
    world.apply("supervisor_namespace_network_policy.to_banking", &to_banking()).await.nothing();
    let address = "supervisor_namespace_network_policy.from_trading";
    world.apply(address, &from_pods_called("web")).await.nothing();
    let by_tree = ask(&mut world, "trading", "banking", 8443).await;
    assert_eq!(verdict(&by_tree), MIXED);
    let own = json!({ "httpStatus": "NOT_IMPLEMENTED", "error_code": 0, "module_name": "policy",
        "error_message": "not here" });
    let refusals = [on_trees(501, FaultBody::Json(own)), on_trees(413, FaultBody::Html)];
    for refusal in refusals {
        world.lab.store().inject(&[refusal]).unwrap();
        world.lab.store().clear_journal().unwrap();
        assert_eq!(ask(&mut world, "trading", "banking", 8443).await, by_tree);
        let journal = world.lab.journal().unwrap();
        let lists = journal.iter().filter(|it| it.path.ends_with("/rules")).count();
        assert!(lists > 2, "{lists}");
        assert!(journal.iter().all(|it| !it.path.contains("/search/")));
        world.lab.store().clear_faults().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_rule_base_is_an_error_and_no_verdict() {
    let mut world = bank(IsolationProfile::Open).await;
    people(&mut world, "").await;
    let policy = json!({ "id": "p", "category": "Application", "rule_count": 2 });
    let policy = json!({ "resource_type": "ChildSecurityPolicy", "SecurityPolicy": policy });
    let domain = json!({ "id": "default", "children": [policy] });
    let domain = json!({ "resource_type": "ChildDomain", "Domain": domain });
    let tree = json!({ "resource_type": "Infra", "children": [domain] });
    world.lab.store().inject(&[on_trees(200, FaultBody::Json(tree))]).unwrap();
    let config = json!({ "from": "trading", "to": "banking", "port": 8443 });
    let (_, told) = world.data("supervisor_reachability", &config).await;
    let [error] = &told.errors[..] else { panic!("{told:#?}") };
    assert!(error.contains("0 rules came of 2 that the policy says it has"), "{error}");
    assert!(error.contains("/infra/domains/default/security-policies/p"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_without_pods_is_judged_by_a_made_up_one_and_says_so() {
    let mut world = bank(IsolationProfile::Open).await;
    let answer = ask(&mut world, "trading", "banking", 8443).await;
    assert_eq!(verdict(&answer), DENIED, "{answer:#}");
    let text = answer["explanation"].as_str().unwrap();
    assert!(text.contains("`banking` has no pods or VMs yet"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_kubernetes_allows_is_named_as_kubernetes_names_it() {
    let mut world = bank(IsolationProfile::Isolated).await;
    let policy = |namespace: &str, direction: &str| {
        format!(
            "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{ name: all, namespace: {namespace} }}
spec: {{ podSelector: {{}}, policyTypes: [{direction}], {}: [{{ ports: [{{ port: 8443 }}] }}] }}
",
            direction.to_lowercase()
        )
    };
    people(&mut world, &format!("{}{}", policy("banking", "Ingress"), policy("trading", "Egress")))
        .await;
    let answer = ask(&mut world, "trading", "banking", 8443).await;
    assert_eq!(verdict(&answer), ALLOWED, "{answer:#}");
    assert_eq!(answer["receiver"]["network_policy"], "banking/all");
    assert_eq!(answer["receiver"]["whose"], "ncp");
    assert_eq!(answer["receiver"]["policy"], "all-allow");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_known_is_neither_allowed_nor_denied() {
    let mut world = bank(IsolationProfile::Open).await;
    people(&mut world, "").await;
    let group = "/infra/domains/default/groups/machines";
    let condition = json!({
        "resource_type": "Condition", "member_type": "VirtualMachine", "key": "Tag",
        "operator": "EQUALS", "value": "role|jump",
    });
    nsx(&world, "PATCH", group, &json!({ "expression": [condition] }));
    let rule = json!({
        "id": "jump", "resource_type": "Rule", "action": "ALLOW", "source_groups": [group],
        "destination_groups": ["ANY"], "services": ["ANY"], "scope": ["ANY"],
    });
    let policy = json!({ "category": "Emergency", "sequence_number": 1, "rules": [rule] });
    nsx(&world, "PATCH", "/infra/domains/default/security-policies/jump", &policy);
    let answer = ask(&mut world, "trading/web-0", "banking/api-0", 22).await;
    assert_eq!(verdict(&answer), MIXED, "{answer:#}");
    assert_eq!(answer["outcomes"][0]["verdict"], "doubtful");
    assert_eq!(answer["receiver"]["whose"], "foreign");
    let both_ways = |answer: &Json| {
        let told = answer["explanation"].as_str().unwrap();
        assert!(told.contains("allowed by rule `jump`"), "{told}");
        assert!(
            told.contains("nobody can tell which of these rules match or come first"),
            "{told}"
        );
        assert!(told.contains("dropped by rule"), "{told}");
    };
    both_ways(&answer);
    // So is what two rules decide of which NSX does not say which comes first.
    nsx(&world, "DELETE", "/infra/domains/default/security-policies/jump", &Json::Null);
    for id in ["a", "z"] {
        let path = format!("/infra/domains/default/security-policies/{id}");
        let allow = json!({ "id": "jump", "resource_type": "Rule", "action": "ALLOW",
            "source_groups": ["ANY"], "destination_groups": ["ANY"], "services": ["ANY"],
            "scope": ["ANY"], "sequence_number": 1 });
        let mut drop = allow.clone();
        (drop["id"], drop["action"]) = (json!(id), json!("DROP"));
        let policy =
            json!({ "category": "Emergency", "sequence_number": 1, "rules": [allow, drop] });
        nsx(&world, "PATCH", &path, &policy);
        let answer = ask(&mut world, "trading/web-0", "banking/api-0", 22).await;
        assert_eq!(verdict(&answer), MIXED, "{answer:#}");
        both_ways(&answer);
        nsx(&world, "DELETE", &path, &Json::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistaken_name_is_an_error_with_what_there_is() {
    let mut world = bank(IsolationProfile::Open).await;
    people(&mut world, "").await;
    for (from, to, part) in [
        ("tradin", "banking", "NSX has the namespaces `banking`, `kube-system`, `trading`"),
        ("trading/web-9", "banking", "it has `batch-0`, `web-0`"),
        ("192.0.2.7", "192.0.2.8", "neither of the two is attached to NSX"),
    ] {
        let config = json!({ "from": from, "to": to, "port": 443 });
        world.data("supervisor_reachability", &config).await.1.error(part);
    }
    let config = json!({ "from": "trading", "to": "banking", "port": 443, "cluster": "domain-c9" });
    let (found, told) = world.data("supervisor_reachability", &config).await;
    assert_eq!((found, told.errors.len()), (Json::Null, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_agrees_with_the_resource_and_names_the_rule_that_opens() {
    let mut world = bank(IsolationProfile::Open).await;
    people(&mut world, "").await;
    let config = json!({ "name": "trading" });
    let (closed, told) = world.data(ISOLATION, &config).await;
    told.nothing();
    assert_eq!(closed["isolated"], true, "{closed:#}");
    assert_eq!((&closed["mode"], &closed["owner"]), (&json!("baseline"), &json!("tests")));
    assert_eq!((&closed["members"], &closed["cluster"]), (&json!(2), &json!("domain-c8")));

    let rule = json!({
        "id": "all", "display_name": "all", "resource_type": "Rule", "action": "ALLOW",
        "source_groups": ["ANY"], "destination_groups": ["ANY"], "services": ["ANY"],
        "scope": ["ANY"],
    });
    let policy = json!({ "category": "Emergency", "sequence_number": 1, "rules": [rule] });
    nsx(&world, "PATCH", "/infra/domains/default/security-policies/oops", &policy);
    world.restart().await;
    let (open, _) = world.data(ISOLATION, &config).await;
    assert_eq!(open["isolated"], false);
    assert!(open["opened_by"].to_string().contains("rule `all` of policy `oops`"), "{open:#}");
    assert!(open["reasons"].to_string().contains("comes too late"), "{open:#}");
    let elsewhere = json!({ "name": "trading", "cluster": "domain-c9" });
    world.data(ISOLATION, &elsewhere).await.1.error("`trading` is on cluster `domain-c8`");
    world.data(ISOLATION, &json!({ "name": "nobody" })).await.1.error("no namespace `nobody`");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_needs_no_owner_and_no_terraform() {
    let mut world = bank(IsolationProfile::Open).await;
    world.restart_as(Json::Null).await;
    let (closed, told) = world.data(ISOLATION, &json!({ "name": "banking" })).await;
    told.nothing();
    assert_eq!((&closed["isolated"], &closed["owner"]), (&json!(true), &json!("tests")));
    let answer = ask(&mut world, "trading", "banking", 443).await;
    assert_eq!(answer["receiver"]["whose"], "foreign");
    assert_eq!(verdict(&answer), DENIED);
}

/// Whatever is taken off the segment and the ports of a namespace, in every combination: it is called
/// closed where NSX has all its ports in its group, and nowhere else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_whose_ports_are_not_in_its_group_is_not_called_closed() {
    let mut world = bank(IsolationProfile::Open).await;
    people(&mut world, "").await;
    let whole = its_own(&world, "trading");
    let ports = whole.iter().filter(|it| it.0.contains("/ports/")).count();
    assert!(ports >= 2 && whole.len() > ports, "{whole:?}");
    let state = world.state("supervisor_vsphere_namespace.trading");
    let members = format!("{}/members/segment-ports", state["group_path"].as_str().unwrap());
    let scopes = ["ncp/project", "ncp/project_uid"];
    for taken in 0..16_usize {
        let is_taken = |object: usize, scope: &Json| {
            let place = scopes.iter().position(|it| scope == it);
            place.is_some_and(|place| taken >> (2 * object + place) & 1 == 1)
        };
        for (path, object) in &whole {
            let mut object = object.clone();
            let tags = object["tags"].as_array_mut().unwrap();
            tags.retain(|it| !is_taken(usize::from(path.contains("/ports/")), &it["scope"]));
            overwrite(&world, path, object);
        }
        world.restart().await;
        let (found, told) = world.data(ISOLATION, &json!({ "name": "trading" })).await;
        told.nothing();
        let grouped = nsx(&world, "GET", &members, &Json::Null);
        let are_in = grouped["results"].as_array().unwrap().len() == ports;
        // By name; or by UID, which the ports tell with the name.
        let is_known = taken & 1 == 0 || taken & 0b1110 == 0;
        let expected = match (are_in, is_known) {
            (true, true) => "closed",
            (false, true) => "open",
            (_, false) => "doubtful",
        };
        assert_eq!(found["verdict"], expected, "{taken:04b} {found:#}");
        assert_eq!(found["isolated"], expected == "closed");
        if expected == "open" {
            assert!(found["opened_by"].to_string().contains("is not in its group"), "{found:#}");
        }
    }
}

/// The segment of a namespace and its ports, by path.
fn its_own(world: &World, namespace: &str) -> Vec<(String, Json)> {
    let listed = |path: &str| {
        let found = nsx(world, "GET", path, &Json::Null);
        let path = |it: &Json| it["path"].as_str().unwrap().to_owned();
        let all = found["results"].as_array().unwrap().clone();
        all.into_iter().map(|it| (path(&it), it)).collect::<Vec<_>>()
    };
    let is_own = |(_, it): &(String, Json)| {
        let is = |it: &Json| it["scope"] == "ncp/project" && it["tag"] == namespace;
        it["tags"].as_array().is_some_and(|tags| tags.iter().any(is))
    };
    let segments = listed("/infra/segments").into_iter().filter(is_own);
    segments
        .flat_map(|(path, segment)| {
            let ports = listed(&format!("{path}/ports"));
            [(path, segment)].into_iter().chain(ports)
        })
        .collect()
}
