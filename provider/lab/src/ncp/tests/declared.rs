//! What is declared for namespaces, before they exist and after.

use serde_json::Value;

use super::*;
use crate::Workloads;

pub(super) fn declare(store: &Store, text: &str) {
    store.declare(&Workloads::read([("bank.yaml", text)]).unwrap()).unwrap();
}

fn pods(count: usize) -> String {
    let pod = |number| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: web-{number:02}, namespace: \
             banking, labels: {{app: web}}}}}}\n"
        )
    };
    (0..count).map(pod).collect()
}

fn names_of(store: &Store) -> Vec<String> {
    let residents = run(store, |tx| residents(tx, "banking"));
    residents.workloads.into_iter().map(|it| it.name).collect()
}

#[test]
fn workloads_come_with_their_namespace_and_again_when_it_is_made_again() {
    let store = lab(&settings());
    enable(&store);
    declare(&store, &pods(2));
    assert_eq!(names_of(&store), [""; 0]);
    namespace(&store, "banking", &Value::Null);
    assert_eq!(names_of(&store), ["web-00", "web-01"]);
    delete_namespace(&store, "banking");
    assert_eq!(names_of(&store), [""; 0]);
    namespace(&store, "trading", &Value::Null);
    store.advance(std::time::Duration::from_mins(10)).unwrap();
    namespace(&store, "banking", &Value::Null);
    assert_eq!(names_of(&store), ["web-00", "web-01"]);
}

#[test]
fn what_is_declared_no_longer_goes_and_what_was_asked_for_stays() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    pod(&store, "banking", "by-hand", &[]);
    declare(&store, &pods(3));
    assert_eq!(names_of(&store), ["by-hand", "web-00", "web-01", "web-02"]);
    declare(&store, &pods(1));
    assert_eq!(names_of(&store), ["by-hand", "web-00"]);
    declare(&store, "");
    assert_eq!(names_of(&store), ["by-hand"]);
}

#[test]
fn declaring_the_same_again_writes_nothing() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let text = format!(
        "{}---\n{{apiVersion: v1, kind: Service, metadata: {{name: web, namespace: banking}}, spec: \
         {{type: LoadBalancer, selector: {{app: web}}, ports: [{{port: 443}}]}}}}\n---\n{}",
        pods(1),
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web, namespace: \
         banking}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 1}]}]}}"
    );
    declare(&store, &text);
    let before = owned(&store);
    declare(&store, &text);
    assert_eq!(owned(&store), before);
}

#[test]
fn a_pod_with_other_labels_keeps_its_address() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    declare(&store, &pods(1));
    let address = || run(&store, |tx| residents(tx, "banking")).workloads[0].address;
    let before = address();
    declare(&store, &pods(1).replace("app: web", "app: api"));
    assert_eq!(address(), before);
    let tags = fields(&store, "SegmentPort", "tags").concat();
    assert!(tags.contains(r#"{"scope":"app","tag":"api"}"#) && !tags.contains(r#""tag":"web""#));
}

#[test]
fn labels_of_a_namespace_are_tags_of_its_segments() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    declare(
        &store,
        "{apiVersion: v1, kind: Namespace, metadata: {name: banking, labels: {tier: core}}}",
    );
    let tags = get(&store, "/infra/segments/seg_uid-of-banking_1")["tags"].to_string();
    assert!(tags.contains(r#"{"scope":"tier","tag":"core"}"#), "{tags}");
}

#[test]
fn a_pod_that_finds_no_address_waits_for_one_and_keeps_nobody_else_waiting() {
    let store = lab(&settings());
    enable(&store);
    let own = json!({
        "namespace_network_cidrs": ["10.20.0.0/27"], "ingress_cidrs": ["192.168.40.0/28"],
        "egress_cidrs": ["192.168.41.0/28"], "tier0": null, "subnet_prefix_length": 28,
        "routed_mode": false, "load_balancer_size": "SMALL",
    });
    declare(&store, &pods(27));
    namespace(&store, "banking", &own);
    let state = run(&store, |tx| residents(tx, "banking"));
    assert_eq!(state.workloads.len(), 26);
    assert_eq!(
        state.waiting,
        ["pod web-26: Pod IP Block is empty: a /28 for namespace `banking` finds nothing free in \
          10.20.0.0/27"]
    );
    declare(&store, &pods(26));
    assert_eq!(run(&store, |tx| residents(tx, "banking")).waiting, [""; 0]);
}

#[test]
fn an_object_in_two_files_is_refused_with_its_name() {
    let text = pods(1);
    let twice = Workloads::read([("a.yaml", text.as_str()), ("b.yaml", text.as_str())]);
    assert_eq!(
        twice.unwrap_err().to_string(),
        "b.yaml: pod web-00 of namespace banking is in an earlier file, too; keep one of the two"
    );
}
